//! Rollups of S3, fetched to where they can be opened.

#[cfg(feature = "s3")]
use std::path::Path;
use std::path::PathBuf;

use tempfile::TempDir;
#[cfg(feature = "s3")]
use trailscan::input::s3::{S3Request, S3Source};
#[cfg(feature = "s3")]
use trailscan::input::{Body, DayRange, FoundObject, Input, S3Uri, Source, explain_io};

use super::exit::Problem;
use super::flags::Common;
#[cfg(feature = "s3")]
use super::stop::STOP;

/// Rollups that were fetched. Their files are gone when this is.
pub struct Fetched {
    _folder: TempDir,
    /// Where each lies now, and its name in S3.
    pub files: Vec<(PathBuf, String)>,
}

impl Fetched {
    /// All that a source gives, and why what else is there was not to be had.
    #[cfg(feature = "s3")]
    fn of(source: Option<&dyn Source>) -> Result<(Self, Vec<String>), Problem> {
        let folder = tempfile::Builder::new().prefix("trailscan-").tempdir();
        let folder =
            folder.map_err(|error| Problem::failed(format!("no folder for rollups: {}", explain_io(&error))))?;
        let (mut files, mut failures) = (Vec::new(), Vec::new());
        while let Some(arrived) = source.and_then(Source::next) {
            let name = arrived.object.name();
            let path = folder.path().join(format!("{}.rollup", files.len()));
            match written(arrived.body, &path) {
                Ok(()) => files.push((path, name)),
                Err(why) => failures.push(format!("{name}: {why}")),
            }
        }
        let arrivals = source.map(Source::arrivals).unwrap_or_default();
        failures.extend(arrivals.failures.into_iter().map(|failure| format!("{}: {}", failure.object, failure.why)));
        files.sort_by(|(_, name), (_, other)| name.cmp(other));
        failures.sort();
        Ok((Self { _folder: folder, files }, failures))
    }

    /// What was said of a file, with its name in S3.
    pub fn named(&self, text: String) -> String {
        self.files.iter().fold(text, |text, (path, name)| text.replace(&path.display().to_string(), name))
    }
}

/// Writes what arrived to a file.
#[cfg(feature = "s3")]
fn written(body: Body, path: &Path) -> Result<(), String> {
    let written = match body {
        Body::Whole(body) => std::fs::write(path, &body.bytes),
        Body::Stream(mut stream) => {
            std::fs::File::create(path).and_then(|mut file| std::io::copy(&mut stream, &mut file)).map(drop)
        }
        Body::Skipped(kind) => return Err(format!("is not to be had ({kind})")),
        Body::Failed(why) => return Err(why),
    };
    written.map_err(|error| explain_io(&error))
}

/// Fetches objects that were listed; gives why some could not be.
///
/// # Errors
/// When there is no room for them.
#[cfg(feature = "s3")]
pub fn fetched(request: &S3Request, objects: &[FoundObject]) -> Result<(Fetched, Vec<String>), Problem> {
    let source = (!objects.is_empty()).then(|| S3Source::open(request.of_listed(objects), &STOP));
    let source = source.transpose().map_err(Problem::failed)?;
    Fetched::of(source.as_ref().map(|source| source as &dyn Source))
}

/// A folder of rollups, and who reads it.
pub struct Folder {
    #[cfg(feature = "s3")]
    request: Option<S3Request>,
}

#[cfg(feature = "s3")]
impl Folder {
    /// That of such a name, with a slash behind it.
    ///
    /// # Errors
    /// When nobody can read it.
    pub fn of(uri: &S3Uri, common: &Common) -> Result<Self, Problem> {
        let request =
            common.s3.request(&[Input::S3(uri.clone())], DayRange::ALL, (&[], &[])).map_err(Problem::usage)?;
        Ok(Self { request })
    }

    /// Fetches those of its rollups whose names are wanted, whatever lies beside them, and gives why others could not be.
    ///
    /// # Errors
    /// When there is no room for them.
    pub fn fetch(&self, is_wanted: impl Fn(&str) -> bool) -> Result<(Fetched, Vec<String>), Problem> {
        let Some(request) = &self.request else { return Fetched::of(None) };
        let shelves = request.clone().take_rollups(&STOP).map_err(Problem::failed)?;
        let objects = shelves.into_iter().flat_map(|(_, shelf)| shelf.objects);
        fetched(request, &objects.filter(|object| is_wanted(&object.name)).collect::<Vec<_>>())
    }
}

#[cfg(not(feature = "s3"))]
impl Folder {
    /// None: such a build refuses s3:// before.
    ///
    /// # Errors
    /// None.
    pub const fn of(_: &trailscan::input::S3Uri, _: &Common) -> Result<Self, Problem> {
        Ok(Self {})
    }

    /// Nothing.
    ///
    /// # Errors
    /// Always.
    pub fn fetch(&self, _: impl Fn(&str) -> bool) -> Result<(Fetched, Vec<String>), Problem> {
        Err(Problem::usage("this build reads no S3"))
    }
}
