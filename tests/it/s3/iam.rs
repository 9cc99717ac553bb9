//! A stand-in for IAM, Organizations and Account Management over loopback: small accounts, each known by the access key that
//! its requests are signed with. Tests put a rule of their own before it.

use serde_json::{Value, json};

use super::Fault;
use super::cloud;
use super::server::{Asked, Server};
use crate::harness::{Place, Run};

/// The account of the one access key, which manages the organization.
pub const OWN: &str = "111122223333";
/// Another account of it.
pub const MEMBER: &str = "444455556666";
/// An account whose role nobody may assume.
pub const SHUT: &str = "777788889999";

/// A secret that no answer of a list has, and that must not be written if one has.
pub const SEED: &str = "U0VFRFNFRURTRUVE";

/// Every action of IAM that may be missing, with the word of its part.
pub const OPTIONAL: [(&str, &str); 11] = [
    ("GetAccountPasswordPolicy", "password-policy"),
    ("GetAccountSummary", "account-summary"),
    ("ListAccessKeys", "access-keys"),
    ("ListAccountAliases", "account-aliases"),
    ("ListMFADevices", "mfa-devices"),
    ("ListOpenIDConnectProviders", "open-id-connect-providers"),
    ("ListSAMLProviders", "saml-providers"),
    ("ListServiceSpecificCredentials", "service-specific-credentials"),
    ("ListSigningCertificates", "signing-certificates"),
    ("ListSSHPublicKeys", "ssh-public-keys"),
    ("ListVirtualMFADevices", "virtual-mfa-devices"),
];

/// A server whose answers are those of `rule`, else of small accounts.
pub fn server(place: &Place, rule: impl Fn(&Asked) -> Option<Fault> + Send + Sync + 'static) -> Server {
    std::fs::create_dir_all(place.path("buckets")).expect("a folder");
    Server::start(&place.path("buckets"), move |asked| rule(asked).or_else(|| answer(asked)))
}

/// A run that asks it, with each request sent once, or as often as the test says.
pub fn asking<'a>(place: &'a Place, server: &Server, arguments: &str) -> Run<'a> {
    super::asking(place, server, arguments).env("AWS_MAX_ATTEMPTS", "1")
}

/// What is asked of IAM, STS or Organizations: `ListUsers`.
pub fn action(asked: &Asked) -> &str {
    let target = asked.headers.get("x-amz-target").map(|target| target.rsplit('.').next().expect("an action"));
    let regions = (asked.path == "/listRegions").then_some("ListRegions");
    target.or(regions).unwrap_or_else(|| asked.query.get("Action").map_or("", String::as_str))
}

/// The account that the request is about, by the key that signs it.
pub fn account(asked: &Asked) -> &str {
    match asked.signed_by().0.strip_prefix("ASIA") {
        Some(rest) => &rest[..12],
        None => OWN,
    }
}

/// A refusal, as IAM and STS write it.
pub fn refused(code: &str, message: &str) -> Fault {
    cloud::sts_refused(code, message)
}

/// An answer of IAM.
pub fn xml(action: &str, result: &str) -> Fault {
    Fault::Xml(format!(
        "<{action}Response xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><{action}Result>{result}</{action}Result>\
         </{action}Response>"
    ))
}

/// A list of IAM, whole.
pub fn listed(action: &str, member: &str, members: &str) -> Fault {
    xml(action, &format!("<{member}>{members}</{member}><IsTruncated>false</IsTruncated>"))
}

fn answer(asked: &Asked) -> Option<Fault> {
    let (action, id) = (action(asked), account(asked));
    Some(match action {
        "GetCallerIdentity" => cloud::caller(id, "user/audit"),
        "AssumeRole" => assumed(asked),
        "ListAccounts" => Fault::Text(200, json!({ "Accounts": members() }).to_string()),
        "ListRegions" => {
            assert_eq!(asked.signed_by().1, "account");
            let regions = json!([{"RegionName": "us-east-1", "RegionOptStatus": "ENABLED_BY_DEFAULT"}]);
            Fault::Text(200, json!({ "Regions": regions }).to_string())
        }
        _ => return of_iam(asked, action, id),
    })
}

