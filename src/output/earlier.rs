//! Whether a file that an answer would replace is itself one that an earlier answer wrote: known by how it begins and
//! ends, never by its name.
//!
//! What it does not prove: that nobody has changed such a file since.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::{Format, OutputError, Remote};
use crate::report::{REPORTS, finding_columns, scorecard_columns};

/// As much of a file's beginning, and of its end, as is looked at.
const LOOKED_AT: usize = 8 << 10;

/// How a file begins and ends.
struct Ends {
    head: String,
    tail: String,
}

/// Refuses a file that is there and was written by no earlier answer of this format.
///
/// # Errors
/// [`OutputError::ForeignAnswer`], and [`OutputError::Create`] for a file that cannot be looked at.
pub(super) fn check(path: &Path, format: Format) -> Result<(), OutputError> {
    check_by(path, |head, tail| is_answer((head, tail), format, || has_coverage_beside(path)))
}

/// Refuses a file that is there, holds something and is not as `is_ours` asks of its beginning and its end. What is no
/// file, such as a device, is left to whoever opens it.
///
/// # Errors
/// [`OutputError::ForeignAnswer`], and [`OutputError::Create`] for a file that cannot be looked at.
pub fn check_by(path: &Path, is_ours: impl Fn(&str, &str) -> bool) -> Result<(), OutputError> {
    match ends(path).map_err(|source| OutputError::create(path, source))? {
        Some(ends) if !is_ours(&ends.head, &ends.tail) => Err(OutputError::ForeignAnswer(path.to_owned())),
        _ => Ok(()),
    }
}

/// The same for a file of a store, and the coverage beside it.
///
/// # Errors
/// As [`check`].
pub(super) fn check_remote(remote: &Remote, format: Format) -> Result<(), OutputError> {
    let ends_of = |uri: &str| {
        let texts = remote.store.ends(uri, LOOKED_AT)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let [head, tail] = texts;
        (!head.is_empty()).then_some(Ends { head, tail })
    };
    let foreign = |uri: &str| OutputError::ForeignAnswer(uri.into());
    let beside_uri = format!("{}.coverage.json", remote.uri);
    let beside = if format.has_coverage_beside() { ends_of(&beside_uri) } else { None };
    let has_coverage = beside.as_ref().is_some_and(|ends| is_coverage(&ends.head));
    match ends_of(&remote.uri) {
        Some(ends) if !is_answer((&ends.head, &ends.tail), format, || has_coverage) => Err(foreign(&remote.uri)),
        _ if beside.is_some() && !has_coverage => Err(foreign(&beside_uri)),
        _ => Ok(()),
    }
}

/// Refuses the coverage beside a file that is there and is none.
///
/// # Errors
/// As [`check`].
pub(super) fn check_coverage(path: &Path) -> Result<(), OutputError> {
    check_by(path, |head, _| is_coverage(head))
}

/// How a file that holds something begins and ends; `None` where there is none.
fn ends(path: &Path) -> io::Result<Option<Ends>> {
    match fs::metadata(path) {
        Ok(there) if there.is_file() && there.len() > 0 => {}
        _ => return Ok(None),
    }
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut read = |from: u64| {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(from))?;
        file.by_ref().take(LOOKED_AT as u64).read_to_end(&mut bytes)?;
        Ok::<_, io::Error>(String::from_utf8_lossy(&bytes).into_owned())
    };
    Ok(Some(Ends { head: read(0)?, tail: read(length.saturating_sub(LOOKED_AT as u64))? }))
}

