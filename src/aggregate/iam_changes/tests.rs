use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::aggregate::State;
use crate::aggregate::sessions::sample::{Sample, content, samples, scan, scan_without_memory};

const USER: &str = "arn:aws:iam::111122223333:user/path/ana";

fn call(name: &str, request: Value) -> Value {
    json!({
        "eventTime": "2026-01-02T03:00:00Z", "eventName": name, "eventSource": "iam.amazonaws.com",
        "sourceIPAddress": "192.0.2.1", "recipientAccountId": "111122223333", "requestParameters": request,
        "userIdentity": { "type": "IAMUser", "principalId": "AIDAANA", "accountId": "111122223333", "arn": USER,
            "userName": "ana", "accessKeyId": "AKIAIOSFODNN7EXAMPLE" },
    })
}

fn with(mut record: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        record[name] = value.clone();
    }
    record
}

/// `target_kind target | policy | class | grant | outcome` of each row.
fn lines(state: &State) -> Vec<String> {
    let text = |sym| state.symbols().text(sym);
    let line = |row: &IamChange| {
        let key = row.key;
        let (kind, target, policy) = (key.target_kind.as_str(), text(key.target), text(key.policy));
        let (class, grant, outcome) = (key.policy_class.as_str(), key.granted.as_str(), key.outcome.as_str());
        format!("{kind} {target} | {policy} | {class} | {grant} | {outcome}")
    };
    state.get::<IamChanges>().unwrap().rows().map(line).collect()
}

fn line(record: Value) -> String {
    let lines = lines(&scan(&samples([record])));
    assert_eq!(lines.len(), 1);
    lines[0].clone()
}

fn document(action: &str) -> String {
    json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": action, "Resource": "*" } })
        .to_string()
}

#[test]
fn new_names_are_told_and_paths_are_not() {
    let renamed = line(call("UpdateGroup", json!({ "groupName": "Admins", "newGroupName": "Interns" })));
    assert_eq!(renamed, "group Admins | Interns | none |  | succeeded");
    let renamed = line(call("UpdateUser", json!({ "userName": "bo", "newUserName": "bob", "newPath": "/x/" })));
    assert_eq!(renamed, "user bo | bob | none |  | succeeded");
    let moved = call("UpdateUser", json!({ "userName": "bo", "newPath": "/x/" }));
    assert_eq!(lines(&scan(&samples([moved]))), [""; 0]);
}

#[test]
fn providers_that_a_condition_narrows_stand_in_a_trust_policy() {
    let trust = |condition: Value| {
        let statement = json!({ "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition,
            "Principal": { "Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" } });
        let document = json!({ "Statement": statement }).to_string();
        line(call("UpdateAssumeRolePolicy", json!({ "roleName": "r", "policyDocument": document })))
    };
    let sub = "token.actions.githubusercontent.com:sub";
    assert_eq!(
        trust(json!({ "StringLike": { sub: ["repo:b/x:*", "repo:a/x:*"] } })),
        "role r | provider:token.actions.githubusercontent.com for repo:a/x:*, repo:b/x:* | none |  | succeeded"
    );
    let open = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    assert_eq!(
        trust(json!({ "StringLike": { sub: "repo:*" } })),
        format!("role r | {open} | none | trust-anyone | succeeded")
    );
}

#[test]
fn policies_of_every_class() {
    let admin = "arn:aws-cn:iam::aws:policy/AdministratorAccess";
    let attached = line(call("AttachUserPolicy", json!({ "userName": "bo", "policyArn": admin })));
    assert_eq!(attached, format!("user bo | {admin} | aws-managed | admin | succeeded"));
    let job = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess";
    let attached = line(call("AttachGroupPolicy", json!({ "groupName": "devs", "policyArn": job })));
    assert_eq!(attached, format!("group devs | {job} | aws-managed | other | succeeded"));
    let own = "arn:aws:iam::111122223333:policy/AdministratorAccess";
    let attached = line(call("AttachRolePolicy", json!({ "roleName": "r", "policyArn": own })));
    assert_eq!(attached, format!("role r | {own} | customer-managed | not-judged | succeeded"));
    let put = |document: Value| {
        let request = json!({ "userName": "bo", "policyName": "p", "policyDocument": document });
        line(call("PutUserPolicy", request)).replace("user bo | p | inline | ", "").replace(" | succeeded", "")
    };
    assert_eq!(put(json!(document("*:*"))), "admin");
    assert_eq!(put(json!(document("s3:*"))), "full-service");
    assert_eq!(put(json!(document("s3:Get*"))), "other");
    assert_eq!(put(json!(document("*").replace('{', "%7B"))), "admin");
    assert_eq!(put(json!({ "omitted": true })), "not-judged");
    assert_eq!(put(json!("HIDDEN_DUE_TO_SECURITY_REASONS")), "not-judged");
    assert_eq!(put(json!(&document("*")[..40])), "not-judged");
}

