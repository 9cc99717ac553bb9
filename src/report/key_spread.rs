//! Key spread: which long-lived access keys are used from where, and which look embedded, roaming or leaked.
//!
//! `spread` reads the texts, `leak` and `machine` hold signals against them (through `look`, with `pace` for hours),
//! `verdict` is the table over the signals, `hand` looks at addresses with keys of several principals, `explain` tells.

mod charts;
#[cfg(test)]
mod clock_tests;
mod desk;
#[cfg(test)]
mod desk_tests;
mod explain;
mod hand;
#[cfg(test)]
mod hand_tests;
mod leak;
mod look;
mod machine;
pub(super) mod pace;
mod rules;
mod signal;
#[cfg(test)]
mod signal_tests;
pub(super) mod spread;
#[cfg(test)]
mod tests;
mod verdict;
mod whereabouts;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, json};

use self::desk::Desks;
use self::look::Look;
use self::signal::{Held, SpeaksFor};
use self::spread::Spread;
use self::verdict::{Thresholds, Verdict};
use super::addresses::{Failures, add_places};
use super::columns::columns;
use super::key_age::Age;
use super::key_facts::holders_of;
use super::{
    AddressLookup, Answer, Finding, Form, LOG_EXAMPLES, Report, ReportOption, Severity, StateUse, View, finding,
};
use crate::aggregate::Sym;
use crate::aggregate::keys::{self, KeyUse, Keys};
use crate::aggregate::sign_ins;
use crate::model::{EventTime, NO_AGENT, quantity};

/// The report `key-spread`.
pub static REPORT: Report = Report {
    name: "key-spread",
    summary: "Where each long-lived access key is used from: embedded, roaming or leaked",
    about: ABOUT,
    columns: COLUMNS,
    key: &["access_key_id"],
    needs: &[&keys::KIND, &sign_ins::KIND],
    options: &[MIN_ADDRESSES, EMBEDDED_PEAK, LEAK_DAYS],
    texts: &[],
    rules: rules::RULES,
    argument: None,
    state: StateUse::No,
    examples: LOG_EXAMPLES,
    form: Form::Rows,
    charts: Some(charts::charts),
    answer,
};

const ABOUT: &str = "\
A row is one long-lived credential that signed at least one counted call without being in a session: an access key \
(AKIA…), or the key of an IAM user for one service, such as an Amazon Bedrock API key, which the records give no id of \
and which is called bearer:ARN here. A key that the S3 console proxies for a signed-in person (AKIA with a session \
creationDate) is not counted. A table leaves out keys with fewer than two addresses that no finding is about, and says \
how many; every other format has all. --min-addresses sets the number everywhere. Rows come worst severity first, \
then by events, then by access key id.

Verdict, the first that holds, and its worst severity:
  quiet         low     no call succeeded: the key is disabled or without rights, and still tried
  leak-suspect  high    a signal of a leak: somebody else may have it; as severe as the strongest
  hosted-ci     medium  machines that come and go use it: hosted runners, mostly
  embedded      medium  it lies on machines; low where one machine is seen
  single        info    at most one network (/24 or /64; IPv4 beside IPv6 is not another)
  roaming       low     anything else: several networks, few at a time; a person who travels, mostly

Every verdict but single comes as a finding with its signals. All but quiet, single and roaming break roles-not-keys.

Signals of a leak, and what each does not see:
  new-program-in-new-network  high    a network new by --leak-days, and a program first seen from
                                      it, within two days or while an old network goes on; after
                                      two days not where three earlier days had none but an old
                                      network's very agents, and not where the user had signed in
                                      with MFA from that address on three days before. Not: a thief
                                      who copies the program; a new office with a new tool looks the
                                      same
  two-hands                   medium  a far network, late or rare, while the old one went on; far is
                                      another autonomous system with --geoip-db, else another /16 or
                                      /32, of documentation addresses /24 or /48. Not: a thief who
                                      comes while the owner rests; a VPN that is switched on for a
                                      day looks the same
  two-countries               medium  a new country and an old one in one hour, within eight hours
                                      of use there before and after, or in a night between two days
                                      there; with --geoip-db. Not: a thief in the owner's country,
                                      or by day while the owner is away; a VPN exit abroad looks
                                      the same
  attack-tool                 high    TruffleHog, Pacu, Stratus, Kali and their like. Not: a thief
                                      who names another program; an authorised test looks the same
  foreign-endpoint            high    a VPC endpoint of an account whose logs these are not; medium
                                      where nothing came before. Not: records without
                                      vpcEndpointAccountId; an own account whose logs were not read

