//! What is outside the command line: the clock, the environment, the config files.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::time::SystemTime;

use trailscan::model::EventTime;

use super::config::{self, Config};
use super::environment::Environment;
use super::exit::Problem;
use super::flags::INPUTS;
use super::rulebook::Rulebook;
use super::subcommand::Invocation;
use super::{inputs, pager, window};

/// What is outside the command line.
pub struct Surroundings {
    /// The system's clock in whole seconds, read once.
    pub clock: EventTime,
    /// The variables.
    pub environment: Environment,
    /// Those of them that name a pager.
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
        let now = window::now(flag, self.environment.text(window::VARIABLE).as_deref(), self.clock)
            .map_err(Problem::usage)?;
        let book = Rulebook::new(self.config.rules(), now);
        book.map_err(|why| Problem::usage(format!("{}: {why}", config::FILE_NAME)))
    }

    /// Those of a run that reads what was typed, else what the environment names.
    ///
    /// # Errors
    /// When a config file cannot be used.
    pub fn of_run(asked: &Invocation<'_>) -> Result<Self, Problem> {
        let typed: Vec<&OsStr> =
            asked.matches.get_many::<OsString>(INPUTS).into_iter().flatten().map(OsString::as_os_str).collect();
        let environment = Environment::of_process();
        let inputs = if typed.is_empty() { Vec::from_iter(environment.get(inputs::VARIABLE)) } else { typed };
        Self::of(asked.config(), &inputs)
    }

    /// Those of this process; `named` is the config file that was typed.
    ///
    /// # Errors
    /// When a config file cannot be used.
    pub fn of_process(named: Option<&Path>) -> Result<Self, Problem> {
        Self::of(named, &[])
    }

    fn of(named: Option<&Path>, inputs: &[&OsStr]) -> Result<Self, Problem> {
        let environment = Environment::of_process();
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let named = named.or_else(|| environment.get(config::VARIABLE).map(Path::new));
        let config = named.map_or_else(|| config::read(&config::files_outside(inputs)), config::read_named);
        let config = config.map_err(Problem::usage)?;
        Ok(Self {
            clock: EventTime::from_seconds(i64::try_from(since_epoch.as_secs()).unwrap_or(0)),
            environment,
            pager: pager::Environment::of_process(),
            config,
        })
    }
}