#[test]
fn customer_managed_policies_by_their_arn() {
    let arn = "arn:aws:iam::111122223333:policy/team/ops";
    let request = json!({ "policyName": "ops", "path": "/team/", "policyDocument": document("*") });
    let made = with(call("CreatePolicy", request), json!({ "responseElements": { "policy": { "arn": arn } } }));
    assert_eq!(line(made.clone()), format!("policy ops | {arn} | customer-managed | admin | succeeded"));
    let failed = with(made, json!({ "responseElements": null, "errorCode": "EntityAlreadyExistsException" }));
    assert_eq!(line(failed), "policy ops | ops | customer-managed | admin | failed");
    let version = json!({ "policyArn": arn, "policyDocument": document("s3:GetObject"), "setAsDefault": true });
    let version = line(call("CreatePolicyVersion", version));
    assert_eq!(version, format!("policy ops | {arn} | customer-managed | other | succeeded"));
}

#[test]
fn trust_policies_say_whom_they_let_in() {
    let trust = |principal: Value, condition: Value| {
        let statement =
            json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, "Condition": condition });
        let document = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
        line(call("UpdateAssumeRolePolicy", json!({ "roleName": "r", "policyDocument": document })))
    };
    assert_eq!(trust(json!("*"), json!({})), "role r | * | none | trust-anyone | succeeded");
    let root = "arn:aws:iam::444455556666:root";
    assert_eq!(trust(json!({ "AWS": root }), json!({})), format!("role r | {root} | none | trust-outside | succeeded"));
    let external = json!({ "StringEquals": { "sts:ExternalId": "secret" } });
    let conditional = format!("role r | {root} if sts:externalid | none | trust-conditional | succeeded");
    assert_eq!(trust(json!({ "AWS": root }), external.clone()), conditional);
    assert_eq!(trust(json!("*"), external), "role r | * if sts:externalid | none | trust-outside | succeeded");
    let of_account = json!({ "StringEquals": { "aws:PrincipalAccount": "444455556666" } });
    assert_eq!(trust(json!("*"), of_account), "role r | 444455556666 | none | trust-outside | succeeded");
    let own = json!({ "AWS": "arn:aws:iam::111122223333:root", "Service": "ec2.amazonaws.com" });
    let listed = "account:111122223333; service:ec2.amazonaws.com";
    assert_eq!(trust(own, json!({})), format!("role r | {listed} | none |  | succeeded"));
    let own = json!({ "StringEquals": { "aws:PrincipalAccount": "111122223333" } });
    assert_eq!(trust(json!("*"), own), "role r | account:111122223333 | none |  | succeeded");
    let made = json!({ "roleName": "r", "assumeRolePolicyDocument": { "omitted": true } });
    assert_eq!(line(call("CreateRole", made)), "role r |  | none | not-judged | succeeded");
}

#[test]
fn people_their_groups_and_devices() {
    let joined = line(call("AddUserToGroup", json!({ "userName": "bo", "groupName": "Admins" })));
    assert_eq!(joined, "user bo | Admins | none |  | succeeded");
    let serial = "arn:aws:iam::111122223333:mfa/phone";
    let gone = line(call("DeactivateMFADevice", json!({ "userName": "bo", "serialNumber": serial })));
    assert_eq!(gone, format!("user bo | {serial} | none |  | succeeded"));
    let device = line(call("DeleteVirtualMFADevice", json!({ "serialNumber": serial })));
    assert_eq!(device, format!("mfa-device phone | {serial} | none |  | succeeded"));
    let device = line(call("CreateVirtualMFADevice", json!({ "virtualMFADeviceName": "phone" })));
    assert_eq!(device, "mfa-device phone |  | none |  | succeeded");
    let terms =
        line(call("UpdateAccountPasswordPolicy", json!({ "minimumPasswordLength": 8, "requireNumbers": true })));
    let printed = "length=8 symbols=no numbers=yes uppercase=no lowercase=no max-age=0 reuse-prevention=0";
    assert_eq!(terms, format!("account 111122223333 | {printed} | none |  | succeeded"));
    let omitted = line(call("UpdateAccountPasswordPolicy", json!({ "omitted": true })));
    assert_eq!(omitted, "account 111122223333 |  | none |  | succeeded", "no default is made up");
}

