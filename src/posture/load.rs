//! Reads all files that were named, and those of folders, and gives each to its account.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::folder::Together;
use super::met::{Group, Met, unread};
use super::parse::{self, Parsed};
use super::{NamedFile, Places, Posture, StateKind, assign, folder};

/// The largest state file that is read. The largest account of AWS's quotas stays far below.
const MOST_BYTES: u64 = 1 << 30;

/// What the files of a folder are called that nobody named.
const LIVE: &str = "live";

/// A folder that is read, and what it is called where that is not its path.
#[derive(Clone, Copy)]
struct Root<'a> {
    dir: &'a Path,
    shown: Option<&'a str>,
}

impl Root<'_> {
    /// The path of something in it, as it is shown.
    fn shown(self, path: &Path) -> PathBuf {
        let inside = self.shown.and_then(|shown| Some(Path::new(shown).join(path.strip_prefix(self.dir).ok()?)));
        inside.unwrap_or_else(|| path.to_owned())
    }
}

/// What opens a file.
type Open<'a> = &'a dyn Fn(&Path) -> io::Result<Box<dyn Read>>;

impl Posture {
    /// Reads files and folders. Never fails: what became of each file stands in [`Posture::files`].
    pub fn load(places: &Places) -> Self {
        Self::load_by(places, &|path| Ok(Box::new(File::open(path)?)))
    }

    /// The same with what opens a file that was named: a pipe may be long in coming, and whoever can be stopped reads it so
    /// that it need not be waited for.
    pub fn load_by(places: &Places, open: Open<'_>) -> Self {
        let mut posture = Self::default();
        let mut groups = Vec::new();
        let given = places.folders.iter().map(|dir| (dir, None));
        for (dir, shown) in given.chain(places.live.iter().map(|dir| (dir, Some(LIVE)))) {
            let root = Root { dir, shown };
            match folder::list(dir) {
                Ok(all) => groups.extend(all.into_iter().map(|together| posture.group(together, root))),
                Err(why) => posture.files.push(unread(&root.shown(dir), None, why)),
            }
        }
        let named = places.files.iter().map(|named| posture.named(named, open)).collect();
        groups.push(Group { account_id: None, files: named });
        assign::assign(&mut posture, groups);
        posture
    }

    fn group(&mut self, together: Together, root: Root<'_>) -> Group {
        let files = together.files.iter().filter_map(|path| self.met_in_folder(path, root)).collect();
        let mut group = Group { files, account_id: together.account_id };
        self.warnings.append(&mut group.date());
        group
    }

    /// Keeps the accounts for which `holds` is true.
    pub fn retain_accounts(&mut self, holds: impl Fn(&str) -> bool) {
        self.accounts.retain(|account_id, _| holds(account_id));
    }

    /// A file of a folder. One that is neither JSON nor CSV by its name and no state by its content is none of ours.
    fn met_in_folder(&mut self, path: &Path, root: Root<'_>) -> Option<Met> {
        let shown = root.shown(path);
        if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
            // Nobody named it: a pipe may wait for ever, and a device may never end.
            self.warnings.push(format!("{}: is a pipe, socket or device and was left out", shown.display()));
            return None;
        }
        let (kind, parsed) = read(path, &|path| Ok(Box::new(File::open(path)?)));
        let is_ours =
            path.extension().is_some_and(|e| ["json", "csv"].iter().any(|known| e.eq_ignore_ascii_case(known)));
        if kind.is_none() && !is_ours {
            self.warnings.push(format!("{}: is not a state of IAM and was left out", shown.display()));
            return None;
        }
        Some(Met { file: shown.display().to_string(), path: path.to_owned(), said: None, kind, parsed })
    }

    fn named(&mut self, named: &NamedFile, open: Open<'_>) -> Met {
        let (kind, parsed) = read(&named.path, open);
        let file = named.path.display().to_string();
        if let (Some(kind), true) = (kind, parsed.is_ok())
            && kind != named.kind
        {
            self.warnings.push(format!("{file}: holds {kind}, not {}, and was read as such", named.kind));
        }
        Met { file, path: named.path.clone(), said: named.account_id.clone(), kind, parsed }
    }
}

fn read(path: &Path, open: Open<'_>) -> (Option<StateKind>, Result<Parsed, String>) {
    match bytes(path, open).map_err(|why| (None, why)).and_then(|bytes| parse::parse(&bytes)) {
        Ok((kind, parsed)) => (Some(kind), Ok(parsed)),
        Err((kind, why)) => (kind, Err(why)),
    }
}

fn bytes(path: &Path, open: Open<'_>) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {error}");
    let metadata = std::fs::metadata(path).map_err(cannot)?;
    if metadata.is_dir() {
        return Err("is a folder: give it to --iam-dir".to_owned());
    }
    let mut bytes = Vec::new();
    let file = open(path).map_err(cannot)?;
    // A device has no length and may never end.
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err("is larger than 1 GiB, which no state of an account is".to_owned());
    }
    Ok(bytes)
}
