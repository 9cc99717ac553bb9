//! `trailscan rollup --shard`: a shard of a plan, read exactly as it was listed or not kept at all.
//!
//! Tasks may run twice, be killed, or run at the same time: a part appears whole under the name of its shard, and one that
//! is there already is left as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use trailscan::coverage::Coverage;
use trailscan::input::{Arrivals, Body, Fetched, FoundObject, InputError, ListingFailure, Source, explain_io};
use trailscan::model::quantity;
use trailscan::rollup::{Rollup, Shard};
use trailscan::scan::rollup::{Ledger, PlannedShard};

use super::exit::Problem;
use super::tell;

/// What ends the name of a part.
const PART: &str = "rollup";

/// The most objects that are named.
const NAMED: usize = 5;

/// Reads a shard from a file, or from standard input.
///
/// # Errors
/// When it cannot be read, or is no shard.
pub fn read(path: &Path) -> Result<Shard, Problem> {
    let text = match path.to_str() {
        Some("-") => std::io::read_to_string(std::io::stdin()),
        _ => std::fs::read_to_string(path),
    };
    let name = path.display();
    let text = text.map_err(|error| Problem::failed(format!("{name}: {}", explain_io(&error))))?;
    let shard = Shard::parse(&text).map_err(|error| Problem::usage(format!("{name}: {error}")))?;
    match shard.objects.iter().find(|found| cfg!(not(feature = "s3")) && found.s3().is_some()) {
        Some(found) => Err(Problem::usage(InputError::NoS3(found.name.clone()))),
        None => Ok(shard),
    }
}

/// Where the part of a shard lies among others; the folder is made where there is none.
///
/// # Errors
/// When the folder cannot be made.
pub fn place(shard: &Shard, folder: &Path) -> Result<PathBuf, Problem> {
    let failed = |error| Problem::failed(format!("{}: cannot be created: {}", folder.display(), explain_io(&error)));
    std::fs::create_dir_all(folder).map_err(failed)?;
    Ok(folder.join(format!("{}.{PART}", shard.shard)))
}

/// Whether the part of this shard is there already. One that was made for another plan is not it: the parts of a plan
/// know how many there are.
///
/// # Errors
/// When something else is there.
pub fn is_done(part: &Path, shard: &Shard) -> Result<bool, Problem> {
    if !part.exists() {
        return Ok(false);
    }
    let there = Rollup::open(part).map_err(Problem::failed)?;
    if there.ledger().planned().all(|planned| planned.shard != shard.shard) {
        let why = "holds another rollup than that of its shard: remove it";
        return Err(Problem::failed(format!("{}: {why}", part.display())));
    }
    Ok(there.ledger().planned().any(|planned| planned == shard.planned()))
}

/// Makes sure that the files of a shard are those that were listed.
///
/// # Errors
/// When one is gone or has another size: it is named.
pub fn check_files(shard: &Shard) -> Result<(), Problem> {
    let differs = |found: &FoundObject| Some((found.name.clone(), found.differs()?));
    match shard.objects.iter().filter_map(differs).collect::<Vec<_>>() {
        changed if changed.is_empty() => Ok(()),
        changed => Err(not_read(shard, &changed)),
    }
}

/// Makes sure that a reading met all objects of the shard and could fetch them.
///
/// # Errors
/// When one was not met, or not fetched: it is named.
pub fn check_met(shard: &Shard, ledger: &Ledger, coverage: &Coverage, unfetched: &Unfetched) -> Result<(), Problem> {
    if coverage.interrupted {
        return Ok(());
    }
    check_files(shard)?;
    let unfetched = unfetched.all();
    if !unfetched.is_empty() {
        return Err(not_read(shard, &unfetched));
    }
    let (met, listed) = (ledger.objects.len(), shard.objects.len());
    if met == listed {
        return Ok(());
    }
    tell::troubles(coverage);
    let missing = quantity((listed - met.min(listed)) as u64, "object");
    Err(Problem::failed(format!("{missing} of {listed} could not be asked for, so there is no part: {}", again(shard))))
}

fn not_read(shard: &Shard, objects: &[(String, String)]) -> Problem {
    for (object, why) in objects.iter().take(NAMED) {
        tell::line(format!("{object}: {why}"));
    }
    let (some, all) = (quantity(objects.len() as u64, "object"), shard.objects.len());
    let named = if objects.len() > NAMED { format!(" (the first {NAMED} are named)") } else { String::new() };
    let why = "are not what was planned, or could not be fetched, so there is no part";
    Problem::failed(format!("{some} of {all}{named} {why}: {}", again(shard)))
}

