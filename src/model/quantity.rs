//! How numbers stand in sentences and tables. Not how they are counted.

/// `2900000` as `2,900,000`.
pub fn grouped(number: impl std::fmt::Display) -> String {
    let text = number.to_string();
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let mut out = sign.to_owned();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 object`, `2,900 objects`. For words whose plural adds an s.
pub fn quantity(number: u64, word: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {word}{plural}", grouped(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_three() {
        let numbers = [0i64, 7, 999, 1000, -1000, -999, 12_345, 1_234_567, i64::MIN];
        let text = numbers.map(grouped).join(" ");
        assert_eq!(text, "0 7 999 1,000 -1,000 -999 12,345 1,234,567 -9,223,372,036,854,775,808");
        assert_eq!([0, 1, 2].map(|n| quantity(n, "event")).join(" "), "0 events 1 event 2 events");
    }
}
