//! What can be seen for the first time: the principals, keys, ways into roles, regions and networks of the reports' rows.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::document::Row;
use super::reach::{Reach, Sighting};
use crate::model::{EventTime, SourceAddress};
use crate::report::{Column, Table, Value};

/// The account of a row, in every report.
const ACCOUNT: &str = "account_id";

/// A kind of things that rows tell of.
#[derive(Debug)]
pub struct Kind {
    /// Many of them: `principals`.
    pub name: &'static str,
    /// One of them: `principal`.
    pub one: &'static str,
    /// The report whose rows tell of them.
    pub report: &'static str,
    /// The columns that name one; a row without a value in all of them but the account tells of none.
    pub key: &'static [&'static str],
    /// The column that says whose it is, where its name does not.
    pub of: Option<&'static str>,
    /// A column without a value in which a row tells of none.
    pub needs: Option<&'static str>,
    /// The column of which each member is a thing of its own under the key.
    pub member: Option<Member>,
}

/// A column with many values.
#[derive(Debug)]
pub struct Member {
    /// Its name.
    pub column: &'static str,
    /// Whether its values are addresses, of which the networks are told.
    pub is_address: bool,
    /// Whether it is told only of what was known before: what is new itself has nothing but new ones.
    pub of_known: bool,
}

/// The kinds, in the order in which they are told.
pub static KINDS: &[Kind] = &[
    Kind::new(["principals", "principal", "principals"], &["principal", ACCOUNT]),
    Kind { of: Some("principal"), ..Kind::new(["access keys", "access key", "keys"], &["access_key_id"]) },
    Kind {
        needs: Some("role"),
        ..Kind::new(["ways into roles", "way into a role", "sessions"], &["issued_by", "principal"])
    },
    Kind {
        member: Some(Member { column: "region_list", is_address: false, of_known: false }),
        ..Kind::new(["regions of accounts", "region of an account", "principals"], &[ACCOUNT])
    },
    Kind {
        of: Some("principal"),
        member: Some(Member { column: "events_by_network", is_address: false, of_known: true }),
        ..Kind::new(["networks of known keys", "network of a known key", "key-spread"], &["access_key_id"])
    },
    Kind {
        member: Some(Member { column: "address_list", is_address: true, of_known: true }),
        ..Kind::new(
            ["networks of known principals", "network of a known principal", "principals"],
            &["principal", ACCOUNT],
        )
    },
];

/// What names a thing: the values of its key's columns, then the member.
pub type Name = Vec<String>;

/// One thing of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Thing {
    pub name: Name,
    /// The account of the row; empty when it has none.
    pub account: String,
    pub of: Option<String>,
    pub regions: Vec<String>,
    /// When it was first seen; `None` where the row does not say it of the thing itself.
    pub first_seen: Option<EventTime>,
}

/// The things of one kind that an earlier answer knew.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Inventory {
    /// With those of their keys alone, where they have members.
    names: BTreeSet<Name>,
    /// Whether the earlier answer held fewer rows than there were.
    pub is_cut: bool,
}

/// A row, wherever it comes from.
trait Cells {
    fn texts(&self, column: &str) -> Vec<String>;
}

impl Cells for Row {
    fn texts(&self, column: &str) -> Vec<String> {
        let text = |json: &Json| match json {
            Json::Object(named) => named.get("name").and_then(Json::as_str).map(str::to_owned),
            other => other.as_str().map(str::to_owned),
        };
        match self.get(column) {
            Some(Json::Array(members)) => members.iter().filter_map(text).collect(),
            Some(other) => text(other).into_iter().collect(),
            None => Vec::new(),
        }
    }
}

/// A row of a table.
struct Today<'a>(&'a [Column], &'a [Value]);

impl Cells for Today<'_> {
    fn texts(&self, column: &str) -> Vec<String> {
        let Some(place) = self.0.iter().position(|known| known.name == column) else { return Vec::new() };
        match &self.1[place] {
            Value::List(members) => members.clone(),
            Value::Addresses(members) => members.iter().map(ToString::to_string).collect(),
            Value::NamedCounts(counts) => counts.iter().map(|(name, _)| name.clone()).collect(),
            Value::Time(time) => vec![time.to_string()],
            other => other.as_text().map(Cow::into_owned).into_iter().collect(),
        }
    }
}

