//! What is read and which of it counts: everything checked, nothing of clap left.

use std::num::NonZeroUsize;
use std::path::PathBuf;
#[cfg(feature = "s3")]
use std::sync::Arc;

use trailscan::aggregate::Wanted;
use trailscan::filter::Filters;
#[cfg(feature = "s3")]
use trailscan::input::s3::{Access, S3Request};
use trailscan::input::{DayRange, Input};
use trailscan::model::{EventTime, TimeWindow};
use trailscan::rollup::Shard;
use trailscan::scan::Limits;

use super::cache_place::CachePlace;
use super::complete::{Origins, Source};
use super::exit::Problem;
use super::flags::Common;
use super::surroundings::Surroundings;
use super::verifying::Verifying;
use super::{filters, inputs, log, window};

/// What is read, and which of it counts.
pub struct Reading {
    /// The moment that is now.
    pub now: EventTime,
    /// Whether only what would be read is told.
    pub dry_run: bool,
    /// What is read.
    pub reads: Reads,
    /// What is counted; `None` is everything.
    pub window: Option<TimeWindow>,
    /// Who chose that window.
    pub chosen_by: WindowSource,
    /// The delivery days that are read.
    pub days: DayRange,
    /// What is read of S3.
    #[cfg(feature = "s3")]
    pub s3: Option<S3Request>,
    /// Whose trails say what is read, when nothing else does.
    #[cfg(feature = "s3")]
    pub trails_of: Vec<Arc<Access>>,
    /// Where what is read is kept for the next time.
    pub cache: Option<CachePlace>,
    /// By what objects are verified in the same pass, if they are.
    pub verify: Option<Verifying>,
    /// What else is asked of an event.
    pub filters: Filters,
    /// How the scan works.
    pub work: Work,
}

/// What is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Logs of these places; of those where trails deliver when there are none.
    Logs(Vec<Input>),
    /// The objects of a shard of a plan, as they were listed.
    Shard(Box<Shard>),
    /// Files of IAM's state, and no logs.
    StateAlone,
}

/// Who chose the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WindowSource {
    /// The command line or the environment; or nobody, and there is none.
    Asked,
    /// A config file, which gives so many days.
    Config(PathBuf, u32),
    /// Nobody: it bounds what is read of S3.
    Default,
}

/// How the scan works.
#[derive(Clone, Copy)]
pub struct Work {
    /// Threads that read.
    pub threads: NonZeroUsize,
    /// Whether copies of an event are dropped.
    pub dedupe: bool,
    /// Bounds.
    pub limits: Limits,
    /// Whether progress is shown, where there is a terminal.
    pub progress: bool,
}
impl Reads {
    /// Where logs are read from.
    pub fn inputs(&self) -> &[Input] {
        match self {
            Self::Logs(inputs) => inputs,
            Self::Shard(_) | Self::StateAlone => &[],
        }
    }

    /// Resolves where logs are read from.
    ///
    /// # Errors
    /// When a place cannot be read.
    pub fn logs(common: &Common, around: &Surroundings) -> Result<Self, Problem> {
        let of_config = around.config.said("input").map(|(inputs, _)| inputs);
        let of_environment = around.environment.get(inputs::VARIABLE);
        let inputs = inputs::resolve(common.inputs.clone(), of_environment, of_config).map_err(Problem::usage)?;
        Ok(Self::Logs(inputs))
    }

    /// The shard, if it is one.
    pub fn shard(&self) -> Option<&Shard> {
        match self {
            Self::Shard(shard) => Some(shard),
            Self::Logs(_) | Self::StateAlone => None,
        }
    }

    /// Whether nothing says where logs lie but the trails.
    pub fn looks_for_trails(&self) -> bool {
        matches!(self, Self::Logs(inputs) if inputs.is_empty())
    }
}

impl Reading {
    /// Resolves what was typed of it.
    ///
    /// # Errors
    /// [`Problem::Usage`] for what cannot be.
    pub fn resolve(reads: Reads, common: &Common, origins: &Origins, clock: EventTime) -> Result<Self, Problem> {
        if reads.looks_for_trails() && !looks_up_trails(common) {
            return Err(Problem::usage(inputs::nothing_to_read()));
        }
        let now = window::now(common.now.as_deref(), None, clock).map_err(Problem::usage)?;
        let chosen_by = chosen_by(common, origins, &reads);
        let (window, days) = resolve_window(common, &chosen_by, now)?;
        // A clock that was set back, as for an example, makes no event impossible.
        let latest = now.max(clock).plus_seconds(86_400);
        Ok(Self {
            now,
            dry_run: common.dry_run,
            window,
            chosen_by,
            days,
            #[cfg(feature = "s3")]
            s3: match &reads {
                Reads::StateAlone => None,
                Reads::Shard(shard) => common.s3.of_listed(&shard.objects).map_err(Problem::usage)?,
                Reads::Logs(inputs) => {
                    common.s3.request(inputs, days, (&common.account, &common.region)).map_err(Problem::usage)?
                }
            },
            #[cfg(feature = "s3")]
            trails_of: match reads.looks_for_trails() {
                true => common.s3.who().map_err(Problem::usage)?,
                false => Vec::new(),
            },
            reads,
            cache: common.cache.as_deref().map(|typed| CachePlace::of(typed, common)).transpose()?,
            verify: None,
            filters: Filters::new(&filters::criteria(common)).map_err(Problem::usage)?,
            work: work(common, latest),
        })
    }
}

/// Who chooses the window. Where S3 is read and nothing says which days of it, nobody does.
fn chosen_by(common: &Common, origins: &Origins, reads: &Reads) -> WindowSource {
    if let (Some(days), Some(Source::File(file))) = (common.days, origins.of("days")) {
        return WindowSource::Config(file.clone(), days);
    }
    let is_said = common.all || common.days.is_some() || common.since.is_some() || common.until.is_some();
    let is_s3 = reads.looks_for_trails() || reads.inputs().iter().any(|input| input.s3().is_some());
    if is_s3 && !is_said { WindowSource::Default } else { WindowSource::Asked }
}

/// Whether CloudTrail can be asked where the logs are.
#[cfg(feature = "s3")]
const fn looks_up_trails(common: &Common) -> bool {
    !common.s3.no_sign_request
}

/// Whether CloudTrail can be asked where the logs are.
#[cfg(not(feature = "s3"))]
const fn looks_up_trails(_: &Common) -> bool {
    false
}

fn resolve_window(
    common: &Common,
    chosen_by: &WindowSource,
    now: EventTime,
) -> Result<(Option<TimeWindow>, DayRange), Problem> {
    let days = common.days.or((*chosen_by == WindowSource::Default).then_some(window::S3_DAYS));
    let typed = window::Typed { days, since: common.since.as_deref(), until: common.until.as_deref() };
    let window = window::resolve(typed, now).map_err(Problem::usage)?;
    let days_read = window.map_or(DayRange::ALL, |window| DayRange::of_window(window, common.late_slack, now));
    Ok((window, days_read))
}

fn work(common: &Common, latest: EventTime) -> Work {
    let given = common.threads.and_then(|threads| NonZeroUsize::new(threads as usize));
    let threads = given.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let limits = Limits {
        max_object_bytes: common.max_object_bytes,
        max_record_bytes: usize::try_from(common.max_record_bytes).unwrap_or(usize::MAX),
        max_memory: common.max_memory,
        carve: common.carve,
        latest_time: Some(latest),
        events: Wanted::All,
    };
    Work { threads, dedupe: !common.no_dedupe, limits, progress: !common.quiet && !log::tells() }
}
