//! Which events a unit holds, in two bytes each: enough to know that another unit shares none of them.

use crate::model::Day;
use crate::rollup::bytes::{Bytes, put, unzigzag, zigzag};
use crate::scan::rollup::Ids;

/// An id is taken for another once in so many times. Units are then read together for nothing, and the answer is the same.
const ODDS: u32 = 13;

/// The events of a unit.
pub(super) struct Known {
    /// How many places there are.
    places: u64,
    /// The place of each event, sorted.
    all: Vec<u64>,
    /// Events of days before that of their delivery, by that day.
    late: Vec<(Day, u64)>,
}

impl Known {
    /// Whether some of these late events may be among those of `earlier`, which was delivered on `day`.
    pub fn may_share(&self, (day, earlier): (Day, &Self)) -> bool {
        let late = self.late.iter().take_while(|(of, _)| *of <= day);
        late.into_iter().any(|&(_, id)| earlier.all.binary_search(&place_of(id, earlier.places)).is_ok())
    }

    /// The day of the earliest event, where that is before the day of delivery.
    pub fn first_late(&self) -> Option<Day> {
        self.late.first().map(|&(day, _)| day)
    }

    /// The ids of a unit.
    pub fn new(ids: &Ids) -> Self {
        let places = (ids.all.len() as u64) << ODDS;
        let mut all: Vec<u64> = ids.all.iter().map(|&id| place_of(id, places)).collect();
        all.dedup();
        Self { places, all, late: ids.late.clone() }
    }

    /// As bytes.
    pub fn save(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put(&mut out, self.places);
        put(&mut out, self.all.len() as u64);
        let mut above = 0;
        for &place in &self.all {
            put(&mut out, place - above);
            above = place;
        }
        put(&mut out, self.late.len() as u64);
        let mut above = 0;
        for &(day, id) in &self.late {
            put(&mut out, zigzag(i64::from(day.0) - above));
            above = i64::from(day.0);
            out.extend_from_slice(&id.to_le_bytes());
        }
        out
    }

    /// Of bytes that were saved.
    pub fn load(bytes: &[u8]) -> Option<Self> {
        let mut bytes = Bytes(bytes);
        let (places, count) = (bytes.number()?, bytes.length()?);
        let mut all = Vec::with_capacity(count.min(bytes.0.len()));
        let mut above: u64 = 0;
        for _ in 0..count {
            above = above.checked_add(bytes.number()?)?;
            all.push(above);
        }
        let count = bytes.length()?;
        let mut late = Vec::with_capacity(count.min(bytes.0.len()));
        let mut above: i64 = 0;
        for _ in 0..count {
            above = above.checked_add(unzigzag(bytes.number()?))?;
            let id = u64::from_le_bytes(*bytes.take(8)?.first_chunk()?);
            late.push((Day(i32::try_from(above).ok()?), id));
        }
        bytes.0.is_empty().then_some(Self { places, all, late })
    }
}

/// The place of an id, in the order of ids.
fn place_of(id: u64, places: u64) -> u64 {
    ((u128::from(id) * u128::from(places)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sorted<T: Ord>(mut all: Vec<T>) -> Vec<T> {
        all.sort_unstable();
        all.dedup();
        all
    }

    proptest! {
        #[test]
        fn what_is_shared_is_always_told(
            earlier in prop::collection::vec(any::<u64>(), 0..200),
            late in prop::collection::vec((-3..3_i32, any::<u64>()), 0..20),
            copies in prop::collection::vec((any::<prop::sample::Index>(), -1..3_i32), 0..3),
        ) {
            let earlier = Ids { all: sorted(earlier), ..Ids::default() };
            let mut late: Vec<(Day, u64)> = late.into_iter().map(|(day, id)| (Day(day), id)).collect();
            if !earlier.all.is_empty() {
                late.extend(copies.iter().map(|(which, day)| (Day(*day), *which.get(&earlier.all))));
            }
            let late = Ids { late: sorted(late), ..Ids::default() };
            let truth = late.late.iter().any(|(day, id)| day.0 <= 1 && earlier.all.contains(id));
            let [earlier, late] = [earlier, late].map(|ids| Known::load(&Known::new(&ids).save()).expect("as it was saved"));
            prop_assert!(!truth || late.may_share((Day(1), &earlier)));
            prop_assert_eq!(late.first_late(), late.late.iter().map(|&(day, _)| day).min());
        }
    }

    #[test]
    fn what_is_not_shared_is_mostly_told() {
        let number = |number: u64| number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let earlier = Known::new(&Ids { all: sorted((0..2_000).map(number).collect()), ..Ids::default() });
        let shared = |id: u64| Known::new(&Ids { late: vec![(Day(0), number(id))], ..Ids::default() });
        let mistaken = (10_000..20_000).filter(|&id| shared(id).may_share((Day(0), &earlier))).count();
        assert!(mistaken < 20, "{mistaken} of 10,000");
        assert!(shared(7).may_share((Day(0), &earlier)));
        assert!(!shared(7).may_share((Day(-1), &earlier)), "an event is delivered after it was");
        assert!(earlier.save().len() < 2_000 * 5 / 2);
    }

    #[test]
    fn damaged_bytes_are_none() {
        let saved = Known::new(&Ids { all: vec![1, 1 << 40], late: vec![(Day(3), 1)], needs_others: false }).save();
        for cut in 0..saved.len() {
            assert!(Known::load(&saved[..cut]).is_none());
        }
    }
}
