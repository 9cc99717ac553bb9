//! Findings under a table, worst first: severity, rule, subject, and the sentence that explains.

use std::io::{self, Write};

use super::super::{Section, Style, sanitize};
use super::cell;
use super::paint::Paint;
use crate::model::{grouped, quantity};
use crate::report::{Finding, Severity};

/// Findings of one report that a terminal shows; other readers get all.
const SHOWN: usize = 20;

/// Width of the longest severity.
const SEVERITY: usize = 8;

/// Where the sentence begins.
const INDENT: usize = SEVERITY + 2;

/// A sentence is not broken into lines shorter than this.
const LEAST_LINE: usize = 30;

/// Writes the findings after an empty line; nothing when there are none.
pub(super) fn write(findings: &[Finding], style: Style, out: &mut dyn Write) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    let paint = Paint::new(style.color);
    let shown = if style.width.is_some() { SHOWN.min(findings.len()) } else { findings.len() };
    writeln!(out, "\n{}", paint.heading(&quantity(findings.len() as u64, "finding")))?;
    for finding in &findings[..shown] {
        write_one(finding, style.width, paint, out)?;
    }
    if findings.len() > shown {
        let more = quantity((findings.len() - shown) as u64, "more finding");
        writeln!(out, "{}", paint.faint(&format!("{more} (--format json has all, with their evidence)")))?;
    }
    Ok(())
}

/// How many findings an audit has, by severity, worst first.
pub(super) fn write_totals(sections: &[Section], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let count = |severity| sections.iter().flat_map(|s| &s.findings).filter(|f| f.severity == severity).count();
    let parts: Vec<String> = Severity::ALL
        .into_iter()
        .rev()
        .map(|severity| (severity.as_str(), count(severity)))
        .filter(|&(_, n)| n > 0)
        .map(|(word, n)| paint.severity(word, &format!("{} {word}", grouped(n))))
        .collect();
    let list = if parts.is_empty() { "none".to_owned() } else { parts.join(", ") };
    writeln!(out, "{} {list}", paint.heading("findings:"))
}

fn write_one(finding: &Finding, width: Option<usize>, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let word = finding.severity.as_str();
    let subject = sanitize(&finding.subject);
    let account = match finding.account_id.as_str() {
        "" => String::new(),
        account if subject.contains(account) => String::new(),
        account => format!("  account {}", sanitize(account)),
    };
    let padding = " ".repeat(INDENT - word.len());
    writeln!(out, "{}{padding}{}  {subject}{account}", paint.severity(word, word), finding.rule)?;
    for line in lines(&sanitize(&finding.summary), width) {
        writeln!(out, "{}{line}", " ".repeat(INDENT))?;
    }
    Ok(())
}

/// `text` in lines that fit beside the indent, broken at spaces; a word longer than a line stays whole.
fn lines(text: &str, width: Option<usize>) -> Vec<String> {
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(INDENT).max(LEAST_LINE));
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if cell::width(line) + 1 + cell::width(word) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
