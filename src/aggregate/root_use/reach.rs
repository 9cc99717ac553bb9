//! What others did to get hold of an account's root: central root sessions that were issued or refused, and changes of its
//! e-mail address. Root itself may be one of them.
//!
//! A count for each distinct combination of what the records say. Source: AWS STS API reference, AssumeRoot; AWS Account
//! Management API reference, StartPrimaryEmailUpdate and AcceptPrimaryEmailUpdate.

use hashbrown::HashMap;

use crate::aggregate::{Batch, BatchError, Reader, Remap, Seen, Span, Sym, Symbols};
use crate::model::{Arn, Event, EventTime, Raw, members, principal_of, text};

const TABLE: &str = "root_reach";

/// How such a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReachOutcome {
    /// It worked.
    Worked,
    /// It was refused for lack of permission.
    Denied,
    /// It failed for another reason.
    Failed,
}

/// The texts of a [`Reach`]; the position in `TEXT_COLUMNS` is the name under which each is saved.
#[derive(Clone, Copy, Debug)]
pub enum ReachText {
    /// `eventName`.
    EventName,
    /// The account whose root it is about.
    Target,
    /// Who called.
    Caller,
    /// `recipientAccountId`, else the account of the caller.
    Recipient,
    /// The access key of the call.
    CallerKey,
    /// `sourceIPAddress` as written.
    Source,
    /// The last part of AssumeRoot's `taskPolicyArn`: what the session may do.
    TaskPolicy,
    /// The access key that AssumeRoot issued.
    IssuedKey,
}

/// Column names of [`ReachText`], in its order.
const TEXT_COLUMNS: [&str; 8] = [
    "event_name",
    "target_account_id",
    "caller",
    "recipient_account_id",
    "caller_access_key_id",
    "source",
    "task_policy",
    "access_key_id",
];

/// A way to get hold of root: equal ones are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reach {
    /// How it ended.
    pub outcome: ReachOutcome,
    texts: [Sym; TEXT_COLUMNS.len()],
}

/// How often, first and last.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reached {
    /// Events.
    pub events: i64,
    /// First and last.
    pub span: Span,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Reaches(HashMap<Reach, Reached, ahash::RandomState>);

impl ReachOutcome {
    const ALL: [Self; 3] = [Self::Worked, Self::Denied, Self::Failed];

    fn of(event: &Event<'_>) -> Self {
        match (event.is_error(), event.is_denied()) {
            (false, _) => Self::Worked,
            (true, true) => Self::Denied,
            (true, false) => Self::Failed,
        }
    }

    /// The word under which it is saved.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Worked => "worked",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }
}

impl Reach {
    /// The symbol of one of its texts.
    pub fn text(&self, text: ReachText) -> Sym {
        self.texts[text as usize]
    }

    fn of(seen: &mut Seen<'_>) -> Self {
        let event = seen.event;
        let identity = &*event.user_identity;
        let caller = principal_of(identity);
        // Account Management writes `AccountId` (API reference, AcceptPrimaryEmailUpdate, request syntax).
        let names = ["targetPrincipal", "accountId", "AccountId", "taskPolicyArn"];
        let [target, account, as_sent, task] = members(event.request_parameters, names).map(arn_or_text);
        let [credentials] = members(event.response_elements, ["credentials"]);
        let [issued] = members(credentials.json(), ["accessKeyId"]);
        let target = Arn::parse(&target).map_or(&*target, |arn| arn.account_id);
        let target = [target, &account, &as_sent, &identity.account_id].into_iter().find(|text| !text.is_empty());
        let texts: [&str; TEXT_COLUMNS.len()] = [
            event.event_name,
            target.unwrap_or_default(),
            &caller,
            event.account_id(),
            &identity.access_key_id,
            event.source_ip_address,
            task.rsplit('/').next().unwrap_or_default(),
            &text(issued),
        ];
        Self { outcome: ReachOutcome::of(event), texts: texts.map(|text| seen.symbols.intern(text)) }
    }
}

/// `taskPolicyArn` is an object that holds the arn, or the arn.
fn arn_or_text(raw: Raw<'_>) -> std::borrow::Cow<'_, str> {
    let [arn] = members(raw.json(), ["arn"]);
    if arn == Raw::Null { text(raw) } else { text(arn) }
}

/// Whether `event` is such a call. Turns others away by their name.
fn is_reach(event: &Event<'_>) -> bool {
    match event.event_name {
        "AssumeRoot" => event.event_source == "sts.amazonaws.com",
        "StartPrimaryEmailUpdate" | "AcceptPrimaryEmailUpdate" => event.event_source == "account.amazonaws.com",
        _ => false,
    }
}

impl Reaches {
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Reach, &Reached)> {
        self.0.iter()
    }

    pub(super) fn observe(&mut self, seen: &mut Seen<'_>) {
        if is_reach(seen.event) {
            self.add(Reach::of(seen), 1, seen.event.event_time);
        }
    }

    pub(super) fn merge(&mut self, other: &Self, remap: &Remap) {
        for (reach, reached) in &other.0 {
            let reach = Reach { texts: reach.texts.map(|text| remap.of(text)), ..*reach };
            let ours = self.0.entry(reach).or_default();
            ours.events += reached.events;
            ours.span.merge(reached.span);
        }
    }

    fn add(&mut self, reach: Reach, events: i64, times: impl IntoIterator<Item = EventTime>) {
        let reached = self.0.entry(reach).or_default();
        reached.events += events;
        times.into_iter().for_each(|time| reached.span.see(time));
    }

    pub(super) fn save(&self, symbols: &Symbols) -> Batch {
        let (all, counts) = (|| self.0.keys(), || self.0.values());
        let micros = |time: Option<EventTime>| time.map(|time| time.0);
        let mut batch = Batch::new(TABLE)
            .texts("outcome", all().map(|reach| Some(reach.outcome.as_str())))
            .ints("events", counts().map(|reached| Some(reached.events)))
            .ints("first_seen", counts().map(|reached| micros(reached.span.first())))
            .ints("last_seen", counts().map(|reached| micros(reached.span.last())));
        for (place, name) in TEXT_COLUMNS.iter().enumerate() {
            batch = batch.texts(name, all().map(|reach| Some(symbols.text(reach.texts[place]))));
        }
        batch
    }

    pub(super) fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        let table = Reader::of(batches, TABLE)?;
        let (outcomes, events) = (table.full_texts("outcome")?, table.full_ints("events")?);
        let (first, last) = (table.ints("first_seen")?, table.ints("last_seen")?);
        let texts = TEXT_COLUMNS.iter().map(|name| table.full_texts(name)).collect::<Result<Vec<_>, _>>()?;
        for (row, word) in outcomes.into_iter().enumerate() {
            let outcome = ReachOutcome::ALL.into_iter().find(|outcome| outcome.as_str() == word);
            let mut reach = Reach {
                outcome: outcome.ok_or_else(|| table.bad_cell("outcome", row, "no way for a call to end"))?,
                texts: [Sym::EMPTY; TEXT_COLUMNS.len()],
            };
            for (place, cells) in texts.iter().enumerate() {
                reach.texts[place] = symbols.intern(cells[row]);
            }
            self.add(reach, events[row], [first[row], last[row]].into_iter().flatten().map(EventTime));
        }
        Ok(())
    }
}
