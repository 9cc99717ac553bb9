//! Why a rollup cannot be read.

use std::path::{Path, PathBuf};

use crate::model::Day;

/// Why a rollup cannot answer: one line, naming the place and the next step.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RollupError {
    /// The list of a rollup cannot be read.
    #[error("{}: {why}: roll the logs up again", file.display())]
    Manifest {
        /// The list.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Another version wrote it.
    #[error(
        "{}: is of rollup version {found}, and this program reads {known}: roll the logs up again, or read it with the program \
         that wrote it",
        file.display()
    )]
    Version {
        /// The list.
        file: PathBuf,
        /// Its version.
        found: u64,
        /// The version that is read here.
        known: u32,
    },
    /// A file is missing or is not what was written.
    #[error("{}: {why}: roll the logs up again", file.display())]
    Part {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A window ends within a day.
    #[error(
        "{}: the window cuts {day} of account {account}, and a rollup knows whole UTC days: give --since and --until as dates, or \
         read the logs",
        place.display()
    )]
    Cut {
        /// The rollup.
        place: PathBuf,
        /// The account.
        account: String,
        /// The day.
        day: Day,
    },
    /// Copies of an event count in one and not in the other.
    #[error("{}: was made {made} --no-dedupe, which holds for good: ask it {made} --no-dedupe, or read the logs", place.display())]
    Copies {
        /// The rollup.
        place: PathBuf,
        /// `with` or `without`.
        made: &'static str,
    },
    /// One object was rolled up twice.
    #[error(
        "{}: holds {object}, and so does {}: its events would be counted twice; give one of them",
        place.display(), other.display()
    )]
    Twice {
        /// The rollup.
        place: PathBuf,
        /// Another one.
        other: PathBuf,
        /// The object.
        object: String,
    },
    /// The build reads no Parquet.
    #[error("{}: this build reads no rollups: install with the feature `columnar`, or read the logs", .0.display())]
    NotBuilt(PathBuf),
}

impl RollupError {
    /// That of a file in a folder.
    pub(super) fn part(folder: &Path, file: &str, why: impl ToString) -> Self {
        Self::Part { file: folder.join(file), why: why.to_string() }
    }

    /// Whether a window ends within a day.
    pub const fn is_cut(&self) -> bool {
        matches!(self, Self::Cut { .. })
    }

    /// Whether what was asked cannot be, rather than what is there.
    pub const fn is_usage(&self) -> bool {
        matches!(self, Self::Cut { .. } | Self::Copies { .. } | Self::Twice { .. } | Self::NotBuilt(_))
    }
}
