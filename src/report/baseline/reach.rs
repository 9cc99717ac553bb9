//! What an answer can have seen: whose logs it read, from when to when, and what it was asked to leave out.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{EventTime, TimeWindow};

/// What narrows or steers an answer beside its window: the values of each flag that was given, by its name without `--`.
pub type Asked = BTreeMap<String, Vec<String>>;

/// The filter that [`Reach::accounts`] tells of.
const ACCOUNT: &str = "account";

/// Flags that choose which events count. The others change what is made of them.
pub const FILTERS: [&str; 15] = [
    ACCOUNT,
    "region",
    "principal",
    "event",
    "service",
    "address",
    "access-key",
    "session",
    "resource",
    "error",
    "user-agent",
    "event-id",
    "read-only",
    "write",
    "below",
];

/// What an answer rests on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reach {
    /// Accounts of the counted events.
    pub accounts: BTreeSet<String>,
    /// Regions of the counted events.
    pub regions: BTreeSet<String>,
    /// Accounts of which IAM's state was read.
    pub state_accounts: BTreeSet<String>,
    /// What was counted; `None` is everything.
    pub window: Option<TimeWindow>,
    /// The earliest counted event.
    pub first_event: Option<EventTime>,
    /// The latest counted event.
    pub last_event: Option<EventTime>,
    /// Whether something in reach was not read or not understood.
    pub is_partial: bool,
    /// How many events filters left out.
    pub events_filtered: u64,
    /// What else was asked.
    pub asked: Asked,
}

/// What is to be found, as far as it says where and when it could have been seen.
#[derive(Clone, Debug, Default)]
pub struct Sighting<'a> {
    /// Its account; empty when unknown.
    pub account: &'a str,
    /// Its regions; empty when it does not say.
    pub regions: Vec<&'a str>,
    /// Its first event, where it rests on events.
    pub first_seen: Option<EventTime>,
    /// Whether it rests on IAM's state, not on events.
    pub is_of_state: bool,
    /// Whether IAM's state may have told it, beside events.
    pub may_be_of_state: bool,
}

/// A moment for sentences: a midnight as its day, all else to the minute.
pub fn moment(time: EventTime) -> String {
    let text = time.to_string();
    match text.split_once('T') {
        Some((day, "00:00:00Z")) => day.to_owned(),
        Some((day, clock)) => format!("{day} {}", clock.get(..5).unwrap_or(clock)),
        None => text,
    }
}

impl Reach {
    /// The moment up to which it tells: the end of its window, else its last event.
    pub fn end(&self) -> Option<EventTime> {
        self.window.map(|window| window.until()).or(self.last_event)
    }

    /// The moment from which on it tells: the start of its window, else its first event.
    pub fn start(&self) -> Option<EventTime> {
        self.window.map(|window| window.since()).or(self.first_event)
    }

    /// Whether events or state of an account were read.
    pub fn has_account(&self, account: &str) -> bool {
        self.accounts.contains(account) || self.state_accounts.contains(account)
    }

    /// Why an earlier answer with this reach can lack what one with the reach `now` has, although it was there; `None`
    /// when it would have been seen.
    pub fn blind_to(&self, sighting: &Sighting<'_>, now: &Self) -> Option<String> {
        if let Some(why) = self.blind_to_account(sighting, now) {
            return Some(why);
        }
        if sighting.is_of_state {
            return None;
        }
        if let Some(filter) = self.narrower_than(now) {
            return Some(format!("the baseline was asked with {filter}"));
        }
        if !sighting.regions.is_empty() && !sighting.regions.iter().any(|region| self.regions.contains(*region)) {
            return Some(format!("no event of {} was in the baseline", sighting.regions.join(", ")));
        }
        let account = sighting.account;
        if sighting.may_be_of_state && self.lacks_state(account, now) {
            return Some(format!("the baseline had no file of IAM's state of account {account}, which may tell it"));
        }
        let began = self.first_event?;
        let is_older = |first: Option<EventTime>| first.is_some_and(|first| first < began);
        let why = match sighting.first_seen {
            first @ Some(_) => is_older(first).then_some("its first event lies")?,
            None => is_older(now.first_event).then_some("it tells no time, and what was read now begins")?,
        };
        Some(format!("{why} before the baseline's logs, which begin at {}", moment(began)))
    }

    fn blind_to_account(&self, sighting: &Sighting<'_>, now: &Self) -> Option<String> {
        let account = sighting.account;
        if sighting.is_of_state {
            let is_known = if account.is_empty() {
                !self.state_accounts.is_empty()
            } else {
                self.state_accounts.contains(account)
            };
            return (!is_known).then(|| match account {
                "" => "the baseline had no file of IAM's state".to_owned(),
                account => format!("the baseline had no file of IAM's state of account {account}"),
            });
        }
        if self.has_account(account) {
            return None;
        }
        if now.has_account(account) {
            return Some(format!("no event of account {account} was in the baseline"));
        }
        // Of a stranger the logs of others tell, and it is not known of which.
        let others: Vec<&str> = now.accounts.difference(&self.accounts).map(String::as_str).collect();
        (!others.is_empty()).then(|| format!("no event of account {} was in the baseline", others.join(", ")))
    }

