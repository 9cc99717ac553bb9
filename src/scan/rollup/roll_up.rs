//! Reading logs into a rollup.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use super::keeper::{Desk, Keeper, Place};
use super::{Asked, Ids, Kept, Ledger};
use crate::aggregate::{AggregateKind, Partitions, State};
use crate::coverage::CoverageFacts;
use crate::input::{Arrivals, Listing, Source, caught};
use crate::model::EventTime;
use crate::scan::counting::{Counts, Rules};
use crate::scan::engine::{scan_beside, work, work_after};
use crate::scan::fold::Done;
use crate::scan::gaps::deliveries_of;
use crate::scan::logging::LoggingNotes;
use crate::scan::seen::Seen;
use crate::scan::settle;
use crate::scan::{ScanError, ScanOutcome, ScanRequest};

/// What a rollup keeps.
pub struct Rolled {
    /// Counted events, by their account and UTC day.
    pub counted: Partitions,
    /// The records that explain others, by the account and day of delivery of their object.
    pub remembered: Partitions,
    /// What was read.
    pub ledger: Ledger,
}

impl Rolled {
    /// Nothing yet; each partition will have these aggregates.
    pub fn new(kinds: &[&'static AggregateKind]) -> Self {
        Self { counted: Partitions::new(kinds), remembered: Partitions::new(kinds), ledger: Ledger::default() }
    }

    /// Adds what another scan kept.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.ledger.extend(other.ledger);
        Self {
            counted: self.counted.merge(other.counted),
            remembered: self.remembered.merge(other.remembered),
            ledger: self.ledger,
        }
    }
}

/// Reads all objects of the request and keeps what they say by account and day, beside what was kept `earlier`; the
/// outcome is that of a scan of it all, without a state.
///
/// # Errors
/// [`ScanError`]; what cannot be read is no error but part of the coverage.
pub fn roll_up(
    request: ScanRequest<'_>,
    earlier: Rolled,
    asked: &Asked<'_>,
) -> Result<(Rolled, ScanOutcome), ScanError> {
    let (done, rules) = work(&request, || Keeper::new(request.aggregates))?;
    let arrivals = request.source.map(Source::arrivals).unwrap_or_default();
    let folded = caught(|| fold(done, &request, &rules, &arrivals)).map_err(ScanError::Died)?;
    let mut rolled = folded.rolled;
    rolled.ledger.note_calls();
    let rolled = earlier.merge(rolled);
    let mut kept = Kept::new(&[]);
    kept.cover(&rolled.ledger, asked);
    let interrupted = request.listing.interrupted;
    let listing = Listing { interrupted, ..Listing::default() };
    let outcome = scan_beside(ScanRequest { listing, source: None, aggregates: &[], ..request }, Some(kept))?;
    Ok((rolled, outcome))
}

/// What a scan of the objects of one account and day of delivery keeps.
pub struct Unit {
    /// What it remembers.
    pub rolled: Rolled,
    /// Which events it met.
    pub ids: Ids,
    /// How many objects were met, members of archives included.
    pub met: usize,
    /// Whether all that was met was read, as far as it ever can be.
    pub is_whole: bool,
}

/// Reads all objects of the request, and keeps what they say; copies of what was seen before are not counted.
///
/// # Errors
/// [`ScanError`].
pub fn roll_up_unit(request: &ScanRequest<'_>, seen: &Seen) -> Result<Unit, ScanError> {
    let before = seen.dedupe.conflicting_ids();
    let (done, rules) = work_after(request, seen, || Keeper::new(request.aggregates).with_ids())?;
    let folded = caught(|| fold(done, request, &rules, &Arrivals::default())).map_err(ScanError::Died)?;
    let Folded { mut rolled, mut ids } = folded;
    rolled.ledger.forget_conflicts(before);
    ids.settle();
    let was_stopped = request.stop.load(Ordering::Relaxed);
    let (met, held) = (rolled.ledger.objects.len(), rolled.ledger.held().count());
    Ok(Unit { rolled, ids, met, is_whole: !was_stopped && met == held })
}

/// Reads all objects of the request, and keeps nothing but which events there are.
///
/// # Errors
/// [`ScanError`].
pub fn see(request: &ScanRequest<'_>, seen: &Seen) -> Result<(), ScanError> {
    work_after(request, seen, || State::new(&[])).map(drop)
}

struct Folded {
    rolled: Rolled,
    ids: Ids,
}

/// What the objects of one place gave to all workers.
#[derive(Default)]
struct Delivered {
    coverage: CoverageFacts,
    logging: LoggingNotes,
    newest: Option<EventTime>,
}

fn fold(done: Vec<Done<Keeper>>, request: &ScanRequest<'_>, rules: &Rules<'_>, arrivals: &Arrivals) -> Folded {
    let mut places: BTreeMap<Place, Delivered> = BTreeMap::new();
    let (mut all, mut waiting) = (Keeper::new(request.aggregates), Vec::new());
    for Done { mut kept, counts, coverage, unjudged, .. } in done {
        kept.close(counts, coverage);
        for object in unjudged {
            let coverage = kept.coverage_of(&object.object);
            object.judge(coverage);
        }
        for (place, Desk { mut counts, mut coverage }) in std::mem::take(&mut kept.desks) {
            let delivered = places.entry(place).or_default();
            waiting.append(&mut counts.waiting);
            delivered.logging.merge(std::mem::take(&mut counts.logging));
            delivered.newest = delivered.newest.max(counts.fold_into(&mut coverage));
            delivered.coverage.add_kept(coverage);
        }
        all = all.merge(kept);
    }
    if let Some(ids) = &mut all.ids {
        ids.needs_others |= waiting.iter().any(|update| !ids.has(&update.original.1));
    }
    settle::updates(waiting, rules, &mut Counts::default(), &mut all);
    let Keeper { counted, days, remembered, ids, .. } = all;
    let mut ledger = Ledger::default();
    for (place, Delivered { coverage, logging, newest }) in places {
        ledger.add_place(&place, coverage, (&logging, newest));
    }
    days.into_iter().for_each(|(key, numbers)| ledger.add_day(&key, numbers));
    ledger.add_beside(&request.listing, arrivals, rules.conflicting_ids());
    ledger.add_deliveries(&deliveries_of(&request.listing, arrivals));
    ledger.sort();
    Folded { rolled: Rolled { counted, remembered, ledger }, ids: ids.unwrap_or_default() }
}
