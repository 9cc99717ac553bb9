//! Three accounts in moto, an IAM, STS and Organizations of somebody else: what `iam-snapshot` writes of them is judged as
//! what boto3 writes, which has the shapes of the AWS CLI.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use super::foreign::Moto;
use crate::harness::{Place, sample_logs};

/// moto, and two calls that it does not have.
const SERVER: &str = r#"
import io, json
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple
from werkzeug.wrappers import Request, Response

moto = DomainDispatcherApplication(create_backend_app)
NONE = """<ListServiceSpecificCredentialsResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
<ListServiceSpecificCredentialsResult><ServiceSpecificCredentials/></ListServiceSpecificCredentialsResult>
</ListServiceSpecificCredentialsResponse>"""
REGIONS = {"Regions": [{"RegionName": "us-east-1", "RegionOptStatus": "ENABLED_BY_DEFAULT"}]}

def serve(environ, start):
    # Two calls that moto does not have.
    if environ["PATH_INFO"] == "/listRegions":
        return Response(json.dumps(REGIONS), mimetype="application/json")(environ, start)
    request = Request(environ)
    body = request.get_data()
    environ["wsgi.input"] = io.BytesIO(body)
    if b"Action=ListServiceSpecificCredentials" in body:
        return Response(NONE, mimetype="text/xml")(environ, start)
    return moto(environ, start)

run_simple("127.0.0.1", 0, serve, threaded=True)
"#;

/// Makes an organization of three accounts, and saves the state of each.
const FILL: &str = r#"
import base64, json, pathlib, sys
import boto3
url, out = sys.argv[1:3]
KEY = dict(aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x")
def client(service, keys=KEY):
    return boto3.client(service, endpoint_url=url, region_name="us-east-1", **keys)
def plain(value):
    return value.isoformat() if hasattr(value, "isoformat") else base64.b64encode(value).decode()
org = client("organizations")
org.create_organization(FeatureSet="ALL")
accounts = {client("sts").get_caller_identity()["Account"]: KEY}
for name in ["pay", "dev"]:
    id = org.create_account(AccountName=name, Email=name + "@example.com")["CreateAccountStatus"]["AccountId"]
    got = client("sts").assume_role(RoleArn=f"arn:aws:iam::{id}:role/audit", RoleSessionName="audit")["Credentials"]
    accounts[id] = dict(aws_access_key_id=got["AccessKeyId"], aws_secret_access_key=got["SecretAccessKey"], aws_session_token=got["SessionToken"])
ANY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
for number, (id, keys) in enumerate(accounts.items()):
    iam = client("iam", keys)
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.put_role_policy(RoleName="web", PolicyName="in/line", PolicyDocument=json.dumps(ANY))
    if number == 2:
        iam.create_user(UserName="carol")
        continue
    iam.create_account_alias(AccountAlias=f"alias-{number}")
    iam.create_group(GroupName="Everyone")
    for user in ["alice", "bob"]:
        iam.create_user(UserName=user, Tags=[{"Key": "team", "Value": "x"}])
        iam.add_user_to_group(GroupName="Everyone", UserName=user)
    iam.create_access_key(UserName="alice")
    iam.create_login_profile(UserName="bob", Password="Secret-123456")
    if number == 0:
        arn = iam.create_policy(PolicyName="everything", PolicyDocument=json.dumps(ANY))["Policy"]["Arn"]
        iam.attach_user_policy(UserName="alice", PolicyArn=arn)
        iam.upload_ssh_public_key(UserName="alice", SSHPublicKeyBody="ssh-rsa AAAA x")
        iam.update_account_password_policy(MinimumPasswordLength=8)
        iam.create_virtual_mfa_device(VirtualMFADeviceName="spare")
        iam.create_open_id_connect_provider(Url="https://token.actions.githubusercontent.com", ThumbprintList=["0" * 40])
        iam.create_saml_provider(Name="ADFS", SAMLMetadataDocument="x" * 1024)
for id, keys in accounts.items():
    iam, dir = client("iam", keys), pathlib.Path(out, id)
    dir.mkdir(parents=True)
    def save(name, *pages):
        for page in pages: page.pop("ResponseMetadata", None)
        (dir / name).write_text("\n".join(json.dumps(page, default=plain) for page in pages))
    while iam.generate_credential_report()["State"] != "COMPLETE": pass
    save("report.json", iam.get_credential_report())
    save("details.json", iam.get_account_authorization_details())
    save("summary.json", iam.get_account_summary())
    save("devices.json", iam.list_virtual_mfa_devices())
    save("oidc.json", iam.list_open_id_connect_providers())
    save("saml.json", iam.list_saml_providers())
    users = [user["UserName"] for user in iam.list_users()["Users"]]
    if users:
        save("keys.json", *[iam.list_access_keys(UserName=user) for user in users])
        save("ssh.json", *[iam.list_ssh_public_keys(UserName=user) for user in users])
    try: save("policy.json", iam.get_account_password_policy())
    except iam.exceptions.NoSuchEntityException as error: (dir / "policy.json").write_text(str(error))
print(" ".join(accounts))
"#;

/// The practices of the three accounts.
fn scores<'a>(answer: &'a Value, accounts: &[&str]) -> Vec<&'a Value> {
    let rows = answer["scorecard"].as_array().expect("rows").iter();
    rows.filter(|row| accounts.iter().any(|id| row["account_id"] == *id)).collect()
}

