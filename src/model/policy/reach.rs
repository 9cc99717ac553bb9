//! How far a document reaches: which of a list of actions it allows on things that nobody has named in it, and whether
//! that leads to everything.
//!
//! Patterns are not compared with patterns: they are asked whether they stand for an action on a thing of an unlikely
//! name. So `*`, `?*`, `iam:*`, `[a*, b*, …]`, `arn:aws:*`, NotAction and NotResource are judged by one rule.

use std::sync::LazyLock;

use super::met::{Call, is_met};
use super::pattern::{ACCOUNT, PARTITIONS, matches, of_any_account};
use super::{Effect, Listed, Policy, Statement};

/// An action and the end of the ARN of a thing that it is asked for.
type Probe = (&'static str, &'static str);

/// One call after which the caller can be anybody in the account, administrators among them: each gives rights, or the
/// credentials of somebody who has them.
///
/// Known misses: the same on a list of named users or roles; `sts:AssumeRole`, `lambda:UpdateFunctionCode`,
/// `glue:UpdateDevEndpoint`, `ssm:SendCommand` and the like, which lead as far as what exists in the account; Identity
/// Center and Organizations.
///
/// Source: Rhino Security Labs, "AWS IAM Privilege Escalation – Methods and Mitigation" (methods 1 and 2, 4 to 14);
/// Service Authorization Reference, "Actions … for AWS IAM", access level Permissions management.
const DIRECT: [Probe; 13] = [
    ("iam:AddUserToGroup", "group/zz9"),
    ("iam:AttachGroupPolicy", "group/zz9"),
    ("iam:AttachRolePolicy", "role/zz9"),
    ("iam:AttachUserPolicy", "user/zz9"),
    ("iam:CreateAccessKey", "user/zz9"),
    ("iam:CreateLoginProfile", "user/zz9"),
    ("iam:CreatePolicyVersion", "policy/zz9"),
    ("iam:PutGroupPolicy", "group/zz9"),
    ("iam:PutRolePolicy", "role/zz9"),
    ("iam:PutUserPolicy", "user/zz9"),
    ("iam:SetDefaultPolicyVersion", "policy/zz9"),
    ("iam:UpdateAssumeRolePolicy", "role/zz9"),
    ("iam:UpdateLoginProfile", "user/zz9"),
];

/// The same on the caller's own user: what users may do to their keys and devices leads nowhere, but policies of one's own
/// choice do.
const OWN: [Probe; 2] = [("iam:AttachUserPolicy", "user/zz9"), ("iam:PutUserPolicy", "user/zz9")];

/// What runs code, or calls AWS, as a role that it is handed: with `iam:PassRole` on any role, as an administrator's.
///
/// The condition `iam:PassedToService` is no narrower where it names the very service.
///
/// Known misses: services that are not listed; roles that may be passed by pattern.
///
/// Source: Rhino Security Labs, as above (methods 3, 15 to 21); IAM user guide, "Grant a user permissions to pass a role to
/// an AWS service"; Service Authorization Reference, dependent actions (`iam:PassRole`) of AWS CodePipeline and Amazon EC2.
const RUN: [Probe; 35] = [
    ("airflow:CreateEnvironment", "environment/zz9"),
    ("amplify:CreateApp", "apps/zz9"),
    ("apprunner:CreateService", "service/zz9/zz9"),
    ("autoscaling:CreateAutoScalingGroup", "autoScalingGroup:zz9:autoScalingGroupName/zz9"),
    ("autoscaling:CreateLaunchConfiguration", "launchConfiguration:zz9:launchConfigurationName/zz9"),
    ("batch:RegisterJobDefinition", "job-definition/zz9"),
    ("bedrock-agentcore:CreateCodeInterpreter", "code-interpreter-custom/zz9"),
    ("braket:CreateJob", "job/zz9"),
    ("cloudformation:CreateStack", "stack/zz9/zz9"),
    ("cloudformation:CreateStackSet", "stackset/zz9"),
    ("cloudformation:UpdateStack", "stack/zz9/zz9"),
    ("codebuild:CreateProject", "project/zz9"),
    ("codebuild:UpdateProject", "project/zz9"),
    ("codepipeline:CreatePipeline", "zz9"),
    ("datapipeline:CreatePipeline", "pipeline/zz9"),
    ("ec2:AssociateIamInstanceProfile", "instance/zz9"),
    ("ec2:ReplaceIamInstanceProfileAssociation", "instance/zz9"),
    ("ec2:RequestSpotInstances", "instance/zz9"),
    ("ec2:RunInstances", "instance/zz9"),
    ("ecs:RegisterTaskDefinition", "task-definition/zz9:9"),
    ("ecs:RunTask", "task-definition/zz9:9"),
    ("eks:CreatePodIdentityAssociation", "cluster/zz9"),
    ("elasticmapreduce:RunJobFlow", "cluster/zz9"),
    ("gamelift:CreateFleet", "fleet/zz9"),
    ("glue:CreateDevEndpoint", "devEndpoint/zz9"),
    ("glue:CreateJob", "job/zz9"),
    ("glue:UpdateJob", "job/zz9"),
    ("lambda:CreateFunction", "function:zz9"),
    ("sagemaker:CreateNotebookInstance", "notebook-instance/zz9"),
    ("sagemaker:CreateProcessingJob", "processing-job/zz9"),
    ("sagemaker:CreateTrainingJob", "training-job/zz9"),
    ("scheduler:CreateSchedule", "schedule/default/zz9"),
    ("ssm:CreateAssociation", "document/zz9"),
    ("ssm:StartAutomationExecution", "automation-definition/zz9:9"),
    ("states:CreateStateMachine", "stateMachine:zz9"),
];

