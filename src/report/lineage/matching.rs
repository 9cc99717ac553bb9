//! Which issuances explain which sessions: by the key that they issued, else by name and time.

use std::cell::OnceCell;

use ahash::AHashSet;

use super::by_key::{ByKey, Use};
use super::nearest::Nearest;
use super::{Confidence, Credential, Known};
use crate::aggregate::issuances::Issuance;
use crate::aggregate::sessions::Session;
use crate::model::IssuanceApi;

/// What kind of session an issuance without a matching key starts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Start {
    /// One of a person at the console.
    Console,
    /// One of whatever identity called.
    OwnIdentity,
    /// One of a role.
    Role,
}

/// The join at work.
pub(super) struct Join<'a, 'i> {
    pub all: Vec<Credential<'a>>,
    pub issuances: &'i [Issuance<'a>],
    /// Which of all made each issuing call.
    pub callers: Vec<Option<usize>>,
    /// Whether an issuance explains a credential.
    pub used: Vec<bool>,
}

impl<'a> Join<'a, '_> {
    /// Matches by issued key.
    pub fn match_exactly(&mut self, by_key: &mut ByKey<'_, 'a>) {
        let (mut keys, mut matched) = (Vec::new(), Vec::new());
        for c in 0..self.all.len() {
            let credential = &self.all[c];
            keys.extend(credential.used_keys());
            if keys.is_empty() {
                continue;
            }
            let used = Use::of(credential);
            for &key in &keys {
                by_key.fitting(key, &used, keys.len(), &mut matched);
                by_key.take_many(key, &used, |i| self.used[i] = true);
            }
            matched.sort_unstable_by_key(|&i| (self.issuances[i].time(), i));
            matched.dedup();
            self.explain(c, &matched, Confidence::Exact);
            keys.clear();
            matched.clear();
        }
    }

    /// Matches what is left by name and time, nearest pairs first, each session and each issuance once.
    pub fn infer(&mut self) {
        let mut nearest = Nearest::new();
        for (i, issuance) in self.issuances.iter().enumerate().filter(|&(i, _)| !self.used[i]) {
            let (name, start) = match issuance.api() {
                IssuanceApi::ConsoleLogin if issuance.is_successful_sign_in() => {
                    (issuance.caller_principal_id(), Start::Console)
                }
                IssuanceApi::ConsoleLogin | IssuanceApi::GetRoleCredentials => continue,
                api if api.is_sign_in() => (issuance.caller_principal_id(), Start::OwnIdentity),
                _ => (issuance.assumed_role_id(), Start::Role),
            };
            if let Some(time) = issuance.time().filter(|_| !name.is_empty()) {
                nearest.add((name, start), time, i);
            }
        }
        if nearest.is_empty() {
            return;
        }
        for (c, credential) in self.all.iter().enumerate().filter(|(_, credential)| credential.issuance().is_none()) {
            let Some(created) = credential.creation_date() else { continue };
            let is_role = credential.identity_type() == "AssumedRole";
            let role_or_console = if is_role { Start::Role } else { Start::Console };
            for start in [role_or_console, Start::OwnIdentity] {
                nearest.wish(c, &(credential.principal_id(), start), created);
            }
        }
        for (c, i) in nearest.pairs() {
            self.explain(c, &[i], Confidence::Inferred);
        }
    }

    /// Notes that these issuances, earliest first, explain a credential.
    pub fn explain(&mut self, c: usize, matched: &[usize], confidence: Confidence) {
        let Some(&first) = matched.first() else { return };
        let parent = self.callers[first].filter(|&parent| parent != c);
        self.all[c].explain(matched.iter().map(|&i| self.issuances[i]), confidence, parent);
        for &i in matched {
            self.used[i] = true;
        }
    }

    /// What was issued, or signed in to, and explains no session. A failed sign-in issued nothing, and that of a role
    /// session starts no other.
    pub fn add_unused(&mut self) {
        let mut ids: AHashSet<String> = AHashSet::new();
        for (i, issuance) in self.issuances.iter().enumerate().filter(|&(i, _)| !self.used[i]) {
            let is_sign_in = issuance.api() == IssuanceApi::ConsoleLogin;
            let is_person = matches!(issuance.caller_type(), "IAMUser" | "Root");
            if issuance.api().is_beside() || is_sign_in && !(issuance.is_successful_sign_in() && is_person) {
                continue;
            }
            let mut credential = Credential::new(OnceCell::new(), Known::Issued);
            credential.explain(std::iter::once(*issuance), Confidence::Exact, self.callers[i]);
            let key = issuance.access_key_id();
            let name = Some(credential.principal_id()).filter(|id| !id.is_empty()).unwrap_or(key);
            // As the session would be called; a second one of the same second goes by its key, or by its number.
            let names = [Session::id_of(name, issuance.time(), key), Session::id_of(key, issuance.time(), key)];
            let is_taken =
                |id: &String| ids.contains(id) || self.all.binary_search_by(|other| other.id().cmp(id)).is_ok();
            let free = names.into_iter().find(|id| !id.is_empty() && !is_taken(id));
            let id = free.unwrap_or_else(|| format!("{name}#{i}"));
            ids.insert(id.clone());
            credential.call(id);
            self.all.push(credential);
        }
    }
}
