//! What `iam-snapshot` writes, and that it is read as the AWS CLI's own files are.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::iam::{MEMBER, OWN, SEED, SHUT, action, asking, server};
use crate::harness::Place;

/// The JSON of a file.
fn document(place: &Place, name: &str) -> Value {
    serde_json::from_str(&place.read(name)).expect("JSON")
}

/// The names in a folder.
fn names(place: &Place, folder: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(place.path(folder)).expect("a folder");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect()
}

#[test]
fn a_folder_with_every_file_and_no_secret() {
    let place = Place::new();
    let server = server(&place, |_| None);
    let ended = asking(&place, &server, "iam-snapshot iam").ends(0);
    assert_eq!(ended.stderr, "trailscan: iam: 1 account written, 16 calls\n");
    let written = document(&place, "iam/111122223333/manifest.json");
    assert_eq!(
        (&written["snapshot_of"], &written["name"], &written["calls"], &written["missing"]),
        (&json!(OWN), &json!("alias-111122223333"), &json!(16), &json!([]))
    );
    assert_eq!(written["asked_by"], "arn:aws:iam::111122223333:user/audit");
    assert_eq!(written.get("organization"), None, "nobody asked Organizations");
    let listed: BTreeSet<String> =
        written["written"].as_array().unwrap().iter().map(|file| file["file"].as_str().unwrap().to_owned()).collect();
    let mut there = names(&place, "iam/111122223333");
    assert!(there.remove("manifest.json"));
    assert_eq!((there.len(), &there), (15, &listed));
    for name in &there {
        let text = place.read(&format!("iam/111122223333/{name}"));
        assert!(!text.contains(SEED) && !text.contains(super::SECRET), "{name}");
    }
    assert_eq!(names(&place, "iam").len(), 1, "nothing under a temporary name");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |name: &str| std::fs::metadata(place.path(name)).expect("it is there").permissions().mode() & 0o777;
        assert_eq!((mode("iam"), mode("iam/111122223333")), (0o700, 0o700));
        for name in names(&place, "iam/111122223333") {
            assert_eq!(mode(&format!("iam/111122223333/{name}")), 0o600, "{name}");
        }
    }
}

