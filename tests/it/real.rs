//! Real logs against the answers of an independent, slow and plain program (`answers/` beside them). They are no part of
//! the project: without TRAILSCAN_REAL_LOGS these tests are left out and say so.
//!
//! Where the two programs differ, the difference is one of these rules:
//! - The answers count every copy of an event: all runs have `--no-dedupe`.
//! - The answers call every event with an AKIA key its use. An AKIA key with a session creation date is AWS's S3 console
//!   proxying a person: a session, no use of the key (see [`Corpus::keys`]).
//! - The answers name role sessions as principals, and a federated user; here they belong to their role, and to whoever
//!   federated them. `invokedBy` is one principal, with `type` AWSService and without.
//! - The answers split a session that used several keys; here it is one by principalId and creation date.
//! - IPv4 addresses padded with zeros (225.01.00.16) are written in their usual form.
//! - The answers count events without a time, and nothing of a file that is broken; here the former are never counted,
//!   and whole records before the break are.
//! - The answers write MFAUsed as the record does, and know no sign-in through an identity provider in these logs.
//! - The answers say of keys only who used them: `keys` has the same events and times, and a row more for each key that was
//!   created or deleted without being used.
//! - The answers join a session to its issuance by key only; a session without a key can be `inferred` here.

mod policy_changes;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::path::Path;

use serde_json::Value;

use crate::harness::{Place, count, real_logs, rows};

#[test]
fn invictus_2023() {
    let place = Place::new();
    let Some(corpus) = Corpus::read(&place, "invictus-2023", "invictus-2023", "") else { return };
    corpus.totals();
    corpus.all_rows(1);
    corpus.policy_changes(1, 6);
}

#[test]
fn invictus_2023_in_a_window() {
    let place = Place::new();
    let window = "--since 2023-07-10T12:00:00Z --until 2023-07-10T12:15:00Z";
    let answers = "invictus-2023.window-1200-1215";
    let Some(corpus) = Corpus::read(&place, "invictus-2023", answers, window) else { return };
    corpus.totals();
    corpus.all_rows(0);
    corpus.policy_changes(0, 0);
}

#[test]
fn datadog_stratus_detonations() {
    let place = Place::new();
    let name = "datadog-stratus-detonations";
    let Some(corpus) = Corpus::read(&place, name, name, "") else { return };
    corpus.totals();
    corpus.all_rows(0);
    corpus.policy_changes(1, 4);
}

#[test]
fn grycap_2017() {
    let place = Place::new();
    let Some(corpus) = Corpus::read(&place, "grycap-2017", "grycap-2017", "") else { return };
    corpus.totals();
    corpus.all_rows(0);
    corpus.policy_changes(0, 0);
}

/// What a row says of its events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    events: i64,
    errors: i64,
    first: String,
    last: String,
}

/// A folder of real logs: the answer of the independent program, and trailscan's audit.
struct Corpus {
    expected: Value,
    answer: Value,
}

impl Corpus {
    fn read(place: &Place, folder: &str, answers: &str, options: &str) -> Option<Self> {
        let logs = real_logs()?;
        let audit = format!("audit --no-dedupe --min-addresses 0 {options}");
        Some(Self {
            expected: expected(&logs, answers),
            answer: place.trailscan(&audit).arg(logs.join(folder)).json(0),
        })
    }

    fn totals(&self) {
        let (totals, coverage) = (&self.expected["totals"], &self.answer["coverage"]);
        for (field, name) in [
            ("events_read_before_window", "events"),
            ("events", "events_in_window"),
            ("events", "events_counted"),
            ("files", "objects_read"),
            ("events_without_time", "events_without_time"),
            ("malformed_files", "objects_failed"),
            ("malformed_files", "objects_damaged"),
            ("first_event_time", "first_event"),
            ("last_event_time", "last_event"),
        ] {
            assert_eq!(coverage[name], totals[field], "{name}");
        }
        let malformed = count(&totals["malformed_lines"]) + count(&totals["non_event_values"]);
        assert_eq!(count(&coverage["malformed_records"]), malformed);
        let skipped = count(&totals["ignored_files"]) + count(&totals["digest_files"]) + count(&totals["empty_files"]);
        assert_eq!(coverage["objects_skipped"].as_object().unwrap().values().map(count).sum::<i64>(), skipped);
        for (field, name) in [("accounts", "accounts"), ("regions", "regions")] {
            let names: BTreeSet<&str> = totals[field].as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(texts(&coverage[name]), names, "{name}");
        }
        let errors = count(&totals["events_with_errorCode"]) + count(&totals["events_with_errorMessage_only"]);
        assert_eq!(rows(&self.answer, "principals").iter().map(|row| count(&row["errors"])).sum::<i64>(), errors);
    }

