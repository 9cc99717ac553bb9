//! Administrator roles that are given to code.

use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::sessions::sample::{samples, scan_for};
use crate::report::Options;

const ANA: &str = "arn:aws:iam::111122223333:user/ana";
const BOSS: &str = "arn:aws:iam::111122223333:role/boss";
const ADMIN: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const ROLE: &str = "arn:aws:iam::111122223333:role/path/power";

/// A call on the second of January, by ana.
fn call(time: &str, service: &str, name: &str, request: Json) -> Json {
    json!({
        "eventTime": format!("2026-01-02T{time}:00Z"), "eventName": name, "eventSource": format!("{service}.amazonaws.com"),
        "sourceIPAddress": "192.0.2.1", "recipientAccountId": "111122223333", "requestParameters": request,
        "userIdentity": { "type": "IAMUser", "principalId": "AIDAANA", "accountId": "111122223333", "arn": ANA },
    })
}

fn by(mut record: Json, role: &str) -> Json {
    record["userIdentity"] = json!({ "type": "AssumedRole", "principalId": format!("AROA{role}:s"), "accountId": "111122223333",
        "sessionContext": { "sessionIssuer": { "type": "Role", "arn": role, "accountId": "111122223333" } } });
    record
}

fn on(day: u32, mut record: Json) -> Json {
    let time = record["eventTime"].as_str().unwrap().replace("01-02", &format!("01-{day:02}"));
    record["eventTime"] = json!(time);
    record
}

/// Somebody else makes the role an administrator.
fn powerful() -> Json {
    by(call("01:00", "iam", "AttachRolePolicy", json!({ "roleName": "power", "policyArn": ADMIN })), BOSS)
}

fn function(time: &str) -> Json {
    call(time, "lambda", "CreateFunction20150331", json!({ "functionName": "f", "role": ROLE }))
}

fn stack(time: &str) -> Json {
    call(time, "cloudformation", "CreateChangeSet", json!({ "stackName": "s", "roleARN": ROLE }))
}

fn answer(records: impl IntoIterator<Item = Json>, details: Option<&Json>) -> Answer {
    let state = scan_for(REPORT.needs, &samples(records));
    let posture = details.map(|details| crate::posture::testing::load(&[details.to_string()]));
    let options = Options::default();
    (REPORT.answer)(&View { posture: posture.as_ref(), ..View::new(&state, &options) })
}

/// The severities of the findings about it.
fn severities(answer: &Answer) -> String {
    let found = answer.findings.iter().filter(|finding| finding.rule == "admin-role-handed-to-code");
    found.map(|finding| finding.severity.as_str()).collect::<Vec<_>>().join(", ")
}

fn handed(records: impl IntoIterator<Item = Json>) -> String {
    severities(&answer(records, None))
}

