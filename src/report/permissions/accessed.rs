//! What IAM says of the services that a user or role used last, beside what logs show.

use std::collections::{BTreeMap, BTreeSet};

use super::subject::Done;
use crate::model::{Day, EventTime};
use crate::posture::{Account, ServicesAccessed};

/// When services were accessed last, where IAM's state tells.
#[derive(Default)]
pub(super) struct Accessed<'a> {
    services: Option<&'a ServicesAccessed>,
    /// Services that IAM saw accessed within the days of logs that count, and of which these have no call: the logs lack
    /// something, or they are data events.
    unexplained: BTreeMap<&'a str, EventTime>,
}

impl<'a> Accessed<'a> {
    /// Of one, beside what it did on these days.
    pub(super) fn of(done: &Done, account: Option<&'a Account>, days: Option<(Day, Day)>) -> Self {
        let of_account = account.and_then(|account| account.last_accessed.as_ref());
        let Some(services) = of_account.and_then(|part| part.value.0.get(&done.arn)) else { return Self::default() };
        let called: BTreeSet<&str> = done.asked.keys().filter_map(|action| Some(action.split_once(':')?.0)).collect();
        let is_within = |time: EventTime| days.is_some_and(|(first, last)| (first..=last).contains(&time.day()));
        let all = services.0.iter().filter_map(|(service, time)| Some((service.as_str(), (*time)?)));
        let unexplained = all.filter(|(service, time)| is_within(*time) && !called.contains(service)).collect();
        Self { services: Some(services), unexplained }
    }

    /// When the service of an action, or of a pattern that names one, was accessed last: the time, or `never`.
    pub(super) fn of_action(&self, action: &str) -> Option<String> {
        let service = action.split_once(':')?.0.to_ascii_lowercase();
        let time = self.services?.0.get(&service)?;
        Some(time.map_or_else(|| "never".to_owned(), |time| time.to_string()))
    }

    /// Whether IAM's state tells it of this one.
    pub(super) fn tells(&self) -> bool {
        self.services.is_some()
    }

    /// When IAM saw any service accessed last, denied or not.
    pub(super) fn last(&self) -> Option<EventTime> {
        self.services?.0.values().filter_map(|time| *time).max()
    }

    /// When IAM saw a service accessed of which the logs of that day have no call.
    pub(super) fn unexplained(&self, service: &str) -> Option<EventTime> {
        self.unexplained.get(service).copied()
    }
}
