//! IAM's own state, as its snapshot files tell it: credential report, account authorization details, access keys and other
//! long-lived credentials, account summary and password policy.
//!
//! [`Posture::load`] reads files, tells them apart by content, finds out which account each belongs to, and keeps where
//! everything came from and how old it is. What a state means is judged elsewhere (`report::posture`); no log is read
//! here. A file that cannot be used is a [`Trouble`] of one line, and the others still count.

mod access_keys;
mod account_names;
mod account_summary;
mod assign;
mod authorization;
mod credential_report;
mod csv;
mod dated;
mod folder;
mod holders;
mod identity_providers;
mod kind;
mod last_accessed;
mod load;
mod manifest;
mod met;
mod other_credentials;
mod parse;
mod password_policy;
mod regions;
mod scalar;
mod virtual_mfa;

#[cfg(test)]
pub(crate) mod testing;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

pub use access_keys::AccessKey;
pub use account_names::{AccountName, AccountNames, AccountNamesError};
pub use account_summary::AccountSummary;
pub use authorization::{
    AttachedPolicy, Authorization, Boundary, Group, InlinePolicy, LastUsed, ManagedPolicy, PolicyVersion, Role, User,
};
pub use credential_report::{Answer, CredentialReport, Credentials, ReportedCertificate, ReportedKey};
pub use identity_providers::IdentityProvider;
pub use kind::StateKind;
pub use last_accessed::{LastAccessed, ServicesAccessed};
#[cfg(feature = "iam")]
pub(crate) use manifest::{Manifest, MissingFile, WrittenFile};
pub use other_credentials::OtherCredential;
pub use password_policy::{PasswordPolicy, PasswordRules};
pub use virtual_mfa::VirtualMfaDevice;

use crate::model::EventTime;

/// What IAM said of some accounts.
#[derive(Clone, Debug, Default)]
pub struct Posture {
    /// By account id.
    pub accounts: BTreeMap<String, Account>,
    /// Every file that was named or found, in the order in which it was read.
    pub files: Vec<StateFile>,
    /// What the reader should know; a line each.
    pub warnings: Vec<String>,
}

/// What IAM said of one account: a part for each kind of file, `None` where no such file was given.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Passwords, MFA and keys of each user and of root.
    pub credentials: Option<Dated<CredentialReport>>,
    /// Users, groups, roles and policies.
    pub authorization: Option<Dated<Authorization>>,
    /// Access keys with their ids.
    pub access_keys: Option<Dated<Vec<AccessKey>>>,
    /// Credentials that single services take, such as Bedrock and CodeCommit.
    pub service_credentials: Option<Dated<Vec<OtherCredential>>>,
    /// SSH public keys.
    pub ssh_keys: Option<Dated<Vec<OtherCredential>>>,
    /// Numbers of the account.
    pub summary: Option<Dated<AccountSummary>>,
    /// The rules that passwords follow.
    pub password_policy: Option<Dated<PasswordPolicy>>,
    /// The regions that are enabled.
    pub enabled_regions: Option<Dated<BTreeSet<String>>>,
    /// Virtual MFA devices.
    pub virtual_mfa: Option<Dated<Vec<VirtualMfaDevice>>>,
    /// OpenID Connect providers.
    pub oidc_providers: Option<Dated<Vec<IdentityProvider>>>,
    /// SAML providers.
    pub saml_providers: Option<Dated<Vec<IdentityProvider>>>,
    /// Which services users, groups and roles used last.
    pub last_accessed: Option<Dated<LastAccessed>>,
    /// The organization that the account is in, where a snapshot was made of all of its accounts.
    pub organization: Option<String>,
    /// Parts that a snapshot could not have: of them nothing is known, which is not that there is nothing.
    pub missing: BTreeMap<StateKind, Missing>,
}

/// A part that a snapshot could not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The manifest that says so.
    pub manifest: String,
    /// Why it could not be had.
    pub why: String,
}

/// A part of an account's state and the file that told it.
#[derive(Clone, Debug, PartialEq)]
pub struct Dated<T> {
    /// What the file told.
    pub value: T,
    /// Which file that was.
    pub source: Source,
}

/// A file of state and the moment that it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its path, as the user can use it.
    pub file: String,
    /// What it holds.
    pub kind: StateKind,
    /// When it was made; where it does not say so, the newest date in it: it was made then or later. `None` without any.
    pub as_of: Option<EventTime>,
    /// How `as_of` is known.
    pub basis: AsOfBasis,
    /// Whether all of it could be read.
    pub whole: bool,
}

impl Source {
    /// The name of the file, without the folders that it lies in.
    pub fn name(&self) -> &str {
        self.file.rsplit('/').next().unwrap_or(&self.file)
    }
}

/// How the moment that a file speaks of is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AsOfBasis {
    /// The file has no date at all.
    None,
    /// The newest date in it: the file is of that moment or later.
    NewestDate,
    /// The file says when it was generated.
    Generated,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateFile {
    /// Its path, as the user can use it.
    pub file: String,
    /// What it holds; `None` when that could not be told.
    pub kind: Option<StateKind>,
    /// The account that it speaks of; `None` when that could not be told.
    pub account_id: Option<String>,
    /// When it was made, as [`Source::as_of`].
    pub as_of: Option<EventTime>,
    /// How that is known.
    pub basis: AsOfBasis,
    /// Why it was not read, or not whole.
    pub trouble: Option<Trouble>,
}

