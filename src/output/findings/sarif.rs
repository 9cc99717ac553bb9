//! SARIF: one run with the rules that found something and a result a finding. Coverage is part of the run: what could not be
//! read makes it one that was not successful.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::super::json_layout::{ElementALine, buffered};
use super::super::{Document, VERSION, coverage_json};
use super::{Listed, listed};
use crate::coverage::Coverage;
use crate::report::{Rule, Severity, control, technique};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(in crate::output) fn write(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    let found = listed(document);
    let mut rules: Vec<&'static Rule> = found.iter().filter_map(|one| one.rule.map(|(_, rule)| rule)).collect();
    rules.sort_by_key(|rule| rule.id);
    rules.dedup_by_key(|rule| rule.id);
    let results: Vec<Value> = found.iter().map(|one| result(one, &rules)).collect();
    let driver = json!({ "name": "trailscan", "version": VERSION, "rules": rules.iter().map(|rule| of_rule(rule)).collect::<Vec<_>>() });
    let run = json!({
        "tool": { "driver": driver },
        "invocations": [invocation(document.coverage)],
        "results": results,
        "properties": {
            "coverage": serde_json::from_str::<Value>(&coverage_json(document.coverage)).unwrap_or(Value::Null),
            "window": document.window.map(|window| json!({ "since": window.since(), "until": window.until() })),
        },
    });
    let log = json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] });
    buffered(out, |out| {
        log.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, ElementALine::default()))?;
        out.write_all(b"\n")
    })
}

fn of_rule(rule: &Rule) -> Value {
    let techniques = rule.techniques.iter().filter_map(|id| Some(format!("{id} {}", technique(id)?)));
    let controls = rule.controls.iter().filter_map(|id| Some(format!("CIS {id} {}", control(id)?)));
    let practices = rule.practices().map(|practice| practice.as_str().to_owned());
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.about },
        "help": { "text": format!("Check: {}\nFix: {}", rule.check, rule.fix) },
        "helpUri": rule.page,
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": {
            "security-severity": score(rule.severity),
            "tags": practices.chain(techniques).chain(controls).collect::<Vec<_>>(),
        },
    })
}

fn result(one: &Listed<'_>, rules: &[&'static Rule]) -> Value {
    let Listed { finding, occurrence, .. } = one;
    let index = rules.iter().position(|rule| rule.id == finding.rule);
    json!({
        "ruleId": finding.rule,
        "ruleIndex": index.map_or(-1, |index| i64::try_from(index).unwrap_or(-1)),
        "level": level(finding.severity),
        "message": { "text": finding.sentence() },
        "locations": [{ "logicalLocations": [{ "fullyQualifiedName": finding.subject, "kind": "resource" }] }],
        "partialFingerprints": { "trailscan/v1": one.uid },
        "properties": {
            "severity": finding.severity,
            "report": one.report(),
            "account_id": finding.account_id,
            "count": finding.count,
            "first_seen": occurrence.first_seen,
            "last_seen": occurrence.last_seen,
            "addresses": occurrence.addresses,
            "credentials": occurrence.credentials,
            "evidence": finding.evidence,
        },
    })
}

fn invocation(coverage: &Coverage) -> Value {
    let failures = coverage.failures.iter().map(|failure| format!("{}: {}", failure.object, failure.why));
    let told = failures.map(|text| ("error", text));
    let told = told.chain(coverage.warnings.iter().map(|warning| ("warning", warning.clone())));
    let notifications: Vec<Value> =
        told.map(|(level, text)| json!({ "level": level, "message": { "text": text } })).collect();
    json!({ "executionSuccessful": !coverage.is_partial(), "toolExecutionNotifications": notifications })
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// The middle of the CVSS range of that word, which readers of SARIF sort by.
const fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Content, sample};
    use super::*;

    #[test]
    fn a_finding_and_its_rule() {
        let (section, coverage) = (sample::section(), sample::coverage());
        let mut out = Vec::new();
        write(&Document::new(None, &coverage, Content::Report(&section)), &mut out).unwrap();
        let log: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let (rules, results) = (&run["tool"]["driver"]["rules"], &run["results"]);
        assert_eq!((rules.as_array().unwrap().len(), results.as_array().unwrap().len()), (1, 1));
        assert_eq!(rules[0]["id"], "key-embedded");
        assert_eq!(rules[0]["properties"]["tags"][0], "roles-not-keys");
        assert_eq!((&results[0]["ruleIndex"], &results[0]["level"]), (&json!(0), &json!("error")));
        let fingerprint = &results[0]["partialFingerprints"]["trailscan/v1"];
        assert_eq!(fingerprint, "key-embedded/111122223333/AKIAIOSFODNN7EXAMPLE");
        assert_eq!(run["invocations"][0]["executionSuccessful"], true);
        assert!(!out.contains(&0x1b), "what steers a terminal is escaped");
    }
}
