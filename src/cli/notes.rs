//! What is said on stderr of what an answer leaves out.

use std::path::Path;

use trailscan::model::quantity;
use trailscan::output::{Format, Place, Section, news_line};
use trailscan::report::News;

use super::config::Config;
use super::delivery::Delivery;
use super::plan::Plan;
use super::{config, news, tell};

/// Says which rows the reports' own options left out, unless the table on the terminal has just said it.
pub fn hidden(delivery: &Delivery, sections: &[Section]) {
    if delivery.format == Format::Table && delivery.style.place == Place::Terminal {
        return;
    }
    for section in sections {
        if let Some(hidden) = &section.hidden {
            tell::line(format!("{}: {hidden}", section.table.report));
        }
    }
}

/// Says what has no place in an answer.
pub fn beside(sections: &[Section]) {
    for note in sections.iter().flat_map(|section| &section.notes) {
        tell::line(format!("note: {note}"));
    }
}

/// Says how many findings have no place on a timeline.
pub fn timeless(plan: &Plan, sections: &[Section]) {
    let found = sections.iter().flat_map(|section| &section.findings);
    let timeless = found.filter(|finding| finding.occurrence().first_seen.is_none()).count();
    if plan.delivery.format.is_timeline() && plan.is_of_findings() && timeless > 0 {
        let what = quantity(timeless as u64, "finding");
        tell::line(format!("{what} without a time: not on the timeline"));
    }
}

/// Says in a line what is new, unless the answer has just said it to people; and what `--fail-on-new` does not count.
pub fn news(plan: &Plan, news: Option<&News>, sections: &[Section]) {
    let Some(news) = news else { return };
    if !matches!(plan.delivery.format, Format::Table | Format::Markdown) {
        tell::line(news_line(news));
        for caveat in &news.caveats {
            tell::line(format!("note: {caveat}"));
        }
    }
    let not_covered = news::not_covered(plan, sections);
    if not_covered > 0 {
        let findings = quantity(not_covered as u64, "finding");
        tell::line(format!("note: --fail-on-new does not count {findings} that the baseline could not have seen"));
    }
}

/// Names the config file of the working directory where it says what is made of rules: nobody typed it.
pub fn rules_here(config: &Config) {
    let here = config.files().iter().find(|file| file.path == Path::new(config::FILE_NAME));
    let Some(file) = here else { return };
    let (rules, suppressions) = (file.rules.rules.len(), file.rules.suppress.len());
    if rules + suppressions > 0 {
        let held = [(rules, "rule"), (suppressions, "suppression")].into_iter().filter(|(count, _)| *count > 0);
        let held: Vec<String> = held.map(|(count, word)| quantity(count as u64, word)).collect();
        tell::line(format!("{} of the working directory holds: it has {}", config::FILE_NAME, held.join(" and ")));
    }
}

/// Says how many findings the config left out, and which of its suppressions no longer act, or act on nothing.
pub fn suppressed(plan: &Plan, sections: &[Section]) {
    let suppressed: usize = sections.iter().map(|section| section.suppressed).sum();
    if suppressed > 0 {
        tell::line(format!("{} suppressed by {}", quantity(suppressed as u64, "finding"), config::FILE_NAME));
    }
    for line in plan.rulebook.expired(&plan.reports()) {
        tell::line(format!("warning: {}: {line}", config::FILE_NAME));
    }
    // What filters leave out may well be what it is there for.
    let idle = if plan.reading.filters.is_empty() { plan.rulebook.idle(&plan.reports()) } else { Vec::new() };
    for line in idle {
        tell::line(format!("note: {}: {line}", config::FILE_NAME));
    }
}
