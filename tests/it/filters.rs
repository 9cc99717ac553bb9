//! Filters: what each counts, and its nearest neighbour that it does not.

use serde_json::{Value, json};

use crate::harness::{Place, count, sample_logs};
use crate::records::{call, delivered, with};

/// Five calls: four by Alice of which three differ from the first in one thing, and one by a role, in another account.
fn log(place: &Place) {
    let role = json!({"type": "AssumedRole", "principalId": "AROACKCEVSQ6C2EXAMPLE:Alice",
        "arn": "arn:aws:sts::444455556666:assumed-role/Admin/Alice", "accountId": "444455556666",
        "accessKeyId": "ASIAIOSFODNN7EXAMPLE", "userName": null,
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::444455556666:role/team/Admin",
            "principalId": "AROACKCEVSQ6C2EXAMPLE", "accountId": "444455556666", "userName": "Admin"}}});
    let records = [
        call(1, 0),
        with(
            call(2, 0),
            json!({"eventName": "GetBucketAclStatus", "awsRegion": "us-east-2", "errorCode": "AccessDenied"}),
        ),
        with(
            call(3, 0),
            json!({"eventSource": "s3-outposts.amazonaws.com", "sourceIPAddress": "192.0.2.128", "readOnly": false}),
        ),
        with(call(4, 0), json!({"eventSource": "ec2.amazonaws.com", "sourceIPAddress": "2001:db8::7"})),
        with(
            call(5, 0),
            json!({"userIdentity": role, "recipientAccountId": "444455556666",
            "sourceIPAddress": "cloudformation.amazonaws.com"}),
        ),
    ];
    place.write("log.json", delivered(&records));
}

/// How many events a run with these options counts; the others are filtered.
fn counted(place: &Place, options: &str) -> i64 {
    let not_found = ["--account 111122223334", "--region us-east"].contains(&options);
    let answer = place.trailscan(&format!("principals {options} log.json")).json(if not_found { 3 } else { 0 });
    let coverage = &answer["coverage"];
    assert_eq!(count(&coverage["events_counted"]) + count(&coverage["events_filtered"]), 5);
    count(&coverage["events_counted"])
}

#[test]
fn each_filter_and_its_neighbour() {
    let place = Place::new();
    log(&place);
    for (options, expected) in [
        ("", 5),
        ("--account 111122223333", 4),
        ("--account 444455556666", 1),
        ("--account 1111-2222-3333", 4),
        ("--account 111122223334", 0),
        ("--region us-east-1", 4),
        ("--region us-east-2", 1),
        ("--region us-east", 0),
        ("--principal arn:aws:iam::111122223333:user/Alice", 4),
        ("--principal arn:aws:iam::111122223333:user/alice", 0),
        ("--principal Alice", 0),
        ("--principal *Alice", 4),
        // The role, as reports print it, never the session.
        ("--principal arn:aws:iam::444455556666:role/team/Admin", 1),
        ("--principal *:role/*", 1),
        ("--principal *:assumed-role/*", 0),
        ("--event GetBucketAcl", 4),
        ("--event GetBucketAcl*", 5),
        ("--event getbucketacl", 0),
        ("--event Get?ucketAcl", 4),
        ("--event {GetBucketAclStatus,Nothing}", 1),
        ("--service s3", 3),
        ("--service s3.amazonaws.com", 3),
        ("--service s3*", 4),
        ("--service s", 0),
        ("--service amazonaws.com", 0),
        ("--address 192.0.2.10", 2),
        ("--address 192.0.2.0/25", 2),
        ("--address 192.0.2.0/24", 3),
        ("--address 192.0.2.11", 0),
        ("--address 2001:db8::/32", 1),
        ("--address 2001:db8::8", 0),
        ("--address 0.0.0.0/0", 3),
        ("--access-key AKIAIOSFODNN7EXAMPLE", 4),
        ("--access-key AKIA*", 4),
        ("--access-key ASIA*", 1),
        ("--access-key AKIAIOSFODNN7EXAMPL", 0),
        ("--session Alice", 1),
        ("--session alice", 0),
        ("--session ASIAIOSFODNN7EXAMPLE", 1),
        ("--session AROACKCEVSQ6C2EXAMPLE:Alice", 1),
        ("--session arn:aws:sts::444455556666:assumed-role/Admin/Alice", 1),
        ("--session AROACKCEVSQ6C2EXAMPLE", 0),
        ("--session AKIAIOSFODNN7EXAMPLE", 0),
        // The same member of a call to a service that has no buckets names none.
        ("--resource amzn-s3-demo-bucket", 3),
        ("--resource amzn-s3-*", 3),
        ("--resource amzn-s3-demo", 0),
        ("--error AccessDenied", 1),
        ("--error *", 1),
        ("--error Access", 0),
        ("--error accessdenied", 0),
        ("--read-only", 4),
        ("--write", 1),
        ("--user-agent aws-cli", 5),
        ("--user-agent aws-cli/2.17.1", 5),
        ("--user-agent aws-cli/2", 0),
        ("--event-id EXAMPLE8-90ab-cdef-fedc-000000000001", 1),
        ("--event-id EXAMPLE8-90ab-cdef-fedc-00000000000", 0),
        ("--below AKIAIOSFODNN7EXAMPLE", 4),
        ("--below user/Alice", 4),
        ("--below ASIAIOSFODNN7EXAMPLE", 1),
        ("--below role/Admin", 1),
        ("--below Alice --write", 1),
        // Within one flag any, between flags all.
        ("--account 111122223333 --account 444455556666", 5),
        ("--account 111122223333,4444-5555-6666", 5),
        ("--region us-east-1,us-east-2", 5),
        ("--event GetBucketAclStatus --event Nothing", 1),
        ("--region us-east-2 --event GetBucketAcl", 0),
        ("--region us-east-1 --event GetBucketAcl --address 192.0.2.0/24", 2),
        ("--service ec2 --address 2001:db8::7 --access-key AKIA*", 1),
    ] {
        assert_eq!(counted(&place, options), expected, "{options}");
    }
}