/// The same in two calls: a change set is handed the role, and does nothing until it is executed.
///
/// Source: AWS CloudFormation API reference, CreateChangeSet (RoleARN) and ExecuteChangeSet.
const CHANGE_SET: [Probe; 2] =
    [("cloudformation:CreateChangeSet", "stack/zz9/zz9"), ("cloudformation:ExecuteChangeSet", "stack/zz9/zz9")];

const PASS_ROLE: Probe = ("iam:PassRole", "role/zz9");

/// Actions of many services. Who may call most of them, and has a way to everything, has everything.
const SPREAD: [Probe; 32] = [
    ("acm:DeleteCertificate", "certificate/zz9"),
    ("apigateway:POST", "/restapis"),
    ("athena:StartQueryExecution", "workgroup/zz9"),
    ("cloudfront:CreateDistribution", "distribution/zz9"),
    ("cloudtrail:StopLogging", "trail/zz9"),
    ("cloudwatch:PutMetricAlarm", "alarm:zz9"),
    ("codepipeline:DeletePipeline", "zz9"),
    ("config:DeleteConfigRule", "config-rule/zz9"),
    ("dynamodb:PutItem", "table/zz9"),
    ("ec2:AuthorizeSecurityGroupIngress", "security-group/zz9"),
    ("ec2:TerminateInstances", "instance/zz9"),
    ("ecr:PutImage", "repository/zz9"),
    ("elasticloadbalancing:CreateLoadBalancer", "loadbalancer/net/zz9/zz9"),
    ("events:PutRule", "rule/zz9"),
    ("guardduty:DeleteDetector", "detector/zz9"),
    ("iam:CreateUser", "user/zz9"),
    ("iam:DeleteRole", "role/zz9"),
    ("kinesis:PutRecord", "stream/zz9"),
    ("kms:ScheduleKeyDeletion", "key/zz9"),
    ("lambda:UpdateFunctionCode", "function:zz9"),
    ("logs:DeleteLogGroup", "log-group:zz9"),
    ("organizations:LeaveOrganization", "zz9"),
    ("rds:DeleteDBInstance", "db:zz9"),
    ("redshift:DeleteCluster", "cluster:zz9"),
    ("route53:ChangeResourceRecordSets", "hostedzone/zz9"),
    ("s3:DeleteBucket", "zz9"),
    ("s3:GetObject", "zz9/zz9"),
    ("secretsmanager:GetSecretValue", "secret:zz9"),
    ("sns:Publish", "zz9"),
    ("sqs:DeleteQueue", "zz9"),
    ("ssm:SendCommand", "document/zz9"),
    ("sts:AssumeRole", "role/zz9"),
];

/// Of [`SPREAD`], how much is most.
const MOST: (usize, usize) = (3, 4);

/// The ways from what `policy` allows to everything: `iam:AttachUserPolicy`, `iam:PassRole + lambda:CreateFunction`; in
/// the order of the lists.
pub(super) fn escalations(policy: &Policy) -> Vec<String> {
    let direct = DIRECT.iter().filter(|probe| allows(policy, **probe));
    let own = OWN.iter().filter(|probe| !allows(policy, **probe) && allows_call(policy, Asked::on_own_user(**probe)));
    let mut found: Vec<String> = direct.chain(own).map(|(action, _)| (*action).to_owned()).collect();
    let passes = |action: &str| {
        let services = passed_to(action);
        let services: Vec<&str> = services.iter().map(String::as_str).collect();
        allows_call(policy, Asked { passed_to: &services, ..Asked::of(PASS_ROLE) })
    };
    let run = RUN.iter().filter(|probe| allows(policy, **probe) && passes(probe.0));
    found.extend(run.map(|(action, _)| format!("{} + {action}", PASS_ROLE.0)));
    if CHANGE_SET.iter().all(|probe| allows(policy, *probe)) && passes(CHANGE_SET[0].0) {
        found.push(format!("{} + {}", PASS_ROLE.0, CHANGE_SET.map(|(action, _)| action).join(" + ")));
    }
    found
}

