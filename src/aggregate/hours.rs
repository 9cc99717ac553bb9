//! The UTC clock hours in which something was seen, a bit an hour.

use crate::model::{Day, EventTime, Hour};

const BITS: i32 = 64;

/// An exact set of clock hours. Memory is 16 bytes for each stretch of 64 hours with one that is in, however far apart
/// they lie: a time of another century costs no more than one of yesterday.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HourSet {
    /// The stretches by their numbers, hours `number * 64 ..`, and a bit for each hour; none is empty.
    words: Vec<(i32, u64)>,
}

impl HourSet {
    /// Puts the hour of `time` in.
    pub fn see(&mut self, time: EventTime) {
        self.insert(time.hour());
    }

    /// Puts `hour` in.
    pub fn insert(&mut self, hour: Hour) {
        let bit = 1 << hour.0.rem_euclid(BITS);
        *self.word_at(hour.0.div_euclid(BITS)) |= bit;
    }

    /// Puts all of `other` in.
    pub fn merge(&mut self, other: &Self) {
        for &(number, bits) in &other.words {
            *self.word_at(number) |= bits;
        }
    }

    /// The hours, earliest first.
    pub fn iter(&self) -> impl Iterator<Item = Hour> + '_ {
        self.words.iter().flat_map(|&(number, bits)| {
            let left = std::iter::successors(Some(bits), |left| Some(left & left.wrapping_sub(1)));
            let left = left.take_while(|left| *left != 0);
            left.map(move |left| Hour(number * BITS + left.trailing_zeros().cast_signed()))
        })
    }

    /// Whether `hour` is in.
    pub fn contains(&self, hour: Hour) -> bool {
        let bits = self.place(hour.0.div_euclid(BITS)).map_or(0, |place| self.words[place].1);
        bits >> hour.0.rem_euclid(BITS) & 1 == 1
    }

    /// The distinct days these hours lie in, earliest first.
    pub fn days(&self) -> Vec<Day> {
        let mut days: Vec<Day> = self.iter().map(|hour| Day(hour.0.div_euclid(24))).collect();
        days.dedup();
        days
    }

    fn word_at(&mut self, number: i32) -> &mut u64 {
        let place = self.place(number).unwrap_or_else(|place| {
            self.words.insert(place, (number, 0));
            place
        });
        &mut self.words[place].1
    }

    /// Where the stretch of that number is, or would be. Records come mostly by time: the last is looked at first.
    fn place(&self, number: i32) -> Result<usize, usize> {
        match self.words.last() {
            Some((last, _)) if *last == number => Ok(self.words.len() - 1),
            Some((last, _)) if *last < number => Err(self.words.len()),
            _ => self.words.binary_search_by_key(&number, |(number, _)| *number),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_year_1_beside_9999_costs_two_words() {
        let mut hours = HourSet::default();
        for text in ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"] {
            hours.see(EventTime::parse(text).expect("a time"));
        }
        assert_eq!(hours.words.len(), 2);
        assert_eq!(hours.days().iter().map(Day::to_string).collect::<Vec<_>>(), ["0001-01-01", "9999-12-31"]);
    }

    proptest! {
        #[test]
        fn it_is_a_set_whatever_the_order_and_the_split(
            hours in proptest::collection::vec(prop_oneof![-200..200i32, any::<i32>()], 0..60), at in any::<prop::sample::Index>(),
        ) {
            let of = |hours: &[i32]| {
                let mut set = HourSet::default();
                hours.iter().for_each(|hour| set.insert(Hour(*hour)));
                set
            };
            let (one, other) = hours.split_at(at.index(hours.len() + 1));
            let mut merged = of(other);
            merged.merge(&of(one));
            prop_assert_eq!(&merged, &of(&hours));
            let distinct: BTreeSet<i32> = hours.iter().copied().collect();
            prop_assert_eq!(merged.iter().map(|hour| hour.0).collect::<Vec<_>>(), distinct.into_iter().collect::<Vec<_>>());
            prop_assert!(hours.iter().all(|hour| merged.contains(Hour(*hour))));
            prop_assert!(!merged.contains(Hour(300)) || hours.contains(&300));
        }
    }
}
