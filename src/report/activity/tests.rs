use super::*;
use crate::aggregate::State;
use crate::model::testing::{ACCOUNT, OTHER_ACCOUNT, at, event, user};
use crate::report::charts::Picture;
use crate::report::{Options, Value, View};

fn state(times: &[(&str, &str, &str)]) -> State {
    let mut state = State::new(REPORT.needs);
    let ana = user("ana", "AKIAIOSFODNN7EXAMPLE");
    for &(time, account, region) in times {
        let mut event = event(&ana);
        event.event_time = Some(at(time));
        event.recipient_account_id = account;
        event.aws_region = region;
        state.observe(&event);
    }
    state
}

const TIMES: &[(&str, &str, &str)] = &[
    ("2026-09-07T09:00:00Z", OTHER_ACCOUNT, "eu-west-1"),
    ("2026-09-08T23:10:00Z", ACCOUNT, "us-east-1"),
    ("2026-09-08T09:20:00Z", ACCOUNT, "us-east-1"),
    ("2026-09-08T09:10:00Z", ACCOUNT, "eu-west-1"),
];

#[test]
fn newest_day_first() {
    let (state, options) = (state(TIMES), Options::default());
    let answer = answer(&View::new(&state, &options));
    let days: Vec<&Value> = answer.rows.iter().map(|row| &row[0]).collect();
    assert_eq!(days, [&Value::text("2026-09-08"), &Value::text("2026-09-07")]);
    let first = &answer.rows[0];
    assert_eq!((&first[1], &first[2], &first[6]), (&Value::text(ACCOUNT), &Value::Count(3), &Value::Count(2)));
    let counts = |pairs: &[(&str, i64)]| Value::NamedCounts(pairs.iter().map(|&(n, c)| (n.to_owned(), c)).collect());
    assert_eq!(first[8], counts(&[("us-east-1", 2), ("eu-west-1", 1)]));
    assert_eq!(first[9], counts(&[("09", 2), ("23", 1)]));
    let spared = super::answer(&View { rows_wanted: 1, ..View::new(&state, &options) });
    assert_eq!((spared.rows.len(), spared.rows_spared), (1, 1));
}

#[test]
fn pictures_add_up_to_the_rows() {
    let (state, options) = (state(TIMES), Options::default());
    let charts = REPORT.charts_of(&View::new(&state, &options));
    assert_eq!(
        charts.iter().map(|chart| chart.name).collect::<Vec<_>>(),
        ["activity-by-day", "activity-by-hour", "coverage"]
    );
    let sum = |picture: &Picture| match picture {
        Picture::Columns(columns) => columns.counts.iter().map(|(events, _)| events).sum::<i64>(),
        Picture::Grid(grid) => grid.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.count).sum(),
        Picture::Places(places) => places.iter().flat_map(|place| &place.days).map(|(_, events)| events).sum(),
        _ => 0,
    };
    assert_eq!(charts.iter().map(|chart| sum(&chart.picture)).collect::<Vec<_>>(), [4, 4, 4]);
    let Picture::Grid(week) = &charts[1].picture else { panic!("a grid") };
    assert_eq!((week.rows[1].label.as_str(), week.rows[1].cells[0].column), ("2026-09-08 Tue", 9));
    let empty = State::new(REPORT.needs);
    assert!(REPORT.charts_of(&View::new(&empty, &options)).is_empty());
}

#[test]
fn many_days_are_drawn_by_weekday() {
    let (state, options) = (state(&[TIMES[0], ("2026-10-08T09:20:00Z", ACCOUNT, "us-east-1")]), Options::default());
    let charts = REPORT.charts_of(&View::new(&state, &options));
    let Picture::Grid(week) = &charts[1].picture else { panic!("a grid") };
    let lines: Vec<_> = week.rows.iter().map(|row| format!("{} {}", row.label, row.note)).collect();
    assert_eq!(lines[..4], ["Monday 1", "Tuesday 0", "Wednesday 0", "Thursday 1"]);
}
