//! Every form that CloudTrail records come in, and what is no form at all: exactly what each gives, read by name, in a
//! walk under a wrong name, from standard input, and packed (zstd is always read as a stream, in parts).

mod beside;
mod damaged;
mod exports;

use serde_json::{Map, Value, json};

use crate::harness::{Place, count, gzip, real_logs, rows};
use crate::real::expected;
use crate::records::{call, calls, delivered, lines, text, with};

/// Records in each form.
const CALLS: usize = 4;

/// What coverage says besides zeros, without bytes and names.
fn counts(coverage: &Value) -> Value {
    let of = |prefix: &str, name: &str| name.starts_with(prefix);
    let told = |name: &str| {
        (of("objects_", name) || of("events", name) || of("duplicate", name) || of("conflicting", name))
            || ["updated_events", "late_events", "malformed_records", "broken_records", "lossy_objects"].contains(&name)
    };
    let nonzero = |value: &Value| *value != json!(0) && *value != json!({});
    let fields = coverage.as_object().unwrap().iter().filter(|(name, value)| told(name) && nonzero(value));
    Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>())
}

/// The counts of an object of which `n` events were read, and nothing else.
fn read(n: usize) -> Value {
    let mut counts = json!({"objects_found": 1, "objects_read": 1});
    if n > 0 {
        counts["events"] = json!(n);
        counts["events_in_window"] = json!(n);
        counts["events_counted"] = json!(n);
    }
    counts
}

/// `counts` with malformed records.
fn malformed(mut counts: Value, n: usize) -> Value {
    counts["malformed_records"] = json!(n);
    counts
}

/// The counts of an object that was skipped.
fn skipped(kind: &str) -> Value {
    json!({"objects_found": 1, "objects_skipped": {kind: 1}})
}

/// What `text` gives in every way it can be read: by name, packed, under a wrong name in a walk, from stdin.
#[track_caller]
fn gives(place: &Place, bytes: impl AsRef<[u8]>, code: i32, expected: &Value) -> Value {
    let bytes = bytes.as_ref();
    let zstd = || zstd::encode_all(bytes, 1).unwrap();
    let named = place.write("plain/log.json", bytes);
    let answer = place.trailscan("principals").arg(&named).json(code);
    assert_eq!(counts(&answer["coverage"]), *expected, "plain");
    for (name, packed) in
        [("packed/gzip.gz", gzip(bytes)), ("packed/gzip.json", gzip(bytes)), ("packed/zstd.gz", zstd())]
    {
        let file = place.write(name, packed);
        let packed = place.trailscan("principals").arg(file).json(code);
        assert_eq!(counts(&packed["coverage"]), *expected, "{name}");
        assert_eq!(packed["rows"], answer["rows"], "{name}");
    }
    place.write("walked/log.json.gz", bytes);
    let walked = place.trailscan("principals walked").json(code);
    assert_eq!(counts(&walked["coverage"]), *expected, "in a walk, plain but named .gz");
    assert_eq!(walked["rows"], answer["rows"], "in a walk, plain but named .gz");
    for (name, input) in [("plain", bytes.to_vec()), ("zstd", zstd())] {
        let from_stdin = place.trailscan("principals -").stdin(input).json(code);
        assert_eq!(counts(&from_stdin["coverage"]), *expected, "{name} from stdin");
        assert_eq!(from_stdin["rows"], answer["rows"], "{name} from stdin");
    }
    answer
}

