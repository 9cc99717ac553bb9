//! `--cache`: what of the logs was read before, and what of them is read now.

use std::path::Path;

use trailscan::aggregate::{AGGREGATES, AggregateKind};
use trailscan::filter::{Criteria, Filters};
use trailscan::input::{FoundObject, Input, Listing, S3Uri};
use trailscan::model::quantity;
use trailscan::rollup::{self, Cache, Filled};
use trailscan::scan::rollup::{Asked, Kept};
use trailscan::scan::{Meter, ScanError, ScanRequest};

use super::exit::Problem;
use super::reading::Reading;
use super::remote::{Found, Remote};
use super::{progress, repeat, request, tell};

/// What the cache answers of what is asked, and takes out of the listing; `None` where all is read from the logs.
///
/// # Errors
/// When a scan fails.
pub fn answered(
    reading: &Reading,
    (listing, remote): (&mut Listing, &mut Remote),
    kinds: &[&'static AggregateKind],
) -> Result<Option<Kept>, Problem> {
    let Some(folder) = &reading.cache else { return Ok(None) };
    if let Some(uri) = folder.to_str().filter(|text| S3Uri::is_meant(text)) {
        let why = "a cache lies on disk, though it holds what is read of S3: name a folder";
        return Err(Problem::usage(format!("--cache {uri}: {why}")));
    }
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
    let mut there = progress::listing(reading.work.progress, || remote.look())?;
    let Filled { rollups, made, told } = fill(reading, listing, (remote, &mut there))?;
    told.into_iter().for_each(tell::line);
    if rollups.is_empty() {
        return Ok(None);
    }
    let asked = Asked { window: reading.window, days: reading.days, filters: &reading.filters };
    match rollup::answer(&rollups, kinds, &asked) {
        Ok(mut kept) => {
            kept.meet(there.survey.arrivals);
            *remote = remote.of_listed(&there.objects, 1);
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
    let is_stdin = reading.reads.inputs().contains(&Input::Stdin);
    is_stdin.then(|| "standard input can be read once".to_owned())
}

fn fill(reading: &Reading, listing: &mut Listing, (remote, found): (&Remote, &mut Found)) -> Result<Filled, Problem> {
    let Some(folder) = &reading.cache else { return Ok(Filled::default()) };
    let meter = Meter::default();
    let all = Filters::new(&Criteria::default()).map_err(Problem::usage)?;
    let latest = reading.work.limits.latest_time.unwrap_or(reading.now);
    let scan = ScanRequest { filters: &all, ..request::request(reading, Listing::default(), AGGREGATES, &meter) };
    let objects = listing.objects.len() + found.objects.len();
    let threads = reading.work.threads.get();
    let open = |objects: &[FoundObject]| {
        let source = remote.of_listed(objects, threads).open()?;
        source
            .ok_or_else(|| ScanError::NeedsSource(objects.first().map(|found| found.name.clone()).unwrap_or_default()))
    };
    let mut there =
        rollup::Remote { objects: std::mem::take(&mut found.objects), is_whole: found.is_whole, open: &open };
    let cache = Cache::new(folder, remote.places(reading).iter());
    let fill = || cache.fill((listing, &mut there), reading.days, (&scan, latest));
    let filled = progress::scanning(reading.work.progress, objects, &meter, fill).map_err(Problem::failed);
    found.objects = there.objects;
    filled
}
