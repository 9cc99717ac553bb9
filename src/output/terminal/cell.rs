//! The text of a cell, whole or within a width.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::super::sanitize;
use crate::model::{grouped, is_account_id};
use crate::report::{Column, ColumnKind, Value, address_text};

/// Members of a list that a table shows at most.
const MEMBERS: usize = 3;

/// Length of a time down to its second, without the zone.
const SECOND: usize = "2023-07-10 11:42:18".len();

/// Length of a time down to its minute, without the zone.
const MINUTE: usize = "2023-07-10 11:42".len();

/// What a time takes that is told to the minute.
pub(super) const TO_THE_MINUTE: usize = MINUTE + 1;

/// What a time takes that is told to the second.
pub(super) const TO_THE_SECOND: usize = SECOND + 1;

/// What stands for an unknown value.
const UNKNOWN: &str = "-";

/// How many columns of a terminal `text` takes.
pub(super) fn width(text: &str) -> usize {
    // Nearly all text is printable ASCII.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) { text.len() } else { text.width() }
}

/// The cell as a table shows it when there is room.
pub(in crate::output) fn whole(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => UNKNOWN.into(),
        Value::Text(text) => sanitize(text),
        Value::Severity(severity) => severity.as_str().into(),
        Value::Address(address) => address_text(address).into(),
        Value::Count(count) => grouped(count).into(),
        Value::Time(time) => time.to_string().replace('T', " ").into(),
        Value::List(_) | Value::Addresses(_) | Value::NamedCounts(_) => first_members(value, MEMBERS).into(),
    }
}

/// Whether a cell has members.
pub(super) fn is_list(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Addresses(_) | Value::NamedCounts(_))
}

/// The cell with every member of a list.
pub(super) fn unabridged(value: &Value) -> Cow<'_, str> {
    if is_list(value) { first_members(value, usize::MAX).into() } else { whole(value) }
}

/// The cell in at most `room` columns where its kind may be shortened: a text is cut, a list shows fewer members, a time
/// is told to the second or minute. An id is whole even where it does not fit.
pub(super) fn within<'a>(value: &'a Value, column: &Column, room: usize) -> Cow<'a, str> {
    let text = whole(value);
    if width(&text) <= room {
        return text;
    }
    match column.kind {
        ColumnKind::Text if is_id(&text) => text,
        ColumnKind::Text => cut(&text, room).into(),
        ColumnKind::List | ColumnKind::NamedCounts => {
            let mut fewer = (1..MEMBERS).rev().map(|members| first_members(value, members));
            fewer.find(|text| width(text) <= room).unwrap_or_else(|| first_members(value, 1)).into()
        }
        ColumnKind::Time => rounded(&text, room).map_or(text, Cow::Owned),
        ColumnKind::Id | ColumnKind::Count => text,
    }
}

/// The width below which the cell would say something else: that of a number, of one member of a list, of an id among
/// texts. Other texts may be cut, and the ids of a column of ids overflow.
pub(super) fn floor(value: &Value, column: &Column) -> usize {
    match column.kind {
        ColumnKind::Id => 0,
        ColumnKind::Text => Some(whole(value)).filter(|text| is_id(text)).map_or(0, |text| width(&text)),
        ColumnKind::List | ColumnKind::NamedCounts => width(&first_members(value, 1)),
        ColumnKind::Count => width(&whole(value)),
        ColumnKind::Time => width(&whole(value)).min(TO_THE_MINUTE),
    }
}

/// Whether a text, where others are names, is an id: of an account or its root (`root@111122223333`), an instance, or
/// AWS's unique ids and access keys.
///
/// Source: IAM user guide, "IAM identifiers", unique identifiers.
fn is_id(text: &str) -> bool {
    let is_unique = |text: &str| text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let text = text.strip_prefix("root@").unwrap_or(text);
    match text.strip_prefix("i-") {
        Some(instance) => matches!(instance.len(), 8 | 17) && instance.bytes().all(|b| b.is_ascii_hexdigit()),
        None => is_account_id(text) || (16..=24).contains(&text.len()) && text.starts_with('A') && is_unique(text),
    }
}

