//! What `--days`, `--since`, `--until` and the clock mean together.

use trailscan::model::{Day, EventTime, TimeWindow};

use super::quantity;

/// The window as it was typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Typed<'a> {
    /// `--days`.
    pub days: Option<u32>,
    /// `--since`.
    pub since: Option<&'a str>,
    /// `--until`.
    pub until: Option<&'a str>,
}

/// The start of a window that was given only an end: AWS has no events from before.
pub const BEGINNING: EventTime = EventTime(0);

/// The window that was asked for; `None` when none was, which counts everything.
///
/// `--days N` starts at 00:00 UTC N days before `until`. Without `--until` a window ends `now`.
pub fn resolve(typed: Typed<'_>, now: EventTime) -> Result<Option<TimeWindow>, String> {
    if typed.days.is_none() && typed.since.is_none() && typed.until.is_none() {
        return Ok(None);
    }
    let until = typed.until.map(|text| moment("until", text, now)).transpose()?.unwrap_or(now);
    let since = match (typed.since, typed.days) {
        (Some(_), Some(_)) => return Err("--days and --since both say where the window starts: give one".to_owned()),
        (Some(text), None) => moment("since", text, now)?,
        (None, Some(0)) => return Err("--days 0 is not a window: give at least 1".to_owned()),
        (None, Some(days)) => days_before(until, days),
        (None, None) => BEGINNING,
    };
    if since >= now {
        return Err(format!("the window starts at {since}, which is not before now, {now} (--now sets another clock)"));
    }
    TimeWindow::new(since, until).map(Some).map_err(|error| error.to_string())
}

/// Days that are read of S3 when nothing says which: reading all that a trail ever delivered takes hours and costs.
pub const S3_DAYS: u32 = 30;

/// The environment variable that sets the clock.
pub const VARIABLE: &str = "TRAILSCAN_NOW";

/// The moment that is now: `--now`, else the environment's, else the system's clock. RFC 3339 or a date, never relative
/// to itself.
pub fn now(flag: Option<&str>, variable: Option<&str>, clock: EventTime) -> Result<EventTime, String> {
    let (name, text) = match (flag, variable) {
        (Some(text), _) => ("--now", text),
        (None, Some(text)) if !text.is_empty() => (VARIABLE, text),
        _ => return Ok(clock),
    };
    absolute(text).ok_or_else(|| format!("{name} {text:?} is not a time: give RFC 3339 such as 2023-07-10T12:00:00Z"))
}

/// A text that `--now` takes.
///
/// # Errors
/// When it is no time.
pub fn clock(text: &str) -> Result<String, String> {
    let time = absolute(text).map(|_| text.to_owned());
    time.ok_or_else(|| "not a time: give RFC 3339 such as 2023-07-10T12:00:00Z".to_owned())
}

fn moment(flag: &str, text: &str, now: EventTime) -> Result<EventTime, String> {
    if let Some(time) = absolute(text) {
        return Ok(time);
    }
    let ago = quantity::seconds(text).map_err(|_| {
        let forms = "a date (2023-07-10), RFC 3339 (2023-07-10T12:00:00Z) or a time ago (36h, 7d)";
        format!("--{flag} {text:?} is not a time: give {forms}")
    })?;
    Ok(now.plus_seconds(-ago))
}

/// RFC 3339, a date for its first moment, or a time as tables print it: a blank for the T, seconds left out. Without a zone
/// it might be anybody's.
fn absolute(text: &str) -> Option<EventTime> {
    let written = || {
        let (day, time) = text.trim().split_once(['T', ' '])?;
        let time = time.strip_suffix('Z')?;
        let seconds = if time.len() == "05:10".len() { ":00" } else { "" };
        EventTime::parse(&format!("{day}T{time}{seconds}Z"))
    };
    EventTime::parse(text).or_else(|| EventTime::parse(&format!("{text}T00:00:00Z"))).or_else(written)
}

