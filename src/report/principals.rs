//! Principals: who called AWS, how much, from where, with which credentials.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cmp::Reverse;

use ahash::AHashMap;

use serde_json::{Map, json};

use super::addresses::with_places;
use super::columns::columns;
use super::source_list::ip_addresses;
use super::user_arns::user_of;
use super::{Answer, Finding, Form, LOG_EXAMPLES, Report, Rule, Severity, StateUse, View, finding};
use crate::aggregate::principals::{self, PrincipalUse, Principals};
use crate::aggregate::{Sym, SymSet, Symbols};
use crate::model::Arn;

/// The report `principals`.
pub static REPORT: Report = Report {
    name: "principals",
    summary: "Every principal with its events, credentials, addresses, services and regions",
    about: ABOUT,
    columns: COLUMNS,
    key: &["principal", "account_id"],
    needs: &[&principals::KIND],
    options: &[],
    texts: &[],
    rules: &[RECREATED],
    argument: None,
    state: StateUse::No,
    examples: LOG_EXAMPLES,
    form: Form::Rows,
    charts: None,
    answer,
};

/// One name with several unique ids.
const RECREATED: Rule = Rule {
    id: "principal-recreated",
    severity: Severity::Info,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "One name came with several unique ids: the user or role was deleted and made again, and what the old one was \
            granted by id is not granted to the new one. Anonymised records look the same.",
    check: "principal_id_list in the evidence; who called DeleteUser or DeleteRole and then created it?",
    fix: "Nothing when it was planned; else look at what the new one may do.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
};

/// Members of `top_events`.
const TOP: usize = 10;

const ABOUT: &str = "\
A row is one principal of one account: an IAM user, a role (all its sessions together), root@account, an AWS service, \
another account or an Identity Center user. Every counted event is in exactly one row. A federated user's events \
belong to the user or root that issued it; a role's \
sign-ins and SwitchRole, which do not tell its path, to the role of the same unique id. The account is the one that owns the credential, else (services above all) \
the one that received the record. Rows come by events, then by principal, then by account.

What it proves: CloudTrail recorded these calls under these credentials. What it does not: which person or machine \
held them; one name can be many people (shared users, assumed roles) and one person many names. addresses counts \
distinct IP addresses only, not service hosts; NAT, DHCP and dual stack blur them as in key-spread. sessions counts \
distinct (principalId, creationDate), without a creationDate distinct temporary keys; calls with a long-lived key are \
in no session. access_keys counts long-lived and temporary ids. type is the userIdentity type of the records, \
FederatedUser only where there is no other.

Finding principal-recreated (info): one name with several unique ids, so a user or role was deleted and made again \
under the same name; old permissions and new ones are not the same. Anonymised records look the same.";

columns! {
    const COLUMNS;
    fn cells(row: &PrincipalRow<'_>, symbols: &Symbols) {
        let used = &*row.used;
        let addresses = ip_addresses(used.sources.iter().map(|source| symbols.text(source)));
        let (services, regions) = (texts(&used.services, symbols), texts(&used.regions, symbols));
    }

    id("principal", "A user's or role's arn, root@account, service:host and the like.") => row.principal,
    text("type", "userIdentity.type; null where the records have none.").second() => row.kind,
    account_id("account_id", "The account that owns the credential, else the one that received the records.").last()
        => row.account,
    count("principal_ids", "Distinct unique ids (AIDA…, AROA…), session names left away.").asked() => row.ids.len(),
    count("events", "Calls.") => used.tally.events,
    count("errors", "Calls with an errorCode or errorMessage.").third() => used.tally.errors,
    count("denied", "Calls refused for lack of permission.") => used.tally.denied,
    count("access_keys", "Distinct access key ids, long-lived and temporary.").third() => used.access_keys.len(),
    count("sessions", "Distinct sessions.").third() => used.sessions.len(),
    count("addresses", "Distinct IP addresses.") => addresses.len(),
    count("services", "Distinct services called.").second() => services.len(),
    count("regions", "Distinct regions.").third() => regions.len(),
    count("active_days", "Distinct UTC days with a call.").unit("days").last() => used.hours.days().len(),
    time("first_seen", "The first counted call.").third() => used.span.first(),
    time("last_seen", "The last counted call.") => used.span.last(),
    named_counts("top_events", "The ten most frequent event names.").asked() => top_events(used, symbols),
    list("principal_id_list", "The unique ids.").asked() => &row.ids,
    addresses("address_list", "The IP addresses.").asked() => Vec::from_iter(addresses),
    list("service_list", "The services, by eventSource.").asked() => services,
    list("region_list", "The regions.").asked() => regions,
}

/// One principal with its texts read.
struct PrincipalRow<'a> {
    principal: &'a str,
    account: &'a str,
    kind: &'a str,
    used: Cow<'a, PrincipalUse>,
    ids: Vec<String>,
}

fn answer(view: &View<'_>) -> Answer {
    let principals = view.state.get::<Principals>().expect("the state has the aggregates that the report needs");
    let symbols = view.state.symbols();
    let mut rows: Vec<PrincipalRow<'_>> = principals.rows().iter().map(|used| read(used, symbols)).collect();
    join_named_by_id(&mut rows);
    rows.sort_by_key(|row| (Reverse(row.used.tally.events), row.principal, row.account));
    let mut findings: Vec<Finding> = rows.iter().filter_map(recreated).collect();
    finding::sort(&mut findings);
    let rows_spared = rows.len().saturating_sub(view.rows_wanted);
    let rows = rows.iter().take(view.rows_wanted).map(|row| cells(row, symbols)).collect();
    with_places(view, Answer { columns: COLUMNS.to_vec(), rows, rows_spared, findings, ..Answer::default() })
}