/// Why a file could not be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Whether a part of the file counts all the same.
    pub damaged: bool,
    /// What failed, and the next step when known; one line.
    pub why: String,
}

/// A file that was named on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// The kind that it was named as.
    pub kind: StateKind,
    /// The account that it was said to be of.
    pub account_id: Option<String>,
    /// Where it lies.
    pub path: PathBuf,
}

/// All places that state is read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Single files.
    pub files: Vec<NamedFile>,
    /// Folders that hold a folder per account, or the files of one.
    pub folders: Vec<PathBuf>,
    /// Such a folder that was made for this run: its files are shown as `live/…`.
    pub live: Option<PathBuf>,
}

impl AsOfBasis {
    /// The word that is printed: `generated`, `newest-date`, `none`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Generated => "generated",
            Self::NewestDate => "newest-date",
            Self::None => "none",
        }
    }
}

impl Places {
    /// Whether no file and no folder was named.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.folders.is_empty() && self.live.is_none()
    }
}

impl Account {
    /// The sources of all parts, in the order of [`StateKind::ALL`].
    pub fn sources(&self) -> Vec<&Source> {
        [
            self.credentials.as_ref().map(|part| &part.source),
            self.authorization.as_ref().map(|part| &part.source),
            self.access_keys.as_ref().map(|part| &part.source),
            self.service_credentials.as_ref().map(|part| &part.source),
            self.ssh_keys.as_ref().map(|part| &part.source),
            self.summary.as_ref().map(|part| &part.source),
            self.password_policy.as_ref().map(|part| &part.source),
            self.enabled_regions.as_ref().map(|part| &part.source),
            self.virtual_mfa.as_ref().map(|part| &part.source),
            self.oidc_providers.as_ref().map(|part| &part.source),
            self.saml_providers.as_ref().map(|part| &part.source),
            self.last_accessed.as_ref().map(|part| &part.source),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The long-lived keys of a user: those of the credential report, with their ids where the list has them, else those
    /// of the list.
    pub fn keys_of(&self, user: &str) -> Vec<KeyState<'_>> {
        let reported = self.credentials.as_ref().and_then(|part| part.value.users.get(user));
        self.keys(reported, |key| key.user_name == user)
    }

    /// The long-lived keys of root. A list of root's own keys names no user, or the account.
    pub fn root_keys(&self, account_id: &str) -> Vec<KeyState<'_>> {
        let reported = self.credentials.as_ref().and_then(|part| part.value.root.as_ref());
        self.keys(reported, |key| key.user_name.is_empty() || key.user_name == account_id)
    }

    fn keys<'a>(&'a self, reported: Option<&'a Credentials>, is_of: impl Fn(&AccessKey) -> bool) -> Vec<KeyState<'a>> {
        let listed = self.access_keys.as_ref().map(|part| part.value.iter().filter(|key| is_of(key)));
        let listed: Vec<&AccessKey> = listed.map(Iterator::collect).unwrap_or_default();
        let Some(reported) = reported else { return listed.into_iter().map(KeyState::listed).collect() };
        let slots = reported.keys.iter().enumerate().filter(|(_, key)| key.exists());
        slots.map(|(slot, key)| KeyState::reported(slot, key, &listed)).collect()
    }
}

/// One long-lived key of a user, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub struct KeyState<'a> {
    /// Its id; `None` when only the credential report, which has no ids, tells of it.
    pub id: Option<&'a str>,
    /// Its place in the credential report, 1 or 2.
    pub slot: Option<usize>,
    /// Whether it can be used.
    pub active: bool,
    /// When it was made.
    pub created: Option<EventTime>,
    /// When it was used last; `None` where that is not known or never.
    pub last_used: Option<EventTime>,
    /// Whether the credential report says that it was never used.
    pub never_used: bool,
}

impl<'a> KeyState<'a> {
    /// A key of the list that no credential report tells of.
    pub fn listed(key: &'a AccessKey) -> Self {
        let (created, active) = (key.created, key.active);
        Self { id: Some(&key.access_key_id), slot: None, active, created, last_used: None, never_used: false }
    }

    /// Joins a key of the report to its id: by the moment it was made, to the second, which the report calls rotation.
    /// Source: IAM user guide, "Generate credential reports", `access_key_1_last_rotated`.
    fn reported(slot: usize, key: &'a ReportedKey, listed: &[&'a AccessKey]) -> Self {
        let same = |listed: &&&AccessKey| {
            listed.created.map(EventTime::seconds) == key.rotated.time().map(EventTime::seconds)
                && key.rotated.time().is_some()
        };
        Self {
            id: listed.iter().find(same).map(|listed| listed.access_key_id.as_str()),
            slot: Some(slot + 1),
            active: key.active,
            created: key.rotated.time(),
            last_used: key.last_used.time(),
            never_used: key.last_used == Answer::None,
        }
    }
}
