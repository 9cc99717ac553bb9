//! `policies --trust`: whom each role lets in, by the trust policies in IAM's state.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::model::{Arn, Grant, Trusted, TrustedKind};
use crate::posture::{Account, Authorization, Dated, IdentityProvider, Role, Source};
use crate::report::columns::columns;
use crate::report::{Answer, Form, Report, Role as ColumnRole, StateUse, View};

/// What `--trust` answers.
pub static TRUST: Report = Report {
    name: "trust",
    summary: "Whom each role lets in: identity providers, accounts, users, roles, services",
    about: "",
    columns: COLUMNS,
    key: &["account_id", "role", "trusted"],
    needs: &[],
    options: &[],
    texts: &[],
    rules: &[],
    argument: None,
    state: StateUse::Alone,
    examples: &[],
    form: Form::Rows,
    charts: None,
    answer,
};

columns! {
    const COLUMNS;
    fn cells(door: &Door<'_>) {}

    account_id("account_id", "The account of the role.") => door.account_id,
    text("trusted_kind", "anyone, saml-provider, oidc-provider, web-identity, account, user, role, service or other.")
        => door.trusted.kind.as_str(),
    id("trusted", "Whom the role lets in, as its trust policy has it.") => door.trusted.principal.as_str(),
    list("subjects", "Whose tokens of an identity provider, where the condition says it (`…:sub`).") => &door.trusted.subjects,
    text("role", "The role: role/NAME; none of a provider that no role trusts.") => door.name.as_str(),
    text("grant", "What the widest of its policies grants; see the column of policies.").second()
        => door.grant.map_or("", Grant::as_str),
    list("condition_keys", "The keys of the condition on which it lets in, in lower case.").last()
        => &door.trusted.condition_keys,
    text("exists", "Of an identity provider of the account: yes or no, where a list of them was given.").third()
        => door.exists,
    time("last_used", "When the role was used last, as IAM has it: in the last 400 days.").third()
        => door.role.and_then(|role| role.last_used.as_ref()?.time),
    id("role_arn", "The arn of the role.").asked() => door.role.map_or("", |role| role.arn.as_str()),
    time("as_of", "The moment that the file speaks of.").asked() => door.source.as_of,
    text("file", "The file.").asked().role(ColumnRole::File) => door.source.file.as_str(),
}

/// One whom a role lets in, or an identity provider that none does.
struct Door<'a> {
    account_id: &'a str,
    /// `role/NAME`; `none`; empty where that is not known.
    name: String,
    role: Option<&'a Role>,
    grant: Option<Grant>,
    trusted: Trusted,
    exists: &'static str,
    source: &'a Source,
}

fn answer(view: &View<'_>) -> Answer {
    let accounts = view.posture.iter().flat_map(|posture| &posture.accounts);
    let (mut doors, mut unread) = (Vec::new(), Vec::new());
    for (account_id, account) in accounts.clone() {
        doors.extend(of_account(account_id, account, &mut unread));
    }
    doors.sort_by(|a, b| {
        let key = |door: &Door<'_>| (door.trusted.kind, Reverse(door.grant));
        key(a).cmp(&key(b)).then_with(|| (&a.trusted, a.account_id, &a.name).cmp(&(&b.trusted, b.account_id, &b.name)))
    });
    let rows_spared = doors.len().saturating_sub(view.rows_wanted);
    let rows = doors.iter().take(view.rows_wanted).map(cells).collect();
    let without: Vec<&str> =
        accounts.filter(|(_, account)| account.authorization.is_none()).map(|(id, _)| id.as_str()).collect();
    let unread = unread.iter().map(|arn| format!("the trust policy of {arn} could not be read"));
    Answer {
        columns: COLUMNS.to_vec(),
        rows,
        rows_spared,
        hidden: super::unknown(&without),
        notes: unread.collect(),
        ..Answer::default()
    }
}

/// Whom the roles of an account let in, and its identity providers that none does. Notes the roles of which the trust policy
/// cannot be read.
fn of_account<'a>(account_id: &'a str, account: &'a Account, unread: &mut Vec<&'a str>) -> Vec<Door<'a>> {
    let (mut doors, before) = (Vec::new(), unread.len());
    let part = account.authorization.as_ref();
    let roles = |part: &'a Dated<Authorization>| part.value.roles.iter().flatten().map(move |role| (part, role));
    for (part, (name, role)) in part.into_iter().flat_map(roles) {
        let Ok(policy) = &role.trust else {
            unread.push(role.arn.as_str());
            continue;
        };
        let grant = Some(granted(&part.value, role));
        doors.extend(policy.trusted().into_iter().map(|trusted| Door {
            account_id,
            name: format!("role/{name}"),
            role: Some(role),
            grant,
            exists: exists(account_id, account, &trusted),
            trusted,
            source: &part.source,
        }));
    }
    let is_known = part.is_some_and(|part| part.value.roles.is_some() && part.source.whole) && unread.len() == before;
    let name = if is_known { "none" } else { "" };
    let lists = providers(account).flat_map(|(kind, part)| part.value.iter().map(move |one| (kind, one, &part.source)));
    let free = lists.filter(|(_, one, _)| !doors.iter().any(|door| door.trusted.may_be_of(&one.arn)));
    let free: Vec<Door<'a>> =
        free.map(|(kind, one, source)| untrusted((account_id, name), (kind, one), source)).collect();
    doors.extend(free);
    doors
}

fn untrusted<'a>(
    (account_id, name): (&'a str, &str),
    (kind, one): (TrustedKind, &IdentityProvider),
    source: &'a Source,
) -> Door<'a> {
    let (principal, condition_keys, subjects) = (one.arn.clone(), BTreeSet::new(), BTreeSet::new());
    let trusted = Trusted { kind, principal, condition_keys, subjects };
    Door { account_id, name: name.to_owned(), role: None, grant: None, trusted, exists: "yes", source }
}

/// The lists of identity providers that an account has.
fn providers(account: &Account) -> impl Iterator<Item = (TrustedKind, &Dated<Vec<IdentityProvider>>)> {
    let lists =
        [(TrustedKind::SamlProvider, &account.saml_providers), (TrustedKind::OidcProvider, &account.oidc_providers)];
    lists.into_iter().filter_map(|(kind, part)| Some((kind, part.as_ref()?)))
}

/// Whether an identity provider of the account is there; empty of what is none, and where no list tells.
fn exists(account_id: &str, account: &Account, trusted: &Trusted) -> &'static str {
    let is_own = Arn::parse(&trusted.principal).is_some_and(|arn| arn.account_id == account_id);
    let list = providers(account).find(|(kind, part)| is_own && *kind == trusted.kind && part.source.whole);
    match list.map(|(_, part)| part.value.iter().any(|one| trusted.may_be_of(&one.arn))) {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    }
}

/// What the widest policy of a role grants.
fn granted(state: &Authorization, role: &Role) -> Grant {
    let inline = role.inline.iter().map(|policy| policy.document.as_ref().map_or(Grant::NotJudged, |it| it.grant()));
    let attached = role.attached.iter().map(|attached| {
        let managed = state.policies.as_ref().and_then(|policies| policies.get(&attached.arn));
        let document = managed.and_then(|managed| managed.document.as_ref().ok());
        document.map_or_else(|| Grant::of_managed(&attached.arn), |document| document.grant())
    });
    inline.chain(attached).max().unwrap_or(Grant::Other)
}
