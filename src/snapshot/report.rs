//! The credential report: made when asked for, ready some seconds later, and at most four hours old.
//!
//! Source: IAM user guide, "Generate credential reports for your AWS account"; IAM API reference, "GenerateCredentialReport",
//! "GetCredentialReport" (its errors ReportNotPresent, ReportInProgress and ReportExpired).

use std::time::Duration;

use aws_sdk_iam::types::ReportStateType;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::asker::{Asker, Lost};
use super::shapes;

/// How long to wait before asking again.
const AGAIN: Duration = Duration::from_secs(1);

/// Asks that a report be made, without waiting for it.
///
/// # Errors
/// What IAM says.
pub(super) async fn begin(asker: &Asker) -> Result<bool, Lost> {
    let asked = asker.iam.generate_credential_report().send();
    let answer = asker.calls.once("iam:GenerateCredentialReport", asked).await?;
    Ok(answer.state == Some(ReportStateType::Complete))
}

/// The report as `aws iam get-credential-report` prints it, once it is ready; not later than `within`.
///
/// # Errors
/// What IAM says, or that it is not ready in time.
pub(super) async fn ask(asker: &Asker, within: Duration) -> Result<Value, Lost> {
    let end = Instant::now() + within;
    loop {
        if begin(asker).await? {
            let asked = asker.iam.get_credential_report().send();
            match asker.calls.once("iam:GetCredentialReport", asked).await {
                Ok(report) => {
                    let content = report.content.ok_or_else(|| Lost::because("IAM answers without a report"))?;
                    return Ok(shapes::object([
                        ("Content", json!(STANDARD.encode(content))),
                        ("ReportFormat", json!(report.report_format.as_ref().map(|format| format.as_str()))),
                        ("GeneratedTime", report.generated_time.as_ref().map_or(Value::Null, shapes::time)),
                    ]));
                }
                // It expired, or another is being made since.
                Err(lost) if is_passing(&lost) => {}
                Err(lost) => return Err(lost),
            }
        }
        if Instant::now() + AGAIN > end {
            let seconds = within.as_secs();
            return Err(Lost::because(format!(
                "the credential report is still being made after {seconds} s: try again later, or give --report-wait more"
            )));
        }
        tokio::time::sleep(AGAIN).await;
    }
}

fn is_passing(lost: &Lost) -> bool {
    ["ReportExpired", "ReportInProgress", "ReportNotPresent"].iter().any(|code| lost.code.contains(code))
}
