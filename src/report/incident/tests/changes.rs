//! What the page says of what was done, from stories of calls.

use super::*;

/// Events of a story, their records written from what they say: those of the user admin are read and not counted.
pub(super) struct Story {
    calls: Vec<(crate::model::UserIdentity<'static>, &'static str, String, serde_json::Value)>,
}

impl Story {
    pub fn new() -> Self {
        Self { calls: Vec::new() }
    }

    /// A call of somebody who is none of those that count, or of whom nobody asked.
    fn is_counted(by: &crate::model::UserIdentity<'_>) -> bool {
        !matches!(&*by.user_name, "admin" | "ops" | "mallory") && by.invoked_by.is_empty()
    }

    /// A call at a minute of the first hour; `record` may say its source address, region, error, account and read-only flag.
    pub fn call(
        mut self,
        by: &crate::model::UserIdentity<'static>,
        call: &'static str,
        record: serde_json::Value,
    ) -> Self {
        let minute = self.calls.len();
        self.calls.push((by.clone(), call, format!("2024-01-01T00:{minute:02}:00Z"), record));
        self
    }

    /// The page asked for, and its rows.
    pub fn told(&self, asked: &str, is_whole: bool) -> (Vec<crate::report::TreeNode>, Vec<Vec<Value>>) {
        let mut state = State::new(REPORT.needs);
        let texts: Vec<[String; 3]> = (self.calls.iter())
            .map(|(_, _, _, record)| {
                [record.to_string(), record["requestParameters"].to_string(), record["responseElements"].to_string()]
            })
            .collect();
        for is_counted in [false, true] {
            for (place, ((by, call, time, record), [text, parameters, response])) in
                self.calls.iter().zip(&texts).enumerate()
            {
                let said = |name: &str| record[name].as_str().unwrap_or_default();
                let (service, name) = call.split_once(':').expect("service:Name");
                let (source, id) = (format!("{service}.amazonaws.com"), place.to_string());
                let address =
                    Some(said("sourceIPAddress")).filter(|address| !address.is_empty()).unwrap_or("192.0.2.1");
                let account = Some(said("recipientAccountId")).filter(|account| !account.is_empty());
                let region = Some(said("awsRegion")).filter(|region| !region.is_empty());
                let event = crate::model::Event {
                    event_source: &source,
                    event_name: name,
                    event_id: &id,
                    event_time: Some(at(time)),
                    source_ip_address: address,
                    recipient_account_id: account.unwrap_or(crate::model::testing::ACCOUNT),
                    aws_region: region.unwrap_or("us-east-1"),
                    error_code: said("errorCode"),
                    read_only: Some(record["readOnly"] == true),
                    request_parameters: parameters,
                    response_elements: response,
                    record: text,
                    ..event(by)
                };
                match is_counted {
                    false => state.remember(&event),
                    true if Self::is_counted(by) => state.observe(&event),
                    true => {}
                }
            }
        }
        let options = Options::default();
        let as_of = Some(at("2024-01-01T01:00:00Z"));
        let answer = (REPORT.answer)(&View { as_of, is_whole, argument: Some(asked), ..View::new(&state, &options) });
        (answer.tree.expect("a tree").nodes, answer.rows)
    }

    /// The lines of a part of the page, each with all that it says.
    pub fn page(&self, asked: &str, part: Part) -> Vec<String> {
        let (nodes, _) = self.told(asked, false);
        let of_part = nodes.iter().filter(|node| node.kind == part.name());
        of_part.map(|node| format!("{} | {}", node.label, node.lines.concat().join(", "))).collect()
    }
}

