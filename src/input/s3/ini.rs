//! The text of the AWS config and credentials files as sections: what stands in brackets, and settings below it.
//!
//! As tolerant as the AWS CLI, which reads them with Python's `configparser` and splits the names in brackets as a shell
//! does: `[profile "my team"]`. What a setting means is not known here.
//!
//! Source: AWS SDKs and Tools reference guide, "Using shared config and credentials files"; botocore, `configloader.py`.

use std::collections::BTreeMap;

/// Settings by name, in lower case; what is nested in `s3 =` is `s3.addressing_style`.
pub type Settings = BTreeMap<String, String>;

/// A section of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The words in its brackets.
    pub words: Vec<String>,
    /// All that stands in its brackets.
    pub name: String,
    /// What it says.
    pub settings: Settings,
}

/// Where a file is none of these, by the number of its line. The line itself may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct IniError {
    line: usize,
    what: &'static str,
}

/// Reads a file.
///
/// # Errors
/// [`IniError`] at the first line that is neither a section nor a setting.
pub fn sections(text: &str) -> Result<Vec<Section>, IniError> {
    let mut sections: Vec<Section> = Vec::new();
    // The setting that lines belong to which are indented more, and how much it is itself.
    let mut open: Option<(String, usize)> = None;
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let wrong = |what| IniError { line: number + 1, what };
        if line.trim().is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with('[') {
            let name = header(line).ok_or_else(|| wrong("a section's name ends with ]"))?;
            sections.push(Section { words: words(name), name: name.to_owned(), settings: Settings::new() });
            open = None;
            continue;
        }
        let section = sections.last_mut().ok_or_else(|| wrong("a section such as [default] comes first"))?;
        let indent = line.len() - line.trim_start().len();
        let continued = open.as_ref().filter(|(_, least)| indent > *least);
        match (continued, setting(line)) {
            (Some((parent, _)), nested) => go_on(&mut section.settings, parent, nested, line),
            (None, None) => return Err(wrong("a setting has the form name = value")),
            (None, Some((name, value))) => {
                section.settings.insert(name.clone(), value.to_owned());
                open = Some((name, indent));
            }
        }
    }
    Ok(sections)
}

/// An indented line: part of what is nested where its setting says nothing itself, else more of the value.
fn go_on(settings: &mut Settings, parent: &str, nested: Option<(String, &str)>, line: &str) {
    match (settings.get_mut(parent).filter(|value| !value.is_empty()), nested) {
        (Some(value), _) => {
            value.push('\n');
            value.push_str(line.trim());
        }
        (None, Some((name, value))) => {
            settings.insert(format!("{parent}.{name}"), value.to_owned());
        }
        (None, None) => {}
    }
}

/// What stands in the brackets of `[default]`; a comment may follow.
fn header(line: &str) -> Option<&str> {
    line.strip_prefix('[')?.split_once(']').map(|(name, _)| name.trim())
}

/// The words of a section's name, split as a shell does.
fn words(name: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in name.chars() {
        match quote {
            Some(end) if c == end => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '"' || c == '\'' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// `name = value`, the name in lower case, without a comment that follows white space.
fn setting(line: &str) -> Option<(String, &str)> {
    let comment = line.match_indices(['#', ';']).find(|(at, _)| line[..*at].ends_with([' ', '\t']));
    let line = comment.map_or(line, |(at, _)| &line[..at]);
    let (name, value) = line.split_once('=').or_else(|| line.split_once(':'))?;
    let name = name.trim().to_ascii_lowercase();
    (!name.is_empty()).then(|| (name, value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each section as `words: name=value …`.
    fn brief(text: &str) -> Vec<String> {
        let of = |section: Section| {
            let settings = section.settings.iter().map(|(name, value)| format!("{name}={value:?}"));
            format!("{}: {}", section.words.join("|"), settings.collect::<Vec<_>>().join(" "))
        };
        sections(text).unwrap().into_iter().map(of).collect()
    }

    #[test]
    fn names_are_split_as_a_shell_does() {
        for (name, expected) in [
            ("default", "default"),
            ("  profile   audit ", "profile|audit"),
            ("profile \"my team\"", "profile|my team"),
            ("profile 'it''s'", "profile|its"),
            ("profile \"\"", "profile|"),
            ("profile Ünïts", "profile|Ünïts"),
            ("profile \"open", "profile|open"),
        ] {
            assert_eq!(brief(&format!("[{name}] # comment")), [format!("{expected}: ")]);
        }
    }

    #[test]
    fn settings_as_the_aws_cli_reads_them() {
        let text = "\u{feff}# comment\n[default] ; so\r\nRegion=eu-west-1\r\noutput : json # not the value\n\
            key = a#b\nurl = https://x:9000/\n\n[services dev]\ns3 =\n  endpoint_url = http://localhost:1 \n\n\
            \taddressing_style = path\nsts =\n    endpoint_url = http://localhost:2\n[profile x]\n  indented = first\n\
            \u{20} other = second\nlong = one\n  two\n  x = 3\nempty =\n";
        assert_eq!(
            brief(text),
            [
                "default: key=\"a#b\" output=\"json\" region=\"eu-west-1\" url=\"https://x:9000/\"",
                "services|dev: s3=\"\" s3.addressing_style=\"path\" s3.endpoint_url=\"http://localhost:1\" sts=\"\" \
                 sts.endpoint_url=\"http://localhost:2\"",
                "profile|x: empty=\"\" indented=\"first\" long=\"one\\ntwo\\nx = 3\" other=\"second\"",
            ]
        );
    }

    #[test]
    fn what_is_no_such_file_is_told_by_its_line_and_not_repeated() {
        for (text, expected) in [
            ("x = 1", "line 1: a section such as [default] comes first"),
            ("[default]\n\nsecret", "line 3: a setting has the form name = value"),
            ("[default\nx = 1", "line 1: a section's name ends with ]"),
            ("[default]\n= 1", "line 2: a setting has the form name = value"),
        ] {
            assert_eq!(sections(text).unwrap_err().to_string(), expected);
        }
        assert_eq!(sections("").unwrap(), []);
    }
}
