use proptest::prelude::*;

use super::{Activity, KIND};
use crate::aggregate::testing::{fold, hold_laws, steps};
use crate::aggregate::{Batch, BatchError, Cells, State};
use crate::model::testing::{ACCOUNT, OTHER_ACCOUNT, at, event, user};

fn state(times: &[(&str, &str, &str)]) -> State {
    let mut state = State::new(&[&KIND]);
    let ana = user("ana", "AKIAIOSFODNN7EXAMPLE");
    for &(time, account, error) in times {
        let mut event = event(&ana);
        event.event_time = Some(at(time));
        event.recipient_account_id = account;
        event.error_code = error;
        state.observe(&event);
    }
    state
}

#[test]
fn a_row_is_one_account_and_one_day() {
    let state = state(&[
        ("2026-01-01T23:59:59Z", ACCOUNT, ""),
        ("2026-01-02T00:00:00Z", ACCOUNT, "AccessDenied"),
        ("2026-01-02T00:59:59Z", OTHER_ACCOUNT, ""),
        ("2026-01-02T00:30:00Z", ACCOUNT, "ThrottlingException"),
        ("2026-01-01T23:00:00Z", ACCOUNT, ""),
    ]);
    let rows = state.get::<Activity>().unwrap().rows();
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            let tally = row.tally;
            let hours: Vec<_> = row.hours.iter().enumerate().filter(|(_, n)| **n > 0).collect();
            let account = state.symbols().text(row.account);
            format!("{account} {} {}/{}/{} {hours:?}", row.day, tally.events, tally.errors, tally.denied)
        })
        .collect();
    let expected = [
        format!("{ACCOUNT} 2026-01-01 2/0/0 [(23, 2)]"),
        format!("{ACCOUNT} 2026-01-02 2/2/1 [(0, 2)]"),
        format!("{OTHER_ACCOUNT} 2026-01-02 1/0/0 [(0, 1)]"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn an_hour_past_the_day_is_refused() {
    let mut saved = state(&[("2026-01-01T23:59:59Z", ACCOUNT, "")]).save();
    let hours = saved.iter_mut().find(|batch| batch.table == "activity_hours").unwrap();
    set(hours, "hour", 24);
    let error = State::load(&[&KIND], &saved).err().unwrap();
    assert_eq!(error, BatchError::BadCell("activity_hours".into(), "hour".into(), 0, "is not an hour of a day"));
}

fn set(batch: &mut Batch, column: &str, number: i64) {
    for (name, cells) in &mut batch.columns {
        if let (true, Cells::Int(cells)) = (name == column, cells) {
            cells.fill(Some(number));
        }
    }
}

proptest! {
    #[test]
    fn laws(steps in steps(), cut in 0usize..40) {
        hold_laws(&KIND, &steps, cut)?;
    }

    #[test]
    fn hours_and_regions_add_up(steps in steps()) {
        let state = fold(&[&KIND], &steps);
        for row in state.get::<Activity>().unwrap().rows() {
            prop_assert_eq!(row.hours.iter().sum::<i64>(), row.tally.events);
            prop_assert_eq!(row.regions.iter().map(|(_, events)| events).sum::<i64>(), row.tally.events);
        }
    }
}
