//! Signals that a key lies on machines.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::look::Look;
use super::pace::{LONGEST_REST, by_the_clock, is_day_and_night, is_every_day, is_of_office, longest_rest};
use super::signal::{Held, Signal};
use super::spread::Place;
use crate::aggregate::{HourSet, Span};
use crate::model::{
    AccessKeyKind, BEARER, Day, EventTime, Hour, Network, SourceAddress, execution_environment, grouped, is_program,
    quantity,
};
use crate::report::{AddressLookup, AwsPlace, Severity};

/// The service whose ranges are those of instances. Lambda functions, containers and NAT gateways call from them too.
const INSTANCES: &str = "EC2";

/// Hours of the day at which a schedule starts.
const SCHEDULED: usize = 3;

/// Nobody goes from one network to the next in less than this, in seconds.
const MOVED: i64 = 60;

/// How many times the least addresses at once no way out of a company shows.
const FLEET: usize = 4;

/// One of how many active days is on a weekend where nobody rests: two of twelve, from a Monday to the next Friday.
const WEEKEND_PART: usize = 6;

/// All that hold.
pub(super) fn of(look: &Look<'_>) -> Vec<Held> {
    let found = [
        short_visits(look),
        at_once(look),
        day_and_night(look),
        environment(look),
        ec2_range(look),
        inside_vpc(look),
        programs_only(look),
        every_day(look),
        clock(look),
        bearer_token(look),
    ];
    found.into_iter().flatten().collect()
}

fn told(signal: Signal, says: String, networks: Vec<Network>) -> Held {
    Look::held(signal, Severity::Info, says, networks)
}

/// Eight of ten networks, few at a time (with many at once it does not matter how long each is there), at set hours that no
/// person keeps, or by programs, several times a day or around the clock. A person who changes networks every day calls by
/// hand, at any hour, or on working days; a script on a laptop that travels runs while its owner is awake.
///
/// Known misses: programs on runners that start once a day in working hours. A script whose owner crosses many time zones
/// looks like runners.
fn short_visits(look: &Look<'_>) -> Option<Held> {
    let public: Vec<&Place> = look.spread.places.values().filter(|place| !place.is_private).collect();
    let short = public.iter().filter(|place| place.hours.iter().count() <= 2).count();
    let is_few_at_a_time = (look.spread.peak.addresses as i64) < look.thresholds.embedded_peak;
    let is_by_machine = || {
        let visits = Visits::of(look);
        let is_of_programs = programs_only(look).is_some();
        (is_by_the_clock(&public) && (visits.are_several_a_day() || visits.know_no_weekends()))
            || (is_of_programs && (visits.are_several_a_day() || !leave_a_night(&public)))
    };
    let holds = is_few_at_a_time && look.short_visits(2) && short * 10 >= public.len() * 8 && is_by_machine();
    let says = || {
        let all = quantity(public.len() as u64, "network");
        format!("used from {} of {all} for two hours or less, few at a time", grouped(short))
    };
    holds.then(|| told(Signal::ShortVisits, says(), Vec::new()))
}

/// Whether eight of ten visits begin in the same three hours of the day.
fn is_by_the_clock(places: &[&Place]) -> bool {
    let mut begins = [0usize; 24];
    for hour in places.iter().filter_map(|place| place.hours.iter().next()) {
        begins[hour.0.rem_euclid(24) as usize] += 1;
    }
    begins.sort_unstable();
    begins[24 - SCHEDULED..].iter().sum::<usize>() * 10 >= places.len() * 8
}

/// Whether some eight hours of the day in a row, as long as people sleep, are free of use in all of these places.
fn leave_a_night(places: &[&Place]) -> bool {
    let mut is_used = [false; 24];
    for hour in places.iter().flat_map(|place| place.hours.iter()) {
        is_used[hour.0.rem_euclid(24) as usize] = true;
    }
    longest_rest(|hour| is_used[hour]) > LONGEST_REST
}

/// How many networks of each kind were first met on each day, IPv4 and IPv6: beside each other they are one visit.
struct Visits(BTreeMap<Day, [usize; 2]>);

impl Visits {
    fn of(look: &Look<'_>) -> Self {
        let mut begun: BTreeMap<Day, [usize; 2]> = BTreeMap::new();
        for (network, place) in look.spread.places.iter().filter(|(_, place)| !place.is_private) {
            if let Some(day) = place.hours.days().first() {
                begun.entry(*day).or_default()[usize::from(is_v6(network))] += 1;
            }
        }
        Self(begun)
    }

