//! What the environment says about AWS, checked before anything is asked: what is empty is not set, as for the AWS CLI, and
//! what cannot be is refused by the variable's name. A profile's settings are read by the same rules.
//!
//! The SDK reads most of them too, but panics over some, falls back in silence for others, and takes an empty one for a
//! value. So it is given what was read here.
//!
//! Source: AWS SDKs and Tools reference guide, "Environment variables list"; AWS CLI user guide, "Configuring environment
//! variables".

use aws_config::retry::{RetryConfig, RetryMode};

/// A variable that says something.
pub fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?.to_string_lossy().trim().to_owned();
    (!value.is_empty()).then_some(value)
}

/// A variable of the environment says what cannot be: one line that names it, and what it may be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EnvironmentError(String);

/// Holds the whole environment to these rules; keys only where requests are signed.
///
/// # Errors
/// When a variable says what cannot be.
pub fn check_environment(is_signed: bool) -> Result<(), EnvironmentError> {
    checked(is_signed).map_err(EnvironmentError)
}

fn checked(is_signed: bool) -> Result<(), String> {
    retrying(variable("AWS_MAX_ATTEMPTS"), variable("AWS_RETRY_MODE"))
        .map_err(|wrong| wrong.of(["AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE"]))?;
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        variable(name).map_or(Ok(()), |value| region(&value)).map_err(|why| format!("{name} {why}"))?;
    }
    for (name, value) in std::env::vars_os() {
        let (name, value) = (name.to_string_lossy(), value.to_string_lossy());
        let is_endpoint = name.starts_with("AWS_ENDPOINT_URL") || name == "AWS_EC2_METADATA_SERVICE_ENDPOINT";
        if is_endpoint && !value.trim().is_empty() {
            endpoint(value.trim()).map_err(|why| format!("{name} {why}"))?;
        }
    }
    for name in ["AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC"] {
        // Who signs in by SSO leaves these to the SDK, which takes an empty one for a URL.
        if std::env::var_os(name).is_some() && variable(name).is_none() {
            return Err(format!("{name} is empty: unset it"));
        }
    }
    let mode = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
    mode.map_or(Ok(()), |mode| metadata_mode(&mode).map(drop))
        .map_err(|why| format!("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE {why}"))?;
    let half = |one: &str, other: &str| variable(one).is_some() && variable(other).is_none();
    for (one, other) in [(KEY_ID, SECRET), (SECRET, KEY_ID)] {
        if is_signed && half(one, other) {
            return Err(format!("{one} is set and {other} is not: set both, or none"));
        }
    }
    Ok(())
}

/// The variable of an access key.
pub const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
/// The variable of its secret.
pub const SECRET: &str = "AWS_SECRET_ACCESS_KEY";

/// What is wrong about repeating.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrongRetrying {
    /// With the number of attempts.
    Attempts(String),
    /// With the mode.
    Mode(String),
}

impl WrongRetrying {
    /// With the names of the two settings.
    pub fn of(self, [attempts, mode]: [&str; 2]) -> String {
        match self {
            Self::Attempts(why) => format!("{attempts} {why}"),
            Self::Mode(why) => format!("{mode} {why}"),
        }
    }
}

/// How requests are repeated, where anything is said about it. `legacy`, which no SDK but botocore has, is `standard`.
///
/// # Errors
/// When there are no attempts, or no such mode.
pub fn retrying(attempts: Option<String>, mode: Option<String>) -> Result<Option<RetryConfig>, WrongRetrying> {
    let number = attempts.as_deref().map(|text| {
        let number = text.parse::<u32>().ok().filter(|number| *number > 0);
        number.ok_or_else(|| {
            WrongRetrying::Attempts(format!("is {text:?}: give how often to try, 1 or more, or unset it"))
        })
    });
    let number = number.transpose()?;
    let mode = match mode.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("legacy" | "standard") => RetryMode::Standard,
        Some("adaptive") => RetryMode::Adaptive,
        Some(_) => {
            let text = mode.unwrap_or_default();
            return Err(WrongRetrying::Mode(format!("is {text:?}: give standard, adaptive or legacy, or unset it")));
        }
    };
    Ok(number.map(|number| RetryConfig::standard().with_retry_mode(mode).with_max_attempts(number)))
}

/// Whether a text can be the name of a region.
///
/// # Errors
/// What it is instead.
pub fn region(text: &str) -> Result<(), String> {
    let is_name = text.len() <= 63 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_name { Ok(()) } else { Err(format!("is {text:?}: give the name of a region, such as eu-west-1")) }
}

/// Whether a text can be an endpoint.
///
/// # Errors
/// What it is instead.
pub fn endpoint(text: &str) -> Result<(), String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let is_url = host.is_some_and(|host| !host.is_empty()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    // What stands before an @ may be a password.
    let shown = if text.contains('@') { "it".to_owned() } else { format!("{text:?}") };
    if is_url { Ok(()) } else { Err(format!("{shown} is not a URL: give one such as https://s3.example.com")) }
}

/// Whether the metadata service is asked by IPv6.
///
/// # Errors
/// When it is neither.
pub fn metadata_mode(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "ipv4" => Ok(false),
        "ipv6" => Ok(true),
        _ => Err(format!("is {text:?}: give IPv4 or IPv6, or unset it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_often_and_how() {
        let said = |attempts: &str, mode: &str| {
            let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            retrying(said(attempts), said(mode)).map_err(|wrong| wrong.of(["N", "M"]))
        };
        for mode in ["", "legacy", "Legacy", "standard", "adaptive"] {
            assert_eq!(said("", mode), Ok(None), "{mode}");
            assert_eq!(said("4", mode).unwrap().unwrap().max_attempts(), 4, "{mode}");
        }
        for wrong in ["0", "-1", "many", "1.5", "99999999999"] {
            let why = said(wrong, "").unwrap_err();
            assert_eq!(why, format!("N is {wrong:?}: give how often to try, 1 or more, or unset it"));
        }
        assert_eq!(said("", "loud").unwrap_err(), "M is \"loud\": give standard, adaptive or legacy, or unset it");
    }

    #[test]
    fn regions_endpoints_and_modes() {
        assert_eq!(["eu-west-1", "US-EAST-1", "aws-global", "x"].map(|text| region(text).is_ok()), [true; 4]);
        assert_eq!(["eu west", "eu-west-1/", "é", &"x".repeat(64)].map(|text| region(text).is_ok()), [false; 4]);
        for good in ["http://127.0.0.1:9000", "https://s3.example.com", "http://[::1]:9000/x"] {
            assert_eq!(endpoint(good), Ok(()), "{good}");
        }
        for wrong in
            ["s3.example.com", "http://", "https:///x", "ftp://x", "http://a b", "localhost:9000", "ftp://me:secret@x"]
        {
            let why = endpoint(wrong).unwrap_err();
            assert!(why.contains("is not a URL") && !why.contains("secret"), "{why}");
        }
        assert_eq!([metadata_mode("IPv4"), metadata_mode("ipv6")], [Ok(false), Ok(true)]);
        assert!(metadata_mode("v6").is_err());
    }
}
