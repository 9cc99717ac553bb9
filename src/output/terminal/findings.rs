//! Findings under a table, worst first: severity, rule, subject, and the sentence that explains.

use std::io::{self, Write};

use super::super::news::{in_a_sentence, mark};
use super::super::{Section, SectionKind, Style, Told, sanitize};
use super::cell;
use super::paint::Paint;
use crate::model::{grouped, quantity};
use crate::report::{Finding, Severity, told_by};

/// Findings of one report that a terminal shows; other readers get all.
const SHOWN: usize = 20;

/// Rules that an audit begins with: a screen has room for them and for a scorecard.
const WORST: usize = 12;

/// Width of the longest severity.
const SEVERITY: usize = 8;

/// Where the sentence begins.
pub(super) const INDENT: usize = SEVERITY + 2;

/// Beside a rule a sentence gets so much room, or stands below it.
const LEAST_SENTENCE: usize = 60;

/// A sentence is not broken into lines shorter than this.
const LEAST_LINE: usize = 30;

/// Writes the findings after an empty line; nothing when there are none.
pub(super) fn write(section: &Section, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let findings: Vec<Told<'_>> = section.told().collect();
    // Its rows are shown, as they were asked for.
    let are_rows = section.kind == SectionKind::Findings && !section.repeats_findings();
    if findings.is_empty() || are_rows {
        return Ok(());
    }
    let paint = Paint::new(style.color);
    let rows = section.table.rows.len();
    let most = match section.kind {
        SectionKind::Findings => rows,
        _ if style.width.is_none() => findings.len(),
        // Findings that stand for rows are as many as rows were asked for.
        _ if section.repeats_findings() => rows,
        _ => SHOWN,
    };
    let shown = most.min(findings.len());
    let space = if section.repeats_findings() { "" } else { "\n" };
    writeln!(out, "{space}{}", paint.heading(&quantity(findings.len() as u64, "finding")))?;
    for told in &findings[..shown] {
        write_one(*told, style.width, paint, out)?;
    }
    if findings.len() > shown {
        let more = quantity((findings.len() - shown) as u64, "more finding");
        writeln!(out, "{}", paint.faint(&format!("{more} (--format json has all, with their evidence)")))?;
    }
    Ok(())
}

