//! Every form that CloudTrail records come in, and what is no form at all: exactly what each gives, read by name, in a
//! walk under a wrong name, from standard input, and packed (zstd is always read as a stream, in parts).

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
        ("lookup-events, pretty, with a token", pretty(&json!({"NextToken": "x", "Events": looked_up}))),
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

#[test]
fn every_form_gives_the_same() {
    let place = Place::new();
    let whole = place.trailscan("principals -").stdin(delivered(&calls(CALLS))).json(0);
    assert_eq!(count(&rows(&whole, "principals")[0]["events"]), 4);
    for (name, text) in forms() {
        println!("== {name}");
        let answer = gives(&place, text, 0, &read(CALLS));
        assert_eq!(answer["rows"], whole["rows"], "{name}");
        assert_eq!(answer["coverage"]["failures"], json!([]), "{name}");
    }
}

#[test]
fn every_form_in_one_walk() {
    let place = Place::new();
    for (i, (_, text)) in forms().into_iter().enumerate() {
        place.write(&format!("logs/{i}/log"), text);
    }
    let n = forms().len();
    let answer = place.trailscan("principals logs").json(0);
    let expected = json!({"objects_found": n, "objects_read": n, "events": n * CALLS, "events_in_window": n * CALLS,
        "events_counted": CALLS, "duplicate_events": (n - 1) * CALLS});
    assert_eq!(counts(&answer["coverage"]), expected);
}

#[test]
fn one_event() {
    let place = Place::new();
    gives(&place, call(1, 0).to_string(), 0, &read(1));
    gives(&place, serde_json::to_string_pretty(&call(1, 0)).unwrap(), 0, &read(1));
    gives(&place, format!("\u{feff}{}\n", call(1, 0)), 0, &read(1));
    gives(&place, json!({"version": "0", "detail": call(1, 0)}).to_string(), 0, &read(1));
}

#[test]
fn members_of_gzip() {
    let place = Place::new();
    let (records, all) = (calls(CALLS), delivered(&calls(CALLS)));
    let (head, tail) = all.as_bytes().split_at(all.len() / 2);
    let document_each = [gzip(delivered(&records[..2])), gzip(delivered(&records[2..]))].concat();
    let line_each: Vec<u8> = records.iter().flat_map(|record| gzip(format!("{record}\n"))).collect();
    let cut_anywhere = [gzip(head), gzip(tail)].concat();
    let empty_between = [gzip(lines(&records[..2])), gzip(""), gzip(lines(&records[2..]))].concat();
    let padded = [gzip(&all), vec![0; 512]].concat();
    for (name, bytes) in [
        ("a document each", document_each),
        ("a line each", line_each),
        ("cut anywhere", cut_anywhere),
        ("an empty one between", empty_between),
        ("zeros behind, as tapes and blocks leave them", padded),
    ] {
        let file = place.write("log.json", bytes);
        let answer = place.trailscan("principals").arg(file).json(0);
        assert_eq!(counts(&answer["coverage"]), read(CALLS), "{name}");
    }
}

/// What Windows PowerShell 5 writes, and what joins such files.
#[test]
fn utf_16() {
    let place = Place::new();
    let whole = place.trailscan("principals -").stdin(delivered(&calls(CALLS))).json(0);
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let records = calls(CALLS);
    let (all, by_lines) = (delivered(&records), lines(&records));
    let joined = format!("\u{feff}{}\u{feff}{}", lines(&records[..1]), lines(&records[1..]));
    for (name, bytes) in [
        ("a mark, low byte first", little(&format!("\u{feff}{all}"))),
        ("a mark, high byte first", big(&format!("\u{feff}{all}"))),
        ("no mark, low byte first", little(&all)),
        ("no mark, high byte first", big(&by_lines)),
        ("joined files", little(&joined)),
        ("CRLF", little(&format!("\u{feff}{}", by_lines.replace('\n', "\r\n")))),
    ] {
        println!("== {name}");
        let answer = gives(&place, bytes, 0, &read(CALLS));
        assert_eq!(answer["rows"], whole["rows"], "{name}");
    }
    let half = little(&all);
    let mut expected = read(CALLS - 1);
    expected.as_object_mut().unwrap().remove("objects_read");
    expected["objects_damaged"] = json!(1);
    gives(&place, &half[..half.len() - 100], 3, &expected);
    // A lone half of a pair is no character.
    let mut broken = little(&all);
    let at = broken.windows(4).position(|bytes| bytes == b"A\0l\0").expect("Alice");
    broken[at..at + 2].copy_from_slice(&0xd800_u16.to_le_bytes());
    let mut expected = read(CALLS);
    expected["lossy_objects"] = json!(1);
    gives(&place, broken, 0, &expected);
}

