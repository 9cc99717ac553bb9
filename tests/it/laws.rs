//! What must hold of every answer: sums that close, the same bytes however the work is cut, the same rows in every format.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::{Value, json};
use trailscan::output::Format;

use crate::harness::{Place, assert_identities, audited_logs, command, count, formats, of_logs, rows, sample_logs};
use crate::oracle::{Oracle, files, is_error, is_log, text};

#[test]
fn sums_close() {
    let place = Place::new();
    let oracle = Oracle::read(files(&sample_logs()).iter().filter(|file| is_log(file)));
    let answer = place.trailscan("audit --min-addresses 0").arg(sample_logs()).json(0);
    let sum = |report: &str, column: &str| rows(&answer, report).iter().map(|row| count(&row[column])).sum::<i64>();
    let all = i64::try_from(oracle.events.len()).unwrap();
    assert_eq!(sum("principals", "events"), all);
    assert_eq!(sum("principals", "errors"), oracle.count(is_error));
    let of_root = |event: &Value| event["userIdentity"]["type"] == "Root";
    let federated_by_root = |event: &Value| {
        let identity = &event["userIdentity"];
        identity["type"] == "FederatedUser" && identity["sessionContext"]["sessionIssuer"]["type"] == "Root"
    };
    let classes = rows(&answer, "root-usage").iter();
    let federation: i64 = classes.filter(|row| row["class"] == "federation").map(|row| count(&row["events"])).sum();
    assert_eq!(federation, oracle.count(federated_by_root));
    assert_eq!(sum("root-usage", "events") - federation, oracle.count(of_root));
    // Of a failed sign-in Identity Center writes only which credential was wrong.
    let of_sign_in = |event: &Value| {
        let name = event["eventName"].as_str().unwrap_or_default();
        let failed = || event["serviceEventDetails"]["CredentialVerification"] == "Failure";
        matches!(name, "ConsoleLogin" | "UserAuthentication") || name == "CredentialVerification" && failed()
    };
    assert_eq!(sum("console-logins", "events"), oracle.count(of_sign_in));
    assert_eq!(sum("keys", "events"), sum("key-spread", "events"));
    let found: BTreeMap<String, (i64, BTreeSet<String>)> = rows(&answer, "key-spread")
        .iter()
        .map(|row| {
            let addresses = row["address_list"].as_array().unwrap().iter().map(text).collect();
            (text(&row["access_key_id"]), (count(&row["events"]), addresses))
        })
        .collect();
    assert_eq!(found, oracle.keys());
    let with_date = |event: &Value| !event["userIdentity"]["sessionContext"]["attributes"]["creationDate"].is_null();
    let dated = rows(&answer, "sessions").iter().filter(|row| !row["creation_date"].is_null());
    assert_eq!(dated.map(|row| count(&row["events"])).sum::<i64>(), oracle.count(with_date));
}

#[test]
fn coverage_is_what_lies_there() {
    let place = Place::new();
    let all = files(&sample_logs());
    let oracle = Oracle::read(all.iter().filter(|file| is_log(file)));
    let answer = place.trailscan("audit").arg(sample_logs()).json(0);
    let coverage = &answer["coverage"];
    let times: Vec<String> = oracle.events.iter().map(|event| text(&event["eventTime"])).collect();
    let (accounts, regions) = (oracle.by("recipientAccountId"), oracle.by("awsRegion"));
    let events = i64::try_from(oracle.events.len()).unwrap();
    let size: u64 = all.iter().filter(|file| is_log(file)).map(|file| file.metadata().unwrap().len()).sum();
    for (field, expected) in [
        ("objects_found", json!(all.len())),
        ("objects_read", json!(oracle.files)),
        ("objects_skipped", json!({"digest": 1, "insight": 1})),
        ("events", json!(events + oracle.duplicates)),
        ("events_counted", json!(events)),
        ("duplicate_events", json!(oracle.duplicates)),
        ("read_only_events", json!(oracle.count(|event| event["readOnly"] == true))),
        ("bytes_json", json!(oracle.json)),
        ("bytes_compressed", json!(size)),
        ("accounts", json!(accounts.keys().collect::<Vec<_>>())),
        ("regions", json!(regions.keys().collect::<Vec<_>>())),
        ("first_event", json!(times.iter().min())),
        ("last_event", json!(times.iter().max())),
        ("failures", json!([])),
    ] {
        assert_eq!(coverage[field], expected, "{field}");
    }
    let categories = oracle.by("eventCategory").into_iter();
    let categories = categories.map(|(name, n)| (name.to_lowercase().replace("networkactivity", "network"), n));
    assert_eq!(coverage["categories"], json!(categories.collect::<BTreeMap<_, _>>()));
    assert_identities(coverage);
}

