//! `--cache`: whatever happens to logs and cache, the answer is that of the logs; and what did not change is not read again.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::harness::{Place, command, gzip, of_rollups, sample_logs};
use crate::oracle::files;
use crate::order::{Sequence, mutated, record};
use crate::records::delivered;

const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];

/// Makes records, and puts them where CloudTrail would: in an object of their account, on their day or a later one.
pub struct Archive<'a> {
    place: &'a Place,
    sequence: Sequence,
    records: Vec<Value>,
    objects: Vec<PathBuf>,
}

impl Archive<'_> {
    pub fn new(place: &Place, seed: u64) -> Archive<'_> {
        Archive { place, sequence: Sequence(seed), records: Vec::new(), objects: Vec::new() }
    }

    /// A record of this account that is new, or one that was delivered before.
    fn record(&mut self, account: &str, of: fn(&mut Sequence) -> Value) -> Value {
        let mut earlier: Vec<&Value> = self.records.iter().collect();
        earlier.retain(|record| record["recipientAccountId"] == account);
        if !earlier.is_empty() && self.sequence.below(5) == 0 {
            return earlier[self.sequence.below(earlier.len())].clone();
        }
        let mut record = of(&mut self.sequence);
        record["recipientAccountId"] = json!(account);
        record["eventID"] = json!(format!("{:08x}-0000-4000-8000-000000000000", self.sequence.below(600)));
        self.records.push(record.clone());
        record
    }

    pub fn deliver(&mut self, of: fn(&mut Sequence) -> Value) {
        let account = ACCOUNTS[self.sequence.below(2)];
        let region = ["us-east-1", "eu-west-1"][self.sequence.below(2)];
        // Events are of the 9th to the 11th: most are late, as few are elsewhere.
        let day = 11 + self.sequence.below(3);
        let number = self.sequence.below(40);
        let records: Vec<Value> = (0..6).map(|_| self.record(account, of)).collect();
        let name = format!("{account}_CloudTrail_{region}_202609{day:02}T{:02}05Z_{number:016}.json.gz", number % 24);
        let at = format!("logs/AWSLogs/o-exampleorg/{account}/CloudTrail/{region}/2026/09/{day:02}/{name}");
        self.objects.push(self.place.write(&at, gzip(delivered(&records))));
    }

    /// Something that happens to logs.
    pub fn change(&mut self, of: fn(&mut Sequence) -> Value) {
        let which = self.sequence.below(self.objects.len().max(1));
        match self.sequence.below(6) {
            0 if self.objects.len() > 3 => {
                let _ = std::fs::remove_file(self.objects.swap_remove(which));
            }
            1 if !self.objects.is_empty() => {
                let records: Vec<Value> = (0..3).map(|_| self.record(ACCOUNTS[0], of)).collect();
                std::fs::write(&self.objects[which], gzip(delivered(&records))).expect("a file");
            }
            _ => self.deliver(of),
        }
    }
}

/// The answer with a cache and without; what the coverage says of all days of a unit is left out.
#[track_caller]
pub fn same(place: &Place, line: &str, what: &str) {
    let answers = ["", " --cache kept"].map(|cache| {
        let ended = place.trailscan(&format!("{line}{cache}")).run();
        assert!([Some(0), Some(1), Some(3)].contains(&ended.code), "{what}: {line}{cache}: {}", ended.stderr);
        let mut answer: Value = serde_json::from_slice(&ended.stdout).unwrap_or_default();
        if ["--since", "--until", "--account"].iter().any(|flag| line.contains(flag)) {
            answer["coverage"]["conflicting_ids"].take();
            answer["coverage"]["warnings"].take();
        }
        (answer, ended.code)
    });
    let [(plain, _), (cached, _)] = &answers;
    for part in ["coverage", "scorecard", "reports", "findings"] {
        for (name, value) in plain[part].as_object().into_iter().flatten() {
            assert_eq!(cached[part][name], *value, "{what}: {line}: {part}, {name}");
        }
    }
    assert_eq!(answers[1], answers[0], "{what}: {line}");
}

