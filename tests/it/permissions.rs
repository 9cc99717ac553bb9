//! `permissions` and what its flags ask beside: policies that are proposed.

use serde_json::Value;

use crate::harness::{Place, sample_logs, sample_state};

/// The least policy of the sample logs' role has the actions that the report calls used, and no other.
#[test]
fn the_least_policy_is_the_used_actions() {
    let place = Place::new();
    let (logs, state) = (sample_logs().display().to_string(), sample_state().display().to_string());
    let ended = place.trailscan("permissions role/deploy-role --policy").arg(&logs).ends(0);
    let document: Value = serde_json::from_str(ended.text()).expect("JSON alone");
    let statements = document["Statement"].as_array().expect("statements");
    let mut actions: Vec<&str> = Vec::new();
    for statement in statements {
        let sid = statement["Sid"].as_str().expect("a Sid");
        assert!(!sid.is_empty() && sid.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{sid}");
        actions.extend(statement["Action"].as_array().expect("actions").iter().filter_map(Value::as_str));
    }
    let rows = place.trailscan("permissions role/deploy-role --iam-dir").arg(&state).arg(&logs).json(0);
    let is_used = |row: &&Value| row["actions"] == 1 && (row["verdict"] == "USED" || row["verdict"] == "UNGRANTED");
    let rows = rows["rows"].as_array().expect("rows").iter().filter(is_used);
    let mut used: Vec<&str> = rows.filter_map(|row| row["action"].as_str()).collect();
    used.sort_unstable();
    assert_eq!(actions, used);
    assert!(!used.is_empty());
    // The same bytes in a file, whatever it is called.
    for name in ["policy.json", "policy.txt"] {
        place.trailscan(&format!("permissions role/deploy-role --policy --output {name}")).arg(&logs).ends(0);
        assert_eq!(place.read(name), ended.text());
    }
}

#[test]
fn without_anything_used_there_is_no_policy() {
    let place = Place::new();
    let logs = sample_logs().display().to_string();
    let ended = place.trailscan("permissions nobody-at-all --policy --output none.json").arg(&logs).ends(1);
    assert!(ended.stderr.contains("policy: no user or role of the logs or the state is called nobody-at-all"));
    assert!(!place.path("none.json").exists());
}

#[test]
fn a_policy_is_of_somebody_and_json() {
    let place = Place::new();
    let logs = sample_logs().display().to_string();
    let ended = place.trailscan("permissions --policy").arg(&logs).ends(2);
    assert!(ended.stderr.contains("--policy: of whom? trailscan permissions PRINCIPAL --policy"), "{}", ended.stderr);
    let ended = place.trailscan("permissions role/deploy-role --policy --format jsonl").arg(&logs).ends(2);
    assert!(ended.stderr.contains("--policy prints a JSON document"), "{}", ended.stderr);
    place.trailscan("permissions role/deploy-role --policy --columns action").arg(&logs).ends(2);
}
