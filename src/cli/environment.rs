//! The variables of the environment. An empty one says nothing.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// The variables, as they were when the process began.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// Those of this process.
    pub fn of_process() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// What a variable says.
    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str).filter(|text| !text.is_empty())
    }

    /// The same as text, as far as it is text.
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(|text| text.to_string_lossy().into_owned())
    }
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(variables: [(&str, &str); N]) -> Self {
        Self(variables.map(|(name, text)| (name.into(), text.into())).into())
    }
}