#[test]
fn whatever_runs_code_is_known() {
    let fields = |fields: Json| json!({ "pipelineObjects": [{ "id": "Default", "fields": fields }] });
    let launch =
        |name: &str| json!({ (name): { "LaunchTemplateData": { "IamInstanceProfile": { "Name": "power" } } } });
    for (service, name, request) in [
        ("lambda", "UpdateFunctionConfiguration20150331v2", json!({ "functionName": "f", "role": ROLE })),
        ("ec2", "RunInstances", json!({ "iamInstanceProfile": { "name": "power" } })),
        (
            "ec2",
            "RunInstances",
            json!({ "iamInstanceProfile":
            { "arn": "arn:aws:iam::111122223333:instance-profile/path/power" } }),
        ),
        (
            "ec2",
            "RequestSpotInstances",
            json!({ "launchSpecification": { "iamInstanceProfile": { "name": "power" } } }),
        ),
        ("ec2", "CreateLaunchTemplate", launch("CreateLaunchTemplateRequest")),
        ("ec2", "CreateLaunchTemplateVersion", launch("CreateLaunchTemplateVersionRequest")),
        (
            "ec2",
            "AssociateIamInstanceProfile",
            json!({ "AssociateIamInstanceProfileRequest":
            { "IamInstanceProfile": { "Name": "power" }, "InstanceId": "i-1" } }),
        ),
        ("autoscaling", "CreateLaunchConfiguration", json!({ "iamInstanceProfile": "power" })),
        ("elasticmapreduce", "RunJobFlow", json!({ "jobFlowRole": "power", "serviceRole": "EMR_DefaultRole" })),
        (
            "datapipeline",
            "PutPipelineDefinition",
            fields(json!([{ "key": "role", "stringValue": "x" },
            { "key": "resourceRole", "stringValue": "power" }])),
        ),
        ("ecs", "RegisterTaskDefinition", json!({ "family": "f", "taskRoleArn": ROLE })),
        ("ecs", "RunTask", json!({ "overrides": { "taskRoleArn": ROLE } })),
        ("codebuild", "UpdateProject", json!({ "name": "p", "serviceRole": ROLE })),
        ("codebuild", "StartBuild", json!({ "projectName": "p", "serviceRoleOverride": ROLE })),
        ("glue", "CreateJob", json!({ "name": "j", "role": "path/power" })),
        ("glue", "UpdateJob", json!({ "jobName": "j", "jobUpdate": { "role": ROLE } })),
        ("sagemaker", "CreateNotebookInstance", json!({ "roleArn": ROLE })),
        ("states", "CreateStateMachine", json!({ "name": "m", "roleArn": ROLE })),
        ("scheduler", "CreateSchedule", json!({ "target": { "arn": "a", "roleArn": ROLE } })),
        ("apprunner", "CreateService", json!({ "instanceConfiguration": { "instanceRoleArn": ROLE } })),
        ("batch", "RegisterJobDefinition", json!({ "containerProperties": { "jobRoleArn": ROLE } })),
        ("codepipeline", "CreatePipeline", json!({ "pipeline": { "roleArn": ROLE } })),
        ("ssm", "StartAutomationExecution", json!({ "parameters": { "AutomationAssumeRole": [ROLE] } })),
        ("emr-serverless", "StartJobRun", json!({ "executionRoleArn": ROLE })),
    ] {
        let profile = json!({ "instanceProfileName": "power", "roleName": "power" });
        let profile = by(call("02:00", "iam", "AddRoleToInstanceProfile", profile), BOSS);
        let asked = [powerful(), profile, call("03:00", service, name, request.clone())];
        assert_eq!(handed(asked), "low", "{name} {request}");
    }
    let agent = json!({ "family": "f", "executionRoleArn": ROLE });
    assert_eq!(handed([powerful(), call("03:00", "ecs", "RegisterTaskDefinition", agent)]), "", "the agent's role");
}

#[test]
fn who_may_pass_it_and_is_nobody_gets_it() {
    let found = answer([powerful(), function("03:00")], None);
    let finding = found.findings.iter().find(|finding| finding.rule == "admin-role-handed-to-code").unwrap();
    assert_eq!(finding.summary, format!("{ANA} had code run as role/power, an administrator (CreateFunction20150331)"));
    assert_eq!(finding.subject, ANA);
    let then = |name: &str, user: &str| {
        by(call("04:00", "iam", name, json!({ "userName": user, "policyArn": ADMIN, "groupName": "g" })), ROLE)
    };
    assert_eq!(handed([powerful(), function("03:00"), then("AttachUserPolicy", "ana")]), "high");
    assert_eq!(handed([powerful(), stack("03:00"), then("AddUserToGroup", "ana")]), "high", "by a stack, too");
    assert_eq!(handed([powerful(), function("03:00"), then("AttachUserPolicy", "bo")]), "low", "told as that");
    assert_eq!(handed([powerful(), function("05:00"), then("AttachUserPolicy", "ana")]), "", "before: by another way");
    let denied = |message: &str| {
        let mut record = function("03:00");
        record["errorCode"] = json!("AccessDenied");
        record["errorMessage"] = json!(message);
        answer([powerful(), record], None).rows.len()
    };
    assert_eq!(denied("User is not authorized to perform: iam:PassRole on resource: role/path/power"), 2);
    assert_eq!(denied("User is not authorized to perform: lambda:CreateFunction"), 1);
}

