//! One session of temporary credentials, however it is known: by its own events, by the issuing calls that it made, or only
//! by the record that issued it.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::caller::Caller;
use super::kind::Kind;
use crate::aggregate::Sym;
use crate::aggregate::issuances::Issuance;
use crate::aggregate::sessions::Session;
use crate::model::{Arn, EventTime, IssuanceApi, SourceAddress};

/// How sure it is who issued a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) enum Confidence {
    Exact,
    Inferred,
    None,
}

/// What is known of a session beside its issuance.
pub(in crate::report) enum Known<'a> {
    /// Events of it were counted.
    Counted(Session<'a>),
    /// No event of it was counted, but it made issuing calls, which are remembered whatever is counted.
    Calling(Box<Caller<'a>>),
    /// Nothing: it was issued, and no use of it was counted.
    Issued,
}

/// Temporary credentials and what explains them.
pub(in crate::report) struct Credential<'a> {
    /// Of a counted session written when it is first asked for: most are never shown.
    id: OnceCell<String>,
    pub known: Known<'a>,
    /// What issued it: the earliest, and more when the session has several keys.
    earliest: Option<Issuance<'a>>,
    later: Vec<Issuance<'a>>,
    pub confidence: Confidence,
    /// Which of all made the issuing call, if one did. Following it ends: circles of forged records are cut.
    pub parent: Option<usize>,
    /// Worked out when it is first asked for.
    pub(super) kind: OnceCell<Kind>,
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

impl<'a> Credential<'a> {
    /// One with this id, where no session has one.
    pub(super) fn new(id: OnceCell<String>, known: Known<'a>) -> Self {
        Self {
            id,
            known,
            earliest: None,
            later: Vec::new(),
            confidence: Confidence::None,
            parent: None,
            kind: OnceCell::new(),
        }
    }

    /// The session's id, not an AWS field: `<principalId>@<creationDate>`; see [`Session::id`]. Unique.
    pub fn id(&self) -> &str {
        self.id.get_or_init(|| self.session().map(Session::id).unwrap_or_default())
    }

    /// Gives it an id, where no session has one.
    pub(super) fn call(&mut self, id: String) {
        self.id = id.into();
    }

    /// Notes what issued it, earliest first, and which of all made the earliest call.
    pub(super) fn explain(
        &mut self,
        mut issuances: impl Iterator<Item = Issuance<'a>>,
        confidence: Confidence,
        parent: Option<usize>,
    ) {
        self.earliest = issuances.next();
        self.later = issuances.collect();
        (self.confidence, self.parent) = (confidence, parent);
    }

    /// Notes one more issuance, which does not name the issuer.
    pub(super) fn explain_too(&mut self, issuance: Issuance<'a>) {
        self.later.push(issuance);
    }

    /// The call that says where the credentials were issued to: of Identity Center the person's, never its own server's.
    fn issued_at(&self) -> Option<&Issuance<'a>> {
        let own = self.issuance().filter(|own| !own.is_by_identity_center());
        self.fetched().or(own)
    }

    /// The person's own call to Identity Center.
    fn fetched(&self) -> Option<&Issuance<'a>> {
        self.issuances().find(|issuance| issuance.api() == IssuanceApi::GetRoleCredentials)
    }

    /// The source of the call that issued it to a person or program, if it says where they are: not of a service, nor of
    /// Identity Center's own server.
    pub fn issued_from(&self) -> Option<Sym> {
        self.issued_at().filter(|issuance| issuance.caller_type() != "AWSService").map(Issuance::source)
    }

    /// The source of the issuing call as the record has it; empty for Identity Center's own server.
    pub fn issued_from_source(&self) -> &'a str {
        self.issued_at().map_or("", Issuance::source_address)
    }

    /// The same as it is shown: an address in its usual form (anonymised logs pad it with zeros).
    pub fn issued_from_text(&self) -> String {
        let text = self.issued_from_source();
        SourceAddress::parse(text).ip().map_or_else(|| text.to_owned(), |ip| ip.to_string())
    }

    /// The person of Identity Center behind it, as its events say, else the call that fetched it.
    pub fn person(&self) -> &'a str {
        let told = self.session().map_or("", |session| session.on_behalf_of());
        if told.is_empty() { self.fetched().map_or("", |issuance| issuance.caller()) } else { told }
    }

    /// The issuance that names the issuer: the earliest.
    pub fn issuance(&self) -> Option<&Issuance<'a>> {
        self.earliest.as_ref()
    }

    /// Who issued it, or signed in; empty where that is not known. A sign-in that names its user by unique id alone is of the
    /// session's own principal.
    pub fn issuer(&self) -> &'a str {
        let caller = self.issuance().map_or("", Issuance::caller);
        let own = self.session().filter(|session| !caller.is_empty() && session.principal_id() == caller);
        own.map_or(caller, |session| session.principal())
    }

    /// All that issued it, earliest first.
    pub fn issuances(&self) -> impl Iterator<Item = &Issuance<'a>> {
        self.earliest.iter().chain(&self.later)
    }

    /// What was counted of it.
    pub fn session(&self) -> Option<&Session<'a>> {
        match &self.known {
            Known::Counted(session) => Some(session),
            _ => None,
        }
    }

    /// `userIdentity.type` of its events.
    pub fn identity_type(&self) -> &'a str {
        match &self.known {
            Known::Counted(session) => session.identity_type(),
            Known::Calling(caller) => caller.call.caller_type(),
            Known::Issued => self.issuance().map_or("", issued_type),
        }
    }

    /// `principalId` of its events; empty when unknown.
    pub fn principal_id(&self) -> &'a str {
        match &self.known {
            Known::Counted(session) => session.principal_id(),
            Known::Calling(caller) => caller.call.caller_principal_id(),
            Known::Issued => self.issuance().map_or("", issued_principal_id),
        }
    }

    /// The account that owns it; empty when unknown.
    pub fn account_id(&self) -> &'a str {
        match &self.known {
            Known::Counted(session) => session.account_id(),
            Known::Calling(caller) => caller.account_id(),
            Known::Issued => self.issuance().map_or("", |issuance| issuance.account_id()),
        }
    }

    /// The principal that its events are, or would be, attributed to.
    pub fn principal(&self) -> Cow<'a, str> {
        match &self.known {
            Known::Counted(session) => session.principal().into(),
            Known::Calling(caller) => caller.call.caller().into(),
            Known::Issued => self.issuance().map_or(Cow::Borrowed(""), issued_principal),
        }
    }

    /// The arn of its events; empty when unknown, or when principalId and issuer tell as much.
    pub fn arn(&self) -> &'a str {
        match &self.known {
            Known::Counted(session) => session.arn(),
            Known::Calling(caller) => caller.call.caller_arn(),
            Known::Issued => self.issuance().map_or("", |issuance| issuance.session_arn()),
        }
    }

    /// The arn of the role or user that it stands for.
    pub fn issuer_arn(&self) -> &'a str {
        match &self.known {
            Known::Counted(session) => session.issuer_arn(),
            Known::Calling(caller) => caller.call.caller(),
            Known::Issued => self.issuance().map_or("", |issuance| issuance.role_arn()),
        }
    }

    /// `creationDate`; of credentials that nobody used, nothing shows it.
    pub fn creation_date(&self) -> Option<EventTime> {
        match &self.known {
            Known::Counted(session) => session.creation_date(),
            Known::Calling(caller) => caller.call.caller_creation_date(),
            Known::Issued => None,
        }
    }

    /// `mfaAuthenticated` of its events.
    pub fn mfa_flag(&self) -> Option<bool> {
        match &self.known {
            Known::Counted(session) => session.mfa_flag(),
            Known::Calling(caller) => caller.call.caller_mfa(),
            Known::Issued => None,
        }
    }

    /// Its access keys, those that were seen in use and those that were issued; one may come twice.
    pub fn access_keys(&self) -> impl Iterator<Item = &'a str> {
        let calling = self.calls().iter().map(Issuance::caller_access_key_id);
        let issued = self.issuances().map(Issuance::access_key_id).filter(|key| !key.is_empty());
        let counted = self.session().into_iter().flat_map(Session::access_keys);
        counted.chain(calling).chain(issued)
    }

    /// The symbols of the access keys that were seen in use.
    pub(super) fn used_keys(&self) -> impl Iterator<Item = Sym> {
        let counted = self.session().into_iter().flat_map(Session::access_key_symbols);
        counted.chain(self.calls().iter().map(Issuance::caller_access_key))
    }

    /// Of a session that is known by its issuing calls, one for each of its access keys.
    fn calls(&self) -> &[Issuance<'a>] {
        match &self.known {
            Known::Calling(caller) => &caller.by_key,
            _ => &[],
        }
    }

    /// First and last call that is known of it, counted or not.
    pub fn activity(&self) -> Option<(EventTime, EventTime)> {
        match &self.known {
            Known::Counted(session) => session.span().first().zip(session.span().last()),
            Known::Calling(caller) => caller.span.first().zip(caller.span.last()),
            Known::Issued => None,
        }
    }

    /// `sourceIdentity` from its events, else from the call that set it.
    pub fn source_identity(&self) -> &'a str {
        let of_events = self.session().map_or("", |session| session.source_identity());
        if of_events.is_empty() { self.issuance().map_or("", |issuance| issuance.source_identity()) } else { of_events }
    }

    /// The name of its role or user, where its events say one.
    pub fn issuer_name(&self) -> &'a str {
        self.session().map_or("", |session| session.issuer_name())
    }

    /// `inScopeOf.issuerType`.
    pub fn scope_issuer_type(&self) -> &'a str {
        self.session().map_or("", |session| session.scope_issuer_type())
    }

    /// The distinct values of `ec2RoleDelivery`, sorted.
    pub fn ec2_role_deliveries(&self) -> Vec<&'a str> {
        self.session().map(|session| session.ec2_role_deliveries()).unwrap_or_default()
    }

    /// `webIdFederationData.federatedProvider`.
    pub fn federated_provider(&self) -> &'a str {
        self.session().map_or("", |session| session.federated_provider())
    }

    /// Whether an event carries the flag of an AssumeRoot session.
    pub fn is_assumed_root(&self) -> bool {
        self.session().is_some_and(|session| session.is_assumed_root())
    }

    /// Whether an event shows that a person at the console made it.
    pub fn in_console(&self) -> bool {
        self.session().is_some_and(|session| session.in_console())
    }
}

