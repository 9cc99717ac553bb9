//! Findings under a table, worst first: severity, rule, subject, and the sentence that explains.

use std::io::{self, Write};

use super::super::{Section, Style, sanitize};
use super::cell;
use super::paint::Paint;
use crate::model::{grouped, quantity};
use crate::report::{Finding, Severity, told_by};

/// Findings of one report that a terminal shows; other readers get all.
const SHOWN: usize = 20;

/// Rules that an audit begins with: a screen has room for them and for the practices of three accounts.
const WORST: usize = 16;

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

/// What an audit found that must be looked at first, before anything else is shown: all counted, and of each of the worst
/// rules the first finding in a sentence.
pub(super) fn write_worst(sections: &[Section], style: Style, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint::new(style.color);
    write_totals(sections, paint, out)?;
    writeln!(out)?;
    let mut rules: Vec<(&Finding, usize)> = Vec::new();
    for finding in sections.iter().flat_map(|section| &section.findings).filter(|f| f.severity >= Severity::High) {
        match rules.iter_mut().find(|(first, _)| (first.severity, first.rule) == (finding.severity, finding.rule)) {
            Some((_, more)) => *more += 1,
            None => rules.push((finding, 0)),
        }
    }
    rules.sort_by_key(|(first, _)| std::cmp::Reverse(first.severity));
    let unshown: usize = rules.iter().skip(WORST).map(|(_, more)| more + 1).sum();
    rules.truncate(WORST);
    let width = rules.iter().map(|(first, _)| first.rule.len()).max().unwrap_or(0);
    let indent = INDENT + width + 2;
    for (finding, more) in &rules {
        let (word, rule) = (finding.severity.as_str(), finding.rule);
        let sentence = lines(&in_a_sentence(finding, *more), style.width, indent);
        let sentence = sentence.join(&format!("\n{}", " ".repeat(indent)));
        writeln!(
            out,
            "{}{}{rule:width$}  {sentence}",
            paint.severity(finding.severity, word),
            " ".repeat(INDENT - word.len())
        )?;
    }
    if unshown > 0 {
        let line = format!("{} more of severity high, below", grouped(unshown));
        writeln!(out, "{}", paint.faint(&line))?;
    }
    if rules.is_empty() { Ok(()) } else { writeln!(out) }
}

/// What a finding says and of whom; `more` findings of its rule say the like.
fn in_a_sentence(finding: &Finding, more: usize) -> String {
    let sentence = finding.sentence();
    let account = match finding.account_id.as_str() {
        account if account.is_empty() || sentence.contains(account) => String::new(),
        account => format!(" (account {account})"),
    };
    let more = if more > 0 { format!(" (+{} more)", grouped(more)) } else { String::new() };
    sanitize(&format!("{sentence}{account}{more}")).into_owned()
}

/// How many findings an audit has, by severity, worst first.
pub(super) fn write_totals(sections: &[Section], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let count = |severity| sections.iter().flat_map(|s| &s.findings).filter(|f| f.severity == severity).count();
    let parts: Vec<String> = Severity::ALL
        .into_iter()
        .rev()
        .map(|severity| (severity, count(severity)))
        .filter(|&(_, n)| n > 0)
        .map(|(severity, n)| paint.severity(severity, &format!("{} {}", grouped(n), severity.as_str())))
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
    writeln!(out, "{}{padding}{}  {subject}{account}", paint.severity(finding.severity, word), finding.rule)?;
    for line in lines(&sanitize(&finding.summary), width, INDENT) {
        writeln!(out, "{}{line}", " ".repeat(INDENT))?;
    }
    let others = told_by(finding);
    if !others.is_empty() {
        for line in lines(&format!("also told by {}", others.join(", ")), width, INDENT) {
            writeln!(out, "{}{}", " ".repeat(INDENT), paint.faint(&line))?;
        }
    }
    Ok(())
}

/// `text` in lines that fit beside `indent`, broken at spaces; a word longer than a line stays whole.
fn lines(text: &str, width: Option<usize>, indent: usize) -> Vec<String> {
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(indent).max(LEAST_LINE));
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
