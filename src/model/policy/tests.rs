use serde_json::json;

use super::*;

fn policy(value: Value) -> Policy {
    Policy::from_value(&value).unwrap()
}

fn one(statement: Value) -> Policy {
    policy(json!({ "Version": "2012-10-17", "Statement": statement }))
}

fn allow(action: Value, resource: Value) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

#[test]
fn a_document_in_any_wrapping() {
    let plain = one(allow(json!("s3:GetObject"), json!("*")));
    let text =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"]}]}"#;
    let encoded: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let partly = text.replace('{', "%7B").replace('"', "%22");
    let quoted = serde_json::to_string(text).unwrap();
    let quoted_encoded = serde_json::to_string(&encoded).unwrap();
    for wrapped in [text, &encoded, &partly, &quoted, &quoted_encoded, &format!("\u{feff}\n {text}\n")] {
        assert_eq!(Policy::read(wrapped).as_ref(), Ok(&plain), "{wrapped}");
    }
    assert_eq!(Policy::from_value(&json!(encoded)), Ok(plain));
    let odd = r#"{"version":"2012-10-17","statement":{"effect":"allow","action":"s3:Get+%41","resource":"*"}}"#;
    assert_eq!(
        Policy::read(odd).unwrap().statements()[0].actions.values(),
        ["s3:Get+%41"],
        "plain text is not decoded"
    );
}

#[test]
fn what_is_not_at_hand_is_withheld_and_what_is_broken_is_not() {
    for withheld in
        [json!({"omitted": true}), json!({"omitted": "true", "originalSize": 9}), json!(HIDDEN), json!(null)]
    {
        assert!(Policy::from_value(&withheld).unwrap_err().is_withheld(), "{withheld}");
    }
    for broken in [
        "",
        "no policy",
        "{",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"All"#,
        "[]",
        "7",
        "%7",
        "%zz",
        "%ff",
        "%22x%22",
        "{}",
        r#"{"omitted":false}"#,
        r#"{"Statement":"x"}"#,
        r#"{"Statement":[{"Action":"*"}]}"#,
        r#"{"Statement":{"Effect":"Allow","Action":{"a":1}}}"#,
        r#"{"Statement":{"Effect":"Allow","Condition":[]}}"#,
        r#"{"Statement":{"Effect":"Allow","Action":"a","NotAction":"b"}}"#,
    ] {
        let error = Policy::read(broken).unwrap_err();
        assert!(!error.is_withheld(), "{broken}");
        let line = error.to_string();
        assert!(line.starts_with("the policy document ") && !line.contains('\n'), "{line}");
        assert_eq!(Grant::of(&Err(error)), Grant::NotJudged);
    }
    assert!(policy(json!({ "Statement": [] })).statements().is_empty());
}

#[test]
fn admin_and_what_comes_near() {
    for admin in [
        allow(json!("*"), json!("*")),
        allow(json!("*:*"), json!("*")),
        allow(json!(["s3:GetObject", "*"]), json!(["arn:aws:s3:::x", "*"])),
        json!([{ "Effect": "Deny", "Action": "s3:*", "Resource": "*" }, { "Effect": "Allow", "Action": "*", "Resource": "*" }]),
        json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {} }),
    ] {
        assert_eq!(one(admin.clone()).grant(), Grant::Admin, "{admin}");
    }
    for near in [
        allow(json!("s3:*"), json!("*")),
        allow(json!("*"), json!("arn:aws:s3:::x/*")),
        json!({ "Effect": "Deny", "Action": "*", "Resource": "*" }),
        json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": true}} }),
        json!({ "Effect": "Allow", "NotAction": "*", "Resource": "*" }),
        json!({ "Effect": "Allow", "Action": "*", "NotResource": "*" }),
        json!([{ "Effect": "Allow", "Action": "*", "Resource": "x" }, { "Effect": "Allow", "Action": "x:y", "Resource": "*" }]),
    ] {
        assert!(!one(near.clone()).grants_admin(), "{near}");
    }
}

#[test]
fn whole_services_and_what_comes_near() {
    let s3 = one(allow(json!(["S3:*", "ec2:Describe*"]), json!("*")));
    assert!(
        s3.allows_all_actions_of("s3") && !s3.allows_all_actions_of("ec2") && !s3.allows_all_actions_of("s3control")
    );
    assert_eq!((s3.grant(), s3.whole_services()), (Grant::FullService, BTreeSet::from(["s3".to_owned()])));
    assert!(one(allow(json!("*"), json!("*"))).allows_all_actions_of("iam"));
    let power = one(json!({ "Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*" }));
    assert!(power.uses_not_action() && power.grant() == Grant::FullService && power.whole_services().is_empty());
    for near in [
        allow(json!("s3:*"), json!("arn:aws:s3:::x")),
        allow(json!("s3:Get*"), json!("*")),
        json!({ "Effect": "Deny", "Action": "s3:*", "Resource": "*" }),
        json!({ "Effect": "Deny", "NotAction": "s3:*", "Resource": "*" }),
        json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"a": "b"}} }),
    ] {
        let near = one(near);
        assert!(
            near.grant() <= Grant::Other && !near.allows_all_actions_of("s3") && !near.uses_not_action(),
            "{near:?}"
        );
    }
    assert!(one(json!({ "Effect": "Allow", "Action": "s3:*", "NotResource": "x" })).uses_not_resource());
    assert!(!one(json!({ "Effect": "Deny", "Action": "s3:*", "NotResource": "x" })).uses_not_resource());
}

