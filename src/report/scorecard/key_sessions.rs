//! Sessions that long-lived keys got, where nothing tells whether a person or a machine used them.
//!
//! Whoever uses a key once an hour or a day, and works with the sessions that it gets, leaves little in `key-spread`, which
//! counts the key's own calls. A session that was got with MFA is a person's, who typed the code. So is one without that is
//! used by the very programs and in the networks of the key, which is judged by them itself.
//!
//! Who is left open though nothing is wrong: a person who gets a session by hand, without MFA, and gives it to a script. Who
//! slips past: a machine that uses its sessions with the key's own program in its networks, at office hours or in sessions of
//! more than [`SHIFT`] hours.
//!
//! Source: AWS STS API reference, GetSessionToken, GetFederationToken and AssumeRole (SerialNumber, TokenCode).

use std::collections::{BTreeMap, BTreeSet};

use ahash::AHashMap;

use crate::aggregate::issuances::{Issuance, Issuances};
use crate::aggregate::keys::{KeyUse, Keys};
use crate::aggregate::sessions::{Programs, Session, Sessions};
use crate::aggregate::{HourSet, Span, State, Sym, Symbols};
use crate::model::{AccessKeyKind, Hour, IssuanceApi, Network, SourceAddress, quantity};
use crate::report::key_spread::pace::is_day_and_night;

/// Calls by which the holder of a long-lived key gets a session.
const GOT_BY: [IssuanceApi; 3] =
    [IssuanceApi::AssumeRole, IssuanceApi::GetFederationToken, IssuanceApi::GetSessionToken];

/// A session got a session got a session: nobody goes further.
const LONGEST_CHAIN: usize = 8;

/// In so many networks where the key was not, sessions are not explained by a person who went from home to the office.
const NETWORKS: usize = 3;

/// So many hours a person may be at work: a session that goes on for longer may have a night in it.
const SHIFT: i32 = 14;

/// What was seen of the sessions of one key.
#[derive(Default)]
struct Used<'a> {
    account: &'a str,
    sessions: u64,
    programs: Programs,
    networks: BTreeSet<Network>,
    /// From the first to the last call of each session that had one in each hour, as far as their number tells.
    hours: HourSet,
    /// Whether all of it was from private addresses, or through VPC endpoints; `None` before the first call.
    is_inside: Option<bool>,
}

/// The long-lived keys whose sessions may be a machine's, each with the account that owns it and what was seen.
pub(super) fn perhaps_on_machines(state: &State) -> Vec<(String, String)> {
    let symbols = state.symbols();
    let (Some(issuances), Some(sessions)) = (state.get::<Issuances>(), state.get::<Sessions>()) else {
        return Vec::new();
    };
    // Services show no key, and theirs are most.
    let of_keys = || {
        let all = issuances.records(symbols).filter(|one| one.caller_access_key() != Sym::EMPTY);
        all.filter(|one| GOT_BY.contains(&one.api()) && one.access_key() != Sym::EMPTY)
    };
    if !of_keys().any(|one| is_long_lived(&one)) {
        return Vec::new();
    }
    let issued: AHashMap<Sym, Issuance<'_>> = of_keys().map(|one| (one.access_key(), one)).collect();
    let mut found: BTreeMap<&str, (Sym, Used<'_>)> = BTreeMap::new();
    for session in sessions.all(symbols).filter(|session| !session.in_console() && session.mfa_flag() != Some(true)) {
        let Some(got) = session.access_key_symbols().find_map(|key| got_by(key, &issued)) else { continue };
        let used = found.entry(got.caller_access_key_id()).or_insert((got.caller_access_key(), Used::default()));
        used.1.account = got.caller_account_id();
        used.1.add(&session, symbols);
    }
    let keys: AHashMap<Sym, &KeyUse> =
        state.get::<Keys>().into_iter().flat_map(Keys::rows).map(|row| (row.key, row)).collect();
    let told = found.into_iter().filter_map(|(id, (key, used))| {
        let own = keys.get(&key).copied();
        Some((used.account.to_owned(), format!("{id} got {}", used.says(own, symbols)?)))
    });
    told.collect()
}

/// The call of a long-lived key that a session goes back to; `None` where another credential, or MFA, stands behind it.
fn got_by<'i, 'a>(key: Sym, issued: &'i AHashMap<Sym, Issuance<'a>>) -> Option<&'i Issuance<'a>> {
    let mut at = key;
    for _ in 0..LONGEST_CHAIN {
        let call = issued.get(&at)?;
        if call.has_mfa_serial() || call.caller_mfa() == Some(true) {
            return None;
        }
        if is_long_lived(call) {
            return Some(call);
        }
        at = call.caller_access_key();
    }
    None
}

fn is_long_lived(call: &Issuance<'_>) -> bool {
    AccessKeyKind::of(call.caller_access_key_id()) == AccessKeyKind::LongLived
}

impl Used<'_> {
    /// Calls of services for the session say where the service is.
    fn add(&mut self, session: &Session<'_>, symbols: &Symbols) {
        let mut is_used = false;
        let (mut span, mut events) = (Span::default(), 0_i64);
        for (source, usage) in session.sources() {
            let address = SourceAddress::parse(symbols.text(source));
            if address.ip().is_none() {
                continue;
            }
            is_used = true;
            [usage.first(), usage.last()].into_iter().flatten().for_each(|time| span.see(time));
            events += i64::from(usage.events);
            self.programs = self.programs.and(usage.programs());
            self.is_inside = Some(self.is_inside != Some(false) && (address.is_private() || usage.is_via_endpoint()));
            self.networks.extend(address.network());
        }
        self.sessions += u64::from(is_used);
        let Some((first, last)) = span.first().map(|time| time.hour()).zip(span.last().map(|time| time.hour())) else {
            return;
        };
        let length = last.0 - first.0;
        if length < SHIFT && events > i64::from(length) {
            (first.0..=last.0).for_each(|hour| self.hours.insert(Hour(hour)));
        }
    }

    /// What speaks for a machine; `None` where nothing does.
    fn says(&self, own: Option<&KeyUse>, symbols: &Symbols) -> Option<String> {
        let agents = own.map(KeyUse::user_agents).unwrap_or_default();
        let of_key = agents.iter().map(|agent| Programs::of(symbols.text(agent)));
        let of_key = of_key.fold(Programs::of(""), Programs::and);
        let sources = own.into_iter().flat_map(|own| own.sources.iter());
        let of_key_networks: BTreeSet<Network> =
            sources.filter_map(|(source, _)| SourceAddress::parse(symbols.text(source)).network()).collect();
        let elsewhere = self.networks.difference(&of_key_networks).count();
        let sign = if !self.programs.without(of_key).is_empty() {
            "by programs that did not use the key itself".to_owned()
        } else if self.is_inside == Some(true) {
            "from private addresses or VPC endpoints only".to_owned()
        } else if is_day_and_night(&self.hours) {
            "day and night".to_owned()
        } else if elsewhere >= NETWORKS {
            format!("in {elsewhere} networks where the key itself was not")
        } else {
            return None;
        };
        Some(format!("{} without MFA, used {sign}", quantity(self.sessions, "session")))
    }
}
