//! `--dry-run`: what would be read, and what the requests would cost, as a table like any other.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use trailscan::coverage::Coverage;
use trailscan::filter::Filters;
use trailscan::input::{Amount, Spot, Survey};
use trailscan::model::{grouped, quantity};
use trailscan::output::{Content, Document, Section};
use trailscan::report::{Table, Value, columns};
use trailscan::scan::{Judged, unread};

use super::deliver::Opened;
use super::delivery::Delivery;
use super::exit::{End, Problem};
use super::reading::Reading;
use super::remote::Remote;
use super::stop::STOP;
use super::{notes, progress, repeat, scan, tell};

/// What the table is called.
const NAME: &str = "dry-run";

/// What a LIST request costs, in billionths of a US dollar: $0.005 per 1,000 (us-east-1, S3 Standard).
///
/// Source: Amazon S3 pricing, "Requests & data retrievals".
const LIST_NANODOLLARS: u64 = 5_000;
/// What a GET request costs, in billionths of a US dollar: $0.0004 per 1,000. Same source.
const GET_NANODOLLARS: u64 = 400;

/// What the estimate leaves open.
const ESTIMATE: &str = "estimate, us-east-1 prices, without data transfer";

/// Lists what would be read, and writes how much it is. Opens no object.
///
/// # Errors
/// When nothing can be listed, or the table cannot be written.
pub fn run(mut reading: Reading, delivery: &Delivery) -> Result<End, Problem> {
    scan::begin(&reading)?;
    let opened = Opened::new(delivery, &[NAME])?;
    scan::locate(&mut reading)?;
    let survey = progress::listing(reading.work.progress, || survey(&reading))?;
    let judged = Judged { window: reading.window, now: Some(reading.now) };
    let coverage = unread(&survey, (judged, &Filters::default()), STOP.load(Ordering::Relaxed));
    let end = end_of(&coverage, survey.total().objects);
    let section = section(&survey);
    let document = Document::new(reading.window, &coverage, Content::Report(&section));
    let written = match end {
        End::Nothing => opened.write_coverage(&coverage),
        _ => opened.write(&document, delivery),
    };
    tell::troubles(&coverage);
    match end {
        End::Nothing => tell::line(format!("nothing was found to read{}", repeat::within(reading.reads.inputs()))),
        _ => notes::hidden(delivery, std::slice::from_ref(&section)),
    }
    written.map(|()| end)
}

/// What there is, on disk and on S3.
///
/// # Errors
/// When no threads can be started.
pub fn survey(reading: &Reading) -> Result<Survey, Problem> {
    let mut survey = Survey::of_disk(reading.reads.inputs(), reading.days, &STOP);
    survey.add_s3(Remote::of(reading).survey()?);
    Ok(survey)
}

/// As a scan ends, but that objects which were found are as good as read.
pub fn end_of(coverage: &Coverage, objects: u64) -> End {
    match (coverage.is_partial(), objects) {
        (true, 0) if !coverage.interrupted && coverage.objects_failed + coverage.places_failed > 0 => End::Nothing,
        (true, _) => End::Partial,
        (false, _) if coverage.objects_found == 0 => End::Nothing,
        (false, _) => End::Complete,
    }
}

fn section(survey: &Survey) -> Section {
    let rows = survey.spots.iter().map(|(spot, amount)| cells(spot, amount));
    let mut table = Table::named(NAME, &["place", "account_id", "region"], COLUMNS.to_vec(), rows.collect());
    table.total = total(survey);
    let summary = "What would be read, and what the requests would cost";
    Section { hidden: Some(sum(survey)), ..Section::new(summary, table) }
}

columns! {
    const COLUMNS;
    fn cells(spot: &Spot, amount: &Amount) {}

    text("place", "The input, as it was named") => &*spot.place,
    id("account_id", "The account whose folder it is; null where the names of objects do not say") => &*spot.account_id,
    text("region", "The region whose folder it is; null where the names of objects do not say") => &*spot.region,
    count("days", "Delivery days with an object; null where the names of objects do not say")
        => Some(amount.days.len()).filter(|days| *days > 0),
    count("objects", "Objects that a scan would read") => amount.objects,
    count("bytes", "Their bytes, as they lie there").unit("bytes") => amount.bytes,
    count("get_requests", "Requests that fetch them: one an object, several for one over 16 MiB")
        => amount.get_requests,
}

