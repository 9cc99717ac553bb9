//! Members as the AWS CLI writes them: texts and times that may be missing, null or something else.

use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::Value;

use crate::model::EventTime;

/// A text that may be missing, null or another value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Text(pub String);

/// A time as the AWS CLI writes it (ISO 8601, or seconds since 1970); `None` for anything else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Moment(pub Option<EventTime>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Value::deserialize(deserializer)? {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        }))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Value::deserialize(deserializer)? {
            Value::String(text) => EventTime::parse_creation_date(&text),
            Value::Number(number) => number.as_f64().map(|seconds| EventTime::from_seconds(seconds as i64)),
            _ => None,
        }))
    }
}

/// A member that may be null where a value belongs.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::<T>::deserialize(deserializer).map(Option::unwrap_or_default)
}
