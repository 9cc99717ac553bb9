//! Markdown for tickets, as GitHub and GitLab read it: findings as a list, rows as a table, the coverage as last line.
//!
//! Log text makes no markup, link, mention, issue or emoji: a word that is more than letters or a number stands in a code
//! span, in which nothing is read. Of the columns those stand that a wide terminal shows, lists with their first members;
//! JSON and CSV have everything.
//!
//! Source: GitHub Flavored Markdown Spec, 4.10 tables, 6.3 code spans, 6.9 autolinks.

use std::io::{self, Write};

use super::coverage::nothing_read;
use super::markdown_text::{Within, code, escaped, write_findings};
use super::terminal::cell_text;
use super::{Content, Document, Section, coverage_line, markdown_news, markdown_tree};
use crate::model::quantity;
use crate::report::{ColumnKind, Prominence, Severity, Table, Value, typed};

/// Writes every section under a heading.
pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    if let Content::Audit(sections) = document.content {
        writeln!(out, "# trailscan audit\n\n{}\n", totals(sections))?;
    }
    if let Some(nothing) = nothing_read(document.coverage) {
        writeln!(out, "> **{nothing}**\n")?;
    }
    if let Some(news) = document.news {
        markdown_news::write(news, document.sections(), out)?;
    }
    for section in document.sections() {
        write_section(section, out)?;
    }
    let line = coverage_line(document.coverage, document.window);
    writeln!(out, "Over {}", escaped(&line, Within::Prose))
}

/// How many findings there are of each severity, worst first.
fn totals(sections: &[Section]) -> String {
    let all = || sections.iter().flat_map(|section| &section.findings);
    let count = |severity| all().filter(|finding| finding.severity == severity).count();
    let counts = Severity::ALL.into_iter().rev().map(|severity| (count(severity), severity.as_str()));
    let counts: Vec<String> = counts.filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    let findings = quantity(all().count() as u64, "finding");
    if counts.is_empty() { findings } else { format!("{findings}: {}", counts.join(", ")) }
}

fn write_section(section: &Section, out: &mut dyn Write) -> io::Result<()> {
    let table = &section.table;
    writeln!(out, "## {}\n", table.report)?;
    if !section.summary.is_empty() {
        writeln!(out, "{}\n", section.summary)?;
    }
    write_findings(section.told(), out)?;
    if !section.findings.is_empty() {
        writeln!(out)?;
    }
    match &section.tree {
        Some(_) if table.rows_total == 0 => writeln!(out, "No rows.\n")?,
        Some(tree) => markdown_tree::write(tree, out)?,
        None if table.rows.is_empty() && table.rows_total == 0 => writeln!(out, "No rows.\n")?,
        None if section.repeats_findings() => {}
        None => write_rows(table, out)?,
    }
    if let Some(hidden) = &section.hidden {
        writeln!(out, "{}\n", escaped(hidden, Within::Prose))?;
    }
    if section.suppressed > 0 {
        let findings = quantity(section.suppressed as u64, "finding");
        writeln!(out, "{findings} suppressed by `trailscan.toml`\n")?;
    }
    Ok(())
}

/// The rows, and what of the table is not shown.
fn write_rows(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    let is_shown = |i: &usize| table.chosen || table.columns[*i].prominence <= Prominence::Second;
    let shown: Vec<usize> = (0..table.columns.len()).filter(is_shown).collect();
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    writeln!(out, "{}", line(shown.iter().map(|&i| table.columns[i].name.to_owned()).collect()))?;
    let rule = |i: &usize| if table.columns[*i].kind == ColumnKind::Count { "--:" } else { "---" }.to_owned();
    writeln!(out, "{}", line(shown.iter().map(rule).collect()))?;
    for row in &table.rows {
        let cell = |&i: &usize| cell(&row[i], table.columns[i].kind);
        writeln!(out, "{}", line(shown.iter().map(cell).collect()))?;
    }
    writeln!(out)?;
    let rows = table.rows_total.saturating_sub(table.rows.len());
    if rows > 0 {
        writeln!(out, "{} (`--limit 0` shows all)\n", quantity(rows as u64, "more row"))?;
    }
    let columns = table.columns.len() - shown.len();
    if columns > 0 {
        let how = format!("(`trailscan {} --columns NAME,…` or `--format json`)", typed(table.report));
        writeln!(out, "{} {how}\n", quantity(columns as u64, "more column"))?;
    }
    Ok(())
}

