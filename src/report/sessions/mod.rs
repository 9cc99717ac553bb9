//! `sessions`: which temporary credentials were in use, what kind they are, and who issued them.

mod about;
mod charts;
mod company;
mod delegation;
mod endpoints;
mod few;
mod foreign;
mod networks;
mod people;
mod rule_texts;
mod rules;
mod sets;
mod subjects;
mod tools;
mod usage;
mod workloads;

use std::cmp::Reverse;
use std::net::IpAddr;

use super::addresses::{Whereabouts, with_places};
use super::columns::columns;
use super::enrolment::Enrolments;
use super::lineage::{Credential, Expiry, Kind, Lineage, Mfa, role_name, session_name};
use super::source_list::{AddressLists, ReadAddresses};
use super::{
    AddressLookup, Answer, Form, LOG_EXAMPLES, Report, ReportOption, Severity, StateUse, View, finding, keep_first,
};
use crate::aggregate::issuances::{self, Issuance};
use crate::aggregate::sessions::{self, Session};
use crate::aggregate::{State, iam_changes, keys, principals, sign_ins};
use crate::model::{Network, quantity};

/// The report.
pub static REPORT: Report = Report {
    name: "sessions",
    summary: "Which role, console and token sessions were in use, and who issued them",
    about: ABOUT,
    columns: COLUMNS,
    key: &["session_id"],
    needs: &[&sessions::KIND, &issuances::KIND, &keys::KIND, &sign_ins::KIND, &iam_changes::KIND, &principals::KIND],
    options: &[MIN_EVENTS],
    texts: &[],
    rules: rule_texts::RULES,
    argument: None,
    state: StateUse::No,
    examples: LOG_EXAMPLES,
    form: Form::Rows,
    charts: Some(charts::charts),
    answer,
};

const MIN_EVENTS: ReportOption = ReportOption {
    name: "min-events",
    default: 1,
    min: 1,
    about: "List sessions with at least this many events; findings speak of all",
};

const ABOUT: &str = "\
A row is one session: the events of one principalId with one creation date (the console uses many access keys in \
one session); without a creation date one access key, else one principalId. Use of long-lived keys is not a session. Where \
records show that several callers gave one name in one second, each key is a session: its id ends in #KEY.

kind, the first that holds:
  ec2           named like an instance, or credentials given to or by EC2
  lambda        credentials given to or by Lambda
  service       another AWS service or its agent got the role (a task, a pod, the holder of a
                certificate), or it is a service-linked role
  sso           a role of IAM Identity Center (path /aws-reserved/sso.amazonaws.com/)
  web-identity  AssumeRoleWithWebIdentity
  saml          AssumeRoleWithSAML
  role          any other role session
  assume-root   a central root session
  console       an IAM user or root: a sign-in, or the console, shows
  user-token    an IAM user or root: any other temporary key (GetSessionToken)
  federated     GetFederationToken

issue_confidence, how the issuer is known:
  exact     the issuing record names a key of the session, in its account and within its life
  inferred  within 2 s of the creation date: the record's assumedRoleId is the principalId, or the
            same IAM user or root signed in, or the person of Identity Center fetched the permission
            set
  none      the issuer is not in range

None is usual: the record may lie before the window, in another account's trail or in another region. It is never \
suspicious by itself.

