//! What the spread of a key looks like: a short table over signals, and how much each outcome matters.

use super::signal::{Held, Signal, SpeaksFor};
use super::spread::Spread;
use crate::aggregate::keys::KeyUse;
use crate::report::Severity;

/// The outcome for one key; the first that holds, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// No call succeeded.
    Quiet,
    /// Somebody else may have it.
    LeakSuspect,
    /// Machines that come and go use it.
    HostedCi,
    /// It lies on a machine, or on several.
    Embedded,
    /// At most one network.
    Single,
    /// Anything else: several networks, one after the other.
    Roaming,
}

/// The numbers that the user may set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Thresholds {
    /// Addresses in one hour from which a key counts as embedded.
    pub embedded_peak: i64,
    /// Days after the first use from which a network or program counts as new.
    pub leak_days: i64,
}

impl Verdict {
    /// All of them, in the order in which they are tried.
    #[cfg(test)]
    pub(super) const ALL: [Self; 6] =
        [Self::Quiet, Self::LeakSuspect, Self::HostedCi, Self::Embedded, Self::Single, Self::Roaming];

    /// The word that is printed.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::LeakSuspect => "leak-suspect",
            Self::HostedCi => "hosted-ci",
            Self::Embedded => "embedded",
            Self::Single => "single",
            Self::Roaming => "roaming",
        }
    }

    /// The rule that its finding carries; a single key is none.
    pub(super) const fn rule(self) -> Option<&'static str> {
        match self {
            Self::Quiet => Some("key-quiet"),
            Self::LeakSuspect => Some("key-leak-suspect"),
            Self::HostedCi => Some("key-hosted-ci"),
            Self::Embedded => Some("key-embedded"),
            Self::Single => None,
            Self::Roaming => Some("key-roaming"),
        }
    }

    /// The one table of verdict → worst severity; the report's `about` prints the same and a test compares them.
    pub(super) const fn worst(self) -> Severity {
        match self {
            Self::LeakSuspect => Severity::High,
            Self::Embedded | Self::HostedCi => Severity::Medium,
            Self::Roaming | Self::Quiet => Severity::Low,
            Self::Single => Severity::Info,
        }
    }

    /// How much it matters for these signals: a leak as much as the strongest of them, a key on one machine less than one
    /// on several.
    pub(super) fn severity(self, signals: &[Held]) -> Severity {
        let of_leaks = signals.iter().filter(|held| held.speaks_for() == SpeaksFor::Leak);
        let is_on_several = signals.iter().any(|held| held.signal == Signal::AtOnce);
        match self {
            Self::LeakSuspect => of_leaks.map(|held| held.severity).max().unwrap_or(Severity::Medium),
            Self::Embedded if !is_on_several => Severity::Low,
            _ => self.worst(),
        }
    }

    /// Whether somebody else may have the key.
    pub(super) const fn is_leak(self) -> bool {
        matches!(self, Self::LeakSuspect)
    }

    /// Judges a key by its signals.
    pub(super) fn of(row: &KeyUse, spread: &Spread, signals: &[Held]) -> Self {
        let count = |kind| signals.iter().filter(|held| held.speaks_for() == kind).count();
        if row.successes.last().is_none() {
            Self::Quiet
        } else if count(SpeaksFor::Leak) > 0 {
            Self::LeakSuspect
        } else if count(SpeaksFor::HostedCi) > 0 {
            Self::HostedCi
        } else if count(SpeaksFor::Machine) > 0 || add_up(signals) {
            Self::Embedded
        } else if spread.places_apart() <= 1 {
            Self::Single
        } else {
            Self::Roaming
        }
    }

    /// Which signals speak for it.
    pub(super) fn rests_on(self, held: &Held) -> bool {
        match held.speaks_for() {
            SpeaksFor::Leak => self.is_leak(),
            SpeaksFor::HostedCi => self == Self::HostedCi,
            SpeaksFor::Machine | SpeaksFor::MachinePerhaps => self == Self::Embedded,
        }
    }
}

/// Whether nothing but a clock makes what else was seen enough.
pub(super) fn is_by_clock(signals: &[Held]) -> bool {
    signals.iter().filter(|held| held.signal != Signal::Clock).all(|held| match held.speaks_for() {
        SpeaksFor::MachinePerhaps => held.is_of_person,
        SpeaksFor::Machine | SpeaksFor::HostedCi => false,
        SpeaksFor::Leak => true,
    })
}

/// Whether signs of which none is enough alone are enough together. That a clock is kept speaks for a machine beside what
/// is so at a company as well, an address inside a VPC or a program in working hours; beside anything else it leaves open
/// whether a person keeps it.
fn add_up(signals: &[Held]) -> bool {
    let keeps_clock = signals.iter().any(|held| held.signal == Signal::Clock);
    let others = signals.iter().filter(|held| held.speaks_for() == SpeaksFor::MachinePerhaps);
    let others: Vec<&Held> = others.filter(|held| held.signal != Signal::Clock).collect();
    others.len() > 1 && (keeps_clock || !others.iter().all(|held| held.is_of_person))
}
