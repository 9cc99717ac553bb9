//! What the keys of objects say of deliveries: on which days each account and region delivered, which hours digests cover,
//! and whose logs lie under an organization's id. The same for files and for objects of S3.

use std::collections::{BTreeMap, BTreeSet};

use super::{KeyKind, LogKey};
use crate::model::Day;

/// The days on which each account and region delivered.
pub type DeliveryDays = BTreeMap<(String, String), BTreeSet<Day>>;

/// The ids of organizations under which the objects of each account lie; none of an account of which only that is known, as of
/// one that a rollup tells of.
///
/// CloudTrail names the folder, `AWSLogs/o-exampleorg/111122223333/`: no caller can. Source: CloudTrail user guide, "Finding
/// your CloudTrail log files".
pub type Organizations = BTreeMap<String, BTreeSet<String>>;

/// All clock hours of a day, a bit an hour.
const ALL_HOURS: u32 = (1 << 24) - 1;

/// What keys in AWSLogs layout say of deliveries. What several listings saw adds up.
#[derive(Clone, Debug, Default)]
pub struct Deliveries {
    /// Every account and region that was met, those included of which no object is read.
    days: DeliveryDays,
    /// The clock hours for which there is a digest: by its end, and by the moment before that.
    hours: BTreeMap<(String, String, Day), [u32; 2]>,
    of_organization: Organizations,
}

/// What the keys of objects show, all in all.
#[derive(Clone, Debug, Default)]
pub struct Delivered {
    /// The days on which each account and region delivered an object, or that digests cover.
    pub days: DeliveryDays,
    /// Those of them that digests cover and on which no object was delivered.
    pub quiet: DeliveryDays,
    /// The accounts whose objects lie under an organization's id.
    pub of_organization: Organizations,
}

/// What keys say of one account, region and day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryDay {
    /// The account and the region.
    pub place: (String, String),
    /// The day of delivery; `None` where no more is known than that the place logs.
    pub day: Option<Day>,
    /// Whether a log object was delivered.
    pub has_logs: bool,
    /// The clock hours that digests cover, a bit an hour: by their end, and by the moment before that.
    pub hours: [u32; 2],
    /// Whether the account's objects lie under an organization's id.
    pub of_organization: bool,
}

impl Deliveries {
    /// An account and region that is known to log.
    pub fn begin(&mut self, place: (String, String)) {
        self.days.entry(place).or_default();
    }

    /// An object that is read, or a digest; of other keys nothing is taken.
    ///
    /// CloudTrail writes a digest for each hour and region of a trail with validation, also when nothing happened: what a
    /// day of them leaves open is less than an hour after the last. Source: CloudTrail user guide, "Digest files".
    pub fn see(&mut self, key: LogKey) {
        let is_log = key.kind == KeyKind::CloudTrail;
        if !key.in_layout || !is_log && key.kind != KeyKind::Digest {
            return;
        }
        if let Some(id) = &key.organization_id
            && self.of_organization.get(&key.account_id).is_none_or(|ids| !ids.contains(id))
        {
            self.of_organization.entry(key.account_id.clone()).or_default().insert(id.clone());
        }
        // One that ends with an hour covers that hour; one that ends within it counts for it, too.
        let end = key.delivered.filter(|_| !is_log);
        for (way, moment) in end.into_iter().flat_map(|end| [end, end.plus_seconds(-1)]).enumerate() {
            let of_day = self.hours.entry((key.account_id.clone(), key.region.clone(), moment.day())).or_default();
            of_day[way] |= 1 << moment.hour().0.rem_euclid(24);
        }
        let days = self.days.entry((key.account_id, key.region)).or_default();
        if is_log {
            days.insert(key.day);
        }
    }

    /// Adds what another listing saw.
    pub fn merge(&mut self, other: Self) {
        for (place, days) in other.days {
            self.days.entry(place).or_default().extend(days);
        }
        for (place, [by_end, before]) in other.hours {
            let of_day = self.hours.entry(place).or_default();
            of_day[0] |= by_end;
            of_day[1] |= before;
        }
        for (account, ids) in other.of_organization {
            self.of_organization.entry(account).or_default().extend(ids);
        }
    }

    /// What is known of each account, region and day; without a day, the places that are known to log.
    pub fn known(&self) -> Vec<DeliveryDay> {
        let mut all: BTreeMap<(&str, &str, Option<Day>), DeliveryDay> = BTreeMap::new();
        let has_hours = |place: &(String, String)| {
            let from = (place.0.clone(), place.1.clone(), Day(i32::MIN));
            self.hours
                .range(from..)
                .next()
                .is_some_and(|((account, region, _), _)| (account, region) == (&place.0, &place.1))
        };
        for (place, days) in &self.days {
            let (account, region) = place;
            if days.is_empty() && !has_hours(place) {
                all.entry((account, region, None)).or_default();
            }
            for &day in days {
                all.entry((account, region, Some(day))).or_default().has_logs = true;
            }
        }
        for ((account, region, day), &hours) in &self.hours {
            all.entry((account, region, Some(*day))).or_default().hours = hours;
        }
        let named = all.into_iter().map(|((account, region, day), known)| DeliveryDay {
            place: (account.to_owned(), region.to_owned()),
            day,
            of_organization: self.of_organization.contains_key(account),
            ..known
        });
        named.collect()
    }

