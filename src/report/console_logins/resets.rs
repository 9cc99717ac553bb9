//! What somebody else did to a user's ways in: a password set anew, a device taken away or registered for it. What the
//! sign-ins that follow mean is judged in [`guessing`](super::guessing).

use std::collections::{BTreeMap, BTreeSet};

use crate::aggregate::State;
use crate::aggregate::iam_changes::{Act, IamChange, IamChanges, Outcome, TargetKind};
use crate::model::{EventTime, Network, SourceAddress};
use crate::report::user_arns::user_of;

/// What one principal did to one user.
#[derive(Clone, Debug, Default)]
pub(super) struct Deeds {
    /// When it set the password.
    pub passwords: BTreeSet<EventTime>,
    /// When it took a device away, or registered one for the user.
    pub devices: BTreeSet<EventTime>,
    /// Those of them at which it registered one: whoever does that may hold it.
    pub registered: BTreeSet<EventTime>,
    /// Whence.
    pub networks: BTreeSet<Network>,
}

/// What others did to one user, by who it was.
pub(super) type OfUser<'a> = BTreeMap<&'a str, Deeds>;

/// What others did to users, by account and name. Users that were made in these logs are left out: their first password and
/// device come from somebody else.
#[derive(Clone, Debug, Default)]
pub(super) struct Resets<'a>(BTreeMap<(&'a str, &'a str), OfUser<'a>>);

impl<'a> Resets<'a> {
    /// Those that `state` shows; none where it does not remember changes of IAM.
    pub(super) fn of(state: &'a State) -> Self {
        let symbols = state.symbols();
        let mut made: BTreeSet<(&str, &str)> = BTreeSet::new();
        let mut found = Self::default();
        for change in state.get::<IamChanges>().into_iter().flat_map(IamChanges::rows) {
            let key = &change.key;
            let user = (symbols.text(key.account_id), symbols.text(key.target));
            let actor = symbols.text(key.actor);
            let is_of_other = key.target_kind == TargetKind::User && user_of(actor) != Some(user);
            if key.outcome != Outcome::Succeeded || !is_of_other {
                continue;
            }
            if key.event.act() == Act::Create {
                made.insert(user);
            }
            let from = change.addresses.iter().map(|sym| symbols.text(sym));
            found.see(user, actor, change, from.filter_map(|text| SourceAddress::parse(text).network()));
        }
        found.0.retain(|user, _| !made.contains(user));
        found
    }

    fn see(
        &mut self,
        user: (&'a str, &'a str),
        actor: &'a str,
        change: &IamChange,
        from: impl Iterator<Item = Network>,
    ) {
        let act = change.key.event.act();
        if !matches!(act, Act::CreateLogin | Act::UpdateLogin | Act::DeactivateMfa | Act::EnableMfa) {
            return;
        }
        let deeds = self.0.entry(user).or_default().entry(actor).or_default();
        match act {
            Act::CreateLogin | Act::UpdateLogin => deeds.passwords.extend(&change.moments),
            _ => deeds.devices.extend(&change.moments),
        }
        if act == Act::EnableMfa {
            deeds.registered.extend(&change.moments);
        }
        deeds.networks.extend(from);
    }

    /// What others did to a user.
    pub(super) fn of_user(&self, account: &'a str, name: &'a str) -> Option<&OfUser<'a>> {
        self.0.get(&(account, name))
    }
}
