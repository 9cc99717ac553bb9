//! Which events a part of the logs holds: what is needed to know whether another part holds copies of them.
//!
//! CloudTrail delivers an event more than once now and then, mostly within minutes. A copy on a later day of delivery is
//! then an event of an earlier day there, which few are; these are looked for among all that the earlier days hold.

use sha2::{Digest, Sha256};

use crate::model::{Day, Event};

/// The events of one account and day of delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    /// A number of each event, sorted: the same for the same eventID in any process.
    pub all: Vec<u64>,
    /// Those of an earlier day than that of their delivery, with that day, sorted.
    pub late: Vec<(Day, u64)>,
    /// Whether it holds what only a look at all of the logs can judge: events of another account or of a day to come, and
    /// updates of events that it does not hold.
    pub needs_others: bool,
}

impl Ids {
    /// Notes an event of an object that was delivered to that account on that day.
    pub(super) fn note(&mut self, event: &Event<'_>, place: Option<(&str, Day)>) {
        if event.event_id.is_empty() {
            return;
        }
        let number = number_of(event.event_id);
        self.all.push(number);
        let (Some((account, delivered)), Some(time)) = (place, event.event_time) else { return };
        let day = time.day();
        self.needs_others |= day > delivered || account != event.account_id();
        if day < delivered {
            self.late.push((day, number));
        }
    }

    /// Whether an event with that id is among them; before [`settle`](Self::settle).
    pub(super) fn has(&self, event_id: &str) -> bool {
        self.all.contains(&number_of(event_id))
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.all.extend(other.all);
        self.late.extend(other.late);
        self.needs_others |= other.needs_others;
    }

    /// Puts them in order, each once.
    pub(super) fn settle(&mut self) {
        self.all.sort_unstable();
        self.all.dedup();
        self.late.sort_unstable();
        self.late.dedup();
    }
}

/// The first 64 bits of an eventID, which is a UUID; of any other text, of its SHA-256.
fn number_of(event_id: &str) -> u64 {
    uuid(event_id).unwrap_or_else(|| {
        let digest = Sha256::digest(event_id.as_bytes());
        digest.first_chunk().map_or(0, |&first| u64::from_be_bytes(first))
    })
}

fn uuid(text: &str) -> Option<u64> {
    let digits = text.bytes().filter(|&byte| byte != b'-');
    let digit = |number: u64, byte: u8| Some(number << 4 | u64::from(char::from(byte).to_digit(16)?));
    let is_uuid = text.len() == 36 && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    if is_uuid { digits.take(16).try_fold(0, digit) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EventTime, UserIdentity, testing};

    #[test]
    fn an_id_is_a_number_whatever_it_looks_like() {
        let id = "0123abcd-4567-89AB-cdef-000000000000";
        assert_eq!(number_of(id), 0x0123_abcd_4567_89ab);
        let others = ["", "a", "0123abcd-4567-89AB-cdef-00000000000g", "----0123abcd-4567-89AB-cdef-0000000-----"];
        let mut numbers: Vec<u64> = others.iter().map(|id| number_of(id)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), others.len());
    }

    #[test]
    fn what_needs_others_is_told() {
        let identity = UserIdentity::default();
        let base = Event { event_id: "0123abcd-4567-89ab-cdef-000000000000", ..testing::event(&identity) };
        let time = base.event_time.expect("a time");
        let place = |days: i32| Some((base.account_id(), Day(time.day().0 + days)));
        let noted = |event: &Event<'_>, place: Option<(&str, Day)>| {
            let mut ids = Ids::default();
            ids.note(event, place);
            (ids.all.len(), ids.late.len(), ids.needs_others)
        };
        assert_eq!(noted(&base, place(0)), (1, 0, false));
        assert_eq!(noted(&base, place(1)), (1, 1, false));
        assert_eq!(noted(&base, place(-1)), (1, 0, true), "delivered before it was");
        assert_eq!(noted(&Event { recipient_account_id: "999999999999", ..base }, place(0)), (1, 0, true));
        assert_eq!(noted(&Event { event_id: "", ..base }, place(1)), (0, 0, false), "never a copy");
        assert_eq!(noted(&Event { event_time: Some(EventTime(0)), ..base }, place(0)), (1, 1, false));
    }
}
