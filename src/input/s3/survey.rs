//! What a scan would read of S3: everything is listed as a scan does it, and no object is asked for.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::ledger::{Ledger, Wanted};
use super::{ALL, S3Request, WAITING, fetch, find, new_runtime, unless_stopped};
use crate::input::caught::died;
use crate::input::{FoundObject, LogKey, Origin, Survey};

/// Lists what `request` names. Ends early once `stop` is set; what cannot be listed is in [`Survey::arrivals`].
///
/// # Errors
/// When no threads can be started.
pub fn survey(request: S3Request, stop: &AtomicBool) -> io::Result<Survey> {
    Ok(look(request, stop, false)?.survey)
}

/// As [`survey`], with every object that a scan would be given, read or not, in the order of their names.
///
/// # Errors
/// When no threads can be started.
pub fn survey_objects(request: S3Request, stop: &AtomicBool) -> io::Result<(Survey, Vec<FoundObject>)> {
    let Seen { survey, mut objects } = look(request, stop, true)?;
    objects.sort();
    Ok((survey, objects))
}

/// What was seen.
#[derive(Default)]
struct Seen {
    survey: Survey,
    /// The objects, where they are wanted one by one.
    objects: Vec<FoundObject>,
}

fn look(request: S3Request, stop: &AtomicBool, one_by_one: bool) -> io::Result<Seen> {
    let S3Request { places, failures, scope, max_in_flight, .. } = request;
    let (ledger, seen) = (Arc::new(Ledger::default()), Arc::new(Mutex::new(Seen::default())));
    ledger.arrivals().failures.extend(failures);
    let (found, wanted) = mpsc::channel(WAITING);
    let runtime = new_runtime()?;
    let (counting, finding) = (
        count(wanted, (max_in_flight, one_by_one), Arc::clone(&seen)),
        find(places, scope, Arc::clone(&ledger), found),
    );
    runtime.block_on(async {
        let mut tasks = JoinSet::new();
        tasks.spawn(counting);
        tasks.spawn(finding);
        unless_stopped(
            async {
                while let Some(done) = tasks.join_next().await {
                    if let Err(error) = done {
                        ledger.failed(ALL.to_owned(), died(error));
                    }
                }
            },
            stop,
        )
        .await;
    });
    // A name lookup that hangs must not hold up the end.
    runtime.shutdown_background();
    let mut seen = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
    let survey = &mut seen.survey;
    survey.list_requests = ledger.list_requests.load(Ordering::Relaxed);
    survey.arrivals = std::mem::take(&mut *ledger.arrivals());
    survey.arrivals.warnings.sort();
    Ok(seen)
}

async fn count(mut wanted: mpsc::Receiver<Wanted>, (max_in_flight, one_by_one): (u64, bool), seen: Arc<Mutex<Seen>>) {
    while let Some(Wanted { bucket, place, origin, object }) = wanted.recv().await {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        let Seen { survey, objects } = &mut *seen;
        match fetch::skipped_as(&object) {
            Some(kind) => survey.skip(kind),
            None => {
                let requests = fetch::requests_of(object.size, max_in_flight);
                survey.add(&place, LogKey::parse(&object.key).as_ref(), object.size, requests);
            }
        }
        if one_by_one {
            objects.push(FoundObject {
                name: format!("{}/{}", bucket.uri, object.key),
                bytes: object.size,
                etag: object.etag.map(String::from),
                archived: object.archived,
                named: origin == Origin::Named,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_objects_take_several_requests() {
        const MIB: u64 = 1 << 20;
        for (size, requests) in [(0, 1), (16 * MIB, 1), (16 * MIB + 1, 5), (40 * MIB, 10)] {
            assert_eq!(fetch::requests_of(size, 256 * MIB), requests, "{size}");
        }
        assert_eq!(fetch::requests_of(7 << 10, 8 << 10), 5);
    }
}
