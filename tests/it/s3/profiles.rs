//! `trailscan profiles`: who there is, and who can ask.

use std::time::{Duration, Instant};

use super::cloud::{asks_who_it_is, caller, profiles, sts_refused};
use super::{Fault, Server};
use crate::harness::{Place, Run};

fn listing<'a>(place: &'a Place, server: &Server, arguments: &str) -> Run<'a> {
    let run = place.trailscan("profiles").args(arguments.split_whitespace());
    run.env("AWS_ENDPOINT_URL", server.url()).env("AWS_MAX_ATTEMPTS", "1")
}

/// STS knows the first access key, and not the other.
fn sts(place: &Place) -> Server {
    std::fs::create_dir_all(place.path("buckets")).expect("a folder");
    Server::start(&place.path("buckets"), |asked| {
        if asked.query.get("Action").map(String::as_str) == Some("AssumeRole") {
            return Some(Fault::Xml(format!(
                "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
                 <AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>\
                 <SessionToken>token</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>\
                 </AssumeRoleResult></AssumeRoleResponse>",
                super::SECRET
            )));
        }
        Some(match asks_who_it_is(asked).expect("nothing else is asked") {
            super::ACCESS_KEY => caller("111122223333", "user/alice"),
            "ASIAIOSFODNN7EXAMPLE" => caller("999999999999", "assumed-role/reader/trailscan"),
            _ => sts_refused("InvalidClientTokenId", "The security token included in the request is invalid."),
        })
    })
}

#[test]
fn every_kind_of_profile() {
    let place = Place::new();
    let server = sts(&place);
    profiles(&place);
    let config = place.read(".aws/config")
        + "[profile away]\nrole_arn = arn:aws:iam::999999999999:role/reader\nsource_profile = one\nregion = eu-west-1\n\
           [profile box]\ncredential_source = Ec2InstanceMetadata\n\
           [profile odd]\ncredential_process = sh -c 'echo hidden-token >&2; exit 3'\n";
    place.write(".aws/config", config);
    let ended = listing(&place, &server, "").ends(0);
    assert_eq!(
        ended.text(),
        "\
profile  credentials        usable  account_id    region     arn
───────  ─────────────────  ──────  ────────────  ─────────  ───────────────────────────────────────────────────────
away     assume-role        yes     999999999999  eu-west-1  arn:aws:iam::999999999999:assumed-role/reader/trailscan
box      credential-source  no      -             -          -
broken   sso                no      444455556666  -          -
default  none               no      -             us-east-1  -
odd      process            no      -             -          -
one      static-keys        yes     111122223333  -          arn:aws:iam::111122223333:user/alice
two      static-keys        no      -             -          -

box: its credential_source has none here (IMDS disabled by AWS_EC2_METADATA_DISABLED env var set to `true`)
broken: sign in with `aws sso login --profile broken` (failed to load the cached SSO token)
default: it names none: run `aws configure --profile default` or `aws configure sso`
odd: run its credential_process to see what it says (it ended with exit status: 3)
two: the access key is not known: check --aws-profile and AWS_ACCESS_KEY_ID (The security token included in the request is invalid)
"
    );
    for format in ["json", "jsonl", "csv"] {
        if format == "csv" && !cfg!(feature = "columnar") {
            continue;
        }
        let ended = listing(&place, &server, "--format").arg(format).ends(0);
        for text in [ended.text(), &ended.stderr] {
            assert!(
                !text.contains(super::SECRET) && !text.contains("hidden-token") && !text.contains("AKIA"),
                "{text}"
            );
        }
        assert!(ended.text().contains("999999999999") && ended.stderr.is_empty(), "{}", ended.stderr);
    }
    let json = listing(&place, &server, "--format json").ends(0).json();
    assert_eq!((&json["list"], json.get("report")), (&"profiles".into(), None), "as every list");
    assert_eq!((&json["rows_total"], &json["rows"][5]["profile"]), (&7.into(), &"one".into()));
    assert_eq!((&json["rows"][5]["why"], &json["rows"][4]["usable"]), (&serde_json::Value::Null, &"no".into()));
    let columns: Vec<_> = json["columns"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
    assert_eq!(columns, ["profile", "credentials", "usable", "account_id", "region", "arn", "why"]);
    assert!(columns.iter().all(|column| json["rows"][0].get(column).is_some()), "{json}");
}

#[test]
#[cfg(unix)]
fn none_is_waited_for_longer_than_five_seconds() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("buckets")).expect("a folder");
    let server = Server::start(&place.path("buckets"), |_| Some(Fault::Late(Duration::from_secs(3600))));
    profiles(&place);
    let slow: String =
        (0..3).map(|number| format!("[profile slow{number}]\ncredential_process = sleep 20\n")).collect();
    place.write(".aws/config", slow);
    let begin = Instant::now();
    let rows = listing(&place, &server, "--format json").ends(0).json()["rows"].clone();
    assert!(begin.elapsed() < Duration::from_secs(8), "all at once: {:?}", begin.elapsed());
    assert_eq!((&rows[0]["profile"], &rows[0]["usable"]), (&"one".into(), &"unknown".into()));
    assert_eq!(rows[0]["why"], "STS gives no answer within 5 s: check the network");
    assert_eq!((&rows[1]["profile"], &rows[1]["usable"]), (&"slow0".into(), &"unknown".into()));
    assert_eq!(rows[1]["why"], "its source of credentials gives no answer within 5 s: check the network");
}

#[test]
fn the_files_are_those_of_the_environment() {
    let place = Place::new();
    let server = sts(&place);
    profiles(&place);
    place.write("a", "[profile elsewhere]\nregion = eu-west-1\n");
    place.write("b", format!("[keys]\naws_access_key_id = {}\naws_secret_access_key = x\n", super::ACCESS_KEY));
    let run = listing(&place, &server, "--format jsonl").env("AWS_CONFIG_FILE", place.path("a"));
    let ended = run.env("AWS_SHARED_CREDENTIALS_FILE", place.path("b")).ends(0);
    let names: Vec<&str> = ended.text().lines().map(|line| line.split('"').nth(3).unwrap()).collect();
    assert_eq!(names, ["elsewhere", "keys"]);

    let none = listing(&place, &server, "").env("AWS_CONFIG_FILE", place.path("none"));
    let ended = none.env("AWS_SHARED_CREDENTIALS_FILE", place.path("none")).ends(1);
    assert!(ended.stderr.starts_with("trailscan: no profile is in the AWS config files"), "{}", ended.stderr);
    assert!(ended.stderr.contains("`aws configure sso`") && ended.stdout.is_empty());
    place.write("a", "[profile broken\nregion");
    let ended = listing(&place, &server, "").env("AWS_CONFIG_FILE", place.path("a")).ends(1);
    assert!(ended.stderr.starts_with("trailscan: the AWS config files cannot be read: "), "{}", ended.stderr);
    assert_eq!(ended.stderr.lines().count(), 1);
    listing(&place, &server, "--format parquet").ends(2);
}
