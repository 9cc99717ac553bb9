//! What is read of S3, in a build that can: all that is there, or objects that were listed before.

use trailscan::input::{FoundObject, Input, Source, Survey};
use trailscan::scan::ScanError;

use super::exit::Problem;
use super::reading::Reading;
use super::scan;

/// What is read of S3; of a build without S3 nothing.
#[derive(Clone, Default)]
pub struct Remote {
    #[cfg(feature = "s3")]
    request: Option<trailscan::input::s3::S3Request>,
}

/// What there is in S3.
#[derive(Default)]
pub struct Found {
    /// Its objects.
    pub objects: Vec<FoundObject>,
    /// How much lies where, and what was met beside them.
    pub survey: Survey,
    /// Whether all of it was looked at, whatever accounts are asked for.
    pub is_whole: bool,
}

#[cfg(feature = "s3")]
impl Remote {
    /// All that is asked for; says which window nobody asked for.
    pub fn of(reading: &Reading) -> Self {
        if reading.s3.is_some() {
            scan::tell_default_window(reading);
        }
        Self { request: reading.s3.clone() }
    }

    /// What is read, on disk and in S3: where trails say it, what they say.
    pub fn places(&self, reading: &Reading) -> Vec<Input> {
        let inputs = reading.reads.inputs();
        let of_trails = self.request.iter().flat_map(|request| &request.places).filter(|_| inputs.is_empty());
        inputs.iter().cloned().chain(of_trails.map(|place| Input::S3(place.uri.clone()))).collect()
    }

    /// Lists it.
    ///
    /// # Errors
    /// When no threads can be started.
    pub fn look(&self) -> Result<Found, Problem> {
        use std::sync::atomic::Ordering;

        use super::stop::STOP;

        let Some(request) = self.request.clone() else { return Ok(Found { is_whole: true, ..Found::default() }) };
        let of_all_accounts = request.scope.accounts.is_empty();
        let seen = trailscan::input::s3::survey_objects(request, &STOP).map_err(Problem::failed)?;
        let (survey, objects) = seen;
        let is_whole = of_all_accounts && survey.arrivals.failures.is_empty() && !STOP.load(Ordering::Relaxed);
        Ok(Found { objects, survey, is_whole })
    }

    /// Objects that were listed, in place of all; `shares` of them are read at once.
    #[must_use]
    pub fn of_listed(&self, objects: &[FoundObject], shares: usize) -> Self {
        let request = self.request.as_ref().filter(|_| !objects.is_empty()).map(|request| {
            let listed = request.of_listed(objects);
            trailscan::input::s3::S3Request { max_in_flight: request.max_in_flight / shares.max(1) as u64, ..listed }
        });
        Self { request }
    }

    /// Begins to read.
    ///
    /// # Errors
    /// When no threads can be started.
    pub fn open(self) -> Result<Option<Box<dyn Source>>, ScanError> {
        let open = |request| trailscan::input::s3::S3Source::open(request, &super::stop::STOP);
        let source = self.request.map(open).transpose();
        let source = source.map_err(|error| ScanError::Threads(error.to_string()))?;
        Ok(source.map(|source| Box::new(source) as Box<dyn Source>))
    }
}

#[cfg(not(feature = "s3"))]
impl Remote {
    /// Nothing.
    pub fn of(_: &Reading) -> Self {
        Self {}
    }

    /// What is read.
    pub fn places(&self, reading: &Reading) -> Vec<Input> {
        reading.reads.inputs().to_vec()
    }

    /// Lists nothing.
    ///
    /// # Errors
    /// None.
    pub fn look(&self) -> Result<Found, Problem> {
        Ok(Found { is_whole: true, ..Found::default() })
    }

    /// Nothing.
    #[must_use]
    pub fn of_listed(&self, _: &[FoundObject], _: usize) -> Self {
        Self {}
    }

    /// Reads nothing.
    ///
    /// # Errors
    /// None.
    pub fn open(self) -> Result<Option<Box<dyn Source>>, ScanError> {
        Ok(None)
    }
}
