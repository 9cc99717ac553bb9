//! JUnit XML: a suite a report, and a test case a finding that failed. What is only good to know is no failure, a report
//! without findings is one case that passed, and an answer that is partial is an error of its own.
//!
//! Source: the schema that Jenkins' JUnit plugin reads, junit-10.xsd.

use std::io::{self, Write};

use super::super::{Document, SectionKind, coverage_line, sanitize};
use super::{Listed, listed};
use crate::report::Severity;

pub(in crate::output) fn write(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    let found = listed(document);
    let is_partial = document.coverage.is_partial();
    let failures = found.iter().filter(|one| fails(one)).count();
    let asked = document.sections().iter().filter(|section| section.kind == SectionKind::Report);
    let mut suites: Vec<&str> = asked.map(|section| section.table.report).collect();
    // The list of all findings has those of every report.
    suites.extend(found.iter().map(Listed::report));
    let mut met = std::collections::BTreeSet::new();
    suites.retain(|name| met.insert(*name));
    let cases: Vec<(&str, Vec<&Listed<'_>>)> =
        suites.iter().map(|name| (*name, found.iter().filter(|one| one.report() == *name).collect())).collect();
    let tests: usize = 1 + cases.iter().map(|(_, found)| found.len().max(1)).sum::<usize>();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let errors = u8::from(is_partial);
    writeln!(out, "<testsuites name=\"trailscan\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">")?;
    write_coverage(document, out)?;
    for (name, found) in cases {
        write_suite(name, &found, out)?;
    }
    writeln!(out, "</testsuites>")
}

fn write_coverage(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    let errors = u8::from(document.coverage.is_partial());
    let line = xml(&coverage_line(document.coverage, document.window));
    writeln!(out, "  <testsuite name=\"coverage\" tests=\"1\" failures=\"0\" errors=\"{errors}\">")?;
    write!(out, "    <testcase classname=\"coverage\" name=\"everything was read\">")?;
    match errors {
        0 => writeln!(out, "<system-out>{line}</system-out></testcase>")?,
        _ => {
            let warnings: Vec<String> = document.coverage.warnings.iter().map(|warning| xml(warning)).collect();
            writeln!(out, "<error type=\"partial\" message=\"{line}\">{}</error></testcase>", warnings.join("\n"))?;
        }
    }
    writeln!(out, "  </testsuite>")
}

fn write_suite(name: &str, found: &[&Listed<'_>], out: &mut dyn Write) -> io::Result<()> {
    let failures = found.iter().filter(|one| fails(one)).count();
    let tests = found.len().max(1);
    let name = xml(name);
    writeln!(out, "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">")?;
    if found.is_empty() {
        writeln!(out, "    <testcase classname=\"{name}\" name=\"no finding\"/>")?;
    }
    for one in found {
        write_case(one, out)?;
    }
    writeln!(out, "  </testsuite>")
}

fn write_case(one: &Listed<'_>, out: &mut dyn Write) -> io::Result<()> {
    let finding = one.finding;
    let (report, rule, severity) = (xml(one.report()), finding.rule, finding.severity.as_str());
    let account =
        if finding.account_id.is_empty() { String::new() } else { format!(" ({})", xml(&finding.account_id)) };
    let subject = xml(&finding.subject);
    write!(out, "    <testcase classname=\"{report}.{rule}\" name=\"{rule} of {subject}{account}\">")?;
    let (message, seen) = (xml(&finding.sentence()), xml(&one.occurrence.in_words("")));
    let advice = one.rule.map_or(String::new(), |(_, rule)| {
        format!("\nCheck: {}\nFix: {}\n{}", xml(rule.check), xml(rule.fix), xml(rule.page))
    });
    match fails(one) {
        true => write!(out, "<failure type=\"{severity}\" message=\"{message}\">{seen}{advice}</failure>")?,
        false => write!(out, "<system-out>{severity}: {message} {seen}</system-out>")?,
    }
    writeln!(out, "</testcase>")
}

fn fails(one: &Listed<'_>) -> bool {
    one.finding.severity > Severity::Info
}

/// Text that is no markup, in content and in attributes; characters that XML cannot hold are shown by their number.
fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in sanitize(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::super::{Content, sample};
    use super::*;

    #[test]
    fn findings_fail_and_what_is_good_to_know_does_not() {
        let (mut section, coverage) = (sample::section(), sample::coverage());
        let mut info = section.findings[0].clone();
        (info.severity, info.subject) = (Severity::Info, "<a href=\"x\">&\u{1b}[2J".to_owned());
        section.findings.push(info);
        let sections = [section, sample::empty_section()];
        let mut out = Vec::new();
        write(&Document::new(None, &coverage, Content::Audit(&sections)), &mut out).unwrap();
        expect![[r#"
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="trailscan" tests="5" failures="1" errors="0">
              <testsuite name="coverage" tests="1" failures="0" errors="0">
                <testcase classname="coverage" name="everything was read"><system-out>2,900 events counted in 55 objects (1 skipped: licence), 2023-07-10 11:42 – 12:37 UTC, 1 account, 1 region; nothing failed</system-out></testcase>
              </testsuite>
              <testsuite name="sample" tests="1" failures="0" errors="0">
                <testcase classname="sample" name="no finding"/>
              </testsuite>
              <testsuite name="empty" tests="1" failures="0" errors="0">
                <testcase classname="empty" name="no finding"/>
              </testsuite>
              <testsuite name="key-spread" tests="2" failures="1" errors="0">
                <testcase classname="key-spread.key-embedded" name="key-embedded of AKIAIOSFODNN7EXAMPLE (111122223333)"><failure type="high" message="AKIAIOSFODNN7EXAMPLE: the key was used from 3 networks within one hour, so it is stored in several places\x1b[31m">from 192.0.2.1, 192.0.2.2 with AKIAIOSFODNN7EXAMPLE
            Check: signals, address_list and agent_family_list of the evidence say which machines.
            Fix: Give the machines a role: an instance profile, a task role, IAM Roles Anywhere, or OIDC for build systems.
            https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-workloads-use-roles</failure></testcase>
                <testcase classname="key-spread.key-embedded" name="key-embedded of &lt;a href=&quot;x&quot;&gt;&amp;\x1b[2J (111122223333)"><system-out>info: &lt;a href=&quot;x&quot;&gt;&amp;\x1b[2J: the key was used from 3 networks within one hour, so it is stored in several places\x1b[31m from 192.0.2.1, 192.0.2.2</system-out></testcase>
              </testsuite>
            </testsuites>
        "#]].assert_eq(&String::from_utf8(out).unwrap());
    }
}