/// A table that lacks columns counts, and says that it is not all; what is in it of other things is none.
#[test]
fn rows_that_lost_something() {
    let place = Place::new();
    let history = "Event name,Event time,User name,Event source,Resource type,Resource name,AWS access key,AWS region,\
        Error code,Event ID,Read-only,Request ID,Source IP address\n\
        CreateUser,2026-09-10T12:00:00Z,Alice,iam.amazonaws.com,AWS::IAM::User,bob,AKIAIOSFODNN7EXAMPLE,us-east-1,,\
        EXAMPLE8-90ab-cdef-fedc-000000000001,false,x,192.0.2.10\n";
    let broken = |n: usize| with(read(n), json!({"broken_records": n}));
    let answer = gives(&place, history, 3, &broken(1));
    let warnings = answer["coverage"]["warnings"].to_string();
    assert!(
        warnings.contains("log.json: 1 record has a sub-document that is not JSON, or columns left out"),
        "{warnings}"
    );
    let insights = "eventTime,eventName,userIdentity.arn,sourceIPAddress\n\
        2026-09-10 12:00:00.000,GetUser,arn:aws:iam::111122223333:user/Alice,192.0.2.10\n";
    let answer = gives(&place, insights, 3, &broken(1));
    assert_eq!(rows(&answer, "principals")[0]["principal"], "arn:aws:iam::111122223333:user/Alice");
    // One event in two forms that say different things is counted in both, and told.
    place.write("both/log.json", delivered(&calls(1)));
    let mut row = row(&calls(1)[0], true);
    row.as_object_mut().unwrap().remove("useragent");
    place.write("both/athena.csv", table(&[row], ','));
    let answer = place.trailscan("principals both").json(3);
    let expected = json!({"objects_found": 2, "objects_read": 2, "events": 2, "events_in_window": 2, "events_counted": 2,
        "conflicting_ids": 1, "broken_records": 1});
    assert_eq!(counts(&answer["coverage"]), expected);
    // The names alone, and records of other things.
    gives(&place, "eventTime,eventName,eventSource\n", 0, &read(0));
    for other in [
        "@timestamp,@message\n2026-09-10,2 111122223333 eni-1 ACCEPT OK\n",
        "event_time,event_name,event_source\n2026-09-10,page_view,web\n",
    ] {
        gives_nothing(&place, other, &json!({"objects_failed": 1}), &skipped("not-json"));
    }
    let cut = table(&[self::row(&calls(1)[0], true), self::row(&calls(1)[0], true)], ',');
    place.write("cut/athena.csv", &cut[..cut.len() - 90]);
    let answer = place.trailscan("principals cut").json(3);
    assert_eq!(answer["coverage"]["broken_records"], 1, "a row that ends early lacks columns");
}

/// Records in a file that is not JSON, met in a walk beside a log: it is named with the next step, which reads them.
#[test]
fn records_in_what_is_no_json_are_never_passed_over() {
    let place = Place::new();
    let texts: Vec<String> = calls(6).iter().map(text).collect();
    let document = delivered(&calls(6));
    let pretty = serde_json::to_string_pretty(&json!({"Records": calls(6)})).unwrap();
    let each =
        |before: &str, after: &str| texts.iter().map(|text| format!("{before}{text}{after}\n")).collect::<String>();
    for (name, text, whole) in [
        ("cut by a byte", document[1..].to_owned(), 6),
        ("cut by some", document[25..].to_owned(), 5),
        ("cut by half", document[document.len() / 2..].to_owned(), 3),
        ("pretty, cut", pretty[600..].to_owned(), 5),
        ("NULs before it", format!("{}{document}", "\0".repeat(512)), 6),
        ("a word before it", format!("logs: {document}"), 6),
        ("a program", format!("var x = {document};"), 6),
        ("JSONP", format!("callback({document})"), 6),
        ("syslog", each("<14>Sep 10 12:00:00 host app: ", ""), 6),
        ("kubectl", each("pod1 ", ""), 6),
        ("grep", each("a.json:", ""), 6),
        ("text of the aws cli", each("EVENTS\t", "\tGetBucketAcl\tAlice"), 6),
    ] {
        for bytes in [text.clone().into_bytes(), gzip(&text), zstd::encode_all(text.as_bytes(), 1).unwrap()] {
            let walked = Place::new();
            walked.write("logs/good.json", delivered(&[call(100, 0)]));
            walked.write("logs/odd", bytes);
            let ended = walked.trailscan("principals logs").ends(3);
            let line = "logs/odd: no JSON, but there are records in it: read them with --carve";
            assert!(ended.stderr.contains(line), "{name}: {}", ended.stderr);
            let answer = walked.trailscan("principals logs --carve").json(3);
            assert_eq!(count(&answer["coverage"]["events_counted"]), 1 + whole, "{name}");
        }
        let file = place.write("odd", text);
        assert!(place.trailscan("principals").arg(file).ends(1).stderr.contains("read them with --carve"), "{name}");
    }
}

/// Programs, notes and pages that show a record are none, and files that nobody knows are none either.
#[test]
fn what_shows_a_record_is_passed_over() {
    let record = text(&call(1, 0));
    let code = "fn main() {\n    let something = of(other);\n    println!(something);\n}\n".repeat(12);
    let place = Place::new();
    place.write("logs/good.json", delivered(&[call(100, 0)]));
    for (name, text) in [
        ("a.py", format!("import json\n\nRECORD = {record}\n{code}")),
        ("a.rs", format!("use x;\n\nconst RECORD: &str = {record:?};\n{code}")),
        ("b.rs", format!("{code}const RECORD: &str = r#\"{record}\"#;\n{code}")),
        ("README.md", format!("# Logs\n\n    {record}\n\n{code}")),
        ("fenced.md", format!("Logs\n\n```\n {record}\n {record}\n```\n")),
        ("a.html", format!("<html><pre> {record}\n {record}</pre></html>\n")),
        ("a.xml", format!("<?xml version=\"1.0\"?> <a>{record}{record}</a>\n")),
        ("words", "a record has \"eventVersion\" and \"eventID\"\n".to_owned()),
    ] {
        place.write(&format!("logs/{name}"), text);
    }
    let answer = place.trailscan("principals logs").json(0);
    let mut expected = read(1);
    expected["objects_found"] = json!(9);
    expected["objects_skipped"] = json!({"not-json": 8});
    assert_eq!(counts(&answer["coverage"]), expected);
}

