//! What proves that a practice is kept, where nothing shows a violation.

use std::collections::{BTreeMap, BTreeSet};

use super::Evidence;
use crate::model::{EventTime, quantity};
use crate::posture::{Account, Dated, Source};
use crate::report::Practice;

/// Days of logs that prove that something was not done.
const DAYS: i32 = 30;

/// Where sign-ins of root and the calls of global services are logged, one region a partition.
///
/// Source: CloudTrail user guide, "Global service events" and "AWS Management Console sign-in events".
const GLOBAL: [&str; 3] = ["us-east-1", "cn-north-1", "us-gov-west-1"];

/// What was read of logs.
#[derive(Clone, Debug, Default)]
pub struct LogSpan {
    /// The time of the first counted event.
    pub since: Option<EventTime>,
    /// The time of the last one.
    pub until: Option<EventTime>,
    /// The regions of each account whose objects tell their day; of other logs nobody knows which days are missing.
    pub regions: BTreeMap<String, BTreeSet<String>>,
    /// Accounts with days without an object.
    pub accounts_with_gaps: BTreeSet<String>,
    /// Whether filters left out some events of the accounts that are counted.
    pub is_filtered: bool,
    /// Why what was read is not all: something failed, was filtered out or was cut short; `None` when it is all.
    pub not_whole: Option<String>,
}

impl LogSpan {
    /// Why what an account did not do in the logs may have been missed; `None` where they would show it.
    pub(in crate::report) fn lacks(&self, account: &str) -> Option<String> {
        let no_regions = self.regions.get(account).is_none_or(BTreeSet::is_empty);
        if let Some(why) = &self.not_whole {
            Some(why.clone())
        } else if no_regions {
            Some("no objects of this account in AWSLogs layout, so missing days are not known".to_owned())
        } else if self.accounts_with_gaps.contains(account) {
            Some("the logs of this account have days without an object".to_owned())
        } else {
            None
        }
    }
}

/// What proves it, in one sentence.
///
/// # Errors
/// What is missing, in one sentence.
pub(super) fn of(account: &str, practice: Practice, evidence: &Evidence<'_>) -> Result<String, String> {
    match practice {
        Practice::RestrictRootUse => by_logs(account, evidence, true),
        Practice::RolesNotKeys => by_logs(account, evidence, false),
        Practice::NoRootKeys => by_state(account, evidence, |state| {
            [source(&state.summary), source(&state.credentials)].into_iter().flatten().collect()
        }),
        Practice::MfaForConsole => {
            by_state(account, evidence, |state| source(&state.credentials).into_iter().collect())
        }
        Practice::RotateKeys => by_state(account, evidence, |state| {
            [source(&state.credentials), source(&state.access_keys)].into_iter().flatten().collect()
        }),
        Practice::PoliciesOnGroups | Practice::AwsManagedPolicies => {
            by_state(account, evidence, |state| source(&state.authorization).into_iter().collect())
        }
    }
}

fn source<T>(part: &Option<Dated<T>>) -> Option<&Source> {
    part.as_ref().map(|part| &part.source)
}

/// `is_global` asks for the region that logs what root does.
fn by_logs(account: &str, evidence: &Evidence<'_>, is_global: bool) -> Result<String, String> {
    let logs = evidence.logs.as_ref().ok_or("no logs were read")?;
    if logs.not_whole.is_none() && !evidence.accounts.contains(account) {
        return Err("no event of this account was read".to_owned());
    }
    if let Some(why) = logs.lacks(account) {
        return Err(why);
    }
    let regions = &logs.regions[account];
    if is_global && !GLOBAL.iter().any(|region| regions.contains(*region)) {
        return Err("the region that logs sign-ins of root was not read".to_owned());
    }
    let (Some(since), Some(until)) = (logs.since, logs.until) else {
        return Err("the logs say no time".to_owned());
    };
    let days = until.day().0 - since.day().0;
    if days < DAYS {
        return Err(format!("{} of logs were read, not {DAYS}", quantity(u64::from(days.unsigned_abs()), "day")));
    }
    let (days, regions) = (quantity(u64::from(days.unsigned_abs()), "day"), quantity(regions.len() as u64, "region"));
    Ok(format!("{days} of logs of {regions} without a gap show none"))
}

/// Proven by the first source that is whole and newer than the window's start.
fn by_state<'a>(
    account: &str,
    evidence: &Evidence<'a>,
    parts: impl Fn(&'a Account) -> Vec<&'a Source>,
) -> Result<String, String> {
    let state = evidence.posture.and_then(|posture| posture.accounts.get(account));
    let sources = state.map(parts).unwrap_or_default();
    let since = evidence.logs.as_ref().and_then(|logs| logs.since);
    let mut why_not = "logs cannot prove it, and no state of this account was read".to_owned();
    for source in sources {
        if !source.whole {
            why_not = format!("{} could not be read whole", source.file);
        } else if since.is_some_and(|since| source.as_of.is_none_or(|as_of| as_of < since)) {
            why_not = format!("{} is not known to be newer than the first logs", source.file);
        } else {
            return Ok(format!("{} shows none", source.file));
        }
    }
    Err(why_not)
}
