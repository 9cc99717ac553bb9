//! Moments of UTC, as CloudTrail writes them: parsing, printing, days and hours. No clock and no time zones.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat};

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400;

/// A moment in UTC: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventTime(pub i64);

/// A day of UTC: days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// A clock hour of UTC: hours since 1970-01-01T00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour(pub i32);

impl EventTime {
    /// The moment `seconds` after 1970-01-01T00:00:00Z.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(MICROS))
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(MICROS)
    }

    /// The UTC day this moment lies in.
    pub const fn day(self) -> Day {
        Day(self.0.div_euclid(DAY * MICROS) as i32)
    }

    /// The UTC clock hour this moment lies in.
    pub const fn hour(self) -> Hour {
        Hour(self.0.div_euclid(3600 * MICROS) as i32)
    }

    /// This moment moved by `seconds`, later for positive values.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(MICROS)))
    }

    /// Parses an RFC 3339 time: `2023-07-10T11:42:18Z` at once, any other through chrono.
    ///
    /// `None` for anything else. Years outside 1–9999 are refused, so printing always gives RFC 3339.
    /// Source: CloudTrail user guide, "CloudTrail record contents", `eventTime` is "in coordinated universal time".
    pub fn parse(text: &str) -> Option<Self> {
        parse_seconds_z(text.as_bytes()).or_else(|| parse_any(text))
    }

    /// Parses `eventTime`: as [`EventTime::parse`], and also as what exports make of it: `2026-09-01 09:00:00.000` (Lake,
    /// Athena, Trino, DuckDB), with ` UTC`, `+0000` (Spark), ` +0000 UTC` (Go) or no zone, which is UTC; ISO 8601 in its
    /// basic form (`20260901T090000Z`) and without seconds (`2026-09-01T09:00Z`); and seconds or milliseconds since 1970.
    #[inline]
    pub fn parse_event_time(text: &str) -> Option<Self> {
        parse_seconds_z(text.as_bytes()).or_else(|| parse_exported(text))
    }

    /// Whether CloudTrail can have recorded it: the first service of AWS opened in 2006, and `latest` is the last moment
    /// that is believed. A time outside of that is a mistake of whatever wrote the record.
    #[inline]
    pub const fn is_believable(self, latest: Self) -> bool {
        EARLIEST.0 <= self.0 && self.0 <= latest.0
    }

    /// Parses `sessionContext.attributes.creationDate`: as [`EventTime::parse`], and also basic ISO
    /// (`20131102T010628Z`) and seconds since the epoch, both seen in real logs.
    pub fn parse_creation_date(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| parse_basic_iso(text)).or_else(|| parse_epoch(text))
    }

    /// Parses `responseElements.credentials.expiration`: `Jul 10, 2023, 12:09:47 PM`, `Jul 30, 2021 12:56:03 AM` (UTC,
    /// the space before AM/PM may be U+202F), and the ISO and epoch forms of re-exported records.
    pub fn parse_expiration(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_written_out = text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
        if is_written_out { parse_written_out(text) } else { Self::parse_creation_date(text) }
    }
}

/// 2006-01-01T00:00:00Z.
const EARLIEST: EventTime = EventTime::from_seconds(1_136_073_600);

/// An `eventTime` that is not as CloudTrail writes it.
#[cold]
fn parse_exported(text: &str) -> Option<EventTime> {
    parse_any(text)
        .or_else(|| parse_parts(text))
        .or_else(|| parse_minutes(text))
        .or_else(|| parse_basic_iso(text))
        .or_else(|| parse_epoch(text))
}

/// `2026-09-01T09:00Z`: no seconds, but a zone, without which it may be anything.
fn parse_minutes(text: &str) -> Option<EventTime> {
    let (minutes, rest) = (text.get(..16)?, &text[16..]);
    let is_iso = minutes.as_bytes()[10] == b'T' && rest.starts_with(['Z', '+', '-']);
    is_iso.then(|| parse_parts(&format!("{minutes}:00{rest}")))?
}

