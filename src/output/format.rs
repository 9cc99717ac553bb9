//! The formats and how they are named: by a word, or by the extension of a file. No writing.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// What an answer is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Aligned text for people.
    Table,
    /// One document with window, coverage, columns, rows and findings.
    Json,
    /// A row object a line.
    Jsonl,
    /// A header and a row a line; needs the feature `columnar`.
    Csv,
    /// Typed columns; needs the feature `columnar`.
    Parquet,
    /// A tree for Graphviz, of reports that have one.
    Dot,
    /// One self-contained page for people, with charts.
    Html,
    /// Tables and lists for tickets.
    Markdown,
    /// A timeline for Timesketch as JSON Lines, of single events or of findings.
    Timesketch,
    /// The same as CSV; needs the feature `columnar`.
    TimesketchCsv,
    /// Findings as SARIF 2.1.0, for code hosts and CI.
    Sarif,
    /// Findings as OCSF Detection Finding, an event a line, for a SIEM or a security data lake.
    Ocsf,
    /// Findings as the test cases of JUnit XML, for CI.
    Junit,
}

/// Why a format cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The word names no format.
    #[error("no format is called {0:?}; formats are {known}", known = Format::ALL.map(Format::as_str).join(", "))]
    UnknownWord(String),
    /// The file's name does not say which format is meant.
    #[error(
        "{}: the extension names no format; use .json, .jsonl, .ndjson, .csv, .parquet, .html, .md, .dot, .gv, .sarif, .ocsf, .xml or .txt, or give --format",
        .0.display()
    )]
    UnknownExtension(PathBuf),
    /// The format was left out of this build.
    #[error("{0} needs the feature `columnar`, which this build lacks; use json or jsonl, or build with it")]
    NotBuilt(&'static str),
}

impl Format {
    /// All of them, in the order in which help lists them.
    pub const ALL: [Self; 13] = [
        Self::Table,
        Self::Json,
        Self::Jsonl,
        Self::Csv,
        Self::Parquet,
        Self::Html,
        Self::Markdown,
        Self::Dot,
        Self::Timesketch,
        Self::TimesketchCsv,
        Self::Sarif,
        Self::Ocsf,
        Self::Junit,
    ];

    /// The word that names it; also the extension of its files, but for those of tables, Markdown and timelines.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Dot => "dot",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Timesketch => "timesketch",
            Self::TimesketchCsv => "timesketch-csv",
            Self::Sarif => "sarif",
            Self::Ocsf => "ocsf",
            Self::Junit => "junit",
        }
    }

    /// The extension of its files, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Table => "txt",
            Self::Markdown => "md",
            Self::Timesketch => "jsonl",
            Self::TimesketchCsv => "csv",
            Self::Junit => "xml",
            other => other.as_str(),
        }
    }

    /// The format that a file's name asks for, in any case of letters.
    ///
    /// # Errors
    /// [`FormatError::UnknownExtension`], which lists the known ones, and [`FormatError::NotBuilt`].
    pub fn from_path(path: &Path) -> Result<Self, FormatError> {
        let extension = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).unwrap_or_default();
        let format = match extension.as_str() {
            "ndjson" => Some(Self::Jsonl),
            "gv" => Some(Self::Dot),
            "htm" => Some(Self::Html),
            "markdown" => Some(Self::Markdown),
            known => Self::ALL.into_iter().find(|format| format.extension() == known),
        };
        format.ok_or_else(|| FormatError::UnknownExtension(path.to_owned()))?.built()
    }

    /// Whether it is one of findings, and holds no rows.
    pub const fn is_of_findings(self) -> bool {
        matches!(self, Self::Sarif | Self::Ocsf | Self::Junit)
    }

    /// Whether it is one of rows, and holds nothing else.
    pub const fn is_of_rows(self) -> bool {
        matches!(self, Self::Jsonl | Self::Csv | Self::Parquet)
    }

    /// Whether it is a timeline: of single events, or of findings.
    pub const fn is_timeline(self) -> bool {
        matches!(self, Self::Timesketch | Self::TimesketchCsv)
    }

    /// Whether several reports can share one stream of it.
    pub(super) const fn holds_many(self) -> bool {
        !matches!(self, Self::Csv | Self::Parquet | Self::Dot) && !self.is_timeline()
    }

    /// Whether the coverage lies in a file beside it, for lack of a place inside.
    pub(super) const fn has_coverage_beside(self) -> bool {
        matches!(self, Self::Jsonl | Self::Csv | Self::Parquet | Self::Dot | Self::Ocsf) || self.is_timeline()
    }

    /// This format, if the build has it.
    pub(crate) fn built(self) -> Result<Self, FormatError> {
        match self {
            Self::Csv | Self::Parquet | Self::TimesketchCsv if !cfg!(feature = "columnar") => {
                Err(FormatError::NotBuilt(self.as_str()))
            }
            built => Ok(built),
        }
    }
}

impl FromStr for Format {
    type Err = FormatError;

    /// The format of that word.
    fn from_str(word: &str) -> Result<Self, FormatError> {
        let known = |format: &Self| format.as_str().eq_ignore_ascii_case(word);
        let format = Self::ALL.into_iter().find(known).or(word.eq_ignore_ascii_case("md").then_some(Self::Markdown));
        format.ok_or_else(|| FormatError::UnknownWord(word.to_owned()))?.built()
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Result<Format, String> {
        Format::from_path(Path::new(path)).map_err(|e| e.to_string())
    }

    #[test]
    fn words_and_extensions() {
        let others = [Format::Sarif, Format::Ocsf, Format::Junit];
        for format in
            [Format::Table, Format::Json, Format::Jsonl, Format::Html, Format::Markdown].into_iter().chain(others)
        {
            assert_eq!(format.as_str().parse(), Ok(format));
            assert_eq!(of(&format!("dir.csv/x.{}", format.extension())), Ok(format));
        }
        assert_eq!(of("x.ndjson"), Ok(Format::Jsonl));
        assert_eq!(of("X.JSON"), Ok(Format::Json));
        assert_eq!(
            ["JSON", "md", "Sarif"].map(str::parse),
            [Ok(Format::Json), Ok(Format::Markdown), Ok(Format::Sarif)]
        );
    }

    #[test]
    fn what_is_unknown_is_told_with_what_is_known() {
        for path in ["x", "x.json.gz", "x.table", "json", "dir.json/x"] {
            let error = of(path).unwrap_err();
            assert!(
                error.starts_with(path) && error.contains(".json, .jsonl, .ndjson, .csv, .parquet, .html"),
                "{error}"
            );
        }
        let error = "xml".parse::<Format>().unwrap_err().to_string();
        assert_eq!(
            error,
            "no format is called \"xml\"; formats are table, json, jsonl, csv, parquet, html, markdown, dot, timesketch, \
             timesketch-csv, sarif, ocsf, junit"
        );
    }

    #[cfg(feature = "columnar")]
    #[test]
    fn columnar_formats_are_there() {
        assert_eq!("csv".parse(), Ok(Format::Csv));
        assert_eq!(of("x.parquet"), Ok(Format::Parquet));
    }

    #[cfg(not(feature = "columnar"))]
    #[test]
    fn columnar_formats_name_their_feature() {
        assert!("csv".parse::<Format>().unwrap_err().to_string().contains("`columnar`"));
        assert!(of("x.parquet").unwrap_err().contains("`columnar`"));
    }
}
