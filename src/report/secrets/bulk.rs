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
    secret.hours.len() >= HOURS || days_of(secret).count() >= DAYS
}

/// The UTC days on which it was asked for, each once: hours come in order.
fn days_of(secret: &Secret) -> impl Iterator<Item = i32> {
    let mut last = None;
    secret.hours.iter().map(|hour| hour.div_euclid(WINDOW)).filter(move |&day| last.replace(day) != Some(day))
}

/// The first of the fullest windows, of the secrets for which `holds` is true.
pub(super) fn peak<'a>(secrets: &BTreeMap<&'a str, Secret>, holds: impl Fn(&Secret) -> bool) -> Peak<'a> {
    let held: Vec<(&&'a str, &Secret)> = secrets.iter().filter(|(_, secret)| holds(secret)).collect();
    // Secrets by their place among those that count.
    let mut reads: Vec<(i32, usize)> = Vec::new();
    for (place, (_, secret)) in held.iter().enumerate() {
        reads.extend(secret.hours.iter().map(|&hour| (hour, place)));
    }
    reads.sort_unstable();
    let (mut reads_within, mut secrets_within) = (vec![0_u32; held.len()], 0_usize);
    let (mut begin, mut best): (usize, (usize, i32)) = (0, (0, 0));
    for &(hour, place) in &reads {
        secrets_within += usize::from(reads_within[place] == 0);
        reads_within[place] += 1;
        while reads[begin].0 <= hour - WINDOW {
            let gone = &mut reads_within[reads[begin].1];
            *gone -= 1;
            secrets_within -= usize::from(*gone == 0);
            begin += 1;
        }
        if secrets_within > best.0 {
            best = (secrets_within, reads[begin].0);
        }
    }
    let begin = best.1;
    let is_within = |hour: i32| (begin..begin + WINDOW).contains(&hour);
    let secrets = reads.into_iter().filter(|(hour, _)| is_within(*hour)).map(|(_, place)| *held[place].0).collect();
    Peak { secrets, begin }
}

/// The UTC days on which at least so many secrets were asked for.
pub(super) fn days_with(secrets: &BTreeMap<&str, Secret>, least: usize) -> usize {
    let mut by_day: BTreeMap<i32, usize> = BTreeMap::new();
    for day in secrets.values().flat_map(days_of) {
        *by_day.entry(day).or_default() += 1;
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
