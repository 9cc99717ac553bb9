//! What tells two changes apart.

use super::act::TargetKind;
use super::event::IamEvent;
use crate::aggregate::{Remap, Sym};
use crate::model::{Event, Grant, PolicyClass};

/// What follows the id of a version that is not made the default: it allows nothing yet.
pub const DORMANT: &str = " (not default)";

/// What follows the type of a new policy of an organization that allows everything, and so limits nothing.
pub const LIMITS_NOTHING: &str = " (allows everything)";

/// What follows where the caller of Identity Center gave or did something to itself.
pub const BY_ITSELF: &str = " (the caller itself)";

/// What stands before the identity pools of Cognito whose guests a trust policy lets in.
pub const GUESTS_OF: &str = "guests of ";

/// What follows a service of AWS that comes in for whatever account asks it to.
pub const OF_ANY_ACCOUNT: &str = " of any account";

/// What a call that makes or updates a detector sets it to.
pub const ON: &str = "on";

/// As [`ON`].
pub const OFF: &str = "off";

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It did what it says.
    Succeeded,
    /// It was refused for lack of permission.
    Denied,
    /// It failed for another reason.
    Failed,
}

/// What a change lets somebody do, at its widest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Granted {
    /// It is no grant, or a trust policy that lets in nobody from outside.
    Nothing,
    /// A policy that grants so much.
    Policy(Grant),
    /// A trust policy that lets in nobody from outside and names users or roles of the account.
    TrustInside,
    /// A trust policy that lets in others from outside, each under a condition; so may a resource's.
    TrustConditional,
    /// A trust policy that lets in another account without a condition, or anyone who knows an external id.
    TrustOutside,
    /// A trust policy that lets in anyone, or anybody with an account at a provider that many share, without a condition
    /// that narrows.
    TrustAnyone,
}

/// What tells two changes apart; two calls of one key are one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The account that was changed.
    pub account_id: Sym,
    /// The call.
    pub event: IamEvent,
    /// The principal that made it.
    pub actor: Sym,
    /// What it is about.
    pub target_kind: TargetKind,
    /// The name of that; empty when the record does not say.
    pub target: Sym,
    /// The policy's ARN or an inline policy's name; for memberships the group, for MFA the device, for a renaming the new
    /// name, for trust policies whom they let in from outside, whom of the account, which services and providers they name, for the password policy its terms, for a role that
    /// is handed on that role (for an instance the instance), for an assignment who got it and where, with [`BY_ITSELF`]
    /// where that is the caller; for a resource whom it lets in, for a limit of an organization what it held for, of a new one its
    /// type, with [`LIMITS_NOTHING`] where that is so.
    pub policy: Sym,
    /// The version of a customer-managed policy, with [`DORMANT`] where the call does not put it into force; the id of a
    /// long-lived credential that is not an access key.
    pub version: Sym,
    /// The AWS service that acted on its own account or for the organization; empty where a caller of the account did.
    pub invoked_by: Sym,
    /// Who keeps the policy.
    pub policy_class: PolicyClass,
    /// What it grants.
    pub granted: Granted,
    /// How it ended.
    pub outcome: Outcome,
}

impl Key {
    /// The same key in another table of symbols.
    pub(super) fn renamed(self, remap: &Remap) -> Self {
        Self {
            account_id: remap.of(self.account_id),
            actor: remap.of(self.actor),
            target: remap.of(self.target),
            policy: remap.of(self.policy),
            version: remap.of(self.version),
            invoked_by: remap.of(self.invoked_by),
            ..self
        }
    }
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Succeeded, Self::Denied, Self::Failed];

    /// How `event` ended.
    pub fn of(event: &Event<'_>) -> Self {
        match (event.is_error(), event.is_denied()) {
            (false, _) => Self::Succeeded,
            (true, true) => Self::Denied,
            (true, false) => Self::Failed,
        }
    }

    /// The word that is printed: `succeeded`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }

    /// The outcome of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

impl Granted {
    /// The word that is printed; empty for nothing.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Policy(grant) => grant.as_str(),
            Self::TrustInside => "trust-inside",
            Self::TrustConditional => "trust-conditional",
            Self::TrustOutside => "trust-outside",
            Self::TrustAnyone => "trust-anyone",
        }
    }

    /// What that word says.
    pub fn parse(name: &str) -> Option<Self> {
        let others = [Self::Nothing, Self::TrustInside, Self::TrustConditional, Self::TrustOutside, Self::TrustAnyone];
        others.into_iter().chain(Grant::ALL.map(Self::Policy)).find(|granted| granted.as_str() == name)
    }
}
