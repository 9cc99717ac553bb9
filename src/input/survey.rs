//! What a scan would read: how much lies where. Nothing is opened.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use walkdir::WalkDir;

use super::list::list;
use super::object::printable;
use super::{Arrivals, DayRange, Input, KeyKind, Listing, LogKey, LogObject};
use crate::model::Day;

/// How much there is to read, and where. Surveys of several sources add up.
#[derive(Debug, Default)]
pub struct Survey {
    /// What would be read.
    pub spots: BTreeMap<Spot, Amount>,
    /// What would not be read though the window holds it, by kind: digests, archived objects.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Listing requests that were sent, repeats included.
    pub list_requests: u64,
    /// Files on disk.
    pub listing: Listing,
    /// What was met in S3 beside the objects.
    pub arrivals: Arrivals,
}

/// Where objects lie: an input, and the account and region of the keys, empty where they do not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The input, as the user names it.
    pub place: String,
    /// The account whose folder it is.
    pub account_id: String,
    /// The region whose folder it is.
    pub region: String,
}

/// How much lies there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// The delivery days of the keys.
    pub days: BTreeSet<Day>,
    /// Objects.
    pub objects: u64,
    /// Their bytes, as they lie there.
    pub bytes: u64,
    /// Requests that fetch them; none on disk.
    pub get_requests: u64,
}

impl Survey {
    /// What `inputs` hold on disk of the delivery days `read`. A stop ends it early.
    pub fn of_disk(inputs: &[Input], read: DayRange, stop: &AtomicBool) -> Self {
        let mut survey = Self::default();
        for input in inputs {
            let place = match input {
                Input::Path(path) => printable(path.as_os_str()),
                Input::Stdin => "-".to_owned(),
                Input::S3(_) => continue,
            };
            let listing = list(std::slice::from_ref(input), read, stop);
            for object in &listing.objects {
                survey.file(&place, object);
            }
            for folder in &listing.rollups {
                survey.rollup(&place, folder);
            }
            survey.listing.extend(listing);
        }
        survey
    }

    fn file(&mut self, place: &str, object: &LogObject) {
        let key = object.key();
        match key.as_ref().and_then(|key| key.kind.skipped_as()) {
            Some(kind) => self.skip(kind),
            None => self.add(place, key.as_ref(), object.size().unwrap_or(0), 0),
        }
    }

    /// Adds the files of a rollup.
    fn rollup(&mut self, place: &str, folder: &Path) {
        let files = WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_file());
        for file in files {
            self.add(place, None, file.metadata().map_or(0, |metadata| metadata.len()), 0);
        }
    }

    /// Adds an object of so many bytes that takes so many requests.
    pub(super) fn add(&mut self, place: &str, key: Option<&LogKey>, bytes: u64, get_requests: u64) {
        let key = key.filter(|key| key.in_layout && key.kind == KeyKind::CloudTrail);
        let text = |of: fn(&LogKey) -> &String| key.map(of).cloned().unwrap_or_default();
        let spot =
            Spot { place: place.to_owned(), account_id: text(|key| &key.account_id), region: text(|key| &key.region) };
        let amount = self.spots.entry(spot).or_default();
        amount.days.extend(key.map(|key| key.day));
        amount.objects += 1;
        amount.bytes += bytes;
        amount.get_requests += get_requests;
    }

    /// Counts an object that would not be read.
    pub(super) fn skip(&mut self, kind: &'static str) {
        *self.skipped.entry(kind).or_default() += 1;
    }

    /// Takes in what was found in S3.
    pub fn add_s3(&mut self, other: Self) {
        self.spots.extend(other.spots);
        for (kind, count) in other.skipped {
            *self.skipped.entry(kind).or_default() += count;
        }
        self.list_requests += other.list_requests;
        self.arrivals = other.arrivals;
    }

    /// All of it.
    pub fn total(&self) -> Amount {
        let mut total = Amount::default();
        for amount in self.spots.values() {
            total.days.extend(&amount.days);
            total.objects += amount.objects;
            total.bytes += amount.bytes;
            total.get_requests += amount.get_requests;
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_counted_where_they_lie() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, bytes: usize| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, vec![b' '; bytes]).unwrap();
        };
        let folder = "AWSLogs/111122223333/CloudTrail/us-east-1/2023/07";
        write(&format!("{folder}/09/111122223333_CloudTrail_us-east-1_20230709T1140Z_a.json.gz"), 10);
        write(&format!("{folder}/09/111122223333_CloudTrail_us-east-1_20230709T1145Z_b.json.gz"), 20);
        write(&format!("{folder}/10/111122223333_CloudTrail_us-east-1_20230710T1140Z_c.json.gz"), 30);
        write(&format!("{folder}/11/111122223333_CloudTrail_us-east-1_20230711T1140Z_d.json.gz"), 40);
        write("AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2023/07/10/e.json.gz", 50);
        write("other.json", 60);
        let inputs = [Input::Path(root.path().into())];
        let days = DayRange { first: Day::from_ymd(2023, 7, 9), last: Day::from_ymd(2023, 7, 10) };
        let survey = Survey::of_disk(&inputs, days, &AtomicBool::new(false));
        let found: Vec<_> = survey
            .spots
            .iter()
            .map(|(spot, amount)| (&*spot.account_id, &*spot.region, amount.days.len(), amount.objects, amount.bytes))
            .collect();
        assert_eq!(found, [("", "", 0, 1, 60), ("111122223333", "us-east-1", 2, 3, 60)]);
        assert_eq!(survey.skipped, BTreeMap::from([("digest", 1)]));
        assert_eq!((survey.listing.pruned.objects, survey.total().objects, survey.total().bytes), (1, 4, 120));
    }
}