#[test]
fn machines_models_failed_attempts_and_services() {
    let eve = user("eve", "AKIAEVE");
    let fas = crate::model::UserIdentity {
        session: Some(crate::model::SessionContext {
            creation_date: Some(at("2024-01-01T00:00:00Z")),
            ..Default::default()
        }),
        ..user("eve", "ASIAOFSERVICE")
    };
    let by = |host: &str| serde_json::json!({"sourceIPAddress": host, "readOnly": true});
    let story = Story::new()
        .call(&eve, "ssm:StartSession", serde_json::json!({"requestParameters": {"target": "i-1"}}))
        .call(&eve, "ec2:GetPasswordData", serde_json::json!({"readOnly": true, "requestParameters": {"instanceId": "i-1"}}))
        .call(&eve, "ssm:DescribeInstanceInformation", serde_json::json!({"readOnly": true}))
        .call(&eve, "bedrock:InvokeModel", serde_json::json!({"readOnly": true, "requestParameters": {"modelId": "m"}}))
        .call(&eve, "bedrock:ListFoundationModels", serde_json::json!({"readOnly": true}))
        .call(&eve, "cloudtrail:StopLogging", serde_json::json!({"errorCode": "AccessDenied", "requestParameters": {"name": "main"}}))
        .call(&eve, "cloudtrail:StopLogging", serde_json::json!({"errorCode": "AccessDenied", "requestParameters": {"name": "main"}}))
        .call(&fas, "kms:Decrypt", by("secretsmanager.amazonaws.com"))
        .call(&fas, "kms:Decrypt", by("AWS Internal"))
        .call(&fas, "s3:ListBuckets", serde_json::json!({"sourceIPAddress": "AWS Internal", "readOnly": true, "sessionCredentialFromConsole": "true"}))
        .call(&fas, "iam:TagUser", serde_json::json!({"sourceIPAddress": "cloudformation.amazonaws.com"}));
    let of = |part| story.page("AKIAEVE", part);
    assert_eq!(
        of(Part::Reached),
        [
            "2024-01-01 00:00:00Z StartSession (ssm) | on i-1, from 192.0.2.1, with AKIAEVE",
            "2024-01-01 00:01:00Z GetPasswordData (ec2) | on i-1, from 192.0.2.1, with AKIAEVE",
        ]
    );
    assert_eq!(of(Part::Models), ["2024-01-01 00:03:00Z InvokeModel (bedrock) | on m, from 192.0.2.1, with AKIAEVE"]);
    assert_eq!(of(Part::Discovery).len(), 3, "{:?}", of(Part::Discovery));
    assert_eq!(
        of(Part::Logging),
        [
            "2024-01-01 00:05:00Z StopLogging (cloudtrail) 2 times: AccessDenied until 2024-01-01 00:06:00Z | on main, from 192.0.2.1, with AKIAEVE"
        ]
    );
    assert!(of(Part::Denied).is_empty() && !of(Part::Unseen).iter().any(|line| line.contains("logging was touched")));
    assert!(
        of(Part::Summary)[0].contains("2 logging, 2 of them failed, 2 into machines, 1 to models"),
        "{:?}",
        of(Part::Summary)
    );
    // A service has keys of its own for what it does, and what it changes is told among the changes.
    let story_of = |part| story.page("user/eve", part);
    assert_eq!(
        story_of(Part::ByService),
        [
            "2024-01-01 00:07:00Z until 2024-01-01 00:08:00Z: kms: Decrypt 2 | from secretsmanager.amazonaws.com, AWS Internal"
        ]
    );
    assert!(story_of(Part::Discovery).iter().any(|line| line.contains("s3: ListBuckets 1")));
    assert_eq!(
        story_of(Part::Changed),
        ["2024-01-01 00:10:00Z: iam: TagUser 1 | by user/eve, from cloudformation.amazonaws.com"]
    );
    assert!(story_of(Part::Summary)[0].contains("2 by services on its behalf"), "{:?}", story_of(Part::Summary));
}

/// Whether a change of eve's stays after what came then.
fn stays(changed: (&'static str, serde_json::Value), then: [(&str, &'static str, serde_json::Value); 1]) -> bool {
    let (eve, admin) = (user("eve", "AKIAEVE"), user("admin", "AKIAADMIN"));
    let [(by, call, record)] = then;
    let by = if by == "eve" { &eve } else { &admin };
    let story = Story::new().call(&eve, changed.0, changed.1).call(by, call, record);
    story.page("AKIAEVE", Part::Stays)[0].contains("stays, as far as these logs tell")
}

