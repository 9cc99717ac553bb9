//! Findings for tools that take findings and nothing else: OCSF, SARIF, JUnit. One list for all of them, worst first, each
//! finding with its rule and an id that is the same in every run that finds the same.

mod junit;
mod ocsf;
mod sarif;

use std::cmp::Reverse;
use std::collections::BTreeMap;

pub(super) use junit::write as write_junit;
pub(super) use ocsf::write as write_ocsf;
pub(super) use sarif::write as write_sarif;

use super::Document;
use crate::report::{Finding, Occurrence, Report, Rule, rule_of};

/// A finding with what belongs to it.
struct Listed<'a> {
    finding: &'a Finding,
    occurrence: Occurrence,
    rule: Option<(&'static Report, &'static Rule)>,
    /// `RULE/ACCOUNT/SUBJECT`, with `#2` and so on behind it where several have the same.
    uid: String,
}

impl Listed<'_> {
    /// The report that found it.
    fn report(&self) -> &'static str {
        self.rule.map_or("", |(report, _)| report.name)
    }
}

/// All findings of a document; within a severity the reports keep their order.
pub(super) fn worst_first<'a>(document: &Document<'a>) -> Vec<&'a Finding> {
    let mut all: Vec<&Finding> = document.sections().iter().flat_map(|section| &section.findings).collect();
    all.sort_by_key(|finding| Reverse(finding.severity));
    all
}

/// The same, each with what belongs to it.
fn listed<'a>(document: &Document<'a>) -> Vec<Listed<'a>> {
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    let listed = |finding: &'a Finding| {
        let id = format!("{}/{}/{}", finding.rule, finding.account_id, finding.subject);
        let times = met.entry(id.clone()).or_default();
        *times += 1;
        let uid = if *times == 1 { id } else { format!("{id}#{times}") };
        Listed { finding, occurrence: finding.occurrence(), rule: rule_of(finding), uid }
    };
    worst_first(document).into_iter().map(listed).collect()
}
