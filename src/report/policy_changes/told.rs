//! What other facts tell about changes of IAM: who signed in with MFA, whose root was cleaned up centrally, which keys are
//! gone.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::change::Target;
use crate::aggregate::Symbols;
use crate::aggregate::iam_changes::TargetKind;
use crate::aggregate::keys::{KeyStatus, Keys};
use crate::aggregate::root_use::{ReachOutcome, ReachText, RootClass, RootUse};
use crate::aggregate::sign_ins::SignIns;
use crate::model::{Arn, EventTime, SignInMfa, SignInStep};
use crate::report::View;

/// The task policy of AssumeRoot that may take MFA from root; no other may.
///
/// Source: IAM user guide, "Perform a privileged task on an AWS Organizations member account" (deleting root user
/// credentials takes off the password, keys, certificates and MFA); AWS managed policy reference guide,
/// IAMDeleteRootUserCredentials.
const CLEAN_UP: &str = "IAMDeleteRootUserCredentials";

/// What is known.
#[derive(Default)]
pub(super) struct Told<'a> {
    /// The last sign-in to the console that worked and gave MFA.
    with_mfa: BTreeMap<Target<'a>, EventTime>,
    /// The last one that gave none.
    without_mfa: BTreeMap<Target<'a>, EventTime>,
    /// Accounts whose root lost its MFA by central sessions, and by nothing else.
    cleaned_up: BTreeSet<&'a str>,
    /// The last moment that was looked at.
    until: Option<EventTime>,
    /// Access keys of users.
    keys: BTreeMap<Target<'a>, BTreeMap<&'a str, KeyLife>>,
}

/// What is known of one key's life.
#[derive(Default)]
struct KeyLife {
    /// Its making, else its first call; `None` where neither is known.
    first: Option<EventTime>,
    /// Shared by all whose key it may be.
    changes: Rc<BTreeMap<EventTime, KeyStatus>>,
}

impl KeyLife {
    fn status_at(&self, time: EventTime) -> KeyStatus {
        self.changes.range(..=time).next_back().map_or(KeyStatus::Active, |(_, status)| *status)
    }
}

impl<'a> Told<'a> {
    pub(super) fn of(view: &View<'a>) -> Self {
        let symbols = view.state.symbols();
        Self {
            until: view.as_of,
            with_mfa: last_sign_ins(view, SignInMfa::Yes),
            without_mfa: last_sign_ins(view, SignInMfa::No),
            cleaned_up: view.state.get::<RootUse>().map(|all| cleaned_up(all, symbols)).unwrap_or_default(),
            keys: view.state.get::<Keys>().map(|all| keys_of_users(all, symbols)).unwrap_or_default(),
        }
    }

    /// Whether less than so many seconds after that moment were looked at.
    pub(super) fn ends_within(&self, seconds: i64, since: Option<EventTime>) -> bool {
        self.until.zip(since).is_some_and(|(until, since)| until < since.plus_seconds(seconds))
    }

    /// Whether a user or root signed in with MFA after that moment.
    pub(super) fn signed_in_with_mfa(&self, target: Target<'_>, since: Option<EventTime>) -> bool {
        self.with_mfa.get(&target).is_some_and(|last| since.is_some_and(|since| *last > since))
    }

    /// Whether a user or root signed in without MFA after that moment.
    pub(super) fn signed_in_without_mfa(&self, target: Target<'_>, since: Option<EventTime>) -> bool {
        self.without_mfa.get(&target).is_some_and(|last| since.is_some_and(|since| *last > since))
    }

