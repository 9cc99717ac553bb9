//! `coverage`: which days each account and region delivered, and which not.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::columns;
use super::scorecard::regions;
use super::{Answer, Form, Report, StateUse, View};
use crate::integrity::{Standing, Verified, What};
use crate::model::{Day, grouped, quantity};

/// The report.
pub static REPORT: Report = Report {
    name: "coverage",
    summary: "Which days each account and region delivered, and which are missing",
    about: ABOUT,
    columns: COLUMNS,
    key: &["account_id", "region"],
    needs: &[],
    options: &[],
    texts: &[],
    rules: &[],
    argument: None,
    state: StateUse::BesideLogs,
    examples: &[
        "trailscan coverage --days 90 s3://BUCKET/AWSLogs/",
        "trailscan coverage --enabled-regions 111122223333=regions.json ./AWSLogs",
        "trailscan coverage --all --format csv --output days.csv ./AWSLogs",
        "trailscan coverage --days 7 --public-keys keys/ ./AWSLogs",
    ],
    form: Form::Rows,
    charts: None,
    answer,
};

const ABOUT: &str = "\
Lists logs and digests, opens none of them, and says for each account and region which whole UTC days of the window there \
is something of. A row is a region of an account:

  silent      nothing was delivered in the window; only of regions that a list of enabled regions names
              (--enabled-regions, --iam-dir), and of places that delivered before it or after it
  missing     some days have neither a log object nor digests that cover them
  unverified  all days are there; digests do not prove some of them (only with --public-keys)
  whole       all days are there

A day counts by its delivery, as its folder names it. It is quiet where no log object was delivered and CloudTrail's digests \
cover all 24 hours: CloudTrail writes them for each hour and region of a trail with validation, also where nothing happened. \
Without digests a day on which nothing happened cannot be told from one whose objects were deleted.

With --public-keys all logs and digests are read and verified, as verify does. Then `unverified` and `late` are known: days \
with an object or hours that are altered, missing, unlisted or not proven, and days of which events were delivered more than an \
hour later, as digests say.

`calendar` has a character for each day of the window: # delivered, - quiet, . missing, ! not verified.

What it proves: objects of these names are there. What it does not: that they hold what CloudTrail delivered (verify), that \
the trail recorded all there was (logging), or that a region without a row is off.

Exit code: 0 when all days of all rows are there; 3 when some are missing, something could not be listed, or --public-keys was \
given and not all is verified.

Rows with the most missing days come first, then by account and region.";

columns! {
    const COLUMNS;
    fn cells(row: &Row<'_>) {}

    account_id("account_id", "The account.") => row.account,
    text("region", "The region.") => row.region,
    verdict("state", "How its days stand: silent, missing, unverified or whole.") => row.state(),
    count("delivered", "Days with a log object.").unit("days") => row.delivered().count(),
    count("quiet", "Days without a log object that digests cover.").unit("days").second() => row.quiet.len(),
    count("missing", "Days with neither.").unit("days") => row.missing.len(),
    text("calendar", "A character a day: # delivered, - quiet, . missing, ! not verified.").second() => row.calendar(),
    list("missing_days", "The missing days: 2026-09-03, or 2026-09-03..2026-09-05.").third() => runs(&row.missing),
    count("unverified", "Days that digests do not prove; null without --public-keys.").unit("days").last()
        => row.unverified.as_ref().map(BTreeSet::len),
    count("late", "Days of which events came more than an hour later; null without --public-keys.").unit("days").last()
        => row.late.as_ref().map(BTreeSet::len),
    day("from", "The first day of the window.").last() => Some(row.window.0),
    day("until", "The last day of the window.").last() => Some(row.window.1),
    list("quiet_days", "The quiet days.").asked() => runs(&row.quiet),
    list("unverified_days", "The days that are not verified.").asked()
        => row.unverified.as_ref().map(runs).unwrap_or_default(),
    list("late_days", "The days of which events came late.").asked()
        => row.late.as_ref().map(runs).unwrap_or_default(),
}

/// The days of one account and region.
struct Row<'a> {
    account: &'a str,
    region: &'a str,
    /// The first and the last day that are looked at.
    window: (Day, Day),
    /// Days with a log object or digests.
    there: BTreeSet<Day>,
    quiet: BTreeSet<Day>,
    missing: BTreeSet<Day>,
    /// Known where digests were asked.
    unverified: Option<BTreeSet<Day>>,
    late: Option<BTreeSet<Day>>,
}

