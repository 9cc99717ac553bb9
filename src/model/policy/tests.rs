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
    assert!(power.uses_not_action() && power.grant() == Grant::FullService);
    for near in [
        allow(json!("s3:*"), json!("arn:aws:s3:::x")),
        allow(json!("s3:Get*"), json!("*")),
        json!({ "Effect": "Deny", "Action": "s3:*", "Resource": "*" }),
        json!({ "Effect": "Deny", "NotAction": "s3:*", "Resource": "*" }),
        json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"a": "b"}} }),
    ] {
        let near = one(near);
        assert!(
            near.grant() == Grant::Other && !near.allows_all_actions_of("s3") && !near.uses_not_action(),
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
    assert_eq!(open(json!({"Federated": provider}), none()), [(OpenTo::Federation, provider.to_owned(), 0)]);
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
fn managed_policies_by_their_arn() {
    let of = |arn: &str| (PolicyClass::of_arn(arn), Grant::of_managed(arn));
    for partition in ["aws", "aws-cn", "aws-us-gov"] {
        let arn = format!("arn:{partition}:iam::aws:policy/AdministratorAccess");
        assert_eq!(of(&arn), (PolicyClass::AwsManaged, Grant::Admin));
    }
    let aws = |name: &str| of(&format!("arn:aws:iam::aws:policy/{name}"));
    assert_eq!(aws("job-function/SystemAdministrator"), (PolicyClass::AwsManaged, Grant::Other));
    assert_eq!(aws("AdministratorAccess-Amplify").1, Grant::Other);
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
