//! Where trails deliver: CloudTrail is asked, with everyone who may ask, and the trails are picked that cover the others.
//!
//! Source: CloudTrail API reference, "DescribeTrails"; user guide, "Multi-Region trails and opt-in Regions", "Creating
//! a trail for an organization".

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_cloudtrail::types::Trail as Described;
use tokio::task::JoinSet;

use super::access::{Access, AccessError};
use super::explain::{Needs, refusal_of};
use super::unless_stopped;
use crate::input::S3Uri;
use crate::input::caught::caught_in;

/// How long CloudTrail may take, repeats included.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// A trail, and where it delivers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trail {
    /// Its name.
    pub name: String,
    /// The region that it was made in.
    pub home_region: String,
    /// Whether it logs all accounts of an organization.
    pub is_organization: bool,
    /// Whether it logs all regions.
    pub is_multi_region: bool,
    /// The `AWSLogs/` folder that it fills.
    pub uri: S3Uri,
}

/// The trails that somebody sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trails {
    /// Those to read: no other of them covers one of these.
    pub picked: Vec<Trail>,
    /// Those that others cover.
    pub covered: Vec<Trail>,
}

/// Why somebody sees no trail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrailsError {
    /// Nothing can be asked.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// CloudTrail refuses.
    #[error("trails cannot be looked up: {0}")]
    Refused(String),
    /// There is none.
    #[error(
        "no trail is seen in {0}: give --aws-region REGION where there is one, or name the bucket of the logs, s3://bucket/prefix"
    )]
    None(String),
}

/// What each of those who ask sees.
pub type Seen = Vec<(Arc<Access>, Result<Trails, TrailsError>)>;

/// Asks CloudTrail with everyone, at once; the answers in the same order. `None` once `stop` is set.
///
/// # Errors
/// When no threads can be started.
pub fn trails(who: &[Arc<Access>], stop: &AtomicBool) -> io::Result<Option<Seen>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let seen = runtime.block_on(unless_stopped(all(who.to_vec()), stop));
    runtime.shutdown_background();
    Ok(seen)
}

async fn all(who: Vec<Arc<Access>>) -> Seen {
    let mut asking = JoinSet::new();
    for (number, access) in who.into_iter().enumerate() {
        asking.spawn(async move {
            let seen = caught_in(seen_by(&access)).await;
            (number, access, seen.unwrap_or_else(|why| Err(TrailsError::Refused(why))))
        });
    }
    let mut seen = asking.join_all().await;
    seen.sort_by_key(|(number, ..)| *number);
    seen.into_iter().map(|(_, access, trails)| (access, trails)).collect()
}

async fn seen_by(access: &Access) -> Result<Trails, TrailsError> {
    let config = access.connect().await?;
    let timeouts = TimeoutConfig::builder().operation_timeout(ANSWERS_WITHIN).build();
    let client = aws_sdk_cloudtrail::config::Builder::from(&config).timeout_config(timeouts).build();
    let client = aws_sdk_cloudtrail::Client::from_conf(client);
    // Trails of other regions and of the organization are wanted too; asked for, since they are what is looked for.
    let described = client.describe_trails().include_shadow_trails(true).send().await;
    let described = described.map_err(|error| TrailsError::Refused(refusal_of(&error, Needs::DescribeTrails).why))?;
    let trails = picked(described.trail_list.unwrap_or_default().into_iter().filter_map(Trail::of).collect());
    if trails.picked.is_empty() {
        return Err(TrailsError::None(config.region().map(ToString::to_string).unwrap_or_default()));
    }
    Ok(trails)
}

impl Trail {
    fn of(described: Described) -> Option<Self> {
        let prefix = described.s3_key_prefix.filter(|prefix| !prefix.is_empty());
        let logs = prefix.map_or_else(|| "AWSLogs/".to_owned(), |prefix| format!("{prefix}/AWSLogs/"));
        Some(Self {
            name: described.name.unwrap_or_default(),
            home_region: described.home_region.unwrap_or_default(),
            is_organization: described.is_organization_trail.unwrap_or(false),
            is_multi_region: described.is_multi_region_trail.unwrap_or(false),
            uri: S3Uri { bucket: described.s3_bucket_name?, key: logs },
        })
    }

    /// Whether all that `other` logs is in this trail too, as far as accounts and regions go. What kinds of events each
    /// selects is not known here.
    fn covers(&self, other: &Self) -> bool {
        self.is_multi_region && (self.is_organization || !other.is_organization)
    }
}

/// Picks the trail of the organization, else that of all regions, else all; each that no other covers.
fn picked(mut all: Vec<Trail>) -> Trails {
    let order =
        |trail: &Trail| (!trail.is_organization, !trail.is_multi_region, trail.home_region.clone(), trail.name.clone());
    all.sort_by_key(order);
    // Of organization trails of one region and trails of all regions the latter come first, to be able to cover.
    all.sort_by_key(|trail| !trail.is_multi_region);
    let mut trails = Trails::default();
    for trail in all {
        let is_covered = trails.picked.iter().any(|other| other.covers(&trail));
        if is_covered { trails.covered.push(trail) } else { trails.picked.push(trail) }
    }
    trails
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trail(name: &str, is_organization: bool, is_multi_region: bool) -> Trail {
        let uri = S3Uri { bucket: format!("{name}-logs"), key: "AWSLogs/".to_owned() };
        Trail { name: name.to_owned(), home_region: "us-east-1".to_owned(), is_organization, is_multi_region, uri }
    }

    #[test]
    fn the_widest_trail_is_picked_and_all_that_it_does_not_cover() {
        let (org, multi, one) = (trail("org", true, true), trail("multi", false, true), trail("one", false, false));
        let (org_here, also_org) = (trail("org-here", true, false), trail("org-2", true, true));
        for (all, expected) in [
            (vec![], vec![]),
            (vec![&one, &multi, &org, &org_here], vec!["org"]),
            (vec![&org, &also_org], vec!["org"]),
            (vec![&one, &multi], vec!["multi"]),
            (vec![&one], vec!["one"]),
            (vec![&org_here, &one, &multi], vec!["multi", "org-here"]),
            (vec![&org_here, &one], vec!["org-here", "one"]),
        ] {
            let count = all.len();
            let trails = picked(all.into_iter().cloned().collect());
            let names: Vec<_> = trails.picked.iter().map(|trail| trail.name.as_str()).collect();
            assert_eq!(names, expected);
            assert_eq!(trails.picked.len() + trails.covered.len(), count);
        }
        let mut west = trail("one", false, false);
        west.home_region = "eu-west-1".to_owned();
        assert_eq!(picked(vec![one.clone(), west.clone()]).picked, [west, one], "trails of one region cover none");
    }

    #[test]
    fn where_a_trail_delivers() {
        let described = |prefix: Option<&str>| {
            let trail = Described::builder().s3_bucket_name("logs").set_s3_key_prefix(prefix.map(str::to_owned));
            Trail::of(trail.build()).map(|trail| trail.uri.to_string())
        };
        assert_eq!(described(None).as_deref(), Some("s3://logs/AWSLogs/"));
        assert_eq!(described(Some("")).as_deref(), Some("s3://logs/AWSLogs/"));
        assert_eq!(described(Some("org/trail")).as_deref(), Some("s3://logs/org/trail/AWSLogs/"));
        assert_eq!(Trail::of(Described::builder().name("x").build()), None);
    }
}
