//! Which services users, groups and roles used last: `aws iam get-service-last-accessed-details`, with the `Arn` that
//! `trailscan iam-snapshot` adds. What the AWS CLI prints does not say whose it is, and is passed over.
//!
//! Source: IAM API reference, GetServiceLastAccessedDetails; IAM user guide, "Refine permissions in AWS using last accessed
//! information": every attempt counts, also one that was denied; a service without a time was not accessed in the tracking
//! period, which is 400 days or, where IAM has tracked a region for less, shorter.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::scalar::{Moment, Text, or_default};
use crate::model::EventTime;

/// What users, groups and roles accessed, by arn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastAccessed(pub BTreeMap<String, ServicesAccessed>);

/// The services that somebody may use, by their prefix in policies, each with when it was accessed last; `None` where it was
/// not in the tracking period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServicesAccessed(pub BTreeMap<String, Option<EventTime>>);

/// A document as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Page {
    arn: Text,
    job_completion_date: Moment,
    #[serde(deserialize_with = "or_default")]
    services_last_accessed: Vec<Written>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Written {
    service_namespace: Text,
    last_authenticated: Moment,
}

/// Puts the documents together; the second value is when the first of the jobs was done.
pub(super) fn of(pages: Vec<Page>) -> (LastAccessed, Option<EventTime>) {
    let as_of = pages.iter().filter_map(|page| page.job_completion_date.0).min();
    let mut all = LastAccessed::default();
    for page in pages.into_iter().filter(|page| !page.arn.0.is_empty()) {
        let services = &mut all.0.entry(page.arn.0).or_default().0;
        for written in page.services_last_accessed {
            let known = services.entry(written.service_namespace.0).or_default();
            *known = (*known).max(written.last_authenticated.0);
        }
    }
    (all, as_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_by_arn() {
        let text = r#"{"Arn": "a", "JobStatus": "COMPLETED", "JobCompletionDate": "2026-09-02T00:00:00+00:00",
                "ServicesLastAccessed": [
                {"ServiceName": "AWS IAM", "ServiceNamespace": "iam", "LastAuthenticated": "2026-09-01T10:00:00+00:00"},
                {"ServiceNamespace": "s3", "TotalAuthenticatedEntities": 0}]}
            {"Arn": "b", "JobStatus": "COMPLETED", "JobCompletionDate": 1788220800, "ServicesLastAccessed": null}
            {"JobStatus": "COMPLETED", "ServicesLastAccessed": [{"ServiceNamespace": "ec2"}]}"#;
        let pages = serde_json::Deserializer::from_str(text).into_iter().map(Result::unwrap).collect();
        let (all, as_of) = of(pages);
        assert_eq!(all.0.keys().collect::<Vec<_>>(), ["a", "b"], "nobody is named in the third");
        assert_eq!(all.0["a"].0["iam"], EventTime::parse("2026-09-01T10:00:00Z"));
        assert_eq!(all.0["a"].0.get("s3"), Some(&None));
        assert_eq!(all.0["a"].0.get("ec2"), None);
        assert_eq!(as_of, Some(EventTime::from_seconds(1_788_220_800)));
    }
}