/// Whether a file that begins and ends so was written as this format; rows alone only where the coverage lies beside them.
fn is_answer((head, tail): (&str, &str), format: Format, has_coverage_beside: impl Fn() -> bool) -> bool {
    let last_line = tail.trim_end().lines().next_back().unwrap_or_default();
    match format {
        Format::Json => head.starts_with('{') && head.contains("\"trailscan\":"),
        Format::Html => head.starts_with("<!DOCTYPE html>") && head.contains("trailscan"),
        Format::Dot => head.starts_with("digraph trailscan {"),
        Format::Markdown => head.starts_with('#') && last_line.starts_with("Over ") && is_coverage_line(last_line),
        Format::Table => is_coverage_line(last_line),
        Format::Parquet => head.starts_with("PAR1") && has_coverage_beside(),
        Format::Sarif => {
            head.contains("sarif-schema") && [head, tail].iter().any(|part| part.contains("\"trailscan\""))
        }
        Format::Junit => head.starts_with("<?xml") && head.contains("trailscan"),
        Format::Ocsf => head.starts_with('{') && head.contains("\"class_uid\":2004") && has_coverage_beside(),
        Format::Timesketch => head.starts_with("{\"message\":") && has_coverage_beside(),
        Format::Csv | Format::TimesketchCsv => {
            let mut names = head.trim_start_matches('\u{feff}').lines().next().unwrap_or_default().split(',');
            names.next().is_some_and(is_column) && names.all(is_plain) && has_coverage_beside()
        }
        Format::Jsonl => {
            let first = head.strip_prefix("{\"").and_then(|rest| rest.split_once('"'));
            first.is_some_and(|(name, _)| is_column(name)) && has_coverage_beside()
        }
    }
}

/// Whether any report has a column of that name, or the name is that of the column of reports.
fn is_column(name: &str) -> bool {
    let of_reports = REPORTS.iter().flat_map(|report| report.columns.iter().map(|column| column.name));
    let of_all = scorecard_columns().into_iter().chain(finding_columns()).map(|column| column.name);
    ["report", "message"].into_iter().chain(of_reports).chain(of_all).any(|known| known == name)
}

/// Whether a name is one as columns have: files of addresses and of accounts add some.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn is_coverage(head: &str) -> bool {
    head.starts_with('{') && head.contains("\"objects_found\":")
}

/// Whether a line is the one that says what an answer rests on.
fn is_coverage_line(line: &str) -> bool {
    (line.contains(" object") || line.contains("state file") || line.contains("no logs"))
        && ["nothing failed", "PARTIAL", "nothing was counted"].iter().any(|end| line.contains(end))
}

fn has_coverage_beside(path: &Path) -> bool {
    let beside = ends(&beside(path));
    matches!(beside, Ok(Some(Ends { head, .. })) if is_coverage(&head))
}

/// `FILE.coverage.json`.
pub(super) fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".coverage.json");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{Content, Destination, Document, Style, sample, write};

    /// Whatever a format is, its files are known as such, and files of others in their place are not.
    #[test]
    fn answers_are_known_and_look_alikes_are_not() {
        let (section, coverage) = (sample::section(), sample::coverage());
        let document = Document::new(None, &coverage, Content::Report(&section));
        for format in Format::ALL {
            let folder = tempfile::tempdir().unwrap();
            let Ok(pending) = Destination::Directory(folder.path().to_owned()).open(format, &["sample"], false) else {
                assert!(format.built().is_err(), "{format:?}");
                continue;
            };
            write(&document, pending, Style::default()).unwrap();
            let path = folder.path().join(format!("sample.{}", format.extension()));
            assert!(check(&path, format).is_ok(), "{format:?}");
            for mine in [
                "mine",
                "{\"a\":1}",
                "a,b\n1,2\n",
                "# mine\n",
                "<!DOCTYPE html>\n<p>mine",
                "Over all,",
                "digraph mine {",
            ] {
                std::fs::write(&path, mine).unwrap();
                assert!(matches!(check(&path, format), Err(OutputError::ForeignAnswer(_))), "{format:?} {mine}");
            }
            std::fs::write(&path, "").unwrap();
            assert!(check(&path, format).is_ok(), "there is nothing to lose");
        }
    }

    #[test]
    fn rows_are_known_by_their_columns_and_the_coverage_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        for (name, format, rows) in [
            ("keys.csv", Format::Csv, "account_id,access_key_id\n1,2\n"),
            ("keys.jsonl", Format::Jsonl, "{\"account_id\":\"1\",\"access_key_id\":\"2\"}\n"),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, rows).unwrap();
            assert!(check(&path, format).is_err(), "{name} without its coverage");
            std::fs::write(beside(&path), "{\"mine\":1}").unwrap();
            assert!(check(&path, format).is_err() && check_coverage(&beside(&path)).is_err(), "{name}");
            std::fs::write(beside(&path), "{\n  \"objects_found\": 1\n}").unwrap();
            assert!(check(&path, format).is_ok() && check_coverage(&beside(&path)).is_ok(), "{name}");
            std::fs::write(&path, "Account,Password\n1,2\n").unwrap();
            assert!(check(&path, format).is_err(), "{name} with a column of none");
        }
    }
}
