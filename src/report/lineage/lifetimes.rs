//! How long temporary credentials live, and how far the clocks of two records of them may differ.

use std::ops::RangeInclusive;

use crate::model::EventTime;

/// How far the clocks of the issuing record and of the session's creation date may differ.
pub(super) const SLACK_SECONDS: i64 = 2;
/// The longest life of any STS credentials, in seconds, for a record that tells none.
pub(super) const LONGEST_LIFE: i64 = 36 * 3600;
/// The longest life of a role session, in seconds: services ask for more than the API's default and do not always say so.
///
/// Source: IAM user guide, "Update the maximum session duration for a role".
pub(super) const LONGEST_ROLE_LIFE: i64 = 12 * 3600;

/// The moments, in microseconds, of issuances that may have started a session of that creation date.
pub(super) fn within_slack(created: EventTime) -> RangeInclusive<i64> {
    let slack = SLACK_SECONDS * 1_000_000;
    created.0.saturating_sub(slack)..=created.0.saturating_add(slack)
}
