//! Findings as rows: for those who want the list of what was found and nothing else.

use super::columns::columns;
use super::{Column, Finding, Report, Role, Rule, Table, told_by, with_rules};

/// The name of the table.
pub const FINDINGS: &str = "findings";

columns! {
    const COLUMNS;
    fn cells(finding: &Finding) {
        let occurrence = finding.occurrence();
        let report = rule_of(finding).map_or("", |(report, _)| report.name);
        let rule = rule_of(finding).map(|(_, rule)| rule);
        let practices = rule.iter().flat_map(|rule| rule.practices()).map(|practice| practice.as_str());
    }

    severity("severity", "How much it matters: info, low, medium, high or critical.") => finding.severity,
    id("rule", "The rule that found it.").role(Role::Rule) => finding.rule,
    account_id("account_id", "The account that it is about; null where it is about none or several.")
        => finding.account_id.as_str(),
    text("subject", "What it is about: a principal, key, session, policy, …").role(Role::Subject)
        => finding.subject.as_str(),
    text("summary", "What was found, in a sentence.").second() => finding.summary.as_str(),
    count("count", "How many events or other facts stand behind it.").third() => finding.count,
    time("first_seen", "Time of the first event; null of what stands in IAM's state and has no time.").last()
        => occurrence.first_seen,
    time("last_seen", "Time of the last event.").second() => occurrence.last_seen,
    count("addresses", "Distinct IP addresses that the calls came from.").unit("addresses").last()
        => occurrence.addresses.len(),
    addresses("address_list", "The IP addresses.").third() => occurrence.addresses.clone(),
    list("address_places", "What the files that were given say of the addresses: ADDRESS: AWS's range, AS, country.").asked()
        => places(finding, &occurrence.addresses),
    list("access_key_ids", "Access keys that signed the calls.").third() => occurrence.credentials,
    text("found_by", "The report that found it.").last() => report,
    list("practices", "The practices that it breaks, of the seven.").asked() => practices,
    list("techniques", "Techniques of MITRE ATT&CK for Enterprise that the rule is about.").asked()
        => rule.map_or(&[][..], |rule| rule.techniques).iter().copied(),
    list("controls", "Recommendations of the CIS AWS Foundations Benchmark v3.0.0 that the rule is about.").asked()
        => rule.map_or(&[][..], |rule| rule.controls).iter().copied(),
    list("told_by", "Other rules that tell the same fact.").asked() => told_by(finding),
    text("evidence", "What it rests on, as JSON.").asked()
        => serde_json::Value::Object(finding.evidence.clone()).to_string(),
}

/// The rule of a finding, and the report whose it is.
pub fn rule_of(finding: &Finding) -> Option<(&'static Report, &'static Rule)> {
    let of_report = |report: &'static Report| report.rules.iter().find(|rule| rule.id == finding.rule);
    with_rules().find_map(|report| Some((report, of_report(report)?)))
}

/// The columns of the table.
pub fn finding_columns() -> Vec<Column> {
    COLUMNS.to_vec()
}

/// The findings of reports, worst first; within a severity the reports keep their order.
pub fn findings_table<'a>(found: impl IntoIterator<Item = &'a Finding>) -> Table {
    let mut found: Vec<&Finding> = found.into_iter().collect();
    found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let rows = found.into_iter().map(cells).collect();
    Table::named(FINDINGS, &["rule", "account_id", "subject"], finding_columns(), rows)
}

fn places(finding: &Finding, addresses: &[std::net::IpAddr]) -> Vec<String> {
    let known = addresses.iter().map(|&address| (address, finding.place_of(address)));
    known.filter(|(_, place)| !place.is_empty()).map(|(address, place)| format!("{address}: {place}")).collect()
}