/// Reads `bytes` alone, as [`gives`] does: nothing is read, so there is no answer; and beside a log, where what is skipped is
/// no loss and what failed is one.
fn gives_nothing(place: &Place, bytes: impl AsRef<[u8]>, named: &Value, walked: &Value) {
    let bytes = bytes.as_ref();
    let alone = place.write("alone/log.json", bytes);
    for run in
        [place.trailscan("principals --fail-on low").arg(&alone), place.trailscan("principals -").stdin(bytes.to_vec())]
    {
        assert!(run.ends(1).stdout.is_empty());
    }
    place.trailscan("principals alone").ends(1);
    let log = place.write("beside/log.json", delivered(&calls(1)));
    place.write("beside/other", bytes);
    let beside = |expected: &Value| {
        let mut all = read(1);
        for (field, value) in expected.as_object().expect("fields") {
            all[field] = value.clone();
        }
        all["objects_found"] = json!(2);
        all
    };
    let code = |expected: &Value| if expected.get("objects_failed").is_some() { 3 } else { 0 };
    let answer = place.trailscan("principals").arg(log).arg(&alone).json(code(named));
    assert_eq!(counts(&answer["coverage"]), beside(named), "named");
    let answer = place.trailscan("principals beside").json(code(walked));
    assert_eq!(counts(&answer["coverage"]), beside(walked), "in a walk");
}

/// A record as a row: of Athena in lower case, of CloudTrail Lake in CloudTrail's own spelling with maps as it prints them.
fn row(call: &Value, is_lower: bool) -> Value {
    let text = |field: &str| call[field].as_str().unwrap_or_default().to_owned();
    let who = &call["userIdentity"];
    let identity = format!(
        "{{type=IAMUser, principalid={}, arn={}, accountid={}, invokedby=null, accesskeyid={}, username=Alice, \
         sessioncontext=null}}",
        who["principalId"].as_str().unwrap(),
        who["arn"].as_str().unwrap(),
        who["accountId"].as_str().unwrap(),
        who["accessKeyId"].as_str().unwrap()
    );
    let request = match is_lower {
        true => call["requestParameters"].to_string(),
        false => format!("{{bucketName={}}}", call["requestParameters"]["bucketName"].as_str().unwrap()),
    };
    let time = if is_lower { text("eventTime") } else { text("eventTime").replace('T', " ").replace('Z', ".000") };
    let cells = [
        ("eventVersion", text("eventVersion")),
        ("userIdentity", identity),
        ("eventTime", time),
        ("eventSource", text("eventSource")),
        ("eventName", text("eventName")),
        ("awsRegion", text("awsRegion")),
        ("sourceIPAddress", text("sourceIPAddress")),
        ("userAgent", text("userAgent")),
        ("errorCode", String::new()),
        ("errorMessage", String::new()),
        ("requestParameters", request),
        ("responseElements", "null".to_owned()),
        ("additionalEventData", String::new()),
        ("eventID", text("eventID")),
        ("readOnly", call["readOnly"].to_string()),
        ("eventType", text("eventType")),
        ("recipientAccountId", text("recipientAccountId")),
        ("eventCategory", text("eventCategory")),
    ];
    let name = |name: &str| if is_lower { name.to_lowercase() } else { name.to_owned() };
    cells.into_iter().map(|(column, cell)| (name(column), json!(cell))).collect::<Map<_, _>>().into()
}

/// A record whose names have lost their case, sub-documents as text.
fn lower(call: &Value) -> Value {
    renamed(call, str::to_lowercase)
}

/// A record whose names are written with underscores, sub-documents as text.
fn snake(call: &Value) -> Value {
    renamed(call, |name| {
        let name = name.replace("ID", "Id").replace("IPA", "IpA");
        name.chars().flat_map(|c| c.is_uppercase().then_some('_').into_iter().chain(c.to_lowercase())).collect()
    })
}

fn renamed(call: &Value, rename: impl Fn(&str) -> String + Copy) -> Value {
    let all = ["errorCode", "errorMessage", "additionalEventData"].iter().map(|name| (rename(name), Value::Null));
    let own = call.as_object().unwrap().iter().map(|(name, value)| {
        let value = match value {
            Value::Object(members) if name == "userIdentity" => {
                members.iter().map(|(name, value)| (rename(name), value.clone())).collect::<Map<_, _>>().into()
            }
            Value::Object(_) => value.to_string().into(),
            _ => value.clone(),
        };
        (rename(name), value)
    });
    all.chain(own).collect::<Map<_, _>>().into()
}

