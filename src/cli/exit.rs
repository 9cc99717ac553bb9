//! How a run ends.

use std::fmt;
use std::process::ExitCode;

use trailscan::coverage::{Coverage, StateFileStatus};
use trailscan::output::OutputError;
use trailscan::report::{Finding, Severity};

/// Exit code of a second Ctrl-C: 128 and the number of SIGINT.
pub const INTERRUPTED_TWICE: i32 = 130;

/// How a run that gave an answer ends, or that could give none for want of anything to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All was read.
    Complete,
    /// Nothing could be read.
    Nothing,
    /// Something could not be read.
    Partial,
    /// There are findings that the user wants to fail on.
    Findings,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Problem {
    /// The command line, environment or config asks for what cannot be.
    Usage(String),
    /// Something failed.
    Failed(String),
    /// The reader of the answer went away, as `head` does. Nobody is left to complain to.
    ReaderGone,
}

impl End {
    /// How a scan that covered this, and whose answer this is, ends.
    pub fn of(coverage: &Coverage, fail_on: Option<Severity>, findings: &[&Finding]) -> Self {
        match () {
            () if nothing_was_read(coverage) => Self::Nothing,
            () if fail_on.is_some() && is_over_nothing(coverage) => Self::Partial,
            () => Self::of_answer(coverage, fail_on, findings),
        }
    }

    /// How a run ends that asked for IAM's state alone.
    pub fn of_state(coverage: &Coverage, fail_on: Option<Severity>, findings: &[&Finding]) -> Self {
        let nothing = coverage.state_files.iter().all(|file| file.status == StateFileStatus::Failed);
        if nothing { Self::Nothing } else { Self::of_answer(coverage, fail_on, findings) }
    }

    fn of_answer(coverage: &Coverage, fail_on: Option<Severity>, findings: &[&Finding]) -> Self {
        if coverage.is_partial() {
            return Self::Partial;
        }
        match fail_on {
            Some(least) if findings.iter().any(|finding| finding.severity >= least) => Self::Findings,
            _ => Self::Complete,
        }
    }
}

/// Whether there is no answer: no object was read, and the window is not why. A folder with nothing in it but digests, or
/// an archive, is none. That the window left all objects shut is an answer, and a partial one: see
/// `window_is_empty`.
fn nothing_was_read(coverage: &Coverage) -> bool {
    let read = coverage.objects_read + coverage.objects_damaged;
    let failed = coverage.objects_failed + coverage.places_failed > 0;
    read == 0 && !coverage.interrupted && (failed || !coverage.window_is_empty)
}

/// Whether objects were read and no event was in any of them: nothing is proven by an answer over that.
pub fn is_over_nothing(coverage: &Coverage) -> bool {
    coverage.events == 0
}

impl Problem {
    /// The same in other words.
    pub fn reworded(self, with: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::Usage(text) => Self::Usage(with(text)),
            Self::Failed(text) => Self::Failed(with(text)),
            Self::ReaderGone => Self::ReaderGone,
        }
    }

    /// Wrong usage, for this reason.
    pub fn usage(why: impl fmt::Display) -> Self {
        Self::Usage(why.to_string())
    }

    /// The exit code.
    pub const fn code(&self) -> u8 {
        match self {
            Self::ReaderGone => 0,
            Self::Failed(_) => 1,
            Self::Usage(_) => 2,
        }
    }

    /// A failure, for this reason.
    pub fn failed(why: impl fmt::Display) -> Self {
        Self::Failed(why.to_string())
    }
}

/// What was typed was checked when it was parsed: what clap still finds is a mistake of the tool, in one line.
impl From<clap::Error> for Problem {
    fn from(error: clap::Error) -> Self {
        Self::usage(error.kind())
    }
}

impl From<OutputError> for Problem {
    fn from(error: OutputError) -> Self {
        match error {
            error if error.is_broken_pipe() => Self::ReaderGone,
            error if error.is_usage() => Self::usage(error),
            error => Self::failed(error),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(why) | Self::Failed(why) => f.write_str(why),
            Self::ReaderGone => f.write_str("the reader of the output went away"),
        }
    }
}