/// What may hold a log in another form is named, whoever walks by.
#[test]
fn foreign_forms_are_named_in_a_walk() {
    let dialect = |quote: &str| json!([call(1, 0)]).to_string().replace('"', quote);
    let table = "eventTime;eventName;eventID;eventSource\n2026-09-10T12:00:00Z;GetBucketAcl;1;s3\n";
    for (bytes, word) in [
        (dialect("'"), "a dialect of JSON"),
        (table.to_owned(), "a table without a record of CloudTrail"),
        ("-----BEGIN PGP MESSAGE-----\n\nhQ\n".to_owned(), "encrypted with PGP"),
        ("age-encryption.org/v1\n-> X25519 x\n".to_owned(), "encrypted with age"),
        ("Salted__12345678 and more".to_owned(), "encrypted by OpenSSL"),
        ("SQLite format 3\0 and more".to_owned(), "an SQLite database"),
        ("MSCF\0\0\0\0 and more".to_owned(), "a cab archive"),
    ] {
        let place = Place::new();
        place.write("logs/good.json", delivered(&[call(100, 0)]));
        place.write("logs/data", bytes);
        let ended = place.trailscan("principals logs").ends(3);
        assert!(ended.stderr.contains(&format!("logs/data: is {word}")), "{word}: {}", ended.stderr);
    }
}

/// One fault between records costs nothing that follows it, whatever the fault and however the records stand.
#[test]
fn a_fault_between_records_costs_itself() {
    let place = Place::new();
    let (one, two) = (delivered(&calls(2)), delivered(&calls(4)[2..]));
    let all: Vec<String> = calls(4).iter().map(text).collect();
    // Values that were written with something between and without brackets: nothing is lost.
    for between in [",", ";", ", ", ",\n", ";\n", " , ;"] {
        println!("== {between:?}");
        gives(&place, all.join(between), 0, &read(4));
        gives(&place, format!("{}{between}", all.join(between)), 0, &read(4));
    }
    for (name, text) in [
        ("an array without its first bracket", format!("{}]", all.join(","))),
        ("an envelope without its beginning", format!("{}]}}", all.join(","))),
        ("a word between documents", format!("{one} junk {two}")),
        ("a word and a bracket between", format!("{one} junk }} {two}")),
        ("NULs between documents", format!("{one}\0\0\0\0{two}")),
        ("letters of several bytes between", format!("{one}ééé{two}")),
        ("a comma between documents", format!("{one},{two}")),
        ("a word before an array", format!("{one} then [{},{}]", all[2], all[3])),
        ("a word between records", format!("{} junk {}{}{}", all[0], all[1], all[2], all[3])),
        ("an envelope with another field", format!("{one} junk {{\"Records\":[{},{}],\"x\":1}}", all[2], all[3])),
        ("a word between lines", format!("{}\n{} x {}\n{}\n", all[0], all[1], all[2], all[3])),
    ] {
        println!("== {name}");
        gives(&place, text, 3, &malformed(read(4), 1));
    }
    // Of what lacks the quotes around its first name the beginning and the end are told.
    gives(&place, format!("{{Records:[{}]}}", all.join(",")), 3, &malformed(read(4), 2));
}

/// Where a document makes no sense, whole records are read when that is asked for, and only then.
#[test]
fn carving() {
    let place = Place::new();
    let records: Vec<String> = calls(3).iter().map(text).collect();
    let first = &records[0][records[0].find("\"eventSource\"").expect("a field")..];
    let inner = &records[0][records[0].find("\"userIdentity\":").expect("a field") + "\"userIdentity\":".len()..];
    let rest = records[1..].join(",");
    let page = format!("# What happened\n\n```\n{}\n```\nand then {}.\n", records[1], records[2]);
    for (name, text, code) in [
        ("begins within a record", format!("{first},{rest}]}}"), 1),
        ("begins within a value", format!("z\",{first},{rest}]}}"), 1),
        ("begins with digits", format!("00Z\",{first},{rest}]}}"), 3),
        ("begins within an identity", format!("{inner},{rest}]}}"), 3),
        ("a page", page, 1),
    ] {
        println!("== {name}");
        let file = place.write("paste.txt", &text);
        let plain = place.trailscan("principals").arg(&file).ends(code);
        assert!(code == 3 || plain.stdout.is_empty());
        for bytes in [text.clone().into_bytes(), zstd::encode_all(text.as_bytes(), 1).unwrap()] {
            let file = place.write("paste.txt", bytes);
            let answer = place.trailscan("principals --carve").arg(file).json(3);
            assert_eq!(answer["coverage"]["events_counted"], 2, "{}", answer["coverage"]);
        }
    }
    let whole = place.write("whole.json", delivered(&calls(3)));
    let answer = place.trailscan("principals --carve").arg(whole).json(0);
    assert_eq!(counts(&answer["coverage"]), read(3));
    let other = place.write("words.txt", "Nothing of \"eventVersion\" is here {\n");
    assert!(place.trailscan("principals --carve").arg(other).ends(1).stderr.contains("no JSON"));
}

