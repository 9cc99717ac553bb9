//! The UTC clock hours in which something was seen, a bit an hour.

use crate::model::{Day, EventTime, Hour};

const BITS: i32 = 64;

/// An exact set of clock hours. Memory is one bit for each hour between the first and the last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HourSet {
    /// Number of the first word: hours `first_word * 64 ..`.
    first_word: i32,
    words: Vec<u64>,
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
        for (i, &bits) in other.words.iter().enumerate().filter(|(_, bits)| **bits != 0) {
            *self.word_at(other.first_word + i as i32) |= bits;
        }
    }

    /// The hours, earliest first.
    pub fn iter(&self) -> impl Iterator<Item = Hour> + '_ {
        self.words.iter().enumerate().flat_map(move |(i, &bits)| {
            let base = (self.first_word + i as i32) * BITS;
            (0..BITS).filter(move |b| bits >> b & 1 == 1).map(move |b| Hour(base + b))
        })
    }

    /// Whether `hour` is in.
    pub fn contains(&self, hour: Hour) -> bool {
        let word = usize::try_from(hour.0.div_euclid(BITS) - self.first_word).ok().and_then(|i| self.words.get(i));
        word.is_some_and(|bits| bits >> hour.0.rem_euclid(BITS) & 1 == 1)
    }

    /// The distinct days these hours lie in, earliest first.
    pub fn days(&self) -> Vec<Day> {
        let mut days: Vec<Day> = self.iter().map(|hour| Day(hour.0.div_euclid(24))).collect();
        days.dedup();
        days
    }

    fn word_at(&mut self, number: i32) -> &mut u64 {
        if self.words.is_empty() {
            self.first_word = number;
        }
        if number < self.first_word {
            let missing = (self.first_word - number) as usize;
            self.words.splice(0..0, std::iter::repeat_n(0, missing));
            self.first_word = number;
        }
        let index = (number - self.first_word) as usize;
        if index >= self.words.len() {
            self.words.resize(index + 1, 0);
        }
        &mut self.words[index]
    }
}
