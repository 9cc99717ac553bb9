use proptest::prelude::*;

use super::*;
use crate::aggregate::State;
use crate::model::testing::{at, event, user};

/// A call: its minute, its id, and which of its copies the bytes are.
type Call = (i64, u8, u8);

fn state(calls: &[Call], wanted: Wanted) -> State {
    let mut state = State::new(&[&KIND]).bounded(wanted);
    for call in calls {
        shown(*call, |event| state.observe(event));
    }
    state
}

fn shown((minute, id, copy): Call, show: impl FnOnce(&Event<'_>)) {
    let eve = user("eve", "AKIAIOSFODNN7EXAMPLE");
    let (event_id, record) = (format!("id-{id}"), format!("{{{}\"id\":{id}}}", " ".repeat(copy.into())));
    let event_time = Some(at("2026-09-01T00:00:00Z").plus_seconds(minute * 60));
    show(&Event { event_id: &event_id, event_time, record: &record, ..event(&eve) });
}

fn rows(state: &State) -> Vec<(EventTime, String, String, String)> {
    let events = state.get::<Events>().expect("it was asked for");
    let text = |sym| state.symbols().text(sym).to_owned();
    events
        .rows()
        .map(|(place, row)| (place.time, place.event_id.to_string(), row.record.to_string(), text(row.principal)))
        .collect()
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    // Each id once: what is shown twice is a copy.
    prop::collection::btree_map(0u8..60, 0i64..30, 0..40)
        .prop_map(|calls| calls.into_iter().map(|(id, minute)| (minute, id, 0)).collect())
}

proptest! {
    /// Split anywhere, merged in any order, bounded or not: the rows are those of one pass.
    #[test]
    fn merging_is_one_pass(
        calls in calls().prop_shuffle(), at in any::<prop::sample::Index>(), most in 1usize..50, last in any::<bool>(), swap in any::<bool>(),
    ) {
        let wanted = if last { Wanted::Last(most) } else { Wanted::First(most) };
        let (one, other) = calls.split_at(if calls.is_empty() { 0 } else { at.index(calls.len()) });
        for wanted in [Wanted::All, wanted] {
            let whole = state(&calls, wanted);
            let (one, other) = (state(one, wanted), state(other, wanted));
            let merged = if swap { other.merge(one) } else { one.merge(other) };
            prop_assert_eq!(rows(&merged), rows(&whole));
            prop_assert_eq!(merged.get::<Events>().map(Events::counted), Some(calls.len() as u64));
        }
        let mut all = rows(&state(&calls, Wanted::All));
        let kept = most.min(all.len());
        let expected = if last { all.split_off(all.len() - kept) } else { all[..kept].to_vec() };
        prop_assert_eq!(rows(&state(&calls, wanted)), expected);
    }

    /// Which of the copies counts is chance, and the bytes that are shown are not.
    #[test]
    fn of_copies_the_least_is_kept(copies in prop::collection::vec(0u8..4, 1..6), counted in any::<prop::sample::Index>(), split in any::<prop::sample::Index>()) {
        let counted = counted.index(copies.len());
        let mut states = [State::new(&[&KIND]), State::new(&[&KIND])];
        for (place, copy) in copies.iter().enumerate() {
            let state = &mut states[usize::from(place > split.index(copies.len()))];
            shown((0, 1, *copy), |event| if place == counted { state.observe(event) } else { state.copy(event) });
        }
        let [one, other] = states;
        let merged = rows(&one.merge(other));
        prop_assert_eq!(merged.len(), 1);
        let most_blanks = copies.iter().max().copied().unwrap_or_default();
        prop_assert_eq!(&merged[0].2, &format!("{{{}\"id\":1}}", " ".repeat(most_blanks.into())));
    }
}

#[test]
fn secrets_are_not_kept() {
    let eve = user("eve", "AKIAIOSFODNN7EXAMPLE");
    let mut state = State::new(&[&KIND]);
    state.observe(&Event { record: "{\"password\":\"hunter2\",\n\"a\":1}", ..event(&eve) });
    let events = state.get::<Events>().expect("it was asked for");
    let (_, row) = events.rows().next().expect("a row");
    assert_eq!((&*row.record, row.secrets), ("{\"password\":\"[redacted]\", \"a\":1}", 1));
    assert!(state.save().is_empty());
}