/// The type that events of what `issuance` issued have.
fn issued_type<'a>(issuance: &Issuance<'a>) -> &'a str {
    match issuance.api() {
        IssuanceApi::AssumeRole
        | IssuanceApi::AssumeRoleWithSaml
        | IssuanceApi::AssumeRoleWithWebIdentity
        | IssuanceApi::GetRoleCredentials
        | IssuanceApi::AssumeRoleForPodIdentity
        | IssuanceApi::CreateSession
        | IssuanceApi::GetDelegatedAccessToken => "AssumedRole",
        IssuanceApi::AssumeRoot => "Root",
        IssuanceApi::GetFederationToken => "FederatedUser",
        _ => issuance.caller_type(),
    }
}

fn issued_principal_id<'a>(issuance: &Issuance<'a>) -> &'a str {
    match issuance.api() {
        IssuanceApi::GetSessionToken | IssuanceApi::ConsoleLogin => issuance.caller_principal_id(),
        _ => issuance.assumed_role_id(),
    }
}

fn issued_principal<'a>(issuance: &Issuance<'a>) -> Cow<'a, str> {
    match issuance.api() {
        IssuanceApi::GetSessionToken | IssuanceApi::ConsoleLogin | IssuanceApi::GetFederationToken => {
            issuance.caller().into()
        }
        IssuanceApi::AssumeRoot => {
            let target = issuance.target_principal();
            let account = Arn::parse(target).map_or(target, |arn| arn.account_id);
            format!("root@{account}").into()
        }
        _ if issuance.role_arn().is_empty() => issuance.assumed_role_id().split(':').next().unwrap_or_default().into(),
        _ => issuance.role_arn().into(),
    }
}
