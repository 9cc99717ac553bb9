//! Reading from S3: a real server in this process over loopback, which checks signatures and fails on demand.

mod archive;
mod cloud;
mod light;
mod server;
mod tls;

mod believed;
mod bounds;
mod cached;
mod cost;
mod credentials;
mod destination;
mod digests;
mod dry_run;
mod foreign;
mod gone;
#[cfg(feature = "iam")]
mod iam;
mod identity;
mod layouts;
mod log;
mod many;
mod planned;
mod profiles;
mod reading;
mod refusals;
mod rollups;
mod routes;
mod servers;
#[cfg(feature = "iam")]
mod snapshot;
#[cfg(feature = "iam")]
mod snapshot_faults;
#[cfg(feature = "iam")]
mod snapshot_foreign;
#[cfg(unix)]
mod spark;
mod trails;
mod verify;

use archive::Archive;
use server::{Fault, Server};

use crate::harness::{Ended, Place, Run};

/// The credentials that the server takes.
const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// Another access key, with the same secret.
const OTHER_KEY: &str = "AKIABOBLAPTOPEXAMPLE";

/// Three objects of one region; `rule` fails what it will, and each request is sent `attempts` times at most. Runs to the
/// end with `code`, and says how many objects were asked for.
fn three_asked(
    rule: impl Fn(&server::Asked) -> Option<Fault> + Send + Sync + 'static,
    attempts: &str,
    code: i32,
) -> (Ended, usize) {
    let place = Place::new();
    let archive = archive::Archive::new(&place);
    for number in 1..=3 {
        archive.log("AWSLogs/", "111122223333", "us-east-1", (10, number), 2);
    }
    let server = Server::start(&archive.root(), rule);
    let run = asking(&place, &server, "principals --days 10 --format json s3://logs");
    // Failures are printed when the test fails.
    let ended = run.env("AWS_MAX_ATTEMPTS", attempts).ends(code);
    (ended, server.gets())
}

/// A run that asks `server`, with good credentials.
fn asking<'a>(place: &'a Place, server: &Server, arguments: &str) -> Run<'a> {
    let run = place.trailscan(arguments).env("AWS_ENDPOINT_URL", server.url()).env("AWS_EC2_METADATA_DISABLED", "true");
    run.env("AWS_ACCESS_KEY_ID", ACCESS_KEY).env("AWS_SECRET_ACCESS_KEY", SECRET).env("AWS_REGION", "us-east-1")
}