/// Every answer in every format that stdout takes, and what stderr says.
fn answers(place: &Place, options: &str, inputs: &[PathBuf]) -> Vec<(String, Vec<u8>)> {
    let mut answers = Vec::new();
    for report in of_logs().map(command).chain(["audit".to_owned()]) {
        // A page names its inputs as they were typed: `order` compares pages.
        for format in formats().filter(|format| *format != Format::Html) {
            if report == "audit" && matches!(format, Format::Csv | Format::Parquet) {
                continue;
            }
            let line = format!("{report} --format {format} {options}");
            let ended = place.trailscan(&line).args(inputs).ends(0);
            answers.push((format!("{report} {format}"), ended.stdout));
            answers.push((format!("{report} {format}: stderr"), ended.stderr.into_bytes()));
        }
    }
    answers
}

#[track_caller]
fn assert_same(found: &[(String, Vec<u8>)], expected: &[(String, Vec<u8>)], what: &str) {
    for ((name, found), (_, expected)) in found.iter().zip(expected) {
        assert!(!name.ends_with("json") || !found.is_empty());
        assert!(found == expected, "{what}: {name} differs");
    }
    assert_eq!(found.len(), expected.len());
}

#[test]
fn the_same_bytes_for_any_number_of_threads() {
    let place = Place::new();
    let logs = [sample_logs()];
    let expected = answers(&place, "--threads 1", &logs);
    for threads in [2, 8] {
        assert_same(&answers(&place, &format!("--threads {threads}"), &logs), &expected, &format!("{threads} threads"));
    }
}

#[test]
fn the_same_bytes_for_any_order_of_inputs() {
    let place = Place::new();
    let expected = answers(&place, "", &[sample_logs()]);
    let mut inputs = files(&sample_logs());
    for round in 0..3_usize {
        // Fisher and Yates, with a fixed sequence.
        let mut seed = round as u64 + 1;
        for i in (1..inputs.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            inputs.swap(i, usize::try_from(seed >> 33).unwrap() % (i + 1));
        }
        assert_same(&answers(&place, "", &inputs), &expected, &format!("order {round}"));
    }
}

#[test]
fn the_same_rows_from_standard_input() {
    let place = Place::new();
    let packed: Vec<u8> = files(&sample_logs()).iter().flat_map(|file| std::fs::read(file).unwrap()).collect();
    let expected = place.trailscan("audit").arg(sample_logs()).json(0);
    for threads in [1, 2] {
        let answer = place.trailscan(&format!("audit - --threads {threads}")).stdin(packed.clone()).json(0);
        assert_eq!(answer["reports"], expected["reports"], "{threads} threads");
        assert_eq!(answer["findings"], expected["findings"], "{threads} threads");
        // Not bytes: digest and Insight files are read here, where no key says what they are.
        for field in ["events", "events_counted", "duplicate_events", "accounts", "regions", "logging_changes"] {
            assert_eq!(answer["coverage"][field], expected["coverage"][field], "{field}");
        }
    }
}

/// The counts of each row's key, summed: what two runs over two halves must give together.
fn sums(answers: &[&Value], report: &str, key: &[&str], columns: &[&str]) -> BTreeMap<Vec<String>, Vec<i64>> {
    let mut sums: BTreeMap<Vec<String>, Vec<i64>> = BTreeMap::new();
    for row in answers.iter().flat_map(|answer| rows(answer, report)) {
        let key = key.iter().map(|column| row[column].to_string()).collect();
        let sum = sums.entry(key).or_insert_with(|| vec![0; columns.len()]);
        for (sum, column) in sum.iter_mut().zip(columns) {
            *sum += count(&row[column]);
        }
    }
    sums
}

/// The first and last time of each row's key, over all answers.
fn spans(answers: &[&Value], report: &str, key: &str) -> BTreeMap<String, (String, String)> {
    let mut spans: BTreeMap<String, (String, String)> = BTreeMap::new();
    for row in answers.iter().flat_map(|answer| rows(answer, report)) {
        let (first, last) = (text(&row["first_seen"]), text(&row["last_seen"]));
        let span = spans.entry(text(&row[key])).or_insert_with(|| (first.clone(), last.clone()));
        *span = (span.0.clone().min(first), span.1.clone().max(last));
    }
    spans
}

