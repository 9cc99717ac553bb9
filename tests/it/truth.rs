//! Archives whose content is known, since a program wrote them: what trailscan says of them is exactly that.
//!
//! `benches/make_archive.py` is the project's own; the archive tool beside the real logs is not, and its tests are left out
//! where TRAILSCAN_REAL_LOGS is not set. Both need python3.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::harness::{Place, count, loudly, real_logs, rows};

/// An archive, and the truth that was written beside it.
struct Archive {
    folder: PathBuf,
    truth: Value,
}

impl Archive {
    /// Runs the script; `None`, said so, where there is no python3.
    fn made_by(script: &Path, place: &Place, events: u32, seed: u32) -> Option<Self> {
        let folder = place.path(format!("archive-{seed}"));
        let made =
            Command::new("python3").arg(script).arg(&folder).args([events, seed].map(|n| n.to_string())).output();
        let Ok(made) = made else {
            loudly("SKIPPED archives of known content: python3 is missing");
            return None;
        };
        assert!(made.status.success(), "{}: {}", script.display(), String::from_utf8_lossy(&made.stderr));
        let truth = std::fs::read(folder.with_extension("truth.json")).expect("the truth lies beside the archive");
        Some(Self { folder, truth: serde_json::from_slice(&truth).expect("JSON") })
    }

    fn audit(&self, place: &Place, options: &str) -> Value {
        place.trailscan(&format!("audit --min-addresses 0 {options}")).arg(&self.folder).json(0)
    }
}

#[test]
fn an_organisation_of_seed_7() {
    organisation(7);
}

#[test]
fn an_organisation_of_seed_4() {
    organisation(4);
}

fn organisation(seed: u32) {
    let Some(logs) = real_logs() else { return };
    let place = Place::new();
    let Some(archive) = Archive::made_by(&logs.join("../tools/org_archive.py"), &place, 20_000, seed) else { return };
    let (truth, answer) = (&archive.truth, archive.audit(&place, ""));
    assert!(count(&truth["duplicates"]) > 0, "a seed that delivers some file twice");
    assert_read(&answer, [&truth["files"], &truth["gz"], &truth["raw"]]);
    assert_counted(&answer, truth);
    assert_eq!(root_classes(&answer), truth["root"]);
    let keys = truth["keys"].as_object().unwrap();
    let keys = keys.iter().map(|(key, of)| (key.clone(), [count(&of[0]), count(&of[1])])).collect();
    assert_eq!(key_counts(&answer), keys);
    let sessions = &truth["sessions"];
    assert_sessions(&answer, [&sessions["seen"], &sessions["with_issuing_event"], &sessions["mfa"]]);
}

#[test]
fn our_own_archive() {
    let place = Place::new();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/make_archive.py");
    let Some(archive) = Archive::made_by(&script, &place, 20_000, 1) else { return };
    let (truth, answer) = (&archive.truth, archive.audit(&place, ""));
    assert!(count(&truth["duplicates"]) > 0, "a seed that delivers some file twice");
    let size: u64 = sizes(&archive.folder).iter().sum();
    assert_read(&answer, [&truth["files"], &json!(size), &truth["json_bytes"]]);
    assert_counted(&answer, truth);
    assert_eq!(root_classes(&answer), truth["root"]);
    let keys = truth["keys"].as_object().unwrap();
    let expected = keys.iter().map(|(key, of)| (key.clone(), [count(&of[0]), count(&of[1])])).collect();
    assert_eq!(key_counts(&answer), expected);
    assert_verdicts(&answer, truth);
    let sessions = &truth["role_sessions"];
    assert_sessions(&answer, [&sessions["seen"], &sessions["issued"], &sessions["with_mfa"]]);
    let every_copy = archive.audit(&place, "--no-dedupe");
    assert_eq!(count(&every_copy["coverage"]["duplicate_events"]), 0);
    assert_eq!(count(&every_copy["coverage"]["events_counted"]), count(&truth["events"]) + count(&truth["duplicates"]));
    let expected = keys.iter().map(|(key, of)| (key.clone(), [count(&of[3]), count(&of[1])])).collect();
    assert_eq!(key_counts(&every_copy), expected);
}

/// A key in several hands is told from one that moves with its owner.
fn assert_verdicts(answer: &Value, truth: &Value) {
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows(answer, "key-spread") {
        let (key, verdict) = (row["access_key_id"].as_str().unwrap(), row["verdict"].as_str().unwrap());
        let expected: &[&str] = match (truth["keys"][key][2].as_str().unwrap(), count(&truth["keys"][key][1])) {
            // The thief has not called yet in an archive as small as this.
            ("leaked", 1) => &["single"],
            ("leaked", _) => &["leak-suspect"],
            // The archive gives programs to anybody: one that never sleeps, or is elsewhere every day, is a machine's.
            ("single", _) => &["single", "embedded"],
            ("roaming", _) => &["roaming", "hosted-ci"],
            (kind, _) => &[kind],
        };
        assert!(expected.contains(&verdict), "{key}: {verdict}, not {expected:?}");
        *met.entry(verdict).or_default() += 1;
    }
    let told = ["single", "roaming", "embedded", "leak-suspect"].map(|verdict| met.get(verdict).copied().unwrap_or(0));
    assert!(told.iter().all(|keys| *keys > 5), "{met:?}");
}

/// `read`: files, their bytes, the bytes of their JSON.
fn assert_read(answer: &Value, read: [&Value; 3]) {
    let coverage = &answer["coverage"];
    let found = ["objects_read", "bytes_compressed", "bytes_json"].map(|name| &coverage[name]);
    assert_eq!(found, read);
    assert_eq!(coverage["objects_found"], coverage["objects_read"]);
}

fn assert_counted(answer: &Value, truth: &Value) {
    let coverage = &answer["coverage"];
    assert_eq!(coverage["events_counted"], truth["events"]);
    assert_eq!(coverage["duplicate_events"], truth["duplicates"]);
    let principals: i64 = rows(answer, "principals").iter().map(|row| count(&row["events"])).sum();
    assert_eq!(principals, count(&truth["events"]));
}

/// `{account: {class: events}}`.
fn root_classes(answer: &Value) -> Value {
    let mut accounts = json!({});
    for row in rows(answer, "root-usage") {
        accounts[row["account_id"].as_str().unwrap()][row["class"].as_str().unwrap()] = row["events"].clone();
    }
    accounts
}

/// Events and addresses of each key.
fn key_counts(answer: &Value) -> BTreeMap<String, [i64; 2]> {
    let rows = rows(answer, "key-spread").iter();
    rows.map(|row| (row["access_key_id"].as_str().unwrap().to_owned(), ["events", "addresses"].map(|c| count(&row[c]))))
        .collect()
}

/// `expected`: sessions of roles, those whose issuing event is here, those with MFA.
fn assert_sessions(answer: &Value, expected: [&Value; 3]) {
    let roles = || rows(answer, "sessions").iter().filter(|row| !row["role_id"].is_null());
    let issued = roles().filter(|row| row["issue_confidence"] == "exact").count();
    let mfa = roles().filter(|row| row["mfa"] == "yes").count();
    assert_eq!([roles().count(), issued, mfa].map(|n| json!(n)).each_ref(), expected);
}

/// The sizes of the files below a folder.
fn sizes(folder: &Path) -> Vec<u64> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| if path.is_dir() { sizes(&path) } else { vec![path.metadata().expect("a file").len()] })
        .collect()
}