    /// Whether IAM's state of an account was read for `other` and not here.
    pub fn lacks_state(&self, account: &str, other: &Self) -> bool {
        other.state_accounts.contains(account) && !self.state_accounts.contains(account)
    }

    /// A filter that lets fewer events through than those of `other` do, as it is typed. The accounts say themselves
    /// which they are.
    pub fn narrower_than(&self, other: &Self) -> Option<String> {
        if self.events_filtered > 0 && !FILTERS.iter().any(|filter| self.asked.contains_key(*filter)) {
            return Some("filters that it does not name".to_owned());
        }
        let filters = FILTERS.iter().filter(|filter| **filter != ACCOUNT);
        let narrower =
            filters.filter_map(|filter| Some((filter, self.asked.get(*filter)?))).find(|(filter, values)| {
                other.asked.get(**filter).is_none_or(|others| others.iter().any(|other| !values.contains(other)))
            });
        narrower.map(|(filter, values)| format!("--{filter} {}", values.join(", ")))
    }

    /// The flags other than filters to which `other` was given something else, as they are typed.
    pub fn other_options(&self, other: &Self) -> Vec<String> {
        let flags: BTreeSet<&String> = self.asked.keys().chain(other.asked.keys()).collect();
        let options = flags.into_iter().filter(|flag| !FILTERS.contains(&flag.as_str()));
        options.filter(|flag| self.asked.get(*flag) != other.asked.get(*flag)).map(|flag| format!("--{flag}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<EventTime> {
        EventTime::parse(text)
    }

    fn reach(accounts: &[&str]) -> Reach {
        Reach {
            accounts: accounts.iter().map(|&account| account.to_owned()).collect(),
            regions: ["us-east-1".to_owned()].into(),
            first_event: at("2026-09-01T00:00:00Z"),
            last_event: at("2026-09-07T00:00:00Z"),
            ..Reach::default()
        }
    }

    fn asked(flags: &[(&str, &str)]) -> Asked {
        flags
            .iter()
            .map(|(flag, values)| ((*flag).to_owned(), values.split(' ').map(str::to_owned).collect()))
            .collect()
    }

    #[test]
    fn what_was_not_read_can_be_older() {
        let (old, now) = (reach(&["1"]), reach(&["1", "2"]));
        let of = |account| Sighting { account, ..Sighting::default() };
        assert_eq!(old.blind_to(&of("1"), &now), None);
        assert!(old.blind_to(&of("2"), &now).is_some());
        // A stranger's calls are in the logs of those whom it calls.
        assert!(old.blind_to(&of("9"), &now).is_some());
        assert_eq!(old.blind_to(&of("9"), &reach(&["1"])), None);
        let in_region = |region| Sighting { regions: vec![region], ..of("1") };
        assert_eq!(old.blind_to(&in_region("us-east-1"), &now), None);
        assert!(old.blind_to(&in_region("eu-west-1"), &now).is_some());
        let from = |time| Sighting { first_seen: at(time), ..of("1") };
        assert_eq!(old.blind_to(&from("2026-09-01T00:00:00Z"), &now), None);
        assert!(old.blind_to(&from("2026-08-31T23:59:59Z"), &now).is_some());
        let of_state = Sighting { is_of_state: true, ..of("1") };
        assert!(old.blind_to(&of_state, &now).is_some());
        let with_state = Reach { state_accounts: ["1".to_owned()].into(), ..old };
        assert_eq!(with_state.blind_to(&of_state, &now), None);
    }

    #[test]
    fn a_filter_is_narrower_where_it_lets_less_through() {
        let with = |flags: &[(&str, &str)]| Reach { asked: asked(flags), ..reach(&["1"]) };
        let narrower = |a: &[(&str, &str)], b: &[(&str, &str)]| with(a).narrower_than(&with(b));
        assert_eq!(narrower(&[], &[("event", "A")]), None);
        assert_eq!(narrower(&[("event", "A")], &[]).as_deref(), Some("--event A"));
        assert_eq!(narrower(&[("event", "A")], &[("event", "A")]), None);
        assert_eq!(narrower(&[("event", "A B")], &[("event", "A")]), None);
        assert_eq!(narrower(&[("event", "A")], &[("event", "A B")]).as_deref(), Some("--event A"));
        assert_eq!(narrower(&[("account", "1")], &[]), None);
        assert_eq!(narrower(&[("min-events", "3")], &[]), None);
        let unnamed = Reach { events_filtered: 3, ..reach(&["1"]) };
        assert!(unnamed.narrower_than(&reach(&["1"])).is_some());
        assert_eq!(with(&[("min-events", "3")]).other_options(&with(&[("event", "A")])), ["--min-events"]);
    }
}