/// CloudWatch Logs packs what it gives to Firehose, which packs it again.
#[test]
fn packed_again() {
    let place = Place::new();
    let whole = place.trailscan("principals -").stdin(delivered(&calls(CALLS))).json(0);
    let records = calls(CALLS);
    let messages: Vec<u8> = records
        .iter()
        .map(|call| json!({"messageType": "DATA_MESSAGE", "logEvents": [{"message": call.to_string()}]}))
        .flat_map(|message| gzip(message.to_string()))
        .collect();
    for (name, bytes) in [
        ("gzip in gzip", gzip(gzip(delivered(&records)))),
        ("Firehose of CloudWatch Logs", gzip(messages)),
        ("three times", gzip(gzip(gzip(lines(&records))))),
        ("zstd in gzip", gzip(zstd::encode_all(lines(&records).as_bytes(), 1).unwrap())),
    ] {
        let file = place.write("log.json.gz", bytes);
        let answer = place.trailscan("principals").arg(file).json(0);
        assert_eq!(counts(&answer["coverage"]), read(CALLS), "{name}");
        assert_eq!(answer["rows"], whole["rows"], "{name}");
    }
}

#[test]
fn frames_of_zstd() {
    let place = Place::new();
    let records = calls(CALLS);
    let frames = [&records[..1], &records[1..]].map(|part| zstd::encode_all(lines(part).as_bytes(), 3).unwrap());
    let file = place.write("log.gz", frames.concat());
    assert_eq!(counts(&place.trailscan("principals").arg(file).json(0)["coverage"]), read(CALLS));
}

#[test]
fn nothing_in_it() {
    let place = Place::new();
    gives_nothing(&place, "", &json!({"objects_failed": 1}), &skipped("empty"));
    gives_nothing(&place, " \n", &json!({"objects_failed": 1}), &json!({"objects_skipped": {"other-json": 1}}));
    gives(&place, json!({"Records": []}).to_string(), 0, &read(0));
    gives(&place, "[]", 0, &read(0));
    gives(&place, json!({"Events": []}).to_string(), 0, &read(0));
    let control = json!({"messageType": "CONTROL_MESSAGE", "owner": "CloudwatchLogs", "logGroup": "", "logStream": "",
        "subscriptionFilters": [], "logEvents": [{"id": "", "timestamp": 1_788_000_000_000_i64,
            "message": "CWL CONTROL MESSAGE: Checking health of destination Firehose."}]});
    let mixed = format!(
        "{control}{}",
        json!({"messageType": "DATA_MESSAGE", "subscriptionFilters": [],
        "logEvents": [{"id": "1", "timestamp": 1, "message": call(1, 0).to_string()}]})
    );
    gives(&place, mixed, 0, &read(1));
}

fn digest() -> Value {
    json!({"awsAccountId": "111122223333", "digestStartTime": "2026-09-10T11:00:00Z", "digestEndTime": "2026-09-10T12:00:00Z",
        "digestS3Bucket": "amzn-s3-demo-bucket", "digestS3Object": "x", "newestEventTime": null, "oldestEventTime": null,
        "previousDigestS3Bucket": null, "logFiles": []})
}

fn insight() -> Value {
    json!({"eventVersion": "1.07", "eventTime": "2026-09-10T12:00:00Z", "awsRegion": "us-east-1",
        "eventID": "EXAMPLE8-90ab-cdef-fedc-EXAMPLE00001", "eventType": "AwsCloudTrailInsight",
        "recipientAccountId": "111122223333", "sharedEventID": "EXAMPLE8-90ab-cdef-fedc-EXAMPLE00002",
        "insightDetails": {"state": "Start", "eventSource": "s3.amazonaws.com", "eventName": "GetBucketAcl",
            "insightType": "ApiCallRateInsight"}, "eventCategory": "Insight"})
}

#[test]
fn beside_the_logs() {
    let place = Place::new();
    for (text, kind) in [
        (digest().to_string(), "digest"),
        (serde_json::to_string_pretty(&digest()).unwrap(), "digest"),
        (delivered(&[insight()]), "insight"),
        (lines(&[insight(), insight()]), "insight"),
    ] {
        gives_nothing(&place, text, &skipped(kind), &skipped(kind));
    }
    // An Insight event among calls is no call, and no loss.
    gives(&place, delivered(&[call(1, 0), insight()]), 0, &read(1));
}

#[test]
fn beside_the_logs_by_key() {
    let place = Place::new();
    let root = "AWSLogs/111122223333";
    for (kind, skipped_as) in [
        ("CloudTrail-Digest", "digest"),
        ("CloudTrail-Insight", "insight"),
        ("CloudTrail-NetworkActivity", "network-activity"),
        ("CloudTrail-Aggregated", "aggregated"),
    ] {
        let key = format!("{root}/{kind}/us-east-1/2026/09/10/111122223333_{kind}_us-east-1_20260910T1200Z_x.json.gz");
        // Whatever is in it: the key says what it is.
        let file = place.write(&key, gzip(delivered(&calls(2))));
        let ended = place.trailscan("principals --format json").arg(file).ends(1);
        assert!(ended.stderr.contains(&format!("1 skipped: {skipped_as}")), "{kind}: {}", ended.stderr);
    }
    let key =
        format!("{root}/CloudTrail/us-east-1/2026/09/10/111122223333_CloudTrail_us-east-1_20260910T1200Z_x.json.gz");
    place.write(&key, gzip(delivered(&calls(2))));
    let answer = place.trailscan("principals AWSLogs").json(0);
    let expected = json!({"objects_found": 5, "objects_read": 1, "events": 2, "events_in_window": 2, "events_counted": 2,
        "objects_skipped": {"digest": 1, "insight": 1, "network-activity": 1, "aggregated": 1}});
    assert_eq!(counts(&answer["coverage"]), expected);
}