impl From<End> for ExitCode {
    fn from(end: End) -> Self {
        Self::from(match end {
            End::Complete => 0,
            End::Nothing => 1,
            End::Partial => 3,
            End::Findings => 4,
        })
    }
}

impl From<&Problem> for ExitCode {
    fn from(problem: &Problem) -> Self {
        Self::from(problem.code())
    }
}

#[cfg(test)]
mod tests {
    use trailscan::coverage::CoverageFacts;

    use super::*;

    fn facts(found: u64, read: u64) -> CoverageFacts {
        let mut facts = CoverageFacts::default();
        (facts.objects_found, facts.objects_read, facts.events) = (found, read, 1);
        facts
    }

    fn end(set: impl Fn(&mut CoverageFacts)) -> End {
        let mut coverage = facts(2, 1);
        set(&mut coverage);
        let finding = Finding {
            severity: Severity::High,
            rule: "root-access-key",
            account_id: String::new(),
            subject: String::new(),
            summary: String::new(),
            count: 1,
            evidence: serde_json::Map::new(),
        };
        End::of(&coverage.into(), Some(Severity::High), &[&finding])
    }

    #[test]
    fn the_worst_ending_holds() {
        assert_eq!(end(|_| {}), End::Findings);
        assert_eq!(end(|c| c.objects_failed = 1), End::Partial);
        assert_eq!(end(|c| c.malformed_records = 1), End::Partial);
        assert_eq!(end(|c| c.interrupted = true), End::Partial);
        assert_eq!(end(|c| (c.objects_read, c.objects_failed) = (0, 2)), End::Nothing);
        assert_eq!(end(|c| (c.objects_read, c.objects_failed, c.objects_damaged) = (0, 1, 1)), End::Partial);
        assert_eq!(end(|c| (c.objects_read, c.objects_found) = (0, 0)), End::Nothing);
        assert_eq!(end(|c| (c.objects_read, c.objects_found, c.interrupted) = (0, 0, true)), End::Partial);
        assert_eq!(end(|c| (c.objects_read, c.objects_pruned, c.window_is_empty) = (0, 2, true)), End::Partial);
        assert_eq!(end(|c| (c.objects_read, c.objects_found, c.window_is_empty) = (0, 0, true)), End::Partial);
        assert_eq!(end(|c| (c.objects_read, c.places_failed, c.window_is_empty) = (0, 1, true)), End::Nothing);
        assert_eq!(end(|c| c.places_failed = 1), End::Partial);
        assert_eq!(end(|c| c.events_without_time = 1), End::Partial);
        assert_eq!(end(|c| c.objects_skipped.extend([("archived".to_owned(), 1)])), End::Partial);
        assert_eq!(end(|c| c.objects_skipped.extend([("digest".to_owned(), 1)])), End::Findings);
        let only_digests = |c: &mut CoverageFacts| {
            c.objects_read = 0;
            c.objects_skipped.insert("digest".to_owned(), 2);
        };
        assert_eq!(end(only_digests), End::Nothing);
        assert_eq!(end(|c| c.events = 0), End::Partial, "nothing was in what was read");
        let fine = Coverage::from(facts(1, 1));
        assert_eq!(End::of(&fine, Some(Severity::Info), &[]), End::Complete);
    }

    #[test]
    fn only_findings_as_severe_as_asked_fail() {
        let coverage = Coverage::from(facts(1, 1));
        let finding = |severity| Finding {
            severity,
            rule: "",
            account_id: String::new(),
            subject: String::new(),
            summary: String::new(),
            count: 0,
            evidence: serde_json::Map::new(),
        };
        let end = |severity, least| End::of(&coverage, least, &[&finding(severity)]);
        assert_eq!(end(Severity::Medium, Some(Severity::High)), End::Complete);
        assert_eq!(end(Severity::Critical, Some(Severity::High)), End::Findings);
        assert_eq!(end(Severity::Critical, None), End::Complete);
    }
}