#[test]
fn writes_on_every_resource() {
    let writes = |action: &str| !one(allow(json!(action), json!("*"))).write_on_all_resources().is_empty();
    for write in [
        "s3:PutObject",
        "s3:*",
        "*",
        "s3:P*",
        "S3:DELETEObject",
        "dynamodb:BatchWriteItem",
        "iam:PassRole",
        "ec2:?unInstances",
    ] {
        assert!(writes(write), "{write}");
    }
    for read in [
        "s3:GetObject",
        "s3:Get*",
        "ec2:Describe*",
        "dynamodb:BatchGetItem",
        "iam:List?sers",
        "cloudtrail:LookupEvents",
    ] {
        assert!(!writes(read), "{read}");
    }
    let narrow = [allow(json!("s3:PutObject"), json!("arn:aws:s3:::x/*")), allow(json!("s3:GetObject"), json!("*"))];
    assert!(one(json!(narrow)).write_on_all_resources().is_empty(), "a write here and a star there");
    let both = one(allow(json!(["s3:PutObject", "s3:GetObject", "ec2:RunInstances"]), json!("*")));
    assert_eq!(both.write_on_all_resources(), ["ec2:RunInstances", "s3:PutObject"]);
    let all_but = one(json!({ "Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*" }));
    assert_eq!(all_but.write_on_all_resources(), ["NotAction: iam:*, sts:*"]);
}

#[test]
fn the_same_in_other_words() {
    let same = one(json!([
        { "Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": ["b", "a"] },
        { "Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": {"StringEquals": {"aws:RequestedRegion": ["x", "y"]}} },
    ]));
    let other = one(json!([
        { "Effect": "Deny", "Action": ["IAM:*"], "Resource": "*", "Condition": {"stringequals": {"aws:requestedregion": ["y", "x"]}} },
        { "Effect": "Allow", "Action": "S3:PUTOBJECT", "Resource": ["a", "b"] },
        { "Sid": "B", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "a" },
        { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "b" },
    ]));
    assert_eq!(same.normalised(), other.normalised());
    let base = allow(json!("s3:GetObject"), json!("a"));
    let differs = |other: Value| assert_ne!(one(base.clone()).normalised(), one(other.clone()).normalised(), "{other}");
    differs(allow(json!("s3:GetObject"), json!("A")));
    differs(allow(json!(["s3:GetObject", "s3:PutObject"]), json!("a")));
    differs(json!({ "Effect": "Deny", "Action": "s3:GetObject", "Resource": "a" }));
    differs(json!({ "Effect": "Allow", "NotAction": "s3:GetObject", "Resource": "a" }));
    differs(json!({ "Effect": "Allow", "Action": "s3:GetObject", "NotResource": "a" }));
    differs(
        json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "a", "Condition": {"Bool": {"k": "true"}} }),
    );
    differs(json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "a", "Principal": "*" }));
    let crossed = |first: &str, second: &str| {
        one(json!([allow(json!("a:A"), json!(first)), allow(json!("b:B"), json!(second))])).normalised()
    };
    assert_ne!(crossed("x", "y"), crossed("y", "x"));
}

#[test]
fn all_but_two_is_not_all_but_each() {
    let not = |listed: Value| json!({ "Effect": "Allow", "NotAction": listed, "Resource": "*" });
    let together = one(not(json!(["a:*", "b:*"])));
    let apart = one(json!([not(json!("a:*")), not(json!("b:*"))]));
    assert_ne!(together.normalised(), apart.normalised());
    assert_eq!(together.normalised(), one(not(json!(["B:*", "A:*"]))).normalised());
}

#[test]
fn variables_need_a_version() {
    let at = |version: &str, resource: &str| {
        policy(json!({ "Version": version, "Statement": allow(json!("iam:ChangePassword"), json!(resource)) }))
            .normalised()
    };
    let own = "arn:aws:iam::*:user/${aws:username}";
    assert_ne!(at("2012-10-17", own), at("2008-10-17", own));
    assert_eq!(at("2012-10-17", "*"), at("2008-10-17", "*"));
}

