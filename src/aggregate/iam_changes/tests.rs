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
    assert_eq!(trust(json!({ "AWS": root }), external), conditional);
    let own = json!({ "AWS": "arn:aws:iam::111122223333:root", "Service": "ec2.amazonaws.com" });
    assert_eq!(trust(own, json!({})), "role r |  | none |  | succeeded");
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

#[test]
fn what_is_no_change_is_turned_away() {
    let none = |record: Value| assert_eq!(lines(&scan(&samples([record]))), [""; 0]);
    none(call("GetUser", json!({ "userName": "bo" })));
    none(call("CreateAccessKey", json!({ "userName": "bo" })));
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
    const NAMES: [&str; 8] = [
        "AttachUserPolicy",
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
    *cells = crate::aggregate::Cells::Text(vec![Some("perhaps".to_owned())]);
    let error = State::load(&[&KIND], &saved).err().unwrap().to_string();
    assert_eq!(error, "table iam_changes, column outcome, row 0: is no word that is known here");
}
