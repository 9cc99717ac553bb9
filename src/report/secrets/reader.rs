//! Who read secrets: all that one principal asked for in one account.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::aggregate::iam_changes::Outcome;
use crate::aggregate::secret_reads::{BY_KMS, SecretRead, SecretReads};
use crate::aggregate::{Span, Symbols};
use crate::model::Hour;
use crate::report::source_list::ip_addresses;

/// Calls that give what they find, so that only AWS KMS tells what that was.
const FINDING: [&str; 2] = ["BatchGetSecretValue", "GetParametersByPath"];

/// A secret that was asked for.
#[derive(Clone, Debug, Default)]
pub(super) struct Secret {
    /// In which clock hours, since 1970.
    pub hours: BTreeSet<i32>,
    /// Whether it was given.
    pub was_given: bool,
    /// Whether it was refused for lack of permission.
    pub was_refused: bool,
}

impl Secret {
    /// Whether it was refused, and never given.
    pub fn is_refused(&self) -> bool {
        self.was_refused && !self.was_given
    }
}

/// One principal in one account.
#[derive(Clone, Debug, Default)]
pub(super) struct Reader<'a> {
    pub account_id: &'a str,
    pub principal: &'a str,
    /// By name; those without one are in no list.
    pub secrets: BTreeMap<&'a str, Secret>,
    /// Calls by `eventName`.
    pub calls: BTreeMap<&'a str, i64>,
    pub errors: i64,
    pub denied: i64,
    pub span: Span,
    pub addresses: BTreeSet<IpAddr>,
    pub access_keys: BTreeSet<&'a str>,
}

/// All who asked for secrets, by account and principal.
pub(super) fn all<'a>(reads: &'a SecretReads, symbols: &'a Symbols) -> Vec<Reader<'a>> {
    let text = |sym| symbols.text(sym);
    let mut of: BTreeMap<(&str, &str), Vec<&SecretRead>> = BTreeMap::new();
    for read in reads.rows() {
        of.entry((text(read.key.account_id), text(read.key.principal))).or_default().push(read);
    }
    let readers = of.into_iter().filter_map(|((account_id, principal), reads)| {
        let finds = reads.iter().any(|read| FINDING.contains(&text(read.key.event)));
        let (by_kms, asked): (Vec<&SecretRead>, Vec<&SecretRead>) =
            reads.into_iter().partition(|read| text(read.key.event) == BY_KMS);
        let mut reader = Reader { account_id, principal, ..Reader::default() };
        asked.iter().for_each(|read| reader.add(read, symbols));
        // What is decrypted for a call that names it is told already.
        by_kms.iter().filter(|_| finds).for_each(|read| reader.add_secret(read, symbols));
        (!reader.calls.is_empty()).then_some(reader)
    });
    readers.collect()
}

impl<'a> Reader<'a> {
    /// Calls of all names.
    pub fn events(&self) -> i64 {
        self.calls.values().sum()
    }

    fn add(&mut self, read: &SecretRead, symbols: &'a Symbols) {
        let text = |sym| symbols.text(sym);
        *self.calls.entry(text(read.key.event)).or_default() += read.events;
        match read.key.outcome {
            Outcome::Succeeded => {}
            Outcome::Denied => (self.errors, self.denied) = (self.errors + read.events, self.denied + read.events),
            Outcome::Failed => self.errors += read.events,
        }
        self.span.merge(read.span);
        self.addresses.extend(ip_addresses(read.addresses.iter().map(text)));
        self.access_keys.extend(read.access_keys.iter().map(text));
        self.add_secret(read, symbols);
    }

    fn add_secret(&mut self, read: &SecretRead, symbols: &'a Symbols) {
        let name = symbols.text(read.key.secret);
        if name.is_empty() {
            return;
        }
        let secret = self.secrets.entry(name).or_default();
        secret.hours.extend(read.hours.iter().map(|Hour(hour)| hour));
        secret.was_given |= read.key.outcome == Outcome::Succeeded;
        secret.was_refused |= read.key.outcome == Outcome::Denied;
    }
}
