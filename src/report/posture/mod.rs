//! `posture`: what IAM's own state breaks of the practices. State in, rows out. Logs are not needed; where they are read
//! as well, [`joined`](super::joined) adds what both show together.

mod administrators;
mod credentials;
mod documents;
mod groups;
mod headless;
mod identity_providers;
mod idle_roles;
mod look;
mod options;
mod other_credentials;
mod password_policy;
mod policy_rules;
mod root;
mod rules;
mod trust;
mod user_policies;
mod violation;
mod virtual_mfa;

#[cfg(test)]
mod tests;

use super::addresses::with_places;
use super::joined::{self, Logs};
use super::{Answer, Finding, Form, Report, Rule, StateUse, View, finding};
use crate::aggregate::{issuances, keys, principals, root_use, sign_ins};
pub(super) use administrators::trusted;
pub(super) use groups::unknown_groups;
pub(super) use look::Look;
pub(super) use options::*;
use policy_rules::*;
pub(super) use root::without_mfa as root_without_mfa;
use rules::*;
use violation::{COLUMNS, cells};
pub(super) use violation::{SubjectKind, Violation};

/// The report.
pub static REPORT: Report = Report {
    name: "posture",
    summary: "What IAM's own state breaks of the rules: root, MFA, keys, groups, policies",
    about: ABOUT,
    columns: COLUMNS,
    key: &["account_id", "rule", "subject"],
    needs: &[&keys::KIND, &principals::KIND, &sign_ins::KIND, &root_use::KIND, &issuances::KIND],
    options: &[MAX_AGE, UNUSED_GRACE, IDLE_DAYS, PASSWORD_MAX_AGE, ROOT_DAYS, MIN_PASSWORD_LENGTH, COMMON_SHARE],
    texts: &[COMMON_GROUP, CATEGORY_GROUP],
    rules: &[
        ROOT_HAS_KEY,
        ROOT_HAS_CERTIFICATE,
        ROOT_WITHOUT_MFA,
        ROOT_USED,
        PASSWORD_WITHOUT_MFA,
        MFA_UNASSIGNED,
        PROVIDER_UNTRUSTED,
        KEY_TOO_OLD,
        KEY_NEVER_USED,
        CERTIFICATE_TOO_OLD,
        OTHER_CREDENTIAL_TOO_OLD,
        BEARER_KEY,
        TWO_ACTIVE_KEYS,
        USER_IDLE,
        PASSWORD_TOO_OLD,
        PASSWORD_POLICY_ABSENT,
        PASSWORD_POLICY_WEAK,
        HEADLESS_PASSWORD,
        QUARANTINED,
        USER_MANAGED_POLICY,
        USER_INLINE_POLICY,
        USER_POLICY_DUPLICATE,
        USER_IN_NO_GROUP,
        NOT_IN_COMMON_GROUP,
        NOT_IN_CATEGORY_GROUP,
        COMMON_GROUP_ON_OTHERS,
        GROUP_WITHOUT_MEMBERS,
        GROUP_INLINE_POLICY,
        ROLE_INLINE_POLICY,
        COPY_OF_AWS,
        ALL_ACTIONS,
        ALL_NARROWED,
        ESCALATION,
        NOT_ACTION,
        WHOLE_SERVICE,
        ADMINISTRATORS,
        WRITE_EVERYWHERE,
        UNATTACHED,
        NOT_JUDGED,
        ROLE_NOT_USED,
        TRUSTS_ANYONE,
        TRUSTS_OTHER_ACCOUNT,
        joined::ROOT_USED_WITHOUT_MFA_DEVICE,
        joined::SIGNS_IN_WITHOUT_MFA_DEVICE,
        joined::OLD_KEY_IN_USE,
        joined::INACTIVE_KEY_USED,
        joined::POLICIES_ON_UNSEEN_USER,
    ],
    argument: None,
    state: StateUse::Alone,
    examples: EXAMPLES,
    form: Form::Rows,
    charts: None,
    answer,
};

const EXAMPLES: &[&str] = &[
    "trailscan REPORT --credential-report report.json --authorization-details details.json",
    "trailscan REPORT --iam-dir iam --account 111122223333 --format json --output REPORT.json",
    "trailscan REPORT --iam-dir iam --common-group Everyone --columns rule,subject,detail",
    "trailscan REPORT --iam-dir iam --days 30 ./AWSLogs",
];

const ABOUT: &str = "\
A row is a rule that something in the account breaks: root, a user, a group, a role, a policy, an access key or the \
account itself. Every row is a finding as well. `trailscan rules --report posture` lists the rules, `trailscan explain \
RULE` says what one means, how to check it and how to put it right; trailscan.toml changes severities and suppresses.