    /// `console_keys`: AKIA keys that only the S3 console showed.
    fn all_rows(&self, console_keys: usize) {
        self.root_use();
        self.keys(console_keys);
        self.every_key();
        self.sign_ins();
        self.sessions();
        self.principals();
    }

    fn root_use(&self) {
        let (expected, found) = (&self.expected["root_usage"], rows(&self.answer, "root-usage"));
        let of = |account: &Value, service: bool| {
            let rows = found.iter().filter(|row| row["account_id"] == *account);
            fold(rows.filter(|row| (row["class"] == "service") == service).map(|row| ((), seen(row))))
        };
        for account in expected["accounts"].as_array().unwrap() {
            let service = &account["excluded_service_events"];
            let counted = of(&account["account"], false).remove(&()).unwrap_or_default();
            assert_eq!(counted.events, count(&account["events"]));
            assert_eq!(counted.errors, count(&account["errors"]));
            let excluded = of(&account["account"], true).remove(&()).unwrap_or_default();
            assert_eq!(excluded.events, count(&service["events"]));
            assert_eq!((excluded.first, excluded.last), (text(&service["first"]), text(&service["last"])));
            let row = found.iter().find(|row| row["class"] == "service").unwrap();
            assert_eq!(counted_names(&row["top_events"], "name"), counted_names(&service["event_names"], "value"));
        }
        let all: i64 = found.iter().map(|row| count(&row["events"])).sum();
        assert_eq!(all, count(&expected["events"]) + count(&expected["excluded_events"]));
    }

    fn keys(&self, console_keys: usize) {
        let found: BTreeMap<String, &Value> =
            rows(&self.answer, "key-spread").iter().map(|row| (text(&row["access_key_id"]), row)).collect();
        let expected = self.expected["key_spread"]["rows"].as_array().unwrap();
        let (mut met, mut of_sessions) = (0, 0);
        for key in expected {
            let id = text(&key["accessKeyId"]);
            let Some(row) = found.get(&id) else {
                // Its events are somewhere: in the session of the person at the console.
                let mut sessions = rows(&self.answer, "sessions").iter();
                assert!(sessions.any(|session| texts(&session["access_key_ids"]).contains(id.as_str())), "{id}");
                of_sessions += 1;
                continue;
            };
            met += 1;
            assert_eq!(seen(row), expected_seen(key), "{id}");
            let addresses: BTreeSet<String> = addresses_of(key);
            assert_eq!(texts(&row["address_list"]), addresses.iter().map(String::as_str).collect(), "{id}");
            for (column, field) in [("regions", "distinct_regions"), ("user_agents", "distinct_user_agents")] {
                assert_eq!(row[column], key[field], "{id} {column}");
            }
            assert_eq!(count(&row["addresses"]), i64::try_from(addresses.len()).unwrap(), "{id}");
            assert_eq!(row["principal"], key["principals"][0]["value"], "{id}");
            assert_eq!(row["account_id"], key["accounts"][0]["value"], "{id}");
        }
        assert_eq!((met, of_sessions), (found.len(), console_keys), "every key is in both, but the console's");
    }

    /// Used keys are those of key-spread; the others were created or deleted in the logs.
    fn every_key(&self) {
        let seen_in = |report: &str, times: [&str; 2]| -> BTreeMap<String, Seen> {
            let of = |row: &Value| Seen {
                events: count(&row["events"]),
                errors: count(&row["errors"]),
                first: text(&row[times[0]]),
                last: text(&row[times[1]]),
            };
            rows(&self.answer, report).iter().map(|row| (text(&row["access_key_id"]), of(row))).collect()
        };
        let (mut used, spread) =
            (seen_in("keys", ["first_used", "last_used"]), seen_in("key-spread", ["first_seen", "last_seen"]));
        let unused: BTreeSet<String> = used.iter().filter(|(_, of)| of.events == 0).map(|(id, _)| id.clone()).collect();
        used.retain(|id, _| !unused.contains(id));
        assert_eq!(used, spread);
        let changes = self.expected["user_policy_changes"]["other_iam_user_changes"].as_array().unwrap();
        let created = changes.iter().filter(|of| of["eventName"] == "CreateAccessKey" && of["result"] == "ok");
        let created: i64 = created.map(|of| count(&of["count"])).sum();
        let exact = rows(&self.answer, "keys").iter().filter(|row| row["created_basis"] == "exact").count();
        assert_eq!(i64::try_from(exact).unwrap(), created);
        assert!(i64::try_from(unused.len()).unwrap() <= created, "{unused:?}");
    }