#[test]
fn deployments_stay_quiet() {
    assert_eq!(handed([function("03:00")]), "", "nothing is known of the role");
    let narrow = json!({ "roleName": "power", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess" });
    assert_eq!(handed([by(call("01:00", "iam", "AttachRolePolicy", narrow), BOSS), function("03:00")]), "");
    let late = by(call("04:00", "iam", "AttachRolePolicy", json!({ "roleName": "power", "policyArn": ADMIN })), BOSS);
    assert_eq!(handed([late, function("03:00")]), "", "told of who made it so");
    let itself = call("01:00", "iam", "AttachRolePolicy", json!({ "roleName": "power", "policyArn": ADMIN }));
    assert_eq!(handed([itself, function("03:00")]), "", "who makes administrators needs no function");
    assert_eq!(handed([powerful(), by(function("03:00"), ROLE)]), "", "the role itself");
    let root = json!({ "type": "Root", "accountId": "111122223333", "arn": "arn:aws:iam::111122223333:root" });
    let mut by_root = function("03:00");
    by_root["userIdentity"] = root;
    assert_eq!(handed([powerful(), by_root]), "");
    let given = by(call("02:00", "iam", "AttachUserPolicy", json!({ "userName": "ana", "policyArn": ADMIN })), BOSS);
    assert_eq!(handed([powerful(), given.clone(), function("03:00")]), "", "an administrator");
    assert_eq!(handed([powerful(), given, function("01:30")]), "low", "not yet");
    let scaling =
        "arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
    assert_eq!(handed([powerful(), by(function("03:00"), scaling)]), "", "AWS itself");
    assert_eq!(handed([powerful(), stack("03:00")]), "info");
    assert_eq!(handed([powerful(), stack("03:00"), function("04:00")]), "low", "not a stack alone");
    let functions = [powerful(), function("03:00"), on(5, function("03:00")), on(12, function("03:00"))];
    assert_eq!(handed(functions), "info");
    assert_eq!(handed([powerful(), function("03:00"), on(12, function("03:00"))]), "low", "twice is not a habit");
}

#[test]
fn state_tells_roles_profiles_and_callers() {
    let admin = json!([{ "PolicyName": "AdministratorAccess", "PolicyArn": ADMIN }]);
    let details = |of_ana: Json| {
        json!({
            "UserDetailList": [{ "UserName": "ana", "Arn": ANA, "AttachedManagedPolicies": of_ana }],
            "GroupDetailList": [],
            "RoleDetailList": [{ "RoleName": "power", "Arn": ROLE, "Path": "/path/", "AttachedManagedPolicies": admin,
                "InstanceProfileList": [{ "InstanceProfileName": "web" }], "AssumeRolePolicyDocument": { "Statement": [] } }],
            "Policies": [],
        })
    };
    let asked = |record: Json, of_ana: &Json| severities(&answer([record], Some(&details(of_ana.clone()))));
    let run =
        |profile: &str| call("03:00", "ec2", "RunInstances", json!({ "iamInstanceProfile": { "name": profile } }));
    assert_eq!(asked(run("web"), &json!([])), "medium", "by the role that the profile holds");
    assert_eq!(asked(run("other"), &json!([])), "");
    assert_eq!(asked(run("web"), &admin), "", "an administrator");
    let added =
        call("02:00", "iam", "AddRoleToInstanceProfile", json!({ "instanceProfileName": "x", "roleName": "power" }));
    let found = answer([added, run("x")], Some(&details(json!([]))));
    assert_eq!(severities(&found), "medium", "by the role that it was given");
    // That the caller is administrator by now is the role's doing.
    let gave = by(call("04:00", "iam", "AttachUserPolicy", json!({ "userName": "ana", "policyArn": ADMIN })), ROLE);
    assert_eq!(severities(&answer([run("web"), gave], Some(&details(admin.clone())))), "high");
}

#[test]
fn what_else_code_runs_as_is_no_row() {
    assert_eq!(answer([function("03:00")], None).rows.len(), 0);
    assert_eq!(answer([powerful(), function("03:00")], None).rows.len(), 2);
    let layers =
        json!({ "functionName": "f", "role": ROLE, "layers": ["arn:aws:lambda:eu-west-1:999988887777:layer:x:1"] });
    let both = answer([powerful(), call("03:00", "lambda", "CreateFunction20150331", layers)], None);
    assert_eq!(both.rows.len(), 3, "its layers and its role");
}
