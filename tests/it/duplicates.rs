//! Copies of an event, and what only looks like one.

use serde_json::{Value, json};

use crate::harness::{Place, count, rows};
use crate::records::{assume_role, call, delivered, session_call, text, with};

/// Counted, duplicates, conflicting ids.
fn sightings(place: &Place, records: &[Value], options: &str) -> [i64; 3] {
    place.write("log.json", delivered(records));
    let answer = place.trailscan(&format!("principals {options} log.json")).json(0);
    ["events_counted", "duplicate_events", "conflicting_ids"].map(|field| count(&answer["coverage"][field]))
}

#[test]
fn a_copy_is_counted_once() {
    let place = Place::new();
    assert_eq!(sightings(&place, &[call(1, 0), call(1, 0)], ""), [1, 1, 0]);
    assert_eq!(sightings(&place, &[call(1, 0), call(2, 0)], ""), [2, 0, 0]);
    assert_eq!(sightings(&place, &[call(1, 0), call(1, 0), call(1, 0)], ""), [1, 2, 0]);
    assert_eq!(sightings(&place, &[call(1, 0), call(1, 0)], "--no-dedupe"), [2, 0, 0]);
}

#[test]
fn a_copy_in_another_file_and_form_is_a_copy() {
    let place = Place::new();
    place.write("logs/a.json", delivered(&[call(1, 0), call(2, 0)]));
    place.write("logs/b.jsonl", text(&call(1, 0)));
    place.write("logs/c.json", serde_json::to_string_pretty(&call(1, 0)).unwrap());
    let exported = json!({"Events": [{"EventId": "x", "CloudTrailEvent": call(2, 0).to_string()}]});
    place.write("logs/d.json", exported.to_string());
    let escaped = text(&call(1, 0)).replace("Alice", "\\u0041lice").replace("\"eventName\"", "\"event\\u004eame\"");
    place.write("logs/e.jsonl", escaped);
    for threads in [1, 4] {
        let answer = place.trailscan(&format!("principals logs --threads {threads}")).json(0);
        let fields = ["events", "events_counted", "duplicate_events", "conflicting_ids"];
        assert_eq!(fields.map(|field| count(&answer["coverage"][field])), [6, 2, 4, 0]);
    }
}

/// Bytes tell copies as long as every id comes with the same; from there on all is read by what it says.
#[test]
fn what_is_said_decides_wherever_the_other_words_stand() {
    let place = Place::new();
    let records: Vec<Value> = (0..40).map(|number| call(number, 0)).collect();
    let other_words = |number: usize| text(&records[number]).replacen(':', " : ", 1);
    let lines = |numbers: std::ops::Range<usize>| numbers.map(|number| text(&records[number])).collect::<Vec<_>>();
    // A conflict first, in the middle and last, beside copies of the same bytes; and none.
    for at in [Some(0), Some(20), Some(39), None] {
        let all = [lines(0..40), at.map(other_words).into_iter().collect(), lines(5..9)].concat();
        let mut dealt = [Vec::new(), Vec::new(), Vec::new()];
        all.iter().enumerate().for_each(|(n, line)| dealt[n % 3].push(line.clone()));
        for (n, lines) in dealt.iter().enumerate() {
            place.write(&format!("logs/{n}.jsonl"), lines.join("\n"));
        }
        let whole = place.trailscan("principals -").stdin(all.join("\n")).json(0);
        for threads in [1, 2, 3] {
            let read = place.trailscan(&format!("principals --threads {threads} logs")).json(0);
            assert_eq!(rows(&read, "principals"), rows(&whole, "principals"));
            let fields = ["events", "events_counted", "duplicate_events", "conflicting_ids", "objects_read"];
            let copies = 4 + i64::from(at.is_some());
            assert_eq!(fields.map(|field| count(&read["coverage"][field])), [40 + copies, 40, copies, 0, 3], "{at:?}");
            assert_eq!(count(&whole["coverage"]["duplicate_events"]), copies);
        }
        // And so in a rollup.
        if cfg!(feature = "columnar") {
            let name = at.map_or("kept".to_owned(), |at| format!("kept-{at}"));
            place.trailscan(&format!("rollup -o {name} logs")).ends(0);
            let kept = place.trailscan(&format!("principals {name}")).json(0);
            assert_eq!(rows(&kept, "principals"), rows(&whole, "principals"));
        }
    }
}

#[test]
fn the_same_id_with_other_content_is_kept() {
    let place = Place::new();
    for change in [
        json!({"eventName": "PutObject"}),
        json!({"eventTime": "2026-09-10T12:00:01Z"}),
        json!({"eventSource": "ec2.amazonaws.com"}),
        json!({"sourceIPAddress": "192.0.2.11"}),
        json!({"userAgent": "aws-cli/2.17.2"}),
        json!({"errorCode": "AccessDenied"}),
        json!({"awsRegion": "us-east-2"}),
        json!({"userIdentity": {"arn": "arn:aws:iam::111122223333:user/Bob"}}),
        json!({"userIdentity": {"accessKeyId": "AKIAI44QH8DHBEXAMPLE"}}),
        json!({"readOnly": false}),
        json!({"vpcEndpointId": "vpce-EXAMPLE"}),
    ] {
        assert_eq!(sightings(&place, &[call(1, 0), with(call(1, 0), change.clone())], ""), [2, 0, 1], "{change}");
    }
    // Three contents under one id are one such id; copies of each are copies.
    let [a, b, c] = ["A", "B", "C"].map(|name| with(call(1, 0), json!({"eventName": name})));
    assert_eq!(sightings(&place, &[a.clone(), b.clone(), c.clone(), a, c, b], ""), [3, 3, 1]);
}

