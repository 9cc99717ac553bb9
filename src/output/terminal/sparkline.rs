//! Counts by hour or by day as a line of blocks, each as high as its time was busy against the busiest of its row.

use std::borrow::Cow;

use crate::model::{Day, EventTime};
use crate::report::{ColumnKind, Drawing, Prominence, Table, Value};

/// From the least to the most.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A time without any.
const NONE: char = '·';

/// Hours of a day.
const HOURS: usize = 24;

/// The most blocks of a line of days; where there are more days, a block is several of them.
const MOST_DAYS: usize = 31;

/// The table with its counts over time drawn, and those shown that had to be asked for as numbers; the same where there
/// are none.
pub(super) fn drawn(table: &Table) -> Cow<'_, Table> {
    let places: Vec<usize> = (0..table.columns.len()).filter(|&i| table.columns[i].drawing != Drawing::Text).collect();
    if places.is_empty() {
        return Cow::Borrowed(table);
    }
    let mut table = table.clone();
    for place in places {
        let times = Times::of(&table, place);
        let column = &mut table.columns[place];
        // As an id it is never cut: half of a day would look like another day.
        column.kind = ColumnKind::Id;
        column.prominence = times.prominence();
        for row in &mut table.rows {
            if let Value::NamedCounts(counts) = &row[place] {
                row[place] = Value::Text(times.line(counts));
            }
        }
    }
    Cow::Owned(table)
}

/// What the blocks of a line stand for; the same in every row of a table.
#[derive(Clone, Copy)]
enum Times {
    /// The hours of a day.
    Hours,
    /// The days from `first`, so many a block.
    Days { first: Day, blocks: usize, days_a_block: usize },
}

impl Times {
    fn of(table: &Table, place: usize) -> Self {
        if table.columns[place].drawing == Drawing::Hours {
            return Self::Hours;
        }
        let counts = table.rows.iter().filter_map(|row| match &row[place] {
            Value::NamedCounts(counts) => Some(counts),
            _ => None,
        });
        let days = || counts.clone().flatten().filter_map(|(name, _)| day(name));
        let first = days().min().unwrap_or(Day(0));
        let all = days().max().map_or(0, |last| usize::try_from(last.0 - first.0).unwrap_or(0) + 1);
        let days_a_block = all.div_ceil(MOST_DAYS).max(1);
        Self::Days { first, blocks: all.div_ceil(days_a_block), days_a_block }
    }

    /// A line of hours says more than the other columns do, one of days less than some.
    const fn prominence(self) -> Prominence {
        match self {
            Self::Hours => Prominence::Second,
            Self::Days { .. } => Prominence::Third,
        }
    }

    /// A block for each time.
    fn line(self, counts: &[(String, i64)]) -> String {
        let mut sums = match self {
            Self::Hours => vec![0; HOURS],
            Self::Days { blocks, .. } => vec![0; blocks],
        };
        for (name, count) in counts {
            if let Some(sum) = self.place(name).and_then(|place| sums.get_mut(place)) {
                *sum += count;
            }
        }
        let most = sums.iter().copied().max().unwrap_or(0);
        sums.into_iter().map(|count| block(count, most)).collect()
    }

    fn place(self, name: &str) -> Option<usize> {
        match self {
            Self::Hours => name.parse().ok(),
            Self::Days { first, days_a_block, .. } => {
                usize::try_from(day(name)?.0 - first.0).ok().map(|days| days / days_a_block)
            }
        }
    }
}

fn day(name: &str) -> Option<Day> {
    EventTime::parse(&format!("{name}T00:00:00Z")).map(EventTime::day)
}

fn block(count: i64, most: i64) -> char {
    if count <= 0 {
        return NONE;
    }
    // The busiest time is the highest block, and a count however small is more than none.
    let steps = BLOCKS.len() as i128;
    let step = (i128::from(count) * steps + i128::from(most) - 1) / i128::from(most);
    BLOCKS[usize::try_from(step - 1).unwrap_or(0).min(BLOCKS.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Column;

    fn named(counts: &[(&str, i64)]) -> Vec<(String, i64)> {
        counts.iter().map(|&(name, count)| (name.to_owned(), count)).collect()
    }

    #[test]
    fn an_hour_is_as_high_as_it_is_busy() {
        let line = |counts: &[(&str, i64)]| Times::Hours.line(&named(counts));
        assert_eq!(line(&[("00", 1), ("09", 4), ("10", 8), ("23", 3)]), "▁········▄█············▃");
        assert_eq!(line(&[("12", 5)]), "············█···········");
        assert_eq!(line(&[("01", 1_000_000), ("02", 1)]), "·█▁·····················");
        assert_eq!(line(&[]), "·".repeat(24));
        assert_eq!(line(&[("24", 5), ("x", 5)]), "·".repeat(24), "no hours of a day");
        assert_eq!(block(i64::MAX, i64::MAX), '█');
    }

    fn of_days(rows: &[&[(&str, i64)]]) -> Vec<String> {
        let columns = vec![Column::new("by_day", ColumnKind::NamedCounts, "").by_day().asked()];
        let rows = rows.iter().map(|counts| vec![Value::NamedCounts(named(counts))]).collect();
        let table = Table::named("t", &[], columns, rows);
        let drawn = drawn(&table);
        assert_eq!((drawn.columns[0].kind, drawn.columns[0].prominence), (ColumnKind::Id, Prominence::Third));
        let texts = drawn.rows.iter().map(|row| match &row[0] {
            Value::Text(text) => text.clone(),
            other => unreachable!("{other:?}"),
        });
        texts.collect()
    }

    #[test]
    fn rows_share_their_days() {
        let lines = of_days(&[&[("2026-09-01", 2), ("2026-09-03", 1)], &[("2026-09-04", 7)], &[]]);
        assert_eq!(lines, ["█·▄·", "···█", "····"]);
        let far = of_days(&[&[("2026-01-01", 1), ("2026-01-02", 1), ("2026-12-31", 1)]]);
        assert_eq!(far[0].chars().count(), 31, "several days a block");
        assert_eq!(far[0].chars().filter(|c| *c != NONE).collect::<String>(), "█▄");
    }

    #[test]
    fn other_tables_are_as_they_were() {
        let columns = vec![Column::new("a", ColumnKind::NamedCounts, "")];
        let table = Table::named("t", &[], columns, vec![vec![Value::NamedCounts(named(&[("01", 1)]))]]);
        assert!(matches!(drawn(&table), Cow::Borrowed(_)));
    }
}
