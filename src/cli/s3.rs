//! What can be typed about S3, and what it means.

use std::num::NonZeroUsize;
use std::sync::Arc;

use clap::{Args, value_parser};
use trailscan::input::s3::{Access, DEFAULT_CONCURRENCY, RoleToAssume, S3Request, Scope};
use trailscan::input::{DayRange, Input};

use super::quantity;

/// What can be typed about S3.
#[derive(Clone, Debug, Args)]
pub struct S3Typed {
    /// A profile of the AWS config files [default: AWS_PROFILE, else what the environment has]
    #[arg(long, value_name = "NAME", conflicts_with = "no_sign_request", help_heading = "S3")]
    pub aws_profile: Option<String>,

    /// Read with this role, assumed with the credentials that are found
    #[arg(long, value_name = "ARN", conflicts_with = "no_sign_request", help_heading = "S3")]
    pub assume_role: Option<String>,

    /// What the role's trust policy asks for
    #[arg(long, value_name = "ID", requires = "assume_role", help_heading = "S3")]
    pub external_id: Option<String>,

    /// The region to ask first; a bucket elsewhere is followed to its region
    #[arg(long, value_name = "REGION", help_heading = "S3")]
    pub aws_region: Option<String>,

    /// Another S3 than Amazon's [default: AWS_ENDPOINT_URL_S3, else AWS_ENDPOINT_URL]
    #[arg(long, value_name = "URL", help_heading = "S3")]
    pub endpoint_url: Option<String>,

    /// Name the bucket in the path and not in the host; on when an endpoint is given
    #[arg(long, help_heading = "S3")]
    pub s3_path_style: bool,

    /// Sign no request: for public buckets
    #[arg(long, help_heading = "S3")]
    pub no_sign_request: bool,

    /// Pay for the requests: for buckets whose readers pay
    #[arg(long, help_heading = "S3")]
    pub request_payer: bool,

    /// Objects fetched at once
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..), help_heading = "S3")]
    #[arg(default_value_t = DEFAULT_CONCURRENCY.get() as u16)]
    pub concurrency: u16,

    /// Bytes of objects held in memory on their way to the scan
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = quantity::bytes, help_heading = "S3")]
    pub max_in_flight: u64,
}

impl S3Typed {
    /// What to read of S3, where an input says so: `days` of the accounts and regions that are named, or of all.
    ///
    /// # Errors
    /// When an endpoint is no URL.
    pub fn request(
        &self,
        inputs: &[Input],
        days: DayRange,
        (accounts, regions): (&[String], &[String]),
    ) -> Result<Option<S3Request>, String> {
        let access = Arc::new(self.access()?);
        let uris = inputs.iter().filter_map(|input| match input {
            Input::S3(uri) => Some(uri.clone()),
            Input::Path(_) | Input::Stdin => None,
        });
        let places: Vec<_> = uris.map(|uri| (uri, Arc::clone(&access))).collect();
        Ok((!places.is_empty()).then(|| S3Request {
            places,
            scope: Scope { days, accounts: accounts.to_vec(), regions: regions.to_vec() },
            concurrency: NonZeroUsize::new(self.concurrency.into()).unwrap_or(DEFAULT_CONCURRENCY),
            max_in_flight: self.max_in_flight,
        }))
    }

    /// Who asks, and where.
    ///
    /// # Errors
    /// When an endpoint is no URL.
    pub fn access(&self) -> Result<Access, String> {
        if let Some(url) = self.endpoint_url.as_deref().filter(|url| !is_url(url)) {
            return Err(format!("--endpoint-url {url:?} is no URL: give one such as https://s3.example.com"));
        }
        Ok(Access {
            profile: self.aws_profile.clone(),
            role: self.assume_role.clone().map(|arn| RoleToAssume { arn, external_id: self.external_id.clone() }),
            region: self.aws_region.clone(),
            endpoint_url: self.endpoint_url.clone(),
            path_style: self.s3_path_style,
            unsigned: self.no_sign_request,
            requester_pays: self.request_payer,
        })
    }
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