impl Row<'_> {
    fn state(&self) -> &'static str {
        match () {
            () if self.there.is_empty() => "silent",
            () if !self.missing.is_empty() => "missing",
            () if self.unverified.as_ref().is_some_and(|days| !days.is_empty()) => "unverified",
            () => "whole",
        }
    }

    fn delivered(&self) -> impl Iterator<Item = &Day> {
        self.there.difference(&self.quiet)
    }

    fn calendar(&self) -> String {
        let of = |day: Day| match () {
            () if self.missing.contains(&day) => '.',
            () if self.unverified.as_ref().is_some_and(|days| days.contains(&day)) => '!',
            () if self.quiet.contains(&day) => '-',
            () => '#',
        };
        days(self.window).map(of).collect()
    }
}

fn answer(view: &View<'_>) -> Answer {
    let empty = || Answer { columns: COLUMNS.to_vec(), ..Answer::default() };
    let Some(logs) = view.logs else { return empty() };
    let Some(window) = logs.whole_days else {
        let why = match logs.regions.is_empty() {
            true => "no name of an object tells its account, region and day (AWSLogs layout)",
            false => "no whole UTC day lies in the window",
        };
        return Answer { hidden: Some(why.to_owned()), ..empty() };
    };
    let open = view.verified.map(|verified| open_days(verified, window));
    let listed = |account: &str| {
        let enabled = regions::of(account, logs, view.posture);
        if enabled.is_listed { enabled.regions } else { BTreeSet::new() }
    };
    let accounts = || {
        let of_state = view.posture.into_iter().flat_map(|posture| posture.accounts.keys());
        logs.regions.keys().chain(of_state).map(String::as_str).collect::<BTreeSet<&str>>()
    };
    let places: BTreeSet<(String, String)> = accounts()
        .into_iter()
        .flat_map(|account| {
            let delivered = logs.regions.get(account).into_iter().flatten().cloned();
            delivered.chain(listed(account)).map(move |region| (account.to_owned(), region))
        })
        .collect();
    let within = |of: &BTreeMap<(String, String), BTreeSet<Day>>, place: &(String, String)| -> BTreeSet<Day> {
        let days = of.get(place).into_iter().flatten().copied();
        days.filter(|day| (window.0..=window.1).contains(day)).collect()
    };
    let mut rows: Vec<Row<'_>> = places
        .iter()
        .map(|place| {
            let there = within(&logs.days, place);
            Row {
                account: &place.0,
                region: &place.1,
                window,
                quiet: within(&logs.quiet, place),
                missing: days(window).filter(|day| !there.contains(day)).collect(),
                there,
                unverified: open.as_ref().map(|open| within(open, place)),
                late: view.verified.map(|verified| within(&verified.late, place)),
            }
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.missing.len(), row.unverified.as_ref().map(BTreeSet::len))));
    let hidden = Some(sum(&rows, window, unlisted(&rows, view)));
    let rows_spared = rows.len().saturating_sub(view.rows_wanted);
    let rows = rows.iter().take(view.rows_wanted).map(cells).collect();
    Answer { columns: COLUMNS.to_vec(), rows, rows_spared, hidden, ..Answer::default() }
}

