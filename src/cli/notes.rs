//! What is said on stderr of what an answer leaves out.

use trailscan::model::quantity;
use trailscan::output::{Format, Place, Section};

use super::delivery::Delivery;
use super::plan::Plan;
use super::{config, tell};

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

/// Says how many findings the config left out, and which of its suppressions no longer act.
pub fn suppressed(plan: &Plan, sections: &[Section]) {
    let suppressed: usize = sections.iter().map(|section| section.suppressed).sum();
    if suppressed > 0 {
        tell::line(format!("{} suppressed by {}", quantity(suppressed as u64, "finding"), config::FILE_NAME));
    }
    for line in plan.rulebook.expired(&plan.reports()) {
        tell::line(format!("warning: {}: {line}", config::FILE_NAME));
    }
}
