//! What the logs hold of an account beside findings: events that could break a practice and were not judged, and changes
//! after which a state no longer holds.

use std::collections::{BTreeMap, BTreeSet};

use super::key_sessions;
use crate::aggregate::State;
use crate::aggregate::iam_changes::{Act, IamChange, IamChanges, Outcome, TargetKind};
use crate::aggregate::issuances::Issuances;
use crate::aggregate::keys::{KeyStatus, Keys};
use crate::aggregate::root_use::{Count, RootClass, RootUse};
use crate::aggregate::sessions::{Session, Sessions};
use crate::aggregate::sign_ins::SignIns;
use crate::model::{Arn, EventTime, IssuanceApi, SignInMfa, quantity};
use crate::report::lineage::{Lineage, Mfa};
use crate::report::{Practice, View, key_spread};

/// Calls that make a long-lived credential of a user that is no access key; others reset one or switch it on.
const MAKE_CREDENTIALS: [&str; 3] =
    ["CreateServiceSpecificCredential", "UploadSSHPublicKey", "UploadSigningCertificate"];

/// By practice and account.
#[derive(Clone, Debug, Default)]
pub struct InLogs {
    /// How many events could break the practice and were not judged.
    unjudged: BTreeMap<(Practice, String), u64>,
    /// By account: console sign-ins through identity providers, and sessions of them.
    through_providers: BTreeMap<String, [u64; 2]>,
    /// By account: sessions of roles at the console of which nothing tells whether MFA stands behind them.
    switched_in: BTreeMap<String, u64>,
    /// By account: what was seen of each long-lived key that may lie on a machine.
    keys_perhaps_on_machines: BTreeMap<String, Vec<String>>,
    /// The newest change of what the practice is about, and its eventName.
    changed: BTreeMap<(Practice, String), (EventTime, &'static str)>,
    /// By account, then user and id: long-lived credentials that are not access keys.
    credentials: BTreeMap<String, BTreeMap<(String, String), Credential>>,
}

/// When a credential was last made, reset or switched on, and when it was last removed.
#[derive(Clone, Copy, Debug, Default)]
struct Credential {
    given: Option<EventTime>,
    removed: Option<EventTime>,
    /// Whether these logs show it to be made.
    is_made: bool,
}

impl Credential {
    /// What was only seen to be removed was there before, and is gone.
    fn is_held(self) -> bool {
        self.given > self.removed
    }
}

impl InLogs {
    /// What the state of `view` remembers of it.
    pub fn of(view: &View<'_>) -> Self {
        let (mut found, state) = (Self::default(), view.state);
        found.services_of_root(state);
        found.sign_ins(state);
        found.sessions_of_providers(state);
        found.switched_in(state);
        found.iam_changes(state);
        found.keys(state);
        for (account, seen) in key_spread::perhaps_on_machines(view) {
            found.keys_perhaps_on_machines.entry(account).or_default().push(seen);
        }
        for (account, seen) in key_sessions::perhaps_on_machines(state) {
            let known = found.keys_perhaps_on_machines.entry(account).or_default();
            let key = seen.split(' ').next();
            if !known.iter().any(|other| other.split(' ').next() == key) {
                known.push(seen);
            }
        }
        found
    }

    /// What was seen of each long-lived key of the account that may lie on a machine.
    pub(super) fn keys_perhaps_on_machines(&self, account: &str) -> &[String] {
        self.keys_perhaps_on_machines.get(account).map_or(&[], Vec::as_slice)
    }

    /// Events that could break the practice in the account and were not judged.
    pub(super) fn unjudged(&self, practice: Practice, account: &str) -> u64 {
        self.unjudged.get(&(practice, account.to_owned())).copied().unwrap_or(0)
    }

