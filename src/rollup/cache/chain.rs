//! The units of one account, in the order of their days: each is taken as it lies there where nothing changed, and made
//! anew where something did.
//!
//! A copy of an event is counted once, in the unit of its first delivery. So a unit rests on the earlier ones that hold copies
//! of its late events, and is made again when one of these changed.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::known::Known;
use super::objects::{Days, Object, fingerprint};
use super::{Failure, How};
use crate::model::Day;
use crate::output::NewFile;
use crate::rollup::Rollup;
use crate::rollup::manifest::Made;
use crate::rollup::pack::{Neighbour, Notes, UnitNote};
use crate::rollup::write::write_file;
use crate::scan::Seen;
use crate::scan::rollup::{Unit, roll_up_unit, see};

/// The units of one account so far.
pub(super) struct Chain<'a> {
    how: &'a How<'a>,
    folder: PathBuf,
    members: BTreeMap<Day, Member>,
    /// The events that were met in the units that were made last, and the days of these.
    seen: Seen,
    seen_days: BTreeSet<Day>,
    /// How many units were read anew.
    pub made: usize,
}

/// A unit that lies there.
struct Member {
    rollup: Rollup,
    fingerprint: String,
    objects: Vec<Object>,
    known: OnceCell<Known>,
}

impl<'a> Chain<'a> {
    /// That of an account whose units lie in a folder.
    pub fn new(how: &'a How<'a>, folder: PathBuf) -> Self {
        let (members, seen_days) = (BTreeMap::new(), BTreeSet::new());
        Self { how, folder, members, seen: Seen::default(), seen_days, made: 0 }
    }

    /// Takes or makes all of them.
    ///
    /// # Errors
    /// [`Failure`] when they cannot stand for the logs.
    pub fn fill(&mut self, days: &Days) -> Result<(), Failure> {
        for (&day, objects) in days {
            let now = fingerprint(objects, &self.how.words).ok_or_else(|| self.apart())?;
            let path = self.folder.join(format!("{day}.rollup"));
            let rollup = match self.take(day, &path, &now) {
                Some(rollup) => rollup,
                None => self.make(day, (objects, &now), &path)?,
            };
            if rollup.pack().and_then(|pack| pack.notes().unit.as_ref()).is_none_or(|unit| unit.needs_others) {
                return Err(Failure::NeedsOthers(format!("{}, {day}", self.folder_name())));
            }
            let member = Member { rollup, fingerprint: now, objects: objects.clone(), known: OnceCell::new() };
            self.members.insert(day, member);
        }
        Ok(())
    }

    /// The units, as they lie there.
    pub fn into_rollups(self) -> impl Iterator<Item = Rollup> {
        self.members.into_values().map(|member| member.rollup)
    }

    /// The unit that lies there, if it holds still.
    fn take(&self, day: Day, path: &Path, now: &str) -> Option<Rollup> {
        // One that is missing, damaged or of another version is made anew.
        let rollup = Rollup::open(path).ok()?;
        let pack = rollup.pack()?;
        let unit = pack.notes().unit.as_ref()?;
        let is_same = unit.fingerprint == now && pack.duplicates_dropped() == self.how.dedupe;
        let (ledger, latest) = (rollup.ledger(), self.how.latest);
        let is_judged = ledger.last_unbelieved().is_none_or(|last| !last.is_believable(latest))
            && ledger.newest_event().is_none_or(|newest| newest.is_believable(latest));
        if !is_same || !is_judged {
            return None;
        }
        let known = OnceCell::new();
        let mut of_day = unit
            .first_day
            .filter(|&first| first < day.0)
            .map(|first| self.members.range(Day(first)..day))
            .into_iter()
            .flatten();
        let holds_beside = |(&other, member): (&Day, &Member)| {
            let told = unit.beside.iter().find(|told| told.day == other.0);
            if told.is_some_and(|told| told.fingerprint == member.fingerprint) {
                return Some(true);
            }
            let shared = told.is_some_and(|told| told.shares);
            Some(!shared && !known_of(&known, &rollup)?.may_share((other, member.known()?)))
        };
        let holds = of_day.all(|beside| holds_beside(beside) == Some(true));
        let is_lost = |told: &Neighbour| {
            told.shares && self.how.days.contains(Day(told.day)) && !self.members.contains_key(&Day(told.day))
        };
        (holds && !unit.beside.iter().any(is_lost)).then_some(rollup)
    }

