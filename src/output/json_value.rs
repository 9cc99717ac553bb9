//! One value in JSON, wherever it stands: in a row, a node of a tree, a total.

use serde::ser::{Serialize, Serializer};

use crate::report::Value;

/// A value; null where it is unknown.
pub(super) struct Cell<'a>(pub(super) &'a Value);

#[derive(serde::Serialize)]
struct NamedCount<'a> {
    name: &'a str,
    count: i64,
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Null => serializer.serialize_unit(),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Severity(severity) => serializer.serialize_str(severity.as_str()),
            Value::Address(address) => address.serialize(serializer),
            Value::Count(count) => serializer.serialize_i64(*count),
            Value::Time(time) => time.serialize(serializer),
            Value::List(members) => serializer.collect_seq(members),
            Value::Addresses(members) => serializer.collect_seq(members),
            Value::NamedCounts(counts) => {
                serializer.collect_seq(counts.iter().map(|(name, count)| NamedCount { name, count: *count }))
            }
        }
    }
}