fn again(shard: &Shard) -> String {
    format!("run shard {} of plan {} again, or plan anew", shard.number, shard.plan)
}

/// The shards that are missing of the plans that these ledgers are parts of.
pub fn lost<'a>(ledgers: impl Iterator<Item = &'a Ledger>) -> Vec<ListingFailure> {
    let mut plans: BTreeMap<(String, u64), BTreeSet<u64>> = BTreeMap::new();
    for PlannedShard { plan, of, number, .. } in ledgers.flat_map(Ledger::planned) {
        plans.entry((plan, of)).or_default().insert(number);
    }
    let lost = |((plan, of), there): ((String, u64), BTreeSet<u64>)| {
        (1..=of).filter(move |number| !there.contains(number)).map(move |number| ListingFailure {
            object: format!("shard {number} of {of} of plan {plan}"),
            why: format!("its part is missing: roll up the line of the plan that has \"number\":{number}"),
        })
    };
    plans.into_iter().flat_map(lost).collect()
}

/// Objects that were not fetched, and why.
#[derive(Clone, Default)]
pub struct Unfetched(Arc<Mutex<Vec<(String, String)>>>);

impl Unfetched {
    fn add(&self, object: String, why: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((object, why));
    }

    /// All of them, by name.
    fn all(&self) -> Vec<(String, String)> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        all.sort();
        all
    }
}

/// A source whose failures are written down: whoever reads a shard again may fetch what was not to be had now.
pub struct Watched<'a> {
    source: &'a dyn Source,
    unfetched: Unfetched,
}

impl<'a> Watched<'a> {
    /// Watches a source.
    pub fn new(source: &'a dyn Source, unfetched: Unfetched) -> Self {
        Self { source, unfetched }
    }
}

impl Source for Watched<'_> {
    fn next(&self) -> Option<Fetched> {
        let Fetched { object, body } = self.source.next()?;
        let body = match body {
            Body::Failed(why) => {
                self.unfetched.add(object.name(), why.clone());
                Body::Failed(why)
            }
            Body::Stream(stream) => {
                let (object, unfetched) = (object.name(), self.unfetched.clone());
                Body::Stream(Box::new(WatchedStream { stream, object, unfetched }))
            }
            body => body,
        };
        Some(Fetched { object, body })
    }

    fn listed(&self) -> u64 {
        self.source.listed()
    }

    fn arrivals(&self) -> Arrivals {
        self.source.arrivals()
    }
}

/// An object that arrives in pieces.
struct WatchedStream {
    stream: Box<dyn Read + Send>,
    object: String,
    unfetched: Unfetched,
}

impl Read for WatchedStream {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.stream.read(into).inspect_err(|error| self.unfetched.add(self.object.clone(), explain_io(error)))
    }
}

#[cfg(test)]
mod tests {
    use trailscan::input::LogObject;

    use super::*;

    struct Given(Mutex<Vec<Body>>);

    impl Source for Given {
        fn next(&self) -> Option<Fetched> {
            Some(Fetched { object: LogObject::stdin(), body: self.0.lock().unwrap().pop()? })
        }

        fn listed(&self) -> u64 {
            0
        }

        fn arrivals(&self) -> Arrivals {
            Arrivals::default()
        }
    }

    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("stopped before its end"))
        }
    }

    #[test]
    fn what_was_not_fetched_is_written_down() {
        let bodies = vec![
            Body::Stream(Box::new(std::io::empty())),
            Body::Stream(Box::new(Broken)),
            Body::Skipped("digest"),
            Body::Failed("gone".to_owned()),
        ];
        let (given, unfetched) = (Given(Mutex::new(bodies)), Unfetched::default());
        let watched = Watched::new(&given, unfetched.clone());
        while let Some(fetched) = watched.next() {
            if let Body::Stream(mut stream) = fetched.body {
                let _ = stream.read(&mut [0; 8]);
            }
        }
        let why: Vec<String> = unfetched.all().into_iter().map(|(_, why)| why).collect();
        assert_eq!(why, ["gone", "stopped before its end"]);
    }
}
