//! A change of IAM with what other changes tell about it: the document of an attached policy, a removal that followed,
//! the MFA device that a new password waited for.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::aggregate::iam_changes::{Act, DORMANT, Granted, IamChange, IamEvent, Key, Outcome, TargetKind};
use crate::aggregate::{Span, Symbols};
use crate::model::{Arn, EventTime, Grant, PolicyClass, is_quarantine};
use crate::report::source_list::ReadAddresses;

/// One row of the report.
#[derive(Debug)]
pub(super) struct Change<'a> {
    pub account_id: &'a str,
    pub event: IamEvent,
    pub actor: &'a str,
    pub target_kind: TargetKind,
    pub target: &'a str,
    pub policy: &'a str,
    /// The version of a customer-managed policy, as [`Key::version`] has it.
    pub version: &'a str,
    /// The AWS service that acted by itself or for the organization; empty where a caller of the account did.
    pub invoked_by: &'a str,
    pub policy_class: PolicyClass,
    /// As the call itself shows, or the document of the policy that it names.
    pub granted: Granted,
    pub outcome: Outcome,
    pub events: i64,
    pub span: Span,
    /// Distinct, in order.
    pub addresses: Vec<IpAddr>,
    /// The access keys that signed the calls.
    pub access_keys: BTreeSet<&'a str>,
    pub moments: &'a BTreeSet<EventTime>,
    /// Seconds from the last of these calls to the first EnableMFADevice for the user at or after it; only for CreateLoginProfile.
    pub mfa_delay: Option<i64>,
    /// When what was attached or written was taken away again, and not given anew.
    pub removed: Option<EventTime>,
}

/// Whom or what a change is about: account, kind, name.
pub(super) type Target<'a> = (&'a str, TargetKind, &'a str);

impl<'a> Change<'a> {
    pub fn new(row: &'a IamChange, symbols: &'a Symbols, read: &mut ReadAddresses<'_>) -> Self {
        let Key { account_id, event, actor, target_kind, target, policy, .. } = row.key;
        let Key { version, invoked_by, policy_class, granted, outcome, .. } = row.key;
        let is_credential = matches!(event.act(), Act::AddCredential | Act::RemoveCredential);
        Self {
            account_id: symbols.text(account_id),
            event,
            actor: symbols.text(actor),
            target_kind,
            target: symbols.text(target),
            policy: symbols.text(policy),
            version: if is_credential { "" } else { symbols.text(version) },
            invoked_by: symbols.text(invoked_by),
            policy_class,
            granted,
            outcome,
            events: row.events,
            span: row.span,
            addresses: read.distinct(row.addresses.iter()),
            access_keys: row.access_keys.iter().map(|key| symbols.text(key)).collect(),
            moments: &row.moments,
            mfa_delay: None,
            removed: None,
        }
    }

    /// What the call does.
    pub fn act(&self) -> Act {
        self.event.act()
    }

    /// Whether it worked.
    pub fn succeeded(&self) -> bool {
        self.outcome == Outcome::Succeeded
    }

    /// Whether it worked and did `act`.
    pub fn did(&self, act: Act) -> bool {
        self.succeeded() && self.act() == act
    }

    /// Whether it worked and gave a user, group or role a policy.
    pub fn gave_policy(&self) -> bool {
        self.did(Act::Attach) || self.did(Act::PutInline)
    }

    /// What it grants as a policy, if it is about one.
    pub fn grant(&self) -> Option<Grant> {
        match self.granted {
            Granted::Policy(grant) => Some(grant),
            _ => None,
        }
    }

    /// Whether it worked and gave somebody rights: no policy that only denies.
    pub fn gave_rights(&self) -> bool {
        self.gave_policy() && self.grant() != Some(Grant::DenyOnly)
    }

    /// Whether AWS did it by itself, or to set up accounts of the organization.
    pub fn is_provisioning(&self) -> bool {
        !self.invoked_by.is_empty()
    }

    /// Whether it is about AWS's quarantine of a user. An inline policy of that name that allows something is none: it is
    /// somebody hiding behind the name.
    pub fn is_about_quarantine(&self) -> bool {
        let only_denies = matches!(self.grant(), Some(Grant::DenyOnly | Grant::NotJudged));
        is_quarantine(self.policy, self.policy_class) && (self.act() != Act::PutInline || only_denies)
    }

    /// Whether it worked and put a version of a customer-managed policy into force.
    pub fn puts_into_force(&self) -> bool {
        self.did(Act::SetDefaultVersion) || self.did(Act::WritePolicy) && !self.version.ends_with(DORMANT)
    }

    /// When its calls were made, where that is kept; of a state that was saved before it was, the first and last.
    pub fn times(&self) -> impl Iterator<Item = EventTime> {
        let ends = [self.span.first(), self.span.last()].into_iter().flatten();
        self.moments.iter().copied().chain(ends.filter(|_| self.moments.is_empty()))
    }

    /// Takes up another change that is one row with this.
    pub fn merge(&mut self, other: Self) {
        self.events += other.events;
        self.span.merge(other.span);
        self.addresses.extend(other.addresses);
        self.addresses.sort_unstable();
        self.addresses.dedup();
        self.access_keys.extend(other.access_keys);
    }

    /// Whom or what it is about.
    pub fn target(&self) -> Target<'a> {
        (self.account_id, self.target_kind, self.target)
    }

    /// `user/name`, as findings call it.
    pub fn target_name(&self) -> String {
        named(self.target_kind, self.target)
    }

    /// Whether who called is whom it is about: the user itself, or a session of the role itself.
    pub fn is_by_itself(&self) -> bool {
        self.is_by(self.target())
    }

    /// Whether this user, or a session of this role, called.
    pub fn is_by(&self, (account_id, kind, name): Target<'_>) -> bool {
        let Some(arn) = Arn::parse(self.actor).filter(|arn| arn.account_id == account_id) else { return false };
        let of_kind = match kind {
            TargetKind::User => "user/",
            TargetKind::Role => "role/",
            _ => return false,
        };
        !name.is_empty() && arn.resource.starts_with(of_kind) && arn.name() == name
    }

    /// What the default order goes by after severity: account, time, then all that makes the key.
    pub fn order(&self) -> impl Ord + use<'a> {
        let what = (self.event, self.actor, self.target_kind, self.target, self.policy, self.version, self.invoked_by);
        (
            self.account_id,
            self.span.first().is_none(),
            self.span.first(),
            what,
            self.policy_class,
            self.granted,
            self.outcome,
        )
    }
}

/// `user/name`; for an unknown name `a user that the record does not name`.
pub(super) fn named(kind: TargetKind, name: &str) -> String {
    match name {
        "" => format!("a {} that the record does not name", kind.as_str()),
        root if kind == TargetKind::Account && root.starts_with("root@") => root.to_owned(),
        resource if kind == TargetKind::Resource => resource.to_owned(),
        name => format!("{}/{name}", kind.as_str()),
    }
}