fn days_before(until: EventTime, days: u32) -> EventTime {
    Day(until.day().0.saturating_sub_unsigned(days)).start()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2023-07-10T12:34:56Z";

    fn window(days: Option<u32>, since: Option<&str>, until: Option<&str>) -> Result<Option<String>, String> {
        let window = resolve(Typed { days, since, until }, EventTime::parse(NOW).unwrap())?;
        Ok(window.map(|w| format!("{} {}", w.since(), w.until())))
    }

    #[test]
    fn times_as_tables_print_them() {
        let time = |text: &str| absolute(text).map(|time| time.to_string()).unwrap_or_default();
        for text in ["2026-09-06 05:10Z", "2026-09-06T05:10Z", "2026-09-06 05:10:00Z", " 2026-09-06 05:10Z"] {
            assert_eq!(time(text), "2026-09-06T05:10:00Z", "{text}");
        }
        assert_eq!(time("2026-09-06T05:10:00+02:00"), "2026-09-06T03:10:00Z");
        for text in ["2026-09-06 5:10Z", "2026-13-01 05:10Z", "2026-09-06 05Z", "05:10Z", "2026-09-06 05:10", "7d"] {
            assert_eq!(time(text), "", "{text}");
        }
    }

    #[test]
    fn windows() {
        let given = |s: &str| Ok(Some(s.to_owned()));
        assert_eq!(window(None, None, None), Ok(None));
        for (days, since, until, expected) in [
            (Some(1), None, None, "2023-07-09T00:00:00Z 2023-07-10T12:34:56Z"),
            (Some(30), None, None, "2023-06-10T00:00:00Z 2023-07-10T12:34:56Z"),
            (Some(1), None, Some("2023-07-05"), "2023-07-04T00:00:00Z 2023-07-05T00:00:00Z"),
            (Some(1), None, Some("2023-07-05T00:00:01Z"), "2023-07-04T00:00:00Z 2023-07-05T00:00:01Z"),
            (None, Some("2023-07-01"), None, "2023-07-01T00:00:00Z 2023-07-10T12:34:56Z"),
            (None, Some("36h"), None, "2023-07-09T00:34:56Z 2023-07-10T12:34:56Z"),
            (None, Some("7d"), Some("1d"), "2023-07-03T12:34:56Z 2023-07-09T12:34:56Z"),
            (None, Some("2023-07-01T02:00:00+02:00"), Some("2023-07-02"), "2023-07-01T00:00:00Z 2023-07-02T00:00:00Z"),
            (None, None, Some("2023-07-02"), "1970-01-01T00:00:00Z 2023-07-02T00:00:00Z"),
            (None, Some("1d"), Some("2023-07-11"), "2023-07-09T12:34:56Z 2023-07-11T00:00:00Z"),
        ] {
            assert_eq!(window(days, since, until), given(expected), "{days:?} {since:?} {until:?}");
        }
    }

    #[test]
    fn windows_that_cannot_be() {
        for (days, since, until, expected) in [
            (Some(0), None, None, "--days 0"),
            (Some(1), Some("1d"), None, "--days and --since"),
            (None, Some("2023-07-05"), Some("2023-07-05"), "the window is empty"),
            (None, Some("2023-07-06"), Some("2023-07-05"), "the window is empty"),
            (None, Some("2023-07-11"), None, "the window starts"),
            (None, Some("2023-07-11"), Some("2023-07-12"), "the window starts"),
            (None, Some(NOW), Some("2023-07-12"), "the window starts"),
            (None, Some("0"), None, "the window starts"),
            (None, Some("yesterday"), None, "--since \"yesterday\" is not a time"),
            (None, None, Some("2023-02-30"), "--until \"2023-02-30\" is not a time"),
            (None, Some("-7d"), None, "--since \"-7d\" is not a time"),
            (None, Some("2023-07-01T00:00:00"), None, "--since"),
            (None, None, Some("1969-12-31"), "the window is empty"),
        ] {
            let error = window(days, since, until).unwrap_err();
            assert!(error.starts_with(expected), "{days:?} {since:?} {until:?}: {error}");
        }
    }

    #[test]
    fn the_clock() {
        let clock = EventTime::parse(NOW).unwrap();
        let at = |flag, variable| now(flag, variable, clock).map(|time| time.to_string());
        assert_eq!(at(None, None).as_deref(), Ok(NOW));
        assert_eq!(at(None, Some("")).as_deref(), Ok(NOW));
        assert_eq!(at(None, Some("2023-07-09")).as_deref(), Ok("2023-07-09T00:00:00Z"));
        assert_eq!(at(Some("2023-07-08T01:02:03Z"), Some("2023-07-09")).as_deref(), Ok("2023-07-08T01:02:03Z"));
        assert!(at(Some("36h"), None).unwrap_err().starts_with("--now"));
        assert!(at(None, Some("x")).unwrap_err().starts_with("TRAILSCAN_NOW"));
        assert!(at(Some(""), None).is_err());
    }
}
