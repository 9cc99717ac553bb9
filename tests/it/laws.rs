//! What must hold of every answer: the same bytes however the work is cut, the same rows in every format, sums that close.

use crate::harness::{Place, count, rows, sample_logs};

#[test]
fn sums_close() {
    let place = Place::new();
    let answer = place.trailscan("audit").arg(sample_logs()).json(0);
    let coverage = &answer["coverage"];
    let events = |report| rows(&answer, report).iter().map(|row| count(&row["events"])).sum::<i64>();
    assert_eq!(events("principals"), count(&coverage["events_counted"]));
}