#[test]
fn any_history_gives_the_answer_of_the_logs() {
    let windows =
        ["", "--since 2026-09-10", "--until 2026-09-11", "--since 2026-09-10T10:00:00Z", "--account 111122223333"];
    for seed in 0..5 {
        let place = Place::new();
        let mut archive = Archive::new(&place, seed);
        // Some records are such that only all of the logs can judge them.
        let of = if seed % 3 == 2 { mutated } else { record };
        (0..6).for_each(|_| archive.deliver(of));
        for step in 0..10 {
            (0..1 + archive.sequence.below(3)).for_each(|_| archive.change(of));
            let window = windows[archive.sequence.below(windows.len())];
            let copies = ["", "", "", " --no-dedupe"][archive.sequence.below(4)];
            let threads = 1 + archive.sequence.below(3);
            let line = format!("audit logs --min-addresses 0 --format json --threads {threads} {window}{copies}");
            same(&place, &line, &format!("seed {seed}, step {step}"));
        }
    }
}

/// How many units of a cache there are, and how many of them were read from logs.
#[track_caller]
fn told(stderr: &str) -> (usize, usize) {
    let line = stderr.lines().find_map(|line| line.strip_prefix("trailscan: cache "));
    let line = line.unwrap_or_else(|| panic!("the cache was used: {stderr}"));
    let numbers: Vec<usize> = line.split([' ', ':']).filter_map(|word| word.parse().ok()).collect();
    (numbers[0], numbers[1])
}

#[test]
fn what_did_not_change_is_not_read_again() {
    let place = Place::new();
    let mut archive = Archive::new(&place, 11);
    (0..30).for_each(|_| archive.deliver(record));
    let run = || told(&place.trailscan("audit logs --cache kept").ends(0).stderr);
    let (days, made) = run();
    assert!(days > 4 && made >= days, "{days} {made}");
    let units = || {
        files(&place.path("kept"))
            .into_iter()
            .map(|file| (file.clone(), std::fs::read(file).unwrap()))
            .collect::<Vec<_>>()
    };
    let before = units();
    assert_eq!(run(), (days, 0));
    assert_eq!(units(), before);
    // One object more, on a day that nothing else rests on, makes one unit.
    let object = archive
        .objects
        .iter()
        .find(|object| object.to_string_lossy().contains("/2026/09/13/"))
        .expect("of the last day");
    let bytes = std::fs::read(object).expect("a file");
    std::fs::write(object.with_file_name(object.file_name().unwrap().to_string_lossy().replace("_0", "_9")), bytes)
        .expect("a file");
    assert_eq!(run(), (days, 1));
    assert_eq!(run(), (days, 0));
    same(&place, "audit logs --format json", "an object more");
    // A unit goes with its logs.
    let day = object.parent().expect("a folder");
    let units = files(&place.path("kept")).len();
    std::fs::remove_dir_all(day).expect("a folder");
    same(&place, "audit logs --format json", "a day less");
    assert!(files(&place.path("kept")).len() <= units);
}

#[test]
fn every_report_and_format_answers_as_the_logs() {
    let place = Place::new();
    let logs = sample_logs();
    for report in of_rollups().map(command).chain(["audit".to_owned()]) {
        for format in ["table", "json", "jsonl", "markdown"] {
            let line = format!("{report} --format {format}");
            let [plain, cached] = ["", " --cache kept"].map(|cache| {
                let ended = place.trailscan(&format!("{line}{cache}")).arg(&logs).ends(0);
                let kept = |line: &&str| !line.starts_with("trailscan: cache ");
                (ended.stdout, ended.stderr.lines().filter(kept).collect::<Vec<_>>().join("\n"))
            });
            assert_eq!(plain, cached, "{line}");
        }
    }
}

