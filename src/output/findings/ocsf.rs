//! OCSF: a Detection Finding (class 2004) a line, of schema 1.1.0 with the cloud profile.
//!
//! What has no attribute there is in `unmapped`. The time of an event is that of the last event behind the finding; of what
//! stands in IAM's state the moment of the state, else that of the last event read.
//!
//! Source: schema.ocsf.io/1.1.0, class Detection Finding, objects Finding Information, Cloud, Evidence Artifacts, Observable.

use std::io::{self, Write};
use std::net::IpAddr;

use serde::Serialize;
use serde_json::{Value, json};

use super::super::json_layout::{ElementALine, buffered};
use super::super::{Document, VERSION};
use super::{Listed, listed};
use crate::model::EventTime;
use crate::report::{Finding, Severity, technique};

pub(in crate::output) fn write(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    let last_read = document.coverage.last_event.or(document.window.map(|window| window.until()));
    buffered(out, |out| {
        for one in listed(document) {
            let mut line = serde_json::Serializer::with_formatter(&mut *out, ElementALine::one_line());
            event(&one, last_read).serialize(&mut line)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    })
}

fn event(one: &Listed<'_>, last_read: Option<EventTime>) -> Value {
    let Listed { finding, occurrence, .. } = one;
    let of_state = finding.evidence.get("as_of").and_then(Value::as_str).and_then(EventTime::parse);
    let time = occurrence.last_seen.or(of_state).or(last_read).unwrap_or(EventTime(0));
    let mut event = json!({
        "activity_id": 1, "activity_name": "Create",
        "category_uid": 2, "category_name": "Findings",
        "class_uid": 2004, "class_name": "Detection Finding",
        "type_uid": 200_401, "type_name": "Detection Finding: Create",
        "severity_id": severity_id(finding.severity), "severity": severity(finding.severity),
        "status_id": 1, "status": "New",
        "time": milliseconds(time),
        "count": finding.count.max(1),
        "message": finding.sentence(),
        "metadata": {
            "version": "1.1.0",
            "profiles": ["cloud"],
            "product": { "name": "trailscan", "vendor_name": "trailscan", "version": VERSION },
        },
        "cloud": cloud(finding),
        "finding_info": finding_info(one),
        "resources": [{ "uid": finding.subject }],
        "evidences": occurrence.addresses.iter().map(evidence).collect::<Vec<_>>(),
        "observables": occurrence.addresses.iter().map(observable).collect::<Vec<_>>(),
        "unmapped": {
            "rule": finding.rule,
            "report": one.report(),
            "controls": one.rule.map_or(&[][..], |(_, rule)| rule.controls),
            "credentials": occurrence.credentials,
            "evidence": finding.evidence,
        },
    });
    if let Some((_, rule)) = one.rule {
        event["remediation"] = json!({ "desc": rule.fix, "references": [rule.page] });
    }
    for (name, time) in [("start_time", occurrence.first_seen), ("end_time", occurrence.last_seen)] {
        if let Some(time) = time {
            event[name] = json!(milliseconds(time));
        }
    }
    event
}

fn finding_info(one: &Listed<'_>) -> Value {
    let Listed { finding, occurrence, .. } = one;
    let techniques = one.rule.map_or(&[][..], |(_, rule)| rule.techniques);
    let attacks: Vec<Value> = techniques.iter().map(|id| attack(id)).collect();
    let mut info = json!({
        "uid": one.uid,
        "title": finding.rule,
        "desc": finding.sentence(),
        "types": [finding.rule],
        "data_sources": ["AWS CloudTrail"],
        "analytic": { "type_id": 1, "type": "Rule", "uid": finding.rule, "name": finding.rule, "category": one.report() },
        "attacks": attacks,
    });
    for (name, time) in [("first_seen_time", occurrence.first_seen), ("last_seen_time", occurrence.last_seen)] {
        if let Some(time) = time {
            info[name] = json!(milliseconds(time));
        }
    }
    info
}

/// A technique of ATT&CK, a sub-technique beside the technique that it is part of.
fn attack(id: &str) -> Value {
    let named = |id: &str| match technique(id) {
        Some(name) => json!({ "uid": id, "name": name }),
        None => json!({ "uid": id }),
    };
    match id.split_once('.') {
        None => json!({ "technique": named(id) }),
        Some((whole, _)) => json!({ "technique": named(whole), "sub_technique": named(id) }),
    }
}

fn cloud(finding: &Finding) -> Value {
    let mut cloud = json!({ "provider": "AWS" });
    if !finding.account_id.is_empty() {
        cloud["account"] = json!({ "uid": finding.account_id, "type_id": 10, "type": "AWS Account" });
        if let Some(name) = finding.evidence.get("account_name") {
            cloud["account"]["name"] = name.clone();
        }
    }
    cloud
}

fn evidence(address: &IpAddr) -> Value {
    json!({ "src_endpoint": { "ip": address } })
}

fn observable(address: &IpAddr) -> Value {
    json!({ "name": "evidences.src_endpoint.ip", "type_id": 2, "type": "IP Address", "value": address })
}

const fn severity_id(severity: Severity) -> u8 {
    match severity {
        Severity::Info => 1,
        Severity::Low => 2,
        Severity::Medium => 3,
        Severity::High => 4,
        Severity::Critical => 5,
    }
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "Informational",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

/// Since 1970, as OCSF counts time.
const fn milliseconds(time: EventTime) -> i64 {
    time.0.div_euclid(1_000)
}

#[cfg(test)]
mod tests {
    use super::super::super::{Content, sample};
    use super::*;

    fn events(document: &Document<'_>) -> Vec<Value> {
        let mut out = Vec::new();
        write(document, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn what_the_class_requires_is_there() {
        let (mut section, coverage) = (sample::section(), sample::coverage());
        let mut timed = section.findings[0].clone();
        timed.account_id = String::new();
        section.findings[0].evidence.insert("account_name".to_owned(), json!("main"));
        timed.evidence.insert("first_seen".to_owned(), json!("2023-07-10T11:42:18.5Z"));
        timed.evidence.insert("last_seen".to_owned(), json!("2023-07-10T11:42:19Z"));
        section.findings.extend([section.findings[0].clone(), timed]);
        let events = events(&Document::new(None, &coverage, Content::Report(&section)));
        assert_eq!(events.len(), 3);
        for event in &events {
            for name in ["activity_id", "category_uid", "class_uid", "type_uid", "severity_id", "time"] {
                assert!(event[name].is_i64(), "{name}: {event}");
            }
            assert_eq!(event["class_uid"].as_i64().map(|class| class * 100 + 1), event["type_uid"].as_i64());
            assert!(event["metadata"]["product"]["vendor_name"].is_string());
            assert_eq!((&event["metadata"]["version"], &event["cloud"]["provider"]), (&json!("1.1.0"), &json!("AWS")));
        }
        let uids: Vec<&str> = events.iter().filter_map(|event| event["finding_info"]["uid"].as_str()).collect();
        let uid = "key-embedded/111122223333/AKIAIOSFODNN7EXAMPLE";
        assert_eq!(uids, [uid, &format!("{uid}#2"), "key-embedded//AKIAIOSFODNN7EXAMPLE"]);
        assert_eq!(events[0]["cloud"]["account"]["uid"], "111122223333");
        assert_eq!(events[0]["cloud"]["account"]["name"], "main");
        assert!(events[2]["cloud"].get("account").is_none());
        assert_eq!(attack("T1098"), json!({ "technique": { "uid": "T1098", "name": "Account Manipulation" } }));
        assert_eq!(attack("T1078.004")["technique"], json!({ "uid": "T1078", "name": "Valid Accounts" }));
        let sub = attack("T1098.001");
        assert_eq!((&sub["technique"]["uid"], &sub["sub_technique"]["uid"]), (&json!("T1098"), &json!("T1098.001")));
        let times = ["time", "start_time", "end_time"].map(|name| events[2][name].as_i64());
        assert_eq!(times, [Some(1_688_989_339_000), Some(1_688_989_338_500), Some(1_688_989_339_000)]);
        assert!(events[0].get("start_time").is_none(), "no time is made up");
        assert_eq!(events[0]["evidences"][0]["src_endpoint"]["ip"], "192.0.2.1");
    }
}
