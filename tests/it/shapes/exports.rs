//! What each form gives: records as exports, packers and other programs write them.

use super::*;

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
fn network_activity_is_a_category() {
    let place = Place::new();
    let record = with(call(1, 0), json!({"eventCategory": "NetworkActivity", "eventType": "AwsVpceEvent"}));
    let answer = gives(&place, delivered(&[record, call(2, 0)]), 0, &read(2));
    assert_eq!(answer["coverage"]["categories"], json!({"management": 1, "network": 1}));
}