#[test]
fn files_have_the_shapes_of_the_aws_cli() {
    let place = Place::new();
    let server = server(&place, |_| None);
    asking(&place, &server, "iam-snapshot iam").ends(0);
    let of = |name: &str| document(&place, &format!("iam/111122223333/{name}.json"));
    assert_eq!(
        of("authorization-details"),
        json!({
            "UserDetailList": [{
                "Path": "/", "UserName": "alice", "UserId": "AIDAALICEEXAMPLE",
                "Arn": "arn:aws:iam::111122223333:user/alice", "CreateDate": "2026-09-01T00:00:00+00:00",
                "GroupList": ["Everyone"], "AttachedManagedPolicies": [], "Tags": [{"Key": "team", "Value": "pay"}]
            }],
            "GroupDetailList": [{
                "Path": "/", "GroupName": "Everyone", "GroupId": "AGPAEXAMPLE",
                "Arn": "arn:aws:iam::111122223333:group/Everyone", "CreateDate": "2026-09-01T00:00:00+00:00",
                "GroupPolicyList": [], "AttachedManagedPolicies":
                    [{"PolicyName": "reads", "PolicyArn": "arn:aws:iam::111122223333:policy/reads"}]
            }],
            "RoleDetailList": [{
                "Path": "/", "RoleName": "web", "RoleId": "AROAWEBEXAMPLE",
                "Arn": "arn:aws:iam::111122223333:role/web", "CreateDate": "2026-09-01T00:00:00+00:00",
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{
                    "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
                "InstanceProfileList": [], "RolePolicyList": [], "AttachedManagedPolicies": [],
                "RoleLastUsed": {"LastUsedDate": "2026-09-10T00:00:00+00:00", "Region": "us-east-1"}
            }],
            "Policies": [{
                "PolicyName": "reads", "PolicyId": "ANPAEXAMPLE", "Arn": "arn:aws:iam::111122223333:policy/reads",
                "Path": "/", "DefaultVersionId": "v1", "AttachmentCount": 1, "PermissionsBoundaryUsageCount": 0,
                "IsAttachable": true, "CreateDate": "2026-09-01T00:00:00+00:00",
                "UpdateDate": "2026-09-01T00:00:00+00:00", "PolicyVersionList": [{
                    "Document": {"Statement":
                        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/a+b"}},
                    "VersionId": "v1", "IsDefaultVersion": true, "CreateDate": "2026-09-01T00:00:00+00:00"}]
            }]
        })
    );
    let access_key = json!({"UserName": "alice", "AccessKeyId": "AKIAALICEEXAMPLE", "Status": "Active",
        "CreateDate": "2026-09-01T00:00:00+00:00"});
    assert_eq!(of("access-keys"), json!({ "AccessKeyMetadata": [access_key] }));
    let device =
        json!({"SerialNumber": "arn:aws:iam::111122223333:mfa/alice", "EnableDate": "2026-09-01T00:00:00+00:00"});
    assert_eq!(of("virtual-mfa-devices"), json!({ "VirtualMFADevices": [device] }));
    let oidc = json!({ "Arn": "arn:aws:iam::111122223333:oidc-provider/example.com" });
    assert_eq!(of("open-id-connect-providers"), json!({ "OpenIDConnectProviderList": [oidc] }));
    let saml = json!({"Arn": "arn:aws:iam::111122223333:saml-provider/ADFS", "ValidUntil": "2126-09-01T00:00:00+00:00",
        "CreateDate": "2026-09-01T00:00:00+00:00"});
    assert_eq!(of("saml-providers"), json!({ "SAMLProviderList": [saml] }));
    assert_eq!(
        of("account-summary")["SummaryMap"],
        json!({"AccountMFAEnabled": 1, "AccountAccessKeysPresent": 0, "Users": 1})
    );
    assert_eq!(of("caller-identity")["Account"], OWN);
    assert_eq!(of("service-specific-credentials"), json!({"ServiceSpecificCredentials": []}));
    let absence = place.read("iam/111122223333/password-policy.json");
    assert!(
        absence.starts_with("An error occurred (NoSuchEntity) when calling the GetAccountPasswordPolicy"),
        "{absence}"
    );
}

#[test]
fn an_organization_by_a_role_in_each_account() {
    let place = Place::new();
    let server = server(&place, |_| None);
    let run = asking(&place, &server, "iam-snapshot iam --org-role audit --format json");
    let ended = run.ends(3);
    let rows = ended.json()["rows"].clone();
    let brief = |row: &Value| format!("{} {} {}", row["account_id"], row["name"], row["written"]).replace('"', "");
    assert_eq!(
        rows.as_array().unwrap().iter().map(brief).collect::<Vec<_>>(),
        ["000000000001 Left no", "111122223333 Management yes", "444455556666 Pay, prod yes", "777788889999 Shut no",]
    );
    for line in [
        "trailscan: account 000000000001 (Left): is suspended: nothing in it can be asked",
        "trailscan: account 777788889999 (Shut): role arn:aws:iam::777788889999:role/audit cannot be assumed: is it there, \
         and does its trust policy allow who asks? (User: audit is not authorized to perform: sts:AssumeRole)",
        "trailscan: iam: 2 accounts written, 32 calls",
    ] {
        assert!(ended.stderr.lines().any(|told| told == line), "{line}\n{}", ended.stderr);
    }
    let roles = server.asked().iter().filter(|asked| action(asked) == "AssumeRole").count();
    assert_eq!(roles, 2, "a role is assumed once in each account, and none in one's own");
    let whose = |account: &str| document(&place, &format!("iam/{account}/caller-identity.json"))["Account"].clone();
    assert_eq!([whose(OWN), whose(MEMBER)], [json!(OWN), json!(MEMBER)]);
    assert!(!place.path(format!("iam/{SHUT}")).exists());
    let of = |account: &str| document(&place, &format!("iam/{account}/manifest.json"))["organization"].clone();
    assert_eq!([of(OWN), of(MEMBER)], [json!("o-exampleorgid"), json!("o-exampleorgid")]);
    // Names stand in answers, unless a file says others.
    let named = |arguments: &str| {
        let answer = place.trailscan(&format!("posture --iam-dir iam {arguments}")).json(0);
        let rows = answer["rows"].as_array().unwrap().clone();
        rows.into_iter().map(|row| row["account_name"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    assert_eq!(named(""), ["Management".to_owned(), "Pay, prod".to_owned()].into());
    place.write("names.csv", "id,name\n444455556666,Ours\n");
    assert_eq!(named("--account-names names.csv"), ["Management".to_owned(), "Ours".to_owned()].into());
}

#[test]
fn each_profile_is_an_account_and_each_account_is_asked_once() {
    let place = Place::new();
    let key = |name: &str, id: &str| super::cloud::key(name, id);
    let keys =
        [key("own", super::ACCESS_KEY), key("again", super::ACCESS_KEY), key("pay", "ASIA444455556666")].concat();
    place.write(".aws/credentials", keys);
    place.write(".aws/config", "[profile nobody]\nsso_session = none\n");
    let server = server(&place, |_| None);
    let asking = |arguments: &str| {
        let run = place.trailscan(arguments).env("AWS_ENDPOINT_URL", server.url()).env("AWS_MAX_ATTEMPTS", "1");
        run.env("AWS_REGION", "us-east-1")
    };
    asking("iam-snapshot iam --profile own --profile again --profile pay").ends(0);
    assert_eq!(names(&place, "iam"), [OWN.to_owned(), MEMBER.to_owned()].into());
    assert_eq!(server.asked().iter().filter(|asked| action(asked) == "GetAccountSummary").count(), 2);
    let ended = asking("iam-snapshot all --all-profiles").ends(3);
    assert!(ended.stderr.contains("trailscan: profile nobody: gives no credentials"), "{}", ended.stderr);
    assert_eq!(names(&place, "all"), names(&place, "iam"));
}

#[test]
fn an_earlier_snapshot_is_replaced_when_asked_and_nothing_else_is() {
    let place = Place::new();
    let server = server(&place, |_| None);
    let run = |arguments: &str| asking(&place, &server, &format!("iam-snapshot iam {arguments}"));
    run("").ends(0);
    let ended = run("").ends(1);
    let there = "account 111122223333: iam/111122223333: is there already: add --overwrite, or name another DIR";
    assert!(ended.stderr.contains(there), "{}", ended.stderr);
    run("--overwrite").ends(0);
    place.write("iam/111122223333/notes.txt", "mine");
    let ended = run("--overwrite").ends(1);
    assert!(ended.stderr.contains("holds notes.txt, which no snapshot wrote"), "{}", ended.stderr);
    assert_eq!(place.read("iam/111122223333/notes.txt"), "mine");
    place.write("file", "");
    let ended = asking(&place, &server, "iam-snapshot file").ends(1);
    assert_eq!(ended.stderr, "trailscan: file: is a file: name a folder\n");
    assert!(asking(&place, &server, "iam-snapshot no/iam").ends(1).stderr.contains("no/iam: cannot be created"));
}

/// The rows of a report without the places and times of files.
fn judged(answer: &Value) -> Vec<Value> {
    let mut rows = answer["rows"].as_array().expect("rows").clone();
    for row in &mut rows {
        let row = row.as_object_mut().expect("a row");
        row.retain(|name, _| !["file", "as_of", "as_of_basis", "age_days"].contains(&name.as_str()));
    }
    rows
}

#[test]
fn live_is_a_snapshot_that_is_read_at_once() {
    let place = Place::new();
    let server = server(&place, |_| None);
    asking(&place, &server, "iam-snapshot iam --org-role audit").ends(3);
    let live = asking(&place, &server, "posture --live --org-role audit --max-age 5").json(3);
    let files = place.trailscan("posture --iam-dir iam --max-age 5").json(0);
    assert_eq!(judged(&live), judged(&files));
    assert!(!judged(&live).is_empty());
    assert!(live["rows"].as_array().unwrap().iter().all(|row| row["file"].as_str().unwrap().starts_with("live/")));
    let failed: Vec<&Value> =
        live["coverage"]["failures"].as_array().unwrap().iter().map(|failure| &failure["object"]).collect();
    assert_eq!(failed, ["live/000000000001", "live/777788889999"]);
    let audit = asking(&place, &server, "audit --live --format json").arg(crate::harness::sample_logs()).ends(0).json();
    let scores: Vec<&Value> =
        audit["scorecard"].as_array().unwrap().iter().filter(|row| row["account_id"] == OWN).collect();
    assert_eq!(scores.len(), 7);
    let none = asking(&place, &server, "posture --live --no-sign-request").ends(2);
    assert!(none.stderr.contains("answers no unsigned request"), "{}", none.stderr);
}

#[test]
fn a_dry_run_asks_nobody() {
    let place = Place::new();
    let server = server(&place, |_| None);
    asking(&place, &server, "audit --live --dry-run").arg(crate::harness::sample_logs()).ends(0);
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn services_last_accessed_say_whose_they_are() {
    use super::iam::xml;
    let place = Place::new();
    let server = server(&place, |asked| match action(asked) {
        name @ "GenerateServiceLastAccessedDetails" => {
            Some(xml(name, "<JobId>a-job-of-this-name-that-is-long-enough</JobId>"))
        }
        name @ "GetServiceLastAccessedDetails" => Some(xml(
            name,
            "<JobStatus>COMPLETED</JobStatus><JobCreationDate>2026-09-14T00:00:00Z</JobCreationDate>\
             <JobCompletionDate>2026-09-14T00:00:01Z</JobCompletionDate><IsTruncated>false</IsTruncated>\
             <ServicesLastAccessed><member><ServiceName>Amazon S3</ServiceName><ServiceNamespace>s3</ServiceNamespace>\
             <LastAuthenticated>2026-09-13T00:00:00Z</LastAuthenticated></member></ServicesLastAccessed>",
        )),
        _ => None,
    });
    asking(&place, &server, "iam-snapshot iam --last-accessed").ends(0);
    let text = place.read("iam/111122223333/service-last-accessed.json");
    let all: Vec<Value> = serde_json::Deserializer::from_str(&text).into_iter().map(Result::unwrap).collect();
    let arns: Vec<&Value> = all.iter().map(|document| &document["Arn"]).collect();
    let arn = |what: &str| json!(format!("arn:aws:iam::111122223333:{what}"));
    assert_eq!(arns, [&arn("user/alice"), &arn("group/Everyone"), &arn("role/web")]);
    assert_eq!(all[0]["ServicesLastAccessed"][0]["LastAuthenticated"], "2026-09-13T00:00:00+00:00");
    place.trailscan("posture --iam-dir iam").ends(0);
}

/// The actions of a policy's statements.
fn actions(policy: &Value) -> BTreeSet<String> {
    let statements = policy["Statement"].as_array().expect("statements").iter();
    let all = statements.flat_map(|statement| match &statement["Action"] {
        Value::Array(many) => many.clone(),
        one => vec![one.clone()],
    });
    all.map(|action| action.as_str().expect("an action").to_owned()).collect()
}

#[test]
fn the_policy_of_the_documentation_is_what_is_asked() {
    let place = Place::new();
    let server = server(&place, |_| None);
    asking(&place, &server, "iam-snapshot iam --org-role audit --last-accessed").run();
    let needs_none = "sts:GetCallerIdentity";
    let asked: BTreeSet<String> = server
        .asked()
        .iter()
        .map(|asked| format!("{}:{}", asked.signed_by().1, action(asked)))
        .filter(|action| action != needs_none)
        .collect();
    let text = crate::docs::text_of("docs/posture.md");
    let policy = text.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a policy");
    let mut allowed = actions(&serde_json::from_str(policy).expect("JSON"));
    // Its first call is refused here.
    assert!(allowed.remove("iam:GetServiceLastAccessedDetails"));
    assert_eq!(asked, allowed);
}
