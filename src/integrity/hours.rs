//! Hours: which of them the digests of a trail cover, and where some are gone.

use std::collections::{BTreeMap, HashSet};

use super::chain::Link;
use super::seen::{Chain, DigestName};
use super::{PreviousDigest, Standing, bare};
use crate::input::KeyKind;
use crate::model::{Day, EventTime, TimeWindow};

/// How long after the time in its name a log object may be delivered: its digest covers one of these moments.
const DELIVERED_WITHIN: i64 = 3600;

/// The hours that digests cover, by place.
#[derive(Default)]
pub(super) struct Covered(BTreeMap<Place, Vec<(EventTime, EventTime)>>);

/// Where the logs of a trail lie, and its digests: the folder of the account, where there is one, the account and the region.
/// A trail of the organization and one of the account itself have their own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    folder: String,
    account_id: String,
    region: String,
}

impl Place {
    /// That of an object of this path or URI.
    pub fn of(name: &str, account_id: &str, region: &str) -> Self {
        let streams = [KeyKind::CloudTrail, KeyKind::Digest].map(|kind| format!("/{}/", kind.as_str()));
        let folder = streams.iter().find_map(|stream| Some(name.rsplit_once(stream.as_str())?.0)).unwrap_or_default();
        let text = str::to_owned;
        Self { folder: text(folder), account_id: text(account_id), region: text(region) }
    }
}

impl Covered {
    /// Of the digests that nothing speaks against, backfills left out: they name what was late, whenever that is.
    pub fn of(links: &[Link<'_>]) -> Self {
        let mut by_chain: BTreeMap<(&Chain, Place), Vec<(EventTime, EventTime)>> = BTreeMap::new();
        for link in links.iter().filter(|link| link.standing != Standing::Altered) {
            if let (Some(name), Some(file)) = (link.name.as_ref().filter(|name| !name.chain.is_backfill), link.file()) {
                let place = Place::of(&link.seen.object.name(), &name.chain.account_id, &name.chain.region);
                by_chain.entry((&name.chain, place)).or_default().push((file.start, file.end));
            }
        }
        let mut covered = Self::default();
        for ((_, place), mut hours) in by_chain {
            hours.sort_unstable();
            let all = covered.0.entry(place).or_default();
            let mut begun = false;
            for (start, end) in hours {
                match all.last_mut().filter(|last| begun && start <= last.1) {
                    Some(last) => last.1 = last.1.max(end),
                    None => all.push((start, end)),
                }
                begun = true;
            }
        }
        covered
    }

    /// Whether a log object whose name says `delivered` had to be in a digest in reach; `None` where there is no digest of
    /// its place at all.
    pub fn had_to_be_listed(&self, place: &Place, delivered: EventTime) -> Option<bool> {
        let last = delivered.plus_seconds(DELIVERED_WITHIN);
        Some(self.0.get(place)?.iter().any(|(start, end)| *start <= delivered && last <= *end))
    }
}

/// Something that a chain lacks.
pub(super) enum Lack<'a> {
    /// A digest that the next names.
    Digest(&'a Chain, &'a PreviousDigest),
    /// Hours without any.
    Hours(&'a Chain, EventTime, EventTime),
    /// Hours without any, behind which a chain begins anew.
    NewChain(&'a Chain, EventTime, EventTime),
    /// Hours up to the end of the window, for which its place has none.
    Ended(&'a Chain, EventTime, EventTime),
}

/// How long after its hours a digest may not be there yet: it has an hour's objects, and is delivered within the next.
const WRITTEN_WITHIN: i64 = 3 * 3600;

/// What the chains lack inside the window, as far as it has passed by `now`, and how many of them begin before what was read.
pub(super) fn lacks<'a>(links: &'a [Link<'a>], window: Option<TimeWindow>, now: EventTime) -> (Vec<Lack<'a>>, u64) {
    // One that was put in the place of another is told as altered, and the other is there in a way.
    let names = |link: &'a Link<'a>| {
        let said = link.file().map(|file| bare(&file.object).to_owned());
        [Some(bare(&link.seen.object.name()).to_owned()), said]
    };
    let there: HashSet<String> = links.iter().flat_map(names).flatten().collect();
    let is_there = |previous: &PreviousDigest| there.contains(bare(&previous.object));
    let mut chains: BTreeMap<&Chain, Vec<&Link<'_>>> = BTreeMap::new();
    for link in links {
        if let Some(name) = &link.name {
            chains.entry(&name.chain).or_default().push(link);
        }
    }
    let (mut lacks, mut cut) = (Vec::new(), 0);
    for (chain, mut links) in chains {
        links.sort_by_key(|link| link.name.as_ref().map(|name| name.end));
        let mut before: Option<EventTime> = None;
        for link in links {
            let (Some(file), Some(name)) = (link.file(), &link.name) else {
                before = before.max(link.name.as_ref().map(|name| name.end));
                continue;
            };
            // What an altered digest says of others is not believed.
            if link.standing != Standing::Altered {
                let gap = before.filter(|end| *end < file.start).map(|end| (end, file.start));
                match &file.previous {
                    None if !chain.is_backfill => {
                        lacks.extend(gap.map(|(from, until)| Lack::NewChain(chain, from, until)));
                    }
                    Some(previous) if !is_there(previous) => {
                        let is_wanted = before.is_some() || is_in(window, previous);
                        if is_wanted {
                            lacks.push(Lack::Digest(chain, previous));
                        } else {
                            cut += 1;
                        }
                        if !chain.is_backfill {
                            lacks.extend(gap.map(|(from, until)| Lack::Hours(chain, from, until)));
                        }
                    }
                    _ => {}
                }
            }
            before = before.max(Some(name.end));
        }
    }
    lacks.extend(window.into_iter().flat_map(|window| ended(links, window.until().min(now))));
    (lacks, cut)
}

/// The places whose digests end before `until`: what was removed from the end of a chain leaves no other trace.
fn ended<'a>(links: &'a [Link<'a>], until: EventTime) -> Vec<Lack<'a>> {
    let mut last: BTreeMap<Place, (EventTime, &Chain)> = BTreeMap::new();
    for link in links.iter().filter(|link| link.standing != Standing::Altered) {
        if let Some(name) = link.name.as_ref().filter(|name| !name.chain.is_backfill) {
            let place = Place::of(&link.seen.object.name(), &name.chain.account_id, &name.chain.region);
            let known = last.entry(place).or_insert((name.end, &name.chain));
            *known = (*known).max((name.end, &name.chain));
        }
    }
    let ends_early = last.into_values().filter(|(end, _)| end.plus_seconds(WRITTEN_WITHIN) < until);
    ends_early.map(|(end, chain)| Lack::Ended(chain, end, until)).collect()
}

/// Whether a window that begins somewhere asks for a digest: its hours end in it.
fn is_in(window: Option<TimeWindow>, previous: &PreviousDigest) -> bool {
    let end = DigestName::of(&previous.object).map(|name| name.end);
    let window = window.filter(|window| window.since() > Day(0).start());
    window.zip(end).is_some_and(|(window, end)| window.since() < end && end <= window.until())
}