fn total(survey: &Survey) -> Vec<(&'static str, Value)> {
    let (total, accounts, regions) = (survey.total(), accounts(survey), regions(survey));
    vec![
        ("accounts", Value::count(accounts)),
        ("regions", Value::count(regions)),
        ("days", Value::count(total.days.len())),
        ("objects", Value::count(total.objects)),
        ("bytes", Value::count(total.bytes)),
        ("list_requests", Value::count(survey.list_requests)),
        ("get_requests", Value::count(total.get_requests)),
        ("cost_usd", Value::Text(format!("{:.6}", cost(survey)))),
        ("cost_basis", Value::text(ESTIMATE)),
    ]
}

/// `3 accounts, 2 regions, 17 days, 85 objects, 120,345 bytes; 9 LIST and 85 GET requests: about $0.0001 (…)`.
fn sum(survey: &Survey) -> String {
    let total = survey.total();
    let known = [(accounts(survey), "account"), (regions(survey), "region"), (total.days.len(), "day")];
    let known = known.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| quantity(count as u64, word));
    let sizes = [quantity(total.objects, "object"), quantity(total.bytes, "byte")];
    let mut line = format!("total: {}", known.chain(sizes).collect::<Vec<_>>().join(", "));
    if survey.list_requests + total.get_requests > 0 {
        let (lists, gets) = (grouped(survey.list_requests), grouped(total.get_requests));
        line += &format!("; a scan makes {lists} LIST and {gets} GET requests: about {} ({ESTIMATE})", dollars(survey));
    }
    line
}

/// To the cent from a dollar on, below to a hundredth of one, never rounded to nothing.
fn dollars(survey: &Survey) -> String {
    match cost(survey) {
        large if large >= 1.0 => format!("${large:.2}"),
        small => format!("${:.4}", small.max(0.0001)),
    }
}

fn cost(survey: &Survey) -> f64 {
    let nanodollars = survey.list_requests * LIST_NANODOLLARS + survey.total().get_requests * GET_NANODOLLARS;
    nanodollars as f64 / 1e9
}

fn accounts(survey: &Survey) -> usize {
    distinct(survey.spots.keys().map(|spot| &*spot.account_id))
}

fn regions(survey: &Survey) -> usize {
    distinct(survey.spots.keys().map(|spot| &*spot.region))
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    names.filter(|name| !name.is_empty()).collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey(lists: u64, gets: u64) -> Survey {
        let mut survey = Survey { list_requests: lists, ..Survey::default() };
        let amount = Amount { objects: gets, bytes: 10 * gets, get_requests: gets, ..Amount::default() };
        survey.spots.insert(Spot { place: "s3://b/".to_owned(), ..Spot::default() }, amount);
        survey
    }

    #[test]
    fn requests_cost_what_the_price_page_says() {
        assert_eq!(dollars(&survey(1000, 0)), "$0.0050");
        assert_eq!(dollars(&survey(0, 1_000_000)), "$0.4000");
        assert_eq!(dollars(&survey(10_000, 5_000_000)), "$2.05");
        assert_eq!(dollars(&survey(1, 1)), "$0.0001");
        assert_eq!(
            sum(&survey(2, 1500)),
            "total: 1,500 objects, 15,000 bytes; a scan makes 2 LIST and 1,500 GET requests: about $0.0006 (estimate, \
             us-east-1 prices, without data transfer)"
        );
    }

    #[test]
    fn disks_cost_nothing() {
        let mut survey = survey(0, 3);
        survey.spots.values_mut().for_each(|amount| amount.get_requests = 0);
        assert_eq!(sum(&survey), "total: 3 objects, 30 bytes");
    }
}
