//! The picture of long-lived keys: from which networks each was used, and how many at once.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::spread::NetworkUse;
use super::{JudgedKey, judged};
use crate::model::{Network, grouped, quantity};
use crate::report::View;
use crate::report::charts::short_name;
use crate::report::charts::{Chart, Grid, GridCell, GridColumns, GridRow, Picture};

/// The most keys that a picture shows.
const KEYS: usize = 30;

/// The most networks that have a column of their own.
const NETWORKS: usize = 24;

/// Keys by network; nothing where no key was used from one.
pub(in crate::report) fn charts(view: &View<'_>) -> Vec<Chart> {
    by_network(&judged(view)).into_iter().collect()
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
            short_name(key.principal),
            key.verdict.as_str(),
            at_once.unwrap_or_default()
        ),
        severity: Some(key.severity),
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

fn not_drawn(all: usize, drawn: usize) -> Option<String> {
    let more = quantity(all.saturating_sub(drawn) as u64, "more key");
    (all > drawn).then(|| format!("{more} not drawn: the table has them"))
}

fn addresses(count: usize) -> String {
    if count == 1 { "1 address".to_owned() } else { format!("{} addresses", grouped(count)) }
}
