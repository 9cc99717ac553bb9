//! Nothing says what to read: CloudTrail is asked where its trails deliver, and that is read.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use trailscan::input::ListingFailure;
use trailscan::input::s3::{self, Access, AccessError, S3Place, Seen, Trail, TrailsError};

use super::exit::Problem;
use super::reading::Reading;
use super::{inputs, tell};

/// Where trails deliver.
#[derive(Default)]
struct Found {
    places: Vec<Place>,
    /// Trails that those of the places cover.
    covered: Vec<Trail>,
    failures: Vec<ListingFailure>,
    /// All who can ask.
    who: Vec<Arc<Access>>,
}

struct Place {
    trail: Trail,
    seen_by: Vec<Arc<Access>>,
}

/// Completes what names nothing to read, and says with what; any other plan stays as it is.
///
/// # Errors
/// When the only one who could be asked sees no trail.
pub fn look_up(reading: &mut Reading, stop: &AtomicBool) -> Result<(), Problem> {
    let Some(request) = reading.s3.as_mut().filter(|_| !reading.trails_of.is_empty()) else { return Ok(()) };
    let Some(seen) = s3::trails(&reading.trails_of, stop).map_err(Problem::failed)? else { return Ok(()) };
    if let [(_, Err(error))] = &seen[..] {
        return Err(without_input(error));
    }
    let found = Found::of(seen);
    for place in &found.places {
        tell::line(place.said(found.who.len() + found.failures.len() > 1));
    }
    if let Some(line) = found.covered_said() {
        tell::line(line);
    }
    request.places = found.places.iter().map(|place| place.to_read(&found.who)).collect();
    request.failures = found.failures;
    Ok(())
}

/// Has the credentials of all who will ask before anything is read: a person may be asked for a code, and shows of
/// progress would stand in the way.
///
/// # Errors
/// When no threads can be started.
pub fn sign_in(reading: &Reading, stop: &AtomicBool) -> Result<(), Problem> {
    let places = reading.s3.iter().flat_map(|request| &request.places);
    let mut who: Vec<Arc<Access>> = Vec::new();
    for access in places.flat_map(|place| &place.who) {
        if !who.contains(access) {
            who.push(Arc::clone(access));
        }
    }
    if who.is_empty() { Ok(()) } else { s3::sign_in(&who, stop).map_err(Problem::failed) }
}

fn without_input(error: &TrailsError) -> Problem {
    match error {
        TrailsError::Access(AccessError::NoCredentials(why)) => Problem::usage(format!(
            "{}; without AWS credentials no trail can be looked up either: set AWS_PROFILE or --aws-profile, or sign in \
             with `aws sso login` ({why})",
            inputs::nothing_to_read()
        )),
        error => Problem::failed(format!("no INPUT is given, and {error}")),
    }
}

impl Found {
    fn of(seen: Seen) -> Self {
        let mut found = Self::default();
        for (access, trails) in seen {
            let has_credentials = !matches!(trails, Err(TrailsError::Access(_)));
            match trails {
                Ok(trails) => {
                    for trail in trails.picked {
                        found.add(trail, &access);
                    }
                    found.covered.extend(trails.covered);
                }
                Err(error) => {
                    let why = match &error {
                        TrailsError::Access(error) => error.unnamed(),
                        error => error.to_string(),
                    };
                    found.failures.push(ListingFailure { object: access.label(), why });
                }
            }
            if has_credentials {
                found.who.push(access);
            }
        }
        found
    }

    fn add(&mut self, trail: Trail, access: &Arc<Access>) {
        match self.places.iter_mut().find(|place| place.trail.uri == trail.uri) {
            Some(place) => place.seen_by.push(Arc::clone(access)),
            None => self.places.push(Place { trail, seen_by: vec![Arc::clone(access)] }),
        }
    }

    /// Says which trails are not read, and where they deliver.
    fn covered_said(&self) -> Option<String> {
        let mut covered: Vec<String> = self
            .covered
            .iter()
            .filter(|trail| self.places.iter().all(|place| place.trail.uri != trail.uri))
            .map(|trail| format!("{} ({})", trail.uri, trail.name))
            .collect();
        covered.sort();
        covered.dedup();
        let covers = "other trails log the same accounts and regions and are not read, unless named as INPUT";
        (!covered.is_empty()).then(|| format!("{covers}: {}", covered.join(", ")))
    }
}

impl Place {
    fn said(&self, with_names: bool) -> String {
        let Trail { name, home_region, is_organization, is_multi_region, uri } = &self.trail;
        let of = if *is_organization { "of the organization, " } else { "" };
        let regions = if *is_multi_region { "all regions, " } else { "one region, " };
        let labels: Vec<String> = self.seen_by.iter().map(|access| access.label()).collect();
        let seen = if with_names { format!("; seen with {}", labels.join(", ")) } else { String::new() };
        format!("no INPUT: reading {uri}, where trail {name} ({of}{regions}home region {home_region}) delivers{seen}")
    }

    /// Whoever sees the trail asks first, then the others: the bucket may lie in the account of one of them.
    fn to_read(&self, all: &[Arc<Access>]) -> S3Place {
        let others = all.iter().filter(|access| !self.seen_by.contains(access));
        S3Place { uri: self.trail.uri.clone(), who: self.seen_by.iter().chain(others).cloned().collect(), listed: None }
    }
}