#[test]
fn a_region_filter_warns() {
    let place = Place::new();
    log(&place);
    let warnings = |options: &str| {
        let answer = place.trailscan(&format!("principals {options} log.json")).json(0);
        answer["coverage"]["warnings"].as_array().unwrap().iter().map(Value::to_string).collect::<Vec<_>>()
    };
    assert!(warnings("--region us-east-1").iter().any(|warning| warning.contains("--region")));
    assert_eq!(warnings("--account 111122223333"), [""; 0]);
    assert!(warnings("--event Get*").iter().any(|warning| warning.contains("judge the counted events alone")));
    let [told] =
        &warnings("--event nosuchcall").into_iter().filter(|text| text.contains("no event")).collect::<Vec<_>>()[..]
    else {
        panic!("one warning")
    };
    assert!(told.contains("no event passes --event, of 5 events read"), "{told}");
    let ended = place.trailscan("principals --region us-east-1 log.json").ends(0);
    assert!(ended.stderr.contains("warning: --region may lose"), "{}", ended.stderr);
}

#[test]
fn filters_that_cannot_be() {
    let place = Place::new();
    log(&place);
    for options in
        ["--address 192.0.2.0/33", "--address 192.0.2", "--address host.example.com", "--event [a", "--principal {a"]
    {
        let ended = place.trailscan(&format!("principals {options} log.json")).ends(2);
        assert!(ended.stdout.is_empty() && ended.stderr.contains("--"), "{options}");
    }
    let ended = place.trailscan("principals log.json").args(["--account", ""]).ends(2);
    assert!(ended.stderr.contains("--account is empty"), "{}", ended.stderr);
}

/// A mistyped account would read as a quiet one.
#[test]
fn an_account_is_an_id_or_a_name_that_a_file_gives() {
    let place = Place::new();
    log(&place);
    place.write("names.csv", "id,name,contact\n111122223333,Main,a@example.com\n444455556666,sandbox,\n");
    let refused = |options: &str| place.trailscan(&format!("principals {options} log.json")).ends(2).stderr;
    for (options, told) in [
        ("--account 11112222", "\"11112222\" is not an account id of 12 digits: it has 8"),
        ("--account 1111*", "\"1111*\" is not an account id of 12 digits, and names need --account-names FILE"),
        ("--account main", "and names need --account-names FILE"),
        (
            "--account sandbx --account-names names.csv",
            "\"sandbx\" is not an account id of 12 digits and no name of --account-names; the nearest is \"sandbox\"",
        ),
    ] {
        let stderr = refused(options);
        assert!(stderr.contains(told), "{options}: {stderr}");
    }
    for (options, expected) in [("--account main", 4), ("--account MAIN,444455556666", 5), ("--account sandbox", 1)] {
        assert_eq!(counted(&place, &format!("{options} --account-names names.csv")), expected, "{options}");
    }
}

