//! Every record that issued credentials or signed someone in to the console, remembered to explain sessions.
//!
//! Remembered from every object that is read, counted or not: a window must not hide who issued a session. Not a count
//! of calls: equal records are kept once, and denied calls issue nothing. Source of the calls: IAM user guide, "Logging
//! IAM and AWS STS API calls with AWS CloudTrail".

mod caller;
mod issuance;
mod read;
mod record;
#[cfg(test)]
mod tests;

use hashbrown::HashSet;
use indexmap::IndexSet;

use caller::Callers;
pub use issuance::Issuance;
use record::{NUMBER_COLUMNS, Numbers, Record, TEXT_COLUMNS};

use super::{Aggregate, AggregateKind, Batch, BatchError, Reader, Remap, Remember, Seen, Sym, Symbols};
use crate::model::{Event, IssuanceApi};

/// Registers [`Issuances`].
pub static KIND: AggregateKind = AggregateKind {
    name: "issuances",
    summary: "STS calls that issued credentials and console sign-ins, to explain sessions",
    empty: || Box::new(Issuances::default()),
};

/// The set of issuing records, in the order of their arrival, near to that of the sessions that they explain. Merging is
/// set union.
#[derive(Clone, Debug, Default)]
pub struct Issuances {
    records: IndexSet<Record, ahash::RandomState>,
    callers: Callers,
}

impl Issuances {
    /// The issuances, in an order that does not depend on the order of reading.
    ///
    /// The records of a cross-account call (equal sharedEventID, equal issued key) are one: the record of the caller's
    /// account names the caller, the other one only its account.
    pub fn all<'a>(&'a self, symbols: &'a Symbols) -> Vec<Issuance<'a>> {
        Self::joined(self.records(symbols))
    }

    /// Every record, in no lasting order: of a cross-account call there are two.
    pub fn records<'a>(&'a self, symbols: &'a Symbols) -> impl Iterator<Item = Issuance<'a>> {
        self.records.iter().map(|record| Issuance::new(record, symbols))
    }

    /// The issuances by one API, as [`Issuances::all`] gives them.
    pub fn by<'a>(&'a self, api: IssuanceApi, symbols: &'a Symbols) -> Vec<Issuance<'a>> {
        Self::joined(self.records(symbols).filter(|issuance| issuance.api() == api))
    }

    fn joined<'a>(records: impl Iterator<Item = Issuance<'a>>) -> Vec<Issuance<'a>> {
        let mut all: Vec<_> = records.collect();
        Issuance::sort(&mut all);
        let mut shared: HashSet<(Sym, Sym), ahash::RandomState> = HashSet::default();
        all.retain(|issuance| issuance.shared().is_none_or(|pair| shared.insert(pair)));
        all
    }
}

impl Issuances {
    fn remember(&mut self, event: &Event<'_>, symbols: &mut Symbols) {
        if let Some(api) = IssuanceApi::of(event) {
            self.records.extend(Record::of(api, event, &mut self.callers, symbols));
        }
    }
}

impl Aggregate for Issuances {
    fn observe(&mut self, _: &mut Seen<'_>) {}

    const REMEMBER: Option<Remember<Self>> = Some(Self::remember);

    fn merge(&mut self, other: Self, remap: &Remap) {
        self.records.extend(other.records.into_iter().map(|record| record.remapped(remap)));
    }

    fn save(&self, symbols: &Symbols) -> Vec<Batch> {
        let apis = self.records.iter().map(|record| Some(record.api.as_str()));
        let mut batch = Batch::new(KIND.name).texts("event_name", apis);
        for (place, name) in TEXT_COLUMNS.iter().enumerate() {
            batch = batch.texts(name, self.records.iter().map(|record| Some(symbols.text(record.texts[place]))));
        }
        for (place, name) in NUMBER_COLUMNS.iter().enumerate() {
            batch = batch.ints(name, self.records.iter().map(|record| record.numbers.get(place)));
        }
        vec![batch]
    }

    fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        let table = Reader::of(batches, KIND.name)?;
        let apis = table.texts("event_name")?;
        let texts = TEXT_COLUMNS.iter().map(|name| table.texts(name)).collect::<Result<Vec<_>, _>>()?;
        let numbers = NUMBER_COLUMNS.iter().map(|name| table.ints(name)).collect::<Result<Vec<_>, _>>()?;
        for row in 0..table.rows() {
            let api = apis[row].as_deref().and_then(IssuanceApi::parse);
            let api = api.ok_or_else(|| table.bad_cell("event_name", row, "no issuing call"))?;
            let mut record = Record { api, texts: [Sym::EMPTY; TEXT_COLUMNS.len()], numbers: Numbers::default() };
            for (place, cells) in texts.iter().enumerate() {
                record.texts[place] = symbols.intern(cells[row].as_deref().unwrap_or_default());
            }
            for (place, cells) in numbers.iter().enumerate() {
                record.numbers.set(place, cells[row]);
            }
            self.records.insert(record);
        }
        Ok(())
    }
}
