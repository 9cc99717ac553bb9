//! Where an answer goes: standard output, a file, or a folder with a file a report, on disk or in a store. Opened before
//! the scan.

use std::fs;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::earlier::{self, beside};
use super::{BUFFER, Document, Format, NewFile, OutputError, Remote, Style, coverage_json, emit};

/// Where an answer goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Standard output.
    Stdout,
    /// One file.
    File(PathBuf),
    /// A folder, made when missing, that gets one file a report: `root-usage.csv`.
    Directory(PathBuf),
    /// One file of a store.
    Object(Remote),
    /// A folder of a store.
    Prefix(Remote),
}

/// A destination that can be written, with everything in it prepared. Dropped unwritten, it leaves nothing behind.
#[derive(Debug)]
pub struct Pending {
    format: Format,
    /// `None` is standard output.
    files: Option<Vec<OutputFile>>,
}

/// One file of the answer and the coverage beside it.
#[derive(Debug)]
pub(super) struct OutputFile {
    /// The report it is for; `None` when it holds the whole document.
    report: Option<String>,
    file: NewFile,
    coverage: Option<NewFile>,
}

impl Destination {
    /// What `--output` means: `-` is standard output; a path that ends in a separator, or is a folder, is a folder.
    pub fn from_path(path: &Path) -> Self {
        let ends_in_separator = path.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
        match path {
            dash if dash == Path::new("-") => Self::Stdout,
            folder if ends_in_separator || folder.is_dir() => Self::Directory(folder.to_owned()),
            file => Self::File(file.to_owned()),
        }
    }

    /// Prepares to write the reports of these names, in this format. CSV, JSON Lines and Parquet files get their
    /// coverage beside them, as `FILE.coverage.json`. A file that is named is replaced. In a folder nobody has named the
    /// files: there only what an earlier answer wrote is replaced, unless `overwrite`.
    ///
    /// # Errors
    /// [`OutputError`] when the place cannot be written, cannot hold several reports of this format, or holds a file that
    /// would be lost.
    pub fn open(&self, format: Format, reports: &[&str], overwrite: bool) -> Result<Pending, OutputError> {
        format.built()?;
        if reports.len() > 1 && !format.holds_many() && !matches!(self, Self::Directory(_) | Self::Prefix(_)) {
            return Err(OutputError::NeedsDirectory(format));
        }
        let files = match self {
            Self::Stdout if format == Format::Parquet && io::stdout().is_terminal() => {
                return Err(OutputError::BinaryOnTerminal);
            }
            Self::Stdout => None,
            Self::File(path) => Some(vec![OutputFile::create(path, format, None)?]),
            Self::Directory(folder) => {
                fs::create_dir_all(folder).map_err(|source| OutputError::create(folder, source))?;
                let create = |name: &&str| {
                    let path = folder.join(format!("{name}.{}", format.extension()));
                    if !overwrite {
                        earlier::check(&path, format)?;
                        earlier::check_coverage(&beside(&path))?;
                    }
                    OutputFile::create(&path, format, Some((*name).to_owned()))
                };
                Some(reports.iter().map(create).collect::<Result<_, _>>()?)
            }
            Self::Object(remote) => {
                remote.check()?;
                Some(vec![OutputFile::for_store(remote, format, None)?])
            }
            Self::Prefix(folder) => {
                let remote = |name: &str| folder.with_uri(format!("{}{name}.{}", folder.uri, format.extension()));
                reports.first().map_or(Ok(()), |name| remote(name).check())?;
                if !overwrite {
                    reports.iter().try_for_each(|name| earlier::check_remote(&remote(name), format))?;
                }
                let create = |name: &&str| OutputFile::for_store(&remote(name), format, Some((*name).to_owned()));
                Some(reports.iter().map(create).collect::<Result<_, _>>()?)
            }
        };
        Ok(Pending { format, files })
    }
}

impl Pending {
    /// The format that will be written.
    pub fn format(&self) -> Format {
        self.format
    }

    pub(super) fn into_files(self) -> Option<Vec<OutputFile>> {
        self.files
    }
}

impl OutputFile {
    fn create(path: &Path, format: Format, report: Option<String>) -> Result<Self, OutputError> {
        let is_earlier = || earlier::check(path, format).is_ok();
        let file = NewFile::beside_inputs(path, is_earlier)?;
        let coverage = match format.has_coverage_beside() && !file.is_straight() {
            true => {
                let beside = beside(path);
                Some(NewFile::beside_inputs(&beside, || earlier::check_coverage(&beside).is_ok())?)
            }
            false => None,
        };
        Ok(Self { report, file, coverage })
    }

    fn for_store(remote: &Remote, format: Format, report: Option<String>) -> Result<Self, OutputError> {
        let beside = remote.with_uri(format!("{}.coverage.json", remote.uri));
        let coverage = format.has_coverage_beside().then(|| NewFile::for_store(beside)).transpose()?;
        Ok(Self { report, file: NewFile::for_store(remote.clone())?, coverage })
    }

    /// The report it is for; `None` when it holds the whole document.
    pub(super) fn report(&self) -> Option<&str> {
        self.report.as_deref()
    }