#[test]
fn doors_of_trust_policies() {
    let open = |principal: Value, condition: Value| {
        let statement =
            json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, "Condition": condition });
        let found = one(statement).open_principals("111122223333");
        found.into_iter().map(|open| (open.open_to, open.principal, open.condition_keys.len())).collect::<Vec<_>>()
    };
    let none = || json!({});
    assert_eq!(open(json!("*"), none()), [(OpenTo::Anyone, "*".to_owned(), 0)]);
    assert_eq!(open(json!({"AWS": ["*"]}), none()), [(OpenTo::Anyone, "*".to_owned(), 0)]);
    let external = json!({"StringEquals": {"sts:ExternalId": "x"}});
    let root = "arn:aws:iam::444455556666:root";
    assert_eq!(open(json!({"AWS": root}), external.clone()), [(OpenTo::OtherAccount, root.to_owned(), 1)]);
    assert_eq!(open(json!({"AWS": "444455556666"}), none()), [(OpenTo::OtherAccount, "444455556666".to_owned(), 0)]);
    for own in [
        json!({"AWS": "111122223333"}),
        json!({"AWS": "arn:aws-cn:iam::111122223333:role/x"}),
        json!({"Service": "ec2.amazonaws.com"}),
        json!({"AWS": "AIDAIOSFODNN7EXAMPLE"}),
    ] {
        assert_eq!(open(own.clone(), none()), [], "{own}");
    }
    let provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    assert_eq!(open(json!({"Federated": provider}), none()), [(OpenTo::AnySubject, provider.to_owned(), 0)]);
    let narrowed = json!({"StringLike": {"token.actions.githubusercontent.com:sub": "repo:example/x:*"}});
    assert_eq!(open(json!({"Federated": provider}), narrowed), []);
    let denied = json!({ "Effect": "Deny", "Action": "sts:AssumeRole", "Principal": "*" });
    assert_eq!(one(denied).open_principals("111122223333"), []);
    let twice = json!([
        { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": root}, "Condition": external },
        { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": root} },
    ]);
    assert!(one(twice).open_principals("111122223333")[0].is_unconditional());
}

#[test]
fn everything_in_other_words() {
    let letters: Vec<String> = ('a'..='z').map(|letter| format!("{letter}*")).collect();
    let under = |condition: Value| json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition });
    for admin in [
        allow(json!("?*"), json!("*")),
        allow(json!("*:?*"), json!("*")),
        allow(json!("**"), json!("*?")),
        allow(json!(letters), json!("*")),
        allow(json!("*"), json!("arn:aws:*")),
        allow(json!("*"), json!("arn:*")),
        allow(json!("*"), json!("arn:aws-us-gov:*:*:*:*")),
        allow(json!("*"), json!("arn:aws:*:*:111122223333:*")),
        json!({ "Effect": "Allow", "NotAction": "aws-portal:*", "Resource": "*" }),
        json!({ "Effect": "Allow", "NotAction": ["iam:DeleteUser", "s3:*"], "Resource": "*" }),
        json!({ "Effect": "Allow", "NotAction": "none:here", "NotResource": "arn:aws:s3:::secret/*" }),
        json!({ "Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::secret" }),
        json!([
            allow(json!(["iam:*", "s3:*", "ec2:*", "a*", "c*", "d*", "e*"]), json!("*")),
            allow(json!(["g*", "k*", "l*", "o*", "r*", "s*"]), json!("*"))
        ]),
        json!([allow(json!("*"), json!("*")), { "Effect": "Deny", "Action": "organizations:*", "Resource": "*" }]),
        under(json!({ "StringLike": { "aws:PrincipalArn": "*" } })),
        under(json!({ "DateGreaterThan": { "aws:CurrentTime": "2020-01-01T00:00:00Z" } })),
        under(
            json!({ "Bool": { "aws:SecureTransport": "true" }, "IpAddress": { "aws:SourceIp": ["192.0.2.0/24", "0.0.0.0/0"] } }),
        ),
        under(json!({ "StringEquals": { "aws:PrincipalAccount": "111122223333" } })),
    ] {
        assert_eq!(one(admin.clone()).grant(), Grant::Admin, "{admin}");
    }
    for near in [
        under(json!({ "StringLike": { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/ops" } })),
        under(json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" }, "Bool": { "aws:SecureTransport": "true" } })),
        under(json!({ "StringEquals": { "aws:PrincipalTag/team": "ops" } })),
        allow(json!("*"), json!("arn:aws:s3:::x*")),
        allow(json!("*"), json!("arn:aws:ec2:*:*:*")),
        json!({ "Effect": "Allow", "NotAction": "aws-portal:*", "Resource": "arn:aws:s3:::x/*" }),
        json!([allow(json!("*"), json!("*")), { "Effect": "Deny", "Action": "*", "Resource": "*" }]),
        json!([allow(json!("*"), json!("*")), { "Effect": "Deny", "NotAction": ["s3:Get*"], "Resource": "*" }]),
        json!([{ "Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*" },
            allow(json!(["iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole", "iam:ListRoles"]), json!("*"))]),
    ] {
        assert!(!one(near.clone()).grant().is_admin_equivalent(), "{near}");
    }
}

#[test]
fn no_document_can_name_what_it_is_asked_for() {
    let but = |resources: Value| {
        [
            json!([allow(json!("*"), json!("*")), { "Effect": "Deny", "Action": "*", "Resource": resources }]),
            json!({ "Effect": "Allow", "Action": "*", "NotResource": resources }),
        ]
    };
    for named in [
        json!("*zz9*"),
        json!(["*zz-zz-9*", "*/zz9*"]),
        json!(["arn:*:*:*:*:*zz9*", "arn:aws:s3:::zz9*"]),
        json!("*q*"),
        json!("arn:aws:s3:::b*"),
        json!(["arn:aws:s3:::payroll", "arn:aws:s3:::payroll/*"]),
        json!("arn:aws:iam::111122223333:role/break-glass"),
    ] {
        for admin in but(named.clone()) {
            assert_eq!(one(admin.clone()).grant(), Grant::Admin, "{admin}");
        }
    }
    for all in
        [json!("*"), json!("arn:*"), json!("arn:aws*:*:*:*:*"), json!(["*a*", "*e*", "*i*", "*o*", "*u*", "*:*"])]
    {
        for nothing in but(all.clone()) {
            assert!(!one(nothing.clone()).grant().is_admin_equivalent(), "{nothing}");
        }
    }
    let letters = |of: std::ops::RangeInclusive<char>| {
        let roles: Vec<String> = of.map(|letter| format!("arn:aws:iam::111122223333:role/{letter}*")).collect();
        one(allow(json!("iam:*"), json!(roles))).grant()
    };
    assert_eq!(letters('a'..='y'), Grant::Escalation, "nearly any role");
    assert_eq!(letters('d'..='f'), Grant::Other, "some of them");
}

#[test]
fn ways_through_identity_center() {
    let ways = |statement: Value| one(statement).escalations().join(", ");
    let assign = "sso:CreateAccountAssignment";
    for (actions, resources, told) in [
        (json!(assign), json!("*"), assign),
        (json!("SSO:CreateAccount*"), json!("arn:aws:sso:::*"), assign),
        (
            json!(assign),
            json!(["arn:aws:sso:::instance/*", "arn:aws:sso:::permissionSet/*/*", "arn:aws:sso:::account/*"]),
            assign,
        ),
        (
            json!(assign),
            json!([
                "arn:aws:sso:::instance/ssoins-72231234567890ab",
                "arn:aws:sso:::permissionSet/ssoins-72231234567890ab/*",
                "arn:aws:sso:::account/*"
            ]),
            assign,
        ),
        (
            json!(["sso:PutInlinePolicyToPermissionSet", "sso:Provision*"]),
            json!("*"),
            "sso:PutInlinePolicyToPermissionSet + sso:ProvisionPermissionSet",
        ),
        (
            json!(["sso:AttachManagedPolicyToPermissionSet", "sso:ProvisionPermissionSet"]),
            json!("*"),
            "sso:AttachManagedPolicyToPermissionSet + sso:ProvisionPermissionSet",
        ),
        (json!("identitystore:*"), json!("*"), "identitystore:CreateGroupMembership"),
        (
            json!("identitystore:Create*"),
            json!([
                "arn:aws:identitystore::111122223333:identitystore/d-1234567890",
                "arn:aws:identitystore:::group/*",
                "arn:aws:identitystore:::user/*"
            ]),
            "identitystore:CreateGroupMembership",
        ),
        (json!("sso-directory:*"), json!("*"), "sso-directory:AddMemberToGroup, sso-directory:UpdatePassword"),
    ] {
        let statement = allow(actions.clone(), resources);
        assert_eq!(ways(statement.clone()), told, "{actions}");
        assert_eq!(one(statement).grant(), Grant::Escalation, "{actions}");
    }
    assert_eq!(one(allow(json!("sso:*"), json!("*"))).escalations().len(), 3, "each way once");
    let set = "arn:aws:sso:::permissionSet/ssoins-72231234567890ab";
    for near in [
        allow(json!(["sso:Describe*", "sso:Get*", "sso:List*", "sso:Search*"]), json!("*")),
        allow(json!("sso:PutInlinePolicyToPermissionSet"), json!("*")),
        allow(json!("sso:ProvisionPermissionSet"), json!("*")),
        allow(
            json!(["sso:CreateApplication", "sso:CreateApplicationAssignment", "sso:CreatePermissionSet"]),
            json!("*"),
        ),
        allow(
            json!(assign),
            json!(["arn:aws:sso:::instance/*", format!("{set}/ps-72231234567890ab"), "arn:aws:sso:::account/*"]),
        ),
        allow(
            json!(assign),
            json!(["arn:aws:sso:::instance/*", format!("{set}/*"), "arn:aws:sso:::account/111122223333"]),
        ),
        allow(json!("identitystore:CreateGroupMembership"), json!("arn:aws:identitystore:::group/one")),
        allow(json!(["identitystore:List*", "identitystore:Describe*", "identitystore:CreateUser"]), json!("*")),
        allow(json!(["sso-directory:Describe*", "sso-directory:Search*", "sso-directory:CreateUser"]), json!("*")),
        json!({ "Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*" }),
        allow(json!("s*:*"), json!("*")),
        json!([allow(json!(assign), json!("*")), { "Effect": "Deny", "Action": "sso:*Assignment", "Resource": "*" }]),
        json!({ "Effect": "Allow", "Action": assign, "Resource": "*",
            "Condition": { "StringEquals": { "aws:ResourceTag/team": "web" } } }),
    ] {
        assert_eq!(ways(near.clone()), "", "{near}");
    }
    let power = json!({ "Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*" });
    let both = json!([power, allow(json!("sso:*"), json!("*"))]);
    assert_eq!(one(both).grant(), Grant::Escalation, "what leads to it in few accounts is not everything");
}

#[test]
fn ways_to_everything() {
    for (action, way) in [
        ("iam:*", "iam:AddUserToGroup"),
        ("iam:Attach*", "iam:AttachGroupPolicy"),
        ("IAM:putuserpolicy", "iam:PutUserPolicy"),
        ("iam:?utRolePolicy", "iam:PutRolePolicy"),
        ("iam:CreatePolicyVersion", "iam:CreatePolicyVersion"),
        ("iam:SetDefaultPolicyVersion", "iam:SetDefaultPolicyVersion"),
        ("iam:UpdateAssumeRolePolicy", "iam:UpdateAssumeRolePolicy"),
        ("iam:AddUserToGroup", "iam:AddUserToGroup"),
        ("iam:*LoginProfile", "iam:CreateLoginProfile"),
        ("iam:CreateAccessKey", "iam:CreateAccessKey"),
        ("*:Create*", "iam:CreateAccessKey"),
    ] {
        let policy = one(allow(json!(action), json!("*")));
        assert_eq!((policy.grant(), policy.escalations()[0].as_str()), (Grant::Escalation, way), "{action}");
    }
    let pass = |run: &str, role: &str| {
        one(json!([allow(json!("iam:PassRole"), json!(role)), allow(json!(run), json!("*"))])).escalations()
    };
    assert_eq!(pass("lambda:*Function", "*"), ["iam:PassRole + lambda:CreateFunction"]);
    assert_eq!(pass("ec2:Run*", "arn:aws:iam::111122223333:role/*"), ["iam:PassRole + ec2:RunInstances"]);
    assert_eq!(pass("ec2:Associate*", "*"), ["iam:PassRole + ec2:AssociateIamInstanceProfile"]);
    assert_eq!(pass("ec2:AssociateAddress", "*"), [""; 0]);
    assert_eq!(
        pass("cloudformation:*ChangeSet", "*"),
        ["iam:PassRole + cloudformation:CreateChangeSet + cloudformation:ExecuteChangeSet"]
    );
    assert_eq!(pass("cloudformation:CreateChangeSet", "*"), [""; 0]);
    for run in [
        "bedrock-agentcore:CreateAgentRuntime",
        "codepipeline:UpdatePipeline",
        "ec2:CreateFleet",
        "emr-serverless:StartJobRun",
        "lambda:UpdateFunctionConfiguration",
        "sagemaker:UpdateNotebookInstance",
        "scheduler:UpdateSchedule",
        "states:UpdateStateMachine",
    ] {
        assert_eq!(pass(run, "*"), [format!("iam:PassRole + {run}")]);
        assert_eq!(pass(run, "arn:aws:iam::111122223333:role/one"), [""; 0], "{run}");
    }
    assert_eq!(
        pass("rolesanywhere:Create*", "*"),
        ["iam:PassRole + rolesanywhere:CreateProfile + rolesanywhere:CreateTrustAnchor"]
    );
    assert_eq!(pass("rolesanywhere:CreateProfile", "*"), [""; 0], "of an authority that is trusted already");
    assert_eq!(one(allow(json!("sts:AssumeRoot"), json!("*"))).escalations(), [""; 0], "for a task");
    assert_eq!(pass("lambda:InvokeFunction", "*"), [""; 0]);
    assert_eq!(pass("lambda:CreateFunction", "arn:aws:iam::111122223333:role/one"), [""; 0]);
    assert_eq!(pass("lambda:CreateFunction", "arn:aws:iam::*:role/app-*"), [""; 0]);
    let functions = json!([
        allow(json!("iam:PassRole"), json!("*")),
        allow(json!("lambda:*"), json!("arn:aws:lambda:*:*:function:*"))
    ]);
    assert_eq!(one(functions).grant(), Grant::Escalation);
    let own =
        allow(json!(["iam:AttachUserPolicy", "iam:CreateAccessKey"]), json!("arn:aws:iam::*:user/${aws:username}"));
    assert_eq!(one(own).escalations(), ["iam:AttachUserPolicy"], "on oneself");
    let to_service = |action: &str, service: &str| {
        let pass = json!({ "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
            "Condition": { "StringEquals": { "iam:PassedToService": service } } });
        one(json!([pass, allow(json!(action), json!("*"))])).escalations()
    };
    assert_eq!(to_service("lambda:Create*", "lambda.amazonaws.com"), ["iam:PassRole + lambda:CreateFunction"]);
    assert_eq!(to_service("ecs:RunTask", "ecs-tasks.amazonaws.com"), ["iam:PassRole + ecs:RunTask"]);
    for near in [
        allow(json!(["iam:GetUser", "iam:List*", "iam:ChangePassword"]), json!("*")),
        allow(
            json!(["iam:*AccessKey*", "iam:*MFADevice", "iam:*LoginProfile", "iam:Get*", "iam:List*"]),
            json!(["arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::*:mfa/${aws:username}"]),
        ),
        json!([allow(json!("iam:*"), json!("arn:aws:iam::*:user/${aws:username}")),
            { "Effect": "Deny", "Action": "iam:*Policy", "Resource": "arn:aws:iam::*:user/${aws:username}" }]),
        json!([allow(json!("lambda:CreateFunction"), json!("*")),
            { "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
              "Condition": { "StringEquals": { "iam:PassedToService": "ec2.amazonaws.com" } } }]),
        json!([allow(json!("lambda:CreateFunction"), json!("*")),
            { "Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/app-*",
              "Condition": { "StringEquals": { "iam:PassedToService": "lambda.amazonaws.com" } } }]),
        allow(json!("iam:PassRole"), json!("*")),
        allow(json!("iam:CreateAccessKey"), json!("arn:aws:iam::111122223333:user/one")),
        allow(json!("iam:CreateUser"), json!("*")),
        allow(json!("iam:CreatePolicy"), json!("*")),
        json!({ "Effect": "Allow", "Action": "iam:AttachRolePolicy", "Resource": "*",
            "Condition": { "ArnEquals": { "iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess" } } }),
        json!({ "Effect": "Allow", "Action": "iam:Put*", "Resource": "*",
            "Condition": { "StringEquals": { "iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/b" } } }),
        json!([allow(json!("iam:*"), json!("*")), { "Effect": "Deny", "Action": "iam:*", "Resource": "*" }]),
        json!([allow(json!(["iam:Attach*", "iam:Get*"]), json!("*")), { "Effect": "Deny", "Action": "iam:*Policy", "Resource": "*" }]),
    ] {
        assert_eq!(one(near.clone()).escalations(), [""; 0], "{near}");
    }
    let sometimes = json!([allow(json!("iam:*"), json!("*")),
        { "Effect": "Deny", "Action": "iam:*", "Resource": "*", "Condition": { "Bool": { "aws:ViaAWSService": "false" } } }]);
    assert_eq!(one(sometimes).grant(), Grant::Escalation, "a Deny under a condition may not hold");
}

#[test]
fn what_only_denies_grants_nothing() {
    let deny = |condition: Value| json!({ "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition });
    let revoke = deny(json!({ "DateLessThan": { "aws:TokenIssueTime": "2026-06-01T09:00:00Z" } }));
    assert_eq!(one(revoke).grant(), Grant::DenyOnly);
    assert_eq!(one(json!([deny(json!({})), deny(json!({}))])).grant(), Grant::DenyOnly);
    assert_eq!(one(json!([deny(json!({})), allow(json!("s3:GetObject"), json!("x"))])).grant(), Grant::Other);
    assert_eq!(policy(json!({ "Statement": [] })).grant(), Grant::Other);
}

#[test]
fn an_administrator_in_any_partition_of_aws() {
    let grant = |partition: &str| one(allow(json!("*"), json!(format!("arn:{partition}:*")))).grant();
    for partition in ["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"] {
        assert_eq!(grant(partition), Grant::Admin, "{partition}");
        let iam = one(allow(json!("iam:PutUserPolicy"), json!(format!("arn:{partition}:iam::111122223333:user/*"))));
        assert_eq!(iam.grant(), Grant::Escalation, "{partition}");
        let bucket = one(allow(json!("*"), json!(format!("arn:{partition}:s3:::example/*"))));
        assert_eq!(bucket.grant(), Grant::Other, "{partition}");
    }
    assert_eq!(grant("aws-zz"), Grant::Other, "none of AWS's");
}

#[test]
fn quarantine_is_aws_or_a_name() {
    let aws = |name: &str| is_quarantine(&format!("arn:aws-cn:iam::aws:policy/{name}"), PolicyClass::AwsManaged);
    for name in ["AWSCompromisedKeyQuarantine", "AWSCompromisedKeyQuarantineV2", "AWSCompromisedKeyQuarantineV3"] {
        assert!(aws(name), "{name}");
        assert_eq!(Grant::of_managed(&format!("arn:aws:iam::aws:policy/{name}")), Grant::DenyOnly);
    }
    assert!(!aws("AWSDenyAll") && !aws("ReadOnlyAccess"));
    let own = "arn:aws:iam::111122223333:policy/AWSCompromisedKeyQuarantineV3";
    assert!(!is_quarantine(own, PolicyClass::of_arn(own)), "an own policy of AWS's name");
    assert!(is_quarantine("AWSExposedCredentialPolicy_DO_NOT_REMOVE", PolicyClass::Inline));
    assert!(!is_quarantine("AWSExposedCredentialPolicy", PolicyClass::Inline));
    assert!(is_quarantine("AWSCompromisedKeyQuarantineV2", PolicyClass::Inline));
    assert!(!is_quarantine("MyAWSCompromisedKeyQuarantine", PolicyClass::Inline));
}

/// How a trust in these principals under this condition stands: each principal's width and whether nothing narrows it.
fn doors(principal: Value, condition: Value) -> Vec<(OpenTo, bool)> {
    let statement = json!({ "Effect": "Allow", "Principal": principal, "Condition": condition,
        "Action": ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:TagSession"] });
    let found = one(statement).open_principals("111122223333");
    found.into_iter().map(|open| (open.open_to, open.is_unconditional())).collect()
}

fn oidc(host: &str, condition: Value) -> Vec<(OpenTo, bool)> {
    doors(json!({ "Federated": format!("arn:aws:iam::111122223333:oidc-provider/{host}") }), condition)
}

#[test]
fn providers_that_many_share_need_an_owner() {
    let any = [(OpenTo::AnySubject, true)];
    let (github, sub) = ("token.actions.githubusercontent.com", "token.actions.githubusercontent.com:sub");
    let aud = json!({ "StringEquals": { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" } });
    assert_eq!(oidc(github, aud), any);
    assert_eq!(oidc(github, json!({})), any);
    for open in [
        json!({ "StringLike": { sub: "*" } }),
        json!({ "StringLike": { sub: "repo:*" } }),
        json!({ "StringLike": { sub: "repo:exam*" } }),
        json!({ "StringLike": { sub: "repo:*/app:*" } }),
        json!({ "StringLike": { sub: "*:ref:refs/heads/main" } }),
        json!({ "StringLike": { sub: ["repo:example/app:*", "repo:*"] } }),
        json!({ "ForAnyValue:StringLike": { sub: "*" } }),
        json!({ "StringNotEquals": { sub: "repo:example/app:ref:refs/heads/main" } }),
        json!({ "StringEquals": { sub: "environment:prod" } }),
        json!({ "StringLike": { "token.actions.githubusercontent.com:ref": "refs/heads/main" } }),
        json!({ "Bool": { "aws:SecureTransport": "true" } }),
    ] {
        assert_eq!(oidc(github, open.clone()), any, "{open}");
    }
    for narrow in [
        json!({ "StringLike": { sub: "repo:example/*" } }),
        json!({ "StringLike": { sub: ["repo:example/app:*", "repo:example/site:environment:prod"] } }),
        json!({ "StringEquals": { sub: "repo:example/app:ref:refs/heads/main" } }),
        json!({ "ForAllValues:StringLike": { sub: "repo:example/app:*" } }),
        json!({ "StringEqualsIgnoreCase": { sub: "repo:Example/app:pull_request" } }),
        json!({ "StringLike": { sub: "repository_owner:example:*" } }),
        json!({ "StringEquals": { "token.actions.githubusercontent.com:repository": "example/app" } }),
        json!({ "StringEquals": { "token.actions.githubusercontent.com:repository_owner_id": "123" } }),
        json!({ "StringLike": { "token.actions.githubusercontent.com:job_workflow_ref": "example/app/.github/workflows/x.yml@*" } }),
    ] {
        assert_eq!(oidc(github, narrow.clone()), [], "{narrow}");
    }
    assert_eq!(oidc("gitlab.com", json!({ "StringEquals": { "gitlab.com:aud": "https://gitlab.com" } })), any);
    assert_eq!(
        oidc("gitlab.com", json!({ "StringLike": { "gitlab.com:sub": "project_path:*:ref_type:branch:ref:main" } })),
        any
    );
    assert_eq!(oidc("gitlab.com", json!({ "StringLike": { "gitlab.com:sub": "project_path:example/app:*" } })), []);
    let tfc = |sub: &str| oidc("app.terraform.io", json!({ "StringLike": { "app.terraform.io:sub": sub } }));
    assert_eq!(tfc("organization:*:project:*:workspace:*:run_phase:*"), any);
    assert_eq!(tfc("organization:example:project:*:workspace:*:run_phase:*"), []);
    assert_eq!(
        oidc("app.terraform.io", json!({ "StringEquals": { "app.terraform.io:aud": "aws.workload.identity" } })),
        any
    );
}

#[test]
fn pools_applications_and_providers_of_ones_own() {
    let any = [(OpenTo::AnySubject, true)];
    let pool = |condition: Value| doors(json!({ "Federated": "cognito-identity.amazonaws.com" }), condition);
    assert_eq!(
        pool(json!({ "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "authenticated" } })),
        any
    );
    let of_pool = |amr: Value, operator: &str| {
        pool(json!({ "StringEquals": { "cognito-identity.amazonaws.com:aud": "us-east-1:pool" },
            operator: { "cognito-identity.amazonaws.com:amr": amr } }))
    };
    let like = "ForAnyValue:StringLike";
    assert_eq!(of_pool(json!("authenticated"), like), []);
    assert_eq!(of_pool(json!("authenticated"), "ForAnyValue:StringEquals"), []);
    let guests = [(OpenTo::Guests, true)];
    assert_eq!(of_pool(json!("unauthenticated"), like), guests);
    assert_eq!(of_pool(json!(["authenticated", "unauthenticated"]), like), guests);
    assert_eq!(of_pool(json!("*authenticated"), like), guests);
    let of_no_pool = json!({ like: { "cognito-identity.amazonaws.com:amr": "unauthenticated" } });
    assert_eq!(pool(of_no_pool), any, "of whatever pool");
    let for_guests = |pool: &str| {
        json!({ "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": { "Federated": "cognito-identity.amazonaws.com" },
            "Condition": { "StringEquals": { "cognito-identity.amazonaws.com:aud": pool },
                like: { "cognito-identity.amazonaws.com:amr": "unauthenticated" } } })
    };
    let two = one(json!([for_guests("us-east-1:b"), for_guests("us-east-1:a")])).open_principals("111122223333");
    assert_eq!(two.iter().map(|open| open.pools.len()).collect::<Vec<_>>(), [2], "both pools");
    let audience = json!({ "StringEquals": { "cognito-identity.amazonaws.com:aud": "us-east-1:pool" } });
    assert_eq!(pool(audience), [(OpenTo::Federation, true)], "whether the pool takes guests is not said");
    let one = json!({ "StringEquals": { "cognito-identity.amazonaws.com:sub": "us-east-1:1-2-3" } });
    assert_eq!(pool(one), []);
    assert_eq!(pool(json!({ "StringLike": { "cognito-identity.amazonaws.com:aud": "*" } })), any);
    let google = |condition: Value| doors(json!({ "Federated": "accounts.google.com" }), condition);
    assert_eq!(google(json!({ "StringEquals": { "accounts.google.com:aud": "app" } })), []);
    assert_eq!(google(json!({})), any);
    let own = "id.example.com";
    assert_eq!(
        oidc(own, json!({ "StringEquals": { "id.example.com:aud": "aws" } })),
        [],
        "its own subjects are its matter"
    );
    assert_eq!(oidc(own, json!({})), any);
    let cluster = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E";
    let of_cluster = |claim: &str, value: &str| {
        oidc(cluster, json!({ "StringLike": { format!("{}:{claim}", cluster.to_lowercase()): value } }))
    };
    assert_eq!(of_cluster("sub", "system:serviceaccount:default:web"), []);
    assert_eq!(of_cluster("sub", "system:serviceaccount:default:*"), []);
    assert_eq!(of_cluster("sub", "system:serviceaccount:*:*"), [(OpenTo::Federation, true)]);
    assert_eq!(of_cluster("aud", "sts.amazonaws.com"), [(OpenTo::Federation, true)]);
    let saml = json!({ "Federated": "arn:aws:iam::111122223333:saml-provider/corp" });
    assert_eq!(doors(saml.clone(), json!({})), [(OpenTo::Federation, true)]);
    assert_eq!(doors(saml, json!({ "StringEquals": { "SAML:aud": "https://signin.aws.amazon.com/saml" } })), []);
}

#[test]
fn anyone_under_conditions() {
    let (open, narrow) = ([(OpenTo::Anyone, true)], [(OpenTo::Anyone, false)]);
    for idle in [
        json!({ "StringLike": { "aws:PrincipalArn": "*" } }),
        json!({ "StringEqualsIfExists": { "aws:PrincipalOrgID": "o-exampleorg1" } }),
        json!({ "Bool": { "aws:SecureTransport": "true" } }),
        json!({ "IpAddress": { "aws:SourceIp": "0.0.0.0/0" } }),
        json!({ "StringNotEquals": { "aws:PrincipalAccount": "999988887777" } }),
        json!({ "StringEquals": { "sts:RoleSessionName": "x" } }),
    ] {
        assert_eq!(doors(json!("*"), idle.clone()), open, "{idle}");
        let mut both = idle.clone();
        both["StringEquals"]["aws:PrincipalOrgID"] = json!("o-exampleorg1");
        assert_eq!(doors(json!({ "AWS": "*" }), both), narrow, "{idle}");
    }
    let allow_all = json!({ "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole" });
    let deny =
        |condition: Value| json!({ "Effect": "Deny", "Principal": "*", "Action": "sts:*", "Condition": condition });
    let with = |deny: Value| {
        let found = one(json!([allow_all, deny])).open_principals("111122223333");
        found.iter().map(|open| open.is_unconditional()).collect::<Vec<_>>()
    };
    assert_eq!(with(deny(json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-exampleorg1" } }))), [false]);
    assert_eq!(with(deny(json!({ "StringNotLikeIfExists": { "aws:PrincipalOrgID": "o-*" } }))), [true]);
    assert_eq!(with(deny(json!({ "Bool": { "aws:SecureTransport": "false" } }))), [true]);
    assert_eq!(with(deny(json!({}))), [false; 0]);
    for (action, condition, found) in [
        ("sts:TagSession", json!({}), &[true] as &[bool]),
        ("sts:AssumeRoleWithSAML", json!({}), &[true]),
        ("sts:AssumeRole", json!({}), &[]),
        ("*", json!({}), &[]),
        ("sts:TagSession", json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-exampleorg1" } }), &[true]),
        ("sts:Assume*", json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-exampleorg1" } }), &[false]),
    ] {
        let mut deny = deny(condition);
        deny["Action"] = json!(action);
        assert_eq!(with(deny.clone()), found, "{deny}");
    }
    let all_but =
        |action: &str| json!({ "Effect": "Deny", "Principal": { "AWS": "*" }, "NotAction": action, "Resource": "*" });
    assert_eq!((with(all_but("sts:AssumeRole")), with(all_but("sts:TagSession"))), (vec![true], vec![]));
    let tags = json!({ "Effect": "Allow", "Principal": "*", "Action": "sts:TagSession" });
    assert_eq!(one(tags).open_principals("111122223333"), [], "nobody comes in by a tag");
}

#[test]
fn accounts_that_a_condition_names() {
    let is = |operator: &str, value: Value| doors(json!("*"), json!({ operator: { "aws:PrincipalAccount": value } }));
    let other = (OpenTo::OtherAccount, true);
    assert_eq!(is("StringEquals", json!("444455556666")), [other]);
    assert_eq!(is("StringLike", json!(["444455556666", "999988887777"])), [other, other]);
    assert_eq!(is("StringEquals", json!(["444455556666", "111122223333"])), [other]);
    assert_eq!(is("StringEquals", json!("111122223333")), [], "its own people");
    assert_eq!(is("StringLike", json!("4444*")), [(OpenTo::Anyone, true)], "whosever ids begin so");
    assert_eq!(is("StringNotEquals", json!("444455556666")), [(OpenTo::Anyone, true)]);
    let vendor = json!({ "StringEquals": { "aws:PrincipalAccount": "444455556666", "sts:ExternalId": "example" } });
    assert_eq!(doors(json!("*"), vendor), [(OpenTo::OtherAccount, false)]);
    let by_id = |condition: Value, principal: &str| {
        let allow = json!({ "Effect": "Allow", "Principal": { "AWS": principal }, "Action": "sts:AssumeRole",
            "Condition": { "StringEquals": condition } });
        one(allow).open_principals("111122223333")[0].is_by_external_id()
    };
    assert!(by_id(json!({ "sts:ExternalId": "example" }), "*"));
    assert!(!by_id(json!({ "sts:ExternalId": "example", "aws:PrincipalOrgID": "o-exampleorg1" }), "*"));
    assert!(!by_id(json!({ "sts:ExternalId": "example" }), "444455556666"));
}

#[test]
fn insiders_by_name() {
    let named = |principal: Value| {
        let statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
        one(statement).named_insiders("111122223333").into_iter().collect::<Vec<_>>()
    };
    let user = "arn:aws:iam::111122223333:user/x";
    assert_eq!(named(json!({ "AWS": [user, "arn:aws:iam::111122223333:root", "111122223333"] })), [user]);
    assert_eq!(named(json!({ "AWS": "arn:aws:iam::444455556666:user/x" })), [""; 0]);
    assert_eq!(named(json!({ "Service": "ec2.amazonaws.com" })), [""; 0]);
}

#[test]
fn managed_policies_by_their_arn() {
    let of = |arn: &str| (PolicyClass::of_arn(arn), Grant::of_managed(arn));
    for partition in ["aws", "aws-cn", "aws-us-gov"] {
        let arn = format!("arn:{partition}:iam::aws:policy/AdministratorAccess");
        assert_eq!(of(&arn), (PolicyClass::AwsManaged, Grant::Admin));
    }
    let aws = |name: &str| of(&format!("arn:aws:iam::aws:policy/{name}"));
    assert_eq!(aws("job-function/SystemAdministrator"), (PolicyClass::AwsManaged, Grant::Other));
    assert_eq!(aws("AdministratorAccess-Amplify").1, Grant::Other);
    assert_eq!((aws("IAMFullAccess").1, aws("IAMReadOnlyAccess").1), (Grant::Escalation, Grant::Other));
    for (name, grant) in [
        ("AWSSSOMasterAccountAdministrator", Grant::Escalation),
        ("AWSSSOMemberAccountAdministrator", Grant::Escalation),
        ("AWSSSODirectoryAdministrator", Grant::Escalation),
        ("AWSSSOReadOnly", Grant::Other),
        ("AWSSSODirectoryReadOnly", Grant::Other),
    ] {
        assert_eq!(aws(name).1, grant, "{name}");
    }
    assert_eq!(
        (aws("PowerUserAccess").1, aws("AmazonS3FullAccess").1, aws("ReadOnlyAccess").1),
        (Grant::FullService, Grant::FullService, Grant::Other)
    );
    let own = of("arn:aws:iam::111122223333:policy/AdministratorAccess");
    assert_eq!(own, (PolicyClass::CustomerManaged, Grant::NotJudged), "a name says nothing in a customer's account");
    for other in ["", "AdministratorAccess", "arn:aws:iam::111122223333:role/policy/x", "arn:aws:s3:::policy/x"] {
        assert_eq!(PolicyClass::of_arn(other), PolicyClass::None, "{other}");
    }
    assert!(PolicyClass::ALL.iter().all(|class| PolicyClass::parse(class.as_str()) == Some(*class)));
    assert!(Grant::ALL.iter().all(|grant| Grant::parse(grant.as_str()) == Some(*grant)));
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        let _ = Policy::read(&text);
        let _ = Policy::read(&format!("{{\"Statement\":{{\"Effect\":\"Allow\",\"Action\":{text:?}}}}}"));
    }
}