/// A filter that nothing passes says what there is.
#[test]
fn the_nearest_value_is_told() {
    let place = Place::new();
    log(&place);
    let told = |options: &str| place.trailscan(&format!("principals {options} log.json")).ends(0).stderr;
    for (options, near) in [
        ("--event getbucketacl", "--event getbucketacl: there is GetBucketAcl, and upper and lower case differ"),
        ("--event GetBuketAcl", "--event GetBuketAcl: did you mean GetBucketAcl?"),
        ("--service S3", "--service S3: there is s3, and upper and lower case differ"),
        (
            "--principal Alice",
            "--principal Alice: there is arn:aws:iam::111122223333:user/Alice, which '*Alice' matches",
        ),
        ("--access-key AKIAIOSFODNN7EXAMPL", "--access-key AKIAIOSFODNN7EXAMPL: there is AKIAIOSFODNN7EXAMPLE"),
    ] {
        let stderr = told(options);
        assert!(stderr.contains(near), "{options}: {stderr}");
    }
    // Each alone passes something: nothing is mistyped.
    let stderr = told("--event GetBucketAclStatus --service ec2");
    assert!(stderr.contains("no event passes") && !stderr.contains("did you mean"), "{stderr}");
    assert!(!stderr.contains("there is"), "{stderr}");
    // As soon as something passes, nothing is said.
    let stderr = told("--event GetBucketAcl --event getbucketacl");
    assert!(!stderr.contains("no event passes"), "{stderr}");
    let threads = |n: u8| told(&format!("--principal nobody --event Deltee --threads {n}"));
    assert_eq!(threads(1), threads(4));
}

#[test]
fn what_is_filtered_is_no_duplicate() {
    let place = Place::new();
    place.write("log.json", delivered(&[call(1, 0), call(1, 0), with(call(2, 0), json!({"eventName": "PutObject"}))]));
    let answer = place.trailscan("principals --event PutObject log.json").json(0);
    let fields = ["events_in_window", "events_filtered", "duplicate_events", "events_counted"];
    assert_eq!(fields.map(|field| count(&answer["coverage"][field])), [3, 2, 0, 1]);
}

/// A mistyped account must not read as a quiet one.
#[test]
fn an_account_of_which_nothing_is_found_is_told() {
    let logs = crate::harness::sample_logs().display().to_string();
    let place = Place::new();
    let warnings = |options: &str, code| {
        let answer = place.trailscan(&format!("root-usage {options}")).arg(&logs).json(code);
        let warnings = answer["coverage"]["warnings"].as_array().unwrap().iter();
        warnings.filter_map(Value::as_str).filter(|text| text.contains("nothing is of account")).count()
    };
    assert_eq!(warnings("--all --account 111122223334", 3), 1);
    assert_eq!(warnings("--all --account 111122223334 --account 123456789012", 3), 1);
    assert_eq!(warnings("--all --account 123456789012", 0), 0);
    // It is there; only of this user it has nothing, or of these days.
    assert_eq!(warnings("--all --account 123456789012 --event NoSuchCall", 0), 0);
    assert_eq!(warnings("--since 2026-09-12 --until 2026-09-13 --account 444455556666", 0), 0);

    log(&place);
    let told = place.trailscan("principals --account 111122223334 log.json").ends(3);
    assert!(told.stderr.contains("nothing is of account 111122223334: check --account"), "{}", told.stderr);
    assert!(told.stderr.contains("PARTIAL: account 111122223334 not found"), "{}", told.stderr);
}

