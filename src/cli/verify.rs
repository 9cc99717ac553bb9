//! `trailscan verify`: whether logs are what CloudTrail delivered, by the digests that it signs.

use clap::{Arg, ArgAction, Command, FromArgMatches};
use trailscan::aggregate::State;
use trailscan::coverage::Coverage;
use trailscan::integrity::{self, Standing, Verified, What};
use trailscan::model::EventTime;
use trailscan::output::Section;
use trailscan::report::{Options, Table, VERIFY, View};
use trailscan::scan::{Meter, VerifyRequest};

use super::complete::{Completed, complete};
use super::deliver::Opened;
use super::delivery::{Delivery, Wanted};
use super::exit::{End, Problem};
use super::flags::{Common, Shape};
use super::reading::{Reading, Reads};
use super::remote::Remote;
use super::stop::STOP;
use super::subcommand::{Invocation, Subcommand};
use super::surroundings::Surroundings;
use super::verifying::{self, Verifying};
use super::{account_ids, account_names, of_objects, progress, request, scan, tell};

/// The subcommand.
pub const SUBCOMMAND: Subcommand = Subcommand { name: "verify", command, run };

/// The id of its own argument.
const EACH: &str = "each";

/// What chooses, in words for objects.
const WINDOW: [(&str, &str); 6] = [
    ("days", "Judge what was delivered in the last N days: from 00:00 UTC N days before the end of the window"),
    ("all", "Judge all there is: of s3:// not only the last 30 days, and despite `days` in trailscan.toml"),
    ("since", "Judge what was delivered at or after this: 2023-07-10, 2023-07-10T12:00:00Z, or 36h, 7d ago"),
    ("until", "Judge what was delivered before this, given as --since is; digests after it bear witness"),
    ("account", "Judge only objects of this account: 12 digits, or a name of --account-names; may be repeated"),
    ("region", "Judge only objects of this region, exact; may be repeated"),
];

/// Its arguments and its help.
fn command() -> Command {
    let keys = verifying::arg().help(
        "Public keys: what aws cloudtrail list-public-keys prints, a folder of such files, or `aws` to ask for them",
    );
    let keys = keys.long_help(
        "Public keys: what aws cloudtrail list-public-keys prints, a folder of such files, or `aws` to ask for them; may be \
         repeated\n\nEach region has its own: --region REGION --start-time and --end-time of the days that are verified. `aws` \
         asks CloudTrail (cloudtrail:ListPublicKeys) with the credentials that read S3, in each region that there are digests \
         of. Without keys content and chain are checked, and nothing is proven; a line names the commands.",
    );
    let each = Arg::new(EACH).long(EACH).action(ArgAction::SetTrue).help_heading("Report");
    let each = each.help("List what is verified, too");
    of_objects::command(VERIFY, |command| command.arg(keys).arg(each), (of_objects::useless(), WINDOW))
}

/// Reads, judges and writes.
fn run(asked: &Invocation<'_>) -> Result<End, Problem> {
    let around = Surroundings::of_run(asked)?;
    let own: Vec<&str> = of_objects::useless().collect();
    let Completed { matches, origins } = complete(asked, &around, &own)?;
    let mut common = Common::from_arg_matches(&matches)?;
    let shape = Shape::from_arg_matches(&matches)?;
    account_ids::resolve(&mut common)?;
    let rulebook = around.rulebook(common.now.as_deref())?;
    let names = common.account_names.as_deref().map(account_names::read).transpose()?;
    let verifying = Verifying::new(&verifying::typed(&matches), &common)?;
    let mut reading = Reading::resolve(Reads::logs(&common, &around)?, &common, &origins, around.clock)?;
    let delivery = Wanted { question: None, common: &common, origins: &origins, around: &around }.delivery(shape)?;
    delivery.shape.apply(&mut Table::new(VERIFY, VERIFY.columns.to_vec(), Vec::new()))?;
    scan::begin(&reading)?;
    let opened = Opened::new(&delivery, &[VERIFY.name])?;
    scan::locate(&mut reading)?;
    let (verified, coverage) = verify(&reading, &common, &verifying, matches.get_flag(EACH))?;
    let (state, options) = (State::new(&[]), Options::default());
    let mut answer = (VERIFY.answer)(&View { verified: Some(&verified), ..View::new(&state, &options) });
    let mut table = Table::new(VERIFY, answer.columns, answer.rows);
    account_names::add_to(&mut table, names.as_ref());
    account_names::add_to_findings(&mut answer.findings, names.as_ref());
    let suppressed = rulebook.apply(&mut answer.findings, &mut table).total();
    let is_sorted = delivery.shape.sort.is_some();
    delivery.shape.apply(&mut table)?;
    delivery.limit.into_iter().for_each(|limit| table.limit(limit));
    let section = Section {
        findings: answer.findings,
        hidden: answer.hidden,
        suppressed,
        is_sorted,
        ..Section::new(VERIFY.summary, table)
    };
    let end = end_of(&verified, &coverage, &delivery, &section);
    let nothing = "no object could be read, so there is no answer";
    let written = of_objects::write(opened, (section, &delivery), (&coverage, reading.window), (end, nothing));
    tell_lacking(&verified, verifying.has_keys(), &coverage);
    written.map(|()| end)
}

