//! What a scan takes of memory, of time on a slow network, and of patience when it is stopped.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::archive::gzip;
use super::light::{Light, Pace};
use super::{Archive, Fault, Server, asking};
use crate::harness::Place;
use crate::records::{call, delivered};

/// A run that can be watched; its JSON goes to `answer.json`.
fn started(place: &Place, server: &Server, arguments: &str) -> std::process::Child {
    let run = asking(place, server, arguments).args(["--format", "json", "-o", "answer.json"]);
    run.into_command().stderr(Stdio::null()).spawn().expect("trailscan starts")
}

fn answer(place: &Place) -> Value {
    serde_json::from_str(&place.read("answer.json")).expect("JSON")
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_within_a_second_with_what_was_read() {
    let place = Place::new();
    let archive = Archive::new(&place);
    for number in 0..300 {
        archive.log("AWSLogs/", "111122223333", "us-east-1", (10, number), 1);
    }
    // Two objects in three are never answered.
    let hang = |asked: &super::server::Asked| {
        let is_hung = !asked.is_list() && asked.path.bytes().nth_back(8).is_some_and(|digit| digit % 3 != 0);
        is_hung.then_some(Fault::Late(Duration::from_secs(3600)))
    };
    let server = Server::start(&archive.root(), hang);
    let mut child = started(&place, &server, "principals --all --concurrency 200 s3://logs");
    crate::child::until("200 objects are asked for", || {
        let ended = child.try_wait().expect("it can be waited for");
        assert_eq!(ended.map(|status| status.code()), None, "it ends by itself");
        server.gets() >= 200
    });
    std::thread::sleep(Duration::from_millis(300));
    let begin = Instant::now();
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(kill.success());
    assert_eq!(child.wait().expect("it ends").code(), Some(3));
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
    let coverage = &answer(&place)["coverage"];
    assert_eq!(coverage["interrupted"], true);
    assert!(
        coverage["objects_read"].as_u64() > Some(0) && coverage["objects_skipped"]["not-reached"].as_u64() > Some(0)
    );
    assert_eq!(coverage["gaps"], Value::Array(Vec::new()));
    crate::harness::assert_identities(coverage);
}

/// The most memory that a scan of so many objects of `bytes` bytes held, in KiB.
#[cfg(target_os = "linux")]
fn peak_of(objects: usize, bytes: usize) -> u64 {
    let object = format!("{{\"Records\":[{}]}}", " ".repeat(bytes));
    let keys = (0..objects).map(|number| format!("flat/{number}.json")).collect();
    let server = Light::start(keys, vec![object.into_bytes()], Pace::AtOnce);
    let place = Place::new();
    let run = of(&place, &server, "principals --all --max-in-flight 8MiB --threads 2 s3://logs/flat/ -o a.json");
    let (code, peak) = watched(run);
    assert_eq!(code, Some(0));
    let answer: Value = serde_json::from_str(&place.read("a.json")).expect("JSON");
    assert_eq!(answer["coverage"]["objects_read"], objects);
    peak
}

/// How a run ends, and the most memory that it held, in KiB.
#[cfg(target_os = "linux")]
fn watched(run: crate::harness::Run<'_>) -> (Option<i32>, u64) {
    let mut child = run.into_command().stderr(Stdio::null()).spawn().expect("trailscan starts");
    let (status, mut peak) = (format!("/proc/{}/status", child.id()), 0);
    // However long it takes: on a busy machine a hundred thousand objects take minutes.
    let ended = loop {
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        peak = line.trim().trim_end_matches(" kB").parse().unwrap_or(peak);
        if let Some(ended) = child.try_wait().expect("it runs") {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    (ended.code(), peak)
}

#[test]
#[cfg(target_os = "linux")]
fn a_body_larger_than_listed_is_held_by_nobody() {
    let place = Place::new();
    let archive = Archive::new(&place);
    for number in 0..4 {
        archive.put(&format!("flat/{number}.json"), b"{\"Records\":[]}");
    }
    let large = format!("{{\"Records\":[]}}{}", " ".repeat(64 << 20));
    let server =
        Server::start(&archive.root(), move |asked| (!asked.is_list()).then(|| Fault::Text(200, large.clone())));
    let run = asking(&place, &server, "principals --all --max-in-flight 8MiB --threads 2 s3://logs/flat/ -o a.json");
    let (code, peak) = watched(run);
    assert_eq!(code, Some(1), "nothing could be read");
    assert!(peak < 100 << 10, "{peak} KiB");
}

/// A run that asks a light server.
fn of<'a>(place: &'a Place, server: &Light, arguments: &str) -> crate::harness::Run<'a> {
    let run = place.trailscan(arguments).env("AWS_ENDPOINT_URL", server.url()).env("AWS_EC2_METADATA_DISABLED", "true");
    run.env("AWS_ACCESS_KEY_ID", super::ACCESS_KEY).env("AWS_SECRET_ACCESS_KEY", super::SECRET)
}

#[test]
#[cfg(target_os = "linux")]
fn memory_is_flat_for_any_number_of_objects() {
    let (few, many) = (peak_of(300, 64 << 10), peak_of(3000, 64 << 10));
    println!("300 objects: {few} KiB; 3000 objects, 187 MiB of them: {many} KiB");
    assert!(many < few + (24 << 10), "{few} KiB, then {many} KiB");
}

#[test]
#[cfg(target_os = "linux")]
fn memory_is_flat_for_a_hundred_thousand_objects() {
    if std::env::var_os("TRAILSCAN_BIG_TESTS").is_none() {
        return crate::harness::loudly("SKIPPED 100,000 objects: set TRAILSCAN_BIG_TESTS");
    }
    // A hundred never fill the bytes and the keys that may wait; ten thousand do.
    let [few, more, many] = [100, 10_000, 100_000].map(|objects| peak_of(objects, 1 << 10));
    crate::harness::loudly(&format!("100 objects: {few} KiB; 10,000: {more} KiB; 100,000: {many} KiB"));
    assert!(many < few + (24 << 10), "{few} KiB, then {many} KiB");
    assert!(many < more + (8 << 10), "{more} KiB, then {many} KiB");
}

#[test]
fn bytes_in_flight_hold_the_network_back() {
    let place = Place::new();
    let archive = Archive::new(&place);
    let blank = gzip(format!("{{\"Records\":[]{}}}", " ".repeat(10)).as_bytes());
    for number in 0..200 {
        archive.put(&format!("flat/{number}.json.gz"), &blank);
    }
    let server = Server::start(&archive.root(), |_| Some(Fault::Late(Duration::from_millis(5))));
    // Eight units of 1 KiB: two objects at a time, however many may be asked for.
    let run = asking(&place, &server, "principals --all --max-in-flight 8KiB s3://logs/flat/").json(0);
    assert_eq!(run["coverage"]["objects_read"], 200);
    assert!(server.most_at_once() <= 3, "{}", server.most_at_once());
}

/// What is fetched at once when nothing else is said.
const CONCURRENCY: usize = 64;

/// A bucket of an organization: five accounts of two regions, 25 objects a day, each of two calls.
fn organization(days: u32, pace: Pace) -> Light {
    let mut keys = Vec::new();
    for account in super::archive::ACCOUNTS {
        for region in super::archive::REGIONS {
            for (day, number) in (1..=days).flat_map(|day| (0..25).map(move |number| (day, number))) {
                let name = format!("{account}_CloudTrail_{region}_202609{day:02}T1200Z_{number:016}.json.gz");
                keys.push(format!("AWSLogs/o-exampleorg/{account}/CloudTrail/{region}/2026/09/{day:02}/{name}"));
            }
        }
    }
    let body = |body: usize| gzip(delivered(&[call(2 * body, 0), call(2 * body + 1, 0)]).as_bytes());
    Light::start(keys, (0..97).map(body).collect(), pace)
}

#[test]
fn a_slow_network_is_waited_for_once_and_not_for_each_object() {
    let place = Place::new();
    let server = organization(10, Pace::InRounds(CONCURRENCY));
    let run = of(&place, &server, "principals --all s3://logs").json(0);
    assert_eq!(run["coverage"]["objects_read"], 2500);
    let (rounds, requests) = (server.rounds(), server.requests());
    let least = requests as f64 / CONCURRENCY as f64;
    println!("{requests} requests in {rounds} rounds, {:.2} of the bound", rounds as f64 / least);
    assert!((rounds as f64) < 1.5 * least, "{requests} requests in {rounds} rounds");
}

#[test]
fn fifty_milliseconds_are_waited_for_once_too() {
    // A development build of the SDK takes longer for a request than the network does, and takes the processor from
    // every test beside it.
    if crate::harness::other_build().is_none() {
        return crate::harness::loudly("SKIPPED 50 ms: set TRAILSCAN_TEST_BIN to a release build");
    }
    const DELAY: Duration = Duration::from_millis(50);
    let place = Place::new();
    let server = organization(30, Pace::After(DELAY));
    server.write_to(&place.path("disk"));
    let begin = Instant::now();
    place.trailscan("principals --all disk").ends(0);
    let from_disk = begin.elapsed();
    let begin = Instant::now();
    let run = of(&place, &server, "principals --all s3://logs").json(0);
    let wall = begin.elapsed();
    assert_eq!(run["coverage"]["objects_read"], 7500);
    let bound = DELAY.mul_f64(server.requests() as f64 / CONCURRENCY as f64).max(from_disk);
    let part = wall.div_duration_f64(bound);
    let requests = server.requests();
    crate::harness::loudly(&format!("{requests} requests: {wall:?}, {part:.2} of the bound; from disk {from_disk:?}"));
    assert!(part < 1.5, "{part}");
}