#[test]
fn no_json() {
    let place = Place::new();
    for (name, bytes) in [
        ("LICENSE", b"MIT License\n\nCopyright\n".to_vec()),
        (".DS_Store", b"\0\0\0\x01Bud1\0\0".to_vec()),
        ("access.log", b"192.0.2.1 - - [10/Sep/2026:12:00:00 +0000] \"GET / HTTP/1.1\" 200\n".to_vec()),
        ("packed.gz", gzip("MIT License\n")),
    ] {
        let alone = Place::new();
        let file = alone.write(&format!("logs/{name}"), &bytes);
        // Named: it was expected to be a log, and nothing was read.
        let ended = alone.trailscan("principals --format json").arg(&file).ends(1);
        assert!(ended.stdout.is_empty(), "{name}");
        assert!(ended.stderr.contains("no JSON"), "{name}: {}", ended.stderr);
        // Met in a walk: not ours, and nothing else was there.
        let ended = alone.trailscan("principals logs --format json").ends(1);
        assert!(ended.stderr.contains("1 skipped: not-json"), "{name}: {}", ended.stderr);
        // Named beside a log: the answer is partial.
        let log = alone.write("good/log.json", delivered(&calls(1)));
        let answer = alone.trailscan("principals").arg(log).arg(&file).json(3);
        let mut expected = read(1);
        expected["objects_found"] = json!(2);
        expected["objects_failed"] = json!(1);
        assert_eq!(counts(&answer["coverage"]), expected, "{name}");
        assert_eq!(answer["coverage"]["failures"][0]["object"], json!(file), "{name}");
        place.write(&format!("logs/{name}"), &bytes);
    }
    // A CloudTrail key name is expected to be a log, wherever it is met.
    let key = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/09/10/111122223333_CloudTrail_us-east-1_20260910T1200Z_x.json.gz";
    place.write(&format!("logs/{key}"), "AccessDenied");
    place.write("logs/good.json", delivered(&calls(1)));
    let answer = place.trailscan("principals logs").json(3);
    let expected = json!({"objects_found": 6, "objects_read": 1, "objects_failed": 1, "objects_skipped": {"not-json": 4},
        "events": 1, "events_in_window": 1, "events_counted": 1});
    assert_eq!(counts(&answer["coverage"]), expected);
}

#[test]
fn other_json() {
    let place = Place::new();
    for text in
        ["{\"name\":\"x\",\"version\":\"1.0\"}", "{\"AWSTemplateFormatVersion\":\"2010-09-09\",\"Resources\":{}}\n"]
    {
        let walked = Place::new();
        let file = walked.write("logs/package.json", text);
        let ended = walked.trailscan("principals logs --format json").ends(1);
        assert!(ended.stderr.contains("1 skipped: other-json"), "{text}: {}", ended.stderr);
        let named = walked.trailscan("principals").arg(file).ends(1);
        assert!(
            named.stderr.contains("package.json: holds no record of CloudTrail that can be read"),
            "{}",
            named.stderr
        );
    }
    // An S3 event notification has the fields of an event, and is counted as one.
    let notice = json!({"Records": [{"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1",
        "eventTime": "2026-09-10T12:00:00.000Z", "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": "AWS:AIDACKCEVSQ6C2EXAMPLE"}, "s3": {"object": {"key": "k"}}}]});
    gives(&place, notice.to_string(), 0, &read(1));
}

/// What may hold a log in another form is named, and the answer is partial, whatever `--fail-on` says; alone it is none.
#[test]
fn what_is_set_aside_is_named() {
    let ocsf = json!({"class_uid": 6003, "metadata": {"product": {"name": "CloudTrail"}}, "api": {}});
    for (name, bytes, word) in [
        ("export.zip", [&b"PK\x03\x04"[..], &[0; 26], b"log.json..."].concat(), "broken archive"),
        ("export.7z", b"7z\xbc\xaf\x27\x1c".to_vec(), "7z"),
        ("often.gz", gzip(gzip(gzip(gzip(gzip(delivered(&calls(1))))))), "gzip"),
        ("counts.csv", b"eventSource,eventName,awsRegion,count\nx,y,z,4\n".to_vec(), "CSV"),
        ("rows.json", b"[{\"eventversion\":\"1\",\"eventtime\":\"2\",\"awsregion\":\"x\"}]".to_vec(), "another tool"),
        ("ocsf.json", ocsf.to_string().into_bytes(), "OCSF"),
        ("part.parquet", b"PAR1\x15\x04".to_vec(), "Parquet"),
    ] {
        println!("== {name}");
        let place = Place::new();
        place.write(&format!("logs/{name}"), &bytes);
        let alone = place.trailscan("audit logs --fail-on low --format json").ends(1);
        assert!(
            alone.stdout.is_empty() && alone.stderr.contains(name) && alone.stderr.contains(word),
            "{}",
            alone.stderr
        );
        place.write("logs/log.json", delivered(&calls(1)));
        let answer = place.trailscan("principals logs --fail-on low").json(3);
        let failure = &answer["coverage"]["failures"][0];
        assert!(failure["object"].as_str().is_some_and(|object| object.ends_with(name)), "{failure}");
        assert!(failure["why"].as_str().is_some_and(|why| why.contains(word)), "{failure}");
        assert_eq!(answer["coverage"]["malformed_records"], 0, "{name}");
    }
}