/// Reads what there is, and says how it stands.
///
/// # Errors
/// When a rollup was given, or nothing can be read.
pub fn verify(
    reading: &Reading,
    common: &Common,
    verifying: &Verifying,
    each: bool,
) -> Result<(Verified, Coverage), Problem> {
    let listing = request::list(reading);
    if let Some(folder) = listing.rollups.first() {
        return Err(Problem::usage(format!("{}: is a rollup, of which no digest tells: give logs", folder.display())));
    }
    let (meter, objects) = (Meter::default(), listing.objects.len());
    let source = Remote::of(reading).with_digests().open().map_err(Problem::failed)?;
    let asked = integrity::Asked { each, ..verifying.asked(reading.window, reading.now) };
    let request = VerifyRequest {
        listing,
        source: source.as_deref(),
        asked,
        now: reading.now,
        threads: reading.work.threads,
        max_object_bytes: common.max_object_bytes,
        stop: &STOP,
        meter: &meter,
    };
    let verified = progress::scanning(reading.work.progress, objects, &meter, || trailscan::scan::verify(request));
    verified.map_err(Problem::failed)
}

/// How it ends: complete when all is verified, and by findings where nothing but them is open.
fn end_of(verified: &Verified, coverage: &Coverage, delivery: &Delivery, section: &Section) -> End {
    let is_open = |standing| verified.standing(standing) > 0;
    let nothing = coverage.objects_read + coverage.objects_damaged == 0 && !coverage.interrupted;
    match () {
        () if nothing => End::Nothing,
        () if verified.is_clean() && !coverage.is_partial() => End::Complete,
        () if coverage.interrupted || coverage.places_failed + coverage.objects_failed > 0 => End::Partial,
        () if [Standing::Gap, Standing::Unlisted, Standing::Unverified].into_iter().any(is_open) => End::Partial,
        () => match delivery.fail_on {
            Some(least) if section.findings.iter().any(|finding| finding.severity >= least) => End::Findings,
            _ => End::Partial,
        },
    }
}

/// Says what would prove more.
fn tell_lacking(verified: &Verified, has_keys: bool, coverage: &Coverage) {
    let digests: u64 = Standing::ALL.into_iter().map(|standing| verified.count(What::Digest, standing)).sum();
    if digests == 0 {
        tell::line(
            "no digest is in reach, so nothing is proven: give the folder above CloudTrail-Digest/, or turn validation on \
             (aws cloudtrail update-trail --enable-log-file-validation)",
        );
    } else if !has_keys {
        let times = verified.verdicts.iter().filter(|verdict| verdict.what == What::Digest);
        let first = times.clone().filter_map(|verdict| verdict.from).min();
        let last = times.filter_map(|verdict| verdict.until).max();
        let text =
            |time: Option<EventTime>, by: i64| time.map_or_else(String::new, |time| time.plus_seconds(by).to_string());
        let (first, last) = (text(first, -3600), text(last, 7200));
        tell::line(
            "no public keys were given, so nothing is proven; give --public-keys aws, which asks CloudTrail, or print those of each \
             region, and give --public-keys DIR:",
        );
        for region in &coverage.regions {
            tell::line(format!(
                "  aws cloudtrail list-public-keys --region {region} --start-time {first} --end-time {last} > DIR/{region}.json"
            ));
        }
    }
}
