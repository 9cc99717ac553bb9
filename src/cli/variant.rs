//! Flags that ask another question of a report: which were typed, and what they need.

use std::ffi::OsString;
use std::fmt::Display;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use serde_json::Value;
use trailscan::model::Policy;
use trailscan::output::Format;
use trailscan::report::{Form, Report, VARIANTS, Variant, variants_of};

use super::delivery::Delivery;
use super::exit::Problem;
use super::question::Question;

/// More bytes than that are no policy document: managed ones have up to 6,144 characters without white space.
const LARGEST: u64 = 1 << 20;

/// The flags of a report, of which one may be given.
pub fn args(report: &Report) -> impl Iterator<Item = Arg> {
    variants_of(report).map(|variant| {
        let others = variants_of(report).filter(|other| other.flag != variant.flag).map(|other| other.flag);
        let arg = Arg::new(variant.flag).long(variant.flag).help(variant.about).help_heading("Report");
        let arg = match variant.value {
            // Behind a space it would be an INPUT as often as not.
            Some(name) => {
                let arg = arg.value_name(name).num_args(0..=1).require_equals(true);
                arg.value_parser(value_parser!(PathBuf)).action(ArgAction::Set)
            }
            None => arg.action(ArgAction::SetTrue),
        };
        arg.conflicts_with_all(others)
    })
}

/// What is asked: what the flag that was typed asks; `None` where none was.
pub fn question(report: &Report, matches: &ArgMatches) -> Option<Question> {
    let is_typed = |variant: &&Variant| match variant.value {
        Some(_) => matches.contains_id(variant.flag),
        None => matches.get_flag(variant.flag),
    };
    variants_of(report).find(is_typed).map(|variant| Question::One(variant.report))
}

/// The file that was typed behind such a flag.
pub fn file(report: &Report, matches: &ArgMatches) -> Option<PathBuf> {
    let of_files = variants_of(report).filter(|variant| variant.value.is_some());
    of_files.filter_map(|variant| matches.get_one::<PathBuf>(variant.flag)).next().cloned()
}

/// Reads a policy document, as it is or as `aws iam get-policy-version` prints it.
///
/// # Errors
/// [`Problem::Usage`] for what is not one.
pub fn read(file: &Path) -> Result<Policy, Problem> {
    let wrong = |why: &dyn Display| Problem::usage(format!("{}: {why}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| wrong(&trailscan::input::explain_io(&error)))?;
    let value: Option<Value> = serde_json::from_str(&text).ok();
    let within = value.as_ref().and_then(|value| value.pointer("/PolicyVersion/Document"));
    within.map_or_else(|| Policy::read(&text), Policy::from_value).map_err(|error| wrong(&error))
}

/// Refuses a question without what it is about, and one whose file was typed as an input: the answer would be another's.
///
/// # Errors
/// [`Problem::Usage`].
pub fn check(
    question: Question,
    argument: Option<&str>,
    (file, inputs): (Option<&Path>, &[OsString]),
) -> Result<(), Problem> {
    let is_asked = |variant: &&Variant| question.report().is_some_and(|asked| asked.name == variant.report.name);
    let Some(variant) = VARIANTS.iter().find(is_asked) else { return Ok(()) };
    let (of, flag) = (variant.of, variant.flag);
    if let Some(wanted) = variant.report.argument.filter(|wanted| argument.is_none() && !wanted.is_optional) {
        let name = wanted.name;
        return Err(Problem::usage(format!("--{flag}: of whom? trailscan {of} {name} --{flag} [INPUT]...")));
    }
    let lacks_file = variant.value.is_some() && file.is_none();
    match inputs.iter().map(Path::new).filter(|_| lacks_file).find(|input| is_policy(input)) {
        Some(input) => {
            let name = input.display();
            Err(Problem::usage(format!("{name}: is a policy document, and no log: write --{flag}={name}")))
        }
        None => Ok(()),
    }
}

/// Whether a file is a policy document and not more.
fn is_policy(input: &Path) -> bool {
    let is_small = std::fs::metadata(input).is_ok_and(|file| file.is_file() && file.len() <= LARGEST);
    is_small && read(input).is_ok()
}

/// Makes of a delivery one of a text that is JSON, where that is what is asked.
///
/// # Errors
/// [`Problem::Usage`] for another format.
pub fn as_document(question: Question, mut delivery: Delivery) -> Result<Delivery, Problem> {
    let Some(report) = question.report().filter(|report| report.form == Form::Document) else { return Ok(delivery) };
    if !matches!(delivery.format, Format::Table | Format::Json) {
        let (name, format) = (report.name, delivery.format);
        return Err(Problem::usage(format!(
            "{format} is for tables, and --{name} prints a JSON document: leave it out"
        )));
    }
    (delivery.format, delivery.pager) = (Format::Json, None);
    Ok(delivery)
}
