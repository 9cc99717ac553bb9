//! What is new since an earlier answer, at the head of a Markdown document.

use std::io::{self, Write};

use super::markdown_text::{Within, escaped, write_findings};
use super::news;
use super::{Section, Told};
use crate::model::{grouped, quantity};
use crate::report::{News, Standing};

/// Findings of a kind that stand here; those that are there still are in the sections, too.
const SHOWN: usize = 20;

/// Writes the section.
pub(super) fn write(news: &News, sections: &[Section], out: &mut dyn Write) -> io::Result<()> {
    let prose = |text: &str| escaped(text, Within::Prose);
    writeln!(
        out,
        "## What is new\n\n{}.\n\n{}.\n",
        prose(&capital(&news::headline(news))),
        prose(&capital(&news::basis(news)))
    )?;
    write_standing("New or worse", sections, Standing::is_news, out)?;
    write_standing("Not covered by the baseline", sections, |s| matches!(s, Standing::NotCovered(_)), out)?;
    write_standing("Better", sections, |s| matches!(s, Standing::Better(..)), out)?;
    write_gone(news, out)?;
    if news.first_seen() > 0 {
        writeln!(out, "### Seen for the first time\n")?;
        for first in news::first_seen(news) {
            writeln!(out, "- {}", prose(&news::counted(first)))?;
            for thing in news::things(first) {
                writeln!(out, "  - {}", prose(&thing))?;
            }
        }
        writeln!(out)?;
    }
    let not_covered = news::not_covered(news, sections);
    if !news.caveats.is_empty() || !not_covered.is_empty() {
        writeln!(out, "### What to know of this comparison\n")?;
        for line in not_covered {
            writeln!(out, "- Not covered by the baseline: {}", prose(&line))?;
        }
        for caveat in &news.caveats {
            writeln!(out, "- {}", prose(&capital(caveat)))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_standing(
    title: &str,
    sections: &[Section],
    is_wanted: impl Fn(&Standing) -> bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let is_wanted = |told: &Told<'_>| told.standing.is_some_and(&is_wanted);
    let mut wanted: Vec<Told<'_>> = sections.iter().flat_map(Section::told).filter(is_wanted).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    // Stable: within a severity the sections keep their order.
    wanted.sort_by_key(|told| std::cmp::Reverse(told.finding.severity));
    writeln!(out, "### {title}\n")?;
    write_findings(wanted.iter().take(SHOWN).copied(), out)?;
    if wanted.len() > SHOWN {
        writeln!(out, "- {}, marked below", quantity((wanted.len() - SHOWN) as u64, "more finding"))?;
    }
    writeln!(out)
}

fn write_gone(news: &News, out: &mut dyn Write) -> io::Result<()> {
    if news.gone.is_empty() {
        return Ok(());
    }
    writeln!(out, "### Gone\n")?;
    let not_found: Vec<Told<'_>> =
        news::not_found(news).map(|gone| Told { finding: &gone.finding, standing: None }).collect();
    write_findings(not_found.iter().take(SHOWN).copied(), out)?;
    if not_found.len() > SHOWN {
        writeln!(out, "- {} more not found any more", grouped(not_found.len() - SHOWN))?;
    }
    for line in news::gone_otherwise(news) {
        writeln!(out, "- {}", escaped(&line, Within::Prose))?;
    }
    writeln!(out)
}

/// A sentence with a capital.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
