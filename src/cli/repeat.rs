//! The arguments that make another command count the same events: window, filters and inputs, quoted for a shell.
//!
//! Not how to reach them: profiles, roles and endpoints of S3 belong to whoever runs the command.

use trailscan::input::Input;
use trailscan::model::TimeWindow;

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
        let typed =
            |value: &String| if value.is_empty() { format!("--{flag}") } else { format!("--{flag} {}", quoted(value)) };
        words.extend(values.iter().map(typed));
    }
    if common.no_dedupe {
        words.push("--no-dedupe".to_owned());
    }
    if common.carve {
        words.push("--carve".to_owned());
    }
    words.extend(inputs.iter().map(input));
    words.join(" ")
}

/// An INPUT, as it is typed.
pub fn input(input: &Input) -> String {
    match input {
        Input::Path(path) => quoted(&path.to_string_lossy()),
        Input::Stdin => "-".to_owned(),
        Input::S3(uri) => quoted(&format!("s3://{}/{}", uri.bucket, uri.key)),
    }
}

/// A word for a POSIX shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_a_shell_would_read_are_quoted() {
        assert_eq!(quoted("sample-logs/AWSLogs"), "sample-logs/AWSLogs");
        assert_eq!(quoted("*:role/admin/*"), "'*:role/admin/*'");
        assert_eq!(quoted("it's $(here)"), "'it'\\''s $(here)'");
        assert_eq!(quoted(""), "''");
    }
}