#[test]
fn the_account_is_part_of_the_id() {
    let place = Place::new();
    let other = with(call(1, 0), json!({"recipientAccountId": "444455556666"}));
    assert_eq!(sightings(&place, &[call(1, 0), other], ""), [2, 0, 0]);
    // Records before eventVersion 1.02 have no recipient: then the caller's account.
    let old = with(call(1, 0), json!({"recipientAccountId": null}));
    assert_eq!(sightings(&place, &[call(1, 0), old.clone()], ""), [1, 1, 0]);
    assert_eq!(sightings(&place, &[old.clone(), old], ""), [1, 1, 0]);
}

#[test]
fn without_an_id_nothing_is_a_copy() {
    let place = Place::new();
    for id in [json!(null), json!("")] {
        let mut record = call(1, 0);
        record["eventID"] = id;
        assert_eq!(sightings(&place, &[record.clone(), record], ""), [2, 0, 0]);
    }
}

#[test]
fn a_shared_id_drops_nothing() {
    let place = Place::new();
    let shared = |number| with(call(number, 0), json!({"sharedEventID": "EXAMPLE8-90ab-cdef-fedc-EXAMPLESHARE"}));
    assert_eq!(sightings(&place, &[shared(1), shared(2)], ""), [2, 0, 0]);
}

#[test]
fn two_records_of_one_issuance_are_one() {
    let place = Place::new();
    let id = "ASIAIOSFODNN7EXAMPLE";
    let shared = json!({"sharedEventID": "EXAMPLE8-90ab-cdef-fedc-EXAMPLESHARE"});
    let ours = with(assume_role(1, id, "2026-09-10T10:00:00Z", "Sep 10, 2026, 10:00:00 PM"), shared);
    // What the account of the role sees: the caller by account only.
    let mut theirs = with(
        ours.clone(),
        json!({"eventID": "EXAMPLE8-90ab-cdef-fedc-EXAMPLEOTHER", "recipientAccountId": "444455556666"}),
    );
    theirs["userIdentity"] =
        json!({"type": "AWSAccount", "principalId": "AIDACKCEVSQ6C2EXAMPLE", "accountId": "111122223333"});
    let used = session_call(3, id, "2026-09-10T10:00:00Z", "2026-09-10T11:00:00Z");
    for records in [[ours.clone(), theirs.clone(), used.clone()], [used, theirs, ours]] {
        place.write("log.json", delivered(&records));
        let answer = place.trailscan("audit log.json").json(0);
        assert_eq!(count(&answer["coverage"]["events_counted"]), 3);
        let sessions = rows(&answer, "sessions");
        assert_eq!(sessions.len(), 1);
        assert_eq!(sessions[0]["issued_by"], "arn:aws:iam::111122223333:user/Alice");
        assert_eq!(sessions[0]["issue_confidence"], "exact");
    }
}

#[test]
fn an_update_supersedes_and_a_delay_warns() {
    let place = Place::new();
    let addendum = |reason: &str| {
        json!({"addendum": {"reason": reason, "updatedFields": "responseElements", "originalRequestID": "x",
            "originalEventID": "EXAMPLE8-90ab-cdef-fedc-000000000001"}})
    };
    let updated = with(call(2, 0), addendum("UPDATED_DATA"));
    place.write("log.json", delivered(&[call(1, 0), updated]));
    let answer = place.trailscan("principals log.json").json(0);
    let fields = ["events", "events_counted", "duplicate_events", "updated_events", "late_events", "conflicting_ids"];
    assert_eq!(fields.map(|field| count(&answer["coverage"][field])), [2, 1, 1, 1, 0, 0]);
    assert!(answer["coverage"]["warnings"][0].as_str().unwrap().contains("UPDATED_DATA"));
    for reason in ["DELIVERY_DELAY", "SERVICE_OUTAGE"] {
        place.write("log.json", delivered(&[call(1, 0), with(call(2, 0), addendum(reason))]));
        let answer = place.trailscan("principals log.json").json(0);
        assert_eq!(fields.map(|field| count(&answer["coverage"][field])), [2, 2, 0, 0, 1, 0], "{reason}");
        assert!(answer["coverage"]["warnings"][0].as_str().unwrap().contains("delivered late"), "{reason}");
    }
}

