//! How many secrets somebody asked for within 24 hours, of those that are new to it.
//!
//! Who would be accused without being guilty: an operator or agent that reads the same secrets every hour, a role that
//! deploys each night, containers and functions that start over and over. They read the same secrets again and again: a
//! secret that was read on [`DAYS`] days or in [`HOURS`] clock hours is one of a habit, and only the others count. Whoever
//! does something else each day and as much of it has a habit, too, from [`BULKS`] days on.

use std::collections::{BTreeMap, BTreeSet};

use super::reader::Secret;

/// Hours of a window.
const WINDOW: i32 = 24;

/// Days on which a secret is read that somebody reads all the time, and clock hours.
const DAYS: usize = 3;
const HOURS: usize = 6;

/// Days with as many secrets after which that is what somebody does.
pub(super) const BULKS: usize = 5;

/// The most secrets of any 24 hours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Peak<'a> {
    /// The secrets.
    pub secrets: BTreeSet<&'a str>,
    /// The first of these hours, since 1970.
    pub begin: i32,
}

/// Whether it is read all the time.
pub(super) fn is_habit(secret: &Secret) -> bool {
    let days: BTreeSet<i32> = secret.hours.iter().map(|hour| hour.div_euclid(WINDOW)).collect();
    days.len() >= DAYS || secret.hours.len() >= HOURS
}

/// The first of the fullest windows, of the secrets for which `holds` is true.
pub(super) fn peak<'a>(secrets: &BTreeMap<&'a str, Secret>, holds: impl Fn(&Secret) -> bool) -> Peak<'a> {
    let mut reads: Vec<(i32, &'a str)> = Vec::new();
    for (name, secret) in secrets.iter().filter(|(_, secret)| holds(secret)) {
        reads.extend(secret.hours.iter().map(|&hour| (hour, *name)));
    }
    reads.sort_unstable();
    let (mut within, mut begin, mut best): (BTreeMap<&str, usize>, usize, (usize, i32)) = (BTreeMap::new(), 0, (0, 0));
    for &(hour, name) in &reads {
        *within.entry(name).or_default() += 1;
        while reads[begin].0 <= hour - WINDOW {
            if let Some(count) = within.get_mut(reads[begin].1) {
                *count -= 1;
                if *count == 0 {
                    within.remove(reads[begin].1);
                }
            }
            begin += 1;
        }
        if within.len() > best.0 {
            best = (within.len(), reads[begin].0);
        }
    }
    let begin = best.1;
    let is_within = |hour: i32| (begin..begin + WINDOW).contains(&hour);
    let secrets = reads.into_iter().filter(|(hour, _)| is_within(*hour)).map(|(_, name)| name).collect();
    Peak { secrets, begin }
}

/// The UTC days on which at least so many secrets were asked for.
pub(super) fn days_with(secrets: &BTreeMap<&str, Secret>, least: usize) -> usize {
    let mut by_day: BTreeMap<i32, usize> = BTreeMap::new();
    for secret in secrets.values() {
        let days: BTreeSet<i32> = secret.hours.iter().map(|hour| hour.div_euclid(WINDOW)).collect();
        days.into_iter().for_each(|day| *by_day.entry(day).or_default() += 1);
    }
    by_day.values().filter(|count| **count >= least).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(hours: &[i32]) -> Secret {
        Secret { hours: hours.iter().copied().collect(), ..Secret::default() }
    }

    #[test]
    fn a_habit_is_days_or_hours() {
        assert!(is_habit(&secret(&[0, 24, 48])));
        assert!(is_habit(&secret(&[0, 1, 2, 3, 4, 5])));
        assert!(!is_habit(&secret(&[0, 1, 2, 3, 4])));
        assert!(!is_habit(&secret(&[23, 24, 25, 47])), "two days");
    }

    #[test]
    fn a_window_is_24_hours_wherever_it_begins() {
        let secrets: BTreeMap<&str, Secret> =
            [("a", secret(&[20])), ("b", secret(&[43])), ("c", secret(&[44])), ("d", secret(&[100]))].into();
        let found = peak(&secrets, |_| true);
        assert_eq!((found.secrets, found.begin), (["a", "b"].into(), 20));
        let found = peak(&secrets, |secret| !secret.hours.contains(&20));
        assert_eq!((found.secrets, found.begin), (["b", "c"].into(), 43));
        assert_eq!(peak(&secrets, |_| false), Peak::default());
    }

    #[test]
    fn days_are_counted_by_what_was_read() {
        let secrets: BTreeMap<&str, Secret> =
            [("a", secret(&[0, 24])), ("b", secret(&[1, 2, 30])), ("c", secret(&[60]))].into();
        assert_eq!([1, 2, 3].map(|least| days_with(&secrets, least)), [3, 2, 0]);
    }
}
