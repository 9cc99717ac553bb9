//! Damage costs what is damaged, and odd records count.

use super::*;

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

/// Pages of results that were joined, and single ones, each with whether they say that there are more.
#[test]
fn results_that_are_not_all_are_told() {
    let place = Place::new();
    let event = |id: usize| json!({"EventId": "x", "CloudTrailEvent": call(id, 0).to_string()});
    let page = |id: usize, token: Value| json!({"Events": [event(id)], "NextToken": token});
    let row = |id: usize| json!({"eventJson": call(id, 0).to_string()});
    let lake = |id: usize, token: Value| json!({"QueryStatus": "FINISHED", "QueryResultRows": [[row(id)]], "NextToken": token});
    let insights = |status: &str| {
        let rows = json!([[{"field": "@message", "value": call(1, 0).to_string()}]]);
        json!({"results": rows, "status": status})
    };
    let (more, last) = (json!("x"), Value::Null);
    let of_caller = json!({"requestParameters": {"nextToken": "x"}, "status": "RUNNING"});
    let mut listing = call(1, 0);
    listing["requestParameters"] = of_caller["requestParameters"].clone();
    for (name, text, is_unfinished) in [
        ("a page", page(1, more.clone()).to_string(), true),
        ("the token first", format!("{{\"NextToken\":\"x\",\"Events\":[{}]}}", event(1)), true),
        ("pretty", serde_json::to_string_pretty(&page(1, more.clone())).expect("JSON"), true),
        ("the last page", page(1, last.clone()).to_string(), false),
        ("pages a line", format!("{}\n{}\n", page(1, more.clone()), page(2, last.clone())), false),
        ("pages a line, cut", format!("{}\n{}\n", page(1, more.clone()), page(2, more.clone())), true),
        ("pages behind each other", format!("{}{}", page(1, more.clone()), page(2, last.clone())), false),
        ("Lake", lake(1, more.clone()).to_string(), true),
        ("Lake, all pages", format!("{}\n{}\n", lake(1, more.clone()), lake(2, last.clone())), false),
        ("Insights", insights("Running").to_string(), true),
        ("Insights, whole", insights("Complete").to_string(), false),
        ("a caller's own token", delivered(std::slice::from_ref(&listing)), false),
        ("a caller's own token, alone", listing.to_string(), false),
        ("a trail's file", delivered(&[call(1, 0)]), false),
    ] {
        let code = if is_unfinished { 3 } else { 0 };
        place.write("log.json", &text);
        for line in ["principals log.json", "principals -"] {
            let ended = place.trailscan(line).stdin(text.as_str()).run();
            assert_eq!(ended.code, Some(code), "{name}, {line}: {}", ended.stderr);
            assert_eq!(ended.stderr.contains("says that it is not all"), is_unfinished, "{name}: {}", ended.stderr);
        }
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
