//! Another implementation of S3, STS and CloudTrail than ours: moto, a server of its own in Python, on loopback. Runs where
//! `TRAILSCAN_MOTO` names a python3 that has `moto[server]`; `.ci/run` installs one.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::{Archive, archive};
use crate::harness::{Place, Run, loudly};

/// Makes the folders in a root buckets, and prints an object when asked for one.
const CLIENT: &str = r#"
import os, pathlib, sys
import boto3

url, action, *rest = sys.argv[1:]
def client(service):
    return boto3.client(service, endpoint_url=url, region_name="us-east-1",
                        aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x")
s3 = client("s3")
if action == "fill":
    root = pathlib.Path(rest[0])
    for bucket in sorted(root.iterdir()):
        s3.create_bucket(Bucket=bucket.name)
        for path in sorted(path for path in bucket.rglob("*") if path.is_file()):
            s3.put_object(Bucket=bucket.name, Key=str(path.relative_to(bucket)), Body=path.read_bytes())
elif action == "trail":
    client("cloudtrail").create_trail(Name="events", S3BucketName=rest[0], IsMultiRegionTrail=True)
elif action == "get":
    sys.stdout.buffer.write(s3.get_object(Bucket=rest[0], Key=rest[1])["Body"].read())
elif action == "names":
    print("\n".join(o["Key"] for o in s3.list_objects_v2(Bucket=rest[0]).get("Contents", [])))
    print(len(s3.list_multipart_uploads(Bucket=rest[0]).get("Uploads", [])))
"#;

/// moto, until it is dropped.
pub struct Moto {
    /// The Python that has it.
    pub python: PathBuf,
    server: Child,
    /// Where it listens.
    pub url: String,
}

impl Moto {
    /// Starts it; `None`, said so even though the test passes, where there is none.
    fn start() -> Option<Self> {
        Self::start_with(&["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"])
    }

    /// Starts what these arguments of Python say.
    pub fn start_with(arguments: &[&str]) -> Option<Self> {
        let python = std::env::var_os("TRAILSCAN_MOTO").filter(|path| !path.is_empty()).map(PathBuf::from);
        let Some(python) = python else {
            loudly("SKIPPED moto: set TRAILSCAN_MOTO");
            return None;
        };
        let mut command = Command::new(&python);
        command.args(arguments).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut server = command.spawn().expect("moto starts");
        let mut told = BufReader::new(server.stderr.take().expect("piped")).lines();
        let url = told.by_ref().find_map(|line| {
            let line = line.expect("stderr can be read");
            line.split_once("Running on ").map(|(_, url)| url.trim().to_owned())
        });
        // It writes a line a request: whoever does not read them makes it wait.
        std::thread::spawn(move || told.for_each(drop));
        Some(Self { python, server, url: url.expect("it says where it listens") })
    }

    fn client(&self, arguments: &[&str]) -> Vec<u8> {
        let run = Command::new(&self.python).args(["-c", CLIENT, &self.url]).args(arguments).output().expect("python");
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        run.stdout
    }

    fn fill(&self, root: &Path) {
        self.client(&["fill", root.to_str().expect("UTF-8")]);
    }

    /// A run that asks it.
    pub fn asked<'a>(&self, place: &'a Place, arguments: &str) -> Run<'a> {
        let run = place.trailscan(arguments).env("AWS_ENDPOINT_URL", &self.url).env("AWS_REGION", "us-east-1");
        run.env("AWS_ACCESS_KEY_ID", super::ACCESS_KEY).env("AWS_SECRET_ACCESS_KEY", super::SECRET)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// An answer without what names places or speaks of requests.
pub fn without_places(mut answer: Value) -> Value {
    let coverage = answer["coverage"].as_object_mut().expect("coverage");
    coverage.retain(|name, _| !["failures", "warnings"].contains(&name.as_str()));
    answer
}

#[test]
fn an_archive_reads_as_from_the_disk() {
    let Some(moto) = Moto::start() else { return };
    let place = Place::new();
    let logs = Archive::new(&place);
    for account in archive::ACCOUNTS {
        for region in archive::REGIONS {
            for day in 1..=archive::DAYS {
                logs.log("AWSLogs/o-exampleorgid/", account, region, (day, 1), 2);
            }
        }
    }
    moto.fill(&logs.root());
    for (report, format) in [("audit --all", "json"), ("principals --all", "json"), ("trace * --all", "json")] {
        let there = moto.asked(&place, &format!("{report} s3://logs --format {format}")).ends(0).json();
        let here = place.trailscan(&format!("{report} buckets/logs --format {format}")).ends(0).json();
        assert_eq!(without_places(there), without_places(here), "{report}");
    }
    for format in ["table", "html", "jsonl"] {
        let run = |place: &str| format!("key-spread --all --format {format} {place}");
        let there = moto.asked(&place, &run("s3://logs")).ends(0);
        let here = place.trailscan(&run("buckets/logs")).ends(0);
        let plain = |text: &str| {
            text.replace("s3://logs/", "LOGS").replace("s3://logs", "LOGS").replace("buckets/logs", "LOGS")
        };
        assert_eq!(plain(there.text()), plain(here.text()), "{format}");
    }
}

#[test]
fn a_listing_of_many_pages() {
    let Some(moto) = Moto::start() else { return };
    let place = Place::new();
    let logs = Archive::new(&place);
    for number in 0..2_300 {
        logs.log("AWSLogs/", "111122223333", "us-east-1", (10, number), 1);
    }
    moto.fill(&logs.root());
    let there = moto.asked(&place, "principals --days 10 s3://logs").json(0);
    assert_eq!(there["coverage"]["objects_read"], 2_300);
}

#[test]
fn an_answer_goes_there_and_leaves_nothing_behind() {
    let Some(moto) = Moto::start() else { return };
    let place = Place::new();
    let logs = Archive::new(&place);
    logs.log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 3);
    std::fs::create_dir_all(place.path("buckets/answers")).expect("a bucket");
    moto.fill(&logs.root());
    let run = "principals --days 10 s3://logs --format json";
    moto.asked(&place, &format!("{run} --output s3://answers/of/today.json")).ends(0);
    let printed = moto.asked(&place, run).ends(0);
    assert_eq!(moto.client(&["get", "answers", "of/today.json"]), printed.stdout);
    let names = String::from_utf8(moto.client(&["names", "answers"])).expect("UTF-8");
    assert_eq!(names, "of/today.json\n0\n", "the object, and no upload that was begun");
}

