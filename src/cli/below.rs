//! `--below`: a first reading says which credentials are below those that were asked for.

use trailscan::coverage::Coverage;
use trailscan::filter::Below;
use trailscan::input::Input;
use trailscan::report::{Descent, LINEAGE_NEEDS, descent};
use trailscan::scan::ScanOutcome;

use super::exit::Problem;
use super::reading::Reading;
use super::{scan, tell};

/// Completes the filters of what is to be read, where they ask for what is below a credential.
///
/// # Errors
/// When what is asked for is not there though everything was read, or what is to be read can be read once only. `report` is the report whose argument asks,
/// where no flag does.
pub fn resolve(reading: &mut Reading, report: Option<&str>) -> Result<(), Problem> {
    if reading.filters.below().is_empty() {
        return Ok(());
    }
    let asking = report.unwrap_or("--below");
    if reading.reads.inputs().contains(&Input::Stdin) {
        let why = "it reads the logs twice, and standard input can be read once";
        return Err(Problem::usage(format!("{asking}: {why}; save it to a file and give that")));
    }
    let asked = reading.filters.below().to_vec();
    tell::line(format!("reading the logs to learn what is below {}, then once more", asked.join(", ")));
    let ScanOutcome { state, coverage, .. } = scan::read_all(reading, LINEAGE_NEEDS)?;
    let found = descent(&state, &asked);
    // The process goes on, and giving back millions of small pieces takes time.
    std::mem::forget(state);
    let Descent { access_keys, sessions, sign_ins, principals } = match found {
        Ok(found) => found,
        Err(why) if is_all_read(&coverage) && !why.is_there => return Err(Problem::usage(format!("{asking}: {why}"))),
        // It holds no credential, or it may be in what was not read: the run goes on with nothing below, and ends as one
        // that read all, or a part only.
        Err(why) => {
            tell::line(format!("{asking}: {why}"));
            Descent::default()
        }
    };
    reading.filters.resolve(Below {
        access_keys: access_keys.into_iter().collect(),
        sessions: sessions.into_iter().collect(),
        sign_ins: sign_ins.into_iter().collect(),
        principals: principals.into_iter().collect(),
    });
    Ok(())
}

/// Whether a name that is not there is a mistake of whoever typed it: everything was read, and it was something.
fn is_all_read(coverage: &Coverage) -> bool {
    !coverage.is_partial() && coverage.objects_read > 0
}
