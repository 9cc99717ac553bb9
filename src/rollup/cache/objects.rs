//! The objects of a listing by account and day of delivery, and what they are known by.

use std::collections::BTreeMap;
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use crate::input::{FoundObject, LogKey, LogObject};
use crate::model::Day;
use crate::model::hexadecimal;

/// An object that a unit is read of.
#[derive(Clone, Debug)]
pub(super) enum Object {
    /// A file.
    File(LogObject),
    /// What was listed in S3.
    Remote(FoundObject),
}

/// The objects of one account, by day of delivery.
pub(super) type Days = BTreeMap<Day, Vec<Object>>;

impl Object {
    fn key(&self) -> Option<LogKey> {
        match self {
            Self::File(file) => file.key(),
            Self::Remote(found) => found.key(),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::File(file) => file.name(),
            Self::Remote(found) => found.name.clone(),
        }
    }

    /// What it is known by, a line; `None` where it is gone, or has no entity tag.
    fn line(&self) -> Option<String> {
        match self {
            Self::File(file) => {
                let metadata = file.path()?.metadata().ok()?;
                let changed = metadata.modified().ok()?;
                let changed = changed.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
                Some(format!("{}\0{}\0{changed}\n", file.name(), metadata.len()))
            }
            Self::Remote(FoundObject { name, bytes, etag, archived, .. }) => {
                // Nothing else tells an object from another one of its name and size.
                let etag = etag.as_deref()?;
                Some(format!("{name}\0{bytes}\0{etag}\0{archived}\n"))
            }
        }
    }
}

/// Takes those that can be kept apart out of a listing: logs in AWSLogs layout, whose folders say account and day.
/// What CloudTrail writes beside them stays; `Err` names a log of which nobody can say whether it holds copies of the others'
/// events.
pub(super) fn by_account(objects: &mut Vec<Object>) -> Result<BTreeMap<String, Days>, String> {
    let mut accounts: BTreeMap<String, Days> = BTreeMap::new();
    let (mut rest, mut apart) = (Vec::new(), None);
    for object in std::mem::take(objects) {
        match object.key() {
            Some(key) if key.kind.skipped_as().is_some() => rest.push(object),
            Some(key) if key.in_layout => {
                accounts.entry(key.account_id).or_default().entry(key.day).or_default().push(object);
            }
            _ => {
                apart.get_or_insert_with(|| object.name());
                rest.push(object);
            }
        }
    }
    if let Some(apart) = apart {
        // As they were, but for their order.
        rest.extend(accounts.into_values().flat_map(BTreeMap::into_values).flatten());
        *objects = rest;
        return Err(apart);
    }
    *objects = rest;
    Ok(accounts)
}

/// What objects are known by: their names, sizes and times of change, or entity tags, and how they are read. `None` where
/// one is gone, or nothing tells it from another.
pub(super) fn fingerprint(objects: &[Object], how: &str) -> Option<String> {
    let mut lines = objects.iter().map(Object::line).collect::<Option<Vec<_>>>()?;
    lines.sort_unstable();
    let mut digest = Sha256::new();
    digest.update(how);
    lines.iter().for_each(|line| digest.update(line));
    Some(hexadecimal(&digest.finalize()))
}
