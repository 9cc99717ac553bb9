//! Foreign implementations of S3 that keep files: rclone, which serves folders and is read from only (answers cannot be
//! written there yet), and SeaweedFS, a distributed store. Both on loopback. They run where `TRAILSCAN_RCLONE` and
//! `TRAILSCAN_WEED` name the programs; `.ci/run` installs them.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::foreign::without_places;
use super::{ACCESS_KEY, Archive, SECRET, archive};
use crate::harness::{Place, Run, loudly};
use crate::records::{call, delivered, with};

/// How long a server may take until it answers: on a busy machine a start takes a while.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server, until it is dropped.
struct Store {
    server: Child,
    url: String,
    kept: Kept,
}

/// Where a server has its buckets.
enum Kept {
    /// In this folder, as files.
    Folder(PathBuf),
    /// Behind this address of a filer, below `/buckets/`.
    Filer(String),
}

/// The program that a variable names; `None`, said so even though the test passes, where it names none.
fn program(variable: &str) -> Option<PathBuf> {
    let program = std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
    if program.is_none() {
        loudly(&format!("SKIPPED a foreign S3: set {variable}"));
    }
    program
}

/// Starts a server whose words go to a file.
fn start(command: &mut Command, place: &Place) -> Child {
    let log = File::create(place.path("server.log")).expect("a file");
    let words = log.try_clone().expect("the same file");
    // Nothing of the settings of whoever runs the tests.
    command.env("HOME", place.path(".")).current_dir(place.path("."));
    command.stdin(Stdio::null()).stdout(words).stderr(log).spawn().expect("the server starts")
}

/// Different ports that nobody listens on, and neither on those ten thousand above them, where SeaweedFS talks to itself: all
/// below those that Linux gives to connections.
fn ports() -> [u16; 4] {
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let first = u16::try_from(std::process::id().wrapping_mul(7919) % 10_000).expect("below 10,000");
    let mut free = (0..10_000u16).map(|step| 12_000 + (first + step) % 10_000);
    let mut next = || free.find(|&port| is_free(port) && is_free(port + 10_000)).expect("a free port");
    [next(), next(), next(), next()]
}

impl Store {
    /// rclone, over the folder `buckets` of a place.
    fn rclone(place: &Place) -> Option<Self> {
        let program = program("TRAILSCAN_RCLONE")?;
        let root = place.path("buckets");
        let mut command = Command::new(program);
        command.args(["serve", "s3", "--addr", "127.0.0.1:0", "--vfs-cache-mode", "off", "--auth-key"]);
        command.arg(format!("{ACCESS_KEY},{SECRET}")).arg(&root);
        let server = start(&mut command, place);
        let mut store = Self { server, url: String::new(), kept: Kept::Folder(root) };
        store.wait(place, |log| {
            let (_, url) = log.split_once("Starting s3 server on [")?;
            Some(url.split_once("/]")?.0.to_owned())
        });
        Some(store)
    }

