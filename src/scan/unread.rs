//! The coverage of a scan that is not made: everything is found and nothing is read.

use super::doubts::add_not_found;
use super::gaps::{Judged, add_gaps};
use super::warnings::warnings_of;
use crate::coverage::{Coverage, CoverageFacts, NOT_READ};
use crate::filter::Filters;
use crate::input::Survey;

/// What a survey covers: its objects are skipped as [`NOT_READ`]; gaps, failures and warnings are those of a scan.
///
/// Accounts and regions of `asked` that no name of an object tells are not found: to be asked where every object has such a
/// name, or is passed over.
pub fn unread(survey: &Survey, (judged, asked): (Judged, &Filters), interrupted: bool) -> Coverage {
    let mut coverage = CoverageFacts::default();
    let kinds = survey.skipped.iter().map(|(&kind, &count)| (kind, count));
    for (kind, count) in kinds.chain([(NOT_READ, survey.total().objects)]).filter(|(_, count)| *count > 0) {
        coverage.objects_found += count;
        *coverage.objects_skipped.entry(kind.to_owned()).or_default() += count;
    }
    coverage.add_listing(&survey.listing);
    coverage.add_arrivals(&survey.arrivals);
    coverage.settle_failures(&survey.arrivals);
    coverage.interrupted = interrupted || survey.listing.interrupted;
    add_gaps(&mut coverage, (&survey.listing, &survey.arrivals), judged);
    coverage.warnings = warnings_of(&coverage, &Filters::default());
    coverage.warnings.extend(survey.arrivals.warnings.iter().cloned());
    if coverage.objects_found > 0 && !coverage.interrupted && coverage.failures.is_empty() {
        add_not_found(&mut coverage, asked);
    }
    coverage.into()
}