    /// On half of the days. Somebody who gets a new address from the provider each night is in one network a day.
    fn are_several_a_day(&self) -> bool {
        let several = self.0.values().filter(|kinds| kinds.iter().any(|networks| *networks > 1)).count();
        several * 2 >= self.0.len()
    }

    /// As many on weekends as on other days.
    fn know_no_weekends(&self) -> bool {
        // 1970-01-01 was a Thursday: Saturday is the second day after it.
        let count = |weekday: i32| self.0.keys().filter(|day| day.0.rem_euclid(7) == weekday).count();
        let (saturdays, sundays) = (count(2), count(3));
        saturdays > 0 && sundays > 0 && (saturdays + sundays) * WEEKEND_PART >= self.0.len()
    }
}

fn is_v6(network: &Network) -> bool {
    matches!(network, Network::V6(_))
}

/// Several addresses at once, in several networks and on two days: one hour on a train shows as many. With programs only, one
/// day and one network are enough; and anyhow twice as many are, which is more than a pool of proxies or a journey shows.
fn at_once(look: &Look<'_>) -> Option<Held> {
    let (peak, least) = (look.spread.peak, usize::try_from(look.thresholds.embedded_peak).unwrap_or(usize::MAX));
    let at_peak = look.spread.networks.iter().filter(|(_, used)| used.at_peak > 0);
    let v6 = at_peak.clone().filter(|(network, _)| is_v6(network)).count();
    let networks = v6.max(at_peak.count() - v6);
    let is_on_days = || match programs_only(look) {
        Some(_) => !days_at_once(look, (least, 1)).is_empty(),
        None => days_at_once(look, (least, 2)).len() > 1,
    };
    let holds = peak.addresses >= least && (peak.addresses >= least.saturating_mul(2) || is_on_days());
    let says = || {
        let (peak, all) = (grouped(peak.addresses), grouped(look.spread.addresses.len()));
        format!("{peak} of {all} addresses used it in one hour, in {}", quantity(networks as u64, "network"))
    };
    holds.then(|| Held { is_of_person: is_way_out(look, least), ..told(Signal::AtOnce, says(), Vec::new()) })
}

/// Whether several addresses at once may be a company's way out, a pool of proxies or two providers: a person's tools in a
/// person's hours, through a few of its networks as a matter of course. Machines of a fleet are many, or there on some days.
fn is_way_out(look: &Look<'_>, least: usize) -> bool {
    let days = days_at_once(look, (2, 1)).len();
    look.spread.peak.addresses < least.saturating_mul(FLEET)
        && is_of_person(look)
        && days * 2 >= look.spread.active_days
}

/// Whether the key is used by people's tools only, in a person's hours.
fn is_of_person(look: &Look<'_>) -> bool {
    let has_program = |place: &Place| place.agents.keys().any(|&agent| is_program(look.spread.family(agent)));
    is_of_office(&look.hours()) && !look.spread.places.values().any(has_program)
}

/// The days with an hour in which so many machines called at once, in so many networks: machines as the peak counts them.
fn days_at_once(look: &Look<'_>, (least, networks): (usize, usize)) -> BTreeSet<Day> {
    let mut machines: BTreeMap<(Network, Option<IpAddr>), (Span, HourSet)> = BTreeMap::new();
    for (source, used) in look.used.sources.iter() {
        let address = SourceAddress::parse(look.symbols.text(source));
        let (Some(ip), Some(network)) = (address.ip(), address.network()) else { continue };
        let (span, hours) = machines.entry((network, Some(ip).filter(IpAddr::is_ipv4))).or_default();
        span.merge(used.span);
        hours.merge(&used.hours);
    }
    let mut in_hour: BTreeMap<(Hour, bool), Vec<(Network, Span)>> = BTreeMap::new();
    for ((network, _), (span, hours)) in &machines {
        hours.iter().for_each(|hour| in_hour.entry((hour, is_v6(network))).or_default().push((*network, *span)));
    }
    in_hour.retain(|_, used| {
        let apart = || used.iter().map(|(network, _)| *network).collect::<BTreeSet<_>>().len();
        used.len() >= least && apart() >= networks && most_at_once(used) >= least
    });
    in_hour.keys().map(|(hour, _)| hour.start().day()).collect()
}

/// The most machines of an hour that were in use at one moment, by the first and last call of each in all of the logs: an
/// address whose last call comes before the first one of the next was left for it, if not within the same minute.
fn most_at_once(used: &[(Network, Span)]) -> usize {
    let ended = || used.iter().filter_map(|(_, span)| Some((span.first()?, span.last()?.plus_seconds(MOVED))));
    let (mut begins, mut ends): (Vec<EventTime>, Vec<EventTime>) = ended().unzip();
    begins.sort_unstable();
    ends.sort_unstable();
    let at =
        |moment: &EventTime| begins.partition_point(|begin| begin <= moment) - ends.partition_point(|end| end < moment);
    begins.iter().map(at).max().unwrap_or_default()
}