/// Times as exports write them count; those that no trail can have recorded are named and widen nothing.
#[test]
fn times_of_exports_and_times_that_cannot_be() {
    let place = Place::new();
    let timed = |time: Value| {
        let mut record = call(1, 0);
        record["eventTime"] = time;
        record
    };
    for time in [json!("2026-09-10 12:00:00.000"), json!("2026-09-10T12:00:00.000+0000"), json!(1_789_041_600_000_i64)]
    {
        println!("== {time}");
        let answer = gives(&place, delivered(&[timed(time)]), 0, &read(1));
        assert_eq!(answer["coverage"]["first_event"], "2026-09-10T12:00:00Z");
    }
    for time in ["0001-01-01T00:00:00Z", "2005-12-31T23:59:59Z", "9999-12-31T23:59:59Z"] {
        println!("== {time}");
        let mut expected = read(1);
        (expected["events"], expected["events_without_time"]) = (json!(2), json!(1));
        let log = place.write("odd.json", delivered(&[timed(json!(time)), call(2, 0)]));
        let answer = place.trailscan("principals").arg(log).json(3);
        assert_eq!(answer["coverage"]["events_unbelievable_time"], 1);
        assert_eq!(answer["coverage"]["first_event"], answer["coverage"]["last_event"]);
        let told = answer["coverage"]["warnings"].to_string();
        assert!(told.contains(time), "{told}");
    }
}

/// Every bracket of a record, taken away, costs that record and no other: in every envelope, whatever key comes first.
#[test]
fn a_missing_bracket_costs_one_record() {
    const RECORDS: usize = 30;
    let place = Place::new();
    let nested = json!({"requestParameters": {"a": [{"b": 1}], "c": {"d": [1]}}, "resources": [{"ARN": "x"}]});
    let records: Vec<String> = calls(RECORDS).into_iter().map(|call| with(call, nested.clone()).to_string()).collect();
    let first = "\"eventVersion\":\"1.11\",";
    for sorted in [false, true] {
        let written = |record: &String| match sorted {
            true => record.clone(),
            false => format!("{{{first}{}", record.replace(first, "").strip_prefix('{').unwrap()),
        };
        let records: Vec<String> = records.iter().map(written).collect();
        for (at, _) in records[3].match_indices(['{', '}', '[', ']']) {
            let mut damaged = records.clone();
            damaged[3].remove(at);
            for (open, comma, close) in [("{\"Records\":[", ",", "]}"), ("[", ",\n", "]"), ("", "\n", "\n")] {
                let text = format!("{open}{}{close}", damaged.join(comma));
                let log = place.write("log.json", text);
                let answer = place.trailscan("principals").arg(log).json(3);
                let counted = count(&answer["coverage"]["events_counted"]);
                assert!(counted >= RECORDS as i64 - 1, "{counted}: {sorted} {at} {open}");
            }
        }
    }
}

/// A line that was cut, a header, a warning of the program that wrote the file: what follows counts. Texts that show a
/// record are no logs.
#[test]
fn what_is_no_json_comes_first() {
    let place = Place::new();
    for begin in ["1Z\",\"eventSource\":\"s3.amazonaws.com\"}", "# an export", "WARNING: slow", "}"] {
        for text in [
            lines(&calls(2)),
            delivered(&calls(2)),
            serde_json::to_string_pretty(&json!({"Records": calls(2)})).unwrap(),
        ] {
            println!("== {begin} {}", &text[..20]);
            gives(&place, format!("{begin}\n{text}"), 3, &malformed(read(2), 1));
        }
    }
    for text in [
        format!("# Logs\n\n```json\n{}\n```\n", call(1, 0)),
        format!("<html>\n{}\n", call(1, 0)),
        "a=1\n[b]\nc=2\n".to_owned(),
    ] {
        let walked = Place::new();
        walked.write("logs/README", &text);
        let ended = walked.trailscan("principals logs --format json").ends(1);
        assert!(ended.stderr.contains("1 skipped: not-json"), "{text}: {}", ended.stderr);
    }
}

#[test]
fn junk_among_records() {
    let place = Place::new();
    for junk in
        ["null", "3", "-1.5e3", "\"text\"", "[]", "{}", "[{}]", "true", "{\"eventSource\":\"s3.amazonaws.com\"}"]
    {
        let text = format!("{{\"Records\":[{},{junk},{}]}}", call(1, 0), call(2, 1));
        println!("== {junk}");
        gives(&place, text, 3, &malformed(read(2), 1));
    }
    let text = format!("{{\"Records\":[null,{},3,\"x\",{{}},{}]}}", call(1, 0), call(2, 1));
    gives(&place, text, 3, &malformed(read(2), 4));
}

#[test]
fn any_field_of_an_event_makes_one() {
    let place = Place::new();
    for field in ["eventID", "eventName", "eventVersion"] {
        let mut expected = read(0);
        expected["events"] = json!(1);
        expected["events_without_time"] = json!(1);
        gives(&place, json!({"Records": [{field: "x"}]}).to_string(), 3, &expected);
    }
    gives(&place, json!({"Records": [{"eventTime": "2026-09-10T12:00:00Z"}]}).to_string(), 0, &read(1));
    for time in [json!("yesterday"), json!(""), json!(null), json!({}), json!("2026-13-41T99:00:00Z")] {
        let mut expected = read(1);
        expected["events"] = json!(2);
        expected["events_without_time"] = json!(1);
        let mut odd = call(1, 0);
        odd["eventTime"] = time.clone();
        println!("== {time}");
        gives(&place, delivered(&[odd, call(2, 0)]), 3, &expected);
    }
}

