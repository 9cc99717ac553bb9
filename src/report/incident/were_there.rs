//! Credentials that were there before something was opened or reached, and were used from elsewhere, or again, afterwards: the
//! session of an instance, a function or a task, and a key that was switched on.
//!
//! Known misses: whoever uses the session where it lies, on the machine itself, uses it from the machine's address. Machines
//! change their addresses, too; of functions, which do so all the time, only the addresses of the incident count.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ahash::AHashSet;

use super::beside::{Spots, is_public};
use super::line::{Line, Part, at, phrases, span};
use super::openings::{Opening, Way};
use super::{Event, Scene, deeds};
use crate::aggregate::around::Around;
use crate::aggregate::issuances::Issuance;
use crate::aggregate::uses::{Done, Use};
use crate::aggregate::{Span, State, Sym};
use crate::model::{Arn, EventTime, shell_quoted, short_name};

/// Addresses that a line names.
const NAMED: usize = 3;

/// Who was where, and whose credentials are of the incident.
pub(super) struct WereThere<'a> {
    around: Option<&'a Around>,
    spots: Spots,
    issued: &'a [Issuance<'a>],
    own: &'a AHashSet<&'a str>,
    scene: &'a Scene<'a>,
}

impl<'a> WereThere<'a> {
    /// Of a state and the events of an incident; `issued` is all that was issued, `own` are the keys of the incident.
    pub fn of(
        state: &'a State,
        events: &[Event<'_>],
        (issued, own): (&'a [Issuance<'a>], &'a AHashSet<&'a str>),
        scene: &'a Scene<'a>,
    ) -> Self {
        Self { around: state.get::<Around>(), spots: Spots::of(events, scene), issued, own, scene }
    }

    /// What was used after this was opened; `None` where nothing was.
    pub fn line(&self, openings: &[Opening<'_>]) -> Option<Line> {
        let opening = openings.iter().min_by_key(|opening| opening.since)?;
        match &opening.way {
            Way::Key(id) => self.of_key(opening, id),
            way => self.of_session(opening, way.session()?),
        }
    }

    fn of_key(&self, opening: &Opening<'_>, id: &str) -> Option<Line> {
        let used = self.uses(opening).filter(|(used, _)| self.text(used.access_key) == id);
        let after: Vec<_> = used.filter(|(_, done)| done.span.last() >= Some(opening.since)).collect();
        let by = deeds::distinct(after.iter().map(|(used, _)| short_name(self.text(used.principal))));
        let first = |done: &Done| done.span.first().map(|first| first.max(opening.since));
        self.told(opening, (&after, "switched on, and used"), (by, first))
    }

    fn of_session(&self, opening: &Opening<'_>, (role, session): (&str, &str)) -> Option<Line> {
        let is_of_it = |used: &Use| {
            let arn = Arn::parse(self.text(used.session_arn));
            let rest = arn.and_then(|arn| arn.resource.strip_prefix("assumed-role/"));
            rest.and_then(|rest| rest.split_once('/'))
                .is_some_and(|(of, name)| name == session && (role.is_empty() || of == role))
        };
        let issued_after: AHashSet<&str> = self
            .issued
            .iter()
            .filter(|issuance| issuance.time().is_some_and(|time| time >= opening.since))
            .map(|issuance| issuance.access_key_id())
            .collect();
        let all: Vec<_> = self.uses(opening).filter(|(used, _)| is_of_it(used)).collect();
        let is_before = |done: &Done| done.span.first().is_some_and(|first| first < opening.since);
        let before: BTreeSet<IpAddr> =
            all.iter().filter(|(_, done)| is_before(done)).map(|(used, _)| used.spot).collect();
        // A function runs now here, now there: only the subject's own addresses say anything.
        let roams = matches!(opening.way, Way::Function(..));
        let is_elsewhere = |used: &Use| {
            let is_known = !before.is_empty() && !roams;
            !before.contains(&used.spot) && (is_known || self.spots.has(used.spot)) && is_public(used.spot)
        };
        let moved = all.into_iter().filter(|(used, done)| {
            !is_before(done) && is_elsewhere(used) && !issued_after.contains(self.text(used.access_key))
        });
        let how = match before.is_empty() {
            true => "its session, used",
            false => "a session from before, used elsewhere",
        };
        let from: Vec<String> = before.iter().map(ToString::to_string).collect();
        let before = phrases("before from ", &from, self.scene.most(NAMED));
        self.told(opening, (&moved.collect::<Vec<_>>(), how), (before, |done| done.span.first()))
    }

    fn told(
        &self,
        opening: &Opening<'_>,
        (used, how): (&[(&Use, &Done)], &str),
        (known, first): (Vec<String>, impl Fn(&Done) -> Option<EventTime>),
    ) -> Option<Line> {
        let (first, last) = (used.iter().filter_map(|(_, done)| first(done)).min()?, last_of(used)?);
        let sorted = |texts: Vec<String>| texts.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
        let addresses = sorted(used.iter().map(|(used, _)| used.spot.to_string()).collect());
        let is_at_own =
            used.iter().any(|(used, _)| self.spots.has(used.spot)).then(|| "an address that it used, too".to_owned());
        let keys = sorted(used.iter().map(|(used, _)| self.text(used.access_key).to_owned()).collect());
        let [asked, ..] = &*keys else { return None };
        let next = format!("trailscan incident {}", shell_quoted(asked));
        let account = self.scene.is_of_many.then(|| format!("account {}", opening.account));
        let since = format!("after {} {}", opening.event, at(opening.since));
        let most = self.scene.most(NAMED);
        let more =
            account.into_iter().chain([since]).chain(phrases("from ", &addresses, most)).chain(is_at_own).chain(known);
        Some(Line {
            part: Some(Part::Follows),
            what: format!("{}: {how}, {}", opening.way.told(), span(first, last)),
            more: vec![more.collect(), vec![next.clone()]],
            first: Some(first),
            last: Some(last),
            addresses,
            access_keys: keys,
            command: next,
            ..Line::default()
        })
    }

    /// What others used in the account of what was opened.
    fn uses<'s>(&'s self, opening: &'s Opening<'_>) -> impl Iterator<Item = (&'s Use, &'s Done)> {
        let all = self.around.into_iter().flat_map(Around::uses);
        let of_account = all.filter(|(used, _)| self.text(used.account) == opening.account);
        of_account.filter(|(used, _)| !self.own.contains(self.text(used.access_key)) && used.access_key != Sym::EMPTY)
    }

    fn text(&self, sym: Sym) -> &'a str {
        self.scene.symbols.text(sym)
    }
}

fn last_of(used: &[(&Use, &Done)]) -> Option<EventTime> {
    let mut whole = Span::default();
    used.iter().for_each(|(_, done)| whole.merge(done.span));
    whole.last()
}