fn read<'a>(used: &'a PrincipalUse, symbols: &'a Symbols) -> PrincipalRow<'a> {
    PrincipalRow {
        principal: symbols.text(used.principal),
        account: symbols.text(used.account),
        kind: kind_of(used, symbols),
        ids: texts(&used.principal_ids, symbols),
        used: Cow::Borrowed(used),
    }
}

/// Gives what is known of a role without its path (a SwitchRole, a sign-in of a role session), or of a user by unique id alone
/// (CheckMfa) or by name alone (sign-ins that failed), to the row of the same unique id, or of that user of the account, that
/// has the arn.
fn join_named_by_id(rows: &mut Vec<PrincipalRow<'_>>) {
    let mut whole: AHashMap<(String, String), usize> = AHashMap::new();
    for (place, row) in rows.iter().enumerate().filter(|(_, row)| has_whole_name(row)) {
        for id in &row.ids {
            let known = whole.entry((row.account.to_owned(), id.clone())).or_insert(place);
            // Of two the first by name: rows come in no lasting order.
            if row.principal < rows[*known].principal {
                *known = place;
            }
        }
    }
    let mut users: AHashMap<(String, String), usize> = AHashMap::new();
    for (place, row) in rows.iter().enumerate() {
        if let Some((account, name)) = user_of(row.principal) {
            let known = users.entry((account.to_owned(), name.to_owned())).or_insert(place);
            *known = if row.principal < rows[*known].principal { place } else { *known };
        }
    }
    let of = |row: &PrincipalRow<'_>| match &*row.ids {
        [] if may_be_short(row) => users.get(&(row.account.to_owned(), row.principal.to_owned())).copied(),
        [id] if may_be_short(row) => whole.get(&(row.account.to_owned(), id.clone())).copied(),
        _ => None,
    };
    let joined: Vec<(usize, usize)> =
        rows.iter().enumerate().filter_map(|(place, row)| Some((place, of(row)?))).collect();
    for &(from, to) in &joined {
        let told = rows[from].used.clone();
        rows[to].used.to_mut().absorb(&told);
    }
    let mut place = 0..;
    let mut gone = joined.iter().map(|&(from, _)| from).peekable();
    rows.retain(|_| gone.next_if_eq(&place.next().unwrap_or_default()).is_none());
}

/// Whether the principal is a user or role by all of its name: a user's arn, a role's arn with its path. Where a role's has no
/// path, whether there is none is not known.
fn has_whole_name(row: &PrincipalRow<'_>) -> bool {
    let parts = match row.kind {
        "AssumedRole" => 2,
        "IAMUser" => 1,
        _ => return false,
    };
    Arn::parse(row.principal).is_some_and(|arn| arn.resource.matches('/').count() >= parts)
}

/// Whether the record may name a user or role by less than that.
fn may_be_short(row: &PrincipalRow<'_>) -> bool {
    matches!(row.kind, "AssumedRole" | "IAMUser") && !has_whole_name(row)
}

/// The type to print: the first text of those seen, FederatedUser only when it is the only one.
fn kind_of<'a>(used: &PrincipalUse, symbols: &'a Symbols) -> &'a str {
    let kinds = used.types.iter().map(|kind| symbols.text(kind)).filter(|kind| !kind.is_empty());
    kinds.min_by_key(|&kind| (kind == "FederatedUser", kind)).unwrap_or_default()
}

fn texts(set: &SymSet, symbols: &Symbols) -> Vec<String> {
    let mut texts: Vec<String> =
        set.iter().filter(|sym| *sym != Sym::EMPTY).map(|sym| symbols.text(sym).to_owned()).collect();
    texts.sort();
    texts
}

fn top_events(used: &PrincipalUse, symbols: &Symbols) -> Vec<(String, i64)> {
    let mut counts: Vec<(&str, i64)> =
        used.event_names.iter().map(|(name, count)| (symbols.text(name), count)).collect();
    counts.sort_by_key(|&(name, count)| (Reverse(count), name));
    counts.into_iter().take(TOP).map(|(name, count)| (name.to_owned(), count)).collect()
}

/// One name with several unique ids: IAM never gives an id twice, so the name was given anew.
///
/// Source: IAM user guide, "IAM identifiers", unique identifiers.
fn recreated(row: &PrincipalRow<'_>) -> Option<Finding> {
    let is_named = matches!(row.kind, "IAMUser" | "AssumedRole" | "Role" | "FederatedUser");
    if !is_named || row.ids.len() < 2 {
        return None;
    }
    Some(Finding {
        severity: RECREATED.severity,
        rule: RECREATED.id,
        account_id: row.account.to_owned(),
        subject: row.principal.to_owned(),
        summary: format!("{} unique ids under one name: deleted and made again", row.ids.len()),
        count: row.used.tally.events,
        evidence: Map::from_iter([
            ("type".to_owned(), json!(row.kind)),
            ("principal_id_list".to_owned(), json!(row.ids)),
            ("first_seen".to_owned(), json!(row.used.span.first())),
            ("last_seen".to_owned(), json!(row.used.span.last())),
        ]),
    })
}
