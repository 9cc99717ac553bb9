//! Calls of sessions whose `userAgent` names a tool of attackers: few, so they stand beside the rows, each under its session
//! and access key.

use hashbrown::HashMap;

use super::facts::Key;
use super::places::{Programs, Usage};
use crate::aggregate::{Batch, BatchError, Reader, Remap, Sym, Symbols};
use crate::model::EventTime;

const TABLE: &str = "session_attack_tools";
/// The columns of [`Usage::to_numbers`].
const USAGE: [&str; 4] = ["usage_first", "usage_last", "usage_events", "usage_programs"];

/// What such calls have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Tool {
    pub key: Key,
    pub access_key: Sym,
    /// `sourceIPAddress` as written.
    pub source: Sym,
    /// `userAgent`.
    pub agent: Sym,
}

/// Such calls of one session, from one source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ToolUse {
    /// `sourceIPAddress` as written.
    pub source: Sym,
    /// `userAgent`.
    pub agent: Sym,
    /// When, and how often.
    pub usage: Usage,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Tools(HashMap<Tool, Usage, ahash::RandomState>);

impl Tools {
    #[cold]
    pub fn see(
        &mut self,
        (key, access_key): (Key, Sym),
        (source, agent): (Sym, Sym),
        time: Option<EventTime>,
        programs: Programs,
    ) {
        self.0.entry(Tool { key, access_key, source, agent }).or_default().see(time, programs, false);
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Tool, &Usage)> {
        self.0.iter()
    }

    pub fn merge(&mut self, other: &Self, remap: &Remap) {
        for (tool, usage) in &other.0 {
            let tool = Tool {
                key: tool.key.remapped(remap),
                access_key: remap.of(tool.access_key),
                source: remap.of(tool.source),
                agent: remap.of(tool.agent),
            };
            self.0.entry(tool).or_default().merge(usage);
        }
    }

    pub fn save(&self, symbols: &Symbols) -> Batch {
        let text = |of: fn(&Tool) -> Sym| self.0.keys().map(move |tool| Some(symbols.text(of(tool))));
        let mut batch = Batch::new(TABLE)
            .texts("principal_id", text(|tool| tool.key.principal_id))
            .ints("creation_date", self.0.keys().map(|tool| tool.key.creation_date.map(|date| date.0)))
            .texts("access_key_id", text(|tool| tool.access_key))
            .texts("source_address", text(|tool| tool.source))
            .texts("user_agent", text(|tool| tool.agent));
        for (place, name) in USAGE.iter().enumerate() {
            batch = batch.ints(name, self.0.values().map(|usage| Some(usage.to_numbers()[place])));
        }
        batch
    }

    pub fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        // States of before this table was made do not have it.
        let Ok(table) = Reader::of(batches, TABLE) else { return Ok(()) };
        let [principals, keys] = ["principal_id", "access_key_id"].map(|name| table.full_texts(name));
        let [sources, agents] = ["source_address", "user_agent"].map(|name| table.full_texts(name));
        let (principals, keys, sources, agents) = (principals?, keys?, sources?, agents?);
        let dates = table.ints("creation_date")?;
        let usage = USAGE.iter().map(|name| table.ints(name)).collect::<Result<Vec<_>, _>>()?;
        for row in 0..table.rows() {
            let access_key = symbols.intern(keys[row]);
            let tool = Tool {
                key: Key::of_saved(symbols.intern(principals[row]), dates[row].map(EventTime), access_key),
                access_key,
                source: symbols.intern(sources[row]),
                agent: symbols.intern(agents[row]),
            };
            let numbers = [0, 1, 2, 3].map(|column: usize| usage[column][row].unwrap_or_default());
            self.0.entry(tool).or_default().merge(&Usage::of_numbers(numbers));
        }
        Ok(())
    }
}
