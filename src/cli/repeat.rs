//! The arguments that make another command count the same events: window, filters and inputs, quoted for a shell.
//!
//! Not how to reach them: profiles, roles and endpoints of S3 belong to whoever runs the command.

use trailscan::input::Input;
use trailscan::model::{TimeWindow, shell_quoted};

use super::filters;
use super::flags::Common;

/// The arguments, as they are typed.
pub fn arguments(common: &Common, window: Option<TimeWindow>, inputs: &[Input]) -> String {
    let mut words: Vec<String> = Vec::new();
    if let Some(window) = window {
        words.push(format!("--since {} --until {}", window.since(), window.until()));
    } else if common.all {
        words.push("--all".to_owned());
    }
    for (flag, values) in filters::given(common) {
        let typed = |value: &String| {
            if value.is_empty() { format!("--{flag}") } else { format!("--{flag} {}", shell_quoted(value)) }
        };
        words.extend(values.iter().map(typed));
    }
    if common.no_dedupe {
        words.push("--no-dedupe".to_owned());
    }
    if common.carve {
        words.push("--carve".to_owned());
    }
    words.extend(inputs.iter().map(passed_on));
    words.join(" ")
}

/// An INPUT as whoever gets the command may have it, too: where it lies on this machine is nobody else's business, so of an
/// absolute path the name is left.
fn passed_on(given: &Input) -> String {
    match given {
        Input::Path(path) if path.is_absolute() => match path.file_name() {
            Some(name) => shell_quoted(&name.to_string_lossy()),
            None => input(given),
        },
        _ => input(given),
    }
}

/// The most INPUTs that are named in a sentence.
const NAMED: usize = 3;

/// Where something was looked for, to stand in a sentence: ` in ./logs`; nothing where no INPUT was typed.
pub fn within(inputs: &[Input]) -> String {
    let named: Vec<String> = inputs.iter().take(NAMED).map(input).collect();
    match inputs.len().checked_sub(NAMED) {
        _ if inputs.is_empty() => String::new(),
        Some(more @ 1..) => format!(" in {} and {more} more", named.join(", ")),
        _ => format!(" in {}", named.join(", ")),
    }
}

/// An INPUT, as it is typed.
pub fn input(input: &Input) -> String {
    match input {
        Input::Path(path) => shell_quoted(&path.to_string_lossy()),
        Input::Stdin => "-".to_owned(),
        Input::S3(uri) => shell_quoted(&format!("s3://{}/{}", uri.bucket, uri.key)),
    }
}