fn members() -> Value {
    let member = |id: &str, name: &str, state: &str| {
        let arn = format!("arn:aws:organizations::{OWN}:account/o-exampleorgid/{id}");
        json!({"Id": id, "Arn": arn, "Name": name, "State": state, "Status": state})
    };
    json!([
        member(OWN, "Management", "ACTIVE"),
        member(MEMBER, "Pay, prod", "ACTIVE"),
        member(SHUT, "Shut", "ACTIVE"),
        member("000000000001", "Left", "SUSPENDED"),
    ])
}

/// Credentials of the role, whose key says the account.
fn assumed(asked: &Asked) -> Fault {
    let account = asked.query["RoleArn"].split(':').nth(4).expect("an account").to_owned();
    if account == SHUT {
        return refused("AccessDenied", "User: audit is not authorized to perform: sts:AssumeRole");
    }
    Fault::Xml(format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>\
         <AccessKeyId>ASIA{account}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey><SessionToken>token</SessionToken>\
         <Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
        super::SECRET
    ))
}

fn of_iam(asked: &Asked, action: &str, id: &str) -> Option<Fault> {
    let user = asked.query.get("UserName").map_or("", String::as_str);
    Some(match action {
        "GenerateCredentialReport" => xml(action, "<State>COMPLETE</State>"),
        "GetCredentialReport" => xml(
            action,
            &format!(
                "<Content>{}</Content><ReportFormat>text/csv</ReportFormat>\
                 <GeneratedTime>2026-09-14T10:00:00Z</GeneratedTime>",
                base64(&report(id))
            ),
        ),
        "GetAccountAuthorizationDetails" => xml(action, &format!("{}<IsTruncated>false</IsTruncated>", details(id))),
        "GetAccountSummary" => xml(action, &format!("<SummaryMap>{SUMMARY}</SummaryMap>")),
        "GetAccountPasswordPolicy" => refused("NoSuchEntity", "The Password Policy cannot be found."),
        "ListAccountAliases" => listed(action, "AccountAliases", &format!("<member>alias-{id}</member>")),
        "ListAccessKeys" => listed(action, "AccessKeyMetadata", &access_key(user, "AKIAALICEEXAMPLE")),
        "ListMFADevices" => {
            listed(action, "MFADevices", &format!("<member><UserName>{user}</UserName>{DEVICE}</member>"))
        }
        "ListVirtualMFADevices" => listed(action, "VirtualMFADevices", &format!("<member>{DEVICE}{SEEDED}</member>")),
        "ListOpenIDConnectProviders" => listed(
            action,
            "OpenIDConnectProviderList",
            &format!("<member><Arn>arn:aws:iam::{id}:oidc-provider/example.com</Arn></member>"),
        ),
        "ListSAMLProviders" => listed(
            action,
            "SAMLProviderList",
            &format!(
                "<member><Arn>arn:aws:iam::{id}:saml-provider/ADFS</Arn><ValidUntil>2126-09-01T00:00:00Z</ValidUntil>\
                 <CreateDate>2026-09-01T00:00:00Z</CreateDate></member>"
            ),
        ),
        "ListServiceSpecificCredentials" => listed(action, "ServiceSpecificCredentials", ""),
        "ListSigningCertificates" => listed(action, "Certificates", ""),
        "ListSSHPublicKeys" => listed(
            action,
            "SSHPublicKeys",
            &format!(
                "<member><UserName>{user}</UserName><SSHPublicKeyId>APKAALICE</SSHPublicKeyId><Status>Active</Status>\
                 <UploadDate>2026-09-01T00:00:00Z</UploadDate></member>"
            ),
        ),
        _ => return None,
    })
}

const SUMMARY: &str = "<entry><key>AccountMFAEnabled</key><value>1</value></entry>\
     <entry><key>AccountAccessKeysPresent</key><value>0</value></entry><entry><key>Users</key><value>1</value></entry>";

const DEVICE: &str = "<SerialNumber>arn:aws:iam::111122223333:mfa/alice</SerialNumber>\
     <EnableDate>2026-09-01T00:00:00Z</EnableDate>";

const SEEDED: &str = "<Base32StringSeed>U0VFRFNFRURTRUVE</Base32StringSeed><QRCodePNG>U0VFRFNFRURTRUVE</QRCodePNG>";