#[test]
fn a_bad_line_costs_that_line() {
    let place = Place::new();
    let good = calls(2);
    for bad in ["{\"eventVersion\":\"1.11\",", "not json", "}", "\"x", "{eventName: 1}"] {
        println!("== {bad}");
        gives(&place, format!("{}\n{bad}\n{}\n", good[0], good[1]), 3, &malformed(read(2), 1));
    }
    // A whole event with something behind it is that event, and something malformed.
    gives(&place, format!("{}\n{}}}\n{}\n", good[0], call(3, 3), good[1]), 3, &malformed(read(3), 1));
}

#[test]
fn fields_that_are_odd_never_lose_their_record() {
    let place = Place::new();
    let odd = |name: &str, value: Value| {
        let mut record = call(1, 0);
        record[name] = value;
        record
    };
    for value in [json!(null), json!(3), json!("text"), json!([]), json!([1, {"a": "b"}]), json!({}), json!(true)] {
        for field in [
            "userIdentity",
            "eventSource",
            "eventName",
            "awsRegion",
            "sourceIPAddress",
            "userAgent",
            "requestParameters",
            "responseElements",
            "additionalEventData",
            "resources",
            "readOnly",
            "eventID",
            "recipientAccountId",
            "errorCode",
            "eventVersion",
            "eventCategory",
            "addendum",
            "vpcEndpointId",
            "sharedEventID",
            "tlsDetails",
        ] {
            let file = place.write("log.json", delivered(&[odd(field, value.clone()), call(2, 0)]));
            let answer = place.trailscan("audit").arg(file).json(0);
            assert_eq!(counts(&answer["coverage"]), read(2), "{field}: {value}");
        }
    }
}

