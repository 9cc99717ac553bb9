//! A thousand ordinary accounts: what AWS's own services, Identity Center, pipelines, instances and auditors do every day
//! in any organisation. None of it is anybody's fault, so none of it may look like one, and the first screen of an audit
//! is read in ten seconds.

use serde_json::{Value, json};

use crate::harness::Place;
use crate::records::with;

const MANAGEMENT: &str = "000000000001";
const ACCOUNTS: usize = 1_000;

/// A day of one ordinary account, in the order in which it is written.
struct Account {
    id: String,
    number: usize,
    records: Vec<Value>,
}

impl Account {
    fn new(number: usize) -> Self {
        Self { id: format!("{:012}", 100_000 + number), number, records: Vec::new() }
    }

    /// Adds a call at `minute` of the day.
    fn call(&mut self, minute: usize, event: (&str, &str), changes: Value) {
        let (source, name) = event;
        let number = self.number * 1_000 + self.records.len();
        let is_read = ["Get", "List", "Describe"].iter().any(|verb| name.starts_with(verb));
        let record = json!({
            "eventVersion": "1.11",
            "eventTime": format!("2026-09-10T{:02}:{:02}:00Z", minute / 60, minute % 60),
            "eventSource": source,
            "eventName": name,
            "awsRegion": "us-east-1",
            "sourceIPAddress": "198.51.100.7",
            "userAgent": "aws-cli/2.17.1 md/awscrt#0.20.11 ua/2.0 os/linux#6.1",
            "requestParameters": null,
            "responseElements": null,
            "eventID": format!("noise000-0000-4000-8000-{number:012}"),
            "readOnly": is_read,
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "recipientAccountId": self.id,
            "eventCategory": "Management"
        });
        self.records.push(with(record, changes));
    }

