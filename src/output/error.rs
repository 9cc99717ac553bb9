//! Why an answer could not be written.

use std::io;
use std::path::{Path, PathBuf};

use super::{Format, FormatError};

/// Why an answer could not be written: one line, naming the place and the next step.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutputError {
    /// The build cannot write the format.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// Several reports do not fit one file of this format.
    #[error("{0} holds one report a file: give --output DIR/ for several, or use --format json")]
    NeedsDirectory(Format),
    /// The coverage and the answer would share standard output.
    #[error("--coverage -: standard output is the answer's; name a file")]
    CoverageOnStdout,
    /// Parquet is no text.
    #[error("parquet is not for a terminal: give --output FILE.parquet, or redirect the output")]
    BinaryOnTerminal,
    /// A file was named, a directory is there.
    #[error("{}: is a directory: end it with / to write a file a report into it, or name a file", .0.display())]
    IsDirectory(PathBuf),
    /// A folder was named, a file is there.
    #[error("{}: is a file: name a folder that does not exist yet", .0.display())]
    IsFile(PathBuf),
    /// A folder that is to be written holds something.
    #[error("{}: is not empty: name a folder that does not exist yet (DIR comes before INPUT), or add --overwrite to replace an earlier export or rollup", .0.display())]
    NotEmpty(PathBuf),
    /// A file that is to be written is there, and is not to be replaced.
    #[error("{}: is there already: name another file, or add --overwrite to replace an earlier rollup", .0.display())]
    IsThere(PathBuf),
    /// A file that is to be replaced is none that was written before.
    #[error("{}: is not a rollup: --overwrite replaces nothing else; name another file", .0.display())]
    ForeignFile(PathBuf),
    /// A file in a folder that is to be written is there, and is none of ours.
    #[error("{}: is there already, and no earlier answer wrote it: name another folder, or add --overwrite to replace it", .0.display())]
    ForeignAnswer(PathBuf),
    /// A file that is to be written is read in the same run.
    #[error("{}: is an INPUT, which no answer takes the place of: name another file", .0.display())]
    IsInput(PathBuf),
    /// Two files of one run would go to one place.
    #[error("{}: would be written twice, and the second would be all that stays: name another file", .0.display())]
    Twice(PathBuf),
    /// A folder that is to be replaced holds something that would be lost.
    #[error("{}: holds {}, which is not part of an export: --overwrite replaces only what the schema.json or rollup.json in there lists with its size", folder.display(), name.display())]
    Foreign {
        /// The folder.
        folder: PathBuf,
        /// What is in it.
        name: PathBuf,
    },
    /// Files of two formats in one folder of partitions, which no engine reads.
    #[error(
        "a table by day is a folder of one format: give one --format, or leave --partition-by and --with-events out"
    )]
    FormatsByDay,
    /// The folder to write into does not exist.
    #[error("{}: cannot be created: the folder {} does not exist, create it first", file.display(), folder.display())]
    NoFolder {
        /// What was to be written.
        file: PathBuf,
        /// The folder that is missing.
        folder: PathBuf,
    },
    /// The file or folder cannot be created or replaced.
    #[error("{}: cannot be created: {source}: choose a place that can be written", path.display())]
    Create {
        /// What was to be written.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Writing failed on the way; nothing was left behind and an earlier file is as it was.
    #[error("{}: cannot be written: {source}", path.display())]
    Write {
        /// What was to be written.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A store does not take the file; nothing of it was left behind.
    #[error("{uri}: cannot be written: {why}")]
    Store {
        /// What was to be written.
        uri: String,
        /// What failed, and the next step when known.
        why: String,
    },
    /// Writing to standard output failed.
    #[error("standard output: cannot be written: {0}")]
    Stdout(#[source] io::Error),
}

impl OutputError {
    /// Whether the reader of the output went away, as `head` does: nothing to complain about.
    pub fn is_broken_pipe(&self) -> bool {
        match self {
            Self::Write { source, .. } | Self::Stdout(source) => source.kind() == io::ErrorKind::BrokenPipe,
            _ => false,
        }
    }

    /// Whether the command line asked for something that cannot be, rather than that something failed.
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Format(_)
                | Self::NeedsDirectory(_)
                | Self::BinaryOnTerminal
                | Self::CoverageOnStdout
                | Self::IsDirectory(_)
                | Self::IsFile(_)
                | Self::Twice(_)
                | Self::IsThere(_)
                | Self::ForeignAnswer(_)
                | Self::IsInput(_)
                | Self::ForeignFile(_)
                | Self::NotEmpty(_)
                | Self::Foreign { .. }
                | Self::FormatsByDay
        )
    }

    pub(super) fn stdout(source: io::Error) -> Self {
        Self::Stdout(source)
    }

    pub(super) fn create(path: &Path, source: io::Error) -> Self {
        Self::Create { path: path.to_owned(), source }
    }

    pub(super) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }

    pub(super) fn store(uri: &str, why: &dyn std::error::Error) -> Self {
        Self::Store { uri: uri.to_owned(), why: why.to_string() }
    }
}