/// Rows as a table, every cell quoted.
fn table(rows: &[Value], delimiter: char) -> String {
    let line = |cells: Vec<&str>| {
        let cells: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        cells.join(&delimiter.to_string()) + "\n"
    };
    let names = rows[0].as_object().unwrap().keys().map(String::as_str).collect();
    let cells =
        rows.iter().map(|row| line(row.as_object().unwrap().values().map(|cell| cell.as_str().unwrap()).collect()));
    std::iter::once(line(names)).chain(cells).collect()
}

/// Rows as Athena's API gives them.
fn result_set(rows: &[Value]) -> Value {
    let data =
        |cells: Vec<Value>| json!({"Data": cells.iter().map(|cell| json!({"VarCharValue": cell})).collect::<Value>()});
    let names: Vec<Value> = rows[0].as_object().unwrap().keys().map(|name| json!(name)).collect();
    let cells = rows.iter().map(|row| data(row.as_object().unwrap().values().cloned().collect()));
    json!({"Rows": std::iter::once(data(names)).chain(cells).collect::<Value>()})
}

/// The forms of an export, each of the same [`CALLS`] records.
fn forms() -> Vec<(&'static str, String)> {
    let calls = calls(CALLS);
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    let records = json!({ "Records": calls });
    let texts: Vec<String> = calls.iter().map(text).collect();
    let looked_up: Vec<Value> = calls
        .iter()
        .map(|call| {
            json!({"EventId": call["eventID"], "EventName": call["eventName"], "Username": "Alice",
            "EventTime": 1_788_000_000, "Resources": [], "CloudTrailEvent": call.to_string()})
        })
        .collect();
    let bridged: Vec<Value> = calls
        .iter()
        .map(|call| {
            json!({"version": "0", "id": call["eventID"], "detail-type": "AWS API Call via CloudTrail",
            "source": "aws.s3", "account": "111122223333", "time": call["eventTime"], "region": "us-east-1",
            "resources": [], "detail": call})
        })
        .collect();
    let logged: Vec<Value> = texts
        .iter()
        .map(|text| {
            json!({"logStreamName": "111122223333_CloudTrail_us-east-1", "timestamp": 1_788_000_000_000_i64,
            "message": text, "ingestionTime": 1_788_000_000_001_i64, "eventId": "3753"})
        })
        .collect();
    let subscribed = |records: &[String]| {
        let records: Vec<Value> = records
            .iter()
            .map(|text| json!({"id": "3753", "timestamp": 1_788_000_000_000_i64, "message": text}))
            .collect();
        json!({"messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": "CloudTrail/logs",
            "logStream": "111122223333_CloudTrail_us-east-1", "subscriptionFilters": ["all"], "logEvents": records})
    };
    let splunk: Vec<Value> = texts
        .iter()
        .map(|text| json!({"preview": false, "offset": 0, "result": {"_raw": text, "sourcetype": "aws:cloudtrail"}}))
        .collect();
    let insights = |name: &str| -> Vec<Value> {
        let row = |text: &String| {
            json!([{"field": "@timestamp", "value": "2026-09-10 12:00:00.000"},
            {"field": name, "value": text}, {"field": "@ptr", "value": "CmEK"}])
        };
        texts.iter().map(row).collect()
    };
    let lake: Vec<Value> = calls
        .iter()
        .map(|call| json!([{"eventTime": "2026-09-10 12:00:00.000"}, {"eventName": "x"}, {"eventJson": call.to_string()}]))
        .collect();
    let elastic: Vec<Value> = calls
        .iter()
        .map(|call| {
            json!({"_index": "logs", "_id": "1", "_source": {"event": {"original": call.to_string()},
            "message": "DescribeInstances by Alice", "@timestamp": "2026-09-10T12:00:00Z"}})
        })
        .collect();
    let queued: Vec<Value> = bridged
        .iter()
        .map(|event| {
            json!({"MessageId": "1", "ReceiptHandle": "x",
            "Body": json!({"Type": "Notification", "Message": event.to_string()}).to_string()})
        })
        .collect();
    let athena: Vec<Value> = calls.iter().map(|call| row(call, true)).collect();
    let lake_rows: Vec<Value> = calls.iter().map(|call| row(call, false)).collect();
    let columns: Vec<Value> = lake_rows
        .iter()
        .map(|row| row.as_object().unwrap().iter().map(|(name, value)| json!({name: value})).collect())
        .collect();
    let with_json = |column: &str| -> Vec<Value> {
        let row = |call: &Value| json!({"eventTime": "2026-09-10 12:00:00.000", "eventName": call["eventName"], column: call.to_string()});
        calls.iter().map(row).collect()
    };
    let marked = |text: &str| format!("\u{feff}{text}");
    let nested: Vec<Value> =
        bridged.iter().map(|event| json!({"timestamp": 1, "message": event.to_string()})).collect();
    vec![
        ("records", records.to_string()),
        ("records, pretty", pretty(&records)),
        ("records, with tabs and CRLF", pretty(&records).replace("  ", "\t").replace('\n', "\r\n")),
        ("records, after other fields", format!("{{\"a\":1,\"b\":{{\"c\":[]}},\"Records\":[{}]}}", texts.join(","))),
        (
            "records, before other fields",
            format!("{{\"Records\":[{}],\"a\":[1,{{}}],\"b\":\"}}\"}}", texts.join(" , ")),
        ),
        ("records, twice", [delivered(&calls[..1]), delivered(&calls[1..])].concat()),
        ("records, a document a line", [delivered(&calls[..1]), delivered(&calls[1..])].join("\n")),
        ("array", json!(calls).to_string()),
        ("array, pretty", pretty(&json!(calls))),
        ("arrays, one after another", [json!(calls[..2]), json!(calls[2..])].map(|a| a.to_string()).concat()),
        ("lines", lines(&calls)),
        ("lines, CRLF, no final newline", texts.join("\r\n")),
        ("lines, with empty ones between", texts.join("\n\n \n") + "\n\n"),
        ("concatenated", texts.concat()),
        ("concatenated, pretty", calls.iter().map(pretty).collect()),
        ("byte order mark, records", format!("\u{feff}{records}")),
        ("byte order mark, lines", format!("\u{feff}{}", lines(&calls))),
        ("byte order mark, each of two lines", texts.iter().map(|text| format!("\u{feff}{text}\n")).collect()),
        ("byte order mark, each of two documents", [&calls[..1], &calls[1..]].map(|c| marked(&delivered(c))).concat()),
        (
            "byte order mark, each of two arrays",
            [&calls[..3], &calls[3..]].map(|c| marked(&json!(c).to_string())).concat(),
        ),
        ("byte order mark, within an array and behind it", format!("[{}]\u{feff}", texts.join(",\u{feff}\n"))),
        (
            "byte order marks, log export",
            texts.iter().map(|text| format!("\u{feff}2026-09-10T12:00:00.000Z {text}\n")).collect(),
        ),
        ("lookup-events, the records alone as texts", pretty(&json!(texts))),
        (
            "lookup-events, the records alone as a text a line",
            lines(&texts.iter().map(|t| json!(t)).collect::<Vec<_>>()),
        ),
        ("Logs Insights", pretty(&json!({"results": insights("@message"), "status": "Complete", "statistics": {}}))),
        ("Logs Insights, results alone", json!(insights("@message")).to_string()),
        (
            "Logs Insights, of the console",
            json!(texts.iter().map(|t| json!({"@timestamp": "x", "@message": t})).collect::<Vec<_>>()).to_string(),
        ),
        (
            "CloudTrail Lake",
            pretty(&json!({"QueryStatus": "FINISHED", "QueryResultRows": lake, "QueryStatistics": {}})),
        ),
        ("CloudTrail Lake, rows alone", json!(lake).to_string()),
        ("CloudTrail Lake, a row a line", lines(&texts.iter().map(|t| json!({"eventJson": t})).collect::<Vec<_>>())),
        ("Athena, CSV", table(&athena, ',')),
        ("Athena, CSV with CRLF and semicolons", table(&athena, ';').replace('\n', "\r\n")),
        ("Athena, two files joined", [&athena[..1], &athena[1..]].map(|rows| marked(&table(rows, ','))).concat()),
        ("Athena, get-query-results", pretty(&json!({"ResultSet": result_set(&athena), "UpdateCount": 0}))),
        ("Athena, JSON lines", lines(&athena)),
        ("Athena, JSON array", pretty(&json!(athena))),
        ("DuckDB, JSON with the case lost", json!(calls.iter().map(lower).collect::<Vec<_>>()).to_string()),
        ("columns of a data lake, lines", lines(&calls.iter().map(snake).collect::<Vec<_>>())),
        ("CloudTrail Lake, columns", pretty(&json!({"QueryResultRows": columns}))),
        ("CloudTrail Lake, columns in CSV", table(&lake_rows, ',')),
        ("CloudTrail Lake, columns in JSON lines", lines(&lake_rows)),
        ("CloudTrail Lake, records in CSV", table(&with_json("eventJson"), ',')),
        ("CloudTrail Lake, records in JSON lines", lines(&with_json("eventJson"))),
        ("Logs Insights, CSV of the console", table(&with_json("@message"), ',')),
        ("Splunk, CSV", table(&with_json("_raw"), ',')),
        ("Elastic, hits", pretty(&json!({"took": 1, "hits": {"total": {"value": 4}, "hits": elastic}}))),
        ("Elastic, a document a line", lines(&elastic)),
        ("SQS of SNS of EventBridge", json!({"Messages": queued}).to_string()),
        (
            "SQS to Lambda",
            json!({"Records": calls.iter().map(|call| json!({"messageId": "1", "body": call.to_string(),
            "eventSource": "aws:sqs", "awsRegion": "us-east-1"})).collect::<Vec<_>>()})
            .to_string(),
        ),
        ("Logstash", lines(&texts.iter().map(|t| json!({"input": {"message": t}, "tags": []})).collect::<Vec<_>>())),
        ("a file of test events", pretty(&json!({"tests": {"first": calls[..1], "rest": {"x": calls[1..]}}}))),
        ("lookup-events", json!({ "Events": looked_up }).to_string()),
        ("lookup-events, pretty, the last page", pretty(&json!({"NextToken": null, "Events": looked_up}))),
        ("lookup-events, a line each", lines(&looked_up)),
        ("lookup-events, array", pretty(&json!(looked_up))),
        ("EventBridge, a line each", lines(&bridged)),
        ("EventBridge, concatenated", bridged.iter().map(Value::to_string).collect()),
        ("EventBridge, array", json!(bridged).to_string()),
        ("CloudWatch Logs, filter-log-events", pretty(&json!({"events": logged, "searchedLogStreams": []}))),
        (
            "CloudWatch Logs, filter-log-events, compact",
            json!({"searchedLogStreams": [], "events": logged}).to_string(),
        ),
        ("CloudWatch Logs, subscription", subscribed(&texts).to_string()),
        (
            "CloudWatch Logs, subscription by Firehose",
            [subscribed(&texts[..3]), subscribed(&texts[3..])].map(|m| m.to_string()).concat(),
        ),
        ("CloudWatch Logs, S3 export", texts.iter().map(|text| format!("2026-09-10T12:00:00.000Z {text}\n")).collect()),
        ("Splunk, a line each", lines(&splunk)),
        ("Splunk, array", pretty(&json!(splunk))),
        ("EventBridge in CloudWatch Logs", json!({ "events": nested }).to_string()),
    ]
}