    pub(super) fn write(&mut self, document: &Document<'_>, format: Format) -> Result<(), OutputError> {
        let mut out = BufWriter::with_capacity(BUFFER, &mut self.file);
        let written = emit(document, format, Style::default(), &mut out).and_then(|()| out.flush());
        drop(out);
        written.map_err(|source| self.file.failed(source))?;
        if let Some(file) = &mut self.coverage {
            writeln!(file, "{}", coverage_json(document.coverage)).map_err(|source| file.failed(source))?;
        }
        Ok(())
    }

    /// Brings both as far as can be taken back.
    pub(super) fn stage(&mut self) -> Result<(), OutputError> {
        self.coverage.as_mut().map_or(Ok(()), NewFile::stage)?;
        self.file.stage()
    }

    /// The coverage first: rows never lie there without saying what they cover.
    pub(super) fn commit(self) -> Result<(), OutputError> {
        let beside = self.coverage.as_ref().map(|coverage| coverage.path().to_owned());
        self.coverage.map_or(Ok(()), NewFile::commit)?;
        self.file.commit().map_err(|error| match (error, beside) {
            (OutputError::Store { uri, why }, Some(beside)) => {
                OutputError::Store { uri, why: format!("{why}; its coverage is there: {}", beside.display()) }
            }
            (error, _) => error,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Content, sample, write};
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_a_path_means() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Destination::from_path(Path::new("-")), Destination::Stdout);
        assert_eq!(Destination::from_path(Path::new("new/")), Destination::Directory("new/".into()));
        assert_eq!(Destination::from_path(folder.path()), Destination::Directory(folder.path().into()));
        assert_eq!(Destination::from_path(Path::new("a.csv")), Destination::File("a.csv".into()));
    }

    #[test]
    fn rows_get_their_coverage_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        let (section, coverage) = (sample::section(), sample::coverage());
        for name in ["a.jsonl", "b.json"] {
            let path = folder.path().join(name);
            let format = Format::from_path(&path).unwrap();
            let pending = Destination::from_path(&path).open(format, &["sample"], false).unwrap();
            let document = Document::new(None, &coverage, Content::Report(&section));
            write(&document, pending, Style::default()).unwrap();
        }
        assert_eq!(names(folder.path()), ["a.jsonl", "a.jsonl.coverage.json", "b.json"]);
        let beside = fs::read_to_string(folder.path().join("a.jsonl.coverage.json")).unwrap();
        assert_eq!(beside.trim_end(), coverage_json(&coverage));
    }

    #[test]
    fn a_folder_gets_a_file_a_report() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("new/deep/");
        let sections = [sample::section(), sample::empty_section()];
        let coverage = sample::coverage();
        let document = Document::new(None, &coverage, Content::Audit(&sections));
        let pending = Destination::from_path(&place).open(Format::Json, &["sample", "empty"], false).unwrap();
        write(&document, pending, Style::default()).unwrap();
        assert_eq!(names(&place), ["empty.json", "sample.json"]);
        let one = fs::read_to_string(place.join("sample.json")).unwrap();
        assert!(one.contains("\"report\": \"sample\""), "{one}");
    }

    #[cfg(feature = "columnar")]
    #[test]
    fn one_file_does_not_hold_two_tables_of_rows() {
        let folder = tempfile::tempdir().unwrap();
        let file = Destination::File(folder.path().join("a.csv"));
        let error = file.open(Format::Csv, &["a", "b"], false).unwrap_err();
        assert!(error.is_usage());
        assert_eq!(
            error.to_string(),
            "csv holds one report a file: give --output DIR/ for several, or use --format json"
        );
        assert!(Destination::Stdout.open(Format::Parquet, &["a", "b"], false).unwrap_err().is_usage());
        assert!(file.open(Format::Csv, &["a"], false).is_ok());
        assert_eq!(names(folder.path()), [""; 0], "nothing is left of what was not written");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told() {
        let (section, coverage) = (sample::section(), sample::coverage());
        let document = Document::new(None, &coverage, Content::Report(&section));
        let pending = Destination::from_path(Path::new("/dev/full")).open(Format::Jsonl, &["sample"], false).unwrap();
        let error = write(&document, pending, Style::default()).unwrap_err();
        assert!(!error.is_broken_pipe() && !error.is_usage());
        assert!(error.to_string().starts_with("/dev/full: cannot be written: No space left"), "{error}");
    }

    #[test]
    fn a_file_of_somebody_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (section, coverage) = (sample::section(), sample::coverage());
        let document = Document::new(None, &coverage, Content::Report(&section));
        let place = Destination::Directory(folder.path().to_owned());
        let answer = |overwrite| {
            let pending = place.open(Format::Json, &["sample"], overwrite)?;
            write(&document, pending, Style::default())
        };
        answer(false).unwrap();
        answer(false).unwrap();
        let file = folder.path().join("sample.json");
        fs::write(&file, "{\"secret\":1}").unwrap();
        let error = answer(false).unwrap_err();
        assert!(error.is_usage() && error.to_string().contains("--overwrite"), "{error}");
        assert_eq!(fs::read_to_string(&file).unwrap(), "{\"secret\":1}");
        assert_eq!(names(folder.path()), ["sample.json"]);
        answer(true).unwrap();
        assert!(fs::read_to_string(&file).unwrap().contains("\"trailscan\""));
    }

    #[test]
    fn a_file_in_the_way_of_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("x"), "").unwrap();
        let error = Destination::from_path(&folder.path().join("x/")).open(Format::Json, &["a"], false).unwrap_err();
        assert!(error.to_string().contains("cannot be created"), "{error}");
    }
}