fn day_and_night(look: &Look<'_>) -> Option<Held> {
    let networks: Vec<Network> =
        look.spread.places.iter().filter(|(_, place)| is_day_and_night(&place.hours)).map(|(&net, _)| net).collect();
    let first = networks.first()?;
    let days = look.spread.places.get(first).map_or(0, |place| place.hours.days().len());
    let says = format!("used day and night on {} from {first}", quantity(days as u64, "day"));
    Some(told(Signal::DayAndNight, says, networks))
}

fn environment(look: &Look<'_>) -> Option<Held> {
    let agents = look.spread.places.values().flat_map(|place| place.agents.keys());
    let mut names: Vec<&str> = agents.filter_map(|&agent| execution_environment(look.symbols.text(agent))).collect();
    names.sort_unstable();
    names.dedup();
    let says = || format!("its program says that it runs on {}", names.join(", "));
    (!names.is_empty()).then(|| told(Signal::ExecutionEnvironment, says(), Vec::new()))
}

/// On two days or more from published ranges of EC2.
fn ec2_range(look: &Look<'_>) -> Option<Held> {
    let aws = look.addresses.and_then(AddressLookup::aws)?;
    let is_instance = |ip: &IpAddr| match aws.place(*ip) {
        AwsPlace::Within(ranges) => ranges.iter().any(|range| range.service == INSTANCES),
        AwsPlace::Private | AwsPlace::Outside => false,
    };
    let mut hours = HourSet::default();
    let mut networks: Vec<Network> = Vec::new();
    for (source, used) in look.used.sources.iter() {
        let address = SourceAddress::parse(look.symbols.text(source));
        if address.ip().as_ref().is_some_and(is_instance) {
            hours.merge(&used.hours);
            networks.extend(address.network());
        }
    }
    networks.sort_unstable();
    networks.dedup();
    let days = hours.days().len();
    let says = || format!("used on {} from AWS's ranges of EC2", quantity(days as u64, "day"));
    (days > 1).then(|| Held { is_of_person: is_of_person(look), ..told(Signal::Ec2Range, says(), networks) })
}

fn inside_vpc(look: &Look<'_>) -> Option<Held> {
    let private = look.spread.private_addresses();
    let addresses = if private == 1 { "address" } else { "addresses" };
    let says = || format!("used from {} {addresses} inside a VPC", grouped(private));
    let is_of_person = || is_of_office(&look.hours());
    (private > 0).then(|| Held { is_of_person: is_of_person(), ..told(Signal::InsideVpc, says(), Vec::new()) })
}

fn programs_only(look: &Look<'_>) -> Option<Held> {
    let places = &look.spread.places;
    let holds = !places.is_empty() && places.values().all(|place| look.is_of_programs(place));
    let says = || "used by SDKs and HTTP libraries only".to_owned();
    let is_of_person = || is_of_office(&look.hours());
    holds.then(|| Held { is_of_person: is_of_person(), ..told(Signal::ProgramsOnly, says(), Vec::new()) })
}

/// From one network, so that what travels with a person does not count.
fn every_day(look: &Look<'_>) -> Option<Held> {
    let (network, place) = look.spread.places.iter().find(|(_, place)| is_every_day(&place.hours))?;
    let says = format!("used on {}, weekends too, from {network}", quantity(place.hours.days().len() as u64, "day"));
    Some(told(Signal::EveryDay, says, vec![*network]))
}

/// At the same hours of the day, from wherever.
fn clock(look: &Look<'_>) -> Option<Held> {
    let kept = by_the_clock(&look.hours())?;
    let days = quantity(look.spread.active_days as u64, "day");
    let when = match kept[..] {
        [first, .., last] if kept.len() > 3 => format!("{first:02}:00 to {last:02}:59"),
        _ => kept.iter().map(|hour| format!("{hour:02}:00")).collect::<Vec<_>>().join(", "),
    };
    Some(told(Signal::Clock, format!("used in the same hours on nearly all of {days}: {when} UTC"), Vec::new()))
}

fn bearer_token(look: &Look<'_>) -> Option<Held> {
    let holds = AccessKeyKind::of(look.symbols.text(look.used.key)) != AccessKeyKind::LongLived;
    let kind =
        if look.symbols.text(look.used.key).starts_with(BEARER) { "a bearer token" } else { "a key of one service" };
    holds.then(|| told(Signal::BearerToken, format!("{kind}, which programs send as it is"), Vec::new()))
}
