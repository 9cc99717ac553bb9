use proptest::prelude::*;
use serde_json::{Value, json};

use super::sample::{DATE, KINDS, content, record, samples, scan, scan_without_memory, shuffled, stream, with};
use super::{Session, Sessions};
use crate::aggregate::State;

fn look<T>(records: impl IntoIterator<Item = Value>, at: impl Fn(Vec<Session<'_>>) -> T) -> T {
    let samples = samples(records);
    let state = scan(&samples);
    let mut all: Vec<Session<'_>> = state.get::<Sessions>().unwrap().all(state.symbols()).collect();
    all.sort_by_key(Session::id);
    at(all)
}

fn ids(records: impl IntoIterator<Item = Value>) -> Vec<String> {
    look(records, |all| all.iter().map(Session::id).collect())
}

#[test]
fn what_is_a_session() {
    let some = Some(DATE);
    assert_eq!(ids([record("AssumedRole", "AROA:s", "ASIA1", some)]), ["AROA:s@2026-01-02T03:00:00Z"]);
    assert_eq!(ids([record("AssumedRole", "AROA:s", "AKIA1", None)]), ["AKIA1"]);
    assert_eq!(ids([record("AssumedRole", "AROA:s", "", None)]), ["AROA:s"]);
    assert_eq!(ids([record("FederatedUser", "1:f", "ASIA1", some)]), ["1:f@2026-01-02T03:00:00Z"]);
    assert_eq!(ids([record("IAMUser", "AIDA", "ASIA1", None)]), ["ASIA1"]);
    assert_eq!(ids([record("IAMUser", "AIDA", "AKIA1", some)]), ["AIDA@2026-01-02T03:00:00Z"]);
    assert_eq!(ids([record("Root", "111122223333", "", some)]), ["111122223333@2026-01-02T03:00:00Z"]);
}

#[test]
fn what_is_none() {
    let none: [String; 0] = [];
    assert_eq!(ids([record("IAMUser", "AIDA", "AKIA1", None)]), none);
    assert_eq!(ids([record("IAMUser", "AIDA", "", None)]), none);
    assert_eq!(ids([record("Root", "111122223333", "AKIA1", None)]), none);
    assert_eq!(ids([record("AWSService", "", "", None)]), none);
    assert_eq!(ids([record("AWSAccount", "AIDA", "", Some(DATE))]), none);
}

#[test]
fn the_many_keys_of_the_console_are_one_session() {
    let keys = ["ASIA1", "ASIA2", "AKIA3", "ASIA1"];
    let all = keys.map(|key| record("IAMUser", "AIDA", key, Some(DATE)));
    look(all, |all| {
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].access_key_ids(), ["AKIA3", "ASIA1", "ASIA2"]);
        assert_eq!(all[0].tally().events, 4);
        assert!(all[0].in_console(), "an AKIA key with a creation date is the S3 console");
    });
    let another_second = record("IAMUser", "AIDA", "ASIA1", Some("2026-01-02T03:00:01Z"));
    assert_eq!(ids([record("IAMUser", "AIDA", "ASIA1", Some(DATE)), another_second]).len(), 2);
}

#[test]
fn signs_of_the_console() {
    let in_console = |kind, changes: &[(&str, Value)]| {
        let record = with(record(kind, "AIDA:s", "ASIA1", Some(DATE)), changes.to_vec());
        look([record], |all| all[0].in_console())
    };
    assert!(in_console("IAMUser", &[("/userAgent", json!("AWS Internal"))]));
    assert!(in_console("AssumedRole", &[("/sessionCredentialFromConsole", json!("true"))]));
    assert!(in_console("IAMUser", &[("/userIdentity/invokedBy", json!("signin.amazonaws.com"))]));
    assert!(in_console("IAMUser", &[("/userAgent", json!("[S3Console/0.4, aws-internal/3]"))]));
    assert!(!in_console("IAMUser", &[]));
    assert!(!in_console("IAMUser", &[("/sessionCredentialFromConsole", json!("false"))]));
    assert!(!in_console("AssumedRole", &[("/userAgent", json!("AWS Internal"))]));
    assert!(!in_console("IAMUser", &[("/userAgent", json!("my-S3Console/1"))]));
    let by_service = ("/sourceIPAddress", json!("AWS Internal"));
    assert!(!in_console("IAMUser", &[("/userAgent", json!("AWS Internal")), by_service]));
}

#[test]
fn mfa_has_three_states() {
    let flags = |flags: &[Value]| {
        let made = |flag: &Value| {
            let mfa = ("/userIdentity/sessionContext/attributes/mfaAuthenticated", flag.clone());
            with(record("AssumedRole", "AROA:s", "ASIA1", Some(DATE)), [mfa])
        };
        look(flags.iter().map(made), |all| all[0].mfa_flag())
    };
    assert_eq!(flags(&[json!(null)]), None);
    assert_eq!(flags(&[json!("false"), json!(null)]), Some(false));
    assert_eq!(flags(&[json!(true), json!("False"), json!(null)]), Some(true));
}

proptest! {
    #[test]
    fn the_laws_of_states(stream in stream(), cuts in (0usize..24, 0usize..24), seed in any::<u64>()) {
        let whole = content(&scan(&stream));
        prop_assert_eq!(&content(&scan_without_memory(&stream)), &whole);

        let shuffled = shuffled(&stream, seed);
        prop_assert_eq!(&content(&scan(shuffled)), &whole);

        let (a, b) = (cuts.0.min(cuts.1).min(stream.len()), cuts.0.max(cuts.1).min(stream.len()));
        let parts = || [scan(&stream[..a]), scan(&stream[a..b]), scan(&stream[b..])];
        let [x, y, z] = parts();
        prop_assert_eq!(&content(&x.merge(y).merge(z)), &whole);
        let [x, y, z] = parts();
        prop_assert_eq!(&content(&z.merge(x.merge(y))), &whole);
        prop_assert_eq!(&content(&State::new(KINDS).merge(scan(&stream)).merge(State::new(KINDS))), &whole);

        let saved = scan(&stream).save();
        let loaded = State::load(KINDS, &saved).unwrap();
        prop_assert_eq!(&content(&loaded), &whole);
    }
}

#[test]
fn a_saved_state_that_lacks_a_table_is_refused() {
    let mut saved = scan(&samples([record("AssumedRole", "AROA:s", "ASIA1", Some(DATE))])).save();
    saved.retain(|batch| batch.table != "session_facts");
    assert_eq!(State::load(KINDS, &saved).err().unwrap().to_string(), "table session_facts is missing");
}