/// AWS's own example of an addendum comes without its original, as a window or another trail's delivery leaves it: then the
/// update is the only record of the event.
#[test]
fn an_update_counts_where_its_original_was_not_read() {
    let place = Place::new();
    let update = |number: usize, original: usize, name: &str| {
        let addendum = json!({"reason": "UPDATED_DATA", "updatedFields": "responseElements", "originalRequestID": "x",
            "originalEventID": crate::records::id(original)});
        with(call(number, 0), json!({"addendum": addendum, "eventName": name}))
    };
    let other_account = with(call(1, 0), json!({"recipientAccountId": "444455556666"}));
    let fields = ["events", "events_counted", "duplicate_events", "updated_events", "conflicting_ids"];
    let (gone, known) = (update(2, 9, "B"), update(3, 1, "B"));
    for (records, expected) in [
        (vec![gone.clone()], [1, 1, 0, 0, 0]),
        (vec![gone.clone(), gone.clone()], [2, 1, 1, 1, 0]),
        // Of two updates the later one counts.
        (vec![gone.clone(), with(update(4, 9, "C"), json!({"eventTime": "2026-09-10T12:00:01Z"}))], [2, 1, 1, 1, 0]),
        (vec![call(1, 0), known.clone()], [2, 1, 1, 1, 0]),
        (vec![other_account, known.clone()], [2, 2, 0, 0, 0]),
        (vec![call(1, 0), known, gone], [3, 2, 1, 1, 0]),
    ] {
        let mut reversed = records.clone();
        reversed.reverse();
        let mut answers = Vec::new();
        for records in [records, reversed] {
            for (number, record) in records.iter().enumerate() {
                place.write(&format!("logs/{number}.json"), delivered(std::slice::from_ref(record)));
            }
            for threads in [1, 4] {
                answers.push(place.trailscan(&format!("audit --threads {threads} logs")).json(0));
            }
        }
        assert_eq!(fields.map(|field| count(&answers[0]["coverage"][field])), expected);
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        if expected[0] == 2 && expected[1] == 1 && expected[3] == 1 {
            let top = &rows(&answers[0], "principals")[0]["top_events"];
            assert!(["B", "C", "GetBucketAcl"].contains(&top[0]["name"].as_str().unwrap()), "{top}");
        }
        std::fs::remove_dir_all(place.path("logs")).unwrap();
    }
}

/// Identity of content covers what no report reads, too.
#[test]
fn sub_documents_of_what_only_reads_are_content() {
    let place = Place::new();
    for (base, change) in [
        (call(1, 0), json!({"requestParameters": {"bucketName": "another"}})),
        (call(1, 0), json!({"responseElements": {"x": 1}})),
        (call(1, 0), json!({"additionalEventData": {"bytesTransferredOut": 7}})),
        (call(1, 0), json!({"resources": [{"ARN": "arn:aws:s3:::another"}]})),
        (call(1, 0), json!({"serviceEventDetails": {"x": "y"}})),
        (with(call(1, 0), json!({"eventCategory": "Data"})), json!({"requestParameters": {"key": "another"}})),
    ] {
        let other = with(base.clone(), change.clone());
        assert_eq!(sightings(&place, &[base.clone(), other.clone()], ""), [2, 0, 1], "{change}");
        assert_eq!(sightings(&place, &[other.clone(), base.clone()], "--threads 1"), [2, 0, 1], "{change}");
        // The near miss: the same in other words.
        let reworded =
            other.to_string().replace("\"another\"", " \"\\u0061nother\" ").replace("{\"x\":", "{ \"x\" :\n");
        place.write("log.json", format!("{{\"Records\":[{other},{reworded}]}}"));
        let answer = place.trailscan("principals log.json").json(0);
        assert_eq!(count(&answer["coverage"]["duplicate_events"]), 1, "{reworded}");
    }
}

/// A sign-in's outcome is not among the fields that every event has. Two records that differ in it alone are two: which
/// of them was met first must not decide what the report says.
#[test]
fn sign_ins_that_differ_in_their_outcome_are_no_copies() {
    let place = Place::new();
    let sign_in = |outcome: &str, mfa: &str| {
        let mut record = with(
            call(1, 0),
            json!({"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "readOnly": false,
                "eventType": "AwsConsoleSignIn", "requestParameters": null,
                "additionalEventData": {"LoginTo": "https://console.aws.amazon.com/", "MFAUsed": mfa}}),
        );
        record["userIdentity"] = json!({"type": "Root", "principalId": "111122223333",
            "arn": "arn:aws:iam::111122223333:root", "accountId": "111122223333", "accessKeyId": ""});
        record["responseElements"] = json!({"ConsoleLogin": outcome});
        record
    };
    for [a, b] in
        [[sign_in("Success", "Yes"), sign_in("Success", "No")], [sign_in("Success", "No"), sign_in("Failure", "No")]]
    {
        assert_eq!(sightings(&place, &[a.clone(), a.clone()], ""), [1, 1, 0]);
        let mut answers = [[a.clone(), b.clone()], [b, a]].map(|records| {
            place.write("log.json", delivered(&records));
            place.trailscan("root-usage log.json").json(0)
        });
        for answer in &mut answers {
            assert_eq!(count(&answer["coverage"]["conflicting_ids"]), 1);
        }
        assert_eq!(answers[0], answers[1]);
    }
}
