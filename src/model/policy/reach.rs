//! How far a document reaches: which of a list of actions it allows on things that nobody has named in it, and whether
//! that leads to everything.
//!
//! Patterns are not compared with patterns: they are asked whether they stand for an action on things of unlikely names,
//! which follow from the document ([`Names`]). So `*`, `?*`, `iam:*`, `[a*, b*, …]`, `arn:aws:*`, NotAction and NotResource are judged by one rule.

use std::cell::OnceCell;

use super::met::{Call, is_met};
use super::names::{Covered, Name, Names};
use super::pattern::{PARTITIONS, literal, matches, of_any_account, only_stars};
use super::{Effect, Listed, Policy, Statement};

/// An action and the end of the ARN of a thing that it is asked for, `{}` where its name stands.
type Probe = (&'static str, &'static str);

/// One call after which the caller can be anybody in the account, administrators among them: each gives rights, or the
/// credentials of somebody who has them.
///
/// Known misses: the same on a list of named users or roles; `sts:AssumeRole`, `lambda:UpdateFunctionCode`,
/// `glue:UpdateDevEndpoint`, `ssm:SendCommand` and the like, which lead as far as what exists in the account;
/// Organizations; `sts:AssumeRoot`, whose sessions do one of a few tasks in a member account and nothing else.
///
/// Source: Rhino Security Labs, "AWS IAM Privilege Escalation – Methods and Mitigation" (methods 1 and 2, 4 to 14);
/// Service Authorization Reference, "Actions … for AWS IAM", access level Permissions management.
const DIRECT: [Probe; 13] = [
    ("iam:AddUserToGroup", "group/{}"),
    ("iam:AttachGroupPolicy", "group/{}"),
    ("iam:AttachRolePolicy", "role/{}"),
    ("iam:AttachUserPolicy", "user/{}"),
    ("iam:CreateAccessKey", "user/{}"),
    ("iam:CreateLoginProfile", "user/{}"),
    ("iam:CreatePolicyVersion", "policy/{}"),
    ("iam:PutGroupPolicy", "group/{}"),
    ("iam:PutRolePolicy", "role/{}"),
    ("iam:PutUserPolicy", "user/{}"),
    ("iam:SetDefaultPolicyVersion", "policy/{}"),
    ("iam:UpdateAssumeRolePolicy", "role/{}"),
    ("iam:UpdateLoginProfile", "user/{}"),
];

/// The same on the caller's own user or role: what users may do to their keys and devices leads nowhere, but policies of one's
/// own choice do.
const OWN: [Probe; 4] = [
    ("iam:AttachRolePolicy", "role/{}"),
    ("iam:AttachUserPolicy", "user/{}"),
    ("iam:PutRolePolicy", "role/{}"),
    ("iam:PutUserPolicy", "user/{}"),
];

/// What runs code, or calls AWS, as a role that it is handed: with `iam:PassRole` on any role, as an administrator's.
///
/// The condition `iam:PassedToService` is no narrower where it names the very service.
///
/// Known misses: services that are not listed; roles that may be passed by pattern; a `Deny` of everything that belongs to
/// another account, which is taken for this one; two halves in two policies, where logs show one after the other and IAM's
/// state was not read.
///
/// Source: Rhino Security Labs, as above (methods 3, 15 to 21); IAM user guide, "Grant a user permissions to pass a role to
/// an AWS service"; Service Authorization Reference, dependent actions (`iam:PassRole`) of AWS CodePipeline and Amazon EC2.
const RUN: [Probe; 43] = [
    ("airflow:CreateEnvironment", "environment/{}"),
    ("amplify:CreateApp", "apps/{}"),
    ("apprunner:CreateService", "service/{}/{}"),
    ("autoscaling:CreateAutoScalingGroup", "autoScalingGroup:{}:autoScalingGroupName/{}"),
    ("autoscaling:CreateLaunchConfiguration", "launchConfiguration:{}:launchConfigurationName/{}"),
    ("batch:RegisterJobDefinition", "job-definition/{}"),
    ("bedrock-agentcore:CreateAgentRuntime", "runtime/{}"),
    ("bedrock-agentcore:CreateCodeInterpreter", "code-interpreter-custom/{}"),
    ("braket:CreateJob", "job/{}"),
    ("cloudformation:CreateStack", "stack/{}/{}"),
    ("cloudformation:CreateStackSet", "stackset/{}"),
    ("cloudformation:UpdateStack", "stack/{}/{}"),
    ("codebuild:CreateProject", "project/{}"),
    ("codebuild:UpdateProject", "project/{}"),
    ("codepipeline:CreatePipeline", "{}"),
    ("codepipeline:UpdatePipeline", "{}"),
    ("datapipeline:CreatePipeline", "pipeline/{}"),
    ("ec2:AssociateIamInstanceProfile", "instance/{}"),
    ("ec2:CreateFleet", "fleet/{}"),
    ("ec2:ReplaceIamInstanceProfileAssociation", "instance/{}"),
    ("ec2:RequestSpotInstances", "instance/{}"),
    ("ec2:RunInstances", "instance/{}"),
    ("ecs:RegisterTaskDefinition", "task-definition/{}:9"),
    ("ecs:RunTask", "task-definition/{}:9"),
    ("eks:CreatePodIdentityAssociation", "cluster/{}"),
    ("elasticmapreduce:RunJobFlow", "cluster/{}"),
    ("emr-serverless:StartJobRun", "/applications/{}"),
    ("gamelift:CreateFleet", "fleet/{}"),
    ("glue:CreateDevEndpoint", "devEndpoint/{}"),
    ("glue:CreateJob", "job/{}"),
    ("glue:UpdateJob", "job/{}"),
    ("lambda:CreateFunction", "function:{}"),
    ("lambda:UpdateFunctionConfiguration", "function:{}"),
    ("sagemaker:CreateNotebookInstance", "notebook-instance/{}"),
    ("sagemaker:CreateProcessingJob", "processing-job/{}"),
    ("sagemaker:CreateTrainingJob", "training-job/{}"),
    ("sagemaker:UpdateNotebookInstance", "notebook-instance/{}"),
    ("scheduler:CreateSchedule", "schedule/default/{}"),
    ("scheduler:UpdateSchedule", "schedule/default/{}"),
    ("ssm:CreateAssociation", "document/{}"),
    ("ssm:StartAutomationExecution", "automation-definition/{}:9"),
    ("states:CreateStateMachine", "stateMachine:{}"),
    ("states:UpdateStateMachine", "stateMachine:{}"),
];

