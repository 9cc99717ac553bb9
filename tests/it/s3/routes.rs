//! Ways to a bucket: through a proxy, and by the ARN of an access point.

use super::{Archive, Fault, Server};
use crate::harness::{Place, Run};
use crate::records::{calls, delivered};

const POINT: &str = "arn:aws:s3:eu-west-1:111122223333:accesspoint/audit";

/// A run that reaches the server only where something sends it there: nobody answers to the name of the endpoint.
fn by_name<'a>(place: &'a Place, arguments: &str) -> Run<'a> {
    let run = place.trailscan(arguments).env("AWS_ENDPOINT_URL", "http://s3.invalid").env("AWS_MAX_ATTEMPTS", "1");
    let run = run.env("AWS_ACCESS_KEY_ID", super::ACCESS_KEY).env("AWS_SECRET_ACCESS_KEY", super::SECRET);
    run.env("AWS_REGION", "us-east-1")
        .without("HTTP_PROXY")
        .without("http_proxy")
        .without("NO_PROXY")
        .without("no_proxy")
}

#[test]
fn a_proxy_is_asked_for_buckets_unless_it_is_not_for_them() {
    let place = Place::new();
    let archive = Archive::new(&place);
    archive.log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 2);
    let server = Server::start(&archive.root(), |_| None);
    for name in ["HTTP_PROXY", "http_proxy"] {
        let run = by_name(&place, "principals --days 10 s3://logs").env(name, server.url());
        assert_eq!(run.json(0)["coverage"]["objects_read"], 1, "{name}");
    }
    assert!(server.asked().iter().all(|asked| asked.headers["host"] == "s3.invalid"));
    let asked = server.asked().len();
    let run = by_name(&place, "principals --days 10 s3://logs").env("HTTP_PROXY", server.url());
    run.env("NO_PROXY", "s3.invalid").ends(1);
    assert_eq!(server.asked().len(), asked, "it was not to be asked");
}

#[test]
fn an_access_point_stands_for_its_bucket() {
    let place = Place::new();
    let body = String::from_utf8(delivered(&calls(3)).into()).expect("text");
    let key = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/09/10/\
               111122223333_CloudTrail_eu-west-1_20260910T1200Z_abcdefghijklmnop.json";
    let listing = format!(
        "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>audit</Name>\
         <Prefix>{key}</Prefix><KeyCount>1</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><Contents>\
         <Key>{key}</Key><Size>{}</Size><LastModified>2026-09-10T12:05:00.000Z</LastModified></Contents>\
         </ListBucketResult>",
        body.len()
    );
    std::fs::create_dir(place.path("none")).expect("a folder");
    let server = Server::start(&place.path("none"), move |asked| {
        Some(if asked.is_list() { Fault::Xml(listing.clone()) } else { Fault::Text(200, body.clone()) })
    });
    let run =
        by_name(&place, "principals --days 10").arg(format!("s3://{POINT}/{key}")).env("HTTP_PROXY", server.url());
    let answer = run.json(0);
    assert_eq!((&answer["coverage"]["objects_read"], &answer["coverage"]["events_counted"]), (&1.into(), &3.into()));
    for asked in server.asked() {
        assert_eq!(asked.headers["host"], "audit-111122223333.s3.invalid");
        assert!(asked.headers["authorization"].contains("/eu-west-1/s3/"), "its own region: {asked:?}");
    }
    let told = place.trailscan("principals s3://arn:aws:s3::111122223333:accesspoint/many.mrap").ends(2).stderr;
    assert!(told.contains("names no bucket"), "{told}");
}
