//! Roles that calls give to code which somebody else writes: functions, instances, tasks, builds, stacks, jobs. Whoever makes
//! them needs iam:PassRole, and has what the role may do through the code. CloudTrail does not record PassRole itself.
//!
//! Source: IAM user guide, "Grant a user permissions to pass a role to an AWS service"; API references of the services, for the
//! members; CloudTrail writes their names with a small first letter, but for what Amazon EC2 keeps below the name of a request.
//!
//! Known misses: roles of services that are not listed in `calls`, code that is put where a role is already (UpdateFunctionCode,
//! SendCommand), and all but the last role of a pipeline definition.

use std::borrow::Cow;

use serde_json::Value;

use super::shared;
use crate::model::{Event, Raw, members, text};

/// Where requests have the role, or the instance profile of it, by its name or its ARN.
const PLACES: [&str; 18] = [
    // Before serviceRole, which is not the machines' role.
    "jobFlowRole",
    "role",
    "roleArn",
    "roleARN",
    "serviceRole",
    "serviceRoleOverride",
    "executionRoleArn",
    "jobUpdate.role",
    "target.roleArn",
    "pipeline.roleArn",
    "containerProperties.jobRoleArn",
    "instanceConfiguration.instanceRoleArn",
    "iamInstanceProfile",
    "iamInstanceProfile.arn",
    "iamInstanceProfile.name",
    "launchSpecification.iamInstanceProfile.arn",
    "launchSpecification.iamInstanceProfile.name",
    "parameters.AutomationAssumeRole",
];

/// As [`PLACES`], of templates that instances are launched from.
const TEMPLATES: [&str; 4] = [
    "CreateLaunchTemplateRequest.LaunchTemplateData.IamInstanceProfile.Arn",
    "CreateLaunchTemplateRequest.LaunchTemplateData.IamInstanceProfile.Name",
    "CreateLaunchTemplateVersionRequest.LaunchTemplateData.IamInstanceProfile.Arn",
    "CreateLaunchTemplateVersionRequest.LaunchTemplateData.IamInstanceProfile.Name",
];

/// As [`PLACES`], of tasks. Their execution role is for the agent, not for the code.
const TASKS: [&str; 2] = ["taskRoleArn", "overrides.taskRoleArn"];

/// The name of the role or instance profile that the call gives to code; empty where it gives none.
pub(super) fn role<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let request = event.request_parameters;
    let role = match event.event_name {
        "PutPipelineDefinition" => of_pipeline(request),
        "CreateLaunchTemplate" | "CreateLaunchTemplateVersion" => first_of(request, &TEMPLATES),
        "RegisterTaskDefinition" | "RunTask" | "StartTask" => first_of(request, &TASKS),
        _ => first_of(request, &PLACES),
    };
    match shared::last_of(role) {
        // A name may have its path before it.
        Cow::Borrowed(name) => Cow::Borrowed(name.rsplit('/').next().unwrap_or_default()),
        Cow::Owned(name) => Cow::Owned(name.rsplit('/').next().unwrap_or_default().to_owned()),
    }
}

/// Whether the call was refused because the caller may not pass the role.
pub(super) fn is_refused(event: &Event<'_>) -> bool {
    event.error_message.contains("iam:PassRole")
}

/// The text at the first of `places` that has one; the request is read once for all of them.
fn first_of<'a, const N: usize>(request: &'a str, places: &[&str; N]) -> Cow<'a, str> {
    let parted = places.map(parted);
    let found = members(request, parted.map(|(name, _)| name));
    // Of names that stand twice among the places the first is found.
    let at_name = |name| parted.iter().position(|(known, _)| *known == name).map_or(Raw::Null, |first| found[first]);
    let mut texts = parted.iter().map(|&(name, rest)| within(at_name(name), rest));
    texts.find(|text| !text.is_empty()).unwrap_or_default()
}

/// The first member of a path, and the path from there.
fn parted(path: &str) -> (&str, &str) {
    path.split_once('.').unwrap_or((path, ""))
}

/// The text at a path within a value, or the first of a list there.
fn within<'a>(value: Raw<'a>, path: &str) -> Cow<'a, str> {
    match value {
        Raw::Null => Cow::Borrowed(""),
        inner if !path.is_empty() => {
            let (name, rest) = parted(path);
            let [found] = members(inner.json(), [name]);
            within(found, rest)
        }
        list if list.json().starts_with('[') => {
            let texts: Vec<String> = serde_json::from_str(list.json()).unwrap_or_default();
            Cow::Owned(texts.into_iter().next().unwrap_or_default())
        }
        one => text(one),
    }
}

/// The role of the machines that a pipeline starts, else of the pipeline.
///
/// Source: AWS Data Pipeline developer guide, Ec2Resource (`resourceRole`, `role`).
fn of_pipeline<'a>(request: &str) -> Cow<'a, str> {
    let read: Value = serde_json::from_str(request).unwrap_or_default();
    let objects = read["pipelineObjects"].as_array().into_iter().flatten();
    let fields: Vec<&Value> = objects.flat_map(|object| object["fields"].as_array().into_iter().flatten()).collect();
    let named = |key: &str| fields.iter().rev().find(|field| field["key"] == key)?["stringValue"].as_str();
    Cow::Owned(named("resourceRole").or_else(|| named("role")).unwrap_or_default().to_owned())
}