/// What of a cache is damaged, of another version or somebody else's is made anew.
#[test]
fn a_damaged_cache_is_made_anew() {
    let place = Place::new();
    let mut archive = Archive::new(&place, 5);
    (0..20).for_each(|_| archive.deliver(record));
    place.trailscan("audit logs --cache kept").ends(0);
    let units: Vec<PathBuf> = files(&place.path("kept"));
    assert!(units.len() > 4);
    let line = "audit logs --format json";
    type Damage = fn(&Path);
    let damages: [(&str, Damage); 5] = [
        ("cut", |unit| std::fs::write(unit, &std::fs::read(unit).unwrap()[..40]).unwrap()),
        ("changed", |unit| {
            let mut bytes = std::fs::read(unit).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            std::fs::write(unit, bytes).unwrap();
        }),
        ("gone", |unit| std::fs::remove_file(unit).unwrap()),
        ("empty", |unit| std::fs::write(unit, "").unwrap()),
        ("of another version", |unit| {
            let mut bytes = std::fs::read(unit).unwrap();
            bytes[8] = 99;
            std::fs::write(unit, bytes).unwrap();
        }),
    ];
    for (what, damage) in damages {
        for unit in units.iter().step_by(2) {
            damage(unit);
        }
        same(&place, line, what);
        assert_eq!(told(&place.trailscan("audit logs --cache kept").ends(0).stderr).1, 0, "{what}: it is whole again");
    }
    // The unit of another day under this one's name.
    std::fs::copy(&units[0], &units[1]).expect("a file");
    same(&place, line, "another unit");
}

