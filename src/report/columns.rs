//! A column and its cell in one definition: [`columns!`] makes both of a list, so that no row is shorter than its header,
//! in another order, or of another kind.
//!
//! The word before a column's name is what the column is. There is a function of that word for [`Column`], which says
//! what is written in the header, and one for [`Value`], which takes what a cell is made from.

use std::net::IpAddr;

use super::source_list::address_text;
use super::{Column, ColumnKind, Role, Severity, Value};
use crate::model::{Day, EventTime, SourceAddress};

/// Defines the columns of a table, and the function that makes its rows.
///
/// After the two names, and what all cells of a row share, comes a line a column: kind, name, meaning, what else is said
/// of the column, and its value.
///
/// ```
/// trailscan::report::columns! {
///     const COLUMNS;
///     fn cells(word: &str) {}
///
///     text("word", "A word.") => word,
///     count("letters", "How many letters it has.") => word.chars().count(),
/// }
/// assert_eq!(COLUMNS.len(), cells("abc").len());
/// ```
#[macro_export]
macro_rules! columns {
    (
        $for_header:vis const $columns:ident;
        $(#[$doc:meta])*
        $for_rows:vis fn $cells:ident($($argument:ident: $type:ty),+ $(,)?) { $($shared:tt)* }

        $($kind:ident($name:expr, $about:expr $(,)?) $(.$set:ident($($to:tt)*))* => $value:expr),+ $(,)?
    ) => {
        $for_header const $columns: &[$crate::report::Column] =
            &[$($crate::report::Column::$kind($name, $about)$(.$set($($to)*))*),+];

        $(#[$doc])*
        $for_rows fn $cells($($argument: $type),+) -> Vec<$crate::report::Value> {
            $($shared)*
            vec![$($crate::report::Value::$kind($value)),+]
        }
    };
}
pub use columns;

/// A number, or none where it is unknown.
pub trait Number {
    /// As a cell holds it.
    fn number(self) -> Option<i64>;
}

impl Number for i64 {
    fn number(self) -> Option<i64> {
        Some(self)
    }
}

impl Number for u64 {
    fn number(self) -> Option<i64> {
        Some(i64::try_from(self).unwrap_or(i64::MAX))
    }
}

impl Number for usize {
    fn number(self) -> Option<i64> {
        Some(i64::try_from(self).unwrap_or(i64::MAX))
    }
}

impl<N: Number> Number for Option<N> {
    fn number(self) -> Option<i64> {
        self.and_then(N::number)
    }
}

/// What a column is.
impl Column {
    /// Free text.
    pub const fn text(name: &'static str, about: &'static str) -> Self {
        Self::new(name, ColumnKind::Text, about)
    }

    /// `yes` or `no`.
    pub const fn yes_no(name: &'static str, about: &'static str) -> Self {
        Self::text(name, about)
    }

    /// A UTC day: `2026-09-01`.
    pub const fn day(name: &'static str, about: &'static str) -> Self {
        Self::text(name, about).role(Role::Day)
    }

    /// How much the row matters.
    pub const fn severity(name: &'static str, about: &'static str) -> Self {
        Self::text(name, about).role(Role::Severity)
    }

    /// What the row was found to be.
    pub const fn verdict(name: &'static str, about: &'static str) -> Self {
        Self::text(name, about).role(Role::Verdict)
    }

    /// The `sourceIPAddress` of the call that issued the credentials: an address, a service's host or another text.
    pub const fn issued_from(name: &'static str, about: &'static str) -> Self {
        Self::text(name, about).role(Role::IssuedFrom)
    }

    /// The `sourceIPAddress` of a call: an address, a service's host or another text.
    pub const fn address(name: &'static str, about: &'static str) -> Self {
        Self::text(name, about)
    }

    /// A row in a sentence.
    pub const fn message(name: &'static str, about: &'static str) -> Self {
        Self::text(name, about).role(Role::Message)
    }

    /// The record of an event, as JSON on one line.
    pub const fn record(name: &'static str, about: &'static str) -> Self {
        Self::text(name, about).role(Role::Record)
    }

    /// An identifier.
    pub const fn id(name: &'static str, about: &'static str) -> Self {
        Self::new(name, ColumnKind::Id, about)
    }

    /// The account that the row is about.
    pub const fn account_id(name: &'static str, about: &'static str) -> Self {
        Self::id(name, about).role(Role::AccountId)
    }

    /// A whole number.
    pub const fn count(name: &'static str, about: &'static str) -> Self {
        Self::new(name, ColumnKind::Count, about)
    }

    /// A moment in UTC.
    pub const fn time(name: &'static str, about: &'static str) -> Self {
        Self::new(name, ColumnKind::Time, about)
    }

    /// A list of texts.
    pub const fn list(name: &'static str, about: &'static str) -> Self {
        Self::new(name, ColumnKind::List, about)
    }

    /// All IP addresses of the row.
    pub const fn addresses(name: &'static str, about: &'static str) -> Self {
        Self::list(name, about).role(Role::Addresses)
    }

    /// A list of {name, count}.
    pub const fn named_counts(name: &'static str, about: &'static str) -> Self {
        Self::new(name, ColumnKind::NamedCounts, about)
    }
}

/// What a cell is made from. An empty text is unknown.
impl Value {
    /// Of [`Column::text`].
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Null } else { Self::Text(text) }
    }

    /// Of [`Column::yes_no`].
    pub fn yes_no(is: impl Into<Option<bool>>) -> Self {
        Self::text(is.into().map_or("", |is| if is { "yes" } else { "no" }))
    }

    /// Of [`Column::day`].
    pub fn day(day: impl Into<Option<Day>>) -> Self {
        day.into().map_or(Self::Null, |day| Self::Text(day.to_string()))
    }

    /// Of [`Column::severity`].
    pub fn severity(severity: impl Into<Option<Severity>>) -> Self {
        severity.into().map_or(Self::Null, Self::Severity)
    }

    /// Of [`Column::verdict`].
    pub fn verdict(verdict: impl Into<String>) -> Self {
        Self::text(verdict)
    }

    /// Of [`Column::issued_from`].
    pub fn issued_from(source: impl AsRef<str>) -> Self {
        Self::address(source)
    }

    /// Of [`Column::address`].
    pub fn address(source: impl AsRef<str>) -> Self {
        let source = source.as_ref();
        SourceAddress::parse(source).ip().map_or_else(|| Self::text(source), Self::Address)
    }

    /// Of [`Column::message`].
    pub fn message(message: impl Into<String>) -> Self {
        Self::text(message)
    }

    /// Of [`Column::record`].
    pub fn record(record: impl Into<String>) -> Self {
        Self::text(record)
    }

    /// Of [`Column::id`].
    pub fn id(id: impl Into<String>) -> Self {
        Self::text(id)
    }

    /// Of [`Column::account_id`].
    pub fn account_id(account_id: impl Into<String>) -> Self {
        Self::text(account_id)
    }

    /// Of [`Column::count`].
    pub fn count(count: impl Number) -> Self {
        count.number().map_or(Self::Null, Self::Count)
    }

    /// Of [`Column::time`].
    pub fn time(time: Option<EventTime>) -> Self {
        time.map_or(Self::Null, Self::Time)
    }

    /// Of [`Column::list`].
    pub fn list(members: impl IntoIterator<Item: Into<String>>) -> Self {
        Self::List(members.into_iter().map(Into::into).collect())
    }

    /// Of [`Column::addresses`]: distinct ones, in any order.
    pub fn addresses(addresses: impl Into<Option<Vec<IpAddr>>>) -> Self {
        let Some(mut addresses) = addresses.into() else { return Self::Null };
        if addresses.len() > 1 {
            addresses.sort_by_cached_key(address_text);
        }
        Self::Addresses(addresses)
    }

    /// Of [`Column::named_counts`].
    pub fn named_counts(counts: impl IntoIterator<Item = (String, i64)>) -> Self {
        Self::NamedCounts(counts.into_iter().collect())
    }
}