Signals of machines; one is enough:
  short-visits           most of ten or more networks for two hours or less, few at a time, by SDKs
                         around the clock or in several networks a day, or at set hours with
                         weekends or several a day: hosted-ci. Not: runners with addresses that
                         stay, or once a day in working hours; a person with set hours looks the
                         same
  at-once                --embedded-peak addresses in one UTC hour, in several /24 and on two days,
                         not one after another; programs only in one /24 or on one day; or twice as
                         many. Not: machines behind one NAT address or in one /64; a pool of proxies
                         looks the same
  day-and-night          no eight hours of rest. Not: machines that rest; people in several time
                         zones who share a key
  execution-environment  exec-env/… in the user agent, but for CloudShell. Not: programs that do not
                         say it
  ec2-range              two days or more from AWS's ranges of EC2. Not: ranges need
                         --aws-ip-ranges; a person at an instance looks the same
and of these two together, but in working hours, without nights and weekends, not the first two alone, nor with people's \
tools several addresses at once on most days, or ranges of EC2: a company's VPN or way out looks the same:
  inside-vpc             private addresses or VPC endpoints. Not: a person on a company VPN looks
                         the same
  programs-only          SDKs and HTTP libraries. Not: tools that people start name an SDK as well
  every-day              nine of ten days from one network. Not: machines of working days; a person
                         without weekends
  clock                  the same hours of the day on nine of ten days, ten at least; counts only
                         beside two others. Not: machines that start at any hour; a person with set
                         hours looks the same
  bearer-token           a token in the place of a signature. Not: tokens for services that do not
                         log them

An address that uses keys of three or more principals with an attack tool, with a program new to all of them (medium where \
their holders used them nowhere else on those days), with a version new to all in two hours or at night, or only to ask \
whose they are (GetCallerIdentity) and not as their holders do, is a finding of its own, keys-in-one-hand, and tells its keys; \
so is one with keys of five or more, once, for less than two hours in which they went on elsewhere.

What it proves: these addresses and agents called AWS with this key. What it does not: verdicts are heuristics. Agents \
are the caller's own words: they accuse, and excuse nothing; an agent of AWS at an address is the caller's. NAT hides \
machines behind one address, NAT pools and DHCP make one machine look like several. With a window, the first use is \
the first in the window: a key that was seen for less than --leak-days shows nothing new, and its finding says so.

Calls that a service makes with the key (CloudFormation, Athena) show its host: service_sources counts the hosts, \
and neither they nor the agents there count towards spread. Unreadable or missing addresses count nowhere but in \
events; a missing user agent is not an agent in the counts, yet a new one for the verdict. The age is exact where \
CreateAccessKey is in the logs, else at least what is shown. With --aws-ip-ranges the findings also say whether the key \
is used from AWS's published ranges or from outside.";

const MIN_ADDRESSES: ReportOption = ReportOption {
    name: "min-addresses",
    default: 2,
    min: 0,
    about: "List keys with at least this many addresses; 0 lists every key. The default acts on tables only, and hides nothing \
            that a finding is about",
};
const EMBEDDED_PEAK: ReportOption = ReportOption {
    name: "embedded-peak",
    default: 3,
    min: 2,
    about: "Addresses at once in a UTC hour, on two days, from which a key counts as embedded",
};
const LEAK_DAYS: ReportOption = ReportOption {
    name: "leak-days",
    default: 7,
    min: 1,
    about: "Days after a key's first use from which a network or agent counts as new",
};

