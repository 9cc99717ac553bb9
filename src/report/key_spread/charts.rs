//! The pictures of long-lived keys: from which networks each was used, and how old each is.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::age::AgeBasis;
use super::spread::NetworkUse;
use super::verdict::Verdict;
use super::{JudgedKey, judged};
use crate::model::{Network, grouped, quantity};
use crate::report::View;
use crate::report::charts::{Bar, Bars, Chart, Grid, GridCell, GridColumns, GridRow, Picture};

/// The most keys that a picture shows.
const KEYS: usize = 30;

/// The most networks that have a column of their own.
const NETWORKS: usize = 36;

/// Days after which a key should have been rotated. Source: AWS Security Hub control IAM.3, and the CIS benchmark.
const ROTATE_DAYS: i64 = 90;

/// Keys by network, and keys by age; nothing where no key was used.
pub(in crate::report) fn charts(view: &View<'_>) -> Vec<Chart> {
    let keys = judged(view);
    [by_network(&keys), by_age(&keys)].into_iter().flatten().collect()
}

fn by_network(keys: &[JudgedKey<'_>]) -> Option<Chart> {
    let placed: Vec<&JudgedKey<'_>> = keys.iter().filter(|key| !key.spread.networks.is_empty()).collect();
    let shown = &placed[..placed.len().min(KEYS)];
    if shown.is_empty() {
        return None;
    }
    let (columns, more_networks) = columns_of(shown);
    let mut names: Vec<String> = vec![String::new(); columns.len()];
    for (network, &column) in &columns {
        names[column] = network.to_string();
    }
    if more_networks > 0 {
        names.push(format!("{} more", grouped(more_networks)));
    }
    let grid = Grid {
        columns: GridColumns::Names(names),
        rows: shown.iter().map(|key| row(key, &columns)).collect(),
        mark: Some("used in the key's busiest hour, by several addresses at once"),
        unit: "events",
    };
    Some(Chart {
        name: "keys-by-network",
        title: "Which key is used from where",
        about: "Events of each long-lived key from each network (/24 or /64), worst key first. A ring marks the \
                networks of the clock hour in which most addresses used the key at once: several rings in a row are \
                several machines with one key. Cells below each other are keys that share a network.",
        command: "key-spread --min-addresses 0 --columns \
                  access_key_id,verdict,networks,peak_concurrent_addresses,events_by_network --format json"
            .to_owned(),
        picture: Picture::Grid(grid),
        left_out: not_drawn(placed.len(), shown.len()),
    })
}

/// A column for each network that several keys share and for the busiest of each key in turn, while there is room, in the
/// order in which the keys meet them; and how many networks share the last column.
fn columns_of(keys: &[&JudgedKey<'_>]) -> (BTreeMap<Network, usize>, usize) {
    let networks: Vec<Vec<Network>> =
        keys.iter().map(|key| by_events(key).into_iter().map(|(network, _)| network).collect()).collect();
    let mut users: BTreeMap<Network, usize> = BTreeMap::new();
    for &network in networks.iter().flatten() {
        *users.entry(network).or_default() += 1;
    }
    let mut shared: Vec<Network> = users.keys().copied().filter(|network| users[network] > 1).collect();
    shared.sort_by_key(|network| (Reverse(users[network]), *network));
    let deepest = networks.iter().map(Vec::len).max().unwrap_or(0);
    let in_turn = (0..deepest).flat_map(|place| networks.iter().filter_map(move |of_key| of_key.get(place).copied()));
    let mut chosen = BTreeSet::new();
    for network in shared.into_iter().chain(in_turn) {
        if chosen.len() < NETWORKS {
            chosen.insert(network);
        }
    }
    let mut columns = BTreeMap::new();
    for &network in networks.iter().flatten().filter(|network| chosen.contains(network)) {
        let next = columns.len();
        columns.entry(network).or_insert(next);
    }
    (columns, users.len() - chosen.len())
}

/// The networks of a key, most events first.
pub(super) fn by_events(key: &JudgedKey<'_>) -> Vec<(Network, NetworkUse)> {
    let mut networks: Vec<_> = key.spread.networks.iter().map(|(&network, &used)| (network, used)).collect();
    networks.sort_by_key(|&(network, used)| (Reverse(used.events), network));
    networks
}

fn row(key: &JudgedKey<'_>, columns: &BTreeMap<Network, usize>) -> GridRow {
    let peak = key.spread.peak;
    let mut cells: Vec<GridCell> = Vec::new();
    let mut others: Vec<NetworkUse> = Vec::new();
    for (network, used) in by_events(key) {
        match columns.get(&network) {
            Some(&column) => cells.push(cell(column, &network.to_string(), used, peak.addresses)),
            None => others.push(used),
        }
    }
    if !others.is_empty() {
        let sum = others.iter().fold(NetworkUse::default(), |sum, used| sum.and(*used));
        let name = quantity(others.len() as u64, "other network");
        cells.push(cell(columns.len(), &name, sum, peak.addresses));
    }
    let at_once = peak.hour.filter(|_| peak.addresses > 1).map(|hour| {
        let hours = hour.start().seconds().rem_euclid(86_400) / 3_600;
        format!(", {} addresses at once on {} at {hours:02}h", grouped(peak.addresses), hour.start().day())
    });
    let networks = quantity(key.spread.networks.len() as u64, "network");
    GridRow {
        label: key.id.to_owned(),
        note: format!(
            "{} · {} · {networks}{}",
            name_of(key.principal),
            key.verdict.as_str(),
            at_once.unwrap_or_default()
        ),
        severity: Some(key.verdict.severity()),
        cells,
    }
}

fn cell(column: usize, network: &str, used: NetworkUse, peak: usize) -> GridCell {
    let day = |time: Option<crate::model::EventTime>| time.map(|time| time.day().to_string()).unwrap_or_default();
    let at_once = match used.at_peak {
        0 => String::new(),
        _ if peak < 2 => String::new(),
        at_peak => format!(", {} in the busiest hour", addresses(at_peak)),
    };
    GridCell {
        column,
        count: used.events,
        told: format!(
            "{network}: {}, {}, {} to {}{at_once}",
            quantity(used.events.unsigned_abs(), "event"),
            addresses(used.addresses),
            day(used.span.first()),
            day(used.span.last())
        ),
        marked: peak > 1 && used.at_peak > 0,
    }
}

fn by_age(keys: &[JudgedKey<'_>]) -> Option<Chart> {
    let mut aged: Vec<(i64, &JudgedKey<'_>)> = keys.iter().filter_map(|key| Some((key.age.days?, key))).collect();
    aged.sort_by_key(|&(days, key)| (Reverse(days), key.id));
    if aged.is_empty() {
        return None;
    }
    let bars: Vec<Bar> = aged.iter().take(KEYS).map(|&(days, key)| bar(days, key)).collect();
    Some(Chart {
        name: "keys-by-age",
        title: "How old each key is",
        about: "Days since the key was created, where its CreateAccessKey is in the logs (exact); else days since its \
                first counted event, drawn with an open end: it is at least that old. Keys that were not used are \
                not here.",
        command: "key-spread --min-addresses 0 --sort age_days --columns \
                  access_key_id,principal,age_days,age_basis,last_success"
            .to_owned(),
        left_out: not_drawn(aged.len(), bars.len()),
        picture: Picture::Bars(Bars {
            bars,
            unit: "days",
            limit: Some((ROTATE_DAYS, "90 days")),
            open: "at least: first seen then",
        }),
    })
}

fn bar(days: i64, key: &JudgedKey<'_>) -> Bar {
    let is_open = key.age.basis == AgeBasis::FirstSeen;
    let least = if is_open { "at least " } else { "" };
    let days_told = quantity(days.unsigned_abs(), "day");
    let quiet = if key.verdict == Verdict::Quiet { ", no call succeeded" } else { "" };
    Bar {
        label: key.id.to_owned(),
        note: name_of(key.principal).to_owned(),
        length: days,
        is_open,
        told: format!("{} of {}: {least}{days_told} old{quiet}", key.id, key.principal),
    }
}

fn not_drawn(all: usize, drawn: usize) -> Option<String> {
    let more = quantity(all.saturating_sub(drawn) as u64, "more key");
    (all > drawn).then(|| format!("{more} not drawn: the table has them"))
}

fn addresses(count: usize) -> String {
    if count == 1 { "1 address".to_owned() } else { format!("{} addresses", grouped(count)) }
}

/// The last part of an ARN; other principals whole.
fn name_of(principal: &str) -> &str {
    match principal.starts_with("arn:") {
        true => principal.rsplit('/').next().unwrap_or(principal),
        false => principal,
    }
}