    /// The keys that a user had at `then` and that were deleted by `now`, if all that are known of that time were deleted or
    /// at least switched off; else none.
    pub(super) fn deleted_keys(&self, user: Target<'_>, (then, now): (EventTime, EventTime)) -> Vec<&'a str> {
        let keys = || {
            let of_user = self.keys.get(&user).into_iter().flatten();
            let had = of_user.filter(move |(_, life)| life.first.is_none_or(|first| first <= then));
            had.map(move |(id, life)| (*id, life.status_at(now)))
        };
        if keys().any(|(_, status)| status == KeyStatus::Active) {
            return Vec::new();
        }
        keys().filter(|(_, status)| *status == KeyStatus::Deleted).map(|(id, _)| id).collect()
    }

    /// Whether it is a root that lost its MFA by AWS's clean-up task alone.
    pub(super) fn is_cleaned_up(&self, (account_id, kind, _): Target<'_>) -> bool {
        kind == TargetKind::Account && self.cleaned_up.contains(account_id)
    }
}

/// The last sign-in to the console of users and roots that worked and says this of MFA.
fn last_sign_ins<'a>(view: &View<'a>, mfa: SignInMfa) -> BTreeMap<Target<'a>, EventTime> {
    let symbols = view.state.symbols();
    let mut found: BTreeMap<Target<'a>, EventTime> = BTreeMap::new();
    let gave = view
        .state
        .get::<SignIns>()
        .into_iter()
        .flat_map(SignIns::attempts)
        .filter(|(attempt, _)| attempt.step == SignInStep::End && attempt.succeeded && attempt.mfa == mfa);
    for (attempt, counted) in gave {
        let (account_id, principal) = (symbols.text(attempt.account()), symbols.text(attempt.principal()));
        let target = match Arn::parse(principal) {
            Some(arn) if arn.resource.starts_with("user/") => (account_id, TargetKind::User, arn.name()),
            None if principal.starts_with("root@") => (account_id, TargetKind::Account, principal),
            _ => continue,
        };
        let Some(last) = counted.span.last() else { continue };
        let known = found.entry(target).or_insert(last);
        *known = last.max(*known);
    }
    found
}

/// By the flag that the record carries, or by the key that AssumeRoot issued for the task.
fn cleaned_up<'a>(root_use: &'a RootUse, symbols: &'a Symbols) -> BTreeSet<&'a str> {
    let issued = root_use.reaches().filter(|(reach, _)| {
        reach.outcome == ReachOutcome::Worked && symbols.text(reach.text(ReachText::TaskPolicy)) == CLEAN_UP
    });
    let issued: BTreeSet<&str> = issued.map(|(reach, _)| symbols.text(reach.text(ReachText::IssuedKey))).collect();
    let (mut by_task, mut by_others) = (BTreeSet::new(), BTreeSet::new());
    let takes = |name: &str| name == "DeactivateMFADevice";
    for row in root_use.rows().filter(|row| row.event_names.iter().any(|(name, _)| takes(symbols.text(name)))) {
        let key = symbols.text(row.access_key_id());
        let is_task = row.class() == RootClass::AssumeRoot || !key.is_empty() && issued.contains(key);
        let accounts = if is_task { &mut by_task } else { &mut by_others };
        accounts.insert(symbols.text(row.account_id()));
    }
    by_task.difference(&by_others).copied().collect()
}

/// By whoever signs with them, and by what is said when they are made and changed.
fn keys_of_users<'a>(keys: &'a Keys, symbols: &'a Symbols) -> BTreeMap<Target<'a>, BTreeMap<&'a str, KeyLife>> {
    let mut found: BTreeMap<Target<'a>, BTreeMap<&'a str, KeyLife>> = BTreeMap::new();
    let user = |account, name| (symbols.text(account), TargetKind::User, name);
    for (key, used) in keys.counted() {
        let holders = used.into_iter().flat_map(|used| keys.holders(used)).filter_map(|holder| {
            let arn = Arn::parse(symbols.text(holder.principal))?;
            arn.resource.starts_with("user/").then(|| user(holder.account, arn.name()))
        });
        let made = keys.creations(key).map(|made| user(made.account, symbols.text(made.user_name)));
        let changed = keys.changes(key).map(|change| user(change.account, symbols.text(change.user_name)));
        let used_since = used.and_then(|used| used.span.first());
        let first = keys.creations(key).map(|made| made.time).min().or(used_since);
        let targets: BTreeSet<Target<'_>> = holders.chain(made).chain(changed).collect();
        let changes: Rc<BTreeMap<_, _>> =
            Rc::new(keys.changes(key).map(|change| (change.time, change.status)).collect());
        for target in targets {
            let life = KeyLife { first, changes: Rc::clone(&changes) };
            found.entry(target).or_default().insert(symbols.text(key), life);
        }
    }
    found
}
