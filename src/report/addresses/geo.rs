//! Networks and countries of addresses, from MaxMind database files that the user gives.
//!
//! No database comes with the program and none is fetched. What a file says of an address is the publisher's estimate
//! on its build date, not where a machine was when it called.

#[cfg(test)]
pub(in crate::report) mod mmdb_writer;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use maxminddb::{LookupResult, MaxMindDbError, Reader, path};
use serde::Deserialize;

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GeoError {
    /// The file cannot be read or is no MaxMind database.
    #[error("{}: cannot be used as a GeoIP database: {why}; give an unpacked .mmdb file of type ASN, Country or City", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file opened, but an entry of it cannot be read.
    #[error("{}: the GeoIP entry of {address} cannot be read: {why}; get the file anew", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The address whose entry it is.
        address: IpAddr,
        /// What is wrong with it.
        why: String,
    },
}

/// One or more opened MaxMind databases (ASN, country or city).
#[derive(Debug, Default)]
pub struct GeoDatabase {
    files: Vec<GeoFile>,
}

/// One opened file, whole in memory.
struct GeoFile {
    path: PathBuf,
    reader: Reader<Vec<u8>>,
    holds_asn: bool,
    holds_country: bool,
}

/// Takes what is shown out of the entry of an address.
type ReadEntry = fn(LookupResult<'_, Vec<u8>>) -> Result<Option<String>, MaxMindDbError>;

/// The part of an ASN entry that is shown.
#[derive(Deserialize)]
struct AutonomousSystem<'a> {
    #[serde(rename = "autonomous_system_number")]
    number: Option<u32>,
    #[serde(rename = "autonomous_system_organization")]
    organization: Option<&'a str>,
}

impl GeoDatabase {
    /// Opens the files; each answers what it holds, and of two that hold the same the first that knows an address.
    ///
    /// Reads every file into memory: some 10 MB for ASN or Country, 70 MB for City.
    ///
    /// # Errors
    /// [`GeoError::Unusable`] naming the first file that is not readable or is no such database.
    pub fn open(files: &[PathBuf]) -> Result<Self, GeoError> {
        let files = files.iter().map(|path| GeoFile::open(path)).collect::<Result<_, _>>()?;
        Ok(Self { files })
    }

    /// Whether any file holds autonomous systems.
    pub fn holds_asn(&self) -> bool {
        self.files.iter().any(|file| file.holds_asn)
    }

    /// Whether any file holds countries.
    pub fn holds_country(&self) -> bool {
        self.files.iter().any(|file| file.holds_country)
    }

    /// The autonomous system of `address`: `AS64500 Example Net`. `None` when no file knows it.
    ///
    /// # Errors
    /// [`GeoError::Damaged`] when the entry cannot be read.
    pub fn asn(&self, address: IpAddr) -> Result<Option<String>, GeoError> {
        self.first_of(
            address,
            |file| file.holds_asn,
            |entry| {
                let system = entry.decode::<AutonomousSystem<'_>>()?;
                Ok(system.and_then(|system| {
                    let organization = system.organization.unwrap_or_default();
                    Some(format!("AS{} {organization}", system.number?).trim_end().to_owned())
                }))
            },
        )
    }

    /// The ISO 3166 country code of `address`, such as `DE`. `None` when no file knows it.
    ///
    /// # Errors
    /// [`GeoError::Damaged`] when the entry cannot be read.
    pub fn country(&self, address: IpAddr) -> Result<Option<String>, GeoError> {
        self.first_of(address, |file| file.holds_country, |entry| entry.decode_path(&path!["country", "iso_code"]))
    }

    fn first_of(
        &self,
        address: IpAddr,
        holds: fn(&GeoFile) -> bool,
        read: ReadEntry,
    ) -> Result<Option<String>, GeoError> {
        for file in self.files.iter().filter(|file| holds(file) && file.covers(address)) {
            let answer = file.reader.lookup(address).and_then(read);
            let known = answer.map_err(|error| {
                let why = error.to_string();
                GeoError::Damaged { path: file.path.clone(), address, why }
            })?;
            if known.is_some() {
                return Ok(known);
            }
        }
        Ok(None)
    }
}

impl GeoFile {
    fn open(path: &Path) -> Result<Self, GeoError> {
        let unreadable = |error: std::io::Error| GeoError::Unusable { path: path.to_owned(), why: error.to_string() };
        Self::from_bytes(path, std::fs::read(path).map_err(unreadable)?)
    }

    fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<Self, GeoError> {
        let unusable = |why: String| GeoError::Unusable { path: path.to_owned(), why };
        let reader = Reader::from_source(bytes).map_err(|error| unusable(error.to_string()))?;
        let kind = &reader.metadata().database_type;
        let holds = |names: &[&str]| names.iter().any(|name| kind.contains(name));
        let (holds_asn, holds_country) = (holds(&["ASN", "ISP"]), holds(&["Country", "City", "Enterprise"]));
        if !holds_asn && !holds_country {
            return Err(unusable(format!("it is of type {kind:?}")));
        }
        Ok(Self { path: path.to_owned(), holds_asn, holds_country, reader })
    }

    /// Whether the file can have an entry for an address of this family.
    fn covers(&self, address: IpAddr) -> bool {
        address.is_ipv4() || self.reader.metadata().ip_version == 6
    }
}

impl fmt::Debug for GeoFile {
    /// The path and type, not the megabytes behind them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.path.display(), self.reader.metadata().database_type)
    }
}
