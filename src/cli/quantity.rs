//! Texts of the command line to numbers: lengths of time and sizes.

const DAY: i64 = 86_400;
/// A hundred years: longer lengths are slips of the keyboard.
const LONGEST: i64 = 36_525 * DAY;

/// Seconds of `90s`, `30m`, `36h`, `7d` or `2w`; `0` needs no unit.
pub fn seconds(text: &str) -> Result<i64, String> {
    let wrong = || format!("{text:?} is not a length of time: give a whole number with s, m, h, d or w, such as 36h");
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => DAY,
        "w" => 7 * DAY,
        "" if number == 0 => 1,
        _ => return Err(wrong()),
    };
    let seconds = i64::try_from(number).ok().and_then(|number| number.checked_mul(unit));
    seconds.filter(|&seconds| seconds <= LONGEST).ok_or_else(|| format!("{text:?} is longer than a hundred years"))
}

/// Bytes of `1048576`, `64MiB`, `8G` (binary, as KiB and K are) or `500MB` (decimal); any case, never 0.
pub fn bytes(text: &str) -> Result<u64, String> {
    let wrong =
        || format!("{text:?} is not a size: give a whole number of bytes, or with KiB, MiB, GiB, TiB, such as 2GiB");
    let (number, unit) = split(text).ok_or_else(wrong)?;
    let unit: u64 = match &*unit.to_ascii_lowercase() {
        "" | "b" => 1,
        "k" | "ki" | "kib" => 1 << 10,
        "m" | "mi" | "mib" => 1 << 20,
        "g" | "gi" | "gib" => 1 << 30,
        "t" | "ti" | "tib" => 1 << 40,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        _ => return Err(wrong()),
    };
    match number.checked_mul(unit) {
        Some(0) => Err(format!("{text:?} leaves no room at all")),
        Some(bytes) => Ok(bytes),
        None => Err(format!("{text:?} is more than any machine has")),
    }
}

/// A whole number and what follows it, with or without a space between.
fn split(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        for (text, expected) in
            [("90s", 90), ("30m", 1800), ("36h", 129_600), ("7d", 604_800), ("2w", 1_209_600), ("0", 0), ("0d", 0)]
        {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
        for text in ["", "d", "7", "-7d", "7D", "7days", "1.5h", "36525000d", "99999999999999999999d"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes() {
        let gib = 1u64 << 30;
        for (text, expected) in [
            ("1", 1),
            ("64MiB", gib / 16),
            ("2GiB", 2 * gib),
            ("2gib", 2 * gib),
            ("2 G", 2 * gib),
            ("8Gi", 8 * gib),
            ("500MB", 500_000_000),
            ("1kB", 1000),
            ("1TiB", 1024 * gib),
        ] {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
        for text in ["", "0", "0GiB", "GiB", "-1", "1.5GiB", "2GiBs", "2 PiB", "99999999999TiB"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
