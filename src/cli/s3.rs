//! What can be typed about S3, and what it means.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::sync::{Arc, OnceLock};

use clap::{Args, value_parser};
use trailscan::input::s3::{
    self, Access, CredentialKind, DEFAULT_CONCURRENCY, Kept, RoleToAssume, S3Place, S3Request, Scope,
};
use trailscan::input::{DayRange, FoundObject, Input, S3Uri};

use super::{mfa, profiles, quantity};

/// The one who pays, with `--request-payer`.
const REQUESTER: &str = "requester";

/// What can be typed about S3.
#[derive(Clone, Debug, Args)]
pub struct S3Typed {
    /// A profile of the AWS config files; may be repeated [default: the keys of the environment, else AWS_PROFILE]
    ///
    /// Of several profiles, the first that may list an s3:// INPUT reads it, so nothing is read twice. Without INPUT
    /// each profile's trails are looked up, and all their buckets are read: each with the profile that sees the trail,
    /// else with the first other that may list it. A profile without credentials is named and the others go on (exit 3).
    /// `trailscan profiles` lists the profiles and whether their credentials can be had.
    #[arg(
        long,
        visible_alias = "profile",
        value_name = "NAME",
        conflicts_with = "no_sign_request",
        help_heading = "S3"
    )]
    pub aws_profile: Vec<String>,

    /// As --aws-profile with every profile of the AWS config files that names credentials
    #[arg(long, conflicts_with_all = ["aws_profile", "no_sign_request"], help_heading = "S3")]
    pub all_profiles: bool,

    /// Assume this role with the credentials found
    #[arg(
        long,
        visible_alias = "role-arn",
        value_name = "ARN",
        conflicts_with = "no_sign_request",
        help_heading = "S3"
    )]
    pub assume_role: Option<String>,

    /// What the role's trust policy asks for
    #[arg(hide_short_help = true, long, value_name = "ID", requires = "assume_role", help_heading = "S3")]
    pub external_id: Option<String>,

    /// The region to ask first; a bucket elsewhere is followed to its region
    #[arg(long, value_name = "REGION", help_heading = "S3")]
    pub aws_region: Option<String>,

    /// Another S3 than Amazon's [default: AWS_ENDPOINT_URL_S3, else AWS_ENDPOINT_URL]
    #[arg(long, value_name = "URL", help_heading = "S3")]
    pub endpoint_url: Option<String>,

    /// Name the bucket in the path and not in the host; on when an endpoint is given
    #[arg(hide_short_help = true, long, help_heading = "S3")]
    pub s3_path_style: bool,

    /// Sign no request: for public buckets
    #[arg(long, help_heading = "S3")]
    pub no_sign_request: bool,

    /// Pay for the requests: for buckets whose readers pay; `requester`, as the AWS CLI has it, may follow
    #[arg(hide_short_help = true, long, num_args = 0..=1, require_equals = true, default_missing_value = REQUESTER)]
    #[arg(value_name = REQUESTER, value_parser = [REQUESTER], help_heading = "S3")]
    pub request_payer: Option<String>,

    /// Objects fetched at once
    #[arg(hide_short_help = true, long, value_name = "N", value_parser = value_parser!(u16).range(1..), help_heading = "S3")]
    #[arg(default_value_t = DEFAULT_CONCURRENCY.get() as u16)]
    pub concurrency: u16,

    /// Bytes of objects held in memory on their way to the scan
    #[arg(hide_short_help = true, long, value_name = "SIZE", default_value = "256MiB", value_parser = quantity::bytes, help_heading = "S3")]
    pub max_in_flight: u64,

    /// Who asks, once that is known: whoever asks again is the same, and has credentials by then.
    #[arg(skip)]
    known: Arc<OnceLock<Vec<Arc<Access>>>>,
}

impl S3Typed {
    /// What to read of S3, where an input says so: `days` of the accounts and regions that are named, or of all. Without
    /// any input the places are still to be found: those of the trails.
    ///
    /// # Errors
    /// When an endpoint is not a URL, or there are no profiles.
    pub fn request(
        &self,
        inputs: &[Input],
        days: DayRange,
        (accounts, regions): (&[String], &[String]),
    ) -> Result<Option<S3Request>, String> {
        let uris: Vec<_> = inputs.iter().filter_map(Input::s3).collect();
        if uris.is_empty() && !inputs.is_empty() {
            return Ok(None);
        }
        let who = self.who()?;
        Ok(Some(S3Request {
            places: uris.into_iter().map(|uri| S3Place { uri: uri.clone(), who: who.clone(), listed: None }).collect(),
            failures: Vec::new(),
            scope: Scope { days, accounts: accounts.to_vec(), regions: regions.to_vec() },
            concurrency: NonZeroUsize::new(self.concurrency.into()).unwrap_or(DEFAULT_CONCURRENCY),
            max_in_flight: self.max_in_flight,
            digests: false,
        }))
    }

