//! The join of sessions with the records that issued them.
//!
//! | confidence | an issuance explains a session when |
//! |---|---|
//! | exact | it issued one of the session's keys, for the same account, and the session was used within its life (2 s of slack before, because clocks of two services disagree) |
//! | inferred | its assumedRoleId is the session's principalId and it happened within 2 s of the creation date; or it is a sign-in of the same IAM user or root within 2 s of the creation date |
//!
//! An issuance that exactly explains one session is not used to infer another, and one that is used to infer explains
//! the session nearest in time. Access key ids are unique only together with the secret, hence account and time.

use ahash::AHashMap;

use crate::aggregate::issuances::Issuance;
use crate::aggregate::sessions::Session;
use crate::model::{EventTime, IssuanceApi};

/// How far the clocks of the issuing record and of the session's creation date may differ.
const SLACK_SECONDS: i64 = 2;
/// The longest life of any STS credentials, in seconds, for a record that tells none.
const LONGEST_LIFE: i64 = 36 * 3600;

/// How sure it is who issued a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Confidence {
    Exact,
    Inferred,
    None,
}

/// A session and what explains it.
pub(super) struct Explained<'a> {
    pub id: String,
    pub session: Session<'a>,
    /// Earliest first; several when the session has several keys.
    pub issuances: Vec<Issuance<'a>>,
    pub confidence: Confidence,
    /// Which of all sessions made the issuing call, if one did.
    pub parent: Option<usize>,
}

impl Confidence {
    /// The word that is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Inferred => "inferred",
            Self::None => "none",
        }
    }
}

impl<'a> Explained<'a> {
    /// The issuance that names the issuer: the earliest.
    pub fn issuance(&self) -> Option<&Issuance<'a>> {
        self.issuances.first()
    }
}

/// The sessions with what explains them, by session id. `issuances` come in a fixed order.
pub(super) fn explain<'a>(
    sessions: impl Iterator<Item = Session<'a>>,
    issuances: &[Issuance<'a>],
) -> Vec<Explained<'a>> {
    let mut all: Vec<Explained<'a>> = sessions
        .map(|session| Explained {
            id: session.id(),
            session,
            issuances: Vec::new(),
            confidence: Confidence::None,
            parent: None,
        })
        .collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    let used = match_exactly(&mut all, issuances);
    infer(&mut all, issuances, &used);
    find_parents(&mut all);
    all
}

/// Matches by issued key and says which issuances were used.
fn match_exactly<'a>(all: &mut [Explained<'a>], issuances: &[Issuance<'a>]) -> Vec<bool> {
    let mut by_key: AHashMap<&str, Vec<usize>> = AHashMap::new();
    for (i, issuance) in issuances.iter().enumerate().filter(|(_, issuance)| !issuance.access_key_id().is_empty()) {
        by_key.entry(issuance.access_key_id()).or_default().push(i);
    }
    let mut used = vec![false; issuances.len()];
    for explained in all {
        let candidates = explained.session.access_keys().filter_map(|key| by_key.get(key)).flatten();
        let mut matched: Vec<usize> =
            candidates.copied().filter(|&i| issued_for(&issuances[i], &explained.session)).collect();
        matched.sort_by_key(|&i| (issuances[i].time(), i));
        for &i in &matched {
            used[i] = true;
        }
        if !matched.is_empty() {
            explained.confidence = Confidence::Exact;
            explained.issuances = matched.into_iter().map(|i| issuances[i]).collect();
        }
    }
    used
}

/// Whether a key that `issuance` issued can be the one that `session` shows: same account, used within its life.
fn issued_for(issuance: &Issuance<'_>, session: &Session<'_>) -> bool {
    let account = session.account_id();
    let accounts = [issuance.account_id(), issuance.recipient_account_id()];
    let same_account = account.is_empty() || accounts.contains(&account) || accounts == ["", ""];
    let (Some(issued), Some(first), Some(last)) = (issuance.time(), session.span().first(), session.span().last())
    else {
        return same_account;
    };
    let life = issuance.life().unwrap_or(LONGEST_LIFE);
    let expires = issuance.expiration().unwrap_or(issued.plus_seconds(life));
    same_account && issued.plus_seconds(-SLACK_SECONDS) <= last && first <= expires
}

/// Matches what is left by name and time, nearest pairs first, each session and each issuance once.
fn infer<'a>(all: &mut [Explained<'a>], issuances: &[Issuance<'a>], used: &[bool]) {
    let mut by_name: AHashMap<&str, Vec<usize>> = AHashMap::new();
    for (i, issuance) in issuances.iter().enumerate().filter(|&(i, _)| !used[i]) {
        let name = match issuance.api() {
            IssuanceApi::ConsoleLogin if issuance.is_successful_sign_in() => issuance.caller_principal_id(),
            IssuanceApi::ConsoleLogin => "",
            _ => issuance.assumed_role_id(),
        };
        if !name.is_empty() {
            by_name.entry(name).or_default().push(i);
        }
    }
    let mut pairs: Vec<(i64, usize, usize)> = Vec::new();
    for (s, explained) in all.iter().enumerate().filter(|(_, explained)| explained.issuances.is_empty()) {
        let candidates = by_name.get(explained.session.principal_id()).into_iter().flatten();
        pairs.extend(candidates.filter_map(|&i| Some((distance(&issuances[i], &explained.session)?, s, i))));
    }
    pairs.sort_unstable();
    let mut taken = vec![false; issuances.len()];
    for (_, s, i) in pairs {
        if !taken[i] && all[s].issuances.is_empty() {
            taken[i] = true;
            all[s].confidence = Confidence::Inferred;
            all[s].issuances.push(issuances[i]);
        }
    }
}

/// How far apart, in microseconds, an issuance and the creation of a session of the same name are, if near enough.
fn distance(issuance: &Issuance<'_>, session: &Session<'_>) -> Option<i64> {
    let is_role = session.identity_type() == "AssumedRole";
    if is_role == (issuance.api() == IssuanceApi::ConsoleLogin) {
        return None;
    }
    let (EventTime(issued), EventTime(created)) = (issuance.time()?, session.creation_date()?);
    let distance = issued.abs_diff(created);
    (distance <= SLACK_SECONDS as u64 * 1_000_000).then_some(distance as i64)
}

/// Finds the session that made each issuing call: by the caller's principalId and creation date, else by its key.
fn find_parents(all: &mut [Explained<'_>]) {
    let mut by_name: AHashMap<(&str, EventTime), usize> = AHashMap::new();
    let mut by_key: AHashMap<&str, usize> = AHashMap::new();
    for (i, explained) in all.iter().enumerate() {
        if let Some(created) = explained.session.creation_date() {
            by_name.entry((explained.session.principal_id(), created)).or_insert(i);
        }
        for key in explained.session.access_keys() {
            by_key.entry(key).or_insert(i);
        }
    }
    let parents: Vec<Option<usize>> = all
        .iter()
        .map(|explained| {
            let issuance = explained.issuance().filter(|issuance| issuance.api() != IssuanceApi::ConsoleLogin)?;
            let created = issuance.caller_creation_date();
            let named = created.and_then(|created| by_name.get(&(issuance.caller_principal_id(), created)));
            named.or_else(|| by_key.get(issuance.caller_access_key_id())).copied()
        })
        .collect();
    for (i, parent) in parents.into_iter().enumerate() {
        all[i].parent = parent.filter(|&parent| parent != i);
    }
}
