//! What is outside the command line: the clock, the environment, the config files.

use std::ffi::OsString;
use std::time::SystemTime;

use trailscan::model::EventTime;

use super::config::{self, Config};
use super::exit::Problem;
use super::rulebook::Rulebook;
use super::{inputs, pager, window};

/// What is outside the command line.
pub struct Surroundings {
    /// The system's clock in whole seconds, read once.
    pub clock: EventTime,
    /// The environment's own clock.
    pub now: Option<String>,
    /// The environment's INPUT.
    pub input: Option<OsString>,
    /// The environment's pager.
    pub pager: pager::Environment,
    /// What config files say.
    pub config: Config,
}

impl Surroundings {
    /// What the config says of rules; `flag` is the clock that was typed.
    ///
    /// # Errors
    /// When it speaks of what there is not.
    pub fn rulebook(&self, flag: Option<&str>) -> Result<Rulebook, Problem> {
        let now = window::now(flag, self.now.as_deref(), self.clock).map_err(Problem::usage)?;
        let book = Rulebook::new(self.config.rules.clone(), now);
        book.map_err(|why| Problem::usage(format!("{}: {why}", config::FILE_NAME)))
    }

    /// Those of this process.
    ///
    /// # Errors
    /// When a config file cannot be used.
    pub fn of_process() -> Result<Self, Problem> {
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let config = config::read(&config::files()).map_err(|error| Problem::usage(format!("{error:#}")))?;
        Ok(Self {
            clock: EventTime::from_seconds(i64::try_from(since_epoch.as_secs()).unwrap_or(0)),
            now: std::env::var_os(window::VARIABLE).map(|text| text.to_string_lossy().into_owned()),
            input: std::env::var_os(inputs::VARIABLE),
            pager: pager::Environment::of_process(),
            config,
        })
    }
}
