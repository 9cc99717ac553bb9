//! Credentials of others that were used from the public addresses that the subject used: what a thief has more than one of is
//! found so, and so are colleagues behind one address. Nobody is accused: what began after the subject came, and changed things,
//! comes first, and each line ends with the command that tells of it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ahash::AHashSet;

use super::line::{Line, Part, capped, phrases, some, span};
use super::parts::is_by_service;
use super::{Event, Scene};
use crate::aggregate::around::Around;
use crate::aggregate::uses::{Done, Use, spot_of};
use crate::aggregate::{Span, Symbols};
use crate::model::{EventTime, SourceAddress, shell_quoted, short_name};

/// Lines that the page has.
const SHOWN: usize = 8;

/// Names of a kind that a line tells.
const NAMED: usize = 4;

/// The public places from which the subject called, and since when.
pub(super) struct Spots(BTreeMap<IpAddr, EventTime>);

/// Somebody else at these places.
#[derive(Default)]
struct Other<'a> {
    places: BTreeSet<IpAddr>,
    keys: BTreeSet<&'a str>,
    changes: BTreeSet<&'a str>,
    span: Span,
    /// Whether it was at one of them before the subject.
    was_there: bool,
}

/// Whether the Internet routes an address: others have the same private ones.
pub(super) fn is_public(address: IpAddr) -> bool {
    let is_local = match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_link_local() || address.is_unspecified(),
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unspecified() || address.segments()[0] & 0xffc0 == 0xfe80
        }
    };
    !is_local && !SourceAddress::Ip(address).is_private()
}

impl Spots {
    /// Of the events of an incident; what services did on its behalf came from nowhere of its own.
    pub fn of(events: &[Event<'_>], scene: &Scene<'_>) -> Self {
        let mut since = BTreeMap::new();
        for (place, row) in events.iter().filter(|(_, row)| !is_by_service(row, scene.symbols)) {
            let address = SourceAddress::parse(scene.symbols.text(row.address)).ip();
            if let Some(spot) = address.map(spot_of).filter(|spot| is_public(*spot)) {
                let first = since.entry(spot).or_insert(place.time);
                *first = place.time.min(*first);
            }
        }
        Self(since)
    }

    /// Whether the subject was there.
    pub fn has(&self, spot: IpAddr) -> bool {
        self.0.contains_key(&spot)
    }
}

/// The lines, what matters most first; `own` are the access keys of the incident.
pub(super) fn lines(
    around: Option<&Around>,
    events: &[Event<'_>],
    own: &AHashSet<&str>,
    scene: &Scene<'_>,
) -> Vec<Line> {
    let text = |sym| scene.symbols.text(sym);
    let spots = Spots::of(events, scene);
    let keys: AHashSet<&str> =
        events.iter().map(|(_, row)| text(row.access_key_id)).chain(own.iter().copied()).collect();
    let principals: AHashSet<&str> = events.iter().map(|(_, row)| text(row.principal)).collect();
    let mut others: BTreeMap<(&str, &str), Other<'_>> = BTreeMap::new();
    for (used, done) in around.into_iter().flat_map(Around::uses) {
        let Some(since) = spots.0.get(&used.spot) else { continue };
        let (key, principal) = (text(used.access_key), text(used.principal));
        let is_own = if key.is_empty() { principals.contains(principal) } else { keys.contains(key) };
        if !is_own && !principal.is_empty() {
            others.entry((text(used.account), who(used, scene.symbols))).or_default().add(
                (used, done),
                *since,
                scene.symbols,
            );
        }
    }
    let mut others: Vec<_> = others.into_iter().collect();
    others.sort_by_key(|((account, who), other)| {
        (other.was_there, other.changes.is_empty(), other.span.first(), *account, *who)
    });
    let all = others.iter().map(|((account, who), other)| other.line((account, who), scene));
    capped(Part::Beside, all.collect(), if scene.is_whole { usize::MAX } else { SHOWN })
}

/// By what it can be asked for: a session by its arn.
fn who<'a>(used: &Use, symbols: &'a Symbols) -> &'a str {
    let session = symbols.text(used.session_arn);
    if session.is_empty() { symbols.text(used.principal) } else { session }
}

impl<'a> Other<'a> {
    fn add(&mut self, (used, done): (&Use, &Done), since: EventTime, symbols: &'a Symbols) {
        self.places.insert(used.spot);
        self.span.merge(done.span);
        self.was_there |= done.span.first() < Some(since);
        self.changes.extend(done.changes.iter().map(|sym| symbols.text(sym)));
        self.keys.extend(Some(symbols.text(used.access_key)).filter(|key| !key.is_empty()));
    }

    fn line(&self, (account, who): (&str, &str), scene: &Scene<'_>) -> Line {
        let names = |all: &BTreeSet<&str>| all.iter().map(|name| (*name).to_owned()).collect::<Vec<String>>();
        let (keys, changes) = (names(&self.keys), names(&self.changes));
        let addresses: Vec<String> = self.places.iter().map(ToString::to_string).collect();
        let most = scene.most(NAMED);
        let asked = if let [key] = &*keys { key } else { who };
        let next = format!("trailscan incident {}", shell_quoted(asked));
        let outcome = if self.was_there { "there before it came" } else { "began after it came" };
        let account = scene.is_of_many.then(|| format!("account {account}"));
        let did = match changes.is_empty() {
            true => vec!["changed nothing".to_owned()],
            false => phrases("changed by ", &changes, most),
        };
        let when = self.span.first().zip(self.span.last()).map(|(first, last)| span(first, last)).unwrap_or_default();
        let name = short_name(who);
        let more = account.into_iter().chain([outcome.to_owned()]).chain(did).chain(phrases("with ", &keys, most));
        Line {
            part: Some(Part::Beside),
            what: format!(
                "{}: from {}, {when}",
                name.strip_prefix("assumed-role/").unwrap_or(name),
                some(&addresses, most)
            ),
            more: vec![more.collect(), vec![next.clone()]],
            first: self.span.first(),
            last: self.span.last(),
            addresses,
            access_keys: keys,
            outcome: outcome.to_owned(),
            command: next,
            ..Line::default()
        }
    }
}
