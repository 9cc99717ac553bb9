//! What is asked: one report, or all of them.

use trailscan::aggregate::AggregateKind;
use trailscan::report::{Report, audited};

/// One report or all of them.
#[derive(Clone, Copy)]
pub enum Question {
    /// A report.
    One(&'static Report),
    /// Every report.
    Audit,
}

impl Question {
    /// The report, where one alone is asked.
    pub const fn report(self) -> Option<&'static Report> {
        if let Self::One(report) = self { Some(report) } else { None }
    }

    /// The reports that answer it.
    pub fn reports(self) -> Vec<&'static Report> {
        match self {
            Self::One(report) => vec![report],
            Self::Audit => audited().collect(),
        }
    }

    /// What must be remembered to answer it.
    pub fn needs(self) -> Vec<&'static AggregateKind> {
        self.reports().iter().flat_map(|report| report.needs).copied().collect()
    }
}
