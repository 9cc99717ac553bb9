//! What the spread of a key looks like: a heuristic, its thresholds and how much each outcome matters.

use super::spread::{NetworkUse, Spread};
use crate::aggregate::Span;
use crate::aggregate::keys::KeyUse;
use crate::model::{EventTime, Network};
use crate::report::Severity;

const DAY_SECONDS: i64 = 86_400;

/// The outcome for one key; the first that holds, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// No call succeeded.
    Quiet,
    /// At most one network.
    Single,
    /// A network and a program that both came late.
    LeakSuspect,
    /// Many addresses at once.
    Embedded,
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

/// What came late to a key, earliest first.
#[derive(Debug, Default)]
pub(super) struct Newcomers<'a> {
    /// Networks.
    pub networks: Vec<(Network, NetworkUse)>,
    /// Agent families, without those of AWS itself.
    pub families: Vec<(&'a str, Span)>,
}

impl Verdict {
    /// All of them, in the order in which they are tried.
    #[cfg(test)]
    pub(super) const ALL: [Self; 5] = [Self::Quiet, Self::Single, Self::LeakSuspect, Self::Embedded, Self::Roaming];

    /// The word that is printed.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Single => "single",
            Self::LeakSuspect => "leak-suspect",
            Self::Embedded => "embedded",
            Self::Roaming => "roaming",
        }
    }

    /// The rule that its finding carries; a single key is none.
    pub(super) const fn rule(self) -> Option<&'static str> {
        match self {
            Self::Quiet => Some("key-quiet"),
            Self::Single => None,
            Self::LeakSuspect => Some("key-leak-suspect"),
            Self::Embedded => Some("key-embedded"),
            Self::Roaming => Some("key-roaming"),
        }
    }

    /// The one table of verdict → severity; the report's `about` prints the same and a test compares them.
    pub(super) const fn severity(self) -> Severity {
        match self {
            Self::LeakSuspect => Severity::High,
            Self::Embedded => Severity::Medium,
            Self::Roaming | Self::Quiet => Severity::Low,
            Self::Single => Severity::Info,
        }
    }

    /// Judges a key.
    pub(super) fn of(row: &KeyUse, spread: &Spread, thresholds: Thresholds) -> Self {
        if row.successes.last().is_none() {
            return Self::Quiet;
        }
        if spread.networks.len() <= 1 {
            return Self::Single;
        }
        let newcomers = Newcomers::of(row, spread, thresholds);
        if !newcomers.networks.is_empty() && !newcomers.families.is_empty() {
            return Self::LeakSuspect;
        }
        let at_once = i64::try_from(spread.peak.addresses).unwrap_or(i64::MAX);
        if at_once >= thresholds.embedded_peak { Self::Embedded } else { Self::Roaming }
    }
}

impl<'a> Newcomers<'a> {
    /// What was first seen `leak_days` or more after the key's first event.
    pub(super) fn of(row: &KeyUse, spread: &'a Spread, thresholds: Thresholds) -> Self {
        let Some(first_use) = row.span.first() else { return Self::default() };
        let late = first_use.plus_seconds(thresholds.leak_days.saturating_mul(DAY_SECONDS));
        let is_late = |span: &Span| span.first().is_some_and(|first| first >= late);
        let mut networks: Vec<_> =
            spread.networks.iter().filter(|(_, used)| is_late(&used.span)).map(|(&net, &used)| (net, used)).collect();
        let families = spread.families.iter().filter(|(name, span)| is_late(span) && !is_aws_itself(name));
        let mut families: Vec<_> = families.map(|(name, &span)| (name.as_str(), span)).collect();
        networks.sort_by_key(|&(network, used)| (first_of(used.span), network));
        families.sort_by_key(|&(name, span)| (first_of(span), name));
        Self { networks, families }
    }
}

/// Families of calls that AWS makes with the caller's rights: a service used for the first time is no new program.
fn is_aws_itself(family: &str) -> bool {
    matches!(family, "aws-service" | "aws-internal" | "aws-console")
}

fn first_of(span: Span) -> Option<EventTime> {
    span.first()
}
