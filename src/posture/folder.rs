//! `--iam-dir DIR`: which files lie in it, and which account its folders are named for. Nothing is read here.

use std::fs;
use std::path::{Path, PathBuf};

use crate::model::is_account_id;

/// Files that lie in one folder, so that they speak of one account.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Together {
    /// The account that the folder is named for.
    pub account_id: Option<String>,
    /// The files, by name.
    pub files: Vec<PathBuf>,
}

/// The folders of `dir`, by name, and `dir` itself when files lie in it.
///
/// # Errors
/// When it cannot be listed or holds no file.
pub(super) fn list(dir: &Path) -> Result<Vec<Together>, String> {
    let (folders, files) = entries(dir)?;
    let mut found = Vec::new();
    for folder in &folders {
        // Deeper folders are somebody else's.
        let (_, files) = entries(folder)?;
        found.push(Together { account_id: account_of(folder), files });
    }
    found.push(Together { account_id: account_of(dir), files });
    found.retain(|together| !together.files.is_empty());
    match found.is_empty() {
        true => Err("holds no file: give the folder that has a folder per account".to_owned()),
        false => Ok(found),
    }
}

/// The folders and the files of a folder, each by name; hidden ones are left out.
fn entries(dir: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), String> {
    let listed = fs::read_dir(dir).and_then(|entries| entries.map(|entry| entry.map(|e| e.path())).collect());
    let mut all: Vec<PathBuf> = listed.map_err(|error| format!("cannot be listed: {error}"))?;
    all.retain(|path| path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.')));
    all.sort();
    Ok(all.into_iter().partition(|path| path.is_dir()))
}

fn account_of(folder: &Path) -> Option<String> {
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let name = folder.file_name()?.to_str()?;
    is_account_id(name).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_per_account_and_the_folder_itself() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["111122223333/b.json", "111122223333/a.csv", "prod/x.json", ".git/config", "444455556666/.keep"] {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        fs::write(dir.path().join("loose.json"), "").unwrap();
        let found = list(dir.path()).unwrap();
        let shown: Vec<_> = found.iter().map(|t| (t.account_id.as_deref(), t.files.len())).collect();
        assert_eq!(shown, [(Some("111122223333"), 2), (None, 1), (None, 1)]);
        assert!(found[0].files[0].ends_with("a.csv"));
        assert!(list(&dir.path().join(".git")).is_ok());
        assert!(list(&dir.path().join("444455556666")).unwrap_err().starts_with("holds no file"));
        assert!(list(&dir.path().join("none")).unwrap_err().starts_with("cannot be listed"));
    }
}
