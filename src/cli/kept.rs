//! Rollups among the inputs: which part of them answers, and what of the logs beside them they already hold.

use std::collections::{BTreeMap, BTreeSet};

use trailscan::aggregate::{AGGREGATES, AggregateKind, iam_changes};
use trailscan::input::{Input, KeyKind, Listing, file_name};
use trailscan::model::quantity;
use trailscan::rollup::{self, Rollup, RollupError};
use trailscan::scan::rollup::{Asked, Kept, Rolled, UnkeptCalls};

use super::exit::Problem;
use super::fetched::Fetched;
use super::reading::Reading;
use super::remote::Remote;
use super::shard;

/// The kind under which objects are skipped that a rollup holds.
const HELD: &str = "in-rollup";

/// What rollups answer, and what is to be told of it.
#[derive(Default)]
pub struct Answered {
    /// The parts that answer; `None` where there is not a rollup.
    pub kept: Option<Kept>,
    /// What the reader should know.
    pub warnings: Vec<String>,
}

/// Opens the rollups of a listing and takes what answers from them. Objects that one of them holds are not read again.
///
/// # Errors
/// When one cannot be read, or cannot answer what is asked.
pub fn answered(
    reading: &Reading,
    (listing, remote): (&mut Listing, &mut Remote),
    kinds: &[&'static AggregateKind],
) -> Result<Answered, Problem> {
    let fetched = remote.take_rollups()?;
    listing.rollups.extend(fetched.iter().flat_map(|fetched| &fetched.files).map(|(path, _)| path.clone()));
    if listing.rollups.is_empty() {
        return Ok(Answered::default());
    }
    check_filters(reading, kinds)?;
    named(fetched.as_ref(), || {
        check_places(reading, remote)?;
        let (opened, mut warnings) = open(reading, listing)?;
        warnings.extend(earlier(&opened, kinds));
        let asked = Asked { window: reading.window, days: reading.days, filters: &reading.filters };
        let mut kept = rollup::answer(&opened, kinds, &asked).map_err(problem)?;
        kept.lack(shard::lost(opened.iter().map(Rollup::ledger)));
        Ok(Answered { kept: Some(kept), warnings })
    })
}

/// With the names that rollups have in S3.
fn named<T>(fetched: Option<&Fetched>, answer: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
    match fetched {
        Some(fetched) => answer().map_err(|problem| problem.reworded(|text| fetched.named(text))),
        None => answer(),
    }
}

/// Opens the rollups of a listing and takes all that is in them. Objects that one of them holds are not read again.
///
/// # Errors
/// When one cannot be read.
pub fn unrolled(
    reading: &Reading,
    (listing, remote): (&mut Listing, &mut Remote),
    kinds: &[&'static AggregateKind],
) -> Result<(Rolled, Vec<String>), Problem> {
    let fetched = remote.take_rollups()?;
    listing.rollups.extend(fetched.iter().flat_map(|fetched| &fetched.files).map(|(path, _)| path.clone()));
    let mut rolled = Rolled::new(kinds);
    if listing.rollups.is_empty() {
        return Ok((rolled, Vec::new()));
    }
    let warnings = named(fetched.as_ref(), || {
        check_places(reading, remote)?;
        let (opened, warnings) = open(reading, listing)?;
        opened.iter().try_for_each(|rollup| rollup.unroll(&mut rolled)).map_err(problem)?;
        Ok(warnings)
    })?;
    Ok((rolled, warnings))
}

/// Opens the rollups of a listing; gives what is to be told of what lies in several inputs.
fn open(reading: &Reading, listing: &mut Listing) -> Result<(Vec<Rollup>, Vec<String>), Problem> {
    let opened = listing.rollups.iter().map(|place| Rollup::open(place)).collect::<Result<Vec<_>, _>>();
    let opened = opened.map_err(problem)?;
    opened.iter().try_for_each(|rollup| rollup.check_copies(reading.work.dedupe)).map_err(problem)?;
    check_distinct(&opened).map_err(problem)?;
    check_shards(&opened)?;
    leave_out(&opened, listing);
    let warnings = copies(&opened, listing, reading.work.dedupe);
    Ok((opened, warnings))
}

/// Says which rollups were made before something was kept that is asked for.
fn earlier(opened: &[Rollup], kinds: &[&'static AggregateKind]) -> Vec<String> {
    let of = |rollup: &Rollup| {
        let lacks = kinds.iter().filter(|kind| rollup.lacks(kind)).map(|kind| kind.name);
        let (place, names) = (rollup.place().display(), BTreeSet::from_iter(lacks));
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        (!names.is_empty())
            .then(|| format!("{place}: was made before {names} was kept: make it anew from the logs to have it"))
    };
    let changes = opened.iter().filter(|_| kinds.contains(&&iam_changes::KIND));
    let unkept = changes.filter_map(|rollup| {
        let unkept = rollup.ledger().unkept_calls()?;
        Some(format!("{}: {}: make it anew from the logs to have them", rollup.place().display(), without(&unkept)))
    });
    opened.iter().filter_map(of).chain(unkept).collect()
}

/// The most calls that are named.
const NAMED: usize = 5;

fn without(unkept: &UnkeptCalls) -> String {
    match unkept {
        UnkeptCalls::Named(names) => {
            let named = names[..names.len().min(NAMED)].join(", ");
            let more = names.len().saturating_sub(NAMED);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            format!("was made before these calls were kept: {named}{more}")
        }
        UnkeptCalls::Unknown => {
            "was made before rollups noted which calls they keep, and may lack those of later rules".to_owned()
        }
    }
}

fn problem(error: RollupError) -> Problem {
    if error.is_usage() { Problem::usage(error) } else { Problem::failed(error) }
}

/// Refuses what a rollup cannot answer.
fn check_filters(reading: &Reading, kinds: &[&'static AggregateKind]) -> Result<(), Problem> {
    let filters = &reading.filters;
    let mut unanswered = filters.within_accounts();
    if !filters.regions().is_empty() {
        unanswered.insert(0, "--region");
    }
    if let Some(kind) = kinds.iter().find(|kind| unanswered.is_empty() && !AGGREGATES.contains(kind)) {
        let name = kind.name;
        return Err(Problem::usage(format!("a rollup keeps no {name}, only what they come to: give the logs")));
    }
    if unanswered.is_empty() {
        return Ok(());
    }
    let flags = unanswered.join(", ");
    let why =
        "which a rollup does not keep apart: give the logs, or leave it out (--account and whole days are answered)";
    Err(Problem::usage(format!("{flags} chooses single events, {why}")))
}

/// Refuses inputs of which nobody can say whether a rollup holds what is in them.
fn check_places(reading: &Reading, remote: &Remote) -> Result<(), Problem> {
    let is_stdin = reading.reads.inputs().contains(&Input::Stdin);
    let arriving = remote.first_place().or_else(|| is_stdin.then(|| "standard input".to_owned()));
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
            let other = object.identity().and_then(|identity| seen.insert(identity, rollup));
            if let Some(other) = other.filter(|other| !std::ptr::eq(*other, rollup)) {
                let (place, other) = (rollup.place().to_owned(), other.place().to_owned());
                return Err(RollupError::Twice { place, other, object: object.name.clone() });
            }
        }
    }
    Ok(())
}

/// Refuses two parts of one shard: what it holds may have no names that tell.
fn check_shards(opened: &[Rollup]) -> Result<(), Problem> {
    let mut seen = BTreeSet::new();
    for rollup in opened {
        for shard in rollup.ledger().planned() {
            if !seen.insert((shard.plan, shard.shard)) {
                let (place, number) = (rollup.place().display(), shard.number);
                let why = "which another of the inputs holds too: give each part once";
                return Err(Problem::usage(format!("{place}: holds shard {number} of a plan, {why}")));
            }
        }
    }
    Ok(())
}

/// Leaves out the objects of the listing that a rollup holds.
fn leave_out(opened: &[Rollup], listing: &mut Listing) {
    let held: BTreeSet<&str> =
        opened.iter().flat_map(|rollup| rollup.ledger().held()).filter_map(|object| object.identity()).collect();
    let before = listing.objects.len();
    listing.objects.retain(|object| object.identity().is_none_or(|identity| !held.contains(identity.as_str())));
    let left_out = (before - listing.objects.len()) as u64;
    if left_out > 0 {
        *listing.skipped.entry(HELD).or_default() += left_out;
    }
}

/// Tells where two of the inputs may say the same. Where every copy counts, copies of events do no harm.
fn copies(opened: &[Rollup], listing: &Listing, dedupe: bool) -> Vec<String> {
    let shared = if dedupe { shared_days(opened, listing) } else { BTreeMap::new() };
    let shared = shared.into_iter().map(|(account, days)| {
        let days = quantity(days.len() as u64, "day");
        format!(
            "deliveries to account {account} of {days} lie in two of the inputs, a rollup among them: an event that was \
             delivered in both is counted twice"
        )
    });
    shared.chain(unnamed(opened, listing)).collect()
}

/// The days of delivery of each account that two rollups hold, or one and the logs beside it.
fn shared_days(opened: &[Rollup], listing: &Listing) -> BTreeMap<String, BTreeSet<i64>> {
    let mut holders: BTreeMap<(String, i64), usize> = BTreeMap::new();
    for rollup in opened {
        let objects = rollup.ledger().delivered().filter(|object| object.is_of_events());
        let days = objects.filter_map(|object| Some((object.account_id.clone(), object.delivery_day?)));
        BTreeSet::from_iter(days).into_iter().for_each(|day| *holders.entry(day).or_default() += 1);
    }
    let keys = listing.objects.iter().filter_map(|object| object.key()).filter(|key| key.kind == KeyKind::CloudTrail);
    for day in BTreeSet::from_iter(keys.map(|key| (key.account_id, i64::from(key.day.0)))) {
        holders.entry(day).and_modify(|holders| *holders += 1);
    }
    let mut shared: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    for ((account, day), _) in holders.into_iter().filter(|(_, holders)| *holders > 1) {
        shared.entry(account).or_default().insert(day);
    }
    shared
}

/// Says where files of one name that is none of CloudTrail's lie in a rollup and in another input.
fn unnamed(opened: &[Rollup], listing: &Listing) -> Option<String> {
    let mut holders: BTreeMap<String, usize> = BTreeMap::new();
    for rollup in opened {
        let objects = rollup.ledger().delivered().filter(|object| object.identity().is_none());
        let names = BTreeSet::from_iter(objects.map(|object| file_name(&object.name).to_owned()));
        names.into_iter().for_each(|name| *holders.entry(name).or_default() += 1);
    }
    let logs = listing.objects.iter().filter(|object| object.identity().is_none());
    for name in BTreeSet::from_iter(logs.map(|object| file_name(&object.name()).to_owned())) {
        holders.entry(name).and_modify(|holders| *holders += 1);
    }
    let name = holders.into_iter().find(|(_, holders)| *holders > 1)?.0;
    Some(format!(
        "{name} lies in two of the inputs, a rollup among them: whether it is the same is not known, so both are counted"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_that_are_not_kept_are_named_a_few() {
        let unkept =
            |count: usize| without(&UnkeptCalls::Named((0..count).map(|n| format!("Put{n} of iam")).collect()));
        assert_eq!(unkept(2), "was made before these calls were kept: Put0 of iam, Put1 of iam");
        assert!(unkept(7).ends_with("Put4 of iam and 2 more"), "{}", unkept(7));
    }
}