/// The same in two calls: a change set is handed the role, and does nothing until it is executed; a profile lists the roles
/// that certificates take, and a trust anchor says whose.
///
/// Source: AWS CloudFormation API reference, CreateChangeSet (RoleARN) and ExecuteChangeSet; IAM Roles Anywhere API
/// reference, CreateProfile (roleArns) and CreateTrustAnchor.
const BOTH: [[Probe; 2]; 2] = [
    [("cloudformation:CreateChangeSet", "stack/{}/{}"), ("cloudformation:ExecuteChangeSet", "stack/{}/{}")],
    [("rolesanywhere:CreateProfile", "profile/{}"), ("rolesanywhere:CreateTrustAnchor", "trust-anchor/{}")],
];

/// Ways through IAM Identity Center, each all of its calls on things that nobody has named: to give oneself any permission set
/// in any account, to write policies of one's own choice into one's own set, to join the group of administrators, to sign in
/// as one of them.
///
/// They lead somewhere in the organization's management account and in the delegated administrator's of Identity Center, and a
/// document does not say which account it is in. So they count only where a statement names the service: all but IAM
/// (PowerUserAccess) stands in very many accounts, and leads nowhere in nearly all of them.
///
/// Known misses: that, in those accounts; single permission sets that are administrator;
/// `sso:AttachCustomerManagedPolicyReferenceToPermissionSet`, which leads as far as a policy of that name in the other account;
/// `sso-directory:CreateUser` and provisioning by SCIM.
///
/// Source: IAM Identity Center API reference, CreateAccountAssignment (which provisions the set) and ProvisionPermissionSet;
/// Service Authorization Reference, AWS IAM Identity Center, AWS Identity Store and IAM Identity Center directory.
const IDENTITY_CENTER: [&[Probe]; 6] = [
    &[("sso:CreateAccountAssignment", ANY_SET), ("sso:CreateAccountAssignment", "account/{}")],
    &[("sso:PutInlinePolicyToPermissionSet", ANY_SET), PROVISION],
    &[("sso:AttachManagedPolicyToPermissionSet", ANY_SET), PROVISION],
    &[("identitystore:CreateGroupMembership", "group/{}")],
    &[("sso-directory:AddMemberToGroup", "{}")],
    &[("sso-directory:UpdatePassword", "{}")],
];

/// A permission set, of the instance that stands for any.
const ANY_SET: &str = "permissionSet/ssoins-9876543210987654/ps-{}";

const PROVISION: Probe = ("sso:ProvisionPermissionSet", ANY_SET);

const PASS_ROLE: Probe = ("iam:PassRole", "role/{}");