impl Kind {
    /// Many, one, and the report; what names one.
    const fn new([name, one, report]: [&'static str; 3], key: &'static [&'static str]) -> Self {
        Self { name, one, report, key, of: None, needs: None, member: None }
    }

    /// The kinds that the rows of a report tell of.
    pub fn of(report: &str) -> impl Iterator<Item = &'static Self> {
        KINDS.iter().filter(move |kind| kind.report == report)
    }

    /// Whether each row of its report is a thing of this kind.
    pub fn is_rows(&self) -> bool {
        self.member.is_none() && matches!(self.report, "principals" | "keys")
    }

    /// What an earlier answer knew of it; `None` where its rows lack a column.
    pub(super) fn inventory(&self, rows: &[Row], is_cut: bool) -> Option<Inventory> {
        let named = || self.key.iter().copied().chain(self.member.iter().map(|member| member.column));
        let columns = || named().chain(self.needs);
        if rows.iter().any(|row| columns().any(|column| !row.contains_key(column))) {
            return None;
        }
        let named = |row| self.key_of(row).into_iter().chain(self.things(row).into_iter().map(|thing| thing.name));
        Some(Inventory { names: rows.iter().flat_map(named).map(|name| folded(&name)).collect(), is_cut })
    }

    /// The things that a row of today tells of.
    pub(super) fn of_row(&self, columns: &[Column], row: &[Value]) -> Vec<Thing> {
        self.things(&Today(columns, row))
    }

    /// The things of a table that `before` does not know, each once, as it was first seen.
    fn unknown(&self, table: &Table, before: &Inventory) -> impl Iterator<Item = Thing> {
        let mut unknown: BTreeMap<Name, Thing> = BTreeMap::new();
        let of_known = self.member.as_ref().is_some_and(|member| member.of_known);
        for thing in table.rows.iter().flat_map(|row| self.of_row(&table.columns, row)) {
            let is_of_unknown = of_known && !before.has(&thing.name[..self.key.len()]);
            if before.has(&thing.name) || is_of_unknown {
                continue;
            }
            let first_seen = thing.first_seen;
            let told = unknown.entry(folded(&thing.name)).or_insert(thing);
            told.first_seen = told.first_seen.into_iter().chain(first_seen).min();
        }
        unknown.into_values()
    }

    fn things(&self, row: &impl Cells) -> Vec<Thing> {
        let Some(key) = self.key_of(row) else { return Vec::new() };
        let one = |column: &str| row.texts(column).into_iter().next();
        if self.needs.is_some_and(|column| one(column).is_none()) {
            return Vec::new();
        }
        let (account, of) = (one(ACCOUNT).unwrap_or_default(), self.of.and_then(one));
        let Some(member) = &self.member else {
            let first_seen = ["first_seen", "first_used", "created"].iter().find_map(|column| one(column));
            let first_seen = first_seen.and_then(|text| EventTime::parse(&text));
            return vec![Thing { name: key, account, of, regions: row.texts("region_list"), first_seen }];
        };
        let mut members: Vec<String> = row.texts(member.column);
        if member.is_address {
            let networks = members.iter().filter_map(|text| SourceAddress::parse(text).network());
            members = networks.map(|network| network.to_string()).collect();
        }
        members.sort_unstable();
        members.dedup();
        let thing = |member: String| {
            let name = key.iter().cloned().chain([member]).collect();
            Thing { name, account: account.clone(), of: of.clone(), regions: Vec::new(), first_seen: None }
        };
        members.into_iter().map(thing).collect()
    }

    fn key_of(&self, row: &impl Cells) -> Option<Name> {
        let value = |column: &&'static str| match row.texts(column).into_iter().next() {
            None if *column == ACCOUNT => Some(String::new()),
            value => value,
        };
        self.key.iter().map(value).collect()
    }
}

/// As names are compared: IAM's do not differ by case.
fn folded(name: &[String]) -> Name {
    name.iter().map(|part| part.to_ascii_lowercase()).collect()
}

impl Inventory {
    /// Whether a thing was known.
    pub fn has(&self, name: &[String]) -> bool {
        self.names.contains(&folded(name))
    }
}

