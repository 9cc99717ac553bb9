//! What is counted of one way in which one account's root was used.

use std::collections::{BTreeMap, BTreeSet};

use super::class::RootClass;
use super::opens::opens_to_everybody;
use super::tasks::{is_about_root, is_console_reading, needs_root};
use crate::aggregate::{Remap, Seen, Span, Sym, SymCounts, SymSet, Tally};
use crate::model::{Day, Event, EventTime, SignIn, members, text};

/// What tells two rows apart: account, class as far as one event shows it, and access key, so that a report can still
/// move the keys that AssumeRoot issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub account_id: Sym,
    pub class: RootClass,
    pub access_key_id: Sym,
}

/// Counts of one account, class and access key.
#[derive(Clone, Debug)]
pub struct RootUseRow {
    pub(super) key: Key,
    /// Events and failures.
    pub tally: Tally,
    /// First and last event.
    pub span: Span,
    /// Numbers by [`Count`].
    pub(super) counts: [i64; COUNT_COLUMNS.len()],
    /// `sourceIPAddress` as written.
    pub addresses: SymSet,
    /// eventNames with their counts.
    pub event_names: SymCounts,
    /// Events of each UTC day.
    pub days: BTreeMap<Day, i64>,
    /// UTC days on which somebody was in: those of [`Count::Uses`].
    pub used_days: BTreeSet<Day>,
    /// UTC days with a task that needs root.
    pub task_days: BTreeSet<Day>,
    /// Access keys that root made for itself.
    pub created_keys: SymSet,
    /// `sourceIPAddress` of those who asked for a reset of root's password.
    pub reset_addresses: SymSet,
}

/// A number of a [`RootUseRow`]. The names under which they are saved stand in the same order.
#[derive(Clone, Copy, Debug)]
pub enum Count {
    /// Events with readOnly true.
    ReadOnly,
    /// Events that are neither sign-in events, nor on AWS's list of tasks that need root, nor what the console reads in a
    /// session with MFA.
    Everyday,
    /// Console sign-ins that worked.
    SignIns,
    /// Console sign-ins that failed.
    SignInFailures,
    /// Console sign-ins that worked without MFA.
    SignInsWithoutMfa,
    /// Events or sign-ins that say MFA was used.
    WithMfa,
    /// Events or sign-ins that say MFA was not used.
    WithoutMfa,
    /// Times root made an access key for itself.
    KeysCreated,
    /// Events that show that somebody was in: they worked, or were refused for lack of permission with credentials of
    /// root, and are no step that anybody can take who knows root's e-mail address or password, such as asking for a reset
    /// or being asked for MFA.
    Uses,
    /// Policies of buckets and queues that let everybody in.
    OpenedToEverybody,
    /// `EmailUpdated` at the sign-in page that worked.
    EmailsUpdated,
    /// `PasswordRecoveryCompleted` that worked.
    ResetsCompleted,
    /// `PasswordUpdated` that worked.
    PasswordsUpdated,
}

impl Count {
    /// All of them, in order.
    pub const ALL: [Self; COUNT_COLUMNS.len()] = [
        Self::ReadOnly,
        Self::Everyday,
        Self::SignIns,
        Self::SignInFailures,
        Self::SignInsWithoutMfa,
        Self::WithMfa,
        Self::WithoutMfa,
        Self::KeysCreated,
        Self::Uses,
        Self::OpenedToEverybody,
        Self::EmailsUpdated,
        Self::ResetsCompleted,
        Self::PasswordsUpdated,
    ];
}

/// Column names of [`Count`], in its order.
pub(super) const COUNT_COLUMNS: [&str; 13] = [
    "read_only",
    "everyday_events",
    "sign_ins",
    "sign_in_failures",
    "sign_ins_without_mfa",
    "with_mfa",
    "without_mfa",
    "keys_created",
    "uses",
    "opened_to_everybody",
    "emails_updated",
    "resets_completed",
    "passwords_updated",
];

impl RootUseRow {
    pub(super) fn new(key: Key) -> Self {
        Self {
            key,
            tally: Tally::default(),
            span: Span::default(),
            counts: [0; COUNT_COLUMNS.len()],
            addresses: SymSet::default(),
            event_names: SymCounts::default(),
            days: BTreeMap::new(),
            used_days: BTreeSet::new(),
            task_days: BTreeSet::new(),
            created_keys: SymSet::default(),
            reset_addresses: SymSet::default(),
        }
    }

    /// The account whose root it is.
    pub fn account_id(&self) -> Sym {
        self.key.account_id
    }

    /// The class, as far as one event shows it.
    pub fn class(&self) -> RootClass {
        self.key.class
    }

    /// The access key of these events; empty where they have none.
    pub fn access_key_id(&self) -> Sym {
        self.key.access_key_id
    }

    /// One of the numbers.
    pub fn count(&self, count: Count) -> i64 {
        self.counts[count as usize]
    }

