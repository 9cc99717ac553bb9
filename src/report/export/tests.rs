use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::aggregate::testing::{fold, steps};
use crate::report::Options;

#[test]
fn tables_are_consistent() {
    let names: BTreeSet<&str> = EXPORT_TABLES.iter().map(|table| table.name).collect();
    assert_eq!(names.len(), EXPORT_TABLES.len());
    for table in EXPORT_TABLES.iter().chain([&EXPORT_EVENTS]) {
        let columns = table.columns();
        let distinct: BTreeSet<&str> = columns.iter().map(|column| column.name).collect();
        assert_eq!(distinct.len(), columns.len(), "{}", table.name);
        assert!(table.key.iter().all(|key| distinct.contains(key)), "{}", table.name);
        assert!(columns.iter().all(|column| column.about.ends_with('.')), "{}", table.name);
        assert!(table.about.starts_with("A row is ") && table.about.ends_with('.'), "{}", table.name);
        assert_eq!(table.has_day(), columns[0].name == DAY, "{}: the day comes first", table.name);
        for judged in ["severity", "verdict"] {
            assert!(!distinct.contains(judged), "{}", table.name);
        }
    }
}

/// The sum of a column of counts.
fn sum(table: &Table, name: &str) -> i64 {
    let place = table.columns.iter().position(|column| column.name == name).unwrap();
    let count = |row: &Vec<Value>| if let Value::Count(count) = row[place] { count } else { 0 };
    table.rows.iter().map(count).sum()
}

proptest! {
    #[test]
    fn sums_close_and_keys_tell_rows_apart(steps in steps()) {
        let state = fold(&export_needs(), &steps);
        let options = Options::default();
        let view = View::new(&state, &options);
        let table = |name: &str| EXPORT_TABLES.iter().find(|table| table.name == name).unwrap().table(&view);
        for name in ["principals", "principal_days", "activity", "calls"] {
            prop_assert_eq!(sum(&table(name), "events"), steps.len() as i64, "{}", name);
        }
        for column in ["events", "errors"] {
            prop_assert_eq!(sum(&table("key_address_days"), column), sum(&table("keys"), column));
        }
        prop_assert_eq!(sum(&table("root_use_days"), "events"), sum(&table("root_use"), "events"));
        for kind in EXPORT_TABLES.iter().filter(|kind| kind.name != "issuances") {
            let table = kind.table(&view);
            let key = places(&table.columns, kind.key);
            let keys: BTreeSet<Vec<&Value>> =
                table.rows.iter().map(|row| key.iter().map(|&place| &row[place]).collect()).collect();
            prop_assert_eq!(keys.len(), table.rows.len(), "{}", kind.name);
        }
    }
}