mfa is yes where a record says so (the session's flag, the MFA device named when it was issued, or the session that \
issued it), unknown for identity providers and for role chains without such a record, and no only where the flag is \
false and means it. A user-token session without any address is a service that acts on that person's call. Sessions \
whose issuer is not in range may be chained, and a workload has no MFA: no alone is not a finding. in_console says no \
where no event shows the console.

issued_from is where the caller was: of Identity Center the address that called GetRoleCredentials, never that of its \
own server. on_behalf_of is the person of Identity Center whom the session's events name, else who fetched it.

Severity of a row is that of the worst rule that holds for it or for the sessions it is among, else info:
  high    root-session-without-mfa, workload-credentials-elsewhere (medium with one sign),
          session-with-attack-tool,
          session-through-foreign-endpoint (medium without calls through the own account's)
  medium  console-session-without-mfa, instance-name-not-issued-by-ec2, used-from-other-network,
          web-identity-of-new-owner
  low     session-without-mfa (issued to an IAM user), imds-v1, used-after-expiry,
          instance-credentials-in-networks, used-from-two-networks-in-turn,
          workload-beside-person (medium with one unusual program), role-used-by-foreign-account,
          temporary-delegation, sso-credentials-in-two-networks (medium with one sign-in)
  info    used-across-private-network

All sessions of one workload (an instance, a function, a task, a pod, the holder of a certificate) are compared: a \
place is a public /24 or /64, or all private addresses and VPC endpoints together; what a caller says of itself is \
no excuse. Between IPv4 and IPv6 a new network is not a sign, another program or a person there is. The pods of an EKS \
service account (IRSA) are one workload; other identity providers' sessions are none. Not seen: a thief with the \
workload's program after it fell silent, over the other family, behind its NAT, or in every one of its sessions; a \
task's successors, which have other names.

What it proves: these calls were made with credentials of this session. What it does not: a change of network (/24 \
or /64) proves no theft, since people move and NAT pools and VPNs have many addresses. Rows come worst severity \
first, then by events and session_id.";

columns! {
    const COLUMNS;
    fn cells(known: &Known<'_>, severity: Severity, lineage: &Lineage<'_>, state: &State) {
        let (credential, session) = (known.credential, known.session);
        let issuance = credential.issuance();
        let is_role = session.identity_type() == "AssumedRole";
        let is_named = is_role || known.kind == Kind::Federated;
        let role_id = session.principal_id().split(':').next().unwrap_or_default();
    }

    id("session_id", "<principalId>@<creationDate>; else the access key id or principalId.").last() => credential.id(),
    text(
        "kind",
        "What holds the credentials: ec2, lambda, service, sso, role, console and so on; the list is in the help.",
    ) => known.kind.as_str(),
    account_id("account_id", "Account that owns the credentials.").last() => session.account_id(),
    text("role", "Name of the role.").last() => if is_role { role_name(credential) } else { "" },
    id("role_id", "Unique id of the role.").asked() => if is_role { role_id } else { "" },
    text("session_name", "Name that the issuing call gave the session.").second()
        => if is_named { known.name } else { "" },
    text("principal", "Principal that the events are attributed to.") => session.principal(),
    list("access_key_ids", "Access keys of the session.").last() => session.access_key_ids(),
    time("creation_date", "When the credentials were issued, as the events say.").second() => session.creation_date(),
    time("expires", "When the credentials end.").third() => known.expiry.at,
    text("expires_basis", "How that is known: response, estimate or none.").asked() => known.expiry.basis,
    text("mfa", "Whether MFA stands behind the session: yes, no or unknown.") => known.mfa.answer,
    text("mfa_basis", "What says so: session-flag, serial-number, parent-session, identity-provider or none.").asked()
        => known.mfa.basis,
    text("source_identity", "sourceIdentity, which survives role chaining.").last() => credential.source_identity(),
    text("issued_by", "Principal that called the issuing API, or signed in.").second()
        => credential.issuer(),
    id("issued_by_key", "Access key of that call.").asked()
        => issuance.map_or("", Issuance::caller_access_key_id),
    issued_from("issued_from", "Source address of that call.").last() => credential.issued_from_source(),
    text("issue_confidence", "How the issuer is known: exact, inferred or none.").last()
        => credential.confidence.as_str(),
    yes_no("in_console", "Whether an event shows the console: yes or no.").asked() => session.in_console(),
    count("addresses", "Distinct IP addresses.").unit("addresses").third() => known.addresses.len(),
    addresses("address_list", "The IP addresses.").asked() => known.addresses.to_vec(),
    count("events", "Events.").unit("events") => session.tally().events,
    count("errors", "Events that failed.").unit("events").last() => session.tally().errors,
    time("first_seen", "Time of the first event.").last() => session.span().first(),
    time("last_seen", "Time of the last event.").third() => session.span().last(),
    severity("severity", "Severity of the worst rule that holds: info, low, medium or high.") => severity,
    text("issued_event", "The issuing API, or ConsoleLogin.").asked()
        => issuance.map_or("", |issuance| issuance.api().as_str()),
    id("parent_session", "session_id of the session that made the issuing call.").asked()
        => credential.parent.map_or("", |parent| lineage.credentials[parent].id()),
    list("ec2_role_delivery", "Version of the instance metadata service: 1.0 or 2.0.").asked()
        => session.ec2_role_deliveries(),
    text("in_scope_of", "Workload that AWS issued the credentials to.").asked() => session.scope_issued_to(),
    id(
        "on_behalf_of",
        "Person of Identity Center behind it, from its events, else from the call that fetched it.",
    ).last() => credential.person(),
    id("delegate_account_id", "Account that used it by a temporary delegation (invokedByDelegate).").asked()
        => session.delegate_account_id(),
    id("sign_in_session", "Sign-in to the console or by `aws login` that it comes from.").asked()
        => session.sign_in_session_arn(),
    list("vpc_endpoint_account_ids", "Owners of the VPC endpoints that its calls came through.").asked()
        => endpoint_owners(session, state),
}

/// A session with all that is worked out about it.
struct Known<'a> {
    credential: &'a Credential<'a>,
    session: &'a Session<'a>,
    /// The session name of a role session.
    name: &'a str,
    kind: Kind,
    mfa: Mfa,
    expiry: Expiry,
    /// Distinct, in order.
    addresses: &'a [IpAddr],
    /// The address that the credentials were issued to, unless a service got them.
    issued_to: Option<IpAddr>,
    /// The networks that it was used in and that nobody knows its holder to be in.
    away: networks::Away,
    /// The severity of the worst finding about several sessions that this one is among, else info.
    of_set: Severity,
    /// Whether it is a user's first sign-in, which `console-logins` tells.
    enrols: bool,
}

/// What the judgement of sessions rests on beside them.
struct Facts<'a> {
    state: &'a State,
    lineage: &'a Lineage<'a>,
    offices: networks::Offices<'a>,
}

