//! What is read of S3, in a build that can: all that is there, or objects that were listed before.

#[cfg(feature = "s3")]
use trailscan::input::{DayRange, S3Uri};
use trailscan::input::{FoundObject, Input, Source, Survey};
use trailscan::scan::ScanError;

use super::exit::Problem;
#[cfg(feature = "s3")]
use super::fetched;
use super::fetched::Fetched;
use super::flags::Common;
use super::reading::Reading;

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
    /// All that is asked for.
    pub fn of(reading: &Reading) -> Self {
        let remote = Self { request: reading.s3.clone() };
        if reading.verify.is_some() { remote.with_digests() } else { remote }
    }

    /// The same, and digests are fetched, too.
    #[must_use]
    pub fn with_digests(self) -> Self {
        let digests = true;
        Self { request: self.request.map(|request| trailscan::input::s3::S3Request { digests, ..request }) }
    }

    /// One object.
    ///
    /// # Errors
    /// As those of reading it.
    pub fn of_object(uri: &str, common: &Common) -> Result<Self, Problem> {
        let input =
            S3Uri::parse(uri).map(Input::S3).ok_or_else(|| Problem::usage(format!("{uri}: names no object")))?;
        let request = common.s3.request(&[input], DayRange::ALL, (&[], &[])).map_err(Problem::usage)?;
        Ok(Self { request })
    }

    /// Fetches the rollups among what is read, and takes them out of it; `None` where there is none.
    ///
    /// # Errors
    /// When one cannot be fetched, or lies among other objects.
    pub fn take_rollups(&mut self) -> Result<Option<Fetched>, Problem> {
        use super::stop::STOP;

        let Some(request) = &mut self.request else { return Ok(None) };
        let who = request.clone();
        let shelves = request.take_rollups(&STOP).map_err(Problem::failed)?;
        // What could not be looked up is told by whoever reads the rest.
        if !shelves.is_empty() && request.places.is_empty() && request.failures.is_empty() {
            self.request = None;
        }
        if let Some((uri, beside)) = shelves.iter().find_map(|(uri, shelf)| Some((uri, shelf.beside.as_ref()?))) {
            let give = "give the rollups, or a folder of nothing else";
            return Err(Problem::usage(format!("{uri}: holds rollups and {beside}: {give}")));
        }
        let objects: Vec<FoundObject> = shelves.into_iter().flat_map(|(_, shelf)| shelf.objects).collect();
        if objects.is_empty() {
            return Ok(None);
        }
        let (fetched, failures) = fetched::fetched(&who, &objects)?;
        match failures.into_iter().next() {
            Some(why) => Err(Problem::failed(why)),
            None if fetched.files.len() == objects.len() => Ok(Some(fetched)),
            None => Err(Problem::failed(format!("{} of {} rollups were fetched", fetched.files.len(), objects.len()))),
        }
    }

    /// A place in S3 that is read.
    pub fn first_place(&self) -> Option<String> {
        self.request.as_ref()?.places.first().map(|place| place.uri.to_string())
    }

    /// What is read, on disk and in S3: where trails say it, what they say.
    pub fn places(&self, reading: &Reading) -> Vec<Input> {
        let inputs = reading.reads.inputs();
        let of_trails = self.request.iter().flat_map(|request| &request.places).filter(|_| inputs.is_empty());
        inputs.iter().cloned().chain(of_trails.map(|place| Input::S3(place.uri.clone()))).collect()
    }

    /// How much there is.
    ///
    /// # Errors
    /// When no threads can be started.
    pub fn survey(&self) -> Result<Survey, Problem> {
        let survey = |request| trailscan::input::s3::survey(request, &super::stop::STOP).map_err(Problem::failed);
        self.request.clone().map_or_else(|| Ok(Survey::default()), survey)
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

    /// Lets a reading read these of the objects that were listed, and nothing else of S3.
    pub fn set_listed(&self, reading: &mut Reading, objects: &[FoundObject]) {
        reading.s3 = self.of_listed(objects, 1).request;
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

    /// Nothing.
    #[must_use]
    pub fn with_digests(self) -> Self {
        self
    }

    /// Nothing: such a build refuses s3:// before.
    ///
    /// # Errors
    /// None.
    pub fn of_object(_: &str, _: &Common) -> Result<Self, Problem> {
        Ok(Self {})
    }

    /// None.
    ///
    /// # Errors
    /// None.
    pub fn take_rollups(&mut self) -> Result<Option<Fetched>, Problem> {
        Ok(None)
    }

    /// None.
    pub fn first_place(&self) -> Option<String> {
        None
    }

    /// What is read.
    pub fn places(&self, reading: &Reading) -> Vec<Input> {
        reading.reads.inputs().to_vec()
    }

    /// Nothing.
    ///
    /// # Errors
    /// None.
    pub fn survey(&self) -> Result<Survey, Problem> {
        Ok(Survey::default())
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

    /// Changes nothing.
    pub fn set_listed(&self, _: &mut Reading, _: &[FoundObject]) {}

    /// Reads nothing.
    ///
    /// # Errors
    /// None.
    pub fn open(self) -> Result<Option<Box<dyn Source>>, ScanError> {
        Ok(None)
    }
}