/// What an audit found that must be looked at first, before anything else is shown: all counted, and of each of the worst
/// rules the first finding in a sentence. Of every severity that there is at least one is shown.
pub(super) fn write_worst(sections: &[Section], style: Style, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint::new(style.color);
    write_totals(sections, paint, out)?;
    writeln!(out)?;
    let mut rules: Vec<(Told<'_>, usize)> = Vec::new();
    for told in sections.iter().flat_map(Section::told) {
        let key = |told: &Told<'_>| (told.finding.severity, told.finding.rule, mark(told.standing));
        match rules.iter_mut().find(|(first, _)| key(first) == key(&told)) {
            Some((_, more)) => *more += 1,
            None => rules.push((told, 0)),
        }
    }
    rules.sort_by_key(|(first, _)| std::cmp::Reverse(first.finding.severity));
    let (rules, others) = first_screen(rules);
    let width = rules.iter().map(|(first, _)| first.finding.rule.len()).max().unwrap_or(0);
    // Where a rule takes half of the screen, its sentence stands below it.
    let beside = INDENT + width + 2;
    let is_narrow = style.width.is_some_and(|screen| screen < beside + LEAST_SENTENCE);
    let indent = if is_narrow { INDENT } else { beside };
    for (Told { finding, standing }, more) in &rules {
        let (word, rule) = (finding.severity.as_str(), finding.rule);
        let mark = mark(*standing).map(|mark| format!("({mark}) ")).unwrap_or_default();
        let sentence = format!("{mark}{}", in_a_sentence(finding, *more));
        let seen = lines(&sanitize(&finding.occurrence().in_words(&sentence)), style.width, indent);
        let sentence = lines(&sanitize(&sentence), style.width, indent).into_iter();
        let sentence = sentence.chain(seen.iter().map(|line| paint.faint(line))).collect::<Vec<_>>();
        let next = format!("\n{}", " ".repeat(indent));
        let head = if is_narrow { format!("{rule}{next}") } else { format!("{rule:width$}  ") };
        let padding = " ".repeat(INDENT - word.len());
        writeln!(out, "{}{padding}{head}{}", paint.severity(finding.severity, word), sentence.join(&next))?;
    }
    if !others.is_empty() {
        writeln!(out, "{}", paint.faint(&format!("and below: {others}")))?;
    }
    if rules.is_empty() { Ok(()) } else { writeln!(out) }
}

/// The rules that the first screen has room for, the worst and one of each severity, and how many findings the others have:
/// `4 high, 12 low`.
fn first_screen(rules: Vec<(Told<'_>, usize)>) -> (Vec<(Told<'_>, usize)>, String) {
    let severity = |(first, _): &(Told<'_>, usize)| first.finding.severity;
    let is_first = |place: usize| place == 0 || severity(&rules[place - 1]) != severity(&rules[place]);
    let mut shown: Vec<usize> = (0..rules.len()).filter(|&place| is_first(place)).collect();
    let room = WORST.saturating_sub(shown.len());
    shown.extend((0..rules.len()).filter(|&place| !is_first(place)).take(room));
    let of_others = |wanted: Severity| -> usize {
        let others =
            rules.iter().enumerate().filter(|(place, rule)| !shown.contains(place) && severity(rule) == wanted);
        others.map(|(_, (_, more))| more + 1).sum()
    };
    let counts = Severity::ALL.into_iter().rev().map(|wanted| (wanted, of_others(wanted))).filter(|(_, n)| *n > 0);
    let others: Vec<String> = counts.map(|(wanted, n)| format!("{} {}", grouped(n), wanted.as_str())).collect();
    let rules = rules.into_iter().enumerate().filter(|(place, _)| shown.contains(place)).map(|(_, rule)| rule);
    (rules.collect(), others.join(", "))
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

fn write_one(
    Told { finding, standing }: Told<'_>,
    width: Option<usize>,
    paint: Paint,
    out: &mut dyn Write,
) -> io::Result<()> {
    let word = finding.severity.as_str();
    let subject = sanitize(&finding.subject);
    let account = match finding.account_id.as_str() {
        "" => String::new(),
        account if subject.contains(account) => String::new(),
        account => format!("  account {}", sanitize(account)),
    };
    let padding = " ".repeat(INDENT - word.len());
    let mark = mark(standing).map(|mark| format!(" ({mark})")).unwrap_or_default();
    writeln!(out, "{}{padding}{}{mark}  {subject}{account}", paint.severity(finding.severity, word), finding.rule)?;
    for line in lines(&sanitize(&finding.summary), width, INDENT) {
        writeln!(out, "{}{line}", " ".repeat(INDENT))?;
    }
    let seen = seen(finding);
    for line in lines(&sanitize(&seen), width, INDENT) {
        writeln!(out, "{}{}", " ".repeat(INDENT), paint.faint(&line))?;
    }
    let others = told_by(finding);
    if !others.is_empty() {
        for line in lines(&format!("also told by {}", others.join(", ")), width, INDENT) {
            writeln!(out, "{}{}", " ".repeat(INDENT), paint.faint(&line))?;
        }
    }
    Ok(())
}

/// When, from where and with what it happened, but for what its first lines name; of addresses also what is known of them.
fn seen(finding: &Finding) -> String {
    let said = format!("{} {}", finding.subject, finding.summary);
    finding.occurrence().in_words_with(&said, &|address| match finding.place_of(address) {
        place if place.is_empty() => address.to_string(),
        place => format!("{address} ({place})"),
    })
}

/// `text` in lines that fit beside `indent`, broken at spaces; a word longer than a line stays whole.
pub(super) fn lines(text: &str, width: Option<usize>, indent: usize) -> Vec<String> {
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
