//! One line of the page.

use crate::model::{EventTime, grouped};
use crate::report::Role;
use crate::report::columns::columns;

/// The parts of the page, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Summary,
    Credentials,
    Addresses,
    Beside,
    Logging,
    Shared,
    Secrets,
    Reached,
    Models,
    Deleted,
    Changed,
    Issued,
    Denied,
    Failed,
    Discovery,
    ByService,
    Stays,
    Follows,
    Unseen,
    Containment,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shown {
    /// On the page and among the rows.
    #[default]
    Everywhere,
    /// On the page alone: it stands for several rows, or heads them.
    OnPage,
    /// Among the rows alone: a line of the page stands for it.
    InRows,
}

/// A line of the page.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub part: Option<Part>,
    pub shown: Shown,
    /// How deep it stands below the title of its part, 0 right below.
    pub depth: usize,
    /// What it says.
    pub what: String,
    /// What else is known, in phrases, for the page.
    pub more: Vec<Vec<String>>,
    pub first: Option<EventTime>,
    pub last: Option<EventTime>,
    pub events: usize,
    pub errors: usize,
    pub resources: Vec<String>,
    pub addresses: Vec<String>,
    pub access_keys: Vec<String>,
    /// Of a change: whether it stays; of a credential: whether it still works.
    pub outcome: String,
    pub command: String,
    /// Whether it is of credentials that a deed made.
    pub is_made: bool,
    /// Lines of one number that follow each other are alike: of many, some are shown.
    pub alike: usize,
}

columns! {
    pub(super) const COLUMNS;
    pub(super) fn cells(line: &Line) {}

    text("part", "The part of the page.") => line.part.map_or("", Part::name),
    time("first_seen", "Time of the first event.") => line.first,
    time("last_seen", "Time of the last event.").third() => line.last,
    text("what", "What was found.") => &*line.what,
    count("events", "Events.").unit("events").second() => (line.events > 0).then_some(line.events),
    count("errors", "Events that failed.").unit("events").asked() => (line.events > 0).then_some(line.errors),
    list("resources", "What the events name.").asked() => &line.resources,
    list("sources", "Where they came from: addresses and hosts of services.").asked() => &line.addresses,
    list("access_key_ids", "The access keys of the events, or of the credential.").asked() => &line.access_keys,
    text("outcome", "Of a change whether it stays or what took it back, of a credential whether it still works.").second()
        => &*line.outcome,
    text("lineage", "made: of credentials that a deed of it made (a key, a password, an instance), whoever holds them; else empty.")
        .asked() => if line.is_made { "made" } else { "" },
    text("command", "The command that contains it, to copy; of what may follow, the one that tells of it.").role(Role::Command).asked() => &*line.command,
}

impl Part {
    /// The word that is printed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Credentials => "credentials",
            Self::Addresses => "addresses",
            Self::Beside => "beside",
            Self::Logging => "logging",
            Self::Shared => "shared",
            Self::Secrets => "secrets",
            Self::Reached => "reached",
            Self::Models => "models",
            Self::Deleted => "deleted",
            Self::Changed => "changed",
            Self::Issued => "issued",
            Self::Denied => "denied",
            Self::Failed => "failed",
            Self::Discovery => "discovery",
            Self::ByService => "by-service",
            Self::Stays => "stays",
            Self::Follows => "follows",
            Self::Unseen => "unseen",
            Self::Containment => "containment",
        }
    }

    /// The word for its events after their number: `7 denied`.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Reached => "into machines",
            Self::Models => "to models",
            Self::Failed => "failed otherwise",
            Self::ByService => "by services on its behalf",
            _ => self.name(),
        }
    }

    /// Whether its calls are told by their names, and not in numbers by service.
    pub const fn is_by_call(self) -> bool {
        matches!(
            self,
            Self::Logging | Self::Shared | Self::Secrets | Self::Reached | Self::Models | Self::Issued | Self::Denied
        )
    }

    /// How the page heads it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Summary => "In short",
            Self::Credentials => "Where it comes from, and what is below it",
            Self::Addresses => "From where",
            Self::Beside => "Others at its addresses (an office or a VPN is one address: nobody is accused)",
            Self::Logging => "Logging touched",
            Self::Shared => "Shared with others",
            Self::Secrets => "Secrets read",
            Self::Reached => "Reached into machines",
            Self::Models => "Models asked",
            Self::Deleted => "Deleted, and shares taken back",
            Self::Changed => "Created and changed",
            Self::Issued => "Credentials issued and signed in",
            Self::Denied => "Denied",
            Self::Failed => "Failed for other reasons",
            Self::Discovery => "Looked around",
            Self::ByService => "Read by services on its behalf",
            Self::Stays => "Changes that outlast the credential, and whether they were taken back",
            Self::Follows => "May follow from this: sessions of others through what it opened",
            Self::Unseen => "What these logs cannot show",
            Self::Containment => "To contain it, in this order (text to copy, nothing was run)",
        }
    }
}

/// A moment for sentences: `2026-09-01 10:00:00Z`.
pub(super) fn at(time: EventTime) -> String {
    time.to_string().replace('T', " ")
}

/// From a first to a last moment; of one moment that.
pub(super) fn span(first: EventTime, last: EventTime) -> String {
    if first == last { at(first) } else { format!("{} to {}", at(first), at(last)) }
}

/// The same as phrases, between which a line may be broken: `from a`, `b`, `c +2`.
pub(super) fn phrases(before: &str, names: &[String], most: usize) -> Vec<String> {
    let mut told: Vec<String> = names.iter().take(most).cloned().collect();
    if let (more @ 1.., Some(last)) = (names.len() - told.len(), told.last_mut()) {
        last.push_str(&format!(" +{}", grouped(more as u64)));
    }
    if let Some(first) = told.first_mut() {
        *first = format!("{before}{first}");
    }
    told
}

/// Lines whose commands say how to go on: all of them among the rows, and the first `most` on the page.
pub(super) fn capped(part: Part, mut lines: Vec<Line>, most: usize) -> Vec<Line> {
    let more = lines.len().saturating_sub(most);
    // A page takes a line with a command for one to copy that contains: here it stands among what else is known.
    let on_page = |line: &Line| Line { shown: Shown::OnPage, command: String::new(), ..line.clone() };
    let mut page: Vec<Line> = lines.iter().take(most).map(on_page).collect();
    if more > 0 {
        let what = format!("and {} more: --limit 0 shows all", grouped(more as u64));
        page.push(Line { part: Some(part), shown: Shown::OnPage, what, ..Line::default() });
    }
    lines.iter_mut().for_each(|line| line.shown = Shown::InRows);
    page.extend(lines);
    page
}

/// The first few of many: `a, b, c +2`.
pub(super) fn some(names: &[String], most: usize) -> String {
    let named = names.iter().take(most).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(most) {
        0 => named,
        more => format!("{named} +{}", grouped(more as u64)),
    }
}
