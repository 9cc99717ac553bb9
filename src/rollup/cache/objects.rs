//! The objects of a listing by account and day of delivery, and what they are known by.

use std::collections::BTreeMap;
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use crate::input::LogObject;
use crate::model::Day;
use crate::model::hexadecimal;

/// The objects of one account, by day of delivery.
pub(super) type Days = BTreeMap<Day, Vec<LogObject>>;

/// Takes those that can be kept apart out of a listing: log files in AWSLogs layout, whose folders say account and day.
/// What CloudTrail writes beside them stays; `Err` names a log of which nobody can say whether it holds copies of the others'
/// events.
pub(super) fn by_account(objects: &mut Vec<LogObject>) -> Result<BTreeMap<String, Days>, String> {
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

/// What objects are known by: their names, sizes and times of change, and how they are read. `None` where one is gone.
pub(super) fn fingerprint(objects: &[LogObject], how: &str) -> Option<String> {
    let mut lines = Vec::with_capacity(objects.len());
    for object in objects {
        let metadata = object.path()?.metadata().ok()?;
        let changed = metadata.modified().ok()?;
        let changed = changed.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        lines.push(format!("{}\0{}\0{changed}\n", object.name(), metadata.len()));
    }
    lines.sort_unstable();
    let mut digest = Sha256::new();
    digest.update(how);
    lines.iter().for_each(|line| digest.update(line));
    Some(hexadecimal(&digest.finalize()))
}