    /// Reads the objects of a unit, and writes it.
    fn make(&mut self, day: Day, (objects, now): (&[Object], &str), path: &Path) -> Result<Rollup, Failure> {
        self.made += 1;
        let (mut unit, mut known) = self.read(objects)?;
        self.seen_days.insert(day);
        let (beside, sharing) = self.beside(day, &known)?;
        if self.how.dedupe && sharing.iter().any(|other| !self.seen_days.contains(other)) {
            // What these hold is read, so that it is told from what it is a copy of.
            self.seen = Seen::default();
            for member in sharing.iter().filter_map(|other| self.members.get(other)) {
                self.how.with_request(&member.objects, |request| see(request, &self.seen))?;
            }
            (unit, known) = self.read(objects)?;
            self.seen_days = sharing.into_iter().chain([day]).collect();
        }
        if fingerprint(objects, &self.how.words).as_deref() != Some(now) {
            return Err(self.apart());
        }
        let note = UnitNote {
            fingerprint: now.to_owned(),
            needs_others: unit.ids.needs_others && self.how.dedupe,
            first_day: known.first_late().map(|day| day.0),
            beside,
        };
        let events_counted = unit.rolled.ledger.events_counted();
        let made = Made { duplicates_dropped: self.how.dedupe, events_counted };
        let notes = Notes { unit: Some(note) };
        let unwritten =
            |error: &dyn std::fmt::Display| Failure::Unwritten { folder: self.folder.clone(), why: error.to_string() };
        std::fs::create_dir_all(&self.folder).map_err(|error| unwritten(&error))?;
        let file = NewFile::create(path).map_err(|error| unwritten(&error))?;
        write_file(&unit.rolled, (&made, &notes, &known.save()), file).map_err(|error| unwritten(&error))?;
        let rollup = Rollup::open(path).map_err(|error| unwritten(&error))?;
        // Another run may have put its own there.
        let unit = rollup.pack().and_then(|pack| pack.notes().unit.as_ref());
        if unit.is_some_and(|unit| unit.fingerprint == now) { Ok(rollup) } else { Err(self.apart()) }
    }

    fn apart(&self) -> Failure {
        Failure::Apart(self.folder_name())
    }

    fn read(&self, objects: &[Object]) -> Result<(Unit, Known), Failure> {
        let unit = self.how.with_request(objects, |request| roll_up_unit(request, &self.seen))?;
        // Members of an archive are objects, too.
        if !unit.is_whole || unit.met < objects.len() {
            return Err(self.apart());
        }
        let known = Known::new(&unit.ids);
        Ok((unit, known))
    }

    /// The earlier days whose events a unit may hold copies of, and those that it may share some with.
    fn beside(&self, day: Day, known: &Known) -> Result<(Vec<Neighbour>, Vec<Day>), Failure> {
        let (mut beside, mut sharing) = (Vec::new(), Vec::new());
        let Some(first) = known.first_late() else { return Ok((beside, sharing)) };
        for (&other, member) in self.members.range(first..day) {
            let shares = known.may_share((other, member.known().ok_or_else(|| self.apart())?));
            sharing.extend(shares.then_some(other));
            beside.push(Neighbour { day: other.0, fingerprint: member.fingerprint.clone(), shares });
        }
        Ok((beside, sharing))
    }

    fn folder_name(&self) -> String {
        self.folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

impl Member {
    fn known(&self) -> Option<&Known> {
        known_of(&self.known, &self.rollup)
    }
}

/// Which events a unit holds, read when it is asked first.
fn known_of<'a>(known: &'a OnceCell<Known>, rollup: &Rollup) -> Option<&'a Known> {
    if known.get().is_none() {
        let bytes = rollup.pack()?.attached(rollup.place()).ok()?;
        let _ = known.set(Known::load(&bytes)?);
    }
    known.get()
}
