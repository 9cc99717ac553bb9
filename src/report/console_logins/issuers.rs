//! Whose MFA stands behind a role session or federated user that signed in to the console: that of whoever issued it.
//!
//! Not a judgement of sessions, which `sessions` has: only the sign-ins of which the record names no identity provider.
//! Called for each of them; sessions and issuances are joined when the first is asked about, since most logs have none.
//!
//! Source: IAM user guide, "Enable custom identity broker access to the AWS console" (GetSigninToken takes the credentials of
//! AssumeRole or GetFederationToken); AWS STS API reference, GetFederationToken (called with the long-lived credentials of an
//! IAM user or root, and without an MFA device).

use std::cell::OnceCell;

use ahash::AHashMap;

use crate::aggregate::State;
use crate::model::{EventTime, SignInMfa};
use crate::report::lineage::{Credential, Lineage, Mfa};

/// Longest chains of role sessions that are followed: longer ones are made up.
const LONGEST_CHAIN: usize = 64;

/// Who issued the credentials that signed in; empty texts where that is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::report) struct IssuedBy<'a> {
    pub caller: &'a str,
    /// `userIdentity.type` of the caller.
    pub caller_type: &'a str,
    pub access_key_id: &'a str,
    pub source_address: &'a str,
}

/// Sessions by the names that their sign-ins have.
pub(super) struct Issuers<'a> {
    state: &'a State,
    joined: OnceCell<Joined<'a>>,
}

struct Joined<'a> {
    lineage: Lineage<'a>,
    by_name: AHashMap<&'a str, Vec<usize>>,
}

impl<'a> Issuers<'a> {
    pub(super) fn of(state: &'a State) -> Self {
        Self { state, joined: OnceCell::new() }
    }

    /// What is known of the MFA of a session, and who issued it. A federated user (GetFederationToken) always comes from a
    /// long-lived key of an IAM user or root, and that call takes no MFA device.
    pub(super) fn mfa(
        &self,
        kind: &str,
        principal_id: &str,
        created: Option<EventTime>,
    ) -> (SignInMfa, Option<IssuedBy<'a>>) {
        let joined = self.joined.get_or_init(|| Joined::of(self.state));
        let places = joined.by_name.get(principal_id).map(Vec::as_slice).unwrap_or_default();
        let all = &joined.lineage.credentials;
        let same: Vec<usize> = places
            .iter()
            .copied()
            .filter(|&place| created.is_some() && all[place].creation_date() == created)
            .collect();
        if kind == "FederatedUser" {
            let issued_by = same.iter().chain(places).find_map(|&place| issued_by(&all[place]));
            return (SignInMfa::No, Some(issued_by.unwrap_or_default()));
        }
        // Without a date only what all sessions of that name say is sure; with several of one second as well.
        let candidates = if created.is_some() { &same[..] } else { places };
        let mut answers = candidates.iter().map(|&place| joined.answer(place));
        let Some(first) = answers.next() else { return (SignInMfa::Unknown, None) };
        if answers.all(|answer| answer.0 == first.0) { first } else { (SignInMfa::Unknown, None) }
    }
}

impl<'a> Joined<'a> {
    fn of(state: &'a State) -> Self {
        let lineage = Lineage::of(state);
        let mut by_name: AHashMap<&'a str, Vec<usize>> = AHashMap::new();
        for (place, credential) in lineage.credentials.iter().enumerate() {
            by_name.entry(credential.principal_id()).or_default().push(place);
        }
        Self { lineage, by_name }
    }

    /// A session of which nothing tells who issued it is unknown: SAML and Identity Center never set the flag.
    fn answer(&self, place: usize) -> (SignInMfa, Option<IssuedBy<'a>>) {
        let all = &self.lineage.credentials;
        let mfa = Mfa::of(&self.lineage, place);
        let above: Vec<usize> = std::iter::successors(Some(place), |&at| all[at].parent).take(LONGEST_CHAIN).collect();
        let first = above.last().map_or(&all[place], |&at| &all[at]);
        if mfa.answer == "yes" {
            return (SignInMfa::Yes, None);
        }
        if mfa.basis == "identity-provider" || first.kind().has_identity_provider() {
            return (SignInMfa::IdentityProvider, None);
        }
        let Some(issuance) = first.issuance() else {
            // The flag of a user's or root's own session is about its own MFA, whoever issued it.
            let is_without = matches!(first.identity_type(), "IAMUser" | "Root") && first.mfa_flag() == Some(false);
            let below = above.iter().rev().nth(1).filter(|_| is_without);
            return below.map_or((SignInMfa::Unknown, None), |&at| (SignInMfa::No, issued_by(&all[at])));
        };
        let had_mfa = issuance.has_mfa_serial() || issuance.caller_mfa() == Some(true);
        match issuance.caller_type() {
            "IAMUser" | "Root" | "AWSService" if !had_mfa => (SignInMfa::No, issued_by(first)),
            _ => (SignInMfa::Unknown, None),
        }
    }
}

fn issued_by<'a>(credential: &Credential<'a>) -> Option<IssuedBy<'a>> {
    credential.issuance().map(|issuance| IssuedBy {
        caller: issuance.caller(),
        caller_type: issuance.caller_type(),
        access_key_id: issuance.caller_access_key_id(),
        source_address: issuance.source_address(),
    })
}
