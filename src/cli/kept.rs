//! Rollups among the inputs: which part of them answers, and what of the logs beside them they already hold.

use std::collections::{BTreeMap, BTreeSet};

use trailscan::aggregate::AggregateKind;
use trailscan::input::{Input, Listing};
use trailscan::rollup::{Rollup, RollupError};
use trailscan::scan::rollup::{Asked, Kept};

use super::exit::Problem;
use super::reading::Reading;

/// The kind under which objects are skipped that a rollup holds.
const HELD: &str = "in-rollup";

/// What rollups answer, and what is to be told of it.
#[derive(Default)]
pub struct Answered {
    /// The parts that answer.
    pub kept: Vec<Kept>,
    /// What the reader should know.
    pub warnings: Vec<String>,
}

/// Opens the rollups of a listing and takes what answers from them. Objects that one of them holds are not read again.
///
/// # Errors
/// When one cannot be read, or cannot answer what is asked.
pub fn answered(
    reading: &Reading,
    listing: &mut Listing,
    kinds: &[&'static AggregateKind],
) -> Result<Answered, Problem> {
    if listing.rollups.is_empty() {
        return Ok(Answered::default());
    }
    check(reading)?;
    let opened = listing.rollups.iter().map(|folder| Rollup::open(folder)).collect::<Result<Vec<_>, _>>();
    let opened = opened.map_err(problem)?;
    opened.iter().try_for_each(|rollup| rollup.check_copies(reading.work.dedupe)).map_err(problem)?;
    check_distinct(&opened).map_err(problem)?;
    let warnings = leave_out(&opened, listing);
    let asked = Asked { window: reading.window, days: reading.days, filters: &reading.filters };
    let kept = opened.iter().map(|rollup| rollup.answer(kinds, &asked)).collect::<Result<_, _>>().map_err(problem)?;
    Ok(Answered { kept, warnings })
}

fn problem(error: RollupError) -> Problem {
    if error.is_usage() { Problem::usage(error) } else { Problem::failed(error) }
}

/// Refuses what a rollup cannot answer.
fn check(reading: &Reading) -> Result<(), Problem> {
    let filters = &reading.filters;
    let mut unanswered = filters.within_accounts();
    if !filters.regions().is_empty() {
        unanswered.insert(0, "--region");
    }
    if !unanswered.is_empty() {
        let flags = unanswered.join(", ");
        let why = "which a rollup does not keep apart: give the logs, or leave it out (--account and whole days are answered)";
        return Err(Problem::usage(format!("{flags} chooses single events, {why}")));
    }
    let arriving = reading.reads.inputs().iter().find_map(|input| match input {
        Input::S3(uri) => Some(uri.to_string()),
        Input::Stdin => Some("standard input".to_owned()),
        Input::Path(_) => None,
    });
    match arriving {
        None => Ok(()),
        Some(place) => {
            let why = "which objects of it a rollup holds is known only for files";
            Err(Problem::usage(format!("{place} beside a rollup: {why}; roll it up, or copy it, and give that")))
        }
    }
}

/// Refuses two rollups of one object.
fn check_distinct(opened: &[Rollup]) -> Result<(), RollupError> {
    let mut seen: BTreeMap<&str, &Rollup> = BTreeMap::new();
    for rollup in opened {
        for object in rollup.ledger().delivered() {
            if let Some(other) = seen.insert(object.identity(), rollup) {
                let (folder, other) = (rollup.folder().to_owned(), other.folder().to_owned());
                return Err(RollupError::Twice { folder, other, object: object.name.clone() });
            }
        }
    }
    Ok(())
}

/// Leaves out the objects of the listing that a rollup holds, and tells where logs and rollups may say the same under
/// different names.
fn leave_out(opened: &[Rollup], listing: &mut Listing) -> Vec<String> {
    let held: BTreeSet<&str> =
        opened.iter().flat_map(|rollup| rollup.ledger().delivered()).map(|object| object.identity()).collect();
    let before = listing.objects.len();
    listing.objects.retain(|object| !held.contains(object.identity().as_str()));
    let left_out = (before - listing.objects.len()) as u64;
    if left_out > 0 {
        *listing.skipped.entry(HELD).or_default() += left_out;
    }
    let days: BTreeSet<(&str, i64)> = opened
        .iter()
        .flat_map(|rollup| rollup.ledger().delivered())
        .filter_map(|object| Some((object.account_id.as_str(), object.delivery_day?)))
        .collect();
    let mut shared: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    for key in listing.objects.iter().filter_map(|object| object.key()) {
        let day = i64::from(key.day.0);
        if days.contains(&(key.account_id.as_str(), day)) {
            shared.entry(key.account_id).or_default().insert(day);
        }
    }
    let told = |(account, days): (String, BTreeSet<i64>)| {
        format!(
            "logs and a rollup both hold deliveries of account {account} of {} days: an event that was delivered in both is \
             counted twice",
            days.len()
        )
    };
    shared.into_iter().map(told).collect()
}