/// A half in which users have the names that they have in the whole: whose a record is that names one by unique id or name alone
/// may hang on a record of the other half.
fn attributed(mut half: Value, whole: &Value) -> Value {
    let mut users: BTreeMap<(String, String), Value> = BTreeMap::new();
    for row in rows(whole, "principals").iter().filter(|row| row["type"] == "IAMUser") {
        let (account, principal) = (text(&row["account_id"]), text(&row["principal"]));
        let name = principal.rsplit('/').next().unwrap_or_default().to_owned();
        let ids = row["principal_id_list"].as_array().expect("ids").iter().map(text);
        ids.chain([name]).for_each(|id| _ = users.insert((account.clone(), id), row["principal"].clone()));
    }
    let of_half = half["reports"]["principals"]["rows"].as_array_mut().expect("rows");
    for row in of_half.iter_mut().filter(|row| row["type"] == "IAMUser") {
        let user = users.get(&(text(&row["account_id"]), text(&row["principal"])));
        user.into_iter().for_each(|user| row["principal"] = user.clone());
    }
    half
}

#[test]
fn two_halves_sum_to_the_whole() {
    let place = Place::new();
    // Copies of an event may lie on both sides, so all are counted.
    let run = |inputs: &[PathBuf]| place.trailscan("audit --no-dedupe --min-addresses 0").args(inputs).json(0);
    let all: Vec<PathBuf> = files(&sample_logs()).into_iter().filter(|file| is_log(file)).collect();
    let whole = run(&all);
    let in_ireland = |file: &PathBuf| file.components().any(|part| part.as_os_str() == "eu-west-1");
    let cuts: [(&str, Vec<bool>); 3] = [
        ("every other file", (0..all.len()).map(|i| i % 2 == 0).collect()),
        ("the first third", (0..all.len()).map(|i| i < all.len() / 3).collect()),
        ("one region", all.iter().map(in_ireland).collect()),
    ];
    for (name, left) in cuts {
        let half = |side: bool| -> Vec<PathBuf> {
            all.iter().zip(&left).filter(|(_, left)| **left == side).map(|(file, _)| file.clone()).collect()
        };
        let halves = [run(&half(true)), run(&half(false))].map(|half| attributed(half, &whole));
        let halves: Vec<&Value> = halves.iter().collect();
        for (report, key, columns) in [
            ("principals", &["principal", "account_id"][..], &["events", "errors", "denied"][..]),
            ("key-spread", &["access_key_id"], &["events", "errors", "denied", "service_sources"]),
            ("sessions", &["session_id"], &["events", "errors"]),
            // A grant may hang on a document in the other half.
            (
                "policy-changes",
                &["account_id", "event", "actor", "target", "policy", "outcome"],
                &["events", "errors", "denied"],
            ),
            // A class may hang on a record of the other half (AssumeRoot), so accounts are compared.
            ("root-usage", &["account_id"], &["events", "errors", "read_only", "sign_ins", "sign_in_failures"]),
        ] {
            let expected = sums(&[&whole], report, key, columns);
            assert!(!expected.is_empty(), "{report}");
            assert_eq!(sums(&halves, report, key, columns), expected, "{report}: {name}");
        }
        for (report, key) in [("principals", "principal"), ("key-spread", "access_key_id"), ("sessions", "session_id")]
        {
            assert_eq!(spans(&halves, report, key), spans(&[&whole], report, key), "{report}: {name}");
        }
        for field in ["events", "events_counted", "objects_read", "bytes_json", "bytes_compressed", "read_only_events"]
        {
            let sum: i64 = halves.iter().map(|half| count(&half["coverage"][field])).sum();
            assert_eq!(sum, count(&whole["coverage"][field]), "{field}: {name}");
        }
    }
}

#[test]
fn json_lines_are_the_rows() {
    let place = Place::new();
    let audit = place.trailscan("audit").arg(sample_logs()).json(0);
    for report in audited_logs().map(|report| report.name) {
        let alone = place.trailscan(report).arg(sample_logs()).json(0);
        assert_eq!(rows(&alone, report), rows(&audit, report), "{report} alone and in the audit");
        let lines = place.trailscan(report).arg(sample_logs()).args(["--format", "jsonl"]).ends(0);
        place.trailscan(report).arg(sample_logs()).args(["--output", "rows.jsonl"]).ends(0);
        assert_eq!(place.read("rows.jsonl"), lines.text(), "{report} in a file");
        let coverage: Value = serde_json::from_str(&place.read("rows.jsonl.coverage.json")).unwrap();
        assert_eq!(coverage, alone["coverage"], "{report}");
        let lines: Vec<Value> = lines.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines, rows(&alone, report), "{report}");
        assert_eq!(count(&alone["rows_total"]), i64::try_from(lines.len()).unwrap());
        assert_eq!(alone["rows_shown"], alone["rows_total"]);
        assert!(!lines.is_empty());
    }
}

