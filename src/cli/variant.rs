//! Flags that ask another question of a report: which were typed, and what they need.

use clap::{Arg, ArgAction, ArgMatches};
use trailscan::output::Format;
use trailscan::report::{Form, Report, VARIANTS, Variant, variants_of};

use super::delivery::Delivery;
use super::exit::Problem;
use super::question::Question;

/// The flags of a report, of which one may be given.
pub fn args(report: &Report) -> impl Iterator<Item = Arg> {
    variants_of(report).map(|variant| {
        let others = variants_of(report).filter(|other| other.flag != variant.flag).map(|other| other.flag);
        let arg = Arg::new(variant.flag).long(variant.flag).action(ArgAction::SetTrue).help(variant.about);
        arg.conflicts_with_all(others).help_heading("Report")
    })
}

/// What is asked: what the flag that was typed asks; `None` where none was.
pub fn question(report: &Report, matches: &ArgMatches) -> Option<Question> {
    let typed = variants_of(report).find(|variant| matches.get_flag(variant.flag))?;
    Some(Question::One(typed.report))
}

/// Refuses a question without what it is about.
///
/// # Errors
/// [`Problem::Usage`].
pub fn check(question: Question, argument: Option<&str>) -> Result<(), Problem> {
    let is_asked = |variant: &&Variant| question.report().is_some_and(|asked| asked.name == variant.report.name);
    let Some(variant) = VARIANTS.iter().find(is_asked).filter(|_| argument.is_none()) else { return Ok(()) };
    match variant.report.argument.filter(|argument| !argument.is_optional) {
        Some(wanted) => {
            let (of, flag, name) = (variant.of, variant.flag, wanted.name);
            Err(Problem::usage(format!("--{flag}: of whom? trailscan {of} {name} --{flag} [INPUT]...")))
        }
        None => Ok(()),
    }
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
