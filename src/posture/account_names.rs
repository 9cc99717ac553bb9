//! Names of accounts, as the user keeps them: a CSV of id, name and contact.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::manifest::Manifest;
use super::{Places, StateKind, csv, folder};
use crate::model::is_account_id;

/// What an account is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountName {
    /// Its name.
    pub name: String,
    /// Whom to ask; empty where the file does not say.
    pub contact: String,
}

/// The names of accounts, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountNames(BTreeMap<String, AccountName>);

/// Why a file gives no names of accounts, in one line that names it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountNamesError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A row does not begin with an account id.
    #[error("{}: row {row} begins with {found:?}, which is not an account id of 12 digits", file.display())]
    NoAccountId {
        /// The file.
        file: PathBuf,
        /// Which row, counted from 1.
        row: usize,
        /// What it begins with.
        found: String,
    },
    /// There is no row of an account.
    #[error("{}: names no account: give rows of id,name,contact", .0.display())]
    Empty(PathBuf),
}

impl AccountNames {
    /// Reads a CSV file of `id,name,contact`; a first row without an account id is its header, and contacts may be left
    /// out.
    ///
    /// # Errors
    /// [`AccountNamesError`]: the file cannot be read, or a row does not begin with an account id.
    pub fn read(file: &Path) -> Result<Self, AccountNamesError> {
        let bytes = std::fs::read(file);
        let bytes = bytes.map_err(|source| AccountNamesError::Read { file: file.to_owned(), source })?;
        Self::parse(&String::from_utf8_lossy(&bytes), file)
    }

    /// The names that the folders of the state give: what a snapshot was told, else the account's alias. What cannot be
    /// read gives none.
    pub fn of_state(places: &Places) -> Self {
        let folders = places.folders.iter().chain(&places.live).filter_map(|dir| folder::list(dir).ok());
        let (mut names, mut aliases) = (Self::default(), Self::default());
        for together in folders.flatten() {
            for file in &together.files {
                match said(file) {
                    Some(Said::Name(account_id, name)) => names.add(account_id, name),
                    Some(Said::Alias(alias)) => {
                        together.account_id.iter().for_each(|id| aliases.add(id.clone(), alias.clone()));
                    }
                    None => {}
                }
            }
        }
        names.or(aliases)
    }

    /// These names, and the others' for accounts that have none here.
    #[must_use]
    pub fn or(mut self, others: Self) -> Self {
        for (account_id, name) in others.0 {
            self.0.entry(account_id).or_insert(name);
        }
        self
    }

    /// Whether no account has a name.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn add(&mut self, account_id: String, name: String) {
        self.0.entry(account_id).or_insert(AccountName { name, contact: String::new() });
    }

    /// What the account is called.
    pub fn get(&self, account_id: &str) -> Option<&AccountName> {
        self.0.get(account_id)
    }

    /// The ids of the accounts of that name, in any case of letters.
    pub fn ids_of(&self, name: &str) -> impl Iterator<Item = &str> {
        let name = name.trim().to_lowercase();
        self.0.iter().filter(move |(_, known)| known.name.to_lowercase() == name).map(|(id, _)| id.as_str())
    }

    /// All names, by id.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(|account| account.name.as_str())
    }

    fn parse(text: &str, file: &Path) -> Result<Self, AccountNamesError> {
        let mut names = BTreeMap::new();
        for (number, row) in csv::rows(text.trim_start_matches('\u{feff}')).into_iter().enumerate() {
            let cell = |place: usize| row.get(place).map_or("", |cell| cell.trim());
            let (id, name, contact) = (cell(0), cell(1).to_owned(), cell(2).to_owned());
            match is_account_id(id) {
                true => drop(names.insert(id.to_owned(), AccountName { name, contact })),
                false if number == 0 || row.iter().all(|cell| cell.trim().is_empty()) => {}
                false => {
                    let (file, found) = (file.to_owned(), id.to_owned());
                    return Err(AccountNamesError::NoAccountId { file, row: number + 1, found });
                }
            }
        }
        match names.is_empty() {
            true => Err(AccountNamesError::Empty(file.to_owned())),
            false => Ok(Self(names)),
        }
    }
}

/// A file that is larger names no account.
const MOST_BYTES: u64 = 1 << 20;

/// What a file says of names.
enum Said {
    /// The name of an account.
    Name(String, String),
    /// An alias of the account whose folder it lies in.
    Alias(String),
}

/// The name that a file of state gives; most give none.
fn said(file: &Path) -> Option<Said> {
    if file.metadata().ok().filter(|there| there.is_file())?.len() > MOST_BYTES {
        return None;
    }
    let text = std::fs::read_to_string(file).ok()?;
    match StateKind::of_text(text.trim_start())? {
        StateKind::Manifest => {
            let manifest: Manifest = serde_json::from_str(&text).ok()?;
            Some(Said::Name(manifest.snapshot_of, manifest.name?))
        }
        StateKind::AccountAliases => {
            let document: serde_json::Value = serde_json::from_str(&text).ok()?;
            Some(Said::Alias(document["AccountAliases"].get(0)?.as_str()?.to_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_names_and_contacts() {
        let names = AccountNames::parse(
            "\u{feff}id,name,contact\n111122223333,\"Pay, prod\",a@example.com\n012345678901,dev\n",
            Path::new("names.csv"),
        );
        let names = names.unwrap();
        let of = |id: &str| names.get(id).map(|known| (known.name.as_str(), known.contact.as_str()));
        assert_eq!(of("111122223333"), Some(("Pay, prod", "a@example.com")));
        assert_eq!(of("012345678901"), Some(("dev", "")), "a leading zero stays");
        assert_eq!(of("444455556666"), None);
    }

    #[test]
    fn snapshots_name_their_account_and_aliases_that_of_their_folder() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        let manifest = |name: &str| {
            format!(
                r#"{{"snapshot_of": "111122223333", "trailscan": "1", "schema_version": 1, "name": {name}, "asked_by": "a",
                    "begun": "", "ended": "", "apis": {{}}, "calls": 0, "written": [], "missing": []}}"#
            )
        };
        write("any/manifest.json", &manifest("\"Pay\""));
        write("111122223333/aliases.json", r#"{"AccountAliases": ["pay-alias"]}"#);
        write("444455556666/aliases.json", r#"{"AccountAliases": ["dev"]}"#);
        write("777788889999/aliases.json", r#"{"AccountAliases": []}"#);
        write("777788889999/details.json", r#"{"UserDetailList": []}"#);
        let places = Places { folders: vec![dir.path().to_owned()], ..Places::default() };
        let names = AccountNames::of_state(&places);
        let of = |id: &str| names.get(id).map(|known| known.name.as_str());
        assert_eq!([of("111122223333"), of("444455556666"), of("777788889999")], [Some("Pay"), Some("dev"), None]);
        write("any/manifest.json", &manifest("null"));
        assert_eq!(AccountNames::of_state(&places).get("111122223333").unwrap().name, "pay-alias");
        assert!(AccountNames::of_state(&Places::default()).is_empty());
    }

    #[test]
    fn what_is_no_id_is_told() {
        let error = |text: &str| AccountNames::parse(text, Path::new("names.csv")).unwrap_err().to_string();
        assert!(error("111122223333,a\n12345678901,b").starts_with("names.csv: row 2 begins with \"12345678901\""));
        assert!(error("id,name\n").starts_with("names.csv: names no account"));
        assert!(error("").starts_with("names.csv: names no account"));
    }
}
