//! What the userIdentity of a session's events says about the session, and to which session an identity belongs.

use crate::aggregate::{Remap, Sym, Symbols};
use crate::model::{Arn, EventTime, IdentityType, UserIdentity, identity_center_person, principal_of};

/// What tells two sessions apart.
///
/// The console mints a new access key per service under one creation date, so a session is a principalId and a creation
/// date; without a date it is an access key, and without that a principalId.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// principalId, else arn; empty where the access key alone is the key.
    pub principal_id: Sym,
    pub creation_date: Option<EventTime>,
    /// Empty where there is a creation date.
    pub access_key_id: Sym,
}

/// The texts of [`Facts`]; the position in [`TEXT_COLUMNS`] is the name under which each is saved.
#[derive(Clone, Copy, Debug)]
pub(super) enum Text {
    Type,
    Arn,
    AccountId,
    PrincipalId,
    Principal,
    IssuerArn,
    IssuerName,
    SourceIdentity,
    ScopeIssuerType,
    ScopeIssuedTo,
    Ec2RoleDelivery,
    FederatedProvider,
    Person,
    Delegate,
    SignInSessionArn,
}

/// Column names of [`Text`], in its order.
pub(super) const TEXT_COLUMNS: [&str; 15] = [
    "type",
    "arn",
    "account_id",
    "identity_principal_id",
    "principal",
    "issuer_arn",
    "issuer_name",
    "source_identity",
    "scope_issuer_type",
    "scope_credentials_issued_to",
    "ec2_role_delivery",
    "federated_provider",
    "on_behalf_of",
    "delegate_account_id",
    "sign_in_session_arn",
];

/// What one identity says of its session. The identities of a session rarely differ in more than the access key, so a
/// session mostly has one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Facts {
    pub texts: [Sym; TEXT_COLUMNS.len()],
    /// `mfaAuthenticated`; absent is not false.
    pub mfa: Option<bool>,
    pub assumed_root: bool,
    /// `invokedBy` is the sign-in service: a person clicked in the console.
    pub console_click: bool,
}

impl Key {
    /// The session that a call of `identity` belongs to; `None` for long-lived keys, services and other accounts.
    pub fn of(identity: &UserIdentity<'_>, symbols: &mut Symbols) -> Option<Self> {
        if !identity.is_session() {
            return None;
        }
        let principal = if identity.principal_id.is_empty() { &identity.arn } else { &identity.principal_id };
        let creation_date = identity.creation_date();
        let by_key = creation_date.is_none() && !identity.access_key_id.is_empty();
        let nameless = principal.is_empty();
        Some(Self {
            principal_id: if by_key { Sym::EMPTY } else { symbols.intern(principal) },
            creation_date,
            access_key_id: if by_key || nameless { symbols.intern(&identity.access_key_id) } else { Sym::EMPTY },
        })
    }

    /// The key of a saved row.
    pub fn of_saved(principal_id: Sym, creation_date: Option<EventTime>, access_key_id: Sym) -> Self {
        let by_key = creation_date.is_none() || principal_id == Sym::EMPTY;
        Self { principal_id, creation_date, access_key_id: if by_key { access_key_id } else { Sym::EMPTY } }
    }

    /// The same key in another table of symbols.
    pub fn remapped(mut self, remap: &Remap) -> Self {
        self.principal_id = remap.of(self.principal_id);
        self.access_key_id = remap.of(self.access_key_id);
        self
    }
}

impl Facts {
    /// What `identity` says.
    pub fn of(identity: &UserIdentity<'_>, symbols: &mut Symbols) -> Self {
        let principal = principal_of(identity);
        let session = identity.session.as_ref();
        let issuer = session.map(|session| &session.issuer);
        let scope = identity.in_scope_of.as_ref();
        let person = identity_center_person(identity).unwrap_or_default();
        let texts: [&str; TEXT_COLUMNS.len()] = [
            identity.kind.as_str(),
            if is_told(identity) { "" } else { &identity.arn },
            account_of(identity),
            &identity.principal_id,
            &principal,
            issuer.map_or("", |issuer| &issuer.arn),
            issuer.map_or("", |issuer| &issuer.user_name),
            session.map_or("", |session| &session.source_identity),
            scope.map_or("", |scope| &scope.issuer_type),
            scope.map_or("", |scope| &scope.credentials_issued_to),
            session.map_or("", |session| &session.ec2_role_delivery),
            session.map_or("", |session| &session.federated_provider),
            &person,
            &identity.delegate_account_id,
            session.map_or("", |session| &session.sign_in_session_arn),
        ];
        Self {
            texts: texts.map(|text| symbols.intern(text)),
            mfa: session.and_then(|session| session.mfa_authenticated),
            assumed_root: session.is_some_and(|session| session.assumed_root == Some(true)),
            console_click: identity.invoked_by.starts_with("signin.amazonaws.com"),
        }
    }

    /// The same facts in another table of symbols.
    pub fn remapped(mut self, remap: &Remap) -> Self {
        self.texts = self.texts.map(|sym| remap.of(sym));
        self
    }
}

/// Whether the arn of a role session says no more than its principalId (`AROA…:session name`) and its issuer do. One is
/// different for each session, so it is not kept then.
fn is_told(identity: &UserIdentity<'_>) -> bool {
    let issuer = identity.session.as_ref().map(|session| &session.issuer);
    identity.kind == IdentityType::AssumedRole
        && identity.principal_id.contains(':')
        && issuer.is_some_and(|issuer| !issuer.arn.is_empty() || !issuer.user_name.is_empty())
}

fn account_of<'a>(identity: &'a UserIdentity<'_>) -> &'a str {
    let of_arn = || Arn::parse(&identity.arn).map(|arn| arn.account_id);
    let of_issuer = || identity.session.as_ref().map(|session| &*session.issuer.account_id);
    let is_known = |id: &&str| !id.is_empty();
    let own = Some(&*identity.account_id).filter(is_known);
    own.or_else(|| of_arn().filter(is_known)).or_else(of_issuer).unwrap_or_default()
}