Without INPUT only the files are read, which the AWS CLI makes, or `trailscan iam-snapshot`; --live asks IAM now:

  --credential-report      aws iam get-credential-report (its JSON, or the CSV in it)
  --authorization-details  aws iam get-account-authorization-details
  --access-keys            aws iam list-access-keys: names the keys
  --account-summary        aws iam get-account-summary
  --password-policy        aws iam get-account-password-policy
  --iam-dir                a folder with a folder per account, holding any of them; and, told by
                           their content, aws iam list-service-specific-credentials and
                           list-ssh-public-keys, of one user or many, list-virtual-mfa-devices,
                           list-open-id-connect-providers and list-saml-providers

source is the file that a row rests on and as_of the moment that it speaks of: when it was generated, where it says so \
(as_of_basis generated); else the newest date in it, so it was made then or later (newest-date). Ages run to that moment \
where it is generated, else to the end of the window, the last event of the logs, or now: a file without a date of its \
own is taken as current.

What it proves: IAM said so at that time. What it does not: a missing row says nothing about a kind of file that was not \
given, and an account without files has no rows. Policies are read, not evaluated: a Deny elsewhere, a permissions \
boundary or an organisation's policy may take away what a document grants. What leads to administrator rights is told by \
a list of calls (`trailscan explain policy-leads-to-admin`), not proven by a search through the account. The credential report has no key ids: \
--access-keys joins them by the time of creation; else a key is named by its user and its place.

With INPUT the logs are read too, and five rules join both; source and as_of are then of the state that they join:

  root-used-without-mfa-device      root has no MFA device, and the logs show it signed in
  user-signs-in-without-mfa-device  a user has a password and no MFA device, and signed in without
  old-key-in-use                    an active key past --max-age days was used when it was that old
  inactive-key-used                 a key was inactive in the report, and a later call succeeded
  policies-on-unseen-user           a user has policies of its own and was not seen in the logs

A key is known by its id; without a list of access keys, by its user where the user has a single key in both. policies-on-unseen-user tells the days of logs that it rests on and what they lack; with fewer than seven, or with filters other than --account, it says nothing, and stderr tells that.

--account chooses accounts; other filters choose events and say nothing here. Rows come worst severity first, then by \
rule, account and subject.";

fn answer(view: &View<'_>) -> Answer {
    let accounts = view.posture.iter().flat_map(|posture| &posture.accounts);
    let logs = Logs::of(view);
    let mut violations: Vec<Violation<'_>> = Vec::new();
    for (account_id, account) in accounts {
        let look = Look { account_id, account, view };
        violations.extend(root::judge(look));
        violations.extend(password_policy::judge(look));
        violations.extend(look.credentials().into_iter().flat_map(|part| credentials::judge(look, part)));
        violations.extend(look.credentials().into_iter().flat_map(|part| headless::judge(look, part)));
        let others = [&account.service_credentials, &account.ssh_keys].into_iter().flatten();
        violations.extend(others.flat_map(|part| other_credentials::judge(look, part)));
        violations.extend(look.account.virtual_mfa.iter().flat_map(|part| virtual_mfa::judge(look, part)));
        let providers = [&account.oidc_providers, &account.saml_providers].into_iter().flatten();
        violations.extend(providers.flat_map(|part| identity_providers::judge(look, part)));
        violations.extend(look.authorization().into_iter().flat_map(|part| user_policies::judge(look, part)));
        violations.extend(look.authorization().into_iter().flat_map(|part| groups::judge(look, part)));
        violations.extend(look.authorization().into_iter().flat_map(|part| documents::judge(look, part)));
        violations.extend(look.authorization().into_iter().flat_map(|part| trust::judge(look, part)));
        let authorization = look.authorization().into_iter();
        violations.extend(authorization.flat_map(|part| idle_roles::judge(look, part, logs.as_ref())));
        violations.extend(look.authorization().and_then(|part| administrators::judge(look, part)));
        violations.extend(logs.iter().flat_map(|logs| joined::judge(look, logs)));
    }
    violations.sort_by(|a, b| {
        let key = |v: &Violation<'_>| (std::cmp::Reverse(v.rule.severity), v.rule.id);
        key(a)
            .cmp(&key(b))
            .then_with(|| (a.account_id, &a.subject).cmp(&(b.account_id, &b.subject)))
            .then_with(|| cells(a).cmp(&cells(b)))
    });
    let rows = violations.iter().map(cells).collect();
    let mut findings: Vec<Finding> = violations.into_iter().map(Violation::finding).collect();
    finding::sort(&mut findings);
    let hidden = logs.and_then(|logs| joined::withheld(view, &logs));
    with_places(view, Answer { columns: COLUMNS.to_vec(), rows, findings, hidden, ..Answer::default() })
}
