//! Digests: which are proven, and by what.
//!
//! A digest is proven by a signature that its public key verifies, wherever that stands: in its own metadata, or in the
//! digest after it, which a disk keeps. It is proven, too, by a proven digest after it that names its hash.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::public_keys::NoKey;
use super::seen::DigestName;
use super::{Content, DigestFile, PreviousDigest, PublicKeys, SeenDigest, Standing, bare};
use crate::input::file_name;

/// A digest and what was found of it.
pub(super) struct Link<'a> {
    pub seen: &'a SeenDigest,
    /// What its name says, else what it says of itself.
    pub name: Option<DigestName>,
    pub standing: Standing,
    pub why: String,
}

impl<'a> Link<'a> {
    /// What it says.
    pub fn file(&self) -> Option<&'a DigestFile> {
        self.seen.file.as_ref().ok()
    }
}

/// Judges all digests. Their order stays.
pub(super) fn judge<'a>(digests: &'a [SeenDigest], keys: &PublicKeys) -> Vec<Link<'a>> {
    let mut links: Vec<Link<'a>> = digests
        .iter()
        .map(|seen| Link {
            name: DigestName::of(&seen.object.name())
                .or_else(|| seen.file.as_ref().ok().and_then(|file| DigestName::of(&file.object))),
            seen,
            standing: Standing::Unverified,
            why: String::new(),
        })
        .collect();
    let mut after: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, seen) in digests.iter().enumerate() {
        if let Some(previous) = seen.file.as_ref().ok().and_then(|file| file.previous.as_ref()) {
            after.entry(&previous.object).or_default().push(place);
        }
    }
    // Whoever names a digest is judged before it.
    let mut order: Vec<usize> = (0..links.len()).collect();
    order.sort_by_key(|&place| Reverse(links[place].file().map(|file| file.end)));
    for place in order {
        let successors = links[place].file().and_then(|file| after.get(file.object.as_str()));
        let successors: Vec<Successor<'_>> = successors
            .into_iter()
            .flatten()
            .filter(|&&other| other != place)
            .filter_map(|&other| {
                Some(Successor { standing: links[other].standing, previous: links[other].file()?.previous.as_ref()? })
            })
            .collect();
        let (standing, why) = judge_one(links[place].seen, keys, &successors);
        (links[place].standing, links[place].why) = (standing, why);
    }
    links
}

/// A digest after the one that is judged. A signature that verifies is worth as much in one that was altered; what else that
/// says is not believed.
struct Successor<'a> {
    standing: Standing,
    previous: &'a PreviousDigest,
}

fn judge_one(seen: &SeenDigest, keys: &PublicKeys, successors: &[Successor<'_>]) -> (Standing, String) {
    let altered = |why: &str| (Standing::Altered, why.to_owned());
    let unverified = |why: String| (Standing::Unverified, why);
    let (file, hash) = match (&seen.file, &seen.content) {
        (Ok(file), Content::Whole(hash)) => (file, hash),
        (Err(why), Content::Unread(_)) => return unverified(format!("could not be read: {why}")),
        (Err(why), _) => return altered(why),
        (Ok(_), _) => return unverified("could not be read".to_owned()),
    };
    if !is_at_home(&seen.object.name(), &file.object) {
        return altered(&format!("was signed for another place: {}", file_name(&file.object)));
    }
    let own = seen.signed.as_ref().map(|signed| signed.signature.as_str());
    let signatures = || own.into_iter().chain(successors.iter().map(|after| after.previous.signature.as_str()));
    let key = keys.of(&file.fingerprint, signed_at(seen, file));
    if let Ok(key) = key {
        let signed = file.signed(hash);
        if own.is_some_and(|own| !key.verifies(&signed, own)) {
            return altered("its signature does not fit: not signed with its public key for this content and place");
        }
        if signatures().any(|signature| key.verifies(&signed, signature)) {
            return (Standing::Verified, String::new());
        }
    }
    let names = |after: &&Successor<'_>| after.previous.hash.as_ref() == Some(hash);
    if let Some(after) = successors.iter().find(|after| after.standing == Standing::Verified) {
        return match names(&after) {
            true => (Standing::Verified, String::new()),
            false => altered("the digest after it, which is proven, names another content"),
        };
    }
    let mut unproven = successors.iter().filter(|after| after.standing != Standing::Altered).peekable();
    let is_followed = unproven.peek().is_some();
    if !unproven.all(|after| names(&after)) {
        return altered("the digest after it, itself not proven, names another content: one of the two was altered");
    }
    unverified(match key {
        Ok(_) if !is_followed => {
            "its signature is not known: it stands in its metadata on S3 and in the next digest, which is not in reach"
                .to_owned()
        }
        Ok(_) => {
            return altered("the signature that the digest after it gives does not fit: one of the two was altered");
        }
        Err(NoKey::Unknown) if keys.is_empty() => "no public keys were given".to_owned(),
        Err(NoKey::Unknown) => {
            format!("no public key {} was given: is there one of its region and time?", file.fingerprint)
        }
        Err(NoKey::OutsideValidity(valid)) => {
            format!("its public key {} was valid at another time: {valid}", file.fingerprint)
        }
    })
}

/// When a digest was signed, as far as that is known: at the end of its hours, and a backfill when its metadata say.
fn signed_at(seen: &SeenDigest, file: &DigestFile) -> Option<crate::model::EventTime> {
    let is_backfill = DigestName::of(&file.object).is_some_and(|name| name.chain.is_backfill);
    if is_backfill { seen.signed.as_ref().and_then(|signed| signed.generated) } else { Some(file.end) }
}

/// Whether an object lies where its digest says that it was delivered: below whatever folder, under the same name. A copy
/// without its last ending, as of an unpacked file, is at home too.
fn is_at_home(lies: &str, object: &str) -> bool {
    bare(lies) == bare(object)
}
