//! `--cache`: what of the logs was read before, and what of them is read now.

use std::path::Path;

use trailscan::aggregate::{AGGREGATES, AggregateKind};
use trailscan::filter::{Criteria, Filters};
use trailscan::input::{Input, Listing};
use trailscan::model::quantity;
use trailscan::rollup::{self, Cache, Filled};
use trailscan::scan::rollup::{Asked, Kept};
use trailscan::scan::{Meter, ScanRequest};

use super::exit::Problem;
use super::reading::Reading;
use super::{progress, repeat, request, tell};

/// What the cache answers of what is asked, and takes out of the listing; `None` where all is read from the logs.
///
/// # Errors
/// When a scan fails.
pub fn answered(
    reading: &Reading,
    listing: &mut Listing,
    kinds: &[&'static AggregateKind],
) -> Result<Option<Kept>, Problem> {
    let Some(folder) = &reading.cache else { return Ok(None) };
    if let Some(why) = unanswered(reading, kinds) {
        tell::line(format!("the cache is not used: {why}"));
        return Ok(None);
    }
    if let Some(input) = reading.reads.inputs().iter().find(|input| is_around(input, folder)) {
        let (input, folder) = (repeat::input(input), folder.display());
        return Err(Problem::usage(format!(
            "--cache {folder}: lies in {input}, where it would be read as a rollup: name a folder elsewhere"
        )));
    }
    let cache = Cache::new(folder, reading.reads.inputs());
    let Filled { rollups, made, told } = fill(reading, &cache, listing)?;
    told.into_iter().for_each(tell::line);
    if rollups.is_empty() {
        return Ok(None);
    }
    let asked = Asked { window: reading.window, days: reading.days, filters: &reading.filters };
    match rollup::answer(&rollups, kinds, &asked) {
        Ok(kept) => {
            let (days, folder) = (quantity(rollups.len() as u64, "day"), folder.display());
            tell::line(format!("cache {folder}: {days} of accounts, {made} of them read from logs now"));
            Ok(Some(kept))
        }
        Err(error) => {
            match error.is_cut() {
                true => tell::line("the cache is not used: it knows whole UTC days, and the window cuts one"),
                // Somebody else writes there.
                false => tell::line(format!("the cache is not used: {error}")),
            }
            *listing = request::list(reading);
            Ok(None)
        }
    }
}

/// Whether a folder lies in an input, or would once it is there.
fn is_around(input: &Input, folder: &Path) -> bool {
    let Input::Path(input) = input else { return false };
    let Ok(input) = std::fs::canonicalize(input) else { return false };
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    folder
        .ancestors()
        .find_map(|around| std::fs::canonicalize(around).ok())
        .is_some_and(|folder| folder.starts_with(&input))
}

/// Why a cache cannot answer, when that is known before anything is read.
fn unanswered(reading: &Reading, kinds: &[&'static AggregateKind]) -> Option<String> {
    if let Some(kind) = kinds.iter().find(|kind| !AGGREGATES.contains(kind)) {
        return Some(format!("it holds no {}, only what they come to", kind.name));
    }
    let filters = &reading.filters;
    let region = if filters.regions().is_empty() { None } else { Some("--region") };
    if let Some(flag) = region.into_iter().chain(filters.within_accounts()).next() {
        return Some(format!("{flag} chooses single events, which it does not hold"));
    }
    reading.reads.inputs().iter().find_map(|input| match input {
        Input::S3(uri) => Some(format!("{uri} is no file, and it holds what is read of files")),
        Input::Stdin => Some("standard input can be read once".to_owned()),
        Input::Path(_) => None,
    })
}

fn fill(reading: &Reading, cache: &Cache, listing: &mut Listing) -> Result<Filled, Problem> {
    let meter = Meter::default();
    let all = Filters::new(&Criteria::default()).map_err(Problem::usage)?;
    let latest = reading.work.limits.latest_time.unwrap_or(reading.now);
    let scan = ScanRequest { filters: &all, ..request::request(reading, Listing::default(), AGGREGATES, &meter) };
    let objects = listing.objects.len();
    let fill = || cache.fill(listing, reading.days, (&scan, latest));
    progress::scanning(reading.work.progress, objects, &meter, fill).map_err(Problem::failed)
}