    fn sign_ins(&self) {
        let (expected, found) = (&self.expected["console_logins"], rows(&self.answer, "console-logins"));
        let mut ours: BTreeMap<[String; 3], i64> = BTreeMap::new();
        for row in found {
            *ours.entry(["type", "result", "mfa"].map(|name| text(&row[name]))).or_default() += count(&row["events"]);
        }
        let theirs = expected["by_type_result_MFAUsed"].as_array().unwrap().iter().map(|of| {
            let [result, mfa] = ["result", "MFAUsed"].map(|name| text(&of[name]).to_lowercase());
            ([text(&of["type"]), result, mfa], count(&of["count"]))
        });
        assert_eq!(ours, theirs.collect());
        let without = found.iter().filter(|row| row["mfa"] == "no" && row["result"] == "success");
        let without: BTreeSet<[String; 4]> = without
            .map(|row| {
                let addresses = texts(&row["address_list"]).into_iter().collect::<Vec<_>>().join(" ");
                [text(&row["account_id"]), text(&row["principal"]), text(&row["last_seen"]), addresses]
            })
            .collect();
        let theirs = expected["rows"].as_array().unwrap().iter().map(|row| {
            let [account, principal, time] = ["account", "principal", "eventTime"].map(|name| text(&row[name]));
            [account, principal, time, canonical(&text(&row["sourceIPAddress"]))]
        });
        assert_eq!(without, theirs.collect());
        let findings = self.answer["findings"].as_array().unwrap().iter();
        let judged: i64 = findings.filter(|f| f["rule"] == "sign-in-without-mfa").map(|f| count(&f["count"])).sum();
        assert_eq!(judged, count(&expected["success_without_mfa_root_or_iam_user"]));
    }

    fn sessions(&self) {
        let mut expected: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
        for row in self.expected["sessions"]["rows"].as_array().unwrap() {
            let id = format!("{}@{}", text(&row["principalId"]), text(&row["creationDate_parsed"]));
            expected.entry(id).or_default().push(row);
        }
        // The answers know sessions of roles only.
        let found = rows(&self.answer, "sessions").iter().filter(|row| !row["role_id"].is_null());
        let found: BTreeMap<String, &Value> = found.map(|row| (text(&row["session_id"]), row)).collect();
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (id, rows) in &expected {
            same_session(id, found[id], rows);
        }
    }

    fn principals(&self) {
        let sessions = self.expected["sessions"]["rows"].as_array().unwrap();
        let roles: BTreeMap<String, String> =
            sessions.iter().map(|row| (text(&row["arn"]), text(&row["issuer_arn"]))).collect();
        let federated: BTreeMap<String, String> = rows(&self.answer, "sessions")
            .iter()
            .filter(|row| row["kind"] == "federated")
            .map(|row| (text(&row["session_name"]), text(&row["issued_by"])))
            .collect();
        // A record that names a user by unique id alone belongs to the user of that id.
        let of_ids = |row: &Value| texts(&row["principal_id_list"]).into_iter().map(str::to_owned).collect::<Vec<_>>();
        let users: BTreeMap<String, String> = rows(&self.answer, "principals")
            .iter()
            .flat_map(|row| of_ids(row).into_iter().map(|id| (id, text(&row["principal"]))))
            .collect();
        let expected = self.expected["principals"]["rows"].as_array().unwrap();
        let expected = fold(expected.iter().map(|row| {
            let name = text(&row["principal"]);
            let ours = match row["type"].as_str().unwrap() {
                "AssumedRole" => roles[&name].clone(),
                "FederatedUser" => federated[name.rsplit_once('/').unwrap().1].clone(),
                "Root" => format!("root@{}", text(&row["accounts"][0])),
                _ if row["id_field"] == "invokedBy" => format!("service:{name}"),
                _ => users.get(&name).cloned().unwrap_or(name),
            };
            (ours, expected_seen(row))
        }));
        let found = fold(rows(&self.answer, "principals").iter().map(|row| (text(&row["principal"]), seen(row))));
        assert_eq!(found, expected);
    }
}