/// Holds that both are judged alike: verdict, violations and the worst of them. A snapshot says when it was made, so it
/// proves what a file without a date, or with an old one, cannot.
fn assert_alike(snapshot: &[&Value], files: &[&Value]) {
    assert_eq!((snapshot.len(), files.len()), (21, 21));
    let mut proven = 0;
    for (of_snapshot, of_file) in snapshot.iter().zip(files) {
        let brief = |row: &Value| {
            ["account_id", "practice", "verdict", "violations", "rule", "subject"].map(|name| row[name].clone())
        };
        if of_file["why"].as_str().is_some_and(|why| why.contains("and the logs go on to")) {
            assert_eq!((&of_file["verdict"], &of_snapshot["verdict"]), (&json!("UNKNOWN"), &json!("CORRECT")));
            proven += 1;
        } else {
            assert_eq!(brief(of_snapshot), brief(of_file));
        }
    }
    assert!((1..=6).contains(&proven), "{proven}");
}

/// What the state breaks: account, rule, subject, severity and detail.
fn broken(answer: &Value) -> BTreeSet<String> {
    let rows = answer["reports"]["posture"]["rows"].as_array().expect("rows").iter();
    rows.map(|row| json!([row["account_id"], row["rule"], row["subject"], row["severity"], row["detail"]]).to_string())
        .collect()
}

/// A value without its dates, whose last zeros are written by one and not by the other.
fn without_dates(value: &Value) -> Value {
    match value {
        Value::Array(all) => all.iter().map(without_dates).collect(),
        Value::Object(members) => {
            let kept = members.iter().filter(|(name, _)| !name.ends_with("Date"));
            kept.map(|(name, value)| (name.clone(), without_dates(value))).collect()
        }
        other => other.clone(),
    }
}

#[test]
fn three_accounts_are_judged_as_their_files_are() {
    let Some(moto) = Moto::start_with(&["-c", SERVER]) else { return };
    let place = Place::new();
    let fill =
        Command::new(&moto.python).args(["-c", FILL, &moto.url]).arg(place.path("files")).output().expect("python");
    assert!(fill.status.success(), "{}", String::from_utf8_lossy(&fill.stderr));
    let ids = String::from_utf8(fill.stdout).expect("UTF-8");
    let accounts: Vec<&str> = ids.split_whitespace().collect();
    assert_eq!(accounts.len(), 3);
    let ended = moto.asked(&place, "iam-snapshot snapshot --org-role audit").ends(0);
    assert!(ended.stderr.contains("trailscan: snapshot: 3 accounts written, "), "{}", ended.stderr);
    let audit = |folder: &str| {
        place
            .trailscan(&format!("audit --iam-dir {folder}"))
            .arg(sample_logs().join("o-exampleorgid/111122223333"))
            .json(0)
    };
    let (files, snapshot) = (audit("files"), audit("snapshot"));
    assert_alike(&scores(&snapshot, &accounts), &scores(&files, &accounts));
    assert_eq!(broken(&snapshot), broken(&files));
    assert!(broken(&files).len() > 15, "{:?}", broken(&files));
    let logs = sample_logs().join("o-exampleorgid/111122223333");
    let live = moto.asked(&place, "audit --live --org-role audit").arg(&logs).json(0);
    assert_alike(&scores(&live, &accounts), &scores(&files, &accounts));
    // The details of both are one document.
    let details =
        |path: PathBuf| -> Value { serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("JSON") };
    for account in accounts {
        let of_boto = details(place.path(format!("files/{account}/details.json")));
        let ours = details(place.path(format!("snapshot/{account}/authorization-details.json")));
        for list in ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"] {
            assert_eq!(without_dates(&ours[list]), without_dates(&of_boto[list]), "{account} {list}");
        }
    }
}
