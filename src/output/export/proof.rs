//! Whether all that lies in a folder was written by an earlier export or rollup: its list, `schema.json` or `rollup.json`,
//! has every file with its size.
//!
//! What it does not prove: that a file of the same name and size was not changed since.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::SCHEMA;

/// The largest schema that is read; that of ten years by day has some megabytes.
const MOST_BYTES: u64 = 256 << 20;

/// What a `schema.json` says of the folder that it lies in.
#[derive(Deserialize)]
struct Manifest {
    #[serde(rename = "trailscan")]
    _version: String,
    #[serde(rename = "schema_version")]
    _schema_version: u32,
    written: Vec<WrittenFile>,
}

#[derive(Deserialize)]
struct WrittenFile {
    file: String,
    bytes: u64,
}

/// The first thing in `folder`, by name, that no export is proven to have written there; `None` when all is proven.
///
/// # Errors
/// When a folder cannot be listed.
pub(super) fn foreign_in(folder: &Path) -> io::Result<Option<PathBuf>> {
    foreign_to(folder, SCHEMA)
}

/// As [`foreign_in`], of a folder whose list has that name.
pub(crate) fn foreign_to(folder: &Path, list: &str) -> io::Result<Option<PathBuf>> {
    let mut found = Vec::new();
    let first_odd = walk(folder, Path::new(""), &mut found)?;
    let Some(known) = manifest(&folder.join(list)) else {
        // Named, so that the user sees what would have been lost.
        let all = found.into_iter().map(|(name, _)| name).chain(first_odd);
        return Ok(all.min_by_key(|name| (name == Path::new(list), name.clone())));
    };
    let is_known = |(name, bytes): &(PathBuf, u64)| {
        name == Path::new(list) || known.get(&slashed(name)).is_some_and(|listed| listed == bytes)
    };
    let unknown = found.into_iter().find(|file| !is_known(file)).map(|(name, _)| name);
    Ok(unknown.into_iter().chain(first_odd).min())
}

/// Takes in all files below `folder`, whose name is `name`; gives the first that is neither a file nor a folder, or a
/// folder without any: exports have none of them, and links lead elsewhere.
fn walk(folder: &Path, name: &Path, found: &mut Vec<(PathBuf, u64)>) -> io::Result<Option<PathBuf>> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    if entries.is_empty() && name != Path::new("") {
        return Ok(Some(name.to_owned()));
    }
    for entry in entries {
        let name = name.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_file() {
            found.push((name, entry.metadata()?.len()));
        } else if !kind.is_dir() {
            return Ok(Some(name));
        } else if let Some(odd) = walk(&entry.path(), &name, found)? {
            return Ok(Some(odd));
        }
    }
    Ok(None)
}

/// The files that an export says it wrote; `None` when there is no such list.
fn manifest(path: &Path) -> Option<BTreeMap<String, u64>> {
    if !fs::symlink_metadata(path).ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    File::open(path).ok()?.take(MOST_BYTES).read_to_string(&mut text).ok()?;
    let manifest: Manifest = serde_json::from_str(&text).ok()?;
    Some(manifest.written.into_iter().map(|written| (written.file, written.bytes)).collect())
}

/// A path as the list writes it, on every system.
fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"{"trailscan":"1","schema_version":1,"written":[{"file":"keys.csv","bytes":3},
        {"file":"activity/day=2026-09-01/part-0.csv","bytes":2},{"file":"coverage.json","bytes":2}]}"#;

    /// An export, and what is put beside it or changed in it.
    fn foreign(changed: &[(&str, &str)], without: &[&str]) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            ("schema.json", LIST),
            ("keys.csv", "a,b"),
            ("activity/day=2026-09-01/part-0.csv", "x\n"),
            ("coverage.json", "{}"),
        ];
        for (name, text) in files.iter().filter(|(name, _)| !without.contains(name)).chain(changed) {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        foreign_in(folder.path()).unwrap().map(|name| slashed(&name))
    }

    #[test]
    fn an_export_is_proven_and_a_part_of_one() {
        assert_eq!(foreign(&[], &[]), None);
        assert_eq!(foreign(&[], &["keys.csv", "coverage.json"]), None, "what is gone cannot be lost");
        assert_eq!(foreign(&[("keys.csv", "x,y")], &[]), None, "of the same size: not told apart");
    }

    /// Whatever looks like an export and is none.
    #[test]
    fn look_alikes_are_named() {
        for (name, text) in [
            ("notes.txt", "mine"),
            ("keys.parquet", "a table's name in another format"),
            ("keys/id_rsa", "PRIVATE"),
            ("activity/day=2026-09-01/notes", "beside a part"),
            ("activity/day=2026-09-02/part-0.csv", "x\n"),
            ("keys.csv", "a,b,mine"),
            ("coverage.json", "{ }"),
            (".hidden", ""),
        ] {
            assert_eq!(foreign(&[(name, text)], &[]).as_deref(), Some(name));
        }
        for list in
            ["", "{}", "[]", r#"{"tables":[]}"#, r#"{"trailscan":"1","schema_version":1,"tables":[]}"#, "not json"]
        {
            let named = foreign(&[("schema.json", list)], &[]);
            assert_eq!(named.as_deref(), Some("activity/day=2026-09-01/part-0.csv"), "{list}");
        }
        assert_eq!(foreign(&[], &["schema.json"]).as_deref(), Some("activity/day=2026-09-01/part-0.csv"));
        let others = ["keys.csv", "coverage.json", "activity/day=2026-09-01/part-0.csv"];
        assert_eq!(foreign(&[("schema.json", "{}")], &others).as_deref(), Some("schema.json"), "of another program");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_empty_folders_are_no_part_of_an_export() {
        for link in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("schema.json"), LIST).unwrap();
            match link {
                true => std::os::unix::fs::symlink("/etc/hostname", folder.path().join("keys.csv")).unwrap(),
                false => fs::create_dir(folder.path().join("keys.csv")).unwrap(),
            }
            assert_eq!(foreign_in(folder.path()).unwrap(), Some(PathBuf::from("keys.csv")));
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("real.json"), LIST).unwrap();
        std::os::unix::fs::symlink("real.json", folder.path().join("schema.json")).unwrap();
        assert!(foreign_in(folder.path()).unwrap().is_some());
    }
}
