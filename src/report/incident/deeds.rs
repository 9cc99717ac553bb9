//! What was done: every event in the part of the page where it belongs, those alike in one line.

use std::collections::BTreeMap;

use super::line::{Line, Part, at, phrases, some};
use super::made::BY_WHAT_IT_MADE;
use super::parts::{is_by_service, part_of, secrets};
use super::{Event, Scene};
use crate::aggregate::events::EventRow;
use crate::model::{
    SourceAddress, grouped, is_of_many_secrets, members, plain_event, quantity, service_of, short_name,
};

/// Resources, addresses and keys that a line names.
const NAMED: usize = 3;

/// Calls that a line names.
const NAMES: usize = 8;

/// Whom everybody is called.
const EVERYBODY: &str = "everybody";

/// Calls that are alike: the part, the account, whether by what a deed made, what they are called and what tells them apart.
type Likeness<'a> = (Part, &'a str, bool, String, String);

/// The lines of all events, by part, then by time.
pub(super) fn lines(events: &[Event<'_>], scene: &Scene<'_>) -> Vec<Line> {
    // What was done in one account is never told with what was done in another.
    let mut groups: BTreeMap<Likeness<'_>, Vec<Event<'_>>> = BTreeMap::new();
    for &event in events {
        let part = part_of(event, scene);
        let (name, apart) = name_and_apart(part, event, scene);
        let made = scene.made.holds(event, scene.symbols);
        groups.entry((part, &event.0.account_id, made, name, apart)).or_default().push(event);
    }
    let told = groups.into_iter().map(|((part, _, is_made, ..), group)| {
        let line = line(part, &group, scene);
        if !is_made {
            return line;
        }
        let mut more = line.more;
        more.insert(0, vec![BY_WHAT_IT_MADE.to_owned()]);
        Line { is_made, more, ..line }
    });
    let mut lines: Vec<Line> = told.collect();
    lines.sort_by(|a, b| (a.part, a.first, &a.what).cmp(&(b.part, b.first, &b.what)));
    lines
}

/// What shares or blinds is told one by one, what was refused or failed by call and error, and what is done in numbers by
/// service.
fn name_and_apart(part: Part, (place, row): Event<'_>, scene: &Scene<'_>) -> (String, String) {
    let service = scene.symbols.text(row.service);
    let name = || format!("{service} {}", plain_event(scene.symbols.text(row.event_name)));
    let error = row.error(scene.symbols);
    match part {
        Part::Shared => (name(), format!("{}{}", place.time, place.event_id)),
        Part::Logging if error.is_empty() => (name(), format!("{}{}", place.time, place.event_id)),
        _ if part.is_by_call() => (name(), error.to_owned()),
        _ => (service.to_owned(), String::new()),
    }
}

/// Whether events are of more than one account.
pub(super) fn is_of_many_accounts(events: &[Event<'_>]) -> bool {
    events.windows(2).any(|pair| pair[0].0.account_id != pair[1].0.account_id)
}

fn line(part: Part, group: &[Event<'_>], scene: &Scene<'_>) -> Line {
    let text = |sym| scene.symbols.text(sym);
    let rows = || group.iter().map(|(_, row)| *row);
    let sources: Vec<String> = rows().map(|row| shown(text(row.address))).collect();
    let own = || rows().filter(|row| !is_by_service(row, scene.symbols));
    let (resources, addresses, access_keys) = (
        one_each(distinct(rows().flat_map(|row| row.resources.iter().map(|name| short_name(name))))),
        distinct(sources.iter().map(String::as_str)),
        distinct(own().map(|row| text(row.access_key_id))),
    );
    let times = || group.iter().map(|(place, _)| place.time);
    let (first, last) = (times().min(), times().max());
    let when = first.map(at).unwrap_or_default();
    let until = last.filter(|last| Some(*last) != first).map(|last| format!(" until {}", at(last))).unwrap_or_default();
    let what = match part.is_by_call() {
        false => format!("{when}{until}: {}", by_name(group, scene)),
        true => format!("{when} {}{until}", one_call(group, scene)),
    };
    let most = scene.most(NAMED);
    let named = match (resources.len(), part) {
        (0, _) => Vec::new(),
        (1, _) => vec![format!("on {}", resources[0])],
        (many, part) => {
            let what = if part == Part::Secrets { "secrets" } else { "resources" };
            phrases(&format!("on {} {what}: ", grouped(many as u64)), &resources, most)
        }
    };
    let account =
        group.first().filter(|_| scene.is_of_many).map(|(place, _)| format!("in account {}", place.account_id));
    // A sign-in has no key that would tell who it was.
    let people = distinct(rows().map(|row| short_name(text(row.principal))));
    let is_looking = matches!(part, Part::Discovery | Part::ByService);
    let who = if access_keys.is_empty() && !is_looking { phrases("by ", &people, most) } else { Vec::new() };
    let whence = [("from ", &addresses), ("with ", &access_keys)];
    let whence = whence.iter().filter(|_| part != Part::Discovery);
    let whence = whence.flat_map(|(word, names)| phrases(word, names, most));
    Line {
        part: Some(part),
        what,
        more: vec![account.into_iter().chain(named).chain(who).chain(mfa_of(group, scene)).chain(whence).collect()],
        first,
        last,
        events: group.len(),
        errors: rows().filter(|row| !row.error(scene.symbols).is_empty()).count(),
        resources,
        addresses,
        access_keys,
        ..Line::default()
    }
}

/// What sign-ins to the console say of MFA.
fn mfa_of(group: &[Event<'_>], scene: &Scene<'_>) -> Option<String> {
    let of = |row: &EventRow| {
        let [said] = members(&row.record, ["additionalEventData"]);
        let said: serde_json::Value = serde_json::from_str(said.json()).ok()?;
        Some(format!("MFA {}", said.get("MFAUsed")?.as_str()?.to_lowercase()))
    };
    let sign_ins = group.iter().filter(|(_, row)| scene.symbols.text(row.event_name) == "ConsoleLogin");
    let all = distinct(sign_ins.filter_map(|(_, row)| of(row)).collect::<Vec<_>>().iter().map(String::as_str));
    (!all.is_empty()).then(|| all.join(", "))
}

/// Calls of one name: `GetSecretValue (secretsmanager) 60 times`, with whom they share, and why they failed.
fn one_call(group: &[Event<'_>], scene: &Scene<'_>) -> String {
    let Some((_, row)) = group.first() else { return String::new() };
    let service = service_of(scene.symbols.text(row.service));
    let count = group.len();
    let times = if count == 1 { String::new() } else { format!(" {} times", grouped(count as u64)) };
    let others: Vec<&str> = row.lets_in.iter().map(|who| if who == "*" { EVERYBODY } else { who }).collect();
    let others = match others.is_empty() {
        true => String::new(),
        false => format!(", shared with {}", others.join(", ")),
    };
    let error = row.error(scene.symbols);
    let error = if error.is_empty() { String::new() } else { format!(": {error}") };
    format!("{} ({service}){times}{others}{error}", plain_event(scene.symbols.text(row.event_name)))
}

/// Calls to one service, by name: `ec2: DescribeInstances 12, DescribeVpcs 3`.
fn by_name(group: &[Event<'_>], scene: &Scene<'_>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (_, row) in group {
        let (name, error) = (plain_event(scene.symbols.text(row.event_name)), row.error(scene.symbols));
        let name = if error.is_empty() { name.to_owned() } else { format!("{name} ({error})") };
        *counts.entry(name).or_default() += 1;
    }
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let names: Vec<String> = counts.iter().map(|(name, count)| format!("{name} {}", grouped(*count as u64))).collect();
    let service = group.first().map_or("", |(_, row)| service_of(scene.symbols.text(row.service)));
    format!("{service}: {}", some(&names, scene.most(NAMES)))
}

/// The events of a part in words: `6 denied`, `62 secrets in 147 calls`, `7 logging, 4 of them failed`; `None` where none.
pub(super) fn counted(part: Part, events: &[Event<'_>], scene: &Scene<'_>) -> Option<String> {
    let of_part: Vec<Event<'_>> = events.iter().copied().filter(|event| part_of(*event, scene) == part).collect();
    let count = of_part.len() as u64;
    let failed = of_part.iter().filter(|(_, row)| !row.error(scene.symbols).is_empty()).count() as u64;
    match part {
        _ if count == 0 => None,
        Part::Secrets => {
            let of = |(place, row): &Event<'_>| {
                let names = secrets(row, scene.symbols).unwrap_or_default().into_iter();
                names.map(|name| (place.account_id.to_string(), name)).collect::<Vec<_>>()
            };
            let mut names: Vec<_> = of_part.iter().flat_map(of).collect();
            names.sort_unstable();
            names.dedup();
            let calls = quantity(count, "call");
            // A call that reads whatever a filter or a path finds names none of it.
            let all = names.len();
            names.retain(|(_, name)| !is_of_many_secrets(name));
            let is_open = names.len() < all;
            Some(match names.len() {
                0 if is_open => format!("secrets in {calls}, how many is not told"),
                0 => format!("secrets in {calls}"),
                named if is_open => format!("{} or more in {calls}", quantity(named as u64, "secret")),
                named => format!("{} in {calls}", quantity(named as u64, "secret")),
            })
        }
        Part::Logging if failed > 0 => {
            Some(format!("{} {}, {} of them failed", grouped(count), part.name(), grouped(failed)))
        }
        _ => Some(format!("{} {}", grouped(count), part.noun())),
    }
}

/// An address in its usual form; another text as it is.
pub(super) fn shown(source: &str) -> String {
    SourceAddress::parse(source).ip().map_or_else(|| source.to_owned(), |address| address.to_string())
}

/// Each text once, in their order, no empty ones.
pub(super) fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = ahash::AHashSet::new();
    texts.filter(|text| !text.is_empty() && seen.insert(*text)).map(str::to_owned).collect()
}

/// Resources without those that are there under a longer name, too: `role/a` is `a`, `secret:a-AbCdEf` is `a`.
pub(super) fn one_each(resources: Vec<String>) -> Vec<String> {
    let bare = |name: &str| -> Option<String> {
        let secret = name.strip_prefix("secret:").and_then(|secret| Some(secret.rsplit_once('-')?.0));
        let rest = name.split_once([':', '/']).filter(|(kind, _)| !kind.is_empty()).map(|(_, rest)| rest);
        secret.or(rest).map(|rest| rest.trim_start_matches('/').to_owned())
    };
    let longer: ahash::AHashSet<String> = resources.iter().filter_map(|name| bare(name)).collect();
    let is_there = |name: &str| longer.contains(name.trim_start_matches('/'));
    resources.iter().filter(|name| !is_there(name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_its_arn_are_one() {
        let of = |names: &[&str]| one_each(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(of(&["secret:db-AbCdEf", "db", "role/a", "a"]), ["secret:db-AbCdEf", "role/a"]);
        assert_eq!(of(&["parameter/app/key", "/app/key"]), ["parameter/app/key"]);
        assert_eq!(of(&["/aws/lambda/f"]), ["/aws/lambda/f"]);
        assert_eq!(of(&["role/a", "ab", "b", "secret:c-AbCdEf"]), ["role/a", "ab", "b", "secret:c-AbCdEf"]);
    }
}
