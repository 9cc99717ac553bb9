//! Ways to a bucket: through a proxy, and by the ARN of an access point.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::tls::Front;
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

/// A proxy that lets TLS through: its address, and how often it did.
fn tunnel() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let (url, count) = (format!("http://{}", listener.local_addr().expect("bound")), Arc::<AtomicUsize>::default());
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let counted = Arc::clone(&counted);
            std::thread::spawn(move || connect(stream, &counted));
        }
    });
    (url, count)
}

fn connect(mut client: TcpStream, counted: &AtomicUsize) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && client.read_exact(&mut byte).is_ok() {
        head.extend(byte);
    }
    let head = String::from_utf8(head).expect("text");
    let place = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).expect("a place to connect to");
    let mut server = TcpStream::connect(place).expect("the server");
    counted.fetch_add(1, Ordering::Relaxed);
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").expect("it listens");
    let (mut from, mut to) = (client.try_clone().expect("a socket"), server.try_clone().expect("a socket"));
    std::thread::spawn(move || std::io::copy(&mut from, &mut to));
    // Whoever ends first ends both.
    let _ = std::io::copy(&mut server, &mut client);
}

#[test]
fn a_proxy_lets_tls_through_that_a_bundle_vouches_for() {
    let place = Place::new();
    let archive = Archive::new(&place);
    archive.log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 2);
    let server = Server::start(&archive.root(), |_| None);
    let (tls, (proxy, count)) = (Front::of(&server), tunnel());
    place.write("ca.pem", include_str!("tls/ca.pem"));
    for name in ["HTTPS_PROXY", "https_proxy"] {
        let run = by_name(&place, "principals --days 10 s3://logs").env("AWS_ENDPOINT_URL", tls.url());
        let run = run.env(name, &proxy).env("AWS_CA_BUNDLE", place.path("ca.pem"));
        assert_eq!(run.json(0)["coverage"]["objects_read"], 1, "{name}");
        assert!(count.swap(0, Ordering::Relaxed) > 0, "{name}");
    }
    assert!(!server.asked().is_empty());
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