    /// Takes in what was known of one day.
    pub fn add(&mut self, known: DeliveryDay) {
        let DeliveryDay { place, day, has_logs, hours, of_organization } = known;
        if of_organization {
            self.of_organization.entry(place.0.clone()).or_default();
        }
        let Some(day) = day else { return self.begin(place) };
        if hours != [0; 2] {
            let of_day = self.hours.entry((place.0.clone(), place.1.clone(), day)).or_default();
            of_day.iter_mut().zip(hours).for_each(|(ours, theirs)| *ours |= theirs);
        }
        let days = self.days.entry(place).or_default();
        if has_logs {
            days.insert(day);
        }
    }

    /// What all of it shows.
    pub fn into_days(self) -> Delivered {
        let Self { mut days, hours, of_organization } = self;
        let mut quiet = DeliveryDays::new();
        for ((account, region, day), _) in hours.into_iter().filter(|(_, hours)| hours.contains(&ALL_HOURS)) {
            let place = (account, region);
            if days.entry(place.clone()).or_default().insert(day) {
                quiet.entry(place).or_default().insert(day);
            }
        }
        Delivered { days, quiet, of_organization }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EventTime;

    fn key(kind: KeyKind, delivered: EventTime) -> LogKey {
        LogKey {
            account_id: "111122223333".into(),
            region: "eu-west-1".into(),
            kind,
            day: delivered.day(),
            organization_id: None,
            delivered: Some(delivered),
            in_layout: true,
        }
    }

    /// The days of the one place of these keys.
    fn days_of(keys: impl IntoIterator<Item = LogKey>) -> BTreeSet<Day> {
        let mut seen = Deliveries::default();
        keys.into_iter().for_each(|key| seen.see(key));
        seen.into_days().days.into_values().next().unwrap_or_default()
    }

    /// Keys of digests, one for each hour of a day.
    fn digests(end: impl Fn(i64) -> EventTime) -> Vec<LogKey> {
        (0..24).map(|hour| key(KeyKind::Digest, end(hour))).collect()
    }

    /// The days of one place, by keys of log objects and of digests that end at these hours.
    fn days(logs: &[i32], digests: &[(i32, std::ops::Range<i64>)]) -> BTreeSet<Day> {
        let logs = logs.iter().map(|&day| key(KeyKind::CloudTrail, Day(day).start()));
        let ends = digests
            .iter()
            .flat_map(|(day, hours)| hours.clone().map(|hour| Day(*day).start().plus_seconds(hour * 3600 + 2520)));
        days_of(logs.chain(ends.map(|end| key(KeyKind::Digest, end))))
    }

    #[test]
    fn digests_of_all_hours_make_a_day_quiet() {
        assert_eq!(days(&[1], &[(2, 0..24)]), BTreeSet::from([Day(1), Day(2)]));
        assert_eq!(days(&[1], &[(2, 0..23)]), BTreeSet::from([Day(1)]), "an hour is missing");
        assert_eq!(days(&[], &[(2, 12..24), (3, 0..12)]), BTreeSet::new(), "two halves are no day");
        let on_the_hour = digests(|hour| Day(2).start().plus_seconds((hour + 1) * 3600));
        assert_eq!(days_of(on_the_hour), BTreeSet::from([Day(2)]));
    }

    #[test]
    fn what_two_listings_saw_adds_up() {
        let all = digests(|hour| Day(2).start().plus_seconds(hour * 3600 + 2520));
        let [mut first, mut second] = [Deliveries::default(), Deliveries::default()];
        for (number, key) in all.into_iter().enumerate() {
            if number % 3 == 0 { first.see(key) } else { second.see(key) }
        }
        second.see(LogKey { organization_id: Some("o-exampleorg".into()), ..key(KeyKind::CloudTrail, Day(5).start()) });
        first.merge(second);
        let Delivered { days, quiet, of_organization } = first.into_days();
        assert_eq!(quiet.into_values().collect::<Vec<_>>(), [BTreeSet::from([Day(2)])]);
        assert_eq!(days.into_values().collect::<Vec<_>>(), [BTreeSet::from([Day(2), Day(5)])]);
        let of = |ids: &[&str]| {
            let ids = ids.iter().map(|id| (*id).to_owned()).collect();
            Organizations::from([("111122223333".to_owned(), ids)])
        };
        assert_eq!(of_organization, of(&["o-exampleorg"]));
        let mut both = Deliveries::default();
        for id in ["o-exampleorg", "o-another"] {
            let mut one = Deliveries::default();
            one.see(LogKey { organization_id: Some(id.into()), ..key(KeyKind::CloudTrail, Day(5).start()) });
            both.merge(one);
        }
        let mut saved = Deliveries::default();
        both.known().into_iter().for_each(|day| saved.add(day));
        assert_eq!(saved.into_days().of_organization, of(&[]), "a rollup does not keep the ids");
        assert_eq!(both.into_days().of_organization, of(&["o-another", "o-exampleorg"]));
    }
}
