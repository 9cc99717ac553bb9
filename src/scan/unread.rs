//! The coverage of a scan that is not made: everything is found and nothing is read.

use super::gaps::{Judged, add_gaps};
use super::warnings::warnings_of;
use crate::coverage::{Coverage, CoverageFacts, NOT_READ};
use crate::filter::Filters;
use crate::input::Survey;

/// What a survey covers: its objects are skipped as [`NOT_READ`]; gaps, failures and warnings are those of a scan.
pub fn unread(survey: &Survey, judged: Judged, interrupted: bool) -> Coverage {
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
    coverage.into()
}
