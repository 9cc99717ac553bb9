//! The credentials that a command of the user gives: `credential_process`. It is waited for as long as it takes, and ends
//! when nobody waits any more. What it writes is told to nobody: that may be anything, also a secret.
//!
//! Source: AWS SDKs and Tools reference guide, "Process credential provider".

use std::process::Stdio;
use std::time::SystemTime;

use aws_sdk_s3::config::Credentials;
use chrono::DateTime;
use serde::Deserialize;
use tokio::process::Command;

/// What the command writes.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Given {
    version: u32,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    expiration: Option<String>,
}

/// Runs `command` and reads what it gives.
///
/// # Errors
/// In words of ours.
pub async fn credentials(command: &str) -> Result<Credentials, String> {
    let mut shell = shell(command);
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let output = shell.output().await.map_err(|error| format!("it cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("it ended with {}", output.status));
    }
    given(&output.stdout, SystemTime::now())
}

#[cfg(not(windows))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]);
    shell
}

#[cfg(windows)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd.exe");
    // cmd takes the quotes around all of it away, and leaves those within.
    shell.arg("/C").raw_arg(format!("\"{command}\""));
    shell
}

fn given(output: &[u8], now: SystemTime) -> Result<Credentials, String> {
    let form = "what it writes is not JSON with Version 1, AccessKeyId and SecretAccessKey";
    // The error of the parser would repeat some of it.
    let given: Given = serde_json::from_slice(output).map_err(|_| form)?;
    if given.version != 1 || given.access_key_id.is_empty() || given.secret_access_key.is_empty() {
        return Err(form.to_owned());
    }
    let end = given.expiration.as_deref().filter(|text| !text.is_empty()).map(DateTime::parse_from_rfc3339);
    let end = end.transpose().map_err(|_| "its Expiration is not a time in RFC 3339")?.map(SystemTime::from);
    if end.is_some_and(|end| end <= now) {
        return Err("it gives credentials that have expired".to_owned());
    }
    let token = given.session_token.filter(|token| !token.is_empty());
    Ok(Credentials::new(given.access_key_id, given.secret_access_key, token, end, "trailscan"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_may_write() {
        let now = SystemTime::from(DateTime::parse_from_rfc3339("2026-09-14T12:00:00Z").unwrap());
        let of = |rest: &str| {
            let text = format!("{{\"AccessKeyId\": \"AKIAIOSFODNN7EXAMPLE\", \"SecretAccessKey\": \"hidden\"{rest}}}");
            given(text.as_bytes(), now)
        };
        let lasting = of(", \"Version\": 1, \"SessionToken\": \"\", \"More\": [1]").unwrap();
        assert_eq!((lasting.session_token(), lasting.expiry()), (None, None));
        let session =
            of(", \"Version\": 1, \"SessionToken\": \"t\", \"Expiration\": \"2026-09-14T15:00:00+02:00\"").unwrap();
        assert_eq!(session.session_token(), Some("t"));
        assert_eq!(session.expiry().unwrap().duration_since(now).unwrap().as_secs(), 3600);
        for (rest, why) in [
            ("", "not JSON with Version 1"),
            (", \"Version\": 2", "not JSON with Version 1"),
            (", \"Version\": \"hidden\"", "not JSON with Version 1"),
            (", \"Version\": 1, \"Expiration\": \"soon\"", "not a time in RFC 3339"),
            (", \"Version\": 1, \"Expiration\": \"2026-09-14T12:00:00Z\"", "have expired"),
        ] {
            let said = of(rest).unwrap_err();
            assert!(said.contains(why) && !said.contains("hidden"), "{rest}: {said}");
        }
        assert!(given(b"hidden", now).unwrap_err().contains("not JSON"));
    }
}
