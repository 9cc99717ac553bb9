//! Stand-ins for CloudTrail's DescribeTrails and for STS, over loopback; each holds that it is asked as AWS would be.

use serde_json::{Value, json};

use super::Fault;
use super::server::Asked;
use crate::harness::Place;

/// A trail, as DescribeTrails gives it.
pub fn trail(name: &str, bucket: &str, change: Value) -> Value {
    let trail = json!({
        "Name": name,
        "S3BucketName": bucket,
        "IncludeGlobalServiceEvents": true,
        "IsMultiRegionTrail": true,
        "HomeRegion": "us-east-1",
        "TrailARN": format!("arn:aws:cloudtrail:us-east-1:111122223333:trail/{name}"),
        "LogFileValidationEnabled": true,
        "HasCustomEventSelectors": false,
        "HasInsightSelectors": false,
        "IsOrganizationTrail": false,
    });
    crate::records::with(trail, change)
}

/// The access key that DescribeTrails is asked with; `None` for any other request.
pub fn describes_trails(asked: &Asked) -> Option<&str> {
    let action = asked.headers.get("x-amz-target")?;
    assert!(action.ends_with(".CloudTrail_20131101.DescribeTrails") || action == "CloudTrail_20131101.DescribeTrails");
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/"));
    let (key, service) = asked.signed_by();
    assert_eq!(service, "cloudtrail");
    Some(key)
}

/// An answer of CloudTrail.
pub fn trails(trails: &[Value]) -> Fault {
    Fault::Text(200, json!({ "trailList": trails }).to_string())
}

/// A refusal of CloudTrail.
pub fn refused(code: &str, message: &str) -> Fault {
    Fault::Text(400, json!({"__type": code, "message": message}).to_string())
}

/// The access key that GetCallerIdentity is asked with; `None` for any other request.
pub fn asks_who_it_is(asked: &Asked) -> Option<&str> {
    asked.query.get("Action").filter(|action| *action == "GetCallerIdentity")?;
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/"));
    let (key, service) = asked.signed_by();
    assert_eq!(service, "sts");
    Some(key)
}

/// An answer of STS.
pub fn caller(account: &str, name: &str) -> Fault {
    Fault::Xml(format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
         <Arn>arn:aws:iam::{account}:{name}</Arn><UserId>AIDACKCEVSQ6C2EXAMPLE</UserId><Account>{account}</Account>\
         </GetCallerIdentityResult></GetCallerIdentityResponse>"
    ))
}

/// A refusal of STS.
pub fn sts_refused(code: &str, message: &str) -> Fault {
    let error = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    Fault::Text(403, format!("<ErrorResponse>{error}<RequestId>EXAMPLEREQUEST</RequestId></ErrorResponse>"))
}

/// Credentials of a role, those of the one access key, for whoever asks for any.
pub fn assumed(asked: &Asked) -> Fault {
    let action = &asked.query["Action"];
    Fault::Xml(format!(
        "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result><Credentials>\
         <AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey><SessionToken>token</SessionToken>\
         <Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></{action}Result></{action}Response>",
        super::ACCESS_KEY,
        super::SECRET
    ))
}

/// A profile of the credentials file with an access key.
pub fn key(name: &str, key: &str) -> String {
    format!("[{name}]\naws_access_key_id = {key}\naws_secret_access_key = {}\n", super::SECRET)
}

/// Writes a profile `one` of the one access key, `two` of the other, and `broken` without an SSO session.
pub fn profiles(place: &Place) {
    place.write(".aws/credentials", key("one", super::ACCESS_KEY) + &key("two", super::OTHER_KEY));
    place.write(
        ".aws/config",
        "[default]\nregion = us-east-1\n\
         [profile broken]\nsso_session = corp\nsso_account_id = 444455556666\nsso_role_name = ReadOnly\n\
         [sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://example.com/start\n",
    );
}