/// The days of each account and region with something that digests do not prove.
fn open_days(verified: &Verified, window: (Day, Day)) -> BTreeMap<(String, String), BTreeSet<Day>> {
    let mut open: BTreeMap<(String, String), BTreeSet<Day>> = BTreeMap::new();
    for verdict in verified.verdicts.iter().filter(|verdict| verdict.standing != Standing::Verified) {
        let Some(from) = verdict.from else { continue };
        // Hours end before their last moment; a log is of the day on which it was delivered.
        let last = match verdict.what {
            What::Log => from,
            What::Digest | What::Hours => verdict.until.map_or(from, |until| until.plus_seconds(-1)),
        };
        let span = (from.day().max(window.0), last.max(from).day().min(window.1));
        open.entry((verdict.account_id.clone(), verdict.region.clone())).or_default().extend(days(span));
    }
    open
}

/// How many regions that are on by default have no row, where no list says which are enabled.
fn unlisted(rows: &[Row<'_>], view: &View<'_>) -> usize {
    let Some(logs) = view.logs.filter(|logs| !logs.is_filtered) else { return 0 };
    let places: BTreeSet<(&str, &str)> = rows.iter().map(|row| (row.account, row.region)).collect();
    let of_account = |account: &String| {
        let enabled = regions::of(account, logs, view.posture).regions;
        enabled.iter().filter(|region| !places.contains(&(account.as_str(), region.as_str()))).count()
    };
    logs.regions.keys().map(of_account).sum()
}

/// `34 regions of 2 accounts, 30 whole days (2026-09-01 to 2026-09-30): 1,000 delivered, 18 quiet, 2 missing`.
fn sum(rows: &[Row<'_>], window: (Day, Day), unlisted: usize) -> String {
    let accounts: BTreeSet<&str> = rows.iter().map(|row| row.account).collect();
    let total = |count: fn(&Row<'_>) -> usize| grouped(rows.iter().map(|row| count(row) as u64).sum::<u64>());
    let mut sum = format!(
        "{} of {}, {} ({} to {}): {} delivered, {} quiet, {} missing",
        quantity(rows.len() as u64, "region"),
        quantity(accounts.len() as u64, "account"),
        quantity(days(window).count() as u64, "whole day"),
        window.0,
        window.1,
        total(|row| row.delivered().count()),
        total(|row| row.quiet.len()),
        total(|row| row.missing.len()),
    );
    if rows.iter().all(|row| row.quiet.is_empty()) && rows.iter().any(|row| !row.missing.is_empty()) {
        sum += " (no digests cover a day: one on which nothing happened looks missing)";
    }
    if rows.iter().any(|row| row.unverified.is_some()) {
        let of = |days: &Option<BTreeSet<Day>>| days.as_ref().map_or(0, BTreeSet::len) as u64;
        let unverified = grouped(rows.iter().map(|row| of(&row.unverified)).sum::<u64>());
        let late = grouped(rows.iter().map(|row| of(&row.late)).sum::<u64>());
        sum += &format!("; {unverified} not verified, {late} late");
    }
    if unlisted > 0 {
        let regions = quantity(unlisted as u64, "region");
        sum += &format!(
            "; {regions} of these accounts that are on by default delivered nothing at all: --enabled-regions says which are on"
        );
    }
    sum
}

fn days((first, last): (Day, Day)) -> impl Iterator<Item = Day> {
    (first.0..=last.0).map(Day)
}

/// Days as runs: `2026-09-03`, `2026-09-05..2026-09-07`.
fn runs(days: &BTreeSet<Day>) -> Vec<String> {
    let mut runs: Vec<(Day, Day)> = Vec::new();
    for &day in days {
        match runs.last_mut() {
            Some((_, last)) if last.0 + 1 == day.0 => *last = day,
            _ => runs.push((day, day)),
        }
    }
    let text = |(first, last): (Day, Day)| if first == last { first.to_string() } else { format!("{first}..{last}") };
    runs.into_iter().map(text).collect()
}