    pub(super) fn observe(&mut self, seen: &mut Seen<'_>) {
        let event = seen.event;
        self.tally.merge(seen.tally());
        if let Some(time) = event.event_time {
            self.span.see(time);
            *self.days.entry(time.day()).or_default() += 1;
        }
        self.addresses.insert(seen.address());
        self.event_names.add(seen.event_name(), 1);
        self.add(Count::ReadOnly, event.read_only == Some(true));
        if event.is_console_login() {
            self.observe_sign_in(SignIn::of(event));
        } else {
            self.observe_session_mfa(seen);
        }
        let uses = self.count(Count::Uses);
        let is_task = if event.event_source == "signin.amazonaws.com" {
            self.observe_sign_in_page(seen)
        } else {
            self.add(Count::Uses, !event.is_error() || is_refused_to_holder(event));
            let opens = opens_to_everybody(event);
            self.add(Count::OpenedToEverybody, opens && !event.is_error());
            let is_task = needs_root(event) && !opens;
            self.add(Count::Everyday, !is_task && (opens || !is_console_reading(event)));
            is_task
        };
        let day = event.event_time.map(EventTime::day);
        self.used_days.extend(day.filter(|_| self.count(Count::Uses) > uses));
        self.task_days.extend(day.filter(|_| is_task));
        if event.event_name == "CreateAccessKey" {
            self.observe_key_creation(seen);
        }
    }

    pub(super) fn merge(&mut self, other: &Self, remap: &Remap) {
        self.tally.merge(other.tally);
        self.span.merge(other.span);
        for (ours, theirs) in self.counts.iter_mut().zip(other.counts) {
            *ours += theirs;
        }
        self.addresses.merge(&other.addresses, remap);
        self.event_names.merge(&other.event_names, remap);
        for (&day, events) in &other.days {
            *self.days.entry(day).or_default() += events;
        }
        self.used_days.extend(&other.used_days);
        self.task_days.extend(&other.task_days);
        self.created_keys.merge(&other.created_keys, remap);
        self.reset_addresses.merge(&other.reset_addresses, remap);
    }

    /// A failed sign-in says nothing about the MFA of root's sessions, so only those that worked count there.
    fn observe_sign_in(&mut self, sign_in: SignIn) {
        self.add(Count::SignIns, sign_in.succeeded);
        self.add(Count::SignInFailures, !sign_in.succeeded);
        if sign_in.succeeded {
            self.add(Count::WithMfa, sign_in.mfa_used == Some(true));
            self.add(Count::WithoutMfa, sign_in.mfa_used == Some(false));
            self.add(Count::SignInsWithoutMfa, sign_in.mfa_used == Some(false));
        }
    }

    /// What the sign-in page records: `CheckMfa` and `PasswordRecoveryRequested` are steps of somebody who is not in. Whether it
    /// is a task that needs root: a change of its password or address.
    fn observe_sign_in_page(&mut self, seen: &mut Seen<'_>) -> bool {
        let event = seen.event;
        let is_use = match event.event_name {
            "ConsoleLogin" => SignIn::of(event).succeeded && !event.is_error(),
            "CheckMfa" => false,
            "PasswordRecoveryRequested" => {
                self.reset_addresses.insert(seen.address());
                false
            }
            _ => !is_failed_step(event),
        };
        self.add(Count::Uses, is_use);
        let change = match event.event_name {
            "EmailUpdated" => Count::EmailsUpdated,
            "PasswordRecoveryCompleted" => Count::ResetsCompleted,
            "PasswordUpdated" => Count::PasswordsUpdated,
            _ => return false,
        };
        self.add(change, is_use);
        is_use
    }

    fn observe_session_mfa(&mut self, seen: &Seen<'_>) {
        let mfa = seen.event.user_identity.session.as_ref().and_then(|session| session.mfa_authenticated);
        self.add(Count::WithMfa, mfa == Some(true));
        self.add(Count::WithoutMfa, mfa == Some(false));
    }

    #[cold]
    fn observe_key_creation(&mut self, seen: &mut Seen<'_>) {
        let event = seen.event;
        if event.event_source != "iam.amazonaws.com" || event.is_error() || !is_about_root(event) {
            return;
        }
        self.add(Count::KeysCreated, true);
        let [created] = members(event.response_elements, ["accessKey"]);
        let [access_key_id] = members(created.json(), ["accessKeyId"]);
        let access_key_id = text(access_key_id);
        if !access_key_id.is_empty() {
            self.created_keys.insert(seen.symbols.intern(&access_key_id));
        }
    }

    fn add(&mut self, count: Count, one: bool) {
        self.counts[count as usize] += i64::from(one);
    }
}

/// Whether an API call was signed with credentials of root and then denied, as a service control policy does: who asked
/// holds root all the same.
///
/// Source: IAM user guide, "Policy evaluation logic": a request is authenticated before its policies are evaluated.
fn is_refused_to_holder(event: &Event<'_>) -> bool {
    let identity = &*event.user_identity;
    let is_session = identity.creation_date().is_some();
    event.is_denied() && (is_session || !identity.access_key_id.is_empty())
}

/// Whether a step at the sign-in page failed, which it says under its own name and without an error code.
///
/// Source: CloudTrail user guide, "AWS Management Console sign-in events": `responseElements` of `ConsoleLogin`,
/// `CheckMfa` and the events of root's password hold `Success` or `Failure`.
fn is_failed_step(event: &Event<'_>) -> bool {
    let [outcome] = members(event.response_elements, [event.event_name]);
    event.is_error() || text(outcome).eq_ignore_ascii_case("failure")
}