    /// What to read of S3 of objects that were listed before, and nothing else.
    ///
    /// # Errors
    /// As [`S3Typed::request`].
    pub fn of_listed(&self, objects: &[FoundObject]) -> Result<Option<S3Request>, String> {
        let buckets: BTreeSet<String> = objects.iter().filter_map(FoundObject::s3).map(|uri| uri.bucket).collect();
        if buckets.is_empty() {
            return Ok(None);
        }
        let bucket = |bucket| Input::S3(S3Uri { bucket, key: String::new() });
        let buckets: Vec<Input> = buckets.into_iter().map(bucket).collect();
        let request = self.request(&buckets, DayRange::ALL, (&[], &[]))?;
        Ok(request.map(|request| request.of_listed(objects)))
    }

    /// Who asks, in turn; the same whenever it is asked.
    ///
    /// # Errors
    /// When an endpoint is not a URL, there are no profiles, or a variable of the environment cannot be.
    pub fn who(&self) -> Result<Vec<Arc<Access>>, String> {
        match self.known.get() {
            Some(known) => Ok(known.clone()),
            None => self.all().map(|all| self.known.get_or_init(|| all).clone()),
        }
    }

    fn all(&self) -> Result<Vec<Arc<Access>>, String> {
        s3::check_environment(!self.no_sign_request).map_err(|error| error.to_string())?;
        let access = self.access()?;
        let mut names = self.aws_profile.clone();
        if self.all_profiles {
            let profiles = s3::profiles().map_err(|error| error.to_string())?;
            let able = profiles.into_iter().filter(|profile| profile.credentials != CredentialKind::None);
            names = able.map(|profile| profile.name).collect();
            if names.is_empty() {
                return Err(format!("--all-profiles: {}", profiles::NO_PROFILE));
            }
        }
        if names.is_empty() {
            return Ok(vec![Arc::new(access)]);
        }
        let mut known = BTreeSet::new();
        names.retain(|name| known.insert(name.clone()));
        let named = names.into_iter().map(|name| {
            let kept = Kept::asking(mfa::ask);
            Arc::new(Access { profile: Some(name), kept, ..access.clone() })
        });
        Ok(named.collect())
    }

    fn access(&self) -> Result<Access, String> {
        if let Some(url) = self.endpoint_url.as_deref().filter(|url| !is_url(url)) {
            return Err(format!("--endpoint-url {url:?} is not a URL: give one such as https://s3.example.com"));
        }
        Ok(Access {
            profile: self.aws_profile.first().cloned(),
            role: self.assume_role.clone().map(|arn| RoleToAssume { arn, external_id: self.external_id.clone() }),
            region: self.aws_region.clone(),
            endpoint_url: self.endpoint_url.clone(),
            path_style: self.s3_path_style,
            unsigned: self.no_sign_request,
            requester_pays: self.request_payer.is_some(),
            kept: Kept::asking(mfa::ask),
        })
    }
}

/// Binds `requester` to the `--request-payer` that stands before it, as the AWS CLI has it: the flag is also typed alone,
/// and what follows it then is INPUT.
pub fn bind_requester(words: Vec<OsString>) -> Vec<OsString> {
    let mut bound: Vec<OsString> = Vec::with_capacity(words.len());
    for word in words {
        match bound.last_mut() {
            Some(flag) if flag == "--request-payer" && word == REQUESTER => flag.push("=requester"),
            _ => bound.push(word),
        }
    }
    bound
}

fn is_url(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use trailscan::input::s3::DEFAULT_MAX_IN_FLIGHT;

    use super::*;

    #[test]
    fn the_default_is_what_the_help_says() {
        assert_eq!(quantity::bytes("256MiB"), Ok(DEFAULT_MAX_IN_FLIGHT));
    }

    #[test]
    fn urls() {
        assert_eq!(
            ["http://127.0.0.1:9000", "https://s3.example.com", "s3.example.com", "http://", "https:///x"].map(is_url),
            [true, true, false, false, false]
        );
    }
}