/// A time down to its second, else its minute, whichever fits: `2023-07-10 11:42:18Z`, `2023-07-10 11:42Z`.
fn rounded(time: &str, room: usize) -> Option<String> {
    let known = [SECOND, MINUTE].into_iter().find(|&length| length < room)?;
    Some(format!("{}Z", time.get(..known)?))
}

/// `192.0.2.1, 192.0.2.2 +3`, `GetObject 12, PutObject 3 +4`.
fn first_members(value: &Value, members: usize) -> String {
    let (shown, len) = match value {
        Value::List(list) => (list.iter().take(members).map(|m| sanitize(m).into_owned()).collect(), list.len()),
        Value::Addresses(list) => (list.iter().take(members).map(address_text).collect(), list.len()),
        Value::NamedCounts(counts) => {
            let named = counts.iter().take(members).map(|(name, n)| format!("{} {}", sanitize(name), grouped(n)));
            (named.collect::<Vec<_>>(), counts.len())
        }
        other => return whole(other).into_owned(),
    };
    match len - shown.len() {
        0 if len == 0 => "none".to_owned(),
        0 => shown.join(", "),
        more => format!("{} +{}", shown.join(", "), grouped(more)),
    }
}

/// As much of `text` as fits into `room` columns with a `…`: of an ARN the end, where names stand; of a name (of parts, no
/// blanks) both ends, since those of one owner often begin alike and differ at the end; of a sentence, of a single word such
/// as the name of a call, which is told by its verb, and of the host of a service, which all end alike, the beginning.
fn cut(text: &str, room: usize) -> String {
    let Some(room) = room.checked_sub(1) else { return String::new() };
    let of_end = match text {
        arn if arn.starts_with("arn:") => room,
        service if service.ends_with(".amazonaws.com") => 0,
        sentence if sentence.contains(char::is_whitespace) => 0,
        word if word.chars().all(char::is_alphanumeric) => 0,
        _ => room / 2,
    };
    let end: String = fitting(text.chars().rev(), of_end);
    format!("{}…{}", fitting(text.chars(), room - of_end), end.chars().rev().collect::<String>())
}

