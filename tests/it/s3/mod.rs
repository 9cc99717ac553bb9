//! Reading from S3: a real server in this process over loopback, which checks signatures and fails on demand.

mod archive;
mod cloud;
mod light;
mod server;
mod tls;

mod believed;
mod bounds;
mod cost;
mod credentials;
mod destination;
mod digests;
mod dry_run;
mod foreign;
mod gone;
mod identity;
mod layouts;
mod log;
mod many;
mod profiles;
mod reading;
mod refusals;
mod trails;

use archive::Archive;
use server::{Fault, Server};

use crate::harness::{Place, Run};

/// The credentials that the server takes.
const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// Another access key, with the same secret.
const OTHER_KEY: &str = "AKIABOBLAPTOPEXAMPLE";

/// A run that asks `server`, with good credentials.
fn asking<'a>(place: &'a Place, server: &Server, arguments: &str) -> Run<'a> {
    let run = place.trailscan(arguments).env("AWS_ENDPOINT_URL", server.url()).env("AWS_EC2_METADATA_DISABLED", "true");
    run.env("AWS_ACCESS_KEY_ID", ACCESS_KEY).env("AWS_SECRET_ACCESS_KEY", SECRET).env("AWS_REGION", "us-east-1")
}
