//! Console sign-ins: who tried to sign in, how it ended, from where, in which clock hours.
//!
//! Counts `ConsoleLogin` only ([`Event::is_console_login`]). A count for each distinct combination of what the records
//! say and the hour, so a thousand guesses of an hour cost one entry. Which of them are an attack is for the report.
//!
//! [`Event::is_console_login`]: crate::model::Event::is_console_login

#[cfg(test)]
mod tests;

use std::any::Any;

use hashbrown::HashMap;

use super::{Aggregate, AggregateKind, Batch, BatchError, Reader, Remap, Seen, Span, Sym, Symbols};
use crate::model::{EventTime, Hour, SignIn, SignInMfa, UserIdentity, principal_of};

/// The aggregate of console sign-ins.
pub static KIND: AggregateKind = AggregateKind {
    name: "sign_ins",
    summary: "console sign-ins: who, MFA, result, why it failed, source, user agent, by hour",
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
}

/// Column names of [`Text`], in its order.
const TEXT_COLUMNS: [&str; 8] =
    ["account_id", "principal", "type", "user_name", "error_message", "source", "region", "user_agent"];

/// What was tried: equal attempts of one clock hour are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attempt {
    /// Whether it worked.
    pub succeeded: bool,
    /// What it says of MFA.
    pub mfa: SignInMfa,
    /// The clock hour; `None` for a record without a time.
    pub hour: Option<Hour>,
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

    fn of(seen: &mut Seen<'_>) -> Self {
        let event = seen.event;
        let sign_in = SignIn::of(event);
        let identity: &UserIdentity<'_> = &event.user_identity;
        let account = if identity.account_id.is_empty() { event.account_id() } else { &identity.account_id };
        let principal = principal_of(identity);
        let texts: [&str; TEXT_COLUMNS.len()] = [
            account,
            &principal,
            identity.kind.as_str(),
            &identity.user_name,
            event.error_message,
            event.source_ip_address,
            event.aws_region,
            event.user_agent,
        ];
        Self {
            succeeded: sign_in.succeeded,
            mfa: sign_in.mfa(),
            hour: event.event_time.map(EventTime::hour),
            texts: texts.map(|text| seen.symbols.intern(text)),
        }
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
        if !seen.event.is_console_login() {
            return;
        }
        let counted = self.attempts.entry(Attempt::of(seen)).or_default();
        counted.events += 1;
        if let Some(time) = seen.event.event_time {
            counted.span.see(time);
        }
    }

    fn merge(&mut self, other: Box<dyn Any>, remap: &Remap) {
        let other = other.downcast::<Self>().expect("states are merged aggregate by aggregate");
        for (attempt, counted) in &other.attempts {
            let attempt = Attempt { texts: attempt.texts.map(|text| remap.of(text)), ..*attempt };
            self.attempts.entry(attempt).or_default().merge(*counted);
        }
    }

    fn save(&self, symbols: &Symbols) -> Vec<Batch> {
        let micros = |time: Option<EventTime>| time.map(|time| time.0);
        let mut batch = Batch::new(KIND.name)
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
        let texts = TEXT_COLUMNS.iter().map(|name| table.full_texts(name)).collect::<Result<Vec<_>, _>>()?;
        for (row, mfa) in table.full_texts("mfa")?.into_iter().enumerate() {
            let mut attempt = Attempt {
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
