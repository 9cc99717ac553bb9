//! What is asked: one report, or all of them, and what of that is shown.

use trailscan::report::{FINDINGS, Report, SCORECARD, audited, by_name};

use super::help;

/// One report or all of them.
#[derive(Clone, Copy)]
pub enum Question {
    /// A report.
    One(&'static Report),
    /// Every report.
    Audit,
    /// Every report, of which the scorecard is shown.
    Scorecard,
    /// Every report, of which the findings are shown.
    Findings,
}

impl Question {
    /// The report, where one alone is asked.
    pub const fn report(self) -> Option<&'static Report> {
        if let Self::One(report) = self { Some(report) } else { None }
    }

    /// The question that a subcommand asks: a report of that name, else the audit or a part of it.
    pub fn of_subcommand(name: &str) -> Self {
        match (by_name(name), name) {
            (Some(report), _) => Self::One(report),
            (None, SCORECARD) => Self::Scorecard,
            (None, FINDINGS) => Self::Findings,
            (None, _) => Self::Audit,
        }
    }

    /// The subcommand that asks it.
    pub const fn subcommand(self) -> &'static str {
        match self {
            Self::One(report) => report.name,
            Self::Audit => help::AUDIT,
            Self::Scorecard => SCORECARD,
            Self::Findings => FINDINGS,
        }
    }

    /// The reports that answer it.
    pub fn reports(self) -> Vec<&'static Report> {
        match self {
            Self::One(report) => vec![report],
            Self::Audit | Self::Scorecard | Self::Findings => audited().collect(),
        }
    }
}
