//! Policies of a user that no event of the logs is of.
//!
//! Absence is proven only by what was read: the finding tells over which days, and what they lack. A user counts as seen
//! by any counted event of its arn, its unique id or one of its keys, failed ones included.

use std::collections::{BTreeMap, BTreeSet};

use super::{Logs, POLICIES_ON_UNSEEN_USER};
use crate::aggregate::principals::Principals;
use crate::aggregate::{Span, State};
use crate::model::{EventTime, quantity};
use crate::posture::{Authorization, Dated, User};
use crate::report::key_facts::KeyFacts;
use crate::report::posture::{Look, SubjectKind, Violation};
use crate::report::user_arns::user_of;
use crate::report::{Rule, Severity, View};

/// Days of logs below which absence says nothing.
const LEAST_DAYS: i32 = 7;

/// Days of logs that show that a user is not needed.
const ENOUGH_DAYS: i32 = 30;

/// Who is in the logs.
#[derive(Default)]
pub(super) struct Present<'a> {
    /// First and last counted event of each account.
    spans: BTreeMap<&'a str, Span>,
    /// Account and name of users.
    users: BTreeSet<(&'a str, &'a str)>,
    /// Unique ids (AIDA…) and access keys.
    ids: BTreeSet<&'a str>,
}

impl<'a> Present<'a> {
    pub(super) fn of(state: &'a State, keys: &[KeyFacts<'a>]) -> Self {
        let (symbols, mut present) = (state.symbols(), Self::default());
        for row in state.get::<Principals>().map(Principals::rows).unwrap_or_default() {
            present.spans.entry(symbols.text(row.account)).or_default().merge(row.span);
            present.users.extend(user_of(symbols.text(row.principal)));
            present.ids.extend(row.principal_ids.iter().map(|id| symbols.text(id)));
        }
        present.ids.extend(keys.iter().filter(|key| key.used.is_some()).map(|key| key.id));
        present
    }

    /// Whether one with this unique id, or access key, is in them.
    pub(super) fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    pub(super) fn span(&self, account: &str) -> Option<(EventTime, EventTime)> {
        let span = self.spans.get(account)?;
        span.first().zip(span.last())
    }
}

pub(super) fn judge<'a>(look: Look<'a>, logs: &Logs<'a>) -> Vec<Violation<'a>> {
    let (Some(part), Some(span)) = (look.authorization(), logs.present.span(look.account_id)) else {
        return Vec::new();
    };
    if logs.span.is_filtered {
        return Vec::new();
    }
    let with_policies = part.value.users.iter().flatten().filter(|(_, user)| has_policies(&part.value, user));
    let unseen = with_policies.filter(|(name, user)| !is_seen(look, logs, (name, user)));
    unseen
        .filter_map(|(name, user)| {
            let since = user.created.map_or(span.0, |created| created.max(span.0));
            let is_used = last_use(look, name).is_some_and(|used| used >= since);
            let days = Days { since, until: span.1 };
            (days.count() >= LEAST_DAYS && !is_used).then(|| violation(look, logs, (name, user, part), days))
        })
        .collect()
}

/// The days of logs that a finding rests on.
#[derive(Clone, Copy)]
struct Days {
    since: EventTime,
    until: EventTime,
}

impl Days {
    const fn count(self) -> i32 {
        self.until.day().0 - self.since.day().0 + 1
    }
}

fn violation<'a>(
    look: Look<'a>,
    logs: &Logs<'a>,
    (name, user, part): (&str, &'a User, &'a Dated<Authorization>),
    days: Days,
) -> Violation<'a> {
    let lacks = lacks(logs, look.account_id, days.count());
    let severity = if lacks.is_none() { Severity::Medium } else { Severity::Low };
    let names = part.value.giving_policies(user);
    let policies = if names.len() == 1 { "a policy" } else { "policies" };
    let but = lacks.as_ref().map_or_else(String::new, |why| format!(" (but {why})"));
    let detail = format!(
        "{name} has {policies} of its own, {}, and is in no event of the {} of logs from {} to {}{but}",
        names.join(", "),
        quantity(u64::from(days.count().unsigned_abs()), "day"),
        days.since.day(),
        days.until.day(),
    );
    let rule = Rule { severity, ..POLICIES_ON_UNSEEN_USER };
    let found = look.breaks(rule, (user.arn.as_str(), SubjectKind::User), detail, &part.source);
    let found = look.since(found, user.created).with("policy_names", names).with("logs_days", days.count());
    let found = found.with("logs_since", days.since.to_string()).with("logs_until", days.until.to_string());
    found.with("logs_lack", lacks)
}

/// Why users of some accounts were not judged.
pub(super) fn withheld(view: &View<'_>, logs: &Logs<'_>) -> Option<String> {
    let accounts = view.posture.iter().flat_map(|posture| &posture.accounts);
    let asked = accounts.filter(|(_, account)| {
        let details = account.authorization.iter().map(|part| &part.value);
        let users = details.flat_map(|details| details.users.iter().flatten().map(move |(_, user)| (details, user)));
        users.into_iter().any(|(details, user)| has_policies(details, user))
    });
    let asked: Vec<&str> = asked.map(|(id, _)| id.as_str()).collect();
    if logs.span.is_filtered {
        return (!asked.is_empty())
            .then(|| format!("{} was not looked for: filters hide who was active", POLICIES_ON_UNSEEN_USER.id));
    }
    let is_short = |account: &&str| {
        let days = logs.present.span(account).map(|(since, until)| Days { since, until });
        days.is_none_or(|days| days.count() < LEAST_DAYS)
    };
    let short: Vec<&str> = asked.into_iter().filter(is_short).collect();
    (!short.is_empty()).then(|| {
        let rule = POLICIES_ON_UNSEEN_USER.id;
        format!("{rule} was not looked for in {}: fewer than {LEAST_DAYS} days of logs", short.join(", "))
    })
}

fn has_policies(details: &Authorization, user: &User) -> bool {
    !details.giving_policies(user).is_empty()
}

fn is_seen(look: Look<'_>, logs: &Logs<'_>, (name, user): (&str, &User)) -> bool {
    let present = &logs.present;
    let keys = look.account.keys_of(name);
    present.users.contains(&(look.account_id, name))
        || !user.id.is_empty() && present.ids.contains(user.id.as_str())
        || keys.iter().filter_map(|key| key.id).any(|id| present.ids.contains(id))
}

/// When IAM itself saw the user last, by password or key.
fn last_use(look: Look<'_>, name: &str) -> Option<EventTime> {
    let user = look.credentials()?.value.users.get(name)?;
    let keys = user.keys.iter().filter_map(|key| key.last_used.time());
    keys.chain(user.password_last_used.time()).max()
}

/// What the logs of an account lack to prove that somebody was not active; `None` where they do.
fn lacks(logs: &Logs<'_>, account: &str, days: i32) -> Option<String> {
    let is_short = days < ENOUGH_DAYS;
    logs.span.lacks(account).or_else(|| is_short.then(|| format!("that is fewer than {ENOUGH_DAYS} days")))
}
