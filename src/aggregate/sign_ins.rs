//! Sign-ins to the console and to IAM Identity Center: who tried, how it ended, from where, in which clock hours.
//!
//! Counts what [`SignInStep::read`] knows: sign-ins, and steps before their end. A count for each distinct combination of
//! what the records say and the hour, so a thousand guesses of an hour cost one entry. Which of them are an attack, and who
//! stands behind a role session that signed in, is for the report.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use hashbrown::HashMap;

use super::{Aggregate, AggregateKind, Batch, BatchError, Reader, Remap, Seen, Span, Sym, Symbols};
use crate::model::{
    Arn, Event, EventTime, Hour, IdentityType, SignInMfa, SignInStep, UserIdentity, members, principal_of, text,
};

/// The aggregate of console sign-ins.
pub static KIND: AggregateKind = AggregateKind {
    name: "sign_ins",
    summary: "sign-ins to the console and Identity Center: who, MFA, result, why it failed, source, by hour",
    empty: || Box::new(SignIns::default()),
};

/// The texts of an [`Attempt`]; the position in [`TEXT_COLUMNS`] is the name under which each is saved.
#[derive(Clone, Copy, Debug)]
enum Text {
    Account,
    Principal,
    Type,
    UserName,
    Reason,
    Address,
    Region,
    UserAgent,
    SessionPrincipalId,
}

/// Column names of [`Text`], in its order.
const TEXT_COLUMNS: [&str; 9] = [
    "account_id",
    "principal",
    "type",
    "user_name",
    "error_message",
    "source",
    "region",
    "user_agent",
    "session_principal_id",
];

/// What was tried: equal attempts of one clock hour are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attempt {
    /// Which part of signing in it is.
    pub step: SignInStep,
    /// Whether it worked.
    pub succeeded: bool,
    /// What it says of MFA.
    pub mfa: SignInMfa,
    /// The clock hour; `None` for a record without a time.
    pub hour: Option<Hour>,
    /// `creationDate` of the session that signed in, where [`Attempt::session_principal_id`] names one.
    pub session_created: Option<EventTime>,
    texts: [Sym; TEXT_COLUMNS.len()],
}

/// How often, when first and when last.
#[derive(Clone, Copy, Debug, Default)]
pub struct Attempts {
    /// Sign-ins.
    pub events: i64,
    /// First and last.
    pub span: Span,
}

/// Every counted sign-in.
#[derive(Clone, Debug, Default)]
pub struct SignIns {
    attempts: HashMap<Attempt, Attempts, ahash::RandomState>,
}

impl SignIns {
    /// What was tried and how often, in no lasting order.
    pub fn attempts(&self) -> impl Iterator<Item = (&Attempt, &Attempts)> {
        self.attempts.iter()
    }
}

impl Attempt {
    /// `userIdentity.accountId`, else the account that received the record.
    pub fn account(&self) -> Sym {
        self.texts[Text::Account as usize]
    }

    /// The principal, as it is printed: of an IAM user the arn or, where the record has none, the principalId.
    pub fn principal(&self) -> Sym {
        self.texts[Text::Principal as usize]
    }

    /// `userIdentity.type`.
    pub fn identity_type(&self) -> Sym {
        self.texts[Text::Type as usize]
    }

    /// `userIdentity.userName`.
    pub fn user_name(&self) -> Sym {
        self.texts[Text::UserName as usize]
    }

    /// `errorMessage`: why it failed.
    pub fn reason(&self) -> Sym {
        self.texts[Text::Reason as usize]
    }

    /// `sourceIPAddress` as written.
    pub fn address(&self) -> Sym {
        self.texts[Text::Address as usize]
    }

    /// `awsRegion`: that of the sign-in endpoint.
    pub fn region(&self) -> Sym {
        self.texts[Text::Region as usize]
    }

    /// `userAgent`.
    pub fn user_agent(&self) -> Sym {
        self.texts[Text::UserAgent as usize]
    }

    /// `principalId` of a role session or federated user that signed in and of which the record names no identity provider:
    /// what is known of its MFA, whoever issued it knows. Empty for all others.
    pub fn session_principal_id(&self) -> Sym {
        self.texts[Text::SessionPrincipalId as usize]
    }

    fn of(seen: &mut Seen<'_>) -> Option<Self> {
        let event = seen.event;
        let (step, sign_in) = SignInStep::read(event)?;
        let identity: &UserIdentity<'_> = &event.user_identity;
        let account = if identity.account_id.is_empty() { event.account_id() } else { &identity.account_id };
        let (principal, user_name) = who(event);
        let session = session_of(event);
        let texts: [&str; TEXT_COLUMNS.len()] = [
            account,
            &principal,
            identity.kind.as_str(),
            &user_name,
            &reason(event),
            event.source_ip_address,
            event.aws_region,
            event.user_agent,
            session.map_or("", |identity| &identity.principal_id),
        ];
        Some(Self {
            step,
            succeeded: sign_in.succeeded,
            mfa: sign_in.mfa(),
            hour: event.event_time.map(EventTime::hour),
            session_created: session.and_then(UserIdentity::creation_date),
            texts: texts.map(|text| seen.symbols.intern(text)),
        })
    }
}