impl<'a> Facts<'a> {
    fn of(state: &'a State, lineage: &'a Lineage<'a>) -> Self {
        Self { state, lineage, offices: networks::Offices::of(state) }
    }
}

/// The addresses of the counted sessions of a lineage, by place.
struct Addresses {
    used_from: AddressLists,
    issued_to: Vec<Option<IpAddr>>,
}

impl Addresses {
    fn of(lineage: &Lineage<'_>, read: &mut ReadAddresses<'_>) -> Self {
        let counted = &lineage.credentials[..lineage.counted];
        let sessions = counted.iter().filter_map(Credential::session);
        let used_from = read.lists(sessions.map(Session::source_symbols));
        let issued_to = |credential: &Credential<'_>| read.ip(credential.issued_from()?);
        Self { used_from, issued_to: counted.iter().map(issued_to).collect() }
    }
}

fn answer(view: &View<'_>) -> Answer {
    let lineage = Lineage::of(view.state);
    let mut read = ReadAddresses::new(view.state.symbols());
    let addresses = Addresses::of(&lineage, &mut read);
    let facts = Facts::of(view.state, &lineage);
    let mut all = known(&facts, &addresses, &mut read);
    let aws = view.addresses.and_then(AddressLookup::aws);
    let mut of_sets = sets::judge(&facts, &mut all, aws, &mut read);
    let with_tools = tools::findings(view.state, &all, &mut read);
    of_sets.extend(sets::mark(&mut all, with_tools));
    let least = view.options.get(&MIN_EVENTS);
    let mut groups = rules::Groups::default();
    // `all` is sorted by session id, which breaks ties.
    let mut shown: Vec<(Reverse<Severity>, Reverse<i64>, usize)> = Vec::with_capacity(all.len());
    for (i, known) in all.iter().enumerate() {
        let severity = groups.add(known);
        let events = known.session.tally().events;
        if events >= least {
            shown.push((Reverse(severity), Reverse(events), i));
        }
    }
    let hidden = hidden(all.len() - shown.len(), view);
    let rows_spared = keep_first(&mut shown, view.rows_wanted);
    let rows =
        shown.into_iter().map(|(Reverse(severity), _, i)| cells(&all[i], severity, &lineage, view.state)).collect();
    let mut findings = groups.findings(aws);
    findings.extend(of_sets);
    finding::sort(&mut findings);
    with_places(view, Answer { columns: COLUMNS.to_vec(), rows, rows_spared, findings, hidden, ..Answer::default() })
}

/// Every session of which an event was counted, with all that is worked out about it, by session id.
fn known<'a>(facts: &Facts<'a>, addresses: &'a Addresses, read: &mut ReadAddresses<'_>) -> Vec<Known<'a>> {
    let lineage = facts.lineage;
    let mut all = Vec::with_capacity(lineage.counted);
    all.extend((0..lineage.counted).filter_map(|place| Known::new(lineage, place, addresses)));
    networks::judge(lineage, &facts.offices, &mut all, read);
    let enrolments = Enrolments::of(facts.state);
    for known in &mut all {
        let session = known.session;
        known.enrols = known.kind == Kind::Console
            && enrolments.of_session(session.principal(), session.creation_date()).is_some();
    }
    all
}

/// Says how many sessions `--min-events` left out.
fn hidden(count: usize, view: &View<'_>) -> Option<String> {
    let least = view.options.get(&MIN_EVENTS);
    let (sessions, are) = (quantity(count as u64, "session"), if count == 1 { "is" } else { "are" });
    (count > 0).then(|| {
        let events = quantity(least.unsigned_abs(), "event");
        format!("{sessions} with fewer than {events} {are} not shown (--min-events 1 lists every session)")
    })
}

impl<'a> Known<'a> {
    /// `None` for one of which no event was counted.
    fn new(lineage: &'a Lineage<'a>, place: usize, addresses: &'a Addresses) -> Option<Self> {
        let credential = &lineage.credentials[place];
        let session = credential.session()?;
        let (kind, mfa, expiry) = (credential.kind(), Mfa::of(lineage, place), Expiry::of(credential));
        let (used_from, issued_to) = (addresses.used_from.of(place), addresses.issued_to[place]);
        let (away, of_set) = (networks::Away::default(), Severity::Info);
        let (name, enrols) = (session_name(credential), false);
        Some(Self {
            credential,
            session,
            name,
            kind,
            mfa,
            expiry,
            addresses: used_from,
            issued_to,
            away,
            of_set,
            enrols,
        })
    }

    fn principal(&self) -> &'a str {
        self.session.principal()
    }
}

/// The accounts that own the VPC endpoints of its calls, sorted.
fn endpoint_owners<'a>(session: &Session<'_>, state: &'a State) -> Vec<&'a str> {
    let owners = session.endpoints().map(|endpoint| state.symbols().text(endpoint.owner));
    let mut owners: Vec<&str> = owners.filter(|owner| !owner.is_empty()).collect();
    owners.sort_unstable();
    owners.dedup();
    owners
}

#[cfg(test)]
mod tests;