columns! {
    const COLUMNS;
    fn cells(key: &JudgedKey<'_>) {
        let (used, spread) = (key.used, &key.spread);
    }

    id("access_key_id", "The key.") => key.id,
    account_id("account_id", "The account that owns the key, else the one that received the records.").last()
        => key.account,
    id("principal", "Whose key it is: a user's arn or root@account.") => key.principal,
    verdict("verdict", "What the spread looks like; a heuristic.") => key.verdict.as_str(),
    severity("severity", "How much the verdict matters.").second() => key.severity,
    count("events", "Calls signed with the key.") => used.tally.events,
    count("errors", "Calls with an errorCode or errorMessage.").asked() => used.tally.errors,
    count("denied", "Calls refused for lack of permission.").third() => used.tally.denied,
    count("addresses", "Distinct IP addresses, private ones included.").second() => spread.addresses.len(),
    addresses("address_list", "The addresses.").asked() => Vec::from_iter(spread.addresses.keys().copied()),
    count("private_addresses", "How many of the addresses are private or came through a VPC endpoint.").asked()
        => spread.private_addresses(),
    count("service_sources", "Distinct service hosts in the place of an address.").asked()
        => spread.service_hosts.len(),
    count("networks", "Distinct /24 (IPv4) and /64 (IPv6) around the addresses.").second() => spread.networks.len(),
    count(
        "peak_concurrent_addresses",
        "Most distinct IPv4 addresses, or IPv6 networks where those are more, in one UTC clock hour.",
    ).second() => spread.peak.addresses,
    count("user_agents", "Distinct userAgent texts.").asked() => used.user_agents().len(),
    count("agent_families", "Distinct programs that the user agents name.").third()
        => spread.families.keys().filter(|family| *family != NO_AGENT).count(),
    count("regions", "Distinct regions.").last() => used.regions.iter().filter(|region| *region != Sym::EMPTY).count(),
    count("active_days", "Distinct UTC days with a call.").unit("days").third() => spread.active_days,
    time("first_seen", "The first counted call.").third() => used.span.first(),
    time("last_seen", "The last counted call.").second() => used.span.last(),
    time("last_success", "The last counted call that succeeded; null when none did.").asked() => used.successes.last(),
    count("age_days", "Age at the end of the window, else at the last event.").unit("days").third() => key.age.days,
    text("age_basis", "created: exact; first-seen: at least this old.").last() => key.age.basis.as_str(),
    named_counts("events_by_network", "Events from each network (/24 or /64), most first.").asked()
        => charts::by_events(key).into_iter().map(|(network, used)| (network.to_string(), used.events)),
    list("signals", "What speaks for a leak or for machines, by name.").asked()
        => key.signals.iter().map(|held| held.signal.as_str()),
}

/// One key with all that was worked out for it.
struct JudgedKey<'a> {
    id: &'a str,
    principal: &'a str,
    account: &'a str,
    /// (principal, account, events), the chosen one first.
    holders: Vec<(&'a str, &'a str, i64)>,
    used: &'a KeyUse,
    spread: Spread,
    signals: Vec<Held>,
    verdict: Verdict,
    severity: Severity,
    /// Programs that came late from networks that came late, with their first call.
    new_families: Vec<(String, EventTime)>,
    /// Whether it was seen for so short that nothing can be new.
    is_short: bool,
    age: Age<'a>,
}

fn answer(view: &View<'_>) -> Answer {
    let thresholds = thresholds(view);
    let mut judged = judged(view);
    let mut answer = Answer { columns: COLUMNS.to_vec(), ..Answer::default() };
    let aws = view.addresses.and_then(AddressLookup::aws);
    let (of_addresses, told) = hand::of(&judged, view.state.symbols());
    answer.findings =
        judged.iter().flat_map(|key| explain::findings(key, thresholds, (aws, told.contains(key.id)))).collect();
    answer.findings.extend(of_addresses);
    let is_limited = view.is_overview || view.options.is_set(&MIN_ADDRESSES);
    let least = if is_limited { usize::try_from(view.options.get(&MIN_ADDRESSES)).unwrap_or_default() } else { 0 };
    let all = judged.len();
    // By default what a finding is about has its row.
    let is_told = |key: &JudgedKey<'_>| !view.options.is_set(&MIN_ADDRESSES) && key.severity > Severity::Info;
    judged.retain(|key| key.spread.addresses.len() >= least || is_told(key));
    answer.hidden = hidden(all - judged.len(), least);
    answer.rows = judged.iter().map(cells).collect();
    let failures = add_places(view, &mut answer);
    answer.findings.extend(unreadable(&failures));
    finding::sort(&mut answer.findings);
    answer
}

