//! Colour, where it was asked for: severities, headings and what is secondary.

use anstyle::{AnsiColor, Style};

use crate::report::Severity;

/// Colours, or none.
#[derive(Clone, Copy)]
pub(super) struct Paint(bool);

impl Paint {
    pub(super) fn new(on: bool) -> Self {
        Self(on)
    }

    pub(super) fn heading(self, text: &str) -> String {
        self.apply(Style::new().bold(), text)
    }

    pub(super) fn faint(self, text: &str) -> String {
        self.apply(Style::new().dimmed(), text)
    }

    /// `text` in the colour of a severity.
    pub(super) fn severity(self, severity: Severity, text: &str) -> String {
        let style = match severity {
            Severity::Critical => AnsiColor::Red.on_default().bold(),
            Severity::High => AnsiColor::Red.on_default(),
            Severity::Medium => AnsiColor::Yellow.on_default(),
            Severity::Low => AnsiColor::Cyan.on_default(),
            Severity::Info => Style::new().dimmed(),
        };
        self.apply(style, text)
    }

    /// The verdict of a row without a severity: nothing is wrong, or nothing is known.
    pub(super) fn verdict(self, text: &str) -> String {
        match text {
            "CORRECT" | "pass" => self.apply(AnsiColor::Green.on_default(), text),
            "UNKNOWN" | "-" => self.faint(text),
            fail if fail.starts_with("FAIL") => self.apply(AnsiColor::Red.on_default(), text),
            _ => text.to_owned(),
        }
    }

    fn apply(self, style: Style, text: &str) -> String {
        if self.0 && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}
