//! What `-vv` tells of requests, and what no level tells.

use super::{Archive, Fault, SECRET, Server, asking};
use crate::harness::Place;

#[test]
fn requests_and_repeats_are_told_and_no_secret_at_any_level() {
    let place = Place::new();
    let archive = Archive::new(&place);
    archive.log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 2);
    let server = Server::start(&archive.root(), |asked| {
        let is_object = asked.method == "GET" && asked.path.contains(".json");
        (is_object && asked.before == 0).then_some(Fault::Error(503, "SlowDown", "Reduce your request rate."))
    });
    let told = asking(&place, &server, "principals -vv --all s3://logs").ends(0).stderr;
    for says in [
        "credentials found who=\"the default credentials\" region=us-east-1",
        "s3 listed a page prefix=s3://logs/",
        "s3 request failed bucket=s3://logs attempt=1 next=Slower",
        "s3 fetched object=s3://logs/AWSLogs/111122223333/CloudTrail/us-east-1/",
        "object read object=s3://logs/AWSLogs/",
    ] {
        assert!(told.contains(says), "{says}: {told}");
    }
    let others = ["aws_config", "aws_credential_types", "aws_runtime", "aws_sdk_s3", "aws_sigv4", "aws_smithy_runtime"];
    let others = others.into_iter().chain(["aws_smithy_http_client", "hyper", "hyper_util", "rustls"]);
    let all: String = others.map(|target| format!(",{target}=trace")).collect();
    let run = asking(&place, &server, "principals -vvv --all s3://logs").env("TRAILSCAN_LOG", format!("trace{all}"));
    let told = run.env("AWS_SESSION_TOKEN", "").ends(0).stderr;
    let signature = told.contains("Signature=") || told.contains("AWS4-HMAC");
    assert!(!told.contains(SECRET) && !signature, "{told}");
}