fn cell(value: &Value, kind: ColumnKind) -> String {
    let text = cell_text(value);
    match value {
        Value::Null | Value::Count(_) | Value::Time(_) => text.into_owned(),
        _ if kind == ColumnKind::Id => code(&text, Within::Cell),
        _ => escaped(&text, Within::Cell),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use proptest::prelude::*;

    use super::super::sample;
    use super::*;

    fn markdown(content: Content<'_>) -> String {
        let coverage = sample::coverage();
        let mut out = Vec::new();
        write(&Document::new(None, &coverage, content), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn one_report() {
        expect![[r###"
            ## sample

            Keys and where they are used from

            - **high** `key-embedded` `AKIAIOSFODNN7EXAMPLE`, account `111122223333`: the key was used from 3 networks within one hour, so it is stored in several `places\x1b[31m`; from `192.0.2.1, 192.0.2.2`

            | access_key_id | principal | events | last_seen | address_list | top_events |
            | --- | --- | --: | --- | --- | --- |
            | `AKIAIOSFODNN7EXAMPLE` | `arn:aws:iam::111122223333:user/Zoë, "build"` 文档 | 1,234,567 | 2023-07-10 11:42:18Z | `192.0.2.1, 192.0.2.2, 198.51.100.7 +2` | GetObject 1,200,000, ListBuckets 30,000, PutObject 4,000 `+1` |
            | `ASIAIOSFODNN7EXAMPLE` | `=HYPERLINK("http://example.com")\x1b[2J\u{202e}\r\nfake` row | -1 | 2023-07-10 11:42:18.123456Z | `+1, a;b` | `=cmd` 1 |
            | - | - | - | - | none | - |

            2 more rows (`--limit 0` shows all)

            Over 2,900 events counted in 55 objects (1 skipped: licence), `2023-07-10 11:42` – `12:37` UTC, 1 account, 1 region; nothing failed
        "###]].assert_eq(&markdown(Content::Report(&sample::section())));
    }

    #[test]
    fn an_audit() {
        expect![[r##"
            # trailscan audit

            1 finding: 1 high

            ## sample

            Keys and where they are used from

            - **high** `key-embedded` `AKIAIOSFODNN7EXAMPLE`, account `111122223333`: the key was used from 3 networks within one hour, so it is stored in several `places\x1b[31m`; from `192.0.2.1, 192.0.2.2`

            | access_key_id | principal | events | last_seen | address_list | top_events |
            | --- | --- | --: | --- | --- | --- |
            | `AKIAIOSFODNN7EXAMPLE` | `arn:aws:iam::111122223333:user/Zoë, "build"` 文档 | 1,234,567 | 2023-07-10 11:42:18Z | `192.0.2.1, 192.0.2.2, 198.51.100.7 +2` | GetObject 1,200,000, ListBuckets 30,000, PutObject 4,000 `+1` |
            | `ASIAIOSFODNN7EXAMPLE` | `=HYPERLINK("http://example.com")\x1b[2J\u{202e}\r\nfake` row | -1 | 2023-07-10 11:42:18.123456Z | `+1, a;b` | `=cmd` 1 |
            | - | - | - | - | none | - |

            2 more rows (`--limit 0` shows all)

            ## empty

            Nothing to see

            No rows.

            Over 2,900 events counted in 55 objects (1 skipped: licence), `2023-07-10 11:42` – `12:37` UTC, 1 account, 1 region; nothing failed
        "##]].assert_eq(&markdown(Content::Audit(&[sample::section(), sample::empty_section()])));
    }

    #[test]
    fn words_are_plain_and_all_else_is_code() {
        for (text, shown) in [
            ("the key was used 1,234 times (12%), well-known.", "the key was used 1,234 times (12%), well-known."),
            ("@octocat closes #1 :tada: GH-12", "`@octocat` closes `#1 :tada: GH-12`"),
            ("[a](javascript:x) <img src=x> **b**", "`[a](javascript:x) <img src=x> **b**`"),
            ("see www.example.com, or bob@example.com.", "see `www.example.com`, or `bob@example.com`."),
            ("a `b` ``c", "a ``` `b` ``c ```"),
            ("1 (33 %) of (--limit 0)", "1 (33 %) of (`--limit` 0)"),
            ("( (.", "(`(`."),
            ("calls (ec2), (s3) and (a1", "calls (`ec2), (s3`) and (`a1`"),
            (
                "(account 1a2), by a/b; 2c from f(x) (of a-1 x1)",
                "(account `1a2`), by `a/b`; `2c` from `f(x)` (of `a-1 x1`)",
            ),
            ("(", "`(`"),
            ("deadbeef cafe 1234567", "`deadbeef` cafe `1234567`"),
            ("$x$ ~y~ snake_case * 1. - -", "`$x$ ~y~ snake_case *` 1. - -"),
        ] {
            assert_eq!(escaped(text, Within::Prose), shown, "{text}");
        }
        assert_eq!(escaped("a|b `|`", Within::Cell), r"`` a\|b `\|` ``");
    }

    proptest! {
        /// Outside of code spans there are letters, digits, blanks and the punctuation of sentences only.
        #[test]
        fn no_text_makes_markup(text in "([a-z0-9|`<@\\[\\]()#:_*~$!&\\\\/. -]|www\\.|\n){0,30}") {
            let shown = escaped(&text, Within::Cell);
            prop_assert!(!shown.contains('\n'));
            prop_assert_eq!(shown.replace("\\|", "").matches('|').count(), 0, "{}", shown);
            let outside = outside_of_spans(&shown);
            let is_safe = |c: char| c.is_alphanumeric() || " ,;.:()%'-–—".contains(c);
            prop_assert!(outside.chars().all(is_safe), "{shown:?}: {outside:?}");
        }
    }

    /// What a reader of Markdown finds outside of code spans.
    fn outside_of_spans(text: &str) -> String {
        let mut rest = text;
        let mut outside = String::new();
        while let Some(at) = rest.find('`') {
            outside.push_str(&rest[..at]);
            let opened = &rest[at..];
            let run = opened.len() - opened.trim_start_matches('`').len();
            let mut inner = &opened[run..];
            // Ends at the next run of as many.
            loop {
                let Some(next) = inner.find('`') else { return format!("{outside}`{inner}") };
                let after = inner[next..].trim_start_matches('`');
                let length = inner[next..].len() - after.len();
                inner = after;
                if length == run {
                    break;
                }
            }
            rest = inner;
        }
        outside + rest
    }
}
