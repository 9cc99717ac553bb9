//! `policies --trust`: whom each role lets in, by the trust policies in IAM's state.

use std::cmp::Reverse;

use crate::model::{Grant, Trusted};
use crate::posture::{Authorization, Dated, Role};
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
    text("role", "The role: role/NAME.") => format!("role/{}", door.name),
    text("grant", "What the widest of its policies grants; see the column of policies.").second() => door.grant.as_str(),
    list("condition_keys", "The keys of the condition on which it lets in, in lower case.").last()
        => &door.trusted.condition_keys,
    time("last_used", "When the role was used last, as IAM has it: in the last 400 days.").third()
        => door.role.last_used.as_ref().and_then(|used| used.time),
    id("role_arn", "The arn of the role.").asked() => door.role.arn.as_str(),
    time("as_of", "The moment that the file speaks of.").asked() => door.part.source.as_of,
    text("file", "The file.").asked().role(ColumnRole::File) => door.part.source.file.as_str(),
}

/// One whom a role lets in.
struct Door<'a> {
    account_id: &'a str,
    name: &'a str,
    role: &'a Role,
    grant: Grant,
    trusted: Trusted,
    part: &'a Dated<Authorization>,
}

fn answer(view: &View<'_>) -> Answer {
    let accounts = view.posture.iter().flat_map(|posture| &posture.accounts);
    let parts = accounts.clone().filter_map(|(id, account)| Some((id.as_str(), account.authorization.as_ref()?)));
    let (mut doors, mut unread) = (Vec::new(), Vec::new());
    for (account_id, part) in parts {
        for (name, role) in part.value.roles.iter().flatten() {
            let Ok(policy) = &role.trust else {
                unread.push(role.arn.as_str());
                continue;
            };
            let grant = granted(&part.value, role);
            let all = policy.trusted().into_iter();
            doors.extend(all.map(|trusted| Door { account_id, name, role, grant, trusted, part }));
        }
    }
    doors.sort_by(|a, b| {
        let key = |door: &Door<'_>| (door.trusted.kind, Reverse(door.grant));
        key(a).cmp(&key(b)).then_with(|| (&a.trusted, a.account_id, a.name).cmp(&(&b.trusted, b.account_id, b.name)))
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