/// Actions of many services. Who may call most of them, and has a way to everything, has everything.
const SPREAD: [Probe; 32] = [
    ("acm:DeleteCertificate", "certificate/{}"),
    ("apigateway:POST", "/restapis"),
    ("athena:StartQueryExecution", "workgroup/{}"),
    ("cloudfront:CreateDistribution", "distribution/{}"),
    ("cloudtrail:StopLogging", "trail/{}"),
    ("cloudwatch:PutMetricAlarm", "alarm:{}"),
    ("codepipeline:DeletePipeline", "{}"),
    ("config:DeleteConfigRule", "config-rule/{}"),
    ("dynamodb:PutItem", "table/{}"),
    ("ec2:AuthorizeSecurityGroupIngress", "security-group/{}"),
    ("ec2:TerminateInstances", "instance/{}"),
    ("ecr:PutImage", "repository/{}"),
    ("elasticloadbalancing:CreateLoadBalancer", "loadbalancer/net/{}/{}"),
    ("events:PutRule", "rule/{}"),
    ("guardduty:DeleteDetector", "detector/{}"),
    ("iam:CreateUser", "user/{}"),
    ("iam:DeleteRole", "role/{}"),
    ("kinesis:PutRecord", "stream/{}"),
    ("kms:ScheduleKeyDeletion", "key/{}"),
    ("lambda:UpdateFunctionCode", "function:{}"),
    ("logs:DeleteLogGroup", "log-group:{}"),
    ("organizations:LeaveOrganization", "{}"),
    ("rds:DeleteDBInstance", "db:{}"),
    ("redshift:DeleteCluster", "cluster:{}"),
    ("route53:ChangeResourceRecordSets", "hostedzone/{}"),
    ("s3:DeleteBucket", "{}"),
    ("s3:GetObject", "{}/{}"),
    ("secretsmanager:GetSecretValue", "secret:{}"),
    ("sns:Publish", "{}"),
    ("sqs:DeleteQueue", "{}"),
    ("ssm:SendCommand", "document/{}"),
    ("sts:AssumeRole", "role/{}"),
];

/// Of [`SPREAD`], how much is most.
const MOST: (usize, usize) = (3, 4);

/// A document that is asked, with the names that it does not know.
struct Asked<'p> {
    policy: &'p Policy,
    /// Made when they are asked for: most documents speak of none of the actions.
    names: OnceCell<Names>,
}

/// What it is asked for.
#[derive(Clone, Copy)]
struct Question<'q> {
    probe: Probe,
    /// Whether the thing is the caller's own user or role.
    is_own: bool,
    /// The services that a role is passed to.
    passed_to: &'q [&'q str],
    /// Whether only statements count that name the service of the action.
    by_service: bool,
}

impl From<Probe> for Question<'_> {
    fn from(probe: Probe) -> Self {
        Self { probe, is_own: false, passed_to: &[], by_service: false }
    }
}

/// The ways from what `policy` allows to everything: `iam:AttachUserPolicy`, `iam:PassRole + lambda:CreateFunction`; in
/// the order of the lists.
pub(super) fn escalations(policy: &Policy) -> Vec<String> {
    let mut found = in_account(policy);
    found.extend(through_identity_center(policy));
    found
}

fn through_identity_center(policy: &Policy) -> impl Iterator<Item = String> {
    let asked = Asked::new(policy);
    let is_open = move |way: &&&[Probe]| {
        way.iter().all(|probe| asked.allows_call(Question { by_service: true, ..(*probe).into() }))
    };
    let named = |way: &&[Probe]| {
        let mut calls: Vec<&str> = way.iter().map(|(action, _)| *action).collect();
        calls.dedup();
        calls.join(" + ")
    };
    IDENTITY_CENTER.iter().filter(is_open).map(named)
}

/// Those that lead to everything in whatever account the document is in.
pub(super) fn in_account(policy: &Policy) -> Vec<String> {
    let asked = Asked::new(policy);
    let on_own = |probe: Probe| Question { is_own: true, ..probe.into() };
    let direct = DIRECT.iter().filter(|probe| asked.allows(**probe));
    let own = OWN.iter().filter(|probe| !asked.allows(**probe) && asked.allows_call(on_own(**probe)));
    let mut found: Vec<String> = direct.chain(own).map(|(action, _)| (*action).to_owned()).collect();
    let run = RUN.iter().filter(|probe| asked.allows(**probe) && asked.passes_role_to(probe.0));
    found.extend(run.map(|(action, _)| format!("{} + {action}", PASS_ROLE.0)));
    let both = BOTH.iter().filter(|both| both.iter().all(|probe| asked.allows(*probe)));
    let both = both.filter(|both| asked.passes_role_to(both[0].0));
    found.extend(both.map(|both| format!("{} + {}", PASS_ROLE.0, both.map(|(action, _)| action).join(" + "))));
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
    let asked = Asked::new(policy);
    let allowed = SPREAD.iter().filter(|probe| asked.allows(**probe)).count();
    allowed * MOST.1 >= SPREAD.len() * MOST.0
}

