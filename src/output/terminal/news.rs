//! What an answer with a baseline begins with: the ten lines that are read on a Monday.

use std::io::{self, Write};

use super::super::news::{self, Group};
use super::super::{Section, Style, sanitize};
use super::findings::{INDENT, lines};
use super::paint::Paint;
use crate::model::{grouped, quantity};
use crate::report::{Counts, News, Severity, Standing};

/// Rules of new or worse findings that are told; what they find is below in any case.
const NEWS: usize = 10;

/// Rules of findings that are better, and of those that were not found any more.
const OTHERS: usize = 5;

/// Width of the word before a line: `first seen`.
const WORD: usize = 12;

/// Writes what is new, worse, better, gone and first seen, and what weakens the comparison.
pub(super) fn write(news: &News, sections: &[Section], style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { style, paint: Paint::new(style.color), out };
    let headline = sanitize(&news::headline(news)).into_owned();
    writeln!(page.out, "{}", page.paint.heading(&headline))?;
    page.faint(&news::basis(news))?;
    let is_quiet = news.counts == Counts { same: news.counts.same, ..Counts::default() };
    if is_quiet && news.gone.is_empty() && news.first_seen.is_empty() && news.caveats.is_empty() {
        return writeln!(page.out);
    }
    writeln!(page.out)?;
    let changed = news::standing(sections, Standing::is_news);
    page.groups(&changed, NEWS)?;
    page.groups(&news::standing(sections, |standing| matches!(standing, Standing::NotCovered(_))), OTHERS)?;
    page.groups(&news::standing(sections, |standing| matches!(standing, Standing::Better(..))), OTHERS)?;
    let gone: Vec<_> = news::not_found(news).collect();
    for gone in gone.iter().take(OTHERS) {
        let sentence = format!("{}; {}", news::in_a_sentence(&gone.finding, 0), gone.why);
        page.line("gone", Some((gone.finding.severity, gone.finding.rule)), &sentence)?;
    }
    if gone.len() > OTHERS {
        page.line("gone", None, &quantity((gone.len() - OTHERS) as u64, "more finding not found any more"))?;
    }
    for line in news::gone_otherwise(news) {
        page.line("gone", None, &line)?;
    }
    for first in news::first_seen(news) {
        let things = news::things(first).join("; ");
        page.line("first seen", None, &format!("{}: {things}", news::counted(first)))?;
    }
    for line in news::not_covered(news, sections) {
        page.line("not covered", None, &line)?;
    }
    for caveat in &news.caveats {
        page.line("note", None, caveat)?;
    }
    writeln!(page.out)
}

/// The word before a line.
fn word(standing: Option<&Standing>) -> &'static str {
    match standing {
        Some(Standing::NotCovered(_)) => "not covered",
        standing => standing.map_or("", Standing::as_str),
    }
}

struct Page<'a> {
    style: Style,
    paint: Paint,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn faint(&mut self, text: &str) -> io::Result<()> {
        for line in lines(&sanitize(text), self.style.width, 0) {
            writeln!(self.out, "{}", self.paint.faint(&line))?;
        }
        Ok(())
    }

    fn groups(&mut self, groups: &[Group<'_>], most: usize) -> io::Result<()> {
        for Group { first, more } in groups.iter().take(most) {
            let mark = news::mark(first.standing).unwrap_or_default();
            let word = word(first.standing);
            let was = mark.split_once(", ").map(|(_, was)| format!("({was}) ")).unwrap_or_default();
            let sentence = format!("{was}{}", news::in_a_sentence(first.finding, *more));
            self.line(word, Some((first.finding.severity, first.finding.rule)), &sentence)?;
        }
        if let Some(rest) = groups.get(most..).filter(|rest| !rest.is_empty()) {
            let word = word(rest[0].first.standing);
            let severities = rest.iter().flat_map(|group| vec![group.first.finding.severity; group.more + 1]);
            let severities = news::severities(severities.collect::<Vec<Severity>>().into_iter());
            let findings: usize = rest.iter().map(|group| group.more + 1).sum();
            self.line(word, None, &format!("{} more ({severities}), marked below", grouped(findings)))?;
        }
        Ok(())
    }

    /// A line behind its word, broken where the width ends.
    fn line(&mut self, word: &str, finding: Option<(Severity, &str)>, text: &str) -> io::Result<()> {
        let (painted, rule) = match finding {
            None => (String::new(), String::new()),
            Some((severity, rule)) => {
                let word = severity.as_str();
                (self.paint.severity(severity, word) + &" ".repeat(INDENT - word.len()), format!("{rule}: "))
            }
        };
        let indent = WORD + if painted.is_empty() { 0 } else { INDENT };
        let text = lines(&sanitize(&format!("{rule}{text}")), self.style.width, indent);
        let text = text.join(&format!("\n{}", " ".repeat(indent)));
        writeln!(self.out, "{word:WORD$}{painted}{text}")
    }
}
