//! `incident`: one page about a credential, a principal or an address: where it comes from, what it did, what stays, and
//! what to do.

mod beside;
mod contain;
mod credentials;
mod deeds;
mod follows;
mod gone;
mod line;
mod made;
mod openings;
mod page;
mod parts;
mod stays;
#[cfg(test)]
mod tests;
mod unseen;
mod were_there;
mod whence;

use ahash::AHashSet;

use super::{Answer, Argument, Form, Report, StateUse, Tree, View};
use crate::aggregate::Symbols;
use crate::aggregate::events::{EventRow, Events, Place};
use crate::aggregate::{around, events, issuances, keys, made as deeds_made, sessions};
use crate::model::{EventTime, SourceAddress};
use line::COLUMNS;

/// The report.
pub static REPORT: Report = Report {
    name: "incident",
    summary: "One credential or address on one page: what it did, what stays, what to do",
    about: ABOUT,
    columns: COLUMNS,
    key: &["part", "first_seen", "what"],
    needs: &[&events::KIND, &around::KIND, &sessions::KIND, &issuances::KIND, &keys::KIND, &deeds_made::KIND],
    options: &[],
    texts: &[],
    rules: &[],
    argument: Some(Argument::required("KEY|SESSION|PRINCIPAL|ADDRESS")),
    state: StateUse::No,
    examples: EXAMPLES,
    form: Form::Tree,
    charts: None,
    answer,
};

const EXAMPLES: &[&str] = &[
    "trailscan REPORT AKIAIOSFODNN7EXAMPLE ./AWSLogs",
    "trailscan REPORT 203.0.113.66 --days 30 ./AWSLogs",
    "trailscan REPORT user/reporting --format markdown --output case.md ./AWSLogs",
];

const ABOUT: &str = "\
Tells on one page of everything that was done with a key, a session or a principal and with all that is below it (as --below), \
or from an address: where the credentials come from and what is below them; from where they were used, and who else was there; what they did, \
grouped and by time: logging touched, shared with others, secrets read, machines reached, models asked, deleted, changed, \
credentials issued, denied, failed, discovery, reads of services on its behalf; which changes stay and what took others back, whoever did; \
which sessions of others came through what it opened; what the logs cannot show; and commands that contain it, as text \
to copy. Nothing is ever run.

KEY|SESSION|PRINCIPAL is whatever `trailscan trace` takes; ADDRESS is an address or a CIDR block. The logs are read twice.

The table is the page; --format json nests it beside its rows, --columns and the other formats have a row a line of it. \
Secrets never stand there. `trailscan events --below …` lists the calls one by one.

Below it is what it issued: sessions, and theirs. What it made is below it, too, and told apart: access keys that it created, sign-ins \
with a password that it set, the role's sessions of instances that it launched. An administrator makes such for others, who may \
be the ones that use them. What may follow is not: sessions of others through roles, functions, providers and machines that it \
opened or reached, of a role those whose callers had not taken it before; what lay on a machine before and was used elsewhere \
afterwards; keys that it switched on. Nothing says that they belong to it, nor do others at its addresses: an office is one address.

What it proves: CloudTrail recorded these calls under these credentials. What it does not: that one person made them all, nor \
that a change is still there: it stays as far as the logs tell that were read. A policy that was changed to something else is \
taken back where the later one lets in nobody whom the earlier one had let in from outside, and stays otherwise. Groups go by the name of a call, and a good administrator makes most of them, too.";

/// What a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A credential or a principal, with all below it.
    Below,
    /// An address or a block of them.
    Address,
}

/// What a report counts that was asked about `argument`, where the argument chooses the events; `None` for all others.
pub fn subject_of(report: &Report, argument: &str) -> Option<Subject> {
    let is_block = argument.split_once('/').is_some_and(|(address, _)| SourceAddress::parse(address).ip().is_some());
    let is_address = is_block || SourceAddress::parse(argument).ip().is_some();
    (report.name == REPORT.name).then_some(if is_address { Subject::Address } else { Subject::Below })
}

/// An event and its place.
type Event<'a> = (&'a Place, &'a EventRow);

/// What the parts of the page need to know of the whole.
struct Scene<'a> {
    symbols: &'a Symbols,
    /// Credentials that deeds made.
    made: made::Made,
    /// Events that took back another of the incident, by time and id.
    undoing: AHashSet<(EventTime, &'a str)>,
    /// Whether events are of more than one account.
    is_of_many: bool,
    /// Whether lists in sentences are whole.
    is_whole: bool,
}

impl Scene<'_> {
    /// How many names a sentence lists where it would list `few`.
    const fn most(&self, few: usize) -> usize {
        if self.is_whole { usize::MAX } else { few }
    }
}

fn answer(view: &View<'_>) -> Answer {
    let asked = view.argument.unwrap_or_default().trim();
    let events: Vec<Event<'_>> = view.state.get::<Events>().into_iter().flat_map(Events::rows).collect();
    let lines = page::lines(view, asked, &events);
    let rows = lines.iter().filter(|line| line.shown != line::Shown::OnPage).map(line::cells).collect();
    let hidden = events.is_empty().then(|| format!("no event of {asked} in what was read"));
    let tree = Tree { columns: COLUMNS.to_vec(), nodes: page::nodes(&lines) };
    Answer { columns: COLUMNS.to_vec(), rows, hidden, tree: Some(tree), ..Answer::default() }
}
