//! `--cache`: what of the logs was read before, and what of them is read now.

use trailscan::aggregate::{AGGREGATES, AggregateKind};
use trailscan::filter::{Criteria, Filters};
use trailscan::input::{FoundObject, Input, Listing};
use trailscan::model::quantity;
use trailscan::rollup::{self, Cache, Filled};
use trailscan::scan::rollup::{Asked, Kept};
use trailscan::scan::{Meter, ScanError, ScanRequest};

use super::exit::Problem;
use super::reading::Reading;
use super::remote::{Found, Remote};
use super::{progress, request, tell};

/// What the cache answers of what is asked, and takes out of the listing; `None` where all is read from the logs.
///
/// # Errors
/// When a scan fails.
pub fn answered(
    reading: &Reading,
    (listing, remote): (&mut Listing, &mut Remote),
    kinds: &[&'static AggregateKind],
) -> Result<Option<Kept>, Problem> {
    let Some(place) = &reading.cache else { return Ok(None) };
    if let Some(why) = unanswered(reading, kinds) {
        tell::line(format!("the cache is not used: {why}"));
        return Ok(None);
    }
    place.check_apart(remote.places(reading).iter())?;
    let mut there = progress::listing(reading.work.progress, || remote.look())?;
    let opened = match place.open(remote.places(reading).iter(), reading.days) {
        Ok(opened) => opened,
        Err(problem) => {
            tell::line(format!("the cache is not used: {problem}"));
            return Ok(None);
        }
    };
    opened.told.iter().for_each(tell::line);
    let Filled { rollups, made, told } = fill(reading, (listing, &opened.cache), (remote, &mut there))?;
    told.iter().map(|line| opened.named(line)).for_each(tell::line);
    opened.keep().into_iter().for_each(tell::line);
    if rollups.is_empty() {
        return Ok(None);
    }
    let asked = Asked { window: reading.window, days: reading.days, filters: &reading.filters };
    match rollup::answer(&rollups, kinds, &asked) {
        Ok(mut kept) => {
            kept.meet(there.survey.arrivals);
            *remote = remote.of_listed(&there.objects, 1);
            let (days, name) = (quantity(rollups.len() as u64, "day"), place.name());
            tell::line(format!("cache {name}: {days} of accounts, {made} of them read from logs now"));
            Ok(Some(kept))
        }
        Err(error) => {
            match error.is_cut() {
                true => tell::line("the cache is not used: it knows whole UTC days, and the window cuts one"),
                // Somebody else writes there.
                false => tell::line(format!("the cache is not used: {}", opened.named(&error.to_string()))),
            }
            *listing = request::list(reading);
            Ok(None)
        }
    }
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

fn fill(
    reading: &Reading,
    (listing, cache): (&mut Listing, &Cache),
    (remote, found): (&Remote, &mut Found),
) -> Result<Filled, Problem> {
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
    let fill = || cache.fill((listing, &mut there), reading.days, (&scan, latest));
    let filled = progress::scanning(reading.work.progress, objects, &meter, fill).map_err(Problem::failed);
    found.objects = there.objects;
    filled
}