#[test]
fn what_the_cache_cannot_answer_is_read_and_said() {
    let place = Place::new();
    let logs = sample_logs();
    let said = |line: &str, why: &str| {
        let [plain, cached] =
            ["", " --cache kept"].map(|cache| place.trailscan(&format!("{line}{cache}")).arg(&logs).run());
        assert_eq!((plain.code, plain.stdout), (cached.code, cached.stdout), "{line}");
        let told = cached.stderr.lines().find(|line| line.starts_with("trailscan: the cache is not used: "));
        assert!(told.is_some_and(|told| told.contains(why)), "{line}: {}", cached.stderr);
    };
    said("audit --format json --region us-east-1", "--region chooses single events");
    said("audit --format json --event 'Get*'", "--event chooses single events");
    said("audit --format json --since 2026-09-10T12:00:00Z", "the window cuts one");
    place.write("loose/events.json", r#"{"Records":[]}"#);
    let ended = place.trailscan("audit loose --cache kept").run();
    assert!(
        ended.stderr.contains("the cache is not used: loose/events.json is not a log file in AWSLogs layout"),
        "{}",
        ended.stderr
    );
    let ended = place.trailscan("audit - --cache kept").stdin("{\"Records\":[]}").run();
    assert!(ended.stderr.contains("the cache is not used: standard input"), "{}", ended.stderr);
    place.write("file", "mine");
    let line = "audit --format json --cache file";
    let ended = place.trailscan(line).arg(&logs).ends(0);
    assert!(ended.stderr.contains("cannot be written: "), "{}", ended.stderr);
    assert_eq!(ended.stdout, place.trailscan("audit --format json").arg(&logs).ends(0).stdout);
    assert_eq!(place.read("file"), "mine");
}

/// What is read from logs may hold copies of anybody's events, so a cache that cannot hold one account answers for none.
#[test]
fn an_account_that_is_read_from_logs_is_not_read_beside_a_cache() {
    let place = Place::new();
    let record = |second: u32| {
        json!({"eventVersion": "1.08", "eventID": format!("0000000{second}-0000-4000-8000-000000000000"),
            "eventTime": format!("2026-09-03T00:00:0{second}Z"), "eventName": "ListUsers", "eventSource": "iam.amazonaws.com",
            "recipientAccountId": ACCOUNTS[1]})
    };
    let records: Vec<Value> = (1..5).map(record).collect();
    for account in ACCOUNTS {
        let name = format!("{account}_CloudTrail_us-east-1_20260903T0005Z_{account:>016}.json.gz");
        let at = format!("logs/AWSLogs/{account}/CloudTrail/us-east-1/2026/09/03/{name}");
        place.write(&at, gzip(delivered(&records)));
    }
    same(&place, "audit logs --format json", "events of another account");
    let empty = format!("{}_CloudTrail_us-east-1_20260902T0005Z_0000000000000001.json.gz", ACCOUNTS[0]);
    place.write(&format!("logs/AWSLogs/{}/CloudTrail/us-east-1/2026/09/02/{empty}", ACCOUNTS[0]), "");
    same(&place, "audit logs --format json", "and an object that cannot be read");
    let ended = place.trailscan("audit logs --cache kept").ends(3);
    assert!(ended.stderr.contains("the cache is not used: an object of account 111122223333 "), "{}", ended.stderr);
}

/// A folder that cannot be read now is no reason to read its logs again later.
#[cfg(unix)]
#[test]
fn what_was_not_listed_is_not_forgotten() {
    let place = Place::new();
    let mut archive = Archive::new(&place, 3);
    (0..12).for_each(|_| archive.deliver(record));
    place.trailscan("audit logs --cache kept").ends(0);
    let units = files(&place.path("kept"));
    // A link that leads nowhere cannot be listed.
    std::os::unix::fs::symlink("nowhere", place.path("logs/AWSLogs/broken")).expect("a link");
    std::fs::rename(place.path("logs/AWSLogs/o-exampleorg"), place.path("aside")).expect("a folder");
    place.trailscan("audit logs --cache kept").run();
    assert_eq!(files(&place.path("kept")), units);
}

#[test]
fn a_cache_in_its_own_input_is_refused() {
    let place = Place::new();
    place.write("logs/x/.keep", "");
    for cache in ["logs", "logs/.cache", "logs/x/../y"] {
        let ended = place.trailscan(&format!("audit logs --cache {cache}")).ends(2);
        assert!(
            ended.stderr.contains(": lies in logs, where it would be read as a rollup"),
            "{cache}: {}",
            ended.stderr
        );
    }
}

/// What is believed of a time depends on when that is asked.
#[test]
fn a_clock_that_goes_back_is_noticed() {
    let place = Place::new();
    let mut record = crate::records::call(1, 0);
    record["eventTime"] = json!("2026-09-20T12:00:00Z");
    let name = "111122223333_CloudTrail_us-east-1_20260920T1205Z_0000000000000001.json.gz";
    place.write(
        &format!("logs/AWSLogs/111122223333/CloudTrail/us-east-1/2026/09/20/{name}"),
        gzip(delivered(&[record])),
    );
    for now in ["2026-09-21T00:00:00Z", "2026-09-14T00:00:00Z", "2026-09-21T00:00:00Z"] {
        let [plain, cached] = ["", " --cache kept"].map(|cache| {
            let ended = place.trailscan(&format!("audit logs --format json{cache}")).env("TRAILSCAN_NOW", now).run();
            (ended.stdout, ended.code)
        });
        assert_eq!(plain, cached, "{now}");
    }
}

/// Runs beside each other leave a cache that answers as the logs.
#[cfg(unix)]
#[test]
fn runs_beside_each_other_do_no_harm() {
    let place = Place::new();
    let mut archive = Archive::new(&place, 21);
    (0..24).for_each(|_| archive.deliver(record));
    let start = |folder: &str| {
        let mut run = place.trailscan(&format!("audit logs -q --format json --cache {folder}")).into_command();
        run.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().expect("trailscan starts")
    };
    let children = [start("kept"), start("kept"), start("kept")];
    children.into_iter().for_each(|mut child| assert!(child.wait().expect("it ends").success()));
    same(&place, "audit logs --format json", "three at once");
}