#[test]
fn who_is_meant_where_nobody_is_named() {
    assert_eq!(line(call("ChangePassword", json!(null))), "user ana |  | none |  | succeeded");
    assert_eq!(line(call("EnableMFADevice", json!({}))), "user ana |  | none |  | succeeded");
    let root = json!({ "userIdentity": { "type": "Root", "accountId": "111122223333" } });
    let of_root = "account root@111122223333 |  | none |  | succeeded";
    assert_eq!(line(with(call("EnableMFADevice", json!({})), root.clone())), of_root);
    assert_eq!(line(with(call("EnableMFADevice", json!({ "userName": "AWS ROOT USER" })), root)), of_root);
    let denied = |message: &str| {
        let why = json!({ "errorCode": "AccessDenied", "errorMessage": message });
        line(with(call("AttachUserPolicy", json!(null)), why))
    };
    let unknown = "  | none | not-judged | denied";
    let message = |resource: &str| {
        format!("User: {USER} is not authorized to perform: iam:AttachUserPolicy on resource: {resource}")
    };
    assert_eq!(denied(&message("user bo")), format!("user bo |{unknown}"));
    assert_eq!(
        denied(&message("arn:aws:iam::111122223333:user/x/bo because no identity-based policy allows it")),
        format!("user bo |{unknown}")
    );
    assert_eq!(denied("no"), format!("user  |{unknown}"));
    assert_eq!(denied(&message("arn:aws:iam::111122223333:user/*")), format!("user  |{unknown}"));
}

/// A call of another service than IAM.
fn elsewhere(source: &str, name: &str, request: Value) -> Value {
    with(call(name, request), json!({ "eventSource": format!("{source}.amazonaws.com") }))
}

#[test]
fn ways_in_that_are_no_policy() {
    let none = " | none |  | succeeded";
    let bedrock = json!({ "userName": "BedrockAPIKey-x", "serviceName": "bedrock.amazonaws.com" });
    let line_of = |record: Value, expected: &str| assert_eq!(line(record), format!("{expected}{none}"));
    line_of(call("CreateServiceSpecificCredential", bedrock), "user BedrockAPIKey-x | bedrock.amazonaws.com");
    line_of(call("UploadSigningCertificate", json!({ "certificateBody": "x" })), "user ana | ");
    line_of(call("CreateSAMLProvider", json!({ "name": "corp" })), "identity-provider corp | ");
    let arn = json!({ "sAMLProviderArn": "arn:aws:iam::111122223333:saml-provider/corp" });
    line_of(call("UpdateSAMLProvider", arn), "identity-provider corp | ");
    line_of(
        call("CreateOpenIDConnectProvider", json!({ "url": "https://id.example.com/x" })),
        "identity-provider id.example.com/x | ",
    );
    let role = json!({ "instanceProfileName": "web", "roleName": "r" });
    line_of(call("AddRoleToInstanceProfile", role), "instance-profile web | r");
    line_of(call("EnableOrganizationsRootSessions", json!(null)), "account 111122223333 | ");
    line_of(elsewhere("rolesanywhere", "CreateTrustAnchor", json!({ "name": "ca" })), "trust-anchor ca | ");
    line_of(
        elsewhere("rolesanywhere", "CreateProfile", json!({ "name": "p", "roleArns": ["a", "b"] })),
        "profile p | a; b",
    );
    let pods = json!({ "name": "prod", "namespace": "default", "serviceAccount": "web", "roleArn": "r" });
    line_of(elsewhere("eks", "CreatePodIdentityAssociation", pods), "cluster prod | r");
    let set = "arn:aws:sso:::permissionSet/ssoins-1/ps-1";
    let assigned =
        json!({ "permissionSetArn": set, "principalType": "GROUP", "principalId": "g-1", "targetId": "444455556666" });
    line_of(elsewhere("sso", "CreateAccountAssignment", assigned), "permission-set ps-1 | group g-1 in 444455556666");
    let inline = json!({ "permissionSetArn": set, "inlinePolicy": document("*") });
    let inline = line(elsewhere("sso", "PutInlinePolicyToPermissionSet", inline));
    assert_eq!(inline, "permission-set ps-1 |  | inline | admin | succeeded");
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    let attached = json!({ "permissionSetArn": set, "managedPolicyArn": admin });
    let attached = line(elsewhere("sso", "AttachManagedPolicyToPermissionSet", attached));
    assert_eq!(attached, format!("permission-set ps-1 | {admin} | aws-managed | admin | succeeded"));
}

