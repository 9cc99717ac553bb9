//! `console-logins`: who signed in to the console, with or without MFA, and who tried.

mod charts;
mod guessing;
mod issuers;
#[cfg(test)]
mod reset_tests;
mod resets;
mod rules;
#[cfg(test)]
mod tests;
pub(super) mod tried;
mod without_mfa;

use std::cmp::Reverse;

use super::addresses::with_places;
use super::columns::columns;
use super::enrolment::Enrolments;
use super::{Answer, Finding, Form, LOG_EXAMPLES, Report, ReportOption, Severity, StateUse, View, finding};
use crate::aggregate::{iam_changes, issuances, principals, sessions, sign_ins};
use guessing::Limits;
use tried::Row;

/// The report.
pub static REPORT: Report = Report {
    name: "console-logins",
    summary: "Who signed in to the console, with or without MFA, and suspected password guessing",
    about: ABOUT,
    columns: COLUMNS,
    key: &["account_id", "principal", "mfa", "result"],
    needs: &[&sign_ins::KIND, &principals::KIND, &sessions::KIND, &issuances::KIND, &iam_changes::KIND],
    options: &[SPRAY_USERS, GUESSES],
    texts: &[],
    rules: rules::RULES,
    argument: None,
    state: StateUse::No,
    examples: LOG_EXAMPLES,
    form: Form::Rows,
    charts: Some(charts::charts),
    answer,
};

const SPRAY_USERS: ReportOption = ReportOption {
    name: "spray-users",
    default: 5,
    min: 2,
    about: "Users whose sign-ins fail from one address within an hour and the next from which it is a spray",
};
const GUESSES: ReportOption = ReportOption {
    name: "guesses",
    default: 10,
    min: 2,
    about: "Failed sign-ins of one principal within an hour and the next from which its password is guessed at",
};

const ABOUT: &str = "\
A row is one account, principal, what the sign-ins say of MFA, and their result. A sign-in is a ConsoleLogin event, or one \
of IAM Identity Center: UserAuthentication, or a CredentialVerification that failed. CheckMfa is none. A ConsoleLogin \
succeeded where the response says so; a failed one has a message and no error code.

mfa:
  yes                MFAUsed is yes, or the record names the device; a second factor at Identity
                     Center; a role session whose issuing call had MFA
  no                 MFAUsed is no; a password alone at Identity Center; a federated user, or a role
                     session issued to a user's key or a workload: nobody was asked for MFA
  identity-provider  a SAML or OpenID Connect provider, or Identity Center for the sign-ins of its
                     roles: MFA is held there and not visible here, so it is never a finding
  unknown            the record does not say, or who issued the role session was not read

Findings and their severities; a row has that of the worst that it is part of, else info:
  sign-in-without-mfa  high for root, medium for an IAM user, medium for the people of Identity
                       Center who came with a password alone (one finding an account); info for a
                       new user's first sign-in, within a day of which a device was registered
  console-by-key       a session that a long-lived key or a workload issued signed in: medium, high
                       for root's key and for a workload
  brute-force-success  --guesses failures of one principal, at once or slowly, then a success:
                       critical for root, high for a user, medium where the success had MFA, or
                       where few addresses failed and another one got in, unless without MFA from
                       beside them, new to a user who has MFA elsewhere; low where somebody
                       else set the password in between, or with MFA at an address from which
                       the user had got in on three days
  sign-in-after-reset  somebody else set the password, mostly with the MFA device, and the sign-in
                       that follows came from there or from a network new to the user: high to low
  password-known       sign-ins that got as far as the second factor and failed there, on days on
                       which nobody got in from that address: high from three on, else medium for
                       root, low; high for five or more before the first success ever from there, of
                       a user who had signed in from elsewhere
  password-spray       failures of --spray-users users from one address, at once or in two weeks:
                       high where somebody got in from there who never had, within a day, or two
                       weeks where nobody else ever did; low where at most one of
                       the names exists, as many get in as stay out or all who failed got in from
                       there before and after, else medium; and of three
                       times as many users of one account from many addresses at once (high with
                       one who got in among them, or at the first try where nobody else does), or of
                       --spray-users on three days from networks nobody gets in from: medium; and
                       of two or more, who stay out, before the one user ever to get in from that
                       network does, without MFA, within a day: medium
  sign-in-guessing     --guesses failures of one principal: medium for root and from five addresses,
                       else low

