//! What holds for all that one asks: region, endpoints, repeats, roots of trust; of the environment, then of the profile.
//!
//! Read once for each [`Access`](super::Access). The environment was held to its rules before (`variables`); a profile is
//! here, and fails alone.
//!
//! Source: AWS SDKs and Tools reference guide, "Settings reference"; AWS CLI configuration guide, "AWS CLI S3
//! configuration"; botocore, `configprovider.py` and `session.py`.

use aws_config::Region;
use aws_config::retry::RetryConfig;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use super::ini::Settings as Section;
use super::profiles::ProfileFiles;
use super::roots::Roots;
use super::variables::{endpoint, metadata_mode, region, retrying, variable};

/// The region that is asked first when nothing names one: any region tells where a bucket lies.
const FIRST_REGION: &str = "us-east-1";

/// What the environment says.
pub type Said = fn(&str) -> Option<String>;

/// What was read.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The region to ask.
    pub region: Region,
    /// How requests are repeated, where anything is said about it.
    pub retrying: Option<RetryConfig>,
    /// Where services are asked.
    pub endpoints: Endpoints,
    /// How a bucket is addressed, where that is said.
    pub addressing: Option<Addressing>,
    /// Whom TLS trusts, where that is said.
    pub roots: Option<Roots>,
    /// How the metadata service of EC2 is asked, where the profile says it.
    pub metadata: Metadata,
}

/// How a bucket is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressing {
    /// `http://host/bucket/key`.
    Path,
    /// `http://bucket.host/key`.
    Virtual,
}

/// Where the metadata service of EC2 is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Its URL.
    pub endpoint: Option<String>,
    /// Whether it is asked by IPv6.
    pub is_ipv6: bool,
}

/// The profile of the environment: AWS_DEFAULT_PROFILE comes before AWS_PROFILE, as in the AWS CLI.
///
/// Source: botocore, `configprovider.py`, `BOTOCORE_DEFAUT_SESSION_VARIABLES`.
pub fn profile_of_environment() -> Option<String> {
    variable("AWS_DEFAULT_PROFILE").or_else(|| variable("AWS_PROFILE"))
}

impl Settings {
    /// Reads all of it: `asked` is the region that the user names, `profile` the profile's own settings, `said` what the
    /// environment says, which is [`variable`] but in tests.
    ///
    /// # Errors
    /// One line that names a setting that cannot be.
    pub fn read(asked: Option<&str>, profile: &Section, files: &ProfileFiles, said: Said) -> Result<Self, String> {
        let of_profile = |name: &str| profile.get(name).filter(|value| !value.is_empty()).cloned();
        let region_name = asked.map(str::to_owned).or_else(|| said("AWS_REGION"));
        let region_name = region_name.or_else(|| said("AWS_DEFAULT_REGION")).or_else(|| of_profile("region"));
        let region_name = region_name.unwrap_or_else(|| FIRST_REGION.to_owned());
        region(&region_name).map_err(|why| format!("region {why}"))?;
        let attempts = said("AWS_MAX_ATTEMPTS").or_else(|| of_profile("max_attempts"));
        let mode = said("AWS_RETRY_MODE").or_else(|| of_profile("retry_mode"));
        let bundle = said("AWS_CA_BUNDLE").map(|path| ("AWS_CA_BUNDLE", path));
        let bundle = bundle.or_else(|| of_profile("ca_bundle").map(|path| ("ca_bundle", path)));
        let roots = bundle.map(|(name, path)| Roots::read(&path).map_err(|why| format!("{name}: {why}")));
        Ok(Self {
            region: Region::new(region_name),
            retrying: retrying(attempts, mode).map_err(|wrong| wrong.of(["max_attempts", "retry_mode"]))?,
            endpoints: Endpoints::read(profile, files, said)?,
            addressing: addressing(of_profile("s3.addressing_style"))?,
            roots: roots.transpose()?,
            metadata: metadata(of_profile, said)?,
        })
    }
}

