//! `policy-changes`: who changed whose permissions, passwords and MFA, and how it ended.

mod access_rules;
#[cfg(test)]
mod baseline_tests;
mod beyond_rules;
#[cfg(test)]
mod beyond_tests;
mod change;
#[cfg(test)]
mod evasion_tests;
pub(crate) mod facts;
mod findings;
mod follow_ups;
#[cfg(test)]
mod handed_tests;
mod power;
mod renames;
mod rules;
mod stays;
mod told;
mod versions;

use std::cmp::Reverse;

use super::addresses::with_places;
use super::columns::columns;
use super::{Answer, Finding, Form, LOG_EXAMPLES, Report, Severity, StateUse, View, finding, keep_first};
use crate::aggregate::iam_changes::{self, Act, IamChanges, Outcome};
use crate::aggregate::{keys, root_use, sign_ins};
use change::Change;

/// The report.
pub static REPORT: Report = Report {
    name: "policy-changes",
    summary: "Who changed whose IAM permissions, groups, passwords and MFA, and how it ended",
    about: ABOUT,
    columns: COLUMNS,
    key: &[
        "account_id",
        "event",
        "actor",
        "target_kind",
        "target",
        "policy",
        "version",
        "invoked_by",
        "policy_class",
        "grant",
        "outcome",
    ],
    needs: &[&iam_changes::KIND, &keys::KIND, &root_use::KIND, &sign_ins::KIND],
    options: &[],
    texts: &[],
    rules: rules::RULES,
    argument: None,
    state: StateUse::No,
    examples: LOG_EXAMPLES,
    form: Form::Rows,
    charts: None,
    answer,
};

const ABOUT: &str = "\
A row is one kind of change: the same call by the same principal to the same target, with the same policy and the same \
outcome. Policy documents are decoded: `grant` says what they allow at their widest.

  admin          most actions on every resource, in whatever words (*, ?*, NotAction, arn:aws:*, a
                 condition that everybody meets), or AdministratorAccess
  escalation     what leads to everything in a call or two: iam:Attach*, iam:Put*Policy,
                 iam:CreatePolicyVersion, iam:CreateAccessKey and the like on anybody, iam:PassRole
                 with what runs code, IAMFullAccess; sso:CreateAccountAssignment and the like of
                 Identity Center, where the account administers it
  full-service   every action of a service (s3:*), all but some actions, PowerUserAccess,
                 AWS's ...FullAccess
  admin-on-condition
                 what admin is, under a condition about who calls that whoever has it can come to
                 meet: MFA, an address range narrower than a /8, an own name or tag, a date
  other          less than that
  deny-only      it only takes away: containment, AWS's quarantine
  not-judged     the document is not in the record, or not readable; a customer-managed policy is
                 judged by the document that was in force when it was attached
  trust-...      a role's trust policy, or a resource's policy or list, lets in anyone, outside
                 principals, these on condition, or (trust-inside) names users or roles of the
                 account

Severity of a row: that of the worst finding that rests on it, else info. The worst of each rule:
  critical  key-quarantined-by-aws
  high      quarantine-lifted, admin-granted, self-grant, role-trust-opened, mfa-deactivated,
            resource-shared, identity-center-assigned, root-credential-made,
            admin-role-handed-to-code
  medium    admin-role-names-insider, admin-role-trust-rewritten, containment-lifted,
            policy-version-unseen, password-without-mfa, password-policy-deleted,
            password-policy-weak, boundary-removed, identity-provider-trusted,
            roles-anywhere-opened, delegation-given, access-outside-iam,
            identity-center-people-changed, organization-limit-lifted,
            organization-service-delegated, outbound-token-got, detection-switched-off
  low       policy-on-user, own-policy-broad, password-reset-by-other, mfa-delay,
            iam-changes-denied, long-lived-credential-made, outbound-federation-enabled,
            central-root-enabled, function-layer-of-others, organization-grown, password-new,
            detection-narrowed
  info      provisioned-by-aws, inline-policy, policy-classes
Each finding says in `severity_because` why it is of its own.

What it proves: these calls were made and ended so, in the accounts and regions that were read. What it does not: the \
state. A policy that was attached before the first log is not here, and one that was taken away by deleting its user, \
group or role still counts as given. A Deny, a boundary or an organisation's policy can take back what a document grants. \
Not followed: what a \
resource let in before, and what an identity provider writes into Identity Center's directory. Calls that have code run as a \
role are rows where these logs or IAM's state show the role to be administrator.

What AWS does by itself is one line for all accounts, by who signed the call: an AWSService identity, a service-linked role, or \
invokedBy of Identity Center, Organizations, Control Tower and StackSets. Names of roles, sessions and user agents excuse \
nobody, and a person's stack is the person's deed.

Rows come worst severity first, then by account and time.";