At once is one UTC clock hour and the next; slowly is two weeks, or a run of failures from one address with no success \
between. Order within an hour is known only by the first failure and the last success. Failures that the same user \
answers with a success from the same address in that time are mistypes: they count only towards guesses from that \
address. An IPv6 address counts by its /64. Behind one address may be a whole office: where more get in than a guesser would hit, nobody is named.

Known misses: a guesser who stays below these numbers and takes more than a day, who works from inside the office, or who hides among a busy \
account's sign-ins; a federated sign-in whose issuing call was not read is unknown; that a refused password never leads \
to CheckMfa is inferred.

principal is the user's arn where any counted event names it (a failed sign-in does not), else the principalId; \
HIDDEN_DUE_TO_SECURITY_REASONS stands for all names that the account does not have: in a spray each such failure counts \
as a user.

What it proves: AWS's sign-in page took or refused these credentials. What it does not: who typed them, or what happened at \
an identity provider. Root signs in in us-east-1, users in the region of the sign-in endpoint, people of Identity Center \
in its region and in its account: a --region filter loses sign-ins. Rows come worst severity first, then by events and \
key.";

columns! {
    const COLUMNS;
    fn cells(row: &Row<'_>) {}

    account_id("account_id", "Account that was signed in to; of Identity Center its own.").last() => row.who.account,
    id("principal", "Who: a user's arn, root@account, a role, a person of Identity Center.") => row.who.principal,
    text("user_name", "userName, as typed where it exists.").asked() => row.user_name,
    text("type", "userIdentity.type.").last() => row.kind,
    text("mfa", "What the sign-ins say of MFA: yes, no, identity-provider or unknown.") => row.mfa.as_str(),
    text("result", "success or failure.") => if row.succeeded { "success" } else { "failure" },
    severity("severity", "Severity of the worst finding that the row is part of, else info.") => row.severity,
    count("events", "Sign-ins with this result.").unit("events") => row.events,
    count("addresses", "Distinct IP addresses.").unit("addresses").third() => row.addresses.len(),
    addresses("address_list", "The IP addresses.").last() => Vec::from_iter(row.addresses.iter().copied()),
    count("regions", "Distinct regions of sign-in endpoints.").unit("regions").last() => row.regions.len(),
    list("region_list", "The regions.").asked() => row.regions.iter().copied(),
    count("user_agents", "Distinct userAgent texts.").asked() => row.user_agents.len(),
    list("user_agent_list", "The userAgent texts.").asked() => row.user_agents.iter().copied(),
    named_counts(
        "failure_reasons",
        "Why they failed, with counts: errorMessage, or the CredentialType that Identity Center refused.",
    ).last() => row.failure_reasons(),
    time("first_seen", "Time of the first.").third() => row.span.first(),
    time("last_seen", "Time of the last.").second() => row.span.last(),
}

fn answer(view: &View<'_>) -> Answer {
    let steps = tried::read(view.state);
    let limits = Limits { spray_users: view.options.get(&SPRAY_USERS), failures: view.options.get(&GUESSES) };
    let attacks = guessing::attacks(&steps, limits);
    let mut rows = tried::rows(&steps.tried);
    let enrolments = Enrolments::of(view.state);
    let mut findings: Vec<Finding> = without_mfa::findings(&rows, &enrolments);
    let attacked = guessing::Attacked::by(&attacks);
    for row in &mut rows {
        let severity = attacked.severity(row).max(without_mfa::severity(row, &enrolments));
        row.severity = severity.unwrap_or(Severity::Info);
    }
    rows.sort_by_key(|row| (Reverse(row.severity), Reverse(row.events), row.who, row.mfa, Reverse(row.succeeded)));
    findings.extend(attacks.into_iter().map(|attack| attack.finding));
    finding::sort(&mut findings);
    let rows = rows.iter().map(cells).collect();
    with_places(view, Answer { columns: COLUMNS.to_vec(), rows, findings, ..Answer::default() })
}
