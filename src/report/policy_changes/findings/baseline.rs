//! Roles that are administrators on purpose: what sets up accounts makes one in each (Control Tower, CDK, Terraform).
//!
//! Their names say nothing: a thief names his role as he likes. What counts is whom the role's trust policy lets in, and it
//! has to be known whole: the role was made in these logs, and nothing that its trust was set to since lets in anybody else.
//! A role that only CloudFormation of the account may take is as strong as who may hand it to a stack. A role that accounts
//! take whose logs are read, too, is the reader's own business, and medium all the same: a thief may sit in one of them. What
//! was made alike in many accounts is one line of an audit (see `same_deed`). Who slips past: a thief who makes a role for
//! CloudFormation alone and hands it to a stack of his is told mildly.
//!
//! Source: CDK v2 developer guide, "Bootstrapping" (CloudFormationExecutionRole); Control Tower user guide, "How AWS Control
//! Tower works with roles to create and manage accounts".

use std::collections::{BTreeMap, BTreeSet};

use super::super::change::{Change, Target};
use crate::aggregate::iam_changes::{Act, Granted};
use crate::model::{Arn, is_account_id};
use crate::posture::Posture;
use crate::report::{LogSpan, Severity, View};

/// Whom the trust policies of a role let in, as far as these logs show; the last is the widest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trusted {
    /// CloudFormation and nobody else.
    CloudFormation,
    /// Accounts whose logs or state were read.
    OwnAccounts,
    /// Others, or nobody knows whom.
    Others,
}

/// What is known of roles.
#[derive(Default)]
pub(in super::super) struct Baseline<'a> {
    own_accounts: BTreeSet<&'a str>,
    /// Accounts that roles trust which the organization itself made: its management account.
    organization: BTreeSet<&'a str>,
    /// The organization of accounts, as the keys of their log objects have it, else a snapshot of IAM's state.
    organization_of: BTreeMap<&'a str, &'a str>,
    /// Of the roles that were made in these logs.
    trusted: BTreeMap<Target<'a>, Trusted>,
}

impl<'a> Baseline<'a> {
    pub(in super::super) fn of(all: &[Change<'a>], view: &View<'a>) -> Self {
        let of_changes = all.iter().map(|change| change.account_id);
        let of_logs = view.logs.into_iter().flat_map(|logs: &LogSpan| logs.regions.keys()).map(String::as_str);
        let of_state = view.posture.into_iter().flat_map(|posture: &Posture| posture.accounts.keys());
        let own_accounts = of_changes.chain(of_logs).chain(of_state.map(String::as_str)).collect();
        let of_organization = all.iter().filter(|change| sets_trust(change) && ORGANIZERS.contains(&change.invoked_by));
        let organization =
            of_organization.flat_map(|change| change.policy.split("; ").filter_map(account_of)).collect();
        let of_snapshots = view.posture.into_iter().flat_map(|posture: &Posture| &posture.accounts);
        let mut organization_of: BTreeMap<&str, &str> =
            of_snapshots.filter_map(|(id, account)| Some((id.as_str(), account.organization.as_deref()?))).collect();
        let of_keys = view.logs.into_iter().flat_map(|logs: &LogSpan| &logs.organizations);
        organization_of.extend(of_keys.map(|(id, organization)| (id.as_str(), organization.as_str())));
        let mut found = Self { own_accounts, organization, organization_of, ..Self::default() };
        let made: BTreeSet<Target<'_>> =
            all.iter().filter(|change| change.did(Act::CreateRole)).map(Change::target).collect();
        for change in all.iter().filter(|change| sets_trust(change) && made.contains(&change.target())) {
            let trusted = found.trusted_by(change);
            let known = found.trusted.entry(change.target()).or_insert(trusted);
            *known = trusted.max(*known);
        }
        found
    }

    /// Whom a role lets in.
    pub(super) fn trusted(&self, role: Target<'_>) -> Trusted {
        self.trusted.get(&role).copied().unwrap_or(Trusted::Others)
    }

    /// Whom one trust policy lets in.
    pub(super) fn trusted_by(&self, change: &Change<'_>) -> Trusted {
        let whom: Vec<&str> = change.policy.split("; ").collect();
        let is_stack = |text: &&str| matches!(*text, "service:cloudformation.amazonaws.com");
        let is_itself = |text: &str| text.strip_prefix("account:") == Some(change.account_id);
        let is_own =
            |text: &&str| is_itself(text) || account_of(text).is_some_and(|account| self.is_another(account, change));
        match change.granted {
            Granted::Nothing if whom.iter().all(is_stack) => Trusted::CloudFormation,
            Granted::TrustOutside | Granted::TrustConditional if whom.iter().all(is_own) => Trusted::OwnAccounts,
            _ => Trusted::Others,
        }
    }

    /// Whether logs or state of the account were read.
    pub(super) fn owns(&self, account: &str) -> bool {
        self.own_accounts.contains(account)
    }

    /// Whether an account is in the organization of that id: whose trail delivers its logs, or which lists it.
    pub(super) fn is_in(&self, account: &str, organization: &str) -> bool {
        self.organization_of.get(account).is_some_and(|own| *own == organization)
    }

    /// Whether it is known which account the organization's own roles trust.
    pub(super) fn knows_organization(&self) -> bool {
        !self.organization.is_empty()
    }

    /// Whether what AWS set up for whoever asked lets in anyone, or, by a stack set, an account that was neither read nor is
    /// the organization's: a stack set is as good as who made it.
    pub(super) fn is_strange(&self, change: &Change<'_>) -> bool {
        let is_strange = |text: &str| {
            account_of(text).is_some_and(|account| !self.owns(account) && !self.organization.contains(account))
        };
        match change.granted {
            Granted::TrustAnyone => true,
            Granted::TrustOutside => {
                change.invoked_by.ends_with(STACK_SETS) && change.policy.split("; ").any(is_strange)
            }
            _ => false,
        }
    }

    fn is_another(&self, account: &str, change: &Change<'_>) -> bool {
        account != change.account_id && self.own_accounts.contains(account)
    }
}

/// Services that make roles for the organization itself, in its accounts.
const ORGANIZERS: [&str; 3] = ["controltower.amazonaws.com", "organizations.amazonaws.com", "sso.amazonaws.com"];

/// How the services end that set up what somebody's stack set says.
const STACK_SETS: &str = "stacksets.cloudformation.amazonaws.com";

/// How much it matters that own accounts may take an administrator role.
pub(super) const OF_OWN: (Severity, &str) =
    (Severity::Medium, "only accounts that were read here, too, may assume it, and it is administrator");

fn sets_trust(change: &Change<'_>) -> bool {
    change.did(Act::CreateRole) || change.did(Act::UpdateTrust)
}

/// The account of a principal that a trust policy lets in from outside, with or without conditions.
fn account_of(text: &str) -> Option<&str> {
    let principal = text.split(" if ").next()?;
    let account = Arn::parse(principal).map_or(principal, |arn| arn.account_id);
    is_account_id(account).then_some(account)
}
