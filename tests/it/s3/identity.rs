//! Credentials, regions and endpoints, as users have them.

use super::{Archive, Fault, Server, asking};
use crate::harness::{Place, Run};

fn one_log(place: &Place) -> Archive<'_> {
    let archive = Archive::new(place);
    archive.log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 2);
    archive
}

/// A run that knows nothing but where the server is.
fn bare<'a>(place: &'a Place, server: &Server) -> Run<'a> {
    let run = place.trailscan("principals --days 10 s3://logs --endpoint-url").arg(server.url());
    run.env("AWS_EC2_METADATA_DISABLED", "true")
}

#[test]
fn profiles_come_from_the_files_and_before_the_environment() {
    let place = Place::new();
    let server = Server::start(&one_log(&place).root(), |_| None);
    let keys = format!("aws_access_key_id = {}\naws_secret_access_key = {}\n", super::ACCESS_KEY, super::SECRET);
    place.write(".aws/credentials", format!("[audit]\n{keys}"));
    place.write(".aws/config", "[profile audit]\nregion = eu-west-1\n");
    let signed_in = |region: &str| {
        let asked = server.asked();
        asked.last().unwrap().headers["authorization"].contains(&format!("/{region}/s3/"))
    };
    let read = |run: Run<'_>| assert_eq!(run.json(0)["coverage"]["objects_read"], 1);
    read(bare(&place, &server).args(["--aws-profile", "audit"]));
    assert!(signed_in("eu-west-1"));
    read(bare(&place, &server).args(["--profile", "audit"]));
    read(bare(&place, &server).env("AWS_PROFILE", "audit"));
    read(bare(&place, &server).args(["--aws-profile", "audit", "--aws-region", "eu-central-1"]));
    assert!(signed_in("eu-central-1"));
    let wrong =
        bare(&place, &server).env("AWS_ACCESS_KEY_ID", "AKIAI44QH8DHBEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "x");
    read(wrong.args(["--aws-profile", "audit"]));
}

#[test]
fn endpoints_come_from_the_environment() {
    let place = Place::new();
    let server = Server::start(&one_log(&place).root(), |_| None);
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"] {
        let run = place.trailscan("principals --days 10 s3://logs").env("AWS_EC2_METADATA_DISABLED", "true");
        let run = run.env("AWS_ACCESS_KEY_ID", super::ACCESS_KEY).env("AWS_SECRET_ACCESS_KEY", super::SECRET);
        assert_eq!(run.env(name, server.url()).json(0)["coverage"]["objects_read"], 1, "{name}");
    }
    let run = place.trailscan("principals --days 10 s3://logs --endpoint-url localhost:9000").ends(2);
    assert!(run.stderr.contains("--endpoint-url \"localhost:9000\" is not a URL"), "{}", run.stderr);
}

#[test]
fn a_role_is_assumed_with_its_external_id() {
    let place = Place::new();
    let archive = one_log(&place);
    let server = Server::start(&archive.root(), |asked| {
        if asked.query.get("Action").map(String::as_str) != Some("AssumeRole") {
            return None;
        }
        if asked.query.get("ExternalId").map(String::as_str) != Some("unit-42") {
            return Some(Fault::Error(403, "AccessDenied", "not authorized to perform: sts:AssumeRole"));
        }
        Some(super::cloud::assumed(asked))
    });
    let role = "arn:aws:iam::111122223333:role/log-reader";
    let run = || asking(&place, &server, "principals --days 10 s3://logs --assume-role").arg(role);
    assert_eq!(run().args(["--external-id", "unit-42"]).json(0)["coverage"]["objects_read"], 1);
    assert_eq!(server.asked().last().unwrap().headers["x-amz-security-token"], "token");
    let as_the_cli =
        asking(&place, &server, "principals --days 10 s3://logs --external-id unit-42 --role-arn").arg(role);
    assert_eq!(as_the_cli.json(0)["coverage"]["objects_read"], 1);
    let refused = run().ends(1);
    assert!(refused.stderr.contains(&format!("role {role} cannot be assumed")), "{}", refused.stderr);
}

#[test]
fn who_asks_pays_when_told_so() {
    let place = Place::new();
    let server = Server::start(&one_log(&place).root(), |_| None);
    for payer in ["s3://logs --request-payer", "--request-payer s3://logs", "--request-payer requester s3://logs"] {
        asking(&place, &server, &format!("principals --days 10 {payer}")).ends(0);
    }
    asking(&place, &server, "principals --days 10 s3://logs").env("TRAILSCAN_REQUEST_PAYER", "requester").ends(0);
    assert!(
        server.asked().iter().all(|asked| asked.headers.get("x-amz-request-payer").is_some_and(|p| p == "requester"))
    );
}

#[test]
fn an_object_can_be_read_without_listing_its_bucket() {
    let place = Place::new();
    let archive = Archive::new(&place);
    let key = archive.log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 2);
    let denied =
        |asked: &super::server::Asked| asked.is_list().then_some(Fault::Error(403, "AccessDenied", "Access Denied"));
    let server = Server::start(&archive.root(), denied);
    let run = asking(&place, &server, "principals --days 10").arg(format!("s3://logs/{key}")).json(0);
    assert_eq!(run["coverage"]["objects_read"], 1);
}