#[test]
fn values_that_are_odd_never_lose_their_record() {
    let place = Place::new();
    let text = |from: &str, to: &str| delivered(&[call(1, 0), call(2, 1)]).replacen(from, to, 1);
    let agent = "\"aws-cli/2.17.1\"";
    for (name, text) in [
        ("an integer no type holds", text("null", "123456789012345678901234567890123456789")),
        ("a number no type holds", text("null", "[1e999,-0.0,1E-400]")),
        ("a lone surrogate", text(agent, "\"a\\ud800b\"")),
        ("a lone surrogate in a name", text("\"GetBucketAcl\"", "\"Get\\udfffAcl\"")),
        ("a pair of surrogates", text(agent, "\"\\ud83d\\ude00\"")),
        ("every escape", text(agent, r#""\"\\\/\b\f\n\r\t\u0000\u00e9""#)),
        ("unknown fields", text("{\"additional", "{\"future\":{\"deep\":[[[[{\"a\":1}]]]]},\"additional")),
        ("an escape in a field's name", text("\"eventName\"", "\"event\\u004eame\"")),
        ("many spaces", text(":", " \t\r\n : \n")),
    ] {
        println!("== {name}");
        gives(&place, text, 0, &read(2));
    }
}

#[test]
fn an_escaped_field_name_is_that_field() {
    let place = Place::new();
    let plain = gives(&place, delivered(&[call(1, 0)]), 0, &read(1));
    let escaped = gives(&place, delivered(&[call(1, 0)]).replace("\"eventName\"", "\"event\\u004eame\""), 0, &read(1));
    assert_eq!(escaped["rows"], plain["rows"]);
}

#[test]
fn of_equal_keys_the_last_holds() {
    let place = Place::new();
    let text = delivered(&[call(1, 0)]).replace("\"eventName\":", "\"eventName\":\"DeleteBucket\",\"eventName\":");
    let answer = gives(&place, text, 0, &read(1));
    assert_eq!(answer["rows"][0]["top_events"], json!([{"name": "GetBucketAcl", "count": 1}]));
    let text =
        delivered(&[call(1, 0)]).replace("\"userName\":\"Alice\"", "\"arn\":\"arn:aws:iam::111122223333:user/Bob\"");
    let answer = gives(&place, text, 0, &read(1));
    assert_eq!(answer["rows"][0]["principal"], "arn:aws:iam::111122223333:user/Bob");
}

#[test]
fn bytes_that_are_no_utf_8_are_replaced_and_told() {
    let place = Place::new();
    let mut bytes = delivered(&[call(1, 0), call(2, 1)]).into_bytes();
    let at = bytes.windows(5).position(|window| window == b"Alice").unwrap();
    bytes[at] = 0xff;
    let mut expected = read(2);
    expected["lossy_objects"] = json!(1);
    let answer = gives(&place, &bytes, 0, &expected);
    assert!(!answer["coverage"]["warnings"].as_array().unwrap().is_empty());
    let names: Vec<&str> = rows(&answer, "principals").iter().map(|row| row["principal"].as_str().unwrap()).collect();
    assert!(names.contains(&"arn:aws:iam::111122223333:user/\u{fffd}lice"), "{names:?}");
}

#[test]
fn network_activity_is_a_category() {
    let place = Place::new();
    let record = with(call(1, 0), json!({"eventCategory": "NetworkActivity", "eventType": "AwsVpceEvent"}));
    let answer = gives(&place, delivered(&[record, call(2, 0)]), 0, &read(2));
    assert_eq!(answer["coverage"]["categories"], json!({"management": 1, "network": 1}));
}

#[test]
fn other_files_are_skipped_however_they_are_packed_and_cut() {
    let place = Place::new();
    // More than one part: three megabytes of another service's log, and of Insight events.
    let other: String = (0..40_000)
        .map(|n| format!("{{\"level\":\"info\",\"message\":{n},\"service\":\"shop\",\"x\":\"{n:040}\"}}\n"))
        .collect();
    let insights = lines(&vec![insight(); 8_000]);
    assert!(other.len() > 3 << 20 && insights.len() > 3 << 20);
    let pack = |text: &str| zstd::encode_all(text.as_bytes(), 1).unwrap();
    place.write("logs/other.zst", pack(&other));
    place.write("logs/insights.zst", pack(&insights));
    place.write("logs/digest.zst", pack(&digest().to_string()));
    place.write("logs/package.zst", pack("{\"name\":\"x\"}"));
    place.write("logs/latin", b"M\xfcnchen");
    place.write("logs/other.gz", gzip(&other));
    place.write("logs/good.zst", pack(&delivered(&calls(3))));
    for threads in ["1", "2", "4"] {
        let answer = place.trailscan("principals logs --threads").arg(threads).json(0);
        let expected = json!({"objects_found": 7, "objects_read": 1, "events": 3, "events_in_window": 3, "events_counted": 3,
            "objects_skipped": {"other-json": 3, "insight": 1, "digest": 1, "not-json": 1}});
        assert_eq!(counts(&answer["coverage"]), expected, "{threads} threads");
        assert_eq!(answer["coverage"]["warnings"], json!([]));
    }
    // Named, they were to be logs: what is in them is malformed.
    let named = place.trailscan("principals logs/other.zst").ends(1);
    assert!(named.stderr.contains("no record of CloudTrail that can be read"), "{}", named.stderr);
}

/// The shapes beside the real logs, one by one and together. The answers count the four events without a time; and of a
/// file that is broken nothing, of which whole records before the break are counted here (three each of two).
#[test]
fn real_edge_shapes() {
    let Some(logs) = real_logs() else { return };
    let place = Place::new();
    let answer = place.trailscan("audit --no-dedupe --min-addresses 0").arg(logs.join("edge-shapes")).json(3);
    let (totals, coverage) = (&expected(&logs, "edge-shapes-unwrap")["totals"], &answer["coverage"]);
    assert_eq!(count(&coverage["events"]), count(&totals["events"]) + 6);
    assert_eq!(coverage["events_without_time"], totals["events_without_time"]);
    assert_eq!(coverage["objects_found"], totals["files"]);
    // unquoted-keys.json: begins as JSON does, so that one element is malformed, not the file.
    let malformed = count(&totals["malformed_lines"]) + count(&totals["non_event_values"]);
    assert_eq!(count(&coverage["malformed_records"]), malformed + 1);
    assert_eq!(coverage["objects_skipped"], json!({"digest": 1, "empty": 2, "not-json": 1}));
    assert_eq!(coverage["objects_damaged"], 2);
    assert_eq!(coverage["first_event"], totals["first_event_time"]);
    assert_eq!(coverage["last_event"], totals["last_event_time"]);
    let errors: i64 = rows(&answer, "principals").iter().map(|row| count(&row["errors"])).sum();
    assert_eq!(errors, count(&totals["events_with_errorCode"]) + count(&totals["events_with_errorMessage_only"]));
    // Its AKIA key carries a session creation date throughout: the S3 console, no use of the key.
    assert_eq!(rows(&answer, "key-spread").len(), 0);
}

#[test]
fn real_edge_shapes_one_by_one() {
    let Some(logs) = real_logs() else { return };
    let place = Place::new();
    let damaged =
        json!({"objects_found": 1, "objects_damaged": 1, "events": 3, "events_in_window": 3, "events_counted": 3});
    let untimed = json!({"objects_found": 1, "objects_read": 1, "events": 4, "events_without_time": 4});
    let mut copies = read(4);
    (copies["events_counted"], copies["duplicate_events"]) = (json!(3), json!(1));
    let mut files: Vec<_> =
        std::fs::read_dir(logs.join("edge-shapes")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 33);
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let (code, expected) = match name {
            "empty-records.json" => (0, read(0)),
            "duplicate-keys.json" | "eventbridge.json" | "s3-notification.json" | "single-event.json" => (0, read(1)),
            "gz-truncated.json.gz" | "truncated.json" => (3, damaged.clone()),
            "logstash-timestamp.jsonl" => (3, untimed.clone()),
            "ndjson-one-bad-line.jsonl" => (3, malformed(read(2), 1)),
            "records-with-junk.json" => (3, malformed(read(2), 4)),
            "unquoted-keys.json" => (3, malformed(read(0), 1)),
            "duplicate-events.json" => (0, copies.clone()),
            "not-json.json" | "digest.json" | "empty-file.json" | "empty-gz.json.gz" => {
                place.trailscan("principals").arg(&file).ends(1);
                continue;
            }
            _ => (0, read(4)),
        };
        let answer = place.trailscan("principals").arg(&file).json(code);
        let mut found = counts(&answer["coverage"]);
        found.as_object_mut().unwrap().remove("conflicting_ids");
        assert_eq!(found, expected, "{name}");
    }
}
