//! `-v` and `TRAILSCAN_LOG`: what the tool does, told on stderr a line each. The library only emits events; this
//! listens. What other crates tell is off unless named, and then nothing below info: requests and credentials stand there.

use std::fmt::{self, Write};
use std::time::Instant;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Registry;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use super::tell;

/// The environment variable that says what is told.
pub const VARIABLE: &str = "TRAILSCAN_LOG";

/// The target of all that is ours.
const OURS: &str = "trailscan";

/// The most that other crates tell.
const MOST_OF_OTHERS: LevelFilter = LevelFilter::INFO;

/// Begins to tell what `variable` says, `-v` before it.
///
/// # Errors
/// When the variable names no level.
pub fn start(verbosity: u8, variable: Option<&str>) -> Result<(), String> {
    let targets = targets(verbosity, variable)?;
    if targets.iter().all(|(_, level)| level == LevelFilter::OFF) {
        return Ok(());
    }
    let subscriber = Registry::default().with(Lines { since: Instant::now() }.with_filter(targets));
    // Only a second start could fail, and there is one.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}

/// Whether lines are told; they and a progress bar would overwrite each other.
pub fn tells() -> bool {
    LevelFilter::current() >= LevelFilter::INFO
}

fn targets(verbosity: u8, variable: Option<&str>) -> Result<Targets, String> {
    let mut targets = Targets::new().with_target(OURS, LevelFilter::OFF);
    for part in variable.unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (target, word) = part.split_once('=').unwrap_or((OURS, part));
        let level = level(word.trim()).ok_or_else(|| {
            format!(
                "{VARIABLE}: {word:?} is not a level: give off, error, warn, info, debug or trace, or target=LEVEL such \
                 as trailscan::input=debug"
            )
        })?;
        let target = target.trim();
        let is_ours = target == OURS || target.strip_prefix(OURS).is_some_and(|rest| rest.starts_with("::"));
        targets = targets.with_target(target, if is_ours { level } else { level.min(MOST_OF_OTHERS) });
    }
    Ok(match verbosity {
        0 => targets,
        1 => targets.with_target(OURS, LevelFilter::INFO),
        2 => targets.with_target(OURS, LevelFilter::DEBUG),
        _ => targets.with_target(OURS, LevelFilter::TRACE),
    })
}

fn level(word: &str) -> Option<LevelFilter> {
    let levels = [
        LevelFilter::OFF,
        LevelFilter::ERROR,
        LevelFilter::WARN,
        LevelFilter::INFO,
        LevelFilter::DEBUG,
        LevelFilter::TRACE,
    ];
    levels.into_iter().find(|level| level.to_string().eq_ignore_ascii_case(word))
}

/// A line for each event.
struct Lines {
    since: Instant,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let target = event.metadata().target();
        let from = if target.starts_with(OURS) { String::new() } else { format!("{target}: ") };
        let mut said = Said::default();
        event.record(&mut said);
        let (level, elapsed) = (word(*event.metadata().level()), self.since.elapsed().as_secs_f64());
        tell::line(format!("{level:5} {elapsed:.3}s {from}{}{}", said.message, said.fields));
    }
}

const fn word(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

/// What an event says: its message, then ` name=value` for each field.
#[derive(Default)]
struct Said {
    message: String,
    fields: String,
}

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        let is_plain = !value.is_empty() && !value.contains([' ', '"', '=', '\n']);
        if is_plain || field.name() == "message" {
            self.record_debug(field, &format_args!("{value}"));
        } else {
            self.record_debug(field, &value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing into a String does not fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_whom() {
        let tells = |verbosity, variable: &str, target: &str, level: Level| {
            targets(verbosity, Some(variable)).unwrap().would_enable(target, &level)
        };
        let (ours, other) = ("trailscan::input", "aws_config::profile");
        assert!(!tells(0, "", ours, Level::ERROR) && tells(0, "warn", ours, Level::WARN));
        assert!(tells(1, "", ours, Level::INFO) && !tells(1, "", ours, Level::DEBUG));
        assert!(tells(2, "off", ours, Level::DEBUG), "the flag comes before the environment");
        assert!(tells(0, "Debug", ours, Level::DEBUG) && !tells(0, "debug", ours, Level::TRACE));
        assert!(tells(0, "trailscan::input=debug", ours, Level::DEBUG));
        assert!(!tells(0, "trailscan::input=debug", "trailscan::scan", Level::DEBUG));
        assert!(!tells(3, "trace", other, Level::ERROR), "others tell nothing unless named");
        assert!(tells(0, "aws_config=trace", other, Level::INFO) && !tells(0, "aws_config=trace", other, Level::DEBUG));
        assert!(!tells(0, "trailscanner=trace", "trailscanner", Level::DEBUG));
    }

    #[test]
    fn a_wrong_level_is_named() {
        for wrong in ["loud", "info,loud", "trailscan=loud"] {
            assert!(targets(0, Some(wrong)).unwrap_err().contains("\"loud\" is not a level"), "{wrong}");
        }
        assert!(targets(0, Some("")).is_ok() && targets(0, Some(" info , ")).is_ok());
    }
}