#[cfg(feature = "columnar")]
mod columnar {
    use polars::prelude::*;
    use serde_json::{Map, Value as Json};
    use trailscan::model::EventTime;

    use super::*;

    #[test]
    fn parquet_holds_the_rows() {
        let place = Place::new();
        place.trailscan("audit --output folder/ --format parquet").arg(sample_logs()).ends(0);
        for report in audited_logs().map(|report| report.name) {
            let answer = place.trailscan(report).arg(sample_logs()).json(0);
            let file = std::io::Cursor::new(place.read_bytes(&format!("folder/{report}.parquet")));
            let frame = ParquetReader::new(file).finish().unwrap();
            let columns = frame.columns();
            let found: Vec<Json> = (0..frame.height())
                .map(|i| {
                    let cells = columns.iter().map(|column| (column.name().to_string(), cell(column, i)));
                    Json::Object(cells.collect::<Map<_, _>>())
                })
                .collect();
            assert_eq!(found, rows(&answer, report), "{report}");
            let coverage = place.read(&format!("folder/{report}.parquet.coverage.json"));
            assert_eq!(serde_json::from_str::<Json>(&coverage).unwrap(), answer["coverage"], "{report}");
        }
    }

    /// A cell as JSON has it.
    fn cell(column: &Column, i: usize) -> Json {
        match column.dtype() {
            DataType::Datetime(TimeUnit::Microseconds, Some(_)) => {
                match column.cast(&DataType::Int64).unwrap().get(i) {
                    Ok(AnyValue::Int64(micros)) => json!(EventTime(micros).to_string()),
                    _ => Json::Null,
                }
            }
            _ => plain(&column.get(i).unwrap()),
        }
    }

    fn plain(value: &AnyValue<'_>) -> Json {
        match value {
            AnyValue::Null => Json::Null,
            AnyValue::String(text) => json!(text),
            AnyValue::StringOwned(text) => json!(text.as_str()),
            AnyValue::Int64(count) => json!(count),
            AnyValue::List(members) => match members.dtype() {
                DataType::Struct(_) => {
                    let fields = members.struct_().unwrap();
                    let field = |name| fields.field_by_name(name).unwrap();
                    let (names, counts) = (field("name"), field("count"));
                    let member =
                        |i| json!({"name": plain(&names.get(i).unwrap()), "count": plain(&counts.get(i).unwrap())});
                    (0..members.len()).map(member).collect()
                }
                _ => (0..members.len()).map(|i| plain(&members.get(i).unwrap())).collect(),
            },
            other => panic!("no cell of ours: {other:?}"),
        }
    }

    #[test]
    fn csv_holds_the_rows() {
        let place = Place::new();
        for report in audited_logs().map(|report| report.name) {
            let answer = place.trailscan(report).arg(sample_logs()).json(0);
            let csv = place.trailscan(report).args(["--format", "csv"]).arg(sample_logs()).ends(0);
            let mut records = records(csv.text()).into_iter();
            let names: Vec<String> = records.next().unwrap();
            let expected = rows(&answer, report).iter();
            let expected: Vec<Vec<String>> =
                expected.map(|row| names.iter().map(|name| field(&row[name.as_str()])).collect()).collect();
            assert_eq!(names.len(), answer["columns"].as_array().unwrap().len());
            assert_eq!(records.collect::<Vec<_>>(), expected, "{report}");
        }
    }

    /// What a CSV field is for a cell. No text of the sample logs begins as a formula does.
    fn field(cell: &Json) -> String {
        match cell {
            Json::Null => String::new(),
            Json::String(text) => text.clone(),
            Json::Array(members) => members.iter().map(field).collect::<Vec<_>>().join(";"),
            Json::Object(member) => format!("{}:{}", field(&member["name"]), member["count"]),
            other => other.to_string(),
        }
    }

    /// The records of an RFC 4180 text.
    fn records(text: &str) -> Vec<Vec<String>> {
        let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
        let mut quoted = false;
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '"' if quoted && rest.peek() == Some(&'"') => field.extend(rest.next()),
                '"' => quoted = !quoted,
                ',' if !quoted => record.push(std::mem::take(&mut field)),
                '\n' if !quoted => {
                    record.push(std::mem::take(&mut field));
                    records.push(std::mem::take(&mut record));
                }
                c => field.push(c),
            }
        }
        records
    }
}
