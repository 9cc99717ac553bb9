//! A rollup whose place is in S3: written on disk first, and put there whole.

use std::fs::File;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use trailscan::input::explain_io;
use trailscan::output::{Destination, Remote as Store};
use trailscan::rollup::{Rollup, Shard};

use super::exit::Problem;
use super::flags::Common;
use super::remote::Remote;
use super::{destination, shard};

/// What ends the name of a rollup that is one file.
const ENDING: &str = ".rollup";

/// Where a rollup goes in S3, and where it is written before.
pub struct SentTo {
    /// What it is called there.
    pub uri: String,
    store: Store,
    there: Remote,
    folder: TempDir,
}

impl SentTo {
    /// What `to` means: an object whose name ends in `.rollup`, or a folder for the part of a shard.
    ///
    /// # Errors
    /// When it can be neither, or cannot be written to.
    pub fn resolve(to: &Path, shard: Option<&Shard>, common: &Common) -> Result<Self, Problem> {
        let uri = match shard {
            Some(shard) => format!("{}/{}{ENDING}", to.display().to_string().trim_end_matches('/'), shard.shard),
            None => to.display().to_string(),
        };
        if !uri.ends_with(ENDING) {
            let why = "a folder of Parquet is written to disk: name an object that ends in .rollup, or write a folder and copy it";
            return Err(Problem::usage(format!("{uri}: {why} (aws s3 cp --recursive DIR {uri})")));
        }
        let Destination::Object(store) = destination::of(Path::new(&uri), common)? else {
            return Err(Problem::usage(format!("{uri}: names no object")));
        };
        store.check()?;
        let there = Remote::of_object(&uri, common)?;
        let folder = tempfile::Builder::new().prefix("trailscan-").tempdir();
        let folder =
            folder.map_err(|error| Problem::failed(format!("no folder for a rollup: {}", explain_io(&error))))?;
        Ok(Self { uri, store, there, folder })
    }

    /// Where it is written on disk.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join(format!("new{ENDING}"))
    }

    /// Whether the part of this shard is there already.
    ///
    /// # Errors
    /// When something else is there that may not be replaced.
    pub fn is_there(&self, shard: Option<&Shard>, overwrite: bool) -> Result<bool, Problem> {
        let Some(fetched) = self.there.clone().take_rollups()? else { return Ok(false) };
        let Some((path, _)) = fetched.files.first() else { return Ok(false) };
        if let Some(shard) = shard {
            return shard::is_done(path, shard).map_err(|problem| problem.reworded(|text| fetched.named(text)));
        }
        if !overwrite {
            return Err(Problem::usage(format!(
                "{}: is there already: --overwrite replaces an earlier rollup",
                self.uri
            )));
        }
        match Rollup::open(path) {
            Ok(_) => Ok(false),
            Err(_) => Err(Problem::failed(format!("{}: is not a rollup, so it is not replaced: remove it", self.uri))),
        }
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// When it cannot be sent.
    pub fn send(&self) -> Result<(), Problem> {
        let failed = |why: &str| Problem::failed(format!("{}: {why}", self.uri));
        let file = File::open(self.file()).map_err(|error| failed(&explain_io(&error)))?;
        let staged = self.store.store.stage(&self.uri, file).map_err(|why| failed(&why.to_string()))?;
        staged.complete().map_err(|why| failed(&why.to_string()))
    }
}