#[test]
fn a_region_of_which_nothing_is_found_is_told() {
    let place = Place::new();
    log(&place);
    let told = place.trailscan("principals --region us-esat-1 log.json").ends(3);
    assert!(told.stderr.contains("nothing is of region us-esat-1: check --region"), "{}", told.stderr);
    assert!(told.stderr.contains("PARTIAL: region us-esat-1 not found"), "{}", told.stderr);
}

/// A filter on a key must not bring it back to life: who ended it is filtered, and what they did is known.
#[test]
fn what_ended_a_key_is_known_whatever_is_counted() {
    let place = Place::new();
    let logs = crate::harness::sample_logs().display().to_string();
    let status = |options: &str| {
        let answer = place.trailscan(&format!("keys --columns access_key_id,status,status_time {options}")).arg(&logs);
        let answer = answer.json(0);
        let rows = crate::harness::rows(&answer, "keys").iter();
        rows.clone().find(|row| row["access_key_id"] == "AKIASUPTEMP22EXAMPLE").cloned()
    };
    let whole = status("--all").expect("the key");
    assert_eq!(whole["status"], "inactive");
    assert_eq!(status("--all --access-key AKIASUPTEMP22EXAMPLE"), Some(whole.clone()));
    assert_eq!(status("--all --principal *support-temp"), Some(whole));
}

/// A group that does not exist, and a suppression that matches nothing, are told; those that do something are not.
#[test]
fn what_names_nothing_is_told() {
    let place = Place::new();
    let iam = sample_logs().join("../iam");
    for (group, is_told) in [("Evryone", true), ("Everyone", false)] {
        let ended = place.trailscan("posture --iam-dir").arg(&iam).args(["--common-group", group]).run();
        assert_eq!(ended.stderr.contains(group), is_told, "{group}: {}", ended.stderr);
    }
    for (subject, is_told) in [("AKIANOSUCHKEY", true), ("*", false)] {
        place.write(
            "trailscan.toml",
            format!("[[suppress]]\nrule = \"key-over-age\"\nsubject = \"{subject}\"\nreason = \"known\"\nexpires = \"2030-01-01\"\n"),
        );
        let ended = place.trailscan("keys --now 2026-09-14T12:00:00Z --iam-dir").arg(&iam).arg(sample_logs()).run();
        assert_eq!(ended.stderr.contains("key-over-age"), is_told, "{subject}: {}", ended.stderr);
    }
}

/// A sign-in without an ARN is found by the user that its accountId and userName name, though its row has the unique id.
#[test]
fn a_sign_in_without_an_arn_is_of_its_user() {
    let place = Place::new();
    let bare = json!({"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "eventType": "AwsConsoleSignIn",
        "userIdentity": {"arn": null, "accessKeyId": null}, "requestParameters": null, "readOnly": false,
        "additionalEventData": {"MFAUsed": "No"}, "responseElements": {"ConsoleLogin": "Success"}});
    let check = json!({"eventName": "CheckMfa", "additionalEventData": {"MfaType": "U2F MFA"},
        "responseElements": {"ConsoleLogin": null, "CheckMfa": "Success"}});
    let nameless = json!({"userIdentity": {"userName": null}});
    // Somebody else, of whom no record has an ARN.
    let other = json!({"userIdentity": {"userName": "Bob", "principalId": "AIDABOB00000000EXAMPLE"}});
    place.write(
        "log.json",
        delivered(&[
            call(1, 0),
            with(call(2, 60), bare.clone()),
            with(with(call(3, 120), bare.clone()), check),
            with(with(call(4, 180), bare.clone()), nameless),
            with(with(call(5, 240), bare), other),
        ]),
    );
    // The name finds those that tell it: the one that has only an id is not known to be hers while records are read.
    for (report, rows) in [("principals", 1), ("console-logins", 1), ("events", 3)] {
        for pattern in ["*:user/Alice", "arn:aws:iam::111122223333:user/Alice"] {
            let answer = place.trailscan(&format!("{report} --principal {pattern} log.json")).json(0);
            let found = answer["rows"].as_array().expect("rows");
            assert_eq!(found.len(), rows, "{report} {pattern}: {found:?}");
            assert_eq!(count(&answer["coverage"]["events_counted"]), 3, "{report} {pattern}");
        }
    }
}
