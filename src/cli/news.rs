//! How the answers of a run differ from those of an earlier one.

use trailscan::coverage::{Coverage, StateFileStatus};
use trailscan::output::{Section, SectionKind};
use trailscan::report::{Finding, KindOfThings, News, Reach, Report, Standing, Table, Today, View};

use super::plan::Plan;

/// What the answer of a plan rests on.
pub fn reach(plan: &Plan, coverage: &Coverage) -> Reach {
    let of_state = coverage.state_files.iter().filter(|file| file.status != StateFileStatus::Failed);
    Reach {
        accounts: coverage.accounts.clone(),
        regions: coverage.regions.clone(),
        state_accounts: of_state.filter_map(|file| file.account_id.clone()).collect(),
        window: plan.reading.window,
        first_event: coverage.first_event,
        last_event: coverage.last_event,
        is_partial: coverage.is_partial(),
        events_filtered: coverage.events_filtered,
        asked: plan.asked.clone(),
    }
}

/// All rows of the reports that tell of things, whatever is shown of them; none without a baseline.
pub fn tables(plan: &Plan, view: &View<'_>) -> Vec<Table> {
    let all = View { rows_wanted: usize::MAX, is_overview: false, ..*view };
    let table = |report: &&'static Report| {
        let answer = (report.answer)(&all);
        Table::new(report, answer.columns, answer.rows)
    };
    let tells = |report: &&&'static Report| KindOfThings::of(report.name).next().is_some();
    let reports = if plan.baseline.is_some() { plan.reports() } else { Vec::new() };
    reports.iter().filter(tells).map(table).collect()
}

/// Says how the answers differ from the baseline of the plan, and of each finding how it stands to it.
pub fn news(plan: &Plan, tables: &[Table], now: &Reach, sections: &mut [Section]) -> Option<News> {
    let baseline = plan.baseline.as_ref()?;
    let reports = plan.reports();
    let findings: Vec<&[Finding]> = sections.iter().map(|section| section.findings.as_slice()).collect();
    let today = Today {
        reach: now,
        reports: &reports,
        findings: &findings,
        tables,
        left_out: &|finding| plan.rulebook.leaves_out(finding),
    };
    let (news, standings) = baseline.news(&today);
    for (section, standings) in sections.iter_mut().zip(standings) {
        section.standings = standings;
    }
    Some(news)
}

/// Whether a new or worse finding is one that the user wants to fail on.
pub fn fails(plan: &Plan, sections: &[Section]) -> bool {
    at_least(plan, sections).any(|standing| standing.is_news())
}

/// How many findings would be those, had the baseline been able to see them.
pub fn not_covered(plan: &Plan, sections: &[Section]) -> usize {
    at_least(plan, sections).filter(|standing| standing.not_covered_because().is_some()).count()
}

fn at_least<'a>(plan: &Plan, sections: &'a [Section]) -> impl Iterator<Item = &'a Standing> {
    let least = plan.delivery.fail_on_new;
    let reports = sections.iter().filter(|section| section.kind == SectionKind::Report);
    let told = reports.flat_map(Section::told);
    told.filter(move |told| least.is_some_and(|least| told.finding.severity >= least)).filter_map(|told| told.standing)
}
