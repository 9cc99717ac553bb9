//! `--service-reference`: AWS's own word on actions, in place of the program's.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use trailscan::model::Actions;
use trailscan::report::{Options, SERVICE_REFERENCE};

use super::exit::Problem;

/// The actions with the services that files or folders tell of; `None` where none were given.
///
/// # Errors
/// [`Problem::Usage`] for what cannot be read, is not a service reference, or a folder without one.
pub fn actions(options: &Options) -> Result<Option<Actions>, Problem> {
    let places = options.texts(&SERVICE_REFERENCE);
    if places.is_empty() {
        return Ok(None);
    }
    let mut actions = Actions::known().clone();
    for file in places.iter().map(|place| files(Path::new(place))).collect::<Result<Vec<_>, _>>()?.concat() {
        let text =
            std::fs::read_to_string(&file).map_err(|error| wrong(&file, &trailscan::input::explain_io(&error)))?;
        actions.take_reference(&text).map_err(|error| wrong(&file, &error))?;
    }
    Ok(Some(actions))
}

/// The file, or the `.json` files of a folder in the order of their names.
fn files(place: &Path) -> Result<Vec<PathBuf>, Problem> {
    if !place.is_dir() {
        return Ok(vec![place.to_owned()]);
    }
    let entries = std::fs::read_dir(place).map_err(|error| wrong(place, &trailscan::input::explain_io(&error)))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"))).collect();
    files.sort();
    match files.is_empty() {
        true => Err(wrong(place, &"has no .json file")),
        false => Ok(files),
    }
}

fn wrong(path: &Path, why: &dyn Display) -> Problem {
    Problem::usage(format!("--service-reference {}: {why}", path.display()))
}
