//! `--below`: a first reading says which credentials are below those that were asked for.

use trailscan::filter::Below;
use trailscan::input::Input;
use trailscan::report::{Descent, LINEAGE_NEEDS, descent};

use super::exit::Problem;
use super::reading::Reading;
use super::{scan, tell};

/// Completes the filters of what is to be read, where they ask for what is below a credential.
///
/// # Errors
/// When what is asked for is not there, or what is to be read can be read once only. `report` is the report whose argument asks,
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
    let state = scan::read_all(reading, LINEAGE_NEEDS)?;
    let found = descent(&state, &asked);
    // The process goes on, and giving back millions of small pieces takes time.
    std::mem::forget(state);
    let Descent { access_keys, sessions, sign_ins, principals } =
        found.map_err(|why| Problem::usage(format!("{asking}: {why}")))?;
    reading.filters.resolve(Below {
        access_keys: access_keys.into_iter().collect(),
        sessions: sessions.into_iter().collect(),
        sign_ins: sign_ins.into_iter().collect(),
        principals: principals.into_iter().collect(),
    });
    Ok(())
}