#[test]
fn versions_and_whether_they_take_effect() {
    let version = |name: &str, more: Value, response: Value| {
        let request =
            with(json!({ "policyArn": "arn:aws:iam::111122223333:policy/p", "policyDocument": document("*") }), more);
        let state = scan(&samples([with(call(name, request), json!({ "responseElements": response }))]));
        let row = state.get::<IamChanges>().unwrap().rows().next().unwrap().key;
        state.symbols().text(row.version).to_owned()
    };
    let response = |is_default: bool| json!({ "policyVersion": { "versionId": "v3", "isDefaultVersion": is_default } });
    assert_eq!(version("CreatePolicyVersion", json!({ "setAsDefault": true }), response(true)), "v3");
    assert_eq!(version("CreatePolicyVersion", json!({ "setAsDefault": "true" }), json!(null)), "");
    assert_eq!(version("CreatePolicyVersion", json!({}), response(true)), "v3");
    assert_eq!(version("CreatePolicyVersion", json!({}), response(false)), format!("v3{DORMANT}"));
    assert_eq!(version("SetDefaultPolicyVersion", json!({ "versionId": "v2" }), json!(null)), "v2");
    assert_eq!(version("CreatePolicy", json!({}), json!(null)), "v1");
}

#[test]
fn aws_is_known_by_who_signed() {
    let service = |identity: Value| {
        let attached = call("AttachRolePolicy", json!({ "roleName": "r", "policyArn": "arn:aws:iam::aws:policy/X" }));
        let state =
            scan(&samples([with(attached, json!({ "userIdentity": identity, "userAgent": "sso.amazonaws.com" }))]));
        let row = state.get::<IamChanges>().unwrap().rows().next().unwrap().key;
        state.symbols().text(row.invoked_by).to_owned()
    };
    let role = |path: &str, invoked_by: &str| {
        let arn = format!("arn:aws:iam::111122223333:role/{path}");
        json!({ "type": "AssumedRole", "principalId": format!("AROA{}:s", path.len()), "accountId": "111122223333", "invokedBy": invoked_by,
            "sessionContext": { "sessionIssuer": { "type": "Role", "arn": arn } } })
    };
    assert_eq!(
        service(json!({ "type": "AWSService", "invokedBy": "organizations.amazonaws.com" })),
        "organizations.amazonaws.com"
    );
    assert_eq!(service(role("aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO", "")), "sso.amazonaws.com");
    assert_eq!(service(role("any", "controltower.amazonaws.com")), "controltower.amazonaws.com");
    for own in [
        role("AWSServiceRoleForSSO", ""),
        role("x/aws-service-role/sso.amazonaws.com/AWSServiceRoleForSSO", ""),
        role("stacksets-exec-0123", "cloudformation.amazonaws.com"),
        role("AWSControlTowerExecution", "AWS Internal"),
        json!({ "type": "IAMUser", "arn": USER, "principalId": "AIDAANA" }),
    ] {
        assert_eq!(service(own.clone()), "", "{own}");
    }
}

#[test]
fn a_state_of_before_has_no_versions() {
    let whole = scan(&samples([call("CreatePolicy", json!({ "policyName": "p", "policyDocument": document("*") }))]));
    let mut saved = whole.save();
    for batch in &mut saved {
        batch.columns.retain(|(name, _)| name != "version" && name != "invoked_by");
    }
    let loaded = State::load(&[&KIND], &saved).unwrap();
    assert_eq!(lines(&loaded), lines(&whole));
}

#[test]
fn what_is_no_change_is_turned_away() {
    let none = |record: Value| assert_eq!(lines(&scan(&samples([record]))), [""; 0]);
    none(call("GetUser", json!({ "userName": "bo" })));
    none(call("CreateAccessKey", json!({ "userName": "bo" })));
    none(elsewhere("customer-profiles", "CreateProfile", json!({ "name": "p" })));
    none(elsewhere("eks", "DescribeCluster", json!({ "name": "p" })));
    none(with(call("CreateUser", json!({ "userName": "bo" })), json!({ "eventSource": "transfer.amazonaws.com" })));
}