/// The keys that may lie on a machine: a signal speaks for it where more is needed, and no other verdict holds; or no call
/// succeeded, so that who uses the key was not judged. Each with its account and what was seen.
pub(super) fn perhaps_on_machines(view: &View<'_>) -> Vec<(String, String)> {
    if view.state.get::<Keys>().is_none() {
        return Vec::new();
    }
    let told = |key: JudgedKey<'_>| {
        let is_open = matches!(key.verdict, Verdict::Single | Verdict::Roaming | Verdict::Quiet);
        let held = key.signals.iter().find(|held| held.speaks_for() != SpeaksFor::Leak)?;
        is_open.then(|| (key.account.to_owned(), format!("{} was {}", key.id, held.says)))
    };
    judged(view).into_iter().filter_map(told).collect()
}

fn thresholds(view: &View<'_>) -> Thresholds {
    Thresholds { embedded_peak: view.options.get(&EMBEDDED_PEAK), leak_days: view.options.get(&LEAK_DAYS) }
}

/// Every key, in the report's order: worst first.
fn judged<'a>(view: &View<'a>) -> Vec<JudgedKey<'a>> {
    let keys = view.state.get::<Keys>().expect("the state has the aggregates that the report needs");
    let thresholds = thresholds(view);
    let desks = Desks::of(view.state);
    let judge = |row| judge(view, (keys, &desks), row, thresholds);
    let mut judged: Vec<JudgedKey<'_>> = keys.rows().iter().map(judge).collect();
    judged.sort_by_key(|key| (Reverse(key.severity), Reverse(key.used.tally.events), key.id));
    judged
}

/// Says how many keys `--min-addresses` left out.
fn hidden(count: usize, least: usize) -> Option<String> {
    let (keys, are) = (quantity(count as u64, "key"), if count == 1 { "is" } else { "are" });
    (count > 0).then(|| {
        let addresses = if least == 1 { "no address".to_owned() } else { format!("fewer than {least} addresses") };
        format!("{keys} with {addresses} {are} not shown (--min-addresses 0 lists every key)")
    })
}

fn judge<'a>(
    view: &View<'a>,
    (keys, desks): (&'a Keys, &Desks<'a>),
    used: &'a KeyUse,
    thresholds: Thresholds,
) -> JudgedKey<'a> {
    let symbols = view.state.symbols();
    let spread = Spread::of(used, symbols);
    let holders = holders_of(keys, used, symbols);
    let (principal, account, _) = holders.first().copied().unwrap_or_default();
    let mut program_networks: BTreeMap<&str, usize> = BTreeMap::new();
    for place in spread.places.values() {
        let programs: BTreeSet<&str> = place.agents.keys().map(|agent| spread.program(*agent)).collect();
        programs.into_iter().for_each(|program| *program_networks.entry(program).or_default() += 1);
    }
    let addresses = view.addresses;
    let owner = (principal, desks);
    let look = Look { used, spread: &spread, account, owner, keys, symbols, thresholds, addresses, program_networks };
    let mut signals = leak::of(&look);
    signals.extend(machine::of(&look));
    let families = leak::new_families(&look).into_iter();
    let mut new_families: Vec<_> = families.map(|(family, (first, _))| (family.to_owned(), first)).collect();
    new_families.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    let (is_short, verdict) = (look.is_short(), Verdict::of(used, &spread, &signals));
    JudgedKey {
        id: symbols.text(used.key),
        principal,
        account,
        holders,
        used,
        severity: verdict.severity(&signals),
        signals,
        verdict,
        new_families,
        is_short,
        age: Age::of(used.span.first(), keys.creations(used.key), symbols, view.as_of),
        spread,
    }
}

/// An entry that cannot be read is a finding, not a gap.
fn unreadable(failures: &Failures) -> Option<Finding> {
    let first = failures.first.as_ref().filter(|_| failures.count > 0)?;
    Some(Finding {
        severity: Severity::Low,
        rule: "geoip-entry-unreadable",
        account_id: String::new(),
        subject: "--geoip-db".to_owned(),
        summary: format!("{} look-ups failed, so asns and countries are incomplete: {first}", failures.count),
        count: i64::try_from(failures.count).unwrap_or(i64::MAX),
        evidence: Map::from_iter([("first".to_owned(), json!(first))]),
    })
}
