//! `policy-changes`: who changed whose permissions, passwords and MFA, and how it ended.

mod access_rules;
#[cfg(test)]
mod baseline_tests;
mod change;
pub(crate) mod facts;
mod findings;
mod power;
mod rules;
mod stays;
mod versions;

use std::cmp::Reverse;

use super::addresses::with_places;
use super::source_list::address_cells;
use super::{Answer, Column, ColumnKind, Report, Severity, StateUse, Value, View, finding, keep_first};
use crate::aggregate::iam_changes::{self, IamChanges, Outcome};
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
    needs: &[&iam_changes::KIND],
    options: &[],
    rules: rules::RULES,
    argument: None,
    state: StateUse::No,
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
                 with what runs code, IAMFullAccess
  full-service   every action of a service (s3:*), all but some actions, PowerUserAccess,
                 AWS's ...FullAccess
  admin-on-condition
                 what admin is, under a condition about who calls that whoever has it can come to
                 meet: MFA, an address range narrower than a /8, an own name, a date
  other          less than that
  deny-only      it only takes away: containment, AWS's quarantine
  not-judged     the document is not in the record, or not readable; a customer-managed policy is
                 judged by the document that was in force when it was attached
  trust-...      a role's trust policy lets in anyone, outside principals, these on condition, or
                 (trust-inside) names users or roles of the account

Severity of a row: that of the worst finding that rests on it, else info. The worst of each rule:
  critical  key-quarantined-by-aws
  high      quarantine-lifted, admin-granted, self-grant, role-trust-opened, mfa-deactivated
  medium    admin-role-names-insider, password-without-mfa, password-policy-deleted,
            password-policy-weak, boundary-removed, identity-provider-trusted,
            roles-anywhere-opened, delegation-given, access-outside-iam, identity-center-assigned
  low       policy-on-user, own-policy-broad, password-reset-by-other, mfa-delay,
            iam-changes-denied, long-lived-credential-made, outbound-federation-enabled,
            central-root-enabled
  info      provisioned-by-aws, inline-policy, policy-classes
Each finding says in `severity_because` why it is of its own.

What it proves: these calls were made and ended so, in the accounts and regions that were read. What it does not: the \
state. A policy that was attached before the first log is not here, and one that was taken away by deleting its user, \
group or role still counts as given. A Deny, a boundary or an organisation's policy can take back what a document grants. \
\
Not followed: rights on one's own user (${aws:username}), rights by resource policies (S3, KMS, Lambda), a user that gets more \
through its group as self-grant, and what is made within Identity Center's own directory.

What AWS does by itself is one line for all accounts, by who signed the call: an AWSService identity, a service-linked role, or \
invokedBy of Identity Center, Organizations, Control Tower and StackSets. Names of roles, sessions and user agents excuse \
nobody, and a person's stack is the person's deed.

Rows come worst severity first, then by account and time.";

const COLUMNS: &[Column] = &[
    Column::new("account_id", ColumnKind::Id, "Account that was changed.").second(),
    Column::new("event", ColumnKind::Text, "The call: eventName."),
    Column::new("actor", ColumnKind::Text, "Principal that called."),
    Column::new(
        "target_kind",
        ColumnKind::Text,
        "What was changed: user, group, role, policy, mfa-device, account, identity-provider, trust-anchor, profile, \
instance-profile, cluster or permission-set.",
    )
    .third(),
    Column::new("target", ColumnKind::Text, "Name of what was changed; null when the record does not say."),
    Column::new(
        "policy",
        ColumnKind::Text,
        "ARN of the policy or name of the inline one; the group of a membership; the MFA device; whom a trust policy lets \
in from outside, names of the account (account:ID for all of it) and of services (service:NAME); the terms of the password policy; the role, principal or credential that was given.",
    ),
    Column::new(
        "version",
        ColumnKind::Text,
        "Version of a customer-managed policy that was written or put into force; `(not default)` behind one that allows \
nothing yet.",
    )
    .asked(),
    Column::new(
        "invoked_by",
        ColumnKind::Text,
        "AWS's service that acted by itself or to set up accounts of the organization; null where a caller of the account did.",
    )
    .asked(),
    Column::new(
        "policy_class",
        ColumnKind::Text,
        "Who keeps the policy: aws-managed, customer-managed, inline or none.",
    )
    .last(),
    Column::new("grant", ColumnKind::Text, "What it allows at its widest; null where nothing is granted.").third(),
    Column::new("outcome", ColumnKind::Text, "How it ended: succeeded, denied or failed."),
    Column::new("events", ColumnKind::Count, "Calls.").unit("events").third(),
    Column::new("errors", ColumnKind::Count, "Calls that failed, denied ones among them.").unit("events").asked(),
    Column::new("denied", ColumnKind::Count, "Calls that were refused for lack of permission.").unit("events").asked(),
    Column::new("addresses", ColumnKind::Count, "Distinct IP addresses.").unit("addresses").last(),
    Column::new("address_list", ColumnKind::List, "The IP addresses.").last(),
    Column::new("first_seen", ColumnKind::Time, "Time of the first call.").last(),
    Column::new("last_seen", ColumnKind::Time, "Time of the last call.").second(),
    Column::new(
        "mfa_delay_seconds",
        ColumnKind::Count,
        "For CreateLoginProfile: from the last such call to the user's next EnableMFADevice; null when none was seen.",
    )
    .unit("seconds")
    .asked(),
    Column::new("severity", ColumnKind::Text, "How much it matters: info, low, medium, high or critical."),
];

fn answer(view: &View<'_>) -> Answer {
    let symbols = view.state.symbols();
    let mut changes =
        view.state.get::<IamChanges>().map(|all| change::all(all, symbols, view.posture)).unwrap_or_default();
    changes.sort_by(|a, b| a.order().cmp(&b.order()));
    let known = findings::Known {
        administrators: power::Administrators::of(&changes, view.posture),
        baseline: findings::Baseline::of(&changes, view),
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
    finding::sort(&mut findings);
    let rows = shown.into_iter().map(|(Reverse(severity), row)| cells(&changes[row], severity)).collect();
    with_places(view, Answer { columns: COLUMNS.to_vec(), findings, rows, rows_spared, ..Answer::default() })
}

fn cells(change: &Change<'_>, severity: Severity) -> Vec<Value> {
    let [addresses, address_list] = address_cells(&change.addresses);
    let of_events = |holds: bool| Value::Count(if holds { change.events } else { 0 });
    vec![
        Value::text(change.account_id),
        Value::text(change.event.name()),
        Value::text(change.actor),
        Value::text(change.target_kind.as_str()),
        Value::text(change.target),
        Value::text(change.policy),
        Value::text(change.version),
        Value::text(change.invoked_by),
        Value::text(change.policy_class.as_str()),
        Value::text(change.granted.as_str()),
        Value::text(change.outcome.as_str()),
        Value::Count(change.events),
        of_events(!change.succeeded()),
        of_events(change.outcome == Outcome::Denied),
        addresses,
        address_list,
        Value::time(change.span.first()),
        Value::time(change.span.last()),
        change.mfa_delay.map_or(Value::Null, Value::Count),
        Value::text(severity.as_str()),
    ]
}

#[cfg(test)]
mod tests;