#[test]
fn one_key_is_one_row_and_no_secret_stays() {
    let secret = json!({ "userName": "bo", "password": "hunter2", "policyDocument": document("*"), "seed": "hunter2" });
    let later = json!({ "eventTime": "2026-01-03T00:00:00Z", "sourceIPAddress": "192.0.2.2" });
    let first = call("CreateLoginProfile", secret);
    let failed = with(first.clone(), json!({ "errorCode": "EntityAlreadyExists" }));
    let state = scan(&samples([first.clone(), with(first, later), failed]));
    let rows: Vec<&IamChange> = state.get::<IamChanges>().unwrap().rows().collect();
    assert_eq!((rows.len(), rows[0].events, rows[0].addresses.len(), rows[0].moments.len()), (2, 2, 2, 2));
    assert!(rows[1].moments.is_empty(), "what failed gave nobody a password");
    assert!(!content(&state).join("\n").contains("hunter2"));
}

/// Streams of changes by two callers, some refused, some odd.
fn records() -> impl Strategy<Value = Vec<Value>> {
    const NAMES: [&str; 10] = [
        "AttachUserPolicy",
        "CreatePolicyVersion",
        "CreateServiceSpecificCredential",
        "PutUserPolicy",
        "CreateLoginProfile",
        "EnableMFADevice",
        "AddUserToGroup",
        "UpdateAccountPasswordPolicy",
        "UpdateAssumeRolePolicy",
        "GetUser",
    ];
    let place = (0..NAMES.len(), 0..3usize, 0..3usize, 0..3usize, 0..200u32, any::<bool>());
    let record = place.prop_map(|(name, user, caller, error, minute, elsewhere)| {
        let request = json!({
            "userName": (["bo", "cy", ""][user]), "groupName": "devs", "roleName": "r", "policyName": "p",
            "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess", "policyDocument": (document(["*", "s3:*", "x"][user])),
        });
        let mut record = call(NAMES[name], request);
        record["userIdentity"]["arn"] =
            json!(format!("arn:aws:iam::111122223333:user/{}", ["ana", "bo", "cy"][caller]));
        record["userIdentity"]["principalId"] = json!(["AIDAANA", "AIDABO", "AIDACY"][caller]);
        record["eventTime"] = json!(format!("2026-01-02T{:02}:{:02}:00Z", minute / 60, minute % 60));
        record["errorCode"] = json!(["", "AccessDenied", "NoSuchEntity"][error]);
        record["sourceIPAddress"] = json!(["192.0.2.1", "198.51.100.7"][usize::from(elsewhere)]);
        record["recipientAccountId"] = json!(["111122223333", "444455556666"][usize::from(elsewhere)]);
        record
    });
    prop::collection::vec(record, 0..40)
}

proptest! {
    #[test]
    fn laws(records in records(), cut in 0usize..40) {
        let kinds = [&KIND];
        let all = samples(records);
        let (left, right) = all.split_at(cut.min(all.len()));
        let own = |state: &State| content(state).into_iter().filter(|row| row.starts_with("iam_change")).collect::<Vec<_>>();
        let whole = scan(&all);
        let expected = own(&whole);
        prop_assert_eq!(&own(&scan(left).merge(scan(right))), &expected, "in order");
        prop_assert_eq!(&own(&scan(right).merge(scan(left))), &expected, "the other way round");
        prop_assert_eq!(&own(&scan(all.iter().rev())), &expected, "backwards");
        prop_assert_eq!(&own(&scan_without_memory(&all)), &expected, "no identity recognised");
        let loaded = State::load(&kinds, &whole.save()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&own(&loaded), &expected, "saved and loaded");
        prop_assert_eq!(&own(&State::new(&kinds).merge(whole)), &expected, "merged into nothing");
        let none: [&Sample; 0] = [];
        prop_assert_eq!(&own(&loaded.merge(scan(none))), &expected, "merged with nothing");
    }
}

#[test]
fn a_doctored_save_is_refused() {
    let mut saved = scan(&samples([call("CreateUser", json!({ "userName": "bo" }))])).save();
    let table = saved.iter_mut().find(|batch| batch.table == KIND.name).unwrap();
    let (_, cells) = table.columns.iter_mut().find(|(name, _)| name == "outcome").unwrap();
    *cells = crate::aggregate::Cells::Text(vec![Some("perhaps".into())]);
    let error = State::load(&[&KIND], &saved).err().unwrap().to_string();
    assert_eq!(error, "table iam_changes, column outcome, row 0: is not a word that is known here");
}