    /// SeaweedFS, all in one process, filled with the folder `buckets` of a place.
    fn seaweed(place: &Place) -> Option<Self> {
        let program = program("TRAILSCAN_WEED")?;
        let identity = json!({"identities": [{"name": "tests", "actions": ["Admin", "Read", "List", "Write"],
            "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET}]}]});
        place.write("s3.json", identity.to_string());
        std::fs::create_dir_all(place.path("kept")).expect("a folder");
        let [s3, filer, master, volume] = ports();
        let mut command = Command::new(&program);
        command.args(["server", "-dir=kept", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3", "-s3.config=s3.json"]);
        // Small volumes, and nothing beside S3: other ports are everybody's.
        command.args(["-s3.port.iceberg=0", "-s3.port.lance=0", "-master.volumeSizeLimitMB=64", "-volume.max=50"]);
        command.args([format!("-master.port={master}"), format!("-volume.port={volume}")]);
        command.args([format!("-filer.port={filer}"), format!("-s3.port={s3}")]);
        let server = start(&mut command, place);
        let filer = format!("127.0.0.1:{filer}");
        let mut store = Self { server, url: String::new(), kept: Kept::Filer(filer.clone()) };
        let (asked, there) = (filer.clone(), format!("127.0.0.1:{s3}"));
        store.wait(place, |_| {
            let answers = TcpStream::connect(&there).is_ok() && get(&asked, "/").is_some();
            answers.then(|| format!("http://{there}"))
        });
        let copy = || {
            let mut copy = Command::new(&program);
            copy.arg("filer.copy").current_dir(place.path("."));
            let buckets = std::fs::read_dir(place.path("buckets")).expect("buckets");
            copy.args(buckets.map(|bucket| bucket.expect("a bucket").path()));
            copy.arg(format!("http://{filer}/buckets/")).output().expect("weed")
        };
        // Its first volume takes a while to be there.
        let begun = Instant::now();
        loop {
            let copied = copy();
            if copied.status.success() && get(&filer, "/buckets/logs/").is_some() {
                break;
            }
            assert!(begun.elapsed() < PATIENCE, "{copied:?}");
            std::thread::sleep(Duration::from_millis(300));
        }
        Some(store)
    }

    /// Waits until it is there, which what it says or answers tells.
    fn wait(&mut self, place: &Place, mut url: impl FnMut(&str) -> Option<String>) {
        let begun = Instant::now();
        loop {
            let log = place.read("server.log");
            if let Some(url) = url(&log) {
                self.url = url;
                return;
            }
            let ended = self.server.try_wait().expect("a child");
            assert!(ended.is_none() && begun.elapsed() < PATIENCE, "{ended:?}: {log}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// A run that asks it.
    fn asked<'a>(&self, place: &'a Place, arguments: &str) -> Run<'a> {
        let run = place.trailscan(arguments).env("AWS_ENDPOINT_URL", &self.url).env("AWS_REGION", "us-east-1");
        run.env("AWS_ACCESS_KEY_ID", ACCESS_KEY).env("AWS_SECRET_ACCESS_KEY", SECRET)
    }

    /// The bytes of an object, past S3.
    fn object(&self, bucket: &str, key: &str) -> Vec<u8> {
        match &self.kept {
            Kept::Folder(root) => std::fs::read(root.join(bucket).join(key)).expect("an object"),
            Kept::Filer(filer) => get(filer, &format!("/buckets/{bucket}/{key}")).expect("an object"),
        }
    }

    /// The names in a bucket, past S3: what a store keeps of uploads that were begun stands there too.
    fn names(&self, bucket: &str) -> Vec<String> {
        match &self.kept {
            Kept::Folder(root) => below(&root.join(bucket), root),
            Kept::Filer(filer) => entries(filer, &format!("/buckets/{bucket}")),
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn below(folder: &Path, root: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            names.extend(below(&path, root));
        } else {
            names.push(format!("/buckets/{}", path.strip_prefix(root).expect("below").display()));
        }
    }
    names.sort();
    names
}

/// The files that a filer lists below a folder; the folder of uploads may stay, with nothing in it.
fn entries(filer: &str, folder: &str) -> Vec<String> {
    let listed = get(filer, &format!("{folder}/?limit=1000")).unwrap_or_default();
    let listed: Value = serde_json::from_slice(&listed).expect("a list");
    let mut names = Vec::new();
    for entry in listed["Entries"].as_array().into_iter().flatten() {
        let (path, mode) = (entry["FullPath"].as_str().expect("a path"), entry["Mode"].as_u64().expect("a mode"));
        // As Go writes the mode of a folder.
        match mode >> 31 & 1 {
            1 => names.extend(entries(filer, path)),
            _ => names.push(path.to_owned()),
        }
    }
    names.sort();
    names
}

/// What a GET without a signature gives; `None` where it gives nothing.
fn get(server: &str, path: &str) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect(server).ok()?;
    let asked = format!("GET {path} HTTP/1.0\r\nHost: {server}\r\nAccept: application/json\r\n\r\n");
    stream.write_all(asked.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    head.split(' ').nth(1).filter(|status| *status == "200")?;
    Some(answer.split_off(end + 4))
}

/// An organization in a bucket `logs`, more keys than a page holds in one region, and a bucket `answers`.
fn filled(place: &Place) {
    let logs = Archive::new(place);
    for account in archive::ACCOUNTS {
        for region in archive::REGIONS {
            for day in 1..=archive::DAYS {
                logs.log("AWSLogs/o-exampleorg/", account, region, (day, 1), 2);
            }
        }
    }
    for number in 0..1_100 {
        logs.log("many/AWSLogs/", "111122223333", "us-east-1", (10, number), 1);
    }
    std::fs::create_dir_all(place.path("buckets/answers")).expect("a bucket");
    // Some 20 MiB of answer: several parts.
    let user = |number: usize| {
        let name = format!("{number:05}{}", "x".repeat(950));
        let user = json!({"arn": format!("arn:aws:iam::111122223333:user/{name}"), "userName": name});
        with(call(number, 0), json!({ "userIdentity": user }))
    };
    place.write("large/a.json", delivered(&(0..14_000).map(user).collect::<Vec<_>>()));
}

/// What is read there is what is read from the disk.
fn reads_as_from_the_disk(store: &Store, place: &Place) {
    for report in ["audit --all", "trace * --all"] {
        let there = store.asked(place, &format!("{report} s3://logs/AWSLogs/")).json(0);
        let here = place.trailscan(&format!("{report} buckets/logs/AWSLogs")).json(0);
        assert_eq!(without_places(there), without_places(here), "{report}");
    }
    let pages = store.asked(place, "principals --days 10 s3://logs/many/").json(0);
    assert_eq!(pages["coverage"]["objects_read"], 1_100);
    let window = "principals --since 2026-09-05 --until 2026-09-06 --late-slack 0";
    let there = store.asked(place, &format!("{window} s3://logs/AWSLogs/")).json(0);
    assert_eq!(there["coverage"]["events_counted"], 20);
    let one = store.asked(place, &format!("{window} --account 444455556666 s3://logs/AWSLogs/")).json(0);
    assert_eq!(one["coverage"]["events_counted"], 4);
    let told = store.asked(place, "principals --days 10 --dry-run s3://logs/many/ --format json").ends(0).json();
    assert!(told.to_string().contains("1100"), "{told}");
}

/// What cannot be is said as of any other server.
fn refusals_are_told(store: &Store, place: &Place) {
    for (arguments, says) in [
        ("principals --days 10 s3://nosuchbucket", "s3://nosuchbucket/: cannot be listed to its end: no such bucket"),
        ("principals --days 10 s3://logs/none/", "s3://logs/none/: no object has a key like this"),
    ] {
        let ended = store.asked(place, arguments).ends(1);
        assert!(ended.stderr.contains(says), "{says}: {}", ended.stderr);
    }
    let wrong = store.asked(place, "principals --days 10 s3://logs").env("AWS_SECRET_ACCESS_KEY", "wrongsecretwrong");
    let ended = wrong.ends(1);
    let is_told = ended.stderr.contains("the signature does not match") || ended.stderr.contains("access denied");
    assert!(is_told && !ended.stderr.contains("wrongsecret"), "{}", ended.stderr);
}

/// Small answers and such as go in parts are there byte by byte, and nothing beside them.
fn answers_go_there(store: &Store, place: &Place) {
    for (logs, name) in [("buckets/logs/AWSLogs", "of/small.json"), ("large", "of/large.json")] {
        let run = format!("principals --all --format json {logs}");
        store.asked(place, &format!("{run} --output s3://answers/{name}")).ends(0);
        let printed = place.trailscan(&run).ends(0);
        assert!(store.object("answers", name) == printed.stdout, "{name}");
    }
    assert_eq!(store.names("answers"), ["/buckets/answers/of/large.json", "/buckets/answers/of/small.json"]);
}

#[test]
fn rclone_serves_an_archive() {
    let place = Place::new();
    filled(&place);
    let Some(store) = Store::rclone(&place) else { return };
    reads_as_from_the_disk(&store, &place);
    refusals_are_told(&store, &place);
}

#[test]
fn seaweed_serves_an_archive_and_takes_answers() {
    let place = Place::new();
    filled(&place);
    let Some(store) = Store::seaweed(&place) else { return };
    reads_as_from_the_disk(&store, &place);
    refusals_are_told(&store, &place);
    answers_go_there(&store, &place);
}