/// A key of `list-access-keys`.
pub fn access_key(user: &str, id: &str) -> String {
    format!(
        "<member><UserName>{user}</UserName><AccessKeyId>{id}</AccessKeyId><Status>Active</Status>\
         <CreateDate>2026-09-01T00:00:00Z</CreateDate></member>"
    )
}

/// A user, a group, a role and a policy; documents are encoded as IAM encodes them.
fn details(id: &str) -> String {
    let trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22\
         %3A%7B%22Service%22%3A%22ec2.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";
    let reads = "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGetObject%22%2C%22Resource%22\
         %3A%22arn%3Aaws%3As3%3A%3A%3Alogs%2Fa%2Bb%22%7D%7D";
    format!(
        "<UserDetailList><member><Path>/</Path><UserName>alice</UserName><UserId>AIDAALICEEXAMPLE</UserId>\
         <Arn>arn:aws:iam::{id}:user/alice</Arn><CreateDate>2026-09-01T00:00:00Z</CreateDate>\
         <GroupList><member>Everyone</member></GroupList><AttachedManagedPolicies/>\
         <Tags><member><Key>team</Key><Value>pay</Value></member></Tags></member></UserDetailList>\
         <GroupDetailList><member><Path>/</Path><GroupName>Everyone</GroupName><GroupId>AGPAEXAMPLE</GroupId>\
         <Arn>arn:aws:iam::{id}:group/Everyone</Arn><CreateDate>2026-09-01T00:00:00Z</CreateDate><GroupPolicyList/>\
         <AttachedManagedPolicies><member><PolicyName>reads</PolicyName>\
         <PolicyArn>arn:aws:iam::{id}:policy/reads</PolicyArn></member></AttachedManagedPolicies></member></GroupDetailList>\
         <RoleDetailList><member><Path>/</Path><RoleName>web</RoleName><RoleId>AROAWEBEXAMPLE</RoleId>\
         <Arn>arn:aws:iam::{id}:role/web</Arn><CreateDate>2026-09-01T00:00:00Z</CreateDate>\
         <AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument><InstanceProfileList/><RolePolicyList/>\
         <AttachedManagedPolicies/><RoleLastUsed><LastUsedDate>2026-09-10T00:00:00Z</LastUsedDate><Region>us-east-1</Region>\
         </RoleLastUsed></member></RoleDetailList>\
         <Policies><member><PolicyName>reads</PolicyName><PolicyId>ANPAEXAMPLE</PolicyId>\
         <Arn>arn:aws:iam::{id}:policy/reads</Arn><Path>/</Path><DefaultVersionId>v1</DefaultVersionId>\
         <AttachmentCount>1</AttachmentCount><PermissionsBoundaryUsageCount>0</PermissionsBoundaryUsageCount>\
         <IsAttachable>true</IsAttachable><CreateDate>2026-09-01T00:00:00Z</CreateDate>\
         <UpdateDate>2026-09-01T00:00:00Z</UpdateDate><PolicyVersionList><member><Document>{reads}</Document>\
         <VersionId>v1</VersionId><IsDefaultVersion>true</IsDefaultVersion><CreateDate>2026-09-01T00:00:00Z</CreateDate>\
         </member></PolicyVersionList></member></Policies>"
    )
}

/// A root with MFA and no key, and a user with a young key and MFA.
fn report(id: &str) -> String {
    let names = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
         password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
         access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
         access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
         cert_1_last_rotated,cert_2_active,cert_2_last_rotated";
    let no_key = "false,N/A,N/A,N/A,N/A";
    let root = format!(
        "<root_account>,arn:aws:iam::{id}:root,2020-01-01T00:00:00Z,not_supported,2021-01-01T00:00:00Z,not_supported,\
         not_supported,true,{no_key},{no_key},false,N/A,false,N/A"
    );
    let key = "true,2026-09-01T00:00:00Z,2026-09-10T00:00:00Z,us-east-1,s3";
    let alice = format!(
        "alice,arn:aws:iam::{id}:user/alice,2026-09-01T00:00:00Z,false,N/A,N/A,N/A,true,{key},{no_key},false,N/A,false,N/A"
    );
    format!("{names}\n{root}\n{alice}\n")
}

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(text)
}
