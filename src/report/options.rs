//! What a user may set on a report.

use std::collections::BTreeMap;

/// A number that a report can be given: `--min-addresses 5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportOption {
    /// The flag without its dashes.
    pub name: &'static str,
    /// What holds when the flag is not given.
    pub default: i64,
    /// The least that makes sense.
    pub min: i64,
    /// What the number does, with its unit.
    pub about: &'static str,
}

/// A text that a report can be given: `--common-group Everyone`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextOption {
    /// The flag without its dashes.
    pub name: &'static str,
    /// What stands for the text in the help: `GROUP`.
    pub value: &'static str,
    /// Whether there may be several.
    pub is_many: bool,
    /// What the text does, and what holds without it.
    pub about: &'static str,
}

/// Why an option cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OptionError {
    /// The number is below the least that makes sense.
    #[error("--{0} must be at least {1}")]
    TooSmall(&'static str, i64),
}

/// The numbers and texts that were set.
#[derive(Clone, Debug, Default)]
pub struct Options {
    numbers: BTreeMap<&'static str, i64>,
    texts: BTreeMap<&'static str, Vec<String>>,
}

impl Options {
    /// Sets an option.
    ///
    /// # Errors
    /// [`OptionError::TooSmall`].
    pub fn set(&mut self, option: &ReportOption, value: i64) -> Result<(), OptionError> {
        if value < option.min {
            return Err(OptionError::TooSmall(option.name, option.min));
        }
        self.numbers.insert(option.name, value);
        Ok(())
    }

    /// Whether `option` was set, be it to its default.
    pub fn is_set(&self, option: &ReportOption) -> bool {
        self.numbers.contains_key(option.name)
    }

    /// What `option` is set to, or its default.
    pub fn get(&self, option: &ReportOption) -> i64 {
        self.numbers.get(option.name).copied().unwrap_or(option.default)
    }

    /// Sets an option that takes texts.
    pub fn set_texts(&mut self, option: &TextOption, texts: Vec<String>) {
        self.texts.insert(option.name, texts);
    }

    /// What `option` is set to; empty when it is not.
    pub fn texts(&self, option: &TextOption) -> &[String] {
        self.texts.get(option.name).map(Vec::as_slice).unwrap_or_default()
    }
}