    /// A role's session as callers show it.
    fn session(&self, role: &str, name: &str, key: &str, created: &str) -> Value {
        let short = role.rsplit('/').next().expect("a name");
        let role_id = format!("AROA{}{:09}", short.bytes().map(u32::from).sum::<u32>() % 9_000 + 1_000, self.number);
        json!({
            "type": "AssumedRole",
            "principalId": format!("{role_id}:{name}"),
            "arn": format!("arn:aws:sts::{}:assumed-role/{short}/{name}", self.id),
            "accountId": self.id,
            "accessKeyId": format!("ASIA{key}{:09}", self.number),
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": role_id,
                    "arn": format!("arn:aws:iam::{}:role/{role}", self.id),
                    "accountId": self.id,
                    "userName": short
                },
                "attributes": {"creationDate": created, "mfaAuthenticated": "false"}
            }
        })
    }

    /// Organizations and Identity Center set the account up.
    fn provisioned(&mut self) {
        let by = json!({"userIdentity": {"type": "AWSService", "invokedBy": "organizations.amazonaws.com"},
            "sourceIPAddress": "organizations.amazonaws.com", "userAgent": "organizations.amazonaws.com"});
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": format!("arn:aws:iam::{MANAGEMENT}:root")}}]})
        .to_string();
        let role = "OrganizationAccountAccessRole";
        self.call(
            0,
            ("iam.amazonaws.com", "CreateRole"),
            with(
                by.clone(),
                json!({"requestParameters": {
            "roleName": role, "assumeRolePolicyDocument": trust}}),
            ),
        );
        self.call(
            1,
            ("iam.amazonaws.com", "AttachRolePolicy"),
            with(
                by,
                json!({"requestParameters": {
            "roleName": role, "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}}),
            ),
        );
        let linked = "aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO";
        let identity = self.session(linked, "aws-sso", "SSOSVC0", "2026-09-10T00:02:00Z");
        let by = json!({"userIdentity": with(identity, json!({"invokedBy": "sso.amazonaws.com"})),
            "sourceIPAddress": "sso.amazonaws.com", "userAgent": "sso.amazonaws.com"});
        let role = "AWSReservedSSO_AdministratorAccess_0a1b2c3d4e5f6a7b";
        let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
            "Principal": {"Federated": format!("arn:aws:iam::{}:saml-provider/AWSSSO_0a1b2c3d4e5f6a7b_DO_NOT_DELETE", self.id)},
            "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}]})
        .to_string();
        self.call(
            2,
            ("iam.amazonaws.com", "CreateRole"),
            with(
                by.clone(),
                json!({"requestParameters": {
            "roleName": role, "path": "/aws-reserved/sso.amazonaws.com/", "assumeRolePolicyDocument": trust}}),
            ),
        );
        self.call(
            3,
            ("iam.amazonaws.com", "AttachRolePolicy"),
            with(
                by,
                json!({"requestParameters": {
            "roleName": role, "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}}),
            ),
        );
    }

    /// CloudFormation StackSets write a narrow role.
    fn stacked(&mut self) {
        let mut identity = self.session("stacksets-exec-0123456789abcdef", "stack", "STACK00", "2026-09-10T00:05:00Z");
        identity["invokedBy"] = json!("cloudformation.amazonaws.com");
        let by = json!({"userIdentity": identity, "sourceIPAddress": "cloudformation.amazonaws.com",
            "userAgent": "cloudformation.amazonaws.com"});
        let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": format!("arn:aws:logs:us-east-1:{}:log-group:/org/*", self.id)}]})
        .to_string();
        self.call(
            6,
            ("iam.amazonaws.com", "PutRolePolicy"),
            with(
                by,
                json!({"requestParameters": {
            "roleName": "org-log-writer", "policyName": "write", "policyDocument": policy}}),
            ),
        );
    }

    /// A person comes through Identity Center, from the network of a home.
    fn people(&mut self) {
        let home = format!("203.0.113.{}", self.number % 250 + 1);
        let role = "aws-reserved/sso.amazonaws.com/AWSReservedSSO_AdministratorAccess_0a1b2c3d4e5f6a7b";
        let created = "2026-09-10T08:00:00Z";
        let name = "mateo@example.com";
        let session = self.session(role, name, "PEOPLE0", created);
        self.call(
            480,
            ("sts.amazonaws.com", "AssumeRoleWithSAML"),
            json!({
            "userIdentity": {"type": "SAMLUser", "principalId": format!("AWSSSO:{name}"), "userName": name,
                "identityProvider": "AWSSSO"},
            "sourceIPAddress": "13.239.101.254",
            "userAgent": "aws-sdk-java/2.46.1 vendor#Amazon.com_Inc.",
            "requestParameters": {
                "principalArn": format!("arn:aws:iam::{}:saml-provider/AWSSSO_0a1b2c3d4e5f6a7b_DO_NOT_DELETE", self.id),
                "roleArn": format!("arn:aws:iam::{}:role/{role}", self.id), "roleSessionName": name},
            "responseElements": {
                "credentials": {"accessKeyId": format!("ASIANOTUSED{:09}", self.number),
                    "expiration": "Sep 10, 2026, 8:00:00 PM"},
                "assumedRoleUser": {"assumedRoleId": session["principalId"], "arn": session["arn"]}}}),
        );
        let on_behalf = json!({"onBehalfOf": {"userId": "90676dfc-0000-4000-8000-000000000000",
            "identityStoreArn": format!("arn:aws:identitystore::{MANAGEMENT}:identitystore/d-9067000000")}});
        for minute in [481, 482, 500] {
            self.call(
                minute,
                ("ec2.amazonaws.com", "DescribeInstances"),
                json!({
                "userIdentity": with(session.clone(), on_behalf.clone()), "sourceIPAddress": home}),
            );
        }
    }

    /// A pipeline comes by web identity, from another hosted runner each time.
    fn pipeline(&mut self) {
        for run in 0..3 {
            let created = format!("2026-09-10T{:02}:00:00Z", 9 + run);
            let key = format!("RUNNER{run}");
            let session = self.session("deploy", &format!("run-{run}"), &key, &created);
            let runner = format!("20.{}.{}.9", 40 + run, self.number % 200);
            let web = json!({"sessionContext": {"webIdFederationData": {
                "federatedProvider": format!("arn:aws:iam::{}:oidc-provider/token.actions.githubusercontent.com", self.id)}}});
            self.call((9 + run) * 60, ("sts.amazonaws.com", "AssumeRoleWithWebIdentity"), json!({
                "userIdentity": {"type": "WebIdentityUser", "principalId": "repo:example/app:ref:refs/heads/main",
                    "userName": "repo:example/app:ref:refs/heads/main", "identityProvider": "token.actions.githubusercontent.com"},
                "sourceIPAddress": runner,
                "requestParameters": {"roleArn": format!("arn:aws:iam::{}:role/deploy", self.id),
                    "roleSessionName": format!("run-{run}")},
                "responseElements": {
                    "credentials": {"accessKeyId": session["accessKeyId"], "expiration": format!("Sep 10, 2026, {}:00:00 PM", run + 1)},
                    "assumedRoleUser": {"assumedRoleId": session["principalId"], "arn": session["arn"]}}}));
            self.call(
                (9 + run) * 60 + 1,
                ("lambda.amazonaws.com", "UpdateFunctionCode20150331v2"),
                json!({
                "userIdentity": with(session.clone(), web), "sourceIPAddress": runner}),
            );
            self.roles_for_code(run, (&session, &runner));
        }
    }

    /// A pipeline makes functions, tasks, instances and stacks that run as roles.
    fn roles_for_code(&mut self, run: usize, (session, runner): (&Value, &str)) {
        let role = |name: &str| format!("arn:aws:iam::{}:role/{name}", self.id);
        let calls = [
            ("lambda", "CreateFunction20150331", json!({"functionName": "orders", "role": role("orders-fn")})),
            (
                "ecs",
                "RegisterTaskDefinition",
                json!({"family": "orders", "taskRoleArn": role("orders-task"),
                "executionRoleArn": role("ecsTaskExecutionRole")}),
            ),
            ("ec2", "RunInstances", json!({"iamInstanceProfile": {"name": "web"}})),
            (
                "cloudformation",
                "CreateChangeSet",
                json!({"stackName": "orders",
                "roleARN": role("cdk-hnb659fds-cfn-exec-role")}),
            ),
            ("codebuild", "UpdateProject", json!({"name": "orders", "serviceRole": role("orders-build")})),
        ];
        for (place, (service, name, request)) in calls.into_iter().enumerate() {
            let changes = json!({"userIdentity": session, "sourceIPAddress": runner, "requestParameters": request});
            self.call((9 + run) * 60 + 2 + place, (&format!("{service}.amazonaws.com"), name), changes);
        }
    }

    /// An instance behind a NAT gateway with an endpoint of its own network, and the function beside it.
    fn workloads(&mut self) {
        let gateway = format!("18.{}.{}.30", self.number % 200, self.number / 200 + 1);
        for (renewal, hour) in [(0, 1), (1, 7), (2, 13)] {
            let created = format!("2026-09-10T{hour:02}:00:00Z");
            let name = "i-0598c7d356eba48d7";
            let session = self.session("web", name, &format!("INSTAN{renewal}"), &created);
            let session = with(
                session,
                json!({"sessionContext": {"ec2RoleDelivery": "2.0"},
                "inScopeOf": {"issuerType": "AWS::EC2::Instance",
                    "credentialsIssuedTo": format!("arn:aws:ec2:us-east-1:{}:instance/{name}", self.id)}}),
            );
            self.call(
                hour * 60 + 1,
                ("s3.amazonaws.com", "GetBucketLocation"),
                json!({
                "userIdentity": session, "sourceIPAddress": "10.0.3.17", "vpcEndpointId": "vpce-0a1b2c3d",
                "vpcEndpointAccountId": self.id}),
            );
            self.call(
                hour * 60 + 2,
                ("ssm.amazonaws.com", "UpdateInstanceInformation"),
                json!({
                "userIdentity": session, "sourceIPAddress": gateway}),
            );
        }
        let created = "2026-09-10T02:00:00Z";
        let session = self.session("orders-fn", "orders", "LAMBDA0", created);
        let session = with(
            session,
            json!({"inScopeOf": {"issuerType": "AWS::Lambda::Function",
            "credentialsIssuedTo": format!("arn:aws:lambda:us-east-1:{}:function:orders", self.id)}}),
        );
        for (minute, address) in [(121, "3.80.4.5"), (180, "54.224.9.9"), (240, "18.205.1.1")] {
            self.call(
                minute,
                ("dynamodb.amazonaws.com", "DescribeTable"),
                json!({
                "userIdentity": session, "sourceIPAddress": address,
                "userAgent": "Boto3/1.34.1 exec-env/AWS_Lambda_python3.12"}),
            );
        }
    }

    /// The organisation's auditor looks in, through a NAT gateway with two addresses.
    fn audited(&mut self) {
        let session = self.session("OrgAuditor", "nightly", "AUDITOR", "2026-09-10T03:00:00Z");
        self.call(180, ("sts.amazonaws.com", "AssumeRole"), json!({
            "userIdentity": {"type": "AssumedRole", "principalId": "AROAAUDITORTOOL00:scan",
                "arn": format!("arn:aws:sts::{MANAGEMENT}:assumed-role/audit-tool/scan"), "accountId": MANAGEMENT,
                "accessKeyId": "ASIAAUDITTOOL0000000"},
            "sourceIPAddress": "198.51.100.20",
            "requestParameters": {"roleArn": format!("arn:aws:iam::{}:role/OrgAuditor", self.id), "roleSessionName": "nightly"},
            "responseElements": {
                "credentials": {"accessKeyId": session["accessKeyId"], "expiration": "Sep 10, 2026, 4:00:00 AM"},
                "assumedRoleUser": {"assumedRoleId": session["principalId"], "arn": session["arn"]}}}));
        for (minute, address) in [(181, "198.51.100.20"), (182, "198.51.100.21")] {
            self.call(
                minute,
                ("iam.amazonaws.com", "ListUsers"),
                json!({
                "userIdentity": session, "sourceIPAddress": address}),
            );
        }
    }

    /// A pipeline sets up buckets, queues, topics and keys that services and the accounts beside it use, and services use
    /// its keys.
    fn shared(&mut self) {
        let session = self.session("deploy", "run-0", "RUNNER0", "2026-09-10T09:00:00Z");
        let (own, neighbour) = (self.id.clone(), format!("{:012}", 100_000 + self.number / 2 * 2));
        let allow = |principal: Value, action: &str, condition: Value| {
            json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": action,
                "Resource": "*", "Condition": condition}]})
        };
        let from_topic = json!({"ArnEquals": {"aws:SourceArn": format!("arn:aws:sns:us-east-1:{own}:orders")}});
        let of_owner = json!({"StringEquals": {"AWS:SourceOwner": own}});
        let of_caller =
            json!({"StringEquals": {"kms:CallerAccount": own, "kms:ViaService": "s3.us-east-1.amazonaws.com"}});
        let to_all = || json!({"AWS": "*"});
        let changes = [
            (
                "s3",
                "PutBucketPolicy",
                json!({"bucketName": "load-balancer-logs", "bucketPolicy":
                allow(json!({"AWS": "arn:aws:iam::127311923021:root"}), "s3:PutObject", json!({}))}),
            ),
            (
                "s3",
                "PutBucketPolicy",
                json!({"bucketName": "artefacts", "bucketPolicy":
                allow(json!({"AWS": format!("arn:aws:iam::{neighbour}:root")}), "s3:GetObject", json!({}))}),
            ),
            ("s3", "PutBucketAcl", json!({"bucketName": "logs", "x-amz-acl": ["log-delivery-write"]})),
            (
                "sqs",
                "SetQueueAttributes",
                json!({"queueUrl": "https://sqs.us-east-1.amazonaws.com/1/orders",
                "attributes": {"Policy": allow(to_all(), "sqs:SendMessage", from_topic).to_string()}}),
            ),
            (
                "sns",
                "SetTopicAttributes",
                json!({"topicArn": format!("arn:aws:sns:us-east-1:{own}:orders"),
                "attributeName": "Policy", "attributeValue": allow(to_all(), "SNS:Subscribe", of_owner).to_string()}),
            ),
            (
                "kms",
                "PutKeyPolicy",
                json!({"keyId": "1", "policyName": "default",
                "policy": allow(to_all(), "kms:Decrypt", of_caller).to_string()}),
            ),
            (
                "lambda",
                "AddPermission20150331v2",
                json!({"functionName": "orders", "principal": "sns.amazonaws.com",
                "sourceArn": format!("arn:aws:sns:us-east-1:{own}:orders")}),
            ),
            (
                "lambda",
                "UpdateFunctionConfiguration20150331v2",
                json!({"functionName": "orders",
                "layers": ["arn:aws:lambda:us-east-1:580247275435:layer:LambdaInsightsExtension:49"]}),
            ),
        ];
        for (place, (service, name, request)) in changes.into_iter().enumerate() {
            let source = format!("{service}.amazonaws.com");
            let changes = json!({"userIdentity": session, "sourceIPAddress": format!("20.40.{}.9", self.number % 200), "requestParameters": request});
            self.call(545 + place, (&source, name), changes);
        }
        let granted = json!({"userIdentity": with(session, json!({"invokedBy": "rds.amazonaws.com"})),
            "sourceIPAddress": "rds.amazonaws.com",
            "requestParameters": {"keyId": "1", "granteePrincipal": "rds.us-east-1.amazonaws.com"}});
        self.call(560, ("kms.amazonaws.com", "CreateGrant"), granted);
    }

    /// A pipeline reads what it deploys with, an operator keeps secrets in step hour by hour, and containers read their own
    /// few whenever they start.
    fn secrets(&mut self) {
        if !self.number.is_multiple_of(10) {
            return;
        }
        let get = |name: String| json!({"requestParameters": {"secretId": name}, "sourceIPAddress": "10.0.3.17"});
        let by = |account: &Self, role: &str| json!({"userIdentity": account.session(role, "run", "SECRETS", "2026-09-10T00:00:00Z")});
        let call = ("secretsmanager.amazonaws.com", "GetSecretValue");
        for number in 0..25 {
            let deploys = with(by(self, "deploy"), get(format!("deploy/{number}")));
            self.call(600 + number, call, deploys);
            for hour in 0..7 {
                let keeps = with(by(self, "external-secrets"), get(format!("app/{number}")));
                self.call(hour * 60 + number, call, keeps);
            }
        }
        for start in 0..40 {
            let starts = with(by(self, "orders-task"), get(format!("orders/{}", start % 4)));
            self.call(700 + start, call, starts);
        }
    }

    /// The object that CloudTrail delivers for the day.
    fn deliver(self, place: &Place) {
        let id = &self.id;
        let name = format!(
            "logs/AWSLogs/o-exampleorgid/{id}/CloudTrail/us-east-1/2026/09/10/{id}_CloudTrail_us-east-1_20260910T2355Z_AbCdEfGhIjKlMnOp.json"
        );
        place.write(&name, json!({"Records": self.records}).to_string());
    }
}

fn organisation(place: &Place, accounts: usize) {
    for number in 0..accounts {
        let mut account = Account::new(number);
        account.provisioned();
        account.stacked();
        account.workloads();
        account.audited();
        account.people();
        account.pipeline();
        account.shared();
        account.secrets();
        account.deliver(place);
    }
}

#[test]
fn ordinary_accounts_have_no_finding_that_matters() {
    let place = Place::new();
    organisation(&place, 12);
    let answer = place.trailscan("audit logs").json(0);
    let severe: Vec<&Value> = answer["findings"].as_array().expect("findings").iter().collect();
    let severe: Vec<_> = severe.into_iter().filter(|finding| finding["severity"] != "info").collect();
    assert!(severe.is_empty(), "{severe:#?}");
    let incorrect: Vec<&Value> = answer["scorecard"].as_array().expect("a scorecard").iter().collect();
    let incorrect: Vec<_> = incorrect.into_iter().filter(|score| score["verdict"] == "INCORRECT").collect();
    assert!(incorrect.is_empty(), "{incorrect:#?}");
}

#[test]
fn the_first_screen_of_a_thousand_accounts_is_one_screen() {
    let place = Place::new();
    organisation(&place, ACCOUNTS);
    let ended = place.trailscan("audit logs --width 120").ends(0);
    let screen = ended.text();
    let until = screen.find("\nroot-usage").expect("the first report comes after the first screen");
    let first = screen[..until].lines().count();
    assert!(first <= 40, "{first} lines:\n{}", &screen[..until]);
    let answer = place.trailscan("audit logs").json(0);
    let findings = answer["findings"].as_array().expect("findings").len();
    assert!(findings <= 20, "{findings} findings: what services do in every account is one line for all");
}
