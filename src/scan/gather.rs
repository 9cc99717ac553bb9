//! Gathering a coverage: what workers, the listing and a source add to it.

use std::collections::BTreeMap;

use crate::coverage::{CoverageFacts, Failure, ProofBasis};
use crate::input::{Arrivals, Listing, ListingFailure, LogObject, Pruned};
use crate::model::{EventTime, is_account_id};

impl CoverageFacts {
    /// Adds the objects that a worker has seen.
    pub(super) fn add_objects(&mut self, other: Self) {
        self.proof.add_unread(other.proof.unread);
        self.objects_found += other.objects_found;
        self.objects_read += other.objects_read;
        self.objects_damaged += other.objects_damaged;
        self.objects_failed += other.objects_failed;
        self.bytes_compressed += other.bytes_compressed;
        self.bytes_json += other.bytes_json;
        self.lossy_objects += other.lossy_objects;
        self.failures.extend(other.failures);
        if let Some(objects) = other.objects {
            self.objects.get_or_insert_default().extend(objects);
        }
        for (object, count) in other.broken_in {
            *self.broken_in.entry(object).or_default() += count;
        }
        for (kind, count) in other.objects_skipped {
            *self.objects_skipped.entry(kind).or_default() += count;
        }
    }

    /// Adds what an earlier scan covered.
    pub(super) fn add_kept(&mut self, other: Self) {
        self.events += other.events;
        self.events_in_window += other.events_in_window;
        self.events_out_of_window += other.events_out_of_window;
        self.events_without_time += other.events_without_time;
        self.events_unbelievable_time += other.events_unbelievable_time;
        self.events_filtered += other.events_filtered;
        self.events_counted += other.events_counted;
        self.duplicate_events += other.duplicate_events;
        self.updated_events += other.updated_events;
        self.late_events += other.late_events;
        self.read_only_events += other.read_only_events;
        self.conflicting_ids += other.conflicting_ids;
        self.aside_records += other.aside_records;
        self.malformed_records += other.malformed_records;
        self.broken_records += other.broken_records;
        self.ocsf.add(other.ocsf.clone());
        self.accounts.extend(other.accounts.iter().cloned());
        self.regions.extend(other.regions.iter().cloned());
        for (category, count) in &other.categories {
            *self.categories.entry(category.clone()).or_default() += count;
        }
        self.first_event = [self.first_event, other.first_event].into_iter().flatten().min();
        self.last_event = self.last_event.max(other.last_event);
        self.unbelieved_times = widest(self.unbelieved_times, other.unbelieved_times);
        let days = other.proof.recorded.iter();
        let days = days.flat_map(|(place, days)| days.iter().map(|(&day, &reads)| (place.clone(), day, reads)));
        self.proof.add_recorded(days);
        self.add_objects(other);
    }

    /// Adds what a stop left unread of all objects that were `listed`.
    pub(super) fn add_unreached(&mut self, listed: u64) {
        let unreached = listed.saturating_sub(self.objects_found);
        if unreached > 0 {
            self.objects_found += unreached;
            self.objects_skipped.insert("not-reached".to_owned(), unreached);
        }
    }

    /// Adds what the listing left out.
    pub(super) fn add_listing(&mut self, listing: &Listing) {
        self.add_left_out(&listing.skipped, &listing.pruned);
        self.objects_found += listing.failures.len() as u64;
        self.objects_failed += listing.failures.len() as u64;
        self.add_failures(&listing.failures);
    }

    /// Adds what a source left out.
    pub(super) fn add_arrivals(&mut self, arrivals: &Arrivals) {
        self.add_left_out(&arrivals.skipped, &arrivals.pruned);
    }

    /// Orders the failures: first the places that could not be listed, so that no number of objects hides one. Nothing
    /// is to fail after this.
    pub(super) fn settle_failures(&mut self, arrivals: &Arrivals) {
        let objects = std::mem::take(&mut self.failures);
        self.places_failed += arrivals.failures.len() as u64;
        self.add_failures(&arrivals.failures);
        self.failures.sort();
        self.failures.extend(objects);
        self.failures[self.places_failed as usize..].sort();
    }

    fn add_failures(&mut self, failures: &[ListingFailure]) {
        for failure in failures {
            self.proof.not_read(account_of_place(&failure.object));
            self.failures.push(Failure { object: failure.object.clone(), why: failure.why.clone() });
        }
    }

    fn add_left_out(&mut self, skipped: &BTreeMap<&'static str, u64>, pruned: &Pruned) {
        for (kind, count) in skipped {
            self.objects_found += count;
            *self.objects_skipped.entry((*kind).to_owned()).or_default() += count;
        }
        self.objects_found += pruned.objects;
        self.objects_pruned += pruned.objects;
    }
}

impl ProofBasis {
    /// Notes that something of an object was not read.
    pub(super) fn object_not_read(&mut self, object: &LogObject) {
        self.not_read(object.key().map(|key| key.account_id));
    }

    /// Notes that something of an account was not read; `None` where nobody knows of which.
    pub(super) fn not_read(&mut self, account: Option<String>) {
        *self.unread.entry(account.unwrap_or_default()).or_default() += 1;
    }

    pub(super) fn add_unread(&mut self, unread: BTreeMap<String, u64>) {
        for (account, count) in unread {
            *self.unread.entry(account).or_default() += count;
        }
    }
}

/// The span of both.
pub(super) fn widest(
    one: Option<(EventTime, EventTime)>,
    other: Option<(EventTime, EventTime)>,
) -> Option<(EventTime, EventTime)> {
    match (one, other) {
        (Some((first, last)), Some((earlier, later))) => Some((first.min(earlier), last.max(later))),
        (one, other) => one.or(other),
    }
}

/// The account whose folder a place lies in: `…/AWSLogs/[o-id/]ACCOUNT/…`.
pub(super) fn account_of_place(place: &str) -> Option<String> {
    let (_, below) = place.rsplit_once("AWSLogs/")?;
    below.split('/').take(2).find(|part| is_account_id(part)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_of_a_folder_that_cannot_be_listed() {
        let of = |place| account_of_place(place);
        let account = Some("111122223333".to_owned());
        assert_eq!(of("/logs/AWSLogs/111122223333/CloudTrail/eu-west-1"), account);
        assert_eq!(of("s3://b/AWSLogs/o-exampleorg/AWSLogs/o-exampleorg/111122223333/"), account);
        assert_eq!(of("AWSLogs/o-exampleorg"), None);
        assert_eq!(of("/logs/111122223333"), None);
    }
}