/// The principal and its name. Records of Identity Center have the name beside the identity or, before July 2025, have
/// no more than the name: then it is the principal.
///
/// Source: AWS Security Blog, "Modifications to AWS CloudTrail event data of IAM Identity Center".
fn who<'a>(event: &'a Event<'_>) -> (Cow<'a, str>, Cow<'a, str>) {
    let identity: &UserIdentity<'_> = &event.user_identity;
    let (told, name) = (principal_of(identity), &identity.user_name);
    if is_of_console(event) {
        return (told, Cow::Borrowed(name));
    }
    let [beside] = members(event.additional_event_data, ["UserName"]);
    let name = if name.is_empty() { text(beside) } else { Cow::Borrowed(&**name) };
    let names_nobody = identity.on_behalf_of.is_none() && identity.kind != IdentityType::IdentityCenterUser;
    if names_nobody && !name.is_empty() { (name.clone(), name) } else { (told, name) }
}

/// Why it failed: the message, or the kind of credential that Identity Center refused.
fn reason<'a>(event: &Event<'a>) -> Cow<'a, str> {
    if !event.error_message.is_empty() || is_of_console(event) {
        return Cow::Borrowed(event.error_message);
    }
    let [kind] = members(event.additional_event_data, ["CredentialType"]);
    text(kind)
}

fn is_of_console(event: &Event<'_>) -> bool {
    matches!(event.event_name, "ConsoleLogin" | "CheckMfa")
}

/// The identity, where it is a session of which only its issuer can say whether MFA stands behind it.
fn session_of<'e>(event: &'e Event<'_>) -> Option<&'e UserIdentity<'e>> {
    let identity: &UserIdentity<'_> = &event.user_identity;
    let is_session = matches!(identity.kind, IdentityType::AssumedRole | IdentityType::FederatedUser);
    let [provider] = members(event.additional_event_data, ["SamlProviderArn"]);
    (is_session && text(provider).is_empty() && !is_of_permission_set(identity)).then_some(identity)
}

/// Whether it is a role of an Identity Center permission set: by its path, and by the name where the record tells no path.
fn is_of_permission_set(identity: &UserIdentity<'_>) -> bool {
    let role = identity.session.as_ref().map_or("", |session| &*session.issuer.arn);
    match role {
        "" => identity.arn.contains(":assumed-role/AWSReservedSSO_"),
        role => Arn::parse(role).is_some_and(|role| role.is_role_of_identity_center()),
    }
}

impl Attempts {
    fn merge(&mut self, other: Self) {
        self.events += other.events;
        self.span.merge(other.span);
    }
}

impl Aggregate for SignIns {
    fn observe(&mut self, seen: &mut Seen<'_>) {
        let Some(attempt) = Attempt::of(seen) else { return };
        let counted = self.attempts.entry(attempt).or_default();
        counted.events += 1;
        if let Some(time) = seen.event.event_time {
            counted.span.see(time);
        }
    }

    fn merge(&mut self, other: Self, remap: &Remap) {
        for (attempt, counted) in &other.attempts {
            let attempt = Attempt { texts: attempt.texts.map(|text| remap.of(text)), ..*attempt };
            self.attempts.entry(attempt).or_default().merge(*counted);
        }
    }

    fn save(&self, symbols: &Symbols) -> Vec<Batch> {
        let micros = |time: Option<EventTime>| time.map(|time| time.0);
        let mut batch = Batch::new(KIND.name)
            .texts("step", self.attempts.keys().map(|attempt| Some(attempt.step.as_str())))
            .ints("session_created", self.attempts.keys().map(|attempt| micros(attempt.session_created)))
            .ints("succeeded", self.attempts.keys().map(|attempt| Some(i64::from(attempt.succeeded))))
            .texts("mfa", self.attempts.keys().map(|attempt| Some(attempt.mfa.as_str())))
            .ints("events", self.attempts.values().map(|counted| Some(counted.events)))
            .ints("first_seen", self.attempts.values().map(|counted| micros(counted.span.first())))
            .ints("last_seen", self.attempts.values().map(|counted| micros(counted.span.last())));
        for (place, name) in TEXT_COLUMNS.iter().enumerate() {
            batch = batch.texts(name, self.attempts.keys().map(|attempt| Some(symbols.text(attempt.texts[place]))));
        }
        vec![batch]
    }

    fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        let table = Reader::of(batches, KIND.name)?;
        let (succeeded, events) = (table.full_ints("succeeded")?, table.full_ints("events")?);
        let (first, last) = (table.ints("first_seen")?, table.ints("last_seen")?);
        let (steps, created) = (table.full_texts("step")?, table.ints("session_created")?);
        let texts = TEXT_COLUMNS.iter().map(|name| table.full_texts(name)).collect::<Result<Vec<_>, _>>()?;
        for (row, mfa) in table.full_texts("mfa")?.into_iter().enumerate() {
            let step =
                SignInStep::parse(steps[row]).ok_or_else(|| table.bad_cell("step", row, "no step of signing in"))?;
            let mut attempt = Attempt {
                step,
                session_created: created[row].map(EventTime),
                succeeded: succeeded[row] != 0,
                mfa: SignInMfa::parse(mfa).ok_or_else(|| table.bad_cell("mfa", row, "says nothing of MFA"))?,
                hour: first[row].map(|micros| EventTime(micros).hour()),
                texts: [Sym::EMPTY; TEXT_COLUMNS.len()],
            };
            for (place, cells) in texts.iter().enumerate() {
                attempt.texts[place] = symbols.intern(cells[row]);
            }
            let counted = self.attempts.entry(attempt).or_default();
            counted.events += events[row];
            for time in [first[row], last[row]].into_iter().flatten() {
                counted.span.see(EventTime(time));
            }
        }
        Ok(())
    }
}
