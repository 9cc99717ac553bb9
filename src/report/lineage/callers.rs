//! Which session made each issuing call. A caller none of whose events was counted (it lies before the window, or a filter
//! left it out) is still a session, known by its calls.

use std::cell::LazyCell;
use std::collections::BTreeMap;

use super::caller::Caller;
use super::holders::Holders;
use super::{Credential, Known};
use crate::aggregate::issuances::Issuance;
use crate::aggregate::sessions::Session;
use crate::model::{AccessKeyKind, IssuanceApi};

/// For each issuance the session that made the call; `None` for a person with a password or a long-lived key, a service,
/// an identity provider or another account. `all` are the counted sessions by id; unseen ones are added behind them.
pub(super) fn find<'a>(all: &mut Vec<Credential<'a>>, issuances: &[Issuance<'a>]) -> Vec<Option<usize>> {
    let counted = all.len();
    let mut unseen: BTreeMap<String, (Caller<'a>, Vec<usize>)> = BTreeMap::new();
    let mut callers = vec![None; issuances.len()];
    let holders = LazyCell::new(|| Holders::of(all));
    let has_keys = LazyCell::new(|| all.iter().any(is_told_by_key));
    for (i, call) in issuances.iter().enumerate().filter(|(_, call)| is_session(call)) {
        let id = id_of(call);
        let with_key = || Session::id_with_key(id.clone(), call.caller_access_key_id());
        let find = |id: &str| all.binary_search_by(|credential| credential.id().cmp(id)).ok();
        let known = find(&id).or_else(|| has_keys.then(|| find(&with_key())).flatten());
        callers[i] = known.or_else(|| holders.of_call(call, all));
        if callers[i].is_none() && !id.is_empty() {
            let (caller, calls) = unseen.entry(id).or_insert_with(|| (Caller::new(*call), Vec::new()));
            caller.add(call);
            calls.push(i);
        }
    }
    drop((holders, has_keys));
    for (place, (id, (caller, calls))) in unseen.into_iter().enumerate() {
        for call in calls {
            callers[call] = Some(counted + place);
        }
        all.push(Credential::new(id.into(), Known::Calling(Box::new(caller))));
    }
    callers
}

/// Whether temporary credentials made the call. A sign-in is made with a password, or is an event of a role session that
/// an identity provider signed in: it starts nothing new.
pub(super) fn is_session(call: &Issuance<'_>) -> bool {
    let temporary = AccessKeyKind::of(call.caller_access_key_id()) == AccessKeyKind::Temporary;
    let is_person = matches!(call.caller_type(), "IAMUser" | "Root");
    call.api() != IssuanceApi::ConsoleLogin
        && (matches!(call.caller_type(), "AssumedRole" | "FederatedUser")
            || temporary
            || is_person && call.caller_creation_date().is_some())
}

fn id_of(call: &Issuance<'_>) -> String {
    let principal = Some(call.caller_principal_id()).filter(|id| !id.is_empty()).unwrap_or(call.caller_arn());
    Session::id_of(principal, call.caller_creation_date(), call.caller_access_key_id())
}

/// Whether other keys of its name are other sessions.
fn is_told_by_key(credential: &Credential<'_>) -> bool {
    credential.session().is_some_and(|session| !session.told_by_key().is_empty())
}