/// Another thing of the same name, a wider policy, or the same credentials' own in its place take nothing back.
#[test]
fn what_takes_nothing_back() {
    use serde_json::json;
    let of =
        |parameters: serde_json::Value, region: &str| json!({"requestParameters": parameters, "awsRegion": region});
    let here = |parameters| of(parameters, "us-east-1");
    let key = || json!({"keyName": "k"});
    let pair = || ("ec2:CreateKeyPair", here(key()));
    assert!(!stays(pair(), [("admin", "ec2:DeleteKeyPair", here(key()))]));
    assert!(stays(pair(), [("admin", "ec2:DeleteKeyPair", of(key(), "eu-west-1"))]), "in another region");
    let user = || json!({"userName": "bad"});
    assert!(
        !stays(("iam:CreateUser", here(user())), [("admin", "iam:DeleteUser", of(user(), "us-west-2"))]),
        "of no region"
    );
    let permission =
        |function: &str| here(json!({"functionName": function, "statementId": "s", "principal": "444455556666"}));
    let open = || ("lambda:AddPermission20150331v2", permission("f"));
    assert!(!stays(open(), [("admin", "lambda:RemovePermission20150331v2", permission("f"))]));
    assert!(stays(open(), [("admin", "lambda:RemovePermission20150331v2", permission("g"))]), "of another function");
    let detector = |region| of(json!({"detectorId": "d"}), region);
    let deleted = || ("guardduty:DeleteDetector", detector("eu-west-1"));
    assert!(!stays(deleted(), [("admin", "guardduty:CreateDetector", of(json!({"enable": true}), "eu-west-1"))]));
    assert!(stays(deleted(), [("admin", "guardduty:CreateDetector", of(json!({"enable": true}), "us-west-2"))]));
    let trail = || here(json!({"name": "main", "s3BucketName": "b"}));
    let gone = || ("cloudtrail:DeleteTrail", trail());
    assert!(!stays(gone(), [("admin", "cloudtrail:CreateTrail", trail())]));
    assert!(stays(gone(), [("eve", "cloudtrail:CreateTrail", trail())]), "her own in its place");
    let trust = |who: serde_json::Value| {
        let document = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": who}]});
        here(json!({"roleName": "r", "policyDocument": document.to_string()}))
    };
    let opened = || ("iam:UpdateAssumeRolePolicy", trust(json!({"AWS": "193672423079"})));
    assert!(!stays(opened(), [("admin", "iam:UpdateAssumeRolePolicy", trust(json!({"AWS": "111122223333"})))]));
    assert!(
        stays(opened(), [("admin", "iam:UpdateAssumeRolePolicy", trust(json!({"AWS": "*"})))]),
        "everybody is let in"
    );
}

