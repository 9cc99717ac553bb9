//! Which services each user, group and role may use, and used last: a job of IAM each, begun for all of them and then
//! collected.
//!
//! Source: IAM API reference, "GenerateServiceLastAccessedDetails", "GetServiceLastAccessedDetails".

use std::time::Duration;

use aws_sdk_iam::operation::get_service_last_accessed_details::GetServiceLastAccessedDetailsOutput;
use aws_sdk_iam::types::{JobStatusType, ServiceLastAccessed};
use serde_json::{Value, json};

use super::asker::{Asker, Lost};
use super::shapes;

/// How long to wait before asking again.
const AGAIN: Duration = Duration::from_millis(500);
/// How often a job that goes on is asked for.
const MOST: usize = 240;

/// A document for each ARN, one behind the other, as `aws iam get-service-last-accessed-details` prints them; it does not
/// say whose they are, so each has a member `Arn` more.
///
/// # Errors
/// What IAM says of the first that it refuses.
pub(super) async fn ask(asker: &Asker, arns: &[String]) -> Result<String, Lost> {
    let mut jobs = Vec::new();
    for arn in arns {
        let asked = asker.iam.generate_service_last_accessed_details().arn(arn).send();
        match asker.calls.once("iam:GenerateServiceLastAccessedDetails", asked).await {
            Ok(begun) => jobs.extend(begun.job_id.map(|job| (arn, job))),
            Err(lost) if lost.is_absence() => {}
            Err(lost) => return Err(Lost { why: format!("{arn}: {}", lost.why), ..lost }),
        }
    }
    let mut all = String::new();
    for (arn, job) in jobs {
        let document = collected(asker, arn, &job).await;
        let document = document.map_err(|lost| Lost { why: format!("{arn}: {}", lost.why), ..lost })?;
        all.push_str(&shapes::text(&document));
    }
    Ok(all)
}

async fn collected(asker: &Asker, arn: &str, job: &str) -> Result<Value, Lost> {
    let (mut services, mut marker) = (Vec::new(), None);
    for _ in 0..MOST {
        let page = page(asker, job, marker.clone()).await?;
        match page.job_status {
            JobStatusType::Completed => {}
            JobStatusType::InProgress => {
                tokio::time::sleep(AGAIN).await;
                continue;
            }
            _ => return Err(Lost::because("IAM could not tell which services were used: try again later")),
        }
        services.extend(page.services_last_accessed.iter().map(service));
        match page.marker.clone().filter(|_| page.is_truncated) {
            Some(next) => marker = Some(next),
            None => return Ok(document(arn, &page, services)),
        }
    }
    Err(Lost::because("IAM is still finding out which services were used: try again later"))
}

async fn page(asker: &Asker, job: &str, marker: Option<String>) -> Result<GetServiceLastAccessedDetailsOutput, Lost> {
    let asked = asker.iam.get_service_last_accessed_details().job_id(job).set_marker(marker).send();
    asker.calls.once("iam:GetServiceLastAccessedDetails", asked).await
}

fn document(arn: &str, page: &GetServiceLastAccessedDetailsOutput, services: Vec<Value>) -> Value {
    shapes::object([
        ("Arn", json!(arn)),
        ("JobStatus", json!(page.job_status.as_str())),
        ("JobType", json!(page.job_type.as_ref().map(|kind| kind.as_str()))),
        ("JobCreationDate", shapes::time(&page.job_creation_date)),
        ("ServicesLastAccessed", Value::Array(services)),
        ("JobCompletionDate", shapes::time(&page.job_completion_date)),
        ("IsTruncated", json!(false)),
    ])
}

fn service(service: &ServiceLastAccessed) -> Value {
    shapes::object([
        ("ServiceName", json!(service.service_name)),
        ("ServiceNamespace", json!(service.service_namespace)),
        ("LastAuthenticated", service.last_authenticated.as_ref().map_or(Value::Null, shapes::time)),
        ("LastAuthenticatedEntity", json!(service.last_authenticated_entity)),
        ("LastAuthenticatedRegion", json!(service.last_authenticated_region)),
        ("TotalAuthenticatedEntities", json!(service.total_authenticated_entities)),
    ])
}