/// One session against the rows of the answers that are of it: one a key, where it used several.
fn same_session(id: &str, row: &Value, expected: &[&Value]) {
    let all = fold(expected.iter().map(|row| ((), expected_seen(row)))).remove(&()).unwrap();
    assert_eq!(seen(row), all, "{id}");
    let first = expected[0];
    let keys = expected.iter().filter(|row| row["keyed_by"] == "key").map(|row| row["session"].as_str().unwrap());
    assert_eq!(texts(&row["access_key_ids"]), keys.collect(), "{id}");
    let addresses: BTreeSet<String> = expected.iter().flat_map(|row| addresses_of(row)).collect();
    assert_eq!(texts(&row["address_list"]), addresses.iter().map(String::as_str).collect(), "{id}");
    for (column, field) in [
        ("account_id", "account"),
        ("creation_date", "creationDate_parsed"),
        ("session_name", "session_name"),
        ("principal", "issuer_arn"),
        ("role", "issuer_userName"),
        ("role_id", "issuer_principalId"),
    ] {
        // The session's name is the end of the principalId, where anonymising cut the ARN short.
        let cut = column == "session_name" && !text(&first["arn"]).contains(&format!("/{}", text(&row[column])));
        assert!(cut || row[column] == first[field], "{id} {column}: {} is not {}", row[column], first[field]);
    }
    let mfa = match text(&first["mfaAuthenticated"]).as_str() {
        "true" => "yes",
        // What the identity provider saw, nobody here knows.
        "false" if row["kind"] == "sso" => "unknown",
        "false" => "no",
        _ => "unknown",
    };
    assert_eq!(row["mfa"], mfa, "{id}");
    let delivered: BTreeSet<&str> = expected.iter().filter_map(|row| row["ec2RoleDelivery"].as_str()).collect();
    assert_eq!(texts(&row["ec2_role_delivery"]), delivered.into_iter().filter(|v| *v != "(absent)").collect(), "{id}");
    same_issuance(id, row, expected.iter().map(|row| &row["issued_by"]).find(|issued| !issued.is_null()));
}

fn same_issuance(id: &str, row: &Value, issued: Option<&Value>) {
    let Some(issued) = issued else {
        return assert_ne!(row["issue_confidence"], "exact", "{id}");
    };
    assert_eq!(row["issue_confidence"], "exact", "{id}");
    let caller = text(&issued["caller"]);
    let caller = if issued["caller_type"] == "AWSService" { format!("service:{caller}") } else { caller };
    assert_eq!(row["issued_by"], caller, "{id}");
    assert_eq!(row["issued_event"], issued["eventName"], "{id}");
    assert_eq!(row["issued_by_key"], issued["caller_accessKeyId"], "{id}");
    assert_eq!(row["issued_from"], canonical(&text(&issued["sourceIPAddress"])), "{id}");
    assert_eq!(row["expires"], issued["expiration"], "{id}");
    let basis = if issued["expiration"].is_null() { row["expires_basis"].as_str().unwrap() } else { "response" };
    assert_eq!(row["expires_basis"], basis, "{id}");
}

/// The independent program's answer.
pub fn expected(logs: &Path, name: &str) -> Value {
    let file = logs.join("answers").join(format!("{name}.json"));
    let text = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_slice(&text).expect("JSON")
}

fn seen(row: &Value) -> Seen {
    Seen {
        events: count(&row["events"]),
        errors: count(&row["errors"]),
        first: text(&row["first_seen"]),
        last: text(&row["last_seen"]),
    }
}

fn expected_seen(row: &Value) -> Seen {
    let (events, errors) = (count(&row["events"]), count(&row["errors"]));
    Seen { events, errors, first: text(&row["first"]), last: text(&row["last"]) }
}

/// Sums what has the same name.
fn fold<K: Ord>(parts: impl Iterator<Item = (K, Seen)>) -> BTreeMap<K, Seen> {
    let mut sums: BTreeMap<K, Seen> = BTreeMap::new();
    for (name, part) in parts {
        match sums.get_mut(&name) {
            None => drop(sums.insert(name, part)),
            Some(sum) => {
                sum.events += part.events;
                sum.errors += part.errors;
                sum.first = sum.first.clone().min(part.first);
                sum.last = sum.last.clone().max(part.last);
            }
        }
    }
    sums
}

/// The addresses of a row of the answers, in their usual form: those that it did not read as addresses too.
fn addresses_of(row: &Value) -> BTreeSet<String> {
    let lists = [&row["source_ips"], &row["non_ip_sources"]];
    let sources = lists.into_iter().flat_map(|list| list.as_array().unwrap()).map(|source| text(&source["value"]));
    sources.map(|source| canonical(&source)).filter(|source| source.parse::<IpAddr>().is_ok()).collect()
}

/// An IPv4 address without its padding; anything else as it is.
fn canonical(source: &str) -> String {
    let parts: Vec<&str> = source.split('.').collect();
    if parts.len() != 4 || !parts.iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())) {
        return source.to_owned();
    }
    let parts: Vec<String> = parts.iter().map(|part| part.parse::<u32>().unwrap().to_string()).collect();
    parts.join(".")
}

fn counted_names(list: &Value, name: &str) -> Vec<(String, i64)> {
    list.as_array().unwrap().iter().map(|member| (text(&member[name]), count(&member["count"]))).collect()
}

fn texts(list: &Value) -> BTreeSet<&str> {
    list.as_array().unwrap_or_else(|| panic!("a list, not {list}")).iter().map(|v| v.as_str().unwrap()).collect()
}

/// A text; nothing for `null`.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