/// What an answer of today has of a kind that was not known.
#[derive(Clone, Debug, PartialEq)]
pub struct FirstSeen {
    /// The kind.
    pub kind: &'static str,
    /// One of it.
    pub one: &'static str,
    /// The report that tells of it.
    pub report: &'static str,
    /// The columns that name it.
    pub columns: Vec<&'static str>,
    /// Those that were seen for the first time since logs are known, the earliest first.
    pub seen: Vec<Seen>,
    /// How many others are not in the earlier answer, which could not have seen them, and why the first of them.
    pub not_covered: usize,
    /// Why one of those could not have been seen.
    pub because: Option<String>,
}

/// A thing that was seen for the first time.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// What names it, a value a column.
    pub name: Name,
    /// Whose it is, where its name does not say it.
    pub of: Option<String>,
    /// When; `None` where the rows do not say it.
    pub first_seen: Option<EventTime>,
}

impl FirstSeen {
    /// Tells the things of the rows of today that `before` does not know; `reach` is what it can have seen, and `now` what
    /// was read today.
    pub(super) fn of(kind: &'static Kind, table: &Table, before: &Inventory, (reach, now): (&Reach, &Reach)) -> Self {
        let columns = kind.key.iter().copied().chain(kind.member.iter().map(|member| member.column)).collect();
        let (name, one, report) = (kind.name, kind.one, kind.report);
        let mut first = Self { kind: name, one, report, columns, seen: Vec::new(), not_covered: 0, because: None };
        for thing in kind.unknown(table, before) {
            match thing.blind(before, (reach, now)) {
                None => first.seen.push(Seen { name: thing.name, of: thing.of, first_seen: thing.first_seen }),
                Some(why) => {
                    first.not_covered += 1;
                    first.because.get_or_insert(why);
                }
            }
        }
        // A name that is no ARN is often no more than what somebody typed at a sign-in.
        let is_bare = |seen: &Seen| kind.report == "principals" && !seen.name[0].starts_with("arn:");
        let key = |seen: &Seen| (is_bare(seen), seen.first_seen, seen.name.clone());
        first.seen.sort_by_cached_key(key);
        first
    }
}

impl Thing {
    /// Why the earlier answer can lack it although it was there.
    pub(super) fn blind(&self, before: &Inventory, (reach, now): (&Reach, &Reach)) -> Option<String> {
        if before.is_cut {
            return Some("the baseline does not hold all rows".to_owned());
        }
        let regions = self.regions.iter().map(String::as_str).collect();
        let sighting = Sighting { account: &self.account, regions, first_seen: self.first_seen, ..Sighting::default() };
        reach.blind_to(&sighting, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::by_name;

    #[test]
    fn every_kind_is_of_columns_that_there_are() {
        for kind in KINDS {
            let report = by_name(kind.report).expect("a report");
            let columns = kind.key.iter().chain(kind.member.iter().map(|member| &member.column));
            for column in columns {
                assert!(report.columns.iter().any(|known| known.name == *column), "{}: {column}", kind.name);
            }
            if kind.is_rows() {
                assert!(report.key.iter().all(|column| kind.key.contains(column)), "{}", kind.name);
            }
        }
    }

    fn row(text: &str) -> Row {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn rows_tell_of_things_and_of_their_members() {
        let networks = KINDS.iter().find(|kind| kind.name == "networks of known principals").unwrap();
        let known =
            row(r#"{"principal":"user/A","account_id":"1","address_list":["192.0.2.1","192.0.2.9","2001:db8::1"]}"#);
        let names: Vec<Name> = networks.things(&known).into_iter().map(|thing| thing.name).collect();
        assert_eq!(names, [["user/A", "1", "192.0.2.0/24"], ["user/A", "1", "2001:db8::/64"]]);
        let inventory = networks.inventory(&[known], false).unwrap();
        let has = |name: [&str; 3]| inventory.has(&name.map(str::to_owned));
        assert!(has(["user/a", "1", "192.0.2.0/24"]) && !has(["user/A", "2", "192.0.2.0/24"]));
        assert_eq!(networks.inventory(&[row(r#"{"principal":"user/A"}"#)], false), None);
        let ways = KINDS.iter().find(|kind| kind.report == "sessions").unwrap();
        assert!(ways.things(&row(r#"{"issued_by":null,"role":"r","principal":"role/r"}"#)).is_empty());
    }
}
