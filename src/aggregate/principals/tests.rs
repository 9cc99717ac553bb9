use proptest::prelude::*;

use super::super::testing::{hold_laws, steps};
use super::super::{State, SymSet};
use super::{KIND, PrincipalUse, Principals};
use crate::model::testing::{ACCOUNT, OTHER_ACCOUNT, at, event, not_to_be_read, role_session, service, user};
use crate::model::{Event, IdentityRef, IdentityType, LazyIdentity, SessionContext, SessionIssuer, UserIdentity};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn laws(steps in steps(), cut in 0usize..40) {
        hold_laws(&KIND, &steps, cut)?;
    }
}

fn seen(identities: &[UserIdentity<'_>]) -> State {
    let mut state = State::new(&[&KIND]);
    for identity in identities {
        state.observe(&event(identity));
    }
    state
}

fn rows(state: &State) -> &[PrincipalUse] {
    state.get::<Principals>().expect("asked for").rows()
}

fn texts(state: &State, set: &SymSet) -> Vec<String> {
    let mut texts: Vec<String> = set.iter().map(|sym| state.symbols().text(sym).to_owned()).collect();
    texts.sort();
    texts
}

#[test]
fn one_creation_date_is_one_session_however_many_keys() {
    let created = Some(at("2024-01-01T00:00:00Z"));
    let state = seen(&[
        role_session("deploy", "run", "ASIA1EXAMPLE", created),
        role_session("deploy", "run", "ASIA2EXAMPLE", created),
        role_session("deploy", "other", "ASIA3EXAMPLE", created),
    ]);
    assert_eq!(rows(&state).len(), 1);
    assert_eq!((rows(&state)[0].sessions.len(), rows(&state)[0].access_keys.len()), (2, 3));
    assert_eq!(texts(&state, &rows(&state)[0].principal_ids), ["AROADEPLOY"]);
}

#[test]
fn without_a_creation_date_a_temporary_key_is_a_session_and_a_long_lived_one_is_not() {
    let state = seen(&[
        user("ana", "ASIA1EXAMPLE"),
        user("ana", "ASIA2EXAMPLE"),
        user("ana", "AKIAIOSFODNN7EXAMPLE"),
        user("ana", ""),
    ]);
    assert_eq!(rows(&state)[0].sessions.len(), 2);
    let keyless = seen(&[role_session("deploy", "a", "", None), role_session("deploy", "b", "", None)]);
    assert_eq!(rows(&keyless)[0].sessions.len(), 2, "a role is always in a session");
    assert_eq!(rows(&seen(&[service("ec2.amazonaws.com")]))[0].sessions.len(), 0);
}

#[test]
fn without_an_account_id_the_receiving_account_makes_the_row() {
    let identity = service("ec2.amazonaws.com");
    let mut state = State::new(&[&KIND]);
    for account in [ACCOUNT, OTHER_ACCOUNT, ACCOUNT] {
        let mut event = event(&identity);
        event.identity = IdentityRef { generation: 7, slot: 3 };
        event.recipient_account_id = account;
        state.observe(&event);
    }
    let mut found: Vec<_> =
        rows(&state).iter().map(|row| (state.symbols().text(row.account), row.tally.events)).collect();
    found.sort();
    assert_eq!(found, [(ACCOUNT, 2), (OTHER_ACCOUNT, 1)]);
}

#[test]
fn with_an_account_id_the_receiving_account_does_not_matter() {
    let identity = user("ana", "AKIAIOSFODNN7EXAMPLE");
    let mut state = State::new(&[&KIND]);
    for account in [ACCOUNT, OTHER_ACCOUNT] {
        let mut event = event(&identity);
        event.identity = IdentityRef { generation: 7, slot: 3 };
        event.recipient_account_id = account;
        state.observe(&event);
    }
    assert_eq!(rows(&state).len(), 1);
    assert_eq!(rows(&state)[0].tally.events, 2);
}

#[test]
fn a_federated_user_counts_for_its_issuer_and_brings_no_id_of_its_own() {
    let issuer = user("ana", "");
    let federated = UserIdentity {
        kind: IdentityType::FederatedUser,
        principal_id: format!("{ACCOUNT}:guest").into(),
        arn: format!("arn:aws:sts::{ACCOUNT}:federated-user/guest").into(),
        account_id: ACCOUNT.into(),
        session: Some(SessionContext {
            issuer: SessionIssuer {
                kind: "IAMUser".into(),
                principal_id: issuer.principal_id.clone(),
                arn: issuer.arn.clone(),
                ..SessionIssuer::default()
            },
            ..SessionContext::default()
        }),
        ..UserIdentity::default()
    };
    let state = seen(&[issuer, federated]);
    assert_eq!(rows(&state).len(), 1);
    assert_eq!(texts(&state, &rows(&state)[0].principal_ids), ["AIDAANA"]);
    assert_eq!(texts(&state, &rows(&state)[0].types), ["FederatedUser", "IAMUser"]);
}

#[test]
fn a_known_identity_is_not_read_again() {
    for identity in
        [user("ana", "AKIAIOSFODNN7EXAMPLE"), role_session("deploy", "a", "", None), service("ec2.amazonaws.com")]
    {
        let mut state = State::new(&[&KIND]);
        let unread = not_to_be_read();
        let first = event(&identity);
        let again = Event { user_identity: LazyIdentity::new(&unread), ..first };
        for event in [first, again, again] {
            state.observe(&event);
            state.remember(&event);
        }
        let events: i64 = rows(&state).iter().map(|row| row.tally.events).sum();
        assert_eq!(events, 3, "{identity:?}");
    }
}