fn addressing(style: Option<String>) -> Result<Option<Addressing>, String> {
    match style.as_deref() {
        None | Some("auto") => Ok(None),
        Some("path") => Ok(Some(Addressing::Path)),
        Some("virtual") => Ok(Some(Addressing::Virtual)),
        Some(other) => Err(format!("addressing_style is {other:?}: give path, virtual or auto")),
    }
}

fn metadata(of_profile: impl Fn(&str) -> Option<String>, said: Said) -> Result<Metadata, String> {
    let url = said("AWS_EC2_METADATA_SERVICE_ENDPOINT").or_else(|| of_profile("ec2_metadata_service_endpoint"));
    url.as_deref().map_or(Ok(()), endpoint).map_err(|why| format!("ec2_metadata_service_endpoint {why}"))?;
    let mode = said("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
    let mode = mode.or_else(|| of_profile("ec2_metadata_service_endpoint_mode"));
    let is_ipv6 = mode.as_deref().map_or(Ok(false), metadata_mode);
    Ok(Metadata { endpoint: url, is_ipv6: is_ipv6.map_err(|why| format!("ec2_metadata_service_endpoint_mode {why}"))? })
}

/// Where services are asked, if not where Amazon has them: the environment comes before the profile, and what is said of
/// one service before what is said of all.
#[derive(Clone, Debug)]
pub struct Endpoints {
    said: Said,
    is_ignored: bool,
    /// The `[services …]` section that the profile names.
    services: Section,
    of_profile: Option<String>,
}

impl Endpoints {
    fn read(profile: &Section, files: &ProfileFiles, said: Said) -> Result<Self, String> {
        let ignored = said("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
        let ignored = ignored.as_ref().or_else(|| profile.get("ignore_configured_endpoint_urls"));
        let services = match profile.get("services").filter(|name| !name.is_empty()) {
            None => Section::new(),
            Some(name) => {
                let missing = || format!("services = {name}: there is no [services {name}] in the config file");
                files.services.get(name).cloned().ok_or_else(missing)?
            }
        };
        let of_services = services.iter().filter(|(name, _)| name.ends_with(".endpoint_url"));
        let of_profile = profile.get_key_value("endpoint_url").filter(|(_, url)| !url.is_empty());
        for (name, url) in of_services.chain(of_profile).filter(|(_, url)| !url.is_empty()) {
            endpoint(url).map_err(|why| format!("{name} {why}"))?;
        }
        let of_profile = of_profile.map(|(_, url)| url.clone());
        let is_ignored = ignored.is_some_and(|text| text.eq_ignore_ascii_case("true"));
        Ok(Self { said, is_ignored, of_profile, services })
    }

    /// The endpoint of a service, by its id: `S3`, `CloudTrail`, `STS`.
    pub fn of(&self, service: &str) -> Option<String> {
        if self.is_ignored {
            return None;
        }
        let id = service.to_ascii_lowercase().replace([' ', '-'], "_");
        let of_service = || self.services.get(&format!("{id}.endpoint_url")).filter(|url| !url.is_empty()).cloned();
        (self.said)(&format!("AWS_ENDPOINT_URL_{}", id.to_ascii_uppercase()))
            .or_else(|| (self.said)("AWS_ENDPOINT_URL"))
            .or_else(of_service)
            .or_else(|| self.of_profile.clone())
    }
}

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        match key.env() {
            "AWS_ENDPOINT_URL" => self.of(key.service_id()),
            other => (self.said)(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ini::sections;
    use super::*;

    /// The settings of a profile, and the services beside it; the environment says nothing.
    fn read(profile: &str) -> Result<Settings, String> {
        let text = format!("[x]\n{profile}");
        let section = sections(&text).unwrap().remove(0).settings;
        let mut files = ProfileFiles::default();
        let services = "[dev]\ns3 =\n  endpoint_url = http://localhost:9000\nsts =\n  endpoint_url =\n";
        let bad = "[bad]\ncloudtrail =\n  endpoint_url = localhost\n";
        for section in sections(&format!("{services}{bad}")).unwrap() {
            files.services.insert(section.name, section.settings);
        }
        Settings::read(None, &section, &files, |_| None)
    }

    #[test]
    fn one_service_comes_before_all() {
        let settings = read("services = dev\nendpoint_url = http://localhost:1\n").unwrap();
        assert_eq!(settings.endpoints.of("S3").as_deref(), Some("http://localhost:9000"));
        assert_eq!(settings.endpoints.of("STS").as_deref(), Some("http://localhost:1"), "an empty one says nothing");
        let none = read("services = dev\nignore_configured_endpoint_urls = true\n").unwrap();
        assert_eq!(none.endpoints.of("S3"), None);
        assert_eq!(read("").unwrap().endpoints.of("S3"), None);
    }

    #[test]
    fn the_environment_comes_before_the_profile() {
        let said: Said = |name| match name {
            "AWS_REGION" => Some("eu-west-1".to_owned()),
            "AWS_MAX_ATTEMPTS" => Some("9".to_owned()),
            "AWS_ENDPOINT_URL" => Some("http://all".to_owned()),
            "AWS_ENDPOINT_URL_STS" => Some("http://sts".to_owned()),
            _ => None,
        };
        let text = "[x]\nregion = us-west-2\nmax_attempts = 2\nendpoint_url = http://profile\n";
        let profile = sections(text).unwrap().remove(0).settings;
        let settings = Settings::read(None, &profile, &ProfileFiles::default(), said).unwrap();
        assert_eq!((settings.region.as_ref(), settings.retrying.unwrap().max_attempts()), ("eu-west-1", 9));
        let of = |service| settings.endpoints.of(service).unwrap_or_default();
        assert_eq!([of("STS"), of("S3"), of("CloudTrail")], ["http://sts", "http://all", "http://all"]);
        let named = Settings::read(Some("us-east-2"), &profile, &ProfileFiles::default(), said).unwrap();
        assert_eq!(named.region.as_ref(), "us-east-2");
    }

    #[test]
    fn settings_that_cannot_be_are_named() {
        for (profile, expected) in [
            ("region = eu west", "region is \"eu west\": give the name of a region"),
            ("max_attempts = 0", "max_attempts is \"0\": give how often to try"),
            ("retry_mode = loud", "retry_mode is \"loud\": give standard, adaptive or legacy"),
            ("services = none", "services = none: there is no [services none] in the config file"),
            ("services = bad", "cloudtrail.endpoint_url \"localhost\" is not a URL"),
            ("endpoint_url = x", "endpoint_url \"x\" is not a URL"),
            ("s3 =\n  addressing_style = odd", "addressing_style is \"odd\": give path, virtual or auto"),
            ("ec2_metadata_service_endpoint_mode = v6", "ec2_metadata_service_endpoint_mode is \"v6\""),
            ("ca_bundle = /none.pem", "ca_bundle: /none.pem: "),
        ] {
            let why = read(profile).err().unwrap_or_default();
            assert!(why.starts_with(expected), "{profile}: {why}");
        }
    }

    #[test]
    fn settings_that_are_empty_are_none() {
        let empty = "region =\nmax_attempts =\nretry_mode = legacy\nendpoint_url =\nservices =\nca_bundle =\n";
        let settings = read(empty).unwrap();
        assert_eq!((settings.retrying, settings.addressing, settings.roots.is_some()), (None, None, false));
        let path = read("max_attempts = 2\ns3 =\n  addressing_style = path\n").unwrap();
        assert_eq!(path.addressing, Some(Addressing::Path));
        assert_eq!(path.retrying.unwrap().max_attempts(), 2);
    }
}