    /// How many sign-ins and sessions of an account came through identity providers, and how many sessions of roles from
    /// callers whose MFA is not known, in words; `None` without any.
    pub(super) fn of_unknown_mfa(&self, account: &str) -> Option<String> {
        let [sign_ins, sessions] = self.through_providers.get(account).copied().unwrap_or_default();
        let told = [(sign_ins, "sign-in"), (sessions, "session")].into_iter().filter(|(count, _)| *count > 0);
        let told = told.map(|(count, what)| quantity(count, what)).collect::<Vec<_>>().join(" and ");
        let through = (!told.is_empty()).then(|| format!("{told} through identity providers"));
        let switched = self.switched_in.get(account);
        let switched = switched.map(|count| format!("{} of roles at the console", quantity(*count, "session")));
        let all: Vec<String> = through.into_iter().chain(switched).collect();
        (!all.is_empty()).then(|| all.join(" and "))
    }

    /// The newest change of what the practice is about, with its eventName, where it is later than `since`.
    pub(super) fn changed_since(
        &self,
        (practice, account): (Practice, &str),
        since: EventTime,
    ) -> Option<(EventTime, &'static str)> {
        self.changed.get(&(practice, account.to_owned())).copied().filter(|(time, _)| *time > since)
    }

    /// Users of the account that hold a long-lived credential which is no access key and was made, reset or switched on in
    /// these logs, and whether all of these were made.
    pub(super) fn holders_of_credentials(&self, account: &str) -> (BTreeSet<&str>, bool) {
        let of_account = self.credentials.get(account).into_iter().flatten();
        let held = of_account.filter(|(_, credential)| credential.is_held());
        let all_made = held.clone().all(|(_, credential)| credential.is_made);
        (held.map(|((user, _), _)| user.as_str()).collect(), all_made)
    }

    /// Services that act for root: what root set up goes on as root, and root itself may be behind it.
    fn services_of_root(&mut self, state: &State) {
        let Some(root) = state.get::<RootUse>() else { return };
        for row in root.rows() {
            let account = state.symbols().text(row.account_id()).to_owned();
            if row.class() == RootClass::Service {
                let count = u64::try_from(row.tally.events).unwrap_or(0);
                *self.unjudged.entry((Practice::RestrictRootUse, account.clone())).or_default() += count;
            }
            if let Some(time) = row.span.last().filter(|_| row.count(Count::KeysCreated) > 0) {
                self.change((Practice::NoRootKeys, account), time, "CreateAccessKey");
            }
        }
    }

    /// Sign-ins whose second factor is held elsewhere.
    fn sign_ins(&mut self, state: &State) {
        let Some(sign_ins) = state.get::<SignIns>() else { return };
        for (attempt, counted) in sign_ins.attempts() {
            if attempt.succeeded && attempt.mfa == SignInMfa::IdentityProvider {
                let account = state.symbols().text(attempt.account()).to_owned();
                let count = u64::try_from(counted.events).unwrap_or(0);
                self.through_providers.entry(account).or_default()[0] += count;
            }
        }
    }

    /// Sessions of people who signed in elsewhere: of roles of Identity Center, and what SAML assertions got.
    fn sessions_of_providers(&mut self, state: &State) {
        let symbols = state.symbols();
        let mut add = |account: &str| self.through_providers.entry(account.to_owned()).or_default()[1] += 1;
        let sessions = state.get::<Sessions>().into_iter().flat_map(|sessions| sessions.all(symbols));
        sessions.filter(is_of_identity_center).for_each(|session| add(session.account_id()));
        let issued = state.get::<Issuances>().into_iter();
        let issued = issued.flat_map(|issued| issued.by(IssuanceApi::AssumeRoleWithSaml, symbols));
        issued.filter(|issuance| !issuance.is_by_identity_center()).for_each(|issuance| add(issuance.account_id()));
    }