columns! {
    const COLUMNS;
    fn cells(change: &Change<'_>, severity: Severity) {
        let of_events = |holds: bool| if holds { change.events } else { 0 };
    }

    account_id("account_id", "Account that was changed.").second() => change.account_id,
    text("event", "The call: eventName.") => change.event.name(),
    text("actor", "Principal that called.") => change.actor,
    text(
        "target_kind",
        "What was changed: user, group, role, policy, mfa-device, account, identity-provider, trust-anchor, profile, \
         instance-profile, cluster, permission-set, identity-center-user, organization-policy or resource.",
    ).third() => change.target_kind.as_str(),
    text("target", "Name of what was changed; null when the record does not say.") => change.target,
    text(
        "policy",
        "ARN of the policy or name of the inline one; the group of a membership; the MFA device; whom a trust policy lets \
         in from outside, names of the account (account:ID for all of it), of services (service:NAME) and of providers \
         (provider:HOST for SUBJECTS); a new name; the terms of \
         the password policy; the role, principal or credential that was given; whom a resource lets in; what a policy of \
         the organization held for.",
    ).second() => change.policy,
    text(
        "version",
        "Version of a customer-managed policy that was written or put into force; `(not default)` behind one that allows \
         nothing yet.",
    ).asked() => change.version,
    text(
        "invoked_by",
        "AWS's service that acted by itself or to set up accounts of the organization; null where a \
         caller of the account did.",
    ).asked() => change.invoked_by,
    text("policy_class", "Who keeps the policy: aws-managed, customer-managed, inline or none.").last()
        => change.policy_class.as_str(),
    text("grant", "What it allows at its widest; null where nothing is granted.").third() => change.granted.as_str(),
    text("outcome", "How it ended: succeeded, denied or failed.").second() => change.outcome.as_str(),
    count("events", "Calls.").unit("events").third() => change.events,
    count("errors", "Calls that failed, denied ones among them.").unit("events").asked()
        => of_events(!change.succeeded()),
    count("denied", "Calls that were refused for lack of permission.").unit("events").asked()
        => of_events(change.outcome == Outcome::Denied),
    count("addresses", "Distinct IP addresses.").unit("addresses").last() => change.addresses.len(),
    addresses("address_list", "The IP addresses.").last() => Vec::from_iter(change.addresses.iter().copied()),
    list("access_key_ids", "The access keys that signed the calls; those of the console are temporary.").last()
        => change.access_keys.clone(),
    time("first_seen", "Time of the first call.").last() => change.span.first(),
    time("last_seen", "Time of the last call.").second() => change.span.last(),
    count(
        "mfa_delay_seconds",
        "For CreateLoginProfile: from the last such call to the user's next EnableMFADevice; null when none was seen.",
    ).unit("seconds").asked() => change.mfa_delay,
    severity("severity", "How much it matters: info, low, medium, high or critical.") => severity,
}

fn answer(view: &View<'_>) -> Answer {
    let symbols = view.state.symbols();
    let mut changes =
        view.state.get::<IamChanges>().map(|all| follow_ups::all(all, symbols, view.posture)).unwrap_or_default();
    let administrators = power::Administrators::of(&changes, view.posture);
    // What else code runs as is not for this report.
    changes.retain(|change| change.act() != Act::RunAs || administrators.run_by(change).is_some());
    changes.sort_by(|a, b| a.order().cmp(&b.order()));
    let known = findings::Known {
        administrators,
        baseline: findings::Baseline::of(&changes, view),
        told: told::Told::of(view),
        posture: view.posture,
    };
    let found = findings::of(&changes, &known);
    let mut severities = vec![Severity::Info; changes.len()];
    for found in &found {
        for &row in &found.rows {
            severities[row] = severities[row].max(found.finding.severity);
        }
    }
    let mut shown: Vec<(Reverse<Severity>, usize)> = severities.into_iter().map(Reverse).zip(0..).collect();
    let rows_spared = keep_first(&mut shown, view.rows_wanted);
    let mut findings: Vec<_> = found.into_iter().map(|found| found.finding).collect();
    let hidden = filtered(view, &mut findings);
    finding::sort(&mut findings);
    let rows = shown.into_iter().map(|(Reverse(severity), row)| cells(&changes[row], severity)).collect();
    with_places(view, Answer { columns: COLUMNS.to_vec(), findings, rows, rows_spared, hidden, ..Answer::default() })
}

/// Marks findings where filters left out events, which may have undone what they tell, and says so.
fn filtered(view: &View<'_>, findings: &mut [Finding]) -> Option<String> {
    view.logs.filter(|logs| logs.is_filtered && !findings.is_empty())?;
    for finding in findings {
        finding.evidence.insert("undo_may_be_filtered_out".to_owned(), true.into());
    }
    let says = "filters left out events: what undid a change that is told here (a policy detached, a device enabled) may be \
                among them; ask again without --principal, --event, --address or --access-key";
    Some(says.to_owned())
}

#[cfg(test)]
mod tests;