#[test]
fn trails_and_roles_are_those_of_its_services() {
    let Some(moto) = Moto::start() else { return };
    let place = Place::new();
    let logs = Archive::new(&place);
    logs.log("AWSLogs/", "111122223333", "us-east-1", (10, 1), 3);
    moto.fill(&logs.root());
    moto.client(&["trail", "logs"]);
    let ended = moto.asked(&place, "principals --days 10 --format json").ends(0);
    assert_eq!(ended.json()["coverage"]["events_counted"], 3);
    assert!(ended.stderr.contains("reading s3://logs/AWSLogs/, where trail events"), "{}", ended.stderr);
    let role = "arn:aws:iam::123456789012:role/reader";
    let answer = moto.asked(&place, "principals --days 10 s3://logs --assume-role").arg(role).json(0);
    assert_eq!(answer["coverage"]["events_counted"], 3);
    let config = format!("[profile reader]\nrole_arn = {role}\ncredential_source = Environment\nregion = us-east-1\n");
    place.write(".aws/config", config);
    assert_eq!(moto.asked(&place, "principals --aws-profile reader").json(0)["coverage"]["events_counted"], 3);
    place.write(".aws/credentials", super::cloud::key("own", super::ACCESS_KEY));
    let listed = place.trailscan("profiles --format json").env("AWS_ENDPOINT_URL", &moto.url).ends(0).json();
    let own = listed["rows"].as_array().expect("rows").iter().find(|row| row["profile"] == "own").expect("it is there");
    assert_eq!((&own["usable"], &own["account_id"]), (&"yes".into(), &"123456789012".into()));
}
