//! Reading logs into a rollup.

use std::collections::BTreeMap;

use super::keeper::{Desk, Keeper, Place};
use super::{Asked, Kept, Ledger};
use crate::aggregate::{Partitions, State};
use crate::coverage::CoverageFacts;
use crate::filter::Dedupe;
use crate::input::{Arrivals, Listing, Source, caught};
use crate::model::EventTime;
use crate::scan::counting::{Counts, Rules};
use crate::scan::engine::{Done, scan_beside, work};
use crate::scan::gaps::deliveries_of;
use crate::scan::logging::LoggingNotes;
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

/// Reads all objects of the request and keeps what they say by account and day; the outcome is that of a scan of the
/// same request, without a state.
///
/// # Errors
/// [`ScanError`]; what cannot be read is no error but part of the coverage.
pub fn roll_up(request: ScanRequest<'_>, asked: &Asked<'_>) -> Result<(Rolled, ScanOutcome), ScanError> {
    let (done, rules) = work(&request, || Keeper::new(request.aggregates))?;
    let arrivals = request.source.map(Source::arrivals).unwrap_or_default();
    let rolled = caught(|| fold(done, &request, &rules, &arrivals)).map_err(ScanError::Died)?;
    let kept = Kept::new(&rolled.ledger, State::new(&[]), asked);
    let interrupted = request.listing.interrupted;
    let listing = Listing { interrupted, ..Listing::default() };
    let outcome = scan_beside(ScanRequest { listing, source: None, aggregates: &[], ..request }, vec![kept])?;
    Ok((rolled, outcome))
}

/// What the objects of one place gave to all workers.
#[derive(Default)]
struct Delivered {
    coverage: CoverageFacts,
    logging: LoggingNotes,
    newest: Option<EventTime>,
}

fn fold(done: Vec<Done<Keeper>>, request: &ScanRequest<'_>, rules: &Rules<'_>, arrivals: &Arrivals) -> Rolled {
    let mut places: BTreeMap<Place, Delivered> = BTreeMap::new();
    let (mut all, mut waiting) = (Keeper::new(request.aggregates), Vec::new());
    for Done { mut kept, counts, coverage, unjudged } in done {
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
    settle::updates(waiting, rules, &mut Counts::default(), &mut all);
    let Keeper { counted, days, remembered, .. } = all;
    let mut ledger = Ledger::default();
    for (place, Delivered { coverage, logging, newest }) in places {
        ledger.add_place(&place, coverage, (&logging, newest));
    }
    days.into_iter().for_each(|(key, numbers)| ledger.add_day(&key, numbers));
    let conflicting_ids = rules.dedupe.as_ref().map_or(0, Dedupe::conflicting_ids);
    ledger.add_beside(&request.listing, arrivals, conflicting_ids);
    ledger.add_deliveries(&deliveries_of(&request.listing, arrivals));
    ledger.sort();
    Rolled { counted, remembered, ledger }
}