/// The services that a role is passed to by such a call.
///
/// Source: Service Authorization Reference, and the user guides of the services: whom the role's trust policy has to name.
fn passed_to(action: &str) -> Vec<String> {
    let service = action.split_once(':').map_or(action, |(service, _)| service);
    let names: &[&str] = match service {
        "apprunner" => &["build.apprunner", "tasks.apprunner"],
        "autoscaling" | "ec2" => &["ec2"],
        "batch" => &["batch", "ecs-tasks"],
        "datapipeline" => &["datapipeline", "ec2"],
        "ecs" => &["ecs-tasks"],
        "eks" => &["pods.eks"],
        "elasticmapreduce" => &["ec2", "elasticmapreduce"],
        other => return vec![format!("{other}.amazonaws.com")],
    };
    names.iter().map(|name| format!("{name}.amazonaws.com")).collect()
}

/// Whether `policy` allows most of what there is.
pub(super) fn covers_most(policy: &Policy) -> bool {
    let allowed = SPREAD.iter().filter(|probe| allows(policy, **probe)).count();
    allowed * MOST.1 >= SPREAD.len() * MOST.0
}

impl Statement {
    /// Whether its resources stand for anything, wherever it lies.
    pub fn is_of_everything(&self) -> bool {
        ANYTHING.iter().any(|things| things.iter().all(|arn| holds(&self.resources, arn)))
    }
}

/// For each partition, things that have nothing in common but that they are there.
static ANYTHING: LazyLock<Vec<[String; 3]>> = LazyLock::new(|| {
    const PROBES: [Probe; 3] =
        [("s3:GetObject", "zz9/zz9"), ("iam:GetRole", "role/zz9"), ("ec2:StopInstances", "instance/zz9")];
    PARTITIONS.iter().map(|partition| PROBES.map(|probe| arn(partition, probe))).collect()
});

/// What a document is asked about a probe.
#[derive(Clone, Copy)]
struct Asked<'c> {
    probe: Probe,
    /// Whether the thing is the caller's own user.
    is_own_user: bool,
    /// The services that a role is passed to.
    passed_to: &'c [&'c str],
}

impl Asked<'_> {
    fn of(probe: Probe) -> Self {
        Self { probe, is_own_user: false, passed_to: &[] }
    }

    fn on_own_user(probe: Probe) -> Self {
        Self { is_own_user: true, ..Self::of(probe) }
    }
}

/// Whether an `Allow` that nothing narrows for this call, and no flat `Deny` takes back, covers the probe.
fn allows(policy: &Policy, probe: Probe) -> bool {
    allows_call(policy, Asked::of(probe))
}

fn allows_call(policy: &Policy, asked: Asked<'_>) -> bool {
    let Asked { probe, is_own_user, passed_to } = asked;
    let of = |effect: Effect| {
        let statements = policy.statements().iter().filter(move |statement| statement.effect == effect);
        statements.filter(move |statement| holds_action(&statement.actions, probe.0))
    };
    // Most documents do not speak of the action at all.
    if of(Effect::Allow).next().is_none() {
        return false;
    }
    PARTITIONS.iter().any(|partition| {
        let arn = arn(partition, probe);
        let own = |pattern: &String| is_own_user && matches(&of_any_account(&as_own_user(pattern)), &arn);
        let covers = |statement: &&Statement| match &statement.resources {
            Listed::Only(patterns) if patterns.iter().any(own) => true,
            resources => holds(resources, &arn),
        };
        let call = Call { partition, action: probe.0, passed_to };
        of(Effect::Allow).filter(covers).any(|allow| is_met(call, &allow.condition))
            && !of(Effect::Deny).filter(covers).any(|deny| deny.condition.is_empty())
    })
}

/// The pattern with the name of the calling user filled in: that of the probe.
///
/// Source: IAM user guide, "IAM policy elements: Variables and tags".
fn as_own_user(pattern: &str) -> String {
    pattern.replace("${aws:username}", "zz9")
}

fn holds_action(listed: &Listed, action: &str) -> bool {
    match listed {
        Listed::Only(patterns) => patterns.iter().any(|pattern| matches(pattern, action)),
        Listed::AllBut(patterns) => !patterns.iter().any(|pattern| matches(pattern, action)),
        Listed::Absent => false,
    }
}

fn holds(listed: &Listed, arn: &str) -> bool {
    match listed {
        Listed::Only(patterns) => patterns.iter().any(|pattern| matches(&of_any_account(pattern), arn)),
        Listed::AllBut(patterns) => !patterns.iter().any(|pattern| matches(&of_any_account(pattern), arn)),
        Listed::Absent => false,
    }
}

/// The ARN that a probe is asked for.
fn arn(partition: &str, (action, end): Probe) -> String {
    match action.split_once(':').map_or("", |(service, _)| service) {
        "s3" => format!("arn:{partition}:s3:::{end}"),
        "sts" => format!("arn:{partition}:iam::{ACCOUNT}:{end}"),
        service @ ("iam" | "organizations" | "cloudfront" | "route53") => {
            format!("arn:{partition}:{service}::{ACCOUNT}:{end}")
        }
        service => format!("arn:{partition}:{service}:zz-zz-9:{ACCOUNT}:{end}"),
    }
}
