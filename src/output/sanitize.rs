//! Text that is safe to print on a terminal, and text that is safe in a spreadsheet. Role session names, user agents and key names come from whoever made the
//! call; on a terminal they must not move the cursor, set the clipboard, hide or reorder anything, and in a spreadsheet they
//! must not be formulas.

use std::borrow::Cow;
use std::fmt::Write;

/// `text` with every character that steers a terminal, breaks a line, or cannot be seen written as `\x1b` or
/// `\u{202e}`. A backslash stays as it is: the result is for eyes, the other formats are for programs.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_unsafe(c) {
            push_escaped(&mut out, c);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

fn push_escaped(out: &mut String, c: char) {
    let code = u32::from(c);
    // Writing to a String cannot fail.
    let _ = match c {
        '\n' => write!(out, "\\n"),
        '\r' => write!(out, "\\r"),
        '\t' => write!(out, "\\t"),
        _ if code <= 0xff => write!(out, "\\x{code:02x}"),
        _ => write!(out, "\\u{{{code:x}}}"),
    };
}

/// Whether a terminal may act on `c`, or show nothing for it.
pub(super) fn is_unsafe(c: char) -> bool {
    // Nearly all text is printable ASCII.
    if matches!(c, ' '..='~') {
        return false;
    }
    c.is_control()
        || matches!(c,
            '\u{ad}'                                                    // soft hyphen
            | '\u{61c}' | '\u{200e}' | '\u{200f}'                       // direction marks
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'         // direction embedding, override, isolate
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200d}'         // zero width
            | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{feff}'
            | '\u{2028}' | '\u{2029}'                                   // line and paragraph separators
            | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'         // letters without a shape
            | '\u{fff9}'..='\u{fffb}'                                   // annotation marks
            | '\u{1d173}'..='\u{1d17a}'                                 // invisible music marks
            | '\u{e0000}'..='\u{e007f}'                                 // tags
        )
}

/// `text` with a `'` before what a spreadsheet would take for a formula: at its beginning, and behind what some
/// spreadsheet takes for the beginning of a cell or row within it. That is a `;` where the list separator of the country is
/// one: to such a reader quotes in the middle of a line are text. A quote may stand before the formula, but no blank,
/// which makes it a text: `(compatible; +https://example.com/bot)` stays as it is.
///
/// Source of the marks: OWASP, "CSV Injection".
#[cfg(any(test, feature = "columnar"))]
pub(super) fn without_formulas(text: &str) -> Cow<'_, str> {
    const MARKS: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    const ENDS: [char; 4] = [';', '\t', '\r', '\n'];
    let is_first = text.starts_with(MARKS) || text.starts_with(&ENDS[1..]);
    let is_formula = |rest: &str| rest.trim_start_matches('"').starts_with(MARKS);
    let behind = text.char_indices().filter(|(_, c)| ENDS.contains(c)).map(|(at, c)| at + c.len_utf8());
    let formulas: Vec<usize> = behind.filter(|&at| is_formula(&text[at..])).collect();
    if !is_first && formulas.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 1 + formulas.len());
    out.push_str(if is_first { "'" } else { "" });
    let mut done = 0;
    for at in formulas {
        out.push_str(&text[done..at]);
        out.push('\'');
        done = at;
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn honest_text_is_left_alone() {
        for text in ["", "aws-cli/2.13 Python/3.11", "Łukasz Ünïcode", "文档", "🦀", "a\\x1b", "arn:aws:iam::*:role/x"]
        {
            assert!(matches!(sanitize(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn what_steers_or_hides_is_shown() {
        for (text, shown) in [
            ("a\x1b[2Jb", "a\\x1b[2Jb"),
            ("\x1b]52;c;cm0=\x07", "\\x1b]52;c;cm0=\\x07"),
            ("one\r\ntwo\tx", "one\\r\\ntwo\\tx"),
            ("\u{9b}31m\x7f\0", "\\x9b31m\\x7f\\x00"),
            ("user\u{202e}nimda\u{2066}", "user\\u{202e}nimda\\u{2066}"),
            ("ad\u{200b}min\u{feff}\u{2028}", "ad\\u{200b}min\\u{feff}\\u{2028}"),
            ("\u{e0041}", "\\u{e0041}"),
        ] {
            assert_eq!(sanitize(text), shown);
        }
    }

    proptest! {
        #[test]
        fn nothing_unsafe_is_left(text in any::<String>()) {
            let safe = sanitize(&text);
            prop_assert!(!safe.chars().any(|c| c.is_control() || is_unsafe(c)));
            let again = sanitize(&safe);
            prop_assert_eq!(&again, &safe);
        }

        #[test]
        fn controls_and_direction_marks_never_pass(
            before in ".{0,5}", c in prop_oneof![
                (0u32..0x20), (0x7fu32..0xa0), (0x202au32..0x202f), (0x2066u32..0x206a), (0x200bu32..0x2010),
            ],
        ) {
            let c = char::from_u32(c).unwrap();
            let text = format!("{before}{c}");
            prop_assert!(!sanitize(&text).contains(c));
        }
    }

    #[test]
    fn formulas_and_near_misses() {
        for (text, field) in [
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t'=1"),
            ("\r=1", "'\r'=1"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("aws-cli;=cmd|' /C calc'!A0", "aws-cli;'=cmd|' /C calc'!A0"),
            ("a;@b;+c;-d;\u{ff0b}e", "a;'@b;'+c;'-d;'\u{ff0b}e"),
            ("a\t=1\r\n=2", "a\t'=1\r\n'=2"),
            (";;=1", ";;'=1"),
            ("a;\"\"=1", "a;'\"\"=1"),
            ("a=1", "a=1"),
            (" =1", " =1"),
            ("a;b=1;c-d", "a;b=1;c-d"),
            (
                "Mozilla/5.0 (compatible; +https://example.com/bot)",
                "Mozilla/5.0 (compatible; +https://example.com/bot)",
            ),
            ("", ""),
            ("192.0.2.1", "192.0.2.1"),
        ] {
            assert_eq!(without_formulas(text), field);
        }
    }

    proptest! {
        /// Whatever is taken for the beginning of a cell, no cell begins with a formula, and nothing else is changed.
        #[test]
        fn no_cell_is_a_formula(text in "[a=+@;\t\r\n\"' -]{0,12}") {
            let field = without_formulas(&text);
            for cell in field.split([';', '\t', '\r', '\n']) {
                prop_assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell:?} of {field:?}");
            }
            prop_assert_eq!(field.replace('\'', ""), text.replace('\'', ""));
        }
    }
}
