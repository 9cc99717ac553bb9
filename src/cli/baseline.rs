//! `--baseline`: what is new since an earlier answer. Read before the scan begins, so that the answer may take its place.

use std::path::Path;

use trailscan::report::{ARGUMENT, Asked, Baseline, BaselineError, Options, Report};

use super::complete::Origins;
use super::exit::Problem;
use super::filters;
use super::flags::Common;
use super::question::Question;

/// The earlier answer that was named; `None` when none was. A report with an argument has no use for one that was not
/// typed, which is the audit's.
///
/// # Errors
/// [`Problem::Usage`] for what is no earlier answer of what is asked, and where something needs one that is not there.
pub fn open(
    question: Question,
    common: &Common,
    origins: &Origins,
    asked: &Asked,
) -> Result<Option<Baseline>, Problem> {
    let Some(path) = common.baseline.as_deref() else {
        return match common.fail_on_new {
            Some(_) => {
                Err(Problem::usage("--fail-on-new tells what is new since an earlier answer: give --baseline OLD.json"))
            }
            None => Ok(None),
        };
    };
    let wrong = |why: String| Problem::usage(format!("--baseline {}: {why}", path.display()));
    let json = read(path).map_err(wrong)?;
    let source = path.to_string_lossy();
    let report = question.report();
    match Baseline::read(&json, &source, report) {
        Err(BaselineError::OtherReport { .. }) if is_left_out(report, origins) => Ok(None),
        read => {
            let baseline = read.map_err(|error| wrong(error.to_string()))?;
            same_argument(report, asked, baseline.asked()).map_err(wrong)?;
            Ok(Some(baseline))
        }
    }
}

fn is_left_out(report: Option<&'static Report>, origins: &Origins) -> bool {
    report.is_some_and(|report| report.argument.is_some()) && origins.of("baseline").is_some()
}

/// Refuses an answer about something else.
fn same_argument(report: Option<&'static Report>, now: &Asked, then: &Asked) -> Result<(), String> {
    let Some(report) = report.filter(|_| now.get(ARGUMENT) != then.get(ARGUMENT)) else { return Ok(()) };
    let about = |asked: &Asked| asked.get(ARGUMENT).map_or_else(|| "another".to_owned(), |argument| argument.join(" "));
    Err(format!("it is an answer about {}, and {} {} is asked", about(then), report.name, about(now)))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    let text = path.to_string_lossy();
    if text.starts_with("s3://") {
        return Err(format!("an earlier answer is not read from S3: aws s3 cp {text} FILE, then --baseline FILE"));
    }
    if path.is_dir() {
        return Err("a folder: the baseline is one file, an earlier answer of --format json".to_owned());
    }
    std::fs::read(path).map_err(|error| trailscan::input::explain_io(&error).to_string())
}

/// What an answer was asked beside its window: filters, options, and what it is about.
pub fn asked(question: Question, common: &Common, options: &Options, argument: Option<&str>) -> Asked {
    let filters = filters::given(common).into_iter();
    let mut asked: Asked = filters.map(|(flag, values)| (flag.to_owned(), values)).collect();
    for report in question.reports() {
        let numbers = report.options.iter().filter(|option| options.is_set(option));
        asked.extend(numbers.map(|option| (option.name.to_owned(), vec![options.get(option).to_string()])));
        asked.extend(report.texts.iter().map(|option| (option.name.to_owned(), options.texts(option).to_vec())));
    }
    asked.insert(ARGUMENT.to_owned(), argument.map(str::to_owned).into_iter().collect());
    asked.retain(|_, values| !values.is_empty());
    for values in asked.values_mut() {
        values.sort_unstable();
    }
    asked
}