/// Things that have nothing in common but that they are there.
const ANYTHING: [Probe; 3] =
    [("s3:GetObject", "{}/{}"), ("iam:GetRole", "role/{}"), ("ec2:StopInstances", "instance/{}")];

impl Statement {
    /// Whether its resources stand for anything, wherever it lies.
    pub fn is_of_everything(&self) -> bool {
        match &self.resources {
            Listed::Absent => return false,
            Listed::Only(patterns) if patterns.iter().any(|pattern| only_stars(pattern)) => return true,
            Listed::Only(patterns) if !patterns.iter().any(|pattern| may_be_of_iam(pattern)) => return false,
            _ => {}
        }
        let names = Names::of(std::slice::from_ref(self));
        PARTITIONS
            .iter()
            .any(|partition| ANYTHING.iter().all(|probe| names.covers_any(self, |name| name.arn(partition, *probe))))
    }
}

/// Whether a pattern may stand for something of IAM, as one that stands for anything does; nearly all name another service.
fn may_be_of_iam(pattern: &str) -> bool {
    let (start, has_wildcard) = literal(pattern);
    has_wildcard && start.split(':').nth(2).is_none_or(|service| "iam".starts_with(&service.to_ascii_lowercase()))
}

impl<'p> Asked<'p> {
    fn new(policy: &'p Policy) -> Self {
        Self { policy, names: OnceCell::new() }
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::of(self.policy.statements()))
    }

    /// Whether any role may be passed to the service that such a call hands it to.
    fn passes_role_to(&self, action: &str) -> bool {
        let services = passed_to(action);
        let services: Vec<&str> = services.iter().map(String::as_str).collect();
        self.allows_call(Question { passed_to: &services, ..PASS_ROLE.into() })
    }

    /// Whether an `Allow` that nothing narrows for this call, and no flat `Deny` takes back, covers the probe.
    fn allows(&self, probe: Probe) -> bool {
        self.allows_call(probe.into())
    }

    fn allows_call(&self, question: Question<'_>) -> bool {
        let Question { probe, passed_to, by_service, .. } = question;
        let of = |effect: Effect| {
            let statements = self.policy.statements().iter().filter(move |statement| statement.effect == effect);
            let is_named = move |statement: &&Statement| !by_service || names_service(&statement.actions, probe.0);
            statements
                .filter(move |statement| holds_action(&statement.actions, probe.0))
                .filter(move |statement| effect == Effect::Deny || is_named(statement))
        };
        // Most documents do not speak of the action at all.
        if of(Effect::Allow).next().is_none() {
            return false;
        }
        let denies: Vec<&Statement> = of(Effect::Deny).filter(|deny| deny.condition.is_empty()).collect();
        PARTITIONS.iter().any(|partition| {
            let call = Call { partition, action: probe.0, passed_to };
            let allows: Vec<&Statement> = of(Effect::Allow).filter(|allow| is_met(call, &allow.condition)).collect();
            let covers = |statements: &[&Statement], name: &Name| {
                let arn = name.arn(partition, probe);
                let covered = statements.iter().map(|statement| covered(question, statement, (name, &arn)));
                covered.max().unwrap_or(Covered::No)
            };
            !allows.is_empty()
                && self.names().any_open(|name| covers(&allows, name), |name| covers(&denies, name) != Covered::No)
        })
    }
}

/// Whether a statement speaks of the thing of that name and ARN.
fn covered(question: Question<'_>, statement: &Statement, (name, arn): (&Name, &str)) -> Covered {
    let is_own =
        |pattern: &str| question.is_own && matches(&of_any_account(&name.as_own(pattern, question.probe)), arn);
    match &statement.resources {
        Listed::Only(patterns) if patterns.iter().any(|pattern| is_own(pattern)) => Covered::Listed,
        resources => Covered::by(resources, |pattern| only_stars(pattern) || Name::is_meant(pattern, arn)),
    }
}

fn holds_action(listed: &Listed, action: &str) -> bool {
    match listed {
        Listed::Only(patterns) => patterns.iter().any(|pattern| matches(pattern, action)),
        Listed::AllBut(patterns) => !patterns.iter().any(|pattern| matches(pattern, action)),
        Listed::Absent => false,
    }
}

/// Whether one of the patterns that stand for the action names its service in full: `sso:*`, not `*` or `s*:*`.
fn names_service(listed: &Listed, action: &str) -> bool {
    let service = |text: &str| text.split_once(':').map_or("", |(service, _)| service).to_ascii_lowercase();
    let Listed::Only(patterns) = listed else { return false };
    patterns.iter().any(|pattern| matches(pattern, action) && service(pattern) == service(action))
}