/// `2026-09-01 09:00:00`, `T` or a space between date and clock, a fraction or none, and one of the zones of [`zone`].
fn parse_parts(text: &str) -> Option<EventTime> {
    let (date, clock) = (text.get(..10)?, text.get(11..19)?);
    if !matches!(text.as_bytes()[10], b' ' | b'T' | b't') {
        return None;
    }
    let whole = parse_seconds_z(format!("{date}T{clock}Z").as_bytes())?;
    let rest = &text[19..];
    let digits = rest.strip_prefix('.').map(|rest| &rest[..rest.bytes().take_while(u8::is_ascii_digit).count()]);
    let rest = match digits {
        None => rest,
        Some("") => return None,
        Some(digits) => &rest[1 + digits.len()..],
    };
    let micros = digits.map_or(Ok(0), |digits| format!("{digits:0<6}")[..6].parse::<i64>()).ok()?;
    Some(EventTime(whole.0.checked_add(micros)?).plus_seconds(-zone(rest)?)).filter(is_printable)
}

/// The seconds that a zone is ahead of UTC: none at all, `Z`, `UTC`, `GMT`, `+0000`, `+00:00` or `+00`, with a space before
/// it or without; and `+0000 UTC`, `+0200 CEST`, as Go prints times, where the name says nothing that counts.
///
/// Source: Go's package time, `Time.String`: "2006-01-02 15:04:05.999999999 -0700 MST".
fn zone(text: &str) -> Option<i64> {
    let text = text.strip_prefix(' ').unwrap_or(text);
    if ["", "Z", "z", "UTC", "GMT"].contains(&text) {
        return Some(0);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let is_name = |name: &str| matches!(name.len(), 3..=5) && name.bytes().all(|byte| byte.is_ascii_uppercase());
    let offset = text.split_once(' ').filter(|(_, name)| is_name(name)).map_or(text, |(offset, _)| offset);
    let digits = offset[1..].replace(':', "");
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = (digits[..2].parse::<i64>().ok()?, digits[2..].parse::<i64>().unwrap_or(0));
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Whether its year has four digits: what is computed with such times cannot overflow.
fn is_printable(time: &EventTime) -> bool {
    const FIRST: i64 = -62_135_596_800 * MICROS;
    const AFTER: i64 = 253_402_300_800 * MICROS;
    (FIRST..AFTER).contains(&time.0)
}

const MONTHS: [&[u8; 3]; 12] =
    [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

/// `Jul 10, 2023, 12:09:47 PM`, with or without the commas. By hand, a byte at a time: trails hold one for every role that
/// was assumed.
fn parse_written_out(text: &str) -> Option<EventTime> {
    let mut left = text.as_bytes();
    let name = left.split_off(..3)?;
    let is_month = |known: &[u8; 3]| known.eq_ignore_ascii_case(name);
    let month = (1..).zip(MONTHS).find(|(_, known)| is_month(known))?.0;
    let mut after_gap = |what: fn(&mut &[u8]) -> Option<u32>| {
        while left.first() == Some(&b',') {
            left = &left[1..];
        }
        left =
            [&b" "[..], "\u{202f}".as_bytes(), "\u{a0}".as_bytes()].iter().find_map(|gap| left.strip_prefix(*gap))?;
        what(&mut left)
    };
    let (day, year) = (after_gap(number)?, after_gap(number)?);
    let (second_of_day, afternoon) = (after_gap(twelve_hour_clock)?, after_gap(half_of_day)?);
    if !left.iter().all(|&byte| byte == b',') || !(1..=9999).contains(&year) || day < 1 || day > days_in(year, month) {
        return None;
    }
    let seconds = i64::from(second_of_day + afternoon * 12 * 3600);
    Some(EventTime::from_seconds(days_from_civil(year, month, day) * DAY + seconds))
}

/// Takes a number of at most six digits.
fn number(left: &mut &[u8]) -> Option<u32> {
    let length = left.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let digits = left.split_off(..length).filter(|digits| matches!(digits.len(), 1..=6))?;
    Some(digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
}

/// Takes `12:09:47`, and gives the seconds of its half of the day.
fn twelve_hour_clock(left: &mut &[u8]) -> Option<u32> {
    let hour = number(left)?;
    let mut sixtieths = || left.split_off_first().filter(|byte| **byte == b':').and_then(|_| number(left));
    let (minute, second) = (sixtieths()?, sixtieths()?);
    ((1..=12).contains(&hour) && minute < 60 && second < 60).then_some(hour % 12 * 3600 + minute * 60 + second)
}

/// Takes `AM` or `PM`: whether it is the second half.
fn half_of_day(left: &mut &[u8]) -> Option<u32> {
    let half = left.split_off(..2)?;
    let is = |known: &[u8]| half.eq_ignore_ascii_case(known);
    if is(b"AM") { Some(0) } else { is(b"PM").then_some(1) }
}

impl Day {
    /// The first moment of this day.
    pub const fn start(self) -> EventTime {
        EventTime::from_seconds(self.0 as i64 * DAY)
    }

    /// The day of a calendar date; `None` when there is no such date.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        Some(Self(date.signed_duration_since(NaiveDate::default()).num_days() as i32))
    }
}

impl Hour {
    /// The first moment of this hour.
    pub const fn start(self) -> EventTime {
        EventTime::from_seconds(self.0 as i64 * 3600)
    }
}

impl fmt::Display for Day {
    /// `2023-07-10`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.start().to_string();
        f.write_str(text.split('T').next().unwrap_or_default())
    }
}

impl serde::Serialize for EventTime {
    /// The text that `Display` gives.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl serde::Serialize for Day {
    /// The text that `Display` gives.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for EventTime {
    /// RFC 3339 in UTC, with a fraction only where there is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = print_seconds_z(*self) {
            return f.write_str(std::str::from_utf8(&text).unwrap_or_default());
        }
        match DateTime::from_timestamp_micros(self.0) {
            Some(time) => f.write_str(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            None => write!(f, "{}us", self.0),
        }
    }
}

/// `YYYY-MM-DDTHH:MM:SSZ` without allocation, eight bytes at a time.
fn parse_seconds_z(text: &[u8]) -> Option<EventTime> {
    let text: &[u8; 20] = text.try_into().ok()?;
    let (year_month, day_clock) =
        (digits(text.first_chunk()?, b"0000-00-")?, digits(text[8..].first_chunk()?, b"00T00:00")?);
    let seconds = digits(&[text[16], text[17], text[18], text[19], b'0', b'0', b'0', b'0'], b":00Z0000")?;
    // A pair of digits beginning at byte `at`.
    let pair = |digits: u64, at: u32| ((digits * 10 + (digits >> 8)) >> (at * 8)) as u32 & 0xff;
    let (year, month) = (pair(year_month, 0) * 100 + pair(year_month, 2), pair(year_month, 5));
    let (day, hour, minute, second) = (pair(day_clock, 0), pair(day_clock, 3), pair(day_clock, 6), pair(seconds, 1));
    if year < 1 || !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let second_of_day = hour * 3600 + minute * 60 + second;
    Some(EventTime::from_seconds(days_from_civil(year, month, day) * DAY + i64::from(second_of_day)))
}

/// The digits of `text`, each in its byte, the first in the lowest, where `form` has zeros; `None` where one is none, or
/// where anything else is not as in `form`.
#[inline]
fn digits(text: &[u8; 8], form: &[u8; 8]) -> Option<u64> {
    // What is added to a byte sets its highest bit when a digit is above 9, or anything else above 0.
    let over = u64::from_le_bytes(form.map(|byte| if byte == b'0' { 0x80 - 10 } else { 0x7f }));
    let digits = u64::from_le_bytes(*text) ^ u64::from_le_bytes(*form);
    // A byte that carries into the next has its own highest bit set, or was too large already.
    let wrong = (digits.wrapping_add(over) | digits) & 0x8080_8080_8080_8080;
    (wrong == 0).then_some(digits)
}

/// `YYYY-MM-DDTHH:MM:SSZ` without chrono's formatter: millions of cells are printed so. `None` where there is a fraction
/// of a second or a year of other than four digits.
fn print_seconds_z(time: EventTime) -> Option<[u8; 20]> {
    if time.0.rem_euclid(MICROS) != 0 {
        return None;
    }
    let (day, second) = (time.seconds().div_euclid(DAY), time.seconds().rem_euclid(DAY));
    let (year, month, day_of_month) = civil_from_days(day);
    if !(1..=9999).contains(&year) {
        return None;
    }
    let mut text = *b"0000-00-00T00:00:00Z";
    let mut put = |at: usize, digits: usize, mut number: i64| {
        for place in (at..at + digits).rev() {
            text[place] = b'0' + (number % 10) as u8;
            number /= 10;
        }
    };
    put(0, 4, year);
    put(5, 2, month);
    put(8, 2, day_of_month);
    put(11, 2, second / 3600);
    put(14, 2, second / 60 % 60);
    put(17, 2, second % 60);
    Some(text)
}

/// The proleptic Gregorian date of a number of days since 1970-01-01 (Howard Hinnant's published algorithm).
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted_month + 2) / 5 + 1)
}