    /// Sessions at the console of roles that somebody switched to, or got a sign-in token for, from an account or by a call
    /// that was not read, or without MFA that the session would tell of.
    fn switched_in(&mut self, state: &State) {
        let is_open = |session: &Session<'_>| {
            session.in_console()
                && session.identity_type() == "AssumedRole"
                && session.mfa_flag() != Some(true)
                && !is_of_identity_center(session)
        };
        let sessions = state.get::<Sessions>();
        if !sessions.into_iter().flat_map(|sessions| sessions.all(state.symbols())).any(|session| is_open(&session)) {
            return;
        }
        let lineage = Lineage::of(state);
        for (place, credential) in lineage.credentials.iter().enumerate() {
            let Some(session) = credential.session().filter(|session| is_open(session)) else { continue };
            let is_of_service = credential.issuance().is_some_and(|issuance| issuance.caller_type() == "AWSService");
            let is_judged = credential.kind().has_identity_provider() || is_of_service;
            if !is_judged && Mfa::of(&lineage, place).answer != "yes" {
                *self.switched_in.entry(session.account_id().to_owned()).or_default() += 1;
            }
        }
    }

    fn iam_changes(&mut self, state: &State) {
        let Some(changes) = state.get::<IamChanges>() else { return };
        for change in changes.rows().filter(|change| change.key.outcome == Outcome::Succeeded) {
            let event = change.key.event;
            self.credential(change, state);
            let is_user = event.target_kind() == TargetKind::User;
            let practices: &[Practice] = match event.act() {
                Act::CreateLogin | Act::DeactivateMfa => &[Practice::MfaForConsole],
                Act::Attach if is_user => &[Practice::PoliciesOnGroups],
                Act::PutInline if is_user => &[Practice::PoliciesOnGroups, Practice::AwsManagedPolicies],
                Act::PutInline | Act::WritePolicy | Act::SetDefaultVersion => &[Practice::AwsManagedPolicies],
                Act::AddCredential if change.key.target_kind == TargetKind::Account => &[Practice::NoRootKeys],
                Act::AddCredential => &[Practice::RotateKeys],
                _ => continue,
            };
            let Some(time) = change.span.last() else { continue };
            let account = state.symbols().text(change.key.account_id);
            for practice in practices {
                self.change((*practice, account.to_owned()), time, event.name());
            }
        }
    }

    fn credential(&mut self, change: &IamChange, state: &State) {
        let act = change.key.event.act();
        if !matches!(act, Act::AddCredential | Act::RemoveCredential) {
            return;
        }
        let [account, user, id] = [change.key.account_id, change.key.target, change.key.version]
            .map(|sym| state.symbols().text(sym).to_owned());
        // What the record does not name may be any other: no removal is known of it.
        if act == Act::RemoveCredential && id.is_empty() {
            return;
        }
        let credential = self.credentials.entry(account).or_default().entry((user, id)).or_default();
        credential.is_made |= MAKE_CREDENTIALS.contains(&change.key.event.name());
        let known = if act == Act::AddCredential { &mut credential.given } else { &mut credential.removed };
        *known = (*known).max(change.span.last());
    }

    fn keys(&mut self, state: &State) {
        let Some(keys) = state.get::<Keys>() else { return };
        for (_, creation) in keys.all_creations() {
            let account = state.symbols().text(creation.account).to_owned();
            self.change((Practice::RotateKeys, account), creation.time, "CreateAccessKey");
        }
        // A key that is switched on is as old as it was.
        for (_, change) in keys.all_changes().filter(|(_, change)| change.status == KeyStatus::Active) {
            let account = state.symbols().text(change.account).to_owned();
            self.change((Practice::RotateKeys, account), change.time, "UpdateAccessKey");
        }
    }

    fn change(&mut self, of: (Practice, String), time: EventTime, event: &'static str) {
        let newest = self.changed.entry(of).or_insert((time, event));
        *newest = (*newest).max((time, event));
    }
}

/// Whether it is a session of a role that Identity Center made.
fn is_of_identity_center(session: &Session<'_>) -> bool {
    Arn::parse(session.issuer_arn()).is_some_and(|role| role.is_role_of_identity_center())
}