/// Of every line of the table: a change stays, what takes it back does, and what gives it back again leaves it there.
#[test]
fn the_last_state_counts() {
    use crate::model::lasting_samples::all;
    let (eve, admin) = (user("eve", "AKIAEVE"), user("admin", "AKIAADMIN"));
    let told = |calls: &[(&crate::model::UserIdentity<'static>, &crate::model::lasting_samples::Call)]| {
        let mut story = Story::new();
        for (by, (service, event, record)) in calls {
            story = story.call(by, format!("{service}:{event}").leak(), record.clone());
        }
        let stays = story.page("AKIAEVE", Part::Stays);
        stays.iter().any(|line| line.contains("stays, as far as these logs tell"))
    };
    let mut seen = 0;
    for sample in all().iter().filter(|sample| !sample.kind.is_of_outsiders()) {
        let made = (&eve, &sample.made);
        assert!(told(&[made]), "{:?} stays", sample.made);
        for undo in &sample.undone {
            // What a later policy takes back is for whom both let in to say.
            if undo.call.1 == sample.made.1 && sample.is_policy() {
                continue;
            }
            let undone = (&admin, &undo.call);
            assert!(!told(&[made, undone]), "{:?} is taken back by {:?}", sample.made, undo.call);
            assert!(told(&[undone, made]), "{:?} comes after {:?}", sample.made, undo.call);
            assert!(told(&[made, undone, made]), "{:?} again after {:?}", sample.made, undo.call);
            for redone in &undo.redone {
                seen += 1;
                let redone = (&admin, redone);
                assert!(told(&[made, undone, redone]), "{:?}, {:?}, {redone:?}", sample.made, undo.call);
                assert!(
                    !told(&[made, undone, redone, undone]),
                    "{:?}, {:?}, {redone:?}, again",
                    sample.made,
                    undo.call
                );
            }
        }
    }
    assert!(seen > 30, "{seen}");
}

/// What gives back is of the same thing, region and account, and comes after what had taken it.
#[test]
fn what_gives_nothing_back() {
    use serde_json::json;
    let (eve, admin) = (user("eve", "AKIAEVE"), user("admin", "AKIAADMIN"));
    let anchor = |id: &str, region: &str| json!({"requestParameters": {"trustAnchorId": id}, "awsRegion": region});
    let stays = |calls: &[(&'static str, serde_json::Value)]| {
        let mut story = Story::new().call(&eve, "rolesanywhere:CreateTrustAnchor", anchor("a", "us-east-1"));
        for (call, record) in calls {
            story = story.call(&admin, call, record.clone());
        }
        story.page("AKIAEVE", Part::Stays)[0].contains("stays, as far as these logs tell")
    };
    let off = || ("rolesanywhere:DisableTrustAnchor", anchor("a", "us-east-1"));
    let on = |id, region| ("rolesanywhere:EnableTrustAnchor", anchor(id, region));
    assert!(stays(&[off(), on("a", "us-east-1")]));
    assert!(!stays(&[off(), on("b", "us-east-1")]), "another one");
    assert!(!stays(&[off(), on("a", "eu-west-1")]), "in another region");
    assert!(!stays(&[on("a", "us-east-1"), off()]), "before");
    assert!(!stays(&[off(), on("a", "us-east-1"), off()]));
    let gone = ("rolesanywhere:DeleteTrustAnchor", anchor("a", "us-east-1"));
    assert!(!stays(&[off(), on("a", "us-east-1"), gone]), "what is deleted is gone");
}

#[test]
fn what_was_taken_back_is_one_line_and_what_is_left_is_told() {
    let (eve, admin) = (user("eve", "AKIAEVE"), user("admin", "AKIAADMIN"));
    let json = |parameters: serde_json::Value| serde_json::json!({"requestParameters": parameters});
    let trust = |who: &str| {
        let document = serde_json::json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": who}}]});
        json(serde_json::json!({"roleName": "r", "policyDocument": document.to_string()}))
    };
    let secret = |name: &str| json(serde_json::json!({"name": name}));
    let mut story = Story::new()
        .call(&admin, "cloudtrail:CreateTrail", json(serde_json::json!({"name": "main"})))
        .call(&eve, "cloudtrail:CreateTrail", json(serde_json::json!({"name": "own"})))
        .call(&eve, "cloudtrail:DeleteTrail", json(serde_json::json!({"name": "own"})))
        .call(&eve, "cloudtrail:DeleteTrail", json(serde_json::json!({"name": "main"})))
        .call(&eve, "iam:UpdateAssumeRolePolicy", trust("arn:aws:iam::193672423079:root"))
        .call(&eve, "iam:UpdateAssumeRolePolicy", trust("arn:aws:iam::193672423079:user/x"))
        .call(&eve, "iam:UpdateAssumeRolePolicy", trust("arn:aws:iam::111122223333:root"));
    for name in ["a", "b", "c", "d", "e"] {
        story = story.call(&eve, "secretsmanager:CreateSecret", secret(name));
    }
    let deleted =
        json(serde_json::json!({"secretId": "arn:aws:secretsmanager:us-east-1:111122223333:secret:e-AbCdEf"}));
    let story = story.call(&eve, "secretsmanager:DeleteSecret", deleted);
    assert_eq!(
        story.page("AKIAEVE", Part::Stays),
        [
            "trail deleted: main | 2024-01-01 00:03:00Z by user/eve (DeleteTrail), stays, as far as these logs tell",
            "new secret, 4: a | b, c, d, 2024-01-01 00:07:00Z to 2024-01-01 00:10:00Z, stays, as far as these logs tell",
            "4 of 9 changes taken back, or of what it had made itself | by user/eve, 2024-01-01 00:01:00Z to 2024-01-01 00:12:00Z, \
             trail deleted: own, changed trust of a role, 2: r, new secret: e",
        ]
    );
    // Among the rows each stands for itself.
    let (_, rows) = story.told("AKIAEVE", false);
    let stays = rows.iter().filter(|row| row[0].as_text().as_deref() == Some("stays")).count();
    assert_eq!(stays, 9);
    assert!(
        story.page("AKIAEVE", Part::Deleted)[0].contains("iam: UpdateAssumeRolePolicy 1"),
        "{:?}",
        story.page("AKIAEVE", Part::Deleted)
    );
    assert_eq!(story.page("AKIAEVE", Part::Summary).len(), 1);
    // With no limit nothing is cut.
    let (nodes, _) = story.told("AKIAEVE", true);
    assert!(
        nodes.iter().any(|node| node.label == "new secret: d")
            && !nodes.iter().any(|node| node.label.contains("taken back, or"))
    );
}

#[test]
fn containment_is_by_account_and_by_what_works() {
    use crate::model::testing::{OTHER_ACCOUNT, role_session};
    let session = |role: &str, path: &str, name: &str, key: &str| {
        let mut identity = role_session(role, name, key, Some(at("2024-01-01T00:00:00Z")));
        if let Some(session) = &mut identity.session {
            session.issuer.arn = format!("arn:aws:iam::111122223333:role/{path}{role}").into();
        }
        identity
    };
    let sso = session(
        "AWSReservedSSO_Admin_0123456789abcdef",
        "aws-reserved/sso.amazonaws.com/",
        "eve@example.com",
        "ASIASSO",
    );
    let linked = session("AWSServiceRoleForX", "aws-service-role/x.amazonaws.com/", "x", "ASIALINKED");
    let own = session("job", "", "x", "ASIAJOB");
    let there = serde_json::json!({"recipientAccountId": OTHER_ACCOUNT, "requestParameters": {"keyName": "k"}});
    let story = Story::new()
        .call(&sso, "ec2:CreateKeyPair", there)
        .call(&linked, "ec2:DescribeInstances", serde_json::json!({"readOnly": true}))
        .call(&own, "ec2:DescribeInstances", serde_json::json!({"readOnly": true}));
    let commands: Vec<String> = story.page("192.0.2.1", Part::Containment);
    let begin: Vec<String> =
        commands.iter().map(|line| line.split_whitespace().take(3).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        begin,
        [
            "# account 111122223333",
            "aws sso-admin delete-account-assignment",
            "aws organizations create-policy",
            "aws iam put-role-policy",
            "# account 444455556666",
            "aws ec2 delete-key-pair",
        ],
        "{commands:#?}"
    );
    assert!(commands[1].contains("permission set Admin for eve@example.com"), "{}", commands[1]);
    assert!(commands[3].contains("--role-name job"), "{}", commands[3]);
}

/// A call of AssumeRole that worked.
fn assumed(role: &str, session: &str, key: &str) -> serde_json::Value {
    serde_json::json!({
        "requestParameters": {"roleArn": format!("arn:aws:iam::111122223333:role/{role}"), "roleSessionName": session},
        "responseElements": {
            "credentials": {"accessKeyId": key, "expiration": "Jan 1, 2024, 2:00:00 AM"},
            "assumedRoleUser": {
                "assumedRoleId": format!("AROA{}:{session}", role.to_uppercase()),
                "arn": format!("arn:aws:sts::111122223333:assumed-role/{role}/{session}"),
            },
        },
    })
}

fn service(host: &'static str) -> crate::model::UserIdentity<'static> {
    crate::model::UserIdentity {
        kind: crate::model::IdentityType::AwsService,
        invoked_by: host.into(),
        ..Default::default()
    }
}

/// Sessions of a role whose trust was changed: of those who had not taken it before, while it was open, and not its own.
#[test]
fn others_come_through_a_role_that_was_opened() {
    let [eve, admin, ops, mallory] = ["eve", "admin", "ops", "mallory"].map(|name| user(name, &format!("AKIA{name}")));
    let trust = |who: &str| {
        let document = serde_json::json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": who}}]});
        serde_json::json!({"requestParameters": {"roleName": "r", "policyDocument": document.to_string()}})
    };
    let assume = "sts:AssumeRole";
    let story = Story::new()
        .call(&ops, assume, assumed("r", "s", "ASIA1"))
        .call(&mallory, assume, assumed("other", "s", "ASIA2"))
        .call(&eve, "iam:UpdateAssumeRolePolicy", trust("193672423079"))
        .call(&ops, assume, assumed("r", "s", "ASIA3"))
        .call(&eve, assume, assumed("r", "s", "ASIA4"))
        .call(&mallory, assume, assumed("other", "s", "ASIA5"))
        .call(&mallory, assume, assumed("r", "m", "ASIA6"))
        .call(&mallory, assume, assumed("r", "m", "ASIA7"));
    assert_eq!(
        story.page("AKIAeve", Part::Follows),
        ["role r: 2 sessions of others, 2024-01-01 00:06:00Z to 2024-01-01 00:07:00Z | after UpdateAssumeRolePolicy \
             2024-01-01 00:02:00Z, to user/mallory, from 192.0.2.1, trailscan incident arn:aws:iam::111122223333:role/r"]
    );
    // The command is a cell of its row, and on the page no command that contains.
    let (nodes, rows) = story.told("AKIAeve", false);
    let place = |name| COLUMNS.iter().position(|column| column.name == name).expect("a column");
    let commands = |cells: &[Value]| cells[place("command")].as_text().unwrap_or_default().into_owned();
    let row = rows.iter().find(|row| row[0].as_text().as_deref() == Some("follows")).expect("a row");
    assert_eq!(commands(row), "trailscan incident arn:aws:iam::111122223333:role/r");
    assert!(nodes.iter().filter(|node| node.kind == "follows").all(|node| commands(&node.cells).is_empty()));
    // What comes when it is closed again did not come through it.
    let closed = Story::new()
        .call(&eve, "iam:UpdateAssumeRolePolicy", trust("193672423079"))
        .call(&admin, "iam:UpdateAssumeRolePolicy", trust("111122223333"))
        .call(&mallory, assume, assumed("r", "m", "ASIA6"));
    assert_eq!(closed.page("AKIAeve", Part::Follows), [""; 0]);
}

#[test]
fn machines_come_through_what_was_changed_or_reached() {
    let eve = user("eve", "AKIAEVE");
    let mallory = user("mallory", "AKIAMALLORY");
    let (lambda, ec2) = (service("lambda.amazonaws.com"), service("ec2.amazonaws.com"));
    let id = "i-0123456789abcdef0";
    let code = serde_json::json!({
        "requestParameters": {"functionName": "f"},
        "responseElements": {"functionName": "f", "role": "arn:aws:iam::111122223333:role/service-role/of-f"},
    });
    let assume = "sts:AssumeRole";
    let story = Story::new()
        .call(&lambda, assume, assumed("of-f", "f", "ASIA1"))
        .call(&eve, "lambda:UpdateFunctionCode20150331v2", code)
        .call(&lambda, assume, assumed("of-f", "f", "ASIA2"))
        .call(&lambda, assume, assumed("of-f", "g", "ASIA3"))
        .call(&eve, "ssm:SendCommand", serde_json::json!({"requestParameters": {"instanceIds": [id]}}))
        .call(&ec2, assume, assumed("web", id, "ASIA4"))
        .call(&ec2, assume, assumed("web", "i-0aaaaaaaaaaaaaaa0", "ASIA5"))
        .call(&mallory, assume, assumed("web", id, "ASIA6"))
        .call(&eve, "rolesanywhere:CreateTrustAnchor", serde_json::json!({"requestParameters": {"name": "a"}}));
    let told = story.page("AKIAEVE", Part::Follows);
    assert_eq!(told.len(), 3, "{told:#?}");
    assert!(
        told[0].starts_with("role of-f of function f: 1 session of others, 2024-01-01 00:02:00Z | "),
        "{}",
        told[0]
    );
    assert!(told[0].ends_with("trailscan incident arn:aws:sts::111122223333:assumed-role/of-f/f"), "{}", told[0]);
    assert!(told[1].starts_with(&format!("role of instance {id}: 1 session of others, 2024-01-01 00:05:00Z | ")));
    assert!(told[1].contains("after SendCommand 2024-01-01 00:04:00Z"), "{}", told[1]);
    assert!(
        told[2].contains("trailscan events --event CreateSession --service rolesanywhere.amazonaws.com --account 1111"),
        "{}",
        told[2]
    );
}

/// Sessions that came through a provider that it made, and not those through another.
#[test]
fn whoever_a_provider_vouches_for_comes_through_it() {
    let eve = user("eve", "AKIAEVE");
    let from = |host: &str| crate::model::UserIdentity {
        kind: crate::model::IdentityType::WebIdentityUser,
        user_name: "mallory".into(),
        identity_provider: format!("arn:aws:iam::111122223333:oidc-provider/{host}").into(),
        ..Default::default()
    };
    let (evil, good) = (from("evil.example.com"), from("good.example.com"));
    let arn = "arn:aws:iam::111122223333:oidc-provider/evil.example.com";
    let made = serde_json::json!({"requestParameters": {"url": "https://evil.example.com"},
        "responseElements": {"openIDConnectProviderArn": arn}});
    let assume = "sts:AssumeRoleWithWebIdentity";
    let story = Story::new()
        .call(&eve, "iam:CreateOpenIDConnectProvider", made)
        .call(&good, assume, assumed("r", "s", "ASIA1"))
        .call(&evil, assume, assumed("r", "s", "ASIA2"));
    let told = story.page("AKIAEVE", Part::Follows);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].starts_with("provider oidc-provider/evil.example.com: 1 session of others, 2024-01-01 00:02:00Z"));
}

/// A refusal names what it was about in its message alone; how many secrets a filter finds, no record tells.
#[test]
fn what_messages_name_and_what_no_record_tells() {
    use serde_json::json;
    let eve = user("eve", "AKIAEVE");
    let one = json!({"readOnly": true, "requestParameters": {"secretId": "db"}});
    let story = Story::new().call(&eve, "secretsmanager:GetSecretValue", one.clone());
    assert!(
        story.page("AKIAEVE", Part::Summary)[0].contains("1 secret in 1 call"),
        "{:?}",
        story.page("AKIAEVE", Part::Summary)
    );
    let by_filter = json!({"readOnly": true, "requestParameters": {"filters": [{"key": "tag-key", "values": ["a"]}]}});
    let story = story.call(&eve, "secretsmanager:BatchGetSecretValue", by_filter);
    let told = story.page("AKIAEVE", Part::Summary);
    assert!(told[0].contains("1 secret or more in 2 calls"), "{told:?}");
    let all = json!({"readOnly": true, "requestParameters": {"filters": [{"key": "name", "values": ["b"]}]}});
    let told = Story::new().call(&eve, "secretsmanager:BatchGetSecretValue", all).page("AKIAEVE", Part::Summary);
    assert!(told[0].contains("secrets in 1 call, how many is not told"), "{told:?}");
    let open = json!({"requestParameters": {"groupId": "sg-1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 22,
        "toPort": 22, "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}}]}}});
    let story = Story::new().call(&eve, "ec2:AuthorizeSecurityGroupIngress", open);
    let told = story.page("AKIAEVE", Part::Stays);
    assert!(told[0].starts_with("security group opened: sg-1 (tcp, port 22, for 0.0.0.0/0) | "), "{told:?}");
}