fn parse_any(text: &str) -> Option<EventTime> {
    let time = DateTime::parse_from_rfc3339(text).ok()?;
    // Of the moment and not of the year as written: a leap second at its end is the next one.
    Some(EventTime(time.timestamp_micros())).filter(is_printable)
}

fn parse_basic_iso(text: &str) -> Option<EventTime> {
    let time = NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ").ok()?;
    Some(EventTime::from_seconds(time.and_utc().timestamp())).filter(is_printable)
}

/// Seconds or milliseconds since 1970, told apart by size; only values from 2001 to 2286 are believed.
fn parse_epoch(text: &str) -> Option<EventTime> {
    let number: f64 = text.parse().ok()?;
    let seconds = if number >= 1e11 { number / 1e3 } else { number };
    (1e9..1e10).contains(&seconds).then(|| EventTime((seconds * 1e6).round() as i64))
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a proleptic Gregorian date from the year 1 on (Howard Hinnant's published algorithm).
fn days_from_civil(year: u32, month: u32, day: u32) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y / 400;
    let year_of_era = y % 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    i64::from(days) - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_time_forms() {
        let at = |s| EventTime::parse(s).map(|t| t.to_string());
        assert_eq!(at("2023-07-10T11:42:18Z").as_deref(), Some("2023-07-10T11:42:18Z"));
        assert_eq!(at("2023-07-10T11:42:18.123+02:00").as_deref(), Some("2023-07-10T09:42:18.123Z"));
        assert_eq!(at("2024-02-29T00:00:00Z").as_deref(), Some("2024-02-29T00:00:00Z"));
        for bad in ["", "2023-02-29T00:00:00Z", "2023-07-10", "2023-07-10T24:00:00Z", "2023-13-10T11:42:18Z", "x"] {
            assert_eq!(at(bad), None, "{bad}");
        }
    }

    #[test]
    fn event_times_of_exports() {
        let at = |s| EventTime::parse_event_time(s).map(|t| t.to_string());
        for same in [
            "2026-09-01T09:00:00Z",
            "2026-09-01 09:00:00",
            "2026-09-01 09:00:00.000",
            "2026-09-01 09:00:00.000000000",
            "2026-09-01 09:00:00 UTC",
            "2026-09-01 09:00:00.000 UTC",
            "2026-09-01 09:00:00Z",
            "2026-09-01 11:00:00.000+0200",
            "2026-09-01T09:00:00.000+0000",
            "2026-09-01T09:00:00+00",
            "2026-09-01T09:00:00",
            "2026-09-01 04:30:00 -04:30",
            "2026-09-01 09:00:00 +0000 UTC",
            "2026-09-01 11:00:00.000 +0200 CEST",
            "2026-09-01T09:00Z",
            "2026-09-01T11:00+02:00",
            "20260901T090000Z",
            "1788253200",
            "1788253200000",
            "1788253200.0",
        ] {
            assert_eq!(at(same).as_deref(), Some("2026-09-01T09:00:00Z"), "{same}");
        }
        assert_eq!(at("2026-09-01 09:00:00.5").as_deref(), Some("2026-09-01T09:00:00.500Z"));
        for bad in [
            "",
            "yesterday",
            "2026-09-01",
            "2026-09-01 09:00",
            "2026-09-01 09:00:00.",
            "2026-09-01 09:00:00 PST",
            "2026-09-01 09:00:00 +0000 UTC m=+0.5",
            "2026-09-01 09:00:00 +0000 Europe/Berlin",
            "2026-09-01 09:00:00 UTC +0000",
            "2026-09-01T09:00",
            "2026-09-01 09:00Z",
            "2026-09-01T09:00.5Z",
            "2026-09-01T09:00:Z",
            "2026-09-01T24:00Z",
            "2026-09-01T09:0\u{e9}Z",
            "20260901T090000",
            "20260901T240000Z",
            "20260230T090000Z",
            "20260901T0900Z",
            "2026-09-01 09:00:00 Europe/Berlin",
            "2026-09-01 09:00:00+2500",
            "2026-09-01 24:00:00",
            "2026-02-30 09:00:00",
            "2026-09-01_09:00:00",
            "20260901",
            "+262142-01-01T00:00:00Z",
            "9999-12-31T23:59:60Z",
            "1e400",
            "NaN",
            "2026-09-0\u{e9} 09:00:00",
        ] {
            assert_eq!(at(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_cloudtrail_can_have_recorded() {
        let latest = EventTime::parse("2026-09-15T00:00:00Z").unwrap();
        let believed = |s| EventTime::parse(s).unwrap().is_believable(latest);
        assert!(believed("2006-01-01T00:00:00Z") && believed("2026-09-15T00:00:00Z"));
        assert!(!believed("2005-12-31T23:59:59Z") && !believed("2026-09-15T00:00:01Z"));
        assert!(!believed("0001-01-01T00:00:00Z") && !believed("9999-12-31T23:59:59Z"));
    }

    /// Ages are differences of such times, in microseconds.
    #[test]
    fn no_form_gives_a_time_that_overflows() {
        for text in ["Jul 10, 262142, 12:09:47 PM", "Jul 10, -262142, 12:09:47 PM", "+2621420101T000000Z"] {
            assert_eq!(EventTime::parse_expiration(text), None, "{text}");
        }
        assert_eq!(EventTime::from_seconds(i64::MAX), EventTime(i64::MAX));
        assert_eq!(Day(i32::MAX).start(), EventTime(i64::MAX));
    }

    #[test]
    fn the_quick_parse_equals_chrono() {
        for seconds in (-62_000_000_000i64..200_000_000_000).step_by(86_399_777) {
            let time = EventTime::from_seconds(seconds);
            let text = time.to_string();
            let chrono =
                DateTime::from_timestamp_micros(time.0).map(|t| t.to_rfc3339_opts(SecondsFormat::AutoSi, true));
            assert_eq!(Some(&text), chrono.as_ref());
            assert_eq!(parse_seconds_z(text.as_bytes()), parse_any(&text), "{text}");
        }
    }

    #[test]
    fn the_quick_parse_takes_no_other_byte_anywhere() {
        let text = *b"2023-07-10T11:42:18Z";
        for place in 0..text.len() {
            for byte in 0..=u8::MAX {
                let mut other = text;
                other[place] = byte;
                let quick = parse_seconds_z(&other);
                // RFC 3339 would have small letters too.
                let has_letters = other[10] == b'T' && other[19] == b'Z';
                let chrono = std::str::from_utf8(&other).ok().filter(|_| has_letters).and_then(parse_any);
                assert_eq!(quick, chrono, "{:?}", String::from_utf8_lossy(&other));
            }
        }
    }

    #[test]
    fn creation_and_expiration_forms() {
        let created = |s| EventTime::parse_creation_date(s).map(|t| t.to_string());
        assert_eq!(created("20131102T010628Z").as_deref(), Some("2013-11-02T01:06:28Z"));
        assert_eq!(created("1688989338").as_deref(), Some("2023-07-10T11:42:18Z"));
        let expires = |s| EventTime::parse_expiration(s).map(|t| t.to_string());
        assert_eq!(expires("Jul 10, 2023, 12:09:47 PM").as_deref(), Some("2023-07-10T12:09:47Z"));
        assert_eq!(expires("Jul 30, 2021 12:56:03 AM").as_deref(), Some("2021-07-30T00:56:03Z"));
        assert_eq!(expires("Jul 3, 2021, 1:56:03\u{202f}AM").as_deref(), Some("2021-07-03T01:56:03Z"));
        assert_eq!(expires("1688989338000").as_deref(), Some("2023-07-10T11:42:18Z"));
        assert_eq!(expires("2023-07-10T11:42:18Z").as_deref(), Some("2023-07-10T11:42:18Z"));
        for wrong in [
            "tomorrow",
            "",
            "Jul 10, 2023",
            "Jul 10, 2023, 13:09:47 PM",
            "Jul 10, 2023, 0:09:47 AM",
            "Jul 32, 2023, 1:09:47 AM",
            "Jux 10, 2023, 1:09:47 AM",
            "Jul 10, 2023, 1:09:47 XM",
            "Jul 10, 2023, 1:09:47:11 AM",
            "Jul 10, 2023, 1:09 AM",
            "Jul 10, 2023, 1:09:47 AM UTC",
        ] {
            assert_eq!(expires(wrong), None, "{wrong}");
        }
    }
}