/// The first of `chars` that take at most `room` columns.
fn fitting(chars: impl Iterator<Item = char>, mut room: usize) -> String {
    let fits = |c: &char| room.checked_sub(c.width().unwrap_or(0)).map(|rest| room = rest).is_some();
    chars.take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: Column = Column::new("t", ColumnKind::Text, "");
    const ID: Column = Column::new("i", ColumnKind::Id, "");
    const LIST: Column = Column::new("l", ColumnKind::List, "");

    fn list(members: &[&str]) -> Value {
        Value::List(members.iter().map(|&m| m.to_owned()).collect())
    }

    #[test]
    fn ids_are_whole_and_texts_are_cut() {
        let id = Value::text("AKIAIOSFODNN7EXAMPLE");
        assert_eq!(within(&id, &ID, 5), "AKIAIOSFODNN7EXAMPLE");
        assert_eq!((within(&id, &TEXT, 5), floor(&id, &TEXT)), (within(&id, &ID, 5), 20));
        for (text, is_one) in [
            ("AIDACKCEVSQ6C2EXAMPLE", true),
            ("AIDACKCEVSQ6C2example", false),
            ("BIDACKCEVSQ6C2EXAMPLE", false),
            ("AKIA", false),
            ("111122223333", true),
            ("1111222233334", false),
            ("root@111122223333", true),
            ("root@example.com", false),
            ("i-0598c7d356eba48d7", true),
            ("i-0598c7d3", true),
            ("i-am-an-instance-id", false),
        ] {
            assert_eq!(is_id(text), is_one, "{text}");
        }
        assert_eq!(within(&Value::text("文档文档"), &TEXT, 4), "文…");
        let arn = Value::text("arn:aws:iam::111122223333:user/ops/alice");
        assert_eq!(within(&arn, &TEXT, 10), "…ops/alice");
        assert_eq!(within(&arn, &TEXT, 1), "…");
        assert_eq!(within(&Value::text("about arn:aws:iam"), &TEXT, 6), "about…");
    }

    #[test]
    fn a_name_is_cut_in_its_middle_and_a_sentence_at_its_end() {
        let cut = |text: &'static str, room| within(&Value::text(text), &TEXT, room).into_owned();
        assert_eq!(cut("stratus-red-team-ec2-steal-credentials-role", 19), "stratus-r…ials-role");
        assert_eq!(cut("stratus-red-team-ec2-get-password-data-role", 19), "stratus-r…data-role");
        assert_eq!(cut("stratus-red-team-role", 21), "stratus-red-team-role");
        assert_eq!(cut("stratus-red-team-role", 20), "stratus-re…team-role");
        assert_eq!(cut("UpdateAccountPasswordPolicy", 17), "UpdateAccountPas…");
        assert_eq!(["a-cdef", "ab/def", "abcd.f"].map(|text| cut(text, 3)), ["a…f"; 3]);
        assert_eq!((cut("ab-def", 2), cut("ab-def", 1), cut("ab-def", 0)), ("a…".into(), "…".into(), String::new()));
        assert_eq!(cut("service:ec2.amazonaws.com", 16), "service:ec2.ama…");
        assert_eq!(cut("Boto3/1.26 Python/3.11 Linux/5", 11), "Boto3/1.26…");
    }

    #[test]
    fn times_lose_their_seconds_but_never_their_zone() {
        let column = Column::new("t", ColumnKind::Time, "");
        let time = Value::time(crate::model::EventTime::parse("2023-07-10T11:42:18.5Z"));
        let shown = [24, 23, 20, 19, 17, 3].map(|room| within(&time, &column, room).into_owned());
        let [whole, second, minute] = ["2023-07-10 11:42:18.500Z", "2023-07-10 11:42:18Z", "2023-07-10 11:42Z"];
        assert_eq!(shown, [whole, second, second, minute, minute, whole]);
        assert_eq!(floor(&time, &column), minute.len());
    }

    #[test]
    fn lists_lose_members_but_never_part_of_one() {
        let four = list(&["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"]);
        assert_eq!(whole(&four), "192.0.2.1, 192.0.2.2, 192.0.2.3 +1");
        assert_eq!(within(&four, &LIST, 23), "192.0.2.1, 192.0.2.2 +2");
        assert_eq!(within(&four, &LIST, 22), "192.0.2.1 +3");
        assert_eq!(within(&four, &LIST, 1), "192.0.2.1 +3");
        assert_eq!(whole(&list(&["a", "b", "c"])), "a, b, c");
        assert_eq!(whole(&list(&[])), "none");
        assert_eq!(whole(&Value::NamedCounts(vec![("GetObject".into(), 1200)])), "GetObject 1,200");
    }

    proptest! {
        #[test]
        fn a_cut_text_fits_and_steers_nothing(text in any::<String>(), room in 1usize..40) {
            let value = Value::Text(text);
            let shown = within(&value, &TEXT, room);
            prop_assert!(width(&shown) <= room.max(floor(&value, &TEXT)), "{shown:?}");
            prop_assert!(!shown.chars().any(char::is_control));
        }

        #[test]
        fn a_list_fits_in_its_least_width(members in prop::collection::vec("[a-z.]{1,9}", 0..6), room in 0usize..40) {
            let value = Value::List(members);
            let room = room.max(floor(&value, &LIST));
            prop_assert!(width(&within(&value, &LIST, room)) <= room);
        }
    }
}
