//! Words for a shell.

/// A word for a POSIX shell, on one line: control characters become `?`.
pub fn shell_quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    let word: String = word.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_a_shell_would_read_are_quoted() {
        assert_eq!(shell_quoted("sample-logs/AWSLogs"), "sample-logs/AWSLogs");
        assert_eq!(shell_quoted("*:role/admin/*"), "'*:role/admin/*'");
        assert_eq!(shell_quoted("it's $(here)"), "'it'\\''s $(here)'");
        assert_eq!(shell_quoted(""), "''");
        assert_eq!(shell_quoted("a\n\u{1b}[2Jb"), "'a??[2Jb'");
    }
}
