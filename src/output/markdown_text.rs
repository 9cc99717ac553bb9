//! Text in Markdown that is no markup: words that are more than letters or a number stand in code spans.

use std::io::{self, Write};

use super::news::mark;
use super::{Told, sanitize};

/// Digits of a hexadecimal number that may be taken for a commit.
const COMMIT: usize = 7;

/// Findings as items of a list.
pub(super) fn write_findings<'a>(told: impl Iterator<Item = Told<'a>>, out: &mut dyn Write) -> io::Result<()> {
    for Told { finding, standing } in told {
        let account = match finding.account_id.as_str() {
            account if account.is_empty() || finding.subject.contains(account) => String::new(),
            account => format!(", account {}", code(&sanitize(account), Within::Prose)),
        };
        let (severity, subject) = (finding.severity.as_str(), code(&sanitize(&finding.subject), Within::Prose));
        let mark = mark(standing).map(|mark| format!(" ({mark})")).unwrap_or_default();
        let seen = finding.occurrence().in_words(&format!("{} {}", finding.subject, finding.summary));
        let sentence = if seen.is_empty() { finding.summary.clone() } else { format!("{}; {seen}", finding.summary) };
        let summary = escaped(&sentence, Within::Prose);
        writeln!(out, "- **{severity}**{mark} `{}` {subject}{account}: {summary}", finding.rule)?;
    }
    Ok(())
}

/// Where text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// A paragraph or the item of a list.
    Prose,
    /// The cell of a table, which a pipe would end, in a code span too.
    Cell,
}

/// `text` with every word in a code span that is more than letters or a number; neighbours share one.
pub(super) fn escaped(text: &str, within: Within) -> String {
    let text = sanitize(text);
    let mut parts: Vec<String> = Vec::new();
    let mut marked: Vec<&str> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !is_plain(word) {
            marked.push(word);
            // What a part of a sentence ends with is no part of what is quoted.
            if word.ends_with(';') {
                end_span(&mut marked, within, &mut parts);
            }
            continue;
        }
        end_span(&mut marked, within, &mut parts);
        parts.push(word.to_owned());
    }
    end_span(&mut marked, within, &mut parts);
    parts.join(" ")
}

/// Ends a code span; the punctuation that ends a sentence stays outside.
fn end_span(marked: &mut Vec<&str>, within: Within, parts: &mut Vec<String>) {
    if marked.is_empty() {
        return;
    }
    let text = marked.join(" ");
    marked.clear();
    let opened = text.strip_prefix('(').map(str::trim_start).filter(|rest| !rest.is_empty());
    let (open, text) = opened.map_or(("", text.as_str()), |rest| ("(", rest));
    let inner = text.trim_end_matches([',', ';', '.', ':']);
    // What is opened outside is closed there.
    let is_closed_here = open.is_empty() && inner.contains('(');
    let inner = if is_closed_here { inner } else { inner.strip_suffix(')').unwrap_or(inner) };
    let (inner, after) = text.split_at(if inner.is_empty() { text.len() } else { inner.len() });
    parts.push(format!("{open}{}{after}", code(inner, within)));
}

/// Whether a word is nothing to any reader of Markdown: letters, maybe joined by hyphens, or a number, with the
/// punctuation of a sentence around it.
fn is_plain(word: &str) -> bool {
    if matches!(word, "-" | "–" | "—" | "%" | "%)" | "%),") {
        return true;
    }
    let core = word.trim_start_matches('(').trim_end_matches([',', ';', '.', ':', ')', '%']);
    let is_word = core.split(['-', '\'']).all(|part| !part.is_empty() && part.chars().all(char::is_alphabetic));
    let is_number = core.split(',').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    let is_commit = core.len() >= COMMIT && core.bytes().all(|b| b.is_ascii_hexdigit());
    (is_word || is_number) && !is_commit
}

/// A code span: text in which nothing is read, between more backticks than stand side by side in it.
pub(super) fn code(text: &str, within: Within) -> String {
    if text.is_empty() {
        return "-".to_owned();
    }
    let fence = "`".repeat(longest_run(text) + 1);
    let space = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    let text = if within == Within::Cell { text.replace('|', "\\|") } else { text.to_owned() };
    format!("{fence}{space}{text}{space}{fence}")
}

/// The most backticks side by side.
pub(super) fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
