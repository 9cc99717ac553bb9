//! Whom a call lets into a resource from outside of the account: a policy, a grant, a snapshot that is shared.
//!
//! What a policy said before is not in the record: one that is written anew and lets in whom it let in before looks the same.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::Value;

use super::documents::Documents;
use super::key::{Granted, OF_ANY_ACCOUNT};
use crate::model::{Arn, Event, Outsiders, Raw, is_account_id, members, organization_of, short_name, text};

/// Everybody, where no policy says it.
const ANYONE: &str = "*";

/// Who comes in, or is shut out again.
#[derive(Clone, Debug, Default)]
struct Sharing {
    outsiders: Outsiders,
    /// A service that comes in for whatever account asks it to; empty where there is none.
    service: String,
    /// Who is taken out of a list.
    removed: BTreeSet<String>,
}

/// Whom the call lets in, `; `-joined, and how wide that is; nothing where it shuts them out again. `None` where it is about
/// nobody from outside.
pub(super) fn whom<'a>(event: &Event<'a>, documents: &mut Documents) -> Option<(Cow<'a, str>, Granted)> {
    let sharing = sharing(event, documents);
    if sharing.outsiders.is_empty() && !sharing.service.is_empty() {
        return Some((Cow::Owned(sharing.service + OF_ANY_ACCOUNT), Granted::TrustConditional));
    }
    if sharing.outsiders.is_empty() {
        let removed: Vec<&str> = sharing.removed.iter().map(String::as_str).collect();
        return (!removed.is_empty()).then(|| (Cow::Owned(removed.join("; ")), Granted::Nothing));
    }
    let Outsiders { anyone, accounts, organizations, networks } = &sharing.outsiders;
    let granted = match accounts.values().all(|narrow| *narrow) {
        _ if *anyone => Granted::TrustAnyone,
        true => Granted::TrustConditional,
        false => Granted::TrustOutside,
    };
    let named = accounts.keys().chain(organizations).chain(networks).map(String::as_str);
    let names = anyone.then_some(ANYONE).into_iter().chain(named);
    Some((Cow::Owned(names.collect::<Vec<_>>().join("; ")), granted))
}

fn sharing(event: &Event<'_>, documents: &mut Documents) -> Sharing {
    let of = |name| members(event.request_parameters, [name])[0];
    let mut policy = |document: Raw<'_>| Sharing {
        outsiders: documents.judge(document.json(), |read| {
            read.as_ref().map(|policy| policy.outsiders(event.account_id())).unwrap_or_default()
        }),
        ..Sharing::default()
    };
    match (event.event_source, event.event_name) {
        (_, "PutBucketPolicy") => policy(of("bucketPolicy")),
        (_, "PutBucketAcl" | "CreateBucket") => acl(event),
        ("kms.amazonaws.com", "PutKeyPolicy" | "CreateKey") => policy(of("policy")),
        (_, "CreateGrant") if event.user_identity.is_invoked_by_service() => Sharing::default(),
        (_, "CreateGrant") => listed(event, &["granteePrincipal"]),
        (_, "SetRepositoryPolicy" | "PutRegistryPolicy") => policy(of("policyText")),
        (_, "PutResourcePolicy") => {
            let all = members(event.request_parameters, ["policy", "resourcePolicy", "policyInJson", "content"]);
            policy(all.into_iter().find(|raw| *raw != Raw::Null).unwrap_or(Raw::Null))
        }
        (_, "PutFileSystemPolicy" | "PutBackupVaultAccessPolicy" | "PutPolicy") => policy(of("policy")),
        (_, "PutComponentPolicy" | "PutContainerRecipePolicy" | "PutImagePolicy" | "PutImageRecipePolicy") => {
            policy(of("policy"))
        }
        (_, "PutDomainPermissionsPolicy" | "PutRepositoryPermissionsPolicy") => policy(of("policyDocument")),
        (_, "PutPermission") => match of("policy") {
            Raw::Null => {
                let [condition] = members(event.request_parameters, ["condition"]);
                listed(event, &["principal"]).held_to(members(condition.json(), ["value"])[0])
            }
            written => policy(written),
        },
        (
            _,
            "UpdateDomainConfig" | "UpdateElasticsearchDomainConfig" | "CreateDomain" | "CreateElasticsearchDomain",
        ) => policy(of("accessPolicies")),
        (_, "CreateTable") => policy(of("resourcePolicy")),
        (_, "PutBucketReplication") => replicated(event),
        (_, "SetQueueAttributes" | "CreateQueue" | "CreateTopic") => {
            policy(members(of("attributes").json(), ["Policy"])[0])
        }
        (_, "SetTopicAttributes") if text(of("attributeName")) == "Policy" => policy(of("attributeValue")),
        (_, "CreateFunctionUrlConfig" | "UpdateFunctionUrlConfig") => of_url(text(of("authType")) == "NONE"),
        (_, "AddPermission20150331" | "AddPermission20150331v2" | "AddLayerVersionPermission20181031") => {
            permission(event)
        }
        (_, "ModifySnapshotAttribute") => changed(event, "createVolumePermission"),
        (_, "ModifyImageAttribute") => changed(event, "launchPermission"),
        _ => Sharing { removed: named(event, &["valuesToRemove", "accountIdsToRemove"]), ..listed(event, &OF_LISTS) },
    }
}

/// Members that list whom a call lets in: Amazon RDS, Amazon Redshift, AWS Systems Manager, Amazon SNS, Amazon SQS and AWS
/// RAM, each as its API reference has it and as CloudTrail writes it.
const OF_LISTS: [&str; 6] =
    ["valuesToAdd", "accountWithRestoreAccess", "accountIdsToAdd", "aWSAccountId", "aWSAccountIds", "principals"];

fn of_url(is_open: bool) -> Sharing {
    Sharing { outsiders: Outsiders { anyone: is_open, ..Outsiders::default() }, ..Sharing::default() }
}

/// A permission of a function or layer. Everybody of an organization is that organization; everybody on the condition of a
/// source comes down to the account that owns the source, and so does a service that calls for what another account owns
/// (a bucket, a rule, a topic): whoever owns that has the function run. So has anybody, by what he makes in an account of his
/// own, where no source is named: the confused deputy.
///
/// Source: AWS Lambda API reference, AddPermission (Principal, PrincipalOrgID, SourceAccount, SourceArn: "without specifying
/// the source, other accounts could potentially configure resources in their account to invoke your Lambda function") and
/// AddLayerVersionPermission (OrganizationId); AWS Lambda developer guide, "Granting Lambda function access to AWS services".
fn permission(event: &Event<'_>) -> Sharing {
    let [of_function, of_layer] = members(event.request_parameters, ["principalOrgID", "organizationId"]);
    let mut sharing = listed(event, &["principal"]).held_to(of_function).held_to(of_layer);
    let [principal] = members(event.request_parameters, ["principal"]).map(text);
    let Some(account) = source_of(event) else {
        let is_open = is_service(&principal) && of_function == Raw::Null && takes_any_source(event, &principal);
        return if is_open { Sharing { service: principal.into_owned(), ..sharing } } else { sharing };
    };
    let owner = outside([account], event.account_id());
    if sharing.outsiders.anyone {
        sharing.outsiders.anyone = false;
        sharing.add(owner);
    } else if is_service(&principal) {
        sharing.outsiders.accounts.extend(owner.into_iter().map(|account| (account, true)));
    }
    sharing
}

/// Whether a principal is a service of AWS, in whatever partition.
///
/// Source: IAM user guide, "AWS JSON policy elements: Principal", AWS service principals.
fn is_service(principal: &str) -> bool {
    [".amazonaws.com", ".amazonaws.com.cn"].iter().any(|end| principal.ends_with(end))
}

/// The account to which a permission holds a source: the one that is named, else that of its ARN. Empty for a bucket, whose
/// ARN has none; `None` where any source of any account will do.
fn source_of(event: &Event<'_>) -> Option<String> {
    let [account, arn] = members(event.request_parameters, ["sourceAccount", "sourceArn"]).map(text);
    if is_account_id(&account) {
        return Some(account.into_owned());
    }
    let arn = Arn::parse(&arn)?;
    let is_bucket = arn.service == "s3" && arn.account_id.is_empty() && !arn.resource.starts_with(['*', '?']);
    (is_bucket || is_account_id(arn.account_id)).then(|| arn.account_id.to_owned())
}

/// Services that call only functions of the account in which they were asked to.
///
/// Source: Elastic Load Balancing user guide, "Use Lambda functions as targets of an Application Load Balancer" (same account
/// and Region); CloudWatch Logs user guide, "Subscription filters" (a function of the same account).
const OF_OWN_ACCOUNT: [&str; 2] = ["elasticloadbalancing", "logs"];

/// Whether a service, by a permission that holds it to no account, calls for what anybody owns: no source is named, or a
/// pattern of any account's. What nobody else can have the name of is a source, too: an API or a distribution by its id. Names of
/// topics and rules are as anybody likes.
fn takes_any_source(event: &Event<'_>, service: &str) -> bool {
    let [arn] = members(event.request_parameters, ["sourceArn"]).map(text);
    let is_any = match Arn::parse(&arn) {
        None => arn.is_empty(),
        Some(arn) if arn.service == "s3" => true,
        Some(arn) if arn.service == "execute-api" => arn.resource.starts_with(['*', '?']),
        Some(arn) if arn.service == "cloudfront" => arn.name().contains(['*', '?']),
        Some(arn) => arn.account_id.contains(['*', '?']),
    };
    is_any && !OF_OWN_ACCOUNT.contains(&service.split('.').next().unwrap_or_default())
}

/// Access control lists, canned or by grants: of everybody, or everybody with an AWS account. Known miss: another account by its canonical user
/// id, which does not tell whose it is.
///
/// Source: Amazon S3 user guide, "Access control list (ACL) overview", predefined groups and canned ACLs.
fn acl(event: &Event<'_>) -> Sharing {
    let [canned] = members(event.request_parameters, ["x-amz-acl"]);
    let is_open = |acl: &String| acl.starts_with("public-read") || acl == "authenticated-read";
    let groups = ["/groups/global/AllUsers", "/groups/global/AuthenticatedUsers"];
    // No name of a bucket has a slash.
    let is_granted = groups.iter().any(|group| event.request_parameters.contains(group));
    of_url(is_granted || texts_of(canned).iter().any(is_open))
}

/// Volumes and images of Amazon EC2: `{"add": {"items": [{"userId": …}, {"group": "all"}]}}`. An organization, or a unit of
/// one, stands as the account that manages it: as an account on a condition, since the record does not tell whether the
/// caller's is in it.
///
/// Source: Amazon EC2 API reference, LaunchPermission (organizationArn, organizationalUnitArn).
fn changed(event: &Event<'_>, name: &'static str) -> Sharing {
    let [change] = members(event.request_parameters, [name]);
    let [add, remove] = members(change.json(), ["add", "remove"]);
    let own = event.account_id();
    let (add, remove) = (texts_of(add), texts_of(remove));
    let mut removed = organizations(&remove, own);
    removed.extend(outside(remove, own));
    let mut sharing = Sharing { removed, ..Sharing::default() };
    let of_organizations = organizations(&add, own).into_iter().map(|account| (account, true));
    sharing.outsiders.accounts.extend(of_organizations);
    sharing.add(outside(add, own));
    sharing
}

/// The accounts that own what is copied: `Account` of each rule's `Destination`, which CloudTrail may write as a number. Names
/// and prefixes of a rule are none.
///
/// Source: Amazon S3 API reference, PutBucketReplication, Destination.
fn replicated(event: &Event<'_>) -> Sharing {
    let [configuration] = members(event.request_parameters, ["ReplicationConfiguration"]);
    let rules = all_of(configuration, "Rule");
    let accounts = rules.iter().filter_map(|rule| rule.get("Destination")?.get("Account").cloned());
    let mut found = Vec::new();
    accounts.for_each(|account| collect(account, &mut found));
    let mut sharing = Sharing::default();
    sharing.add(outside(found, event.account_id()));
    sharing
}

/// The values of a member that is one or a list.
fn all_of(raw: Raw<'_>, name: &'static str) -> Vec<Value> {
    match serde_json::from_str(members(raw.json(), [name])[0].json()) {
        Ok(Value::Array(list)) => list,
        Ok(one) => vec![one],
        Err(_) => Vec::new(),
    }
}

/// Whom lists of accounts name.
fn listed(event: &Event<'_>, names: &[&'static str]) -> Sharing {
    let mut sharing = Sharing::default();
    sharing.add(named(event, names));
    sharing
}

fn named(event: &Event<'_>, names: &[&'static str]) -> BTreeSet<String> {
    let all = names.iter().flat_map(|name| texts_of(members(event.request_parameters, [*name])[0]));
    outside(all, event.account_id())
}

impl Sharing {
    /// Whom a condition on the organization of the caller leaves: of everybody that organization, of an account those of it
    /// who are in it. Nothing else than before where there is no such condition, or none that names one.
    ///
    /// Source: Amazon EventBridge API reference, Condition (Type `StringEquals`, Key `aws:PrincipalOrgID`).
    fn held_to(mut self, organization: Raw<'_>) -> Self {
        let organization = text(organization);
        if let Some(id) = organization_of(&organization) {
            if std::mem::take(&mut self.outsiders.anyone) {
                self.outsiders.organizations.insert(id.to_owned());
            }
            self.outsiders.accounts.values_mut().for_each(|is_narrow| *is_narrow = true);
        }
        self
    }

    fn add(&mut self, whom: BTreeSet<String>) {
        for account in whom {
            match account.as_str() {
                ANYONE => self.outsiders.anyone = true,
                _ => drop(self.outsiders.accounts.insert(account, false)),
            }
        }
    }
}

/// The accounts that manage the organizations that are named, but for `own`.
fn organizations(texts: &[String], own: &str) -> BTreeSet<String> {
    let arns = texts.iter().filter_map(|text| Arn::parse(text)).filter(|arn| arn.service == "organizations");
    arns.map(|arn| arn.account_id.to_owned()).filter(|account| is_account_id(account) && account != own).collect()
}

/// Accounts other than `own`, by id or ARN, and `*` for all; organizations and their units are left out: AWS RAM shares with
/// no other than the caller's own.
///
/// Source: AWS RAM API reference, EnableSharingWithAwsOrganization ("the calling account's organization"); AWS Systems
/// Manager API reference, ModifyDocumentPermission ("AccountIdsToAdd", pattern `(?i)all|[0-9]{12}`).
fn outside(texts: impl IntoIterator<Item = String>, own: &str) -> BTreeSet<String> {
    let account = |text: String| {
        let account = match text.as_str() {
            ANYONE => ANYONE,
            all if all.eq_ignore_ascii_case("all") => ANYONE,
            text => match Arn::parse(text) {
                Some(arn) if arn.service == "organizations" => "",
                Some(arn) => arn.account_id,
                None => text,
            },
        };
        let is_one = account == ANYONE || is_account_id(account);
        (is_one && account != own).then(|| account.to_owned())
    };
    texts.into_iter().filter_map(account).collect()
}

/// All texts of a value, however deep.
fn texts_of(raw: Raw<'_>) -> Vec<String> {
    let mut found = Vec::new();
    match serde_json::from_str(raw.json()) {
        Ok(value @ (Value::Array(_) | Value::Object(_))) => collect(value, &mut found),
        _ => found.push(text(raw).into_owned()),
    }
    found
}

/// Whether a permission is for calls by the public URL of a function alone: consoles, SAM and CDK give it with every such URL.
///
/// Source: AWS Lambda developer guide, "Control access to Lambda function URLs" (lambda:InvokeFunctionUrl, and
/// lambda:InvokeFunction with lambda:InvokedViaFunctionUrl); AWS Lambda API reference, AddPermission, InvokedViaFunctionUrl.
fn is_for_url(event: &Event<'_>) -> bool {
    let names = ["action", "functionUrlAuthType", "invokedViaFunctionUrl"];
    let [action, auth, by_url] = members(event.request_parameters, names);
    match &*text(action) {
        "lambda:InvokeFunctionUrl" => text(auth) == "NONE",
        "lambda:InvokeFunction" => by_url.json().eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// The id that a new key got. Empty when the record does not say.
fn made_key<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let [key] = members(event.response_elements, ["keyMetadata"]);
    text(members(key.json(), ["keyId"])[0])
}

/// The resource as a finding names it: `bucket/NAME`. Empty when the record does not say.
pub(super) fn resource<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let service = event.event_source.split('.').next().unwrap_or_default();
    let (kind, names): (&str, &[&'static str]) = match (service, event.event_name) {
        ("s3", _) => ("bucket", &["bucketName"]),
        ("kms", "CreateKey") => {
            return Cow::Owned(format!("kms-key/{}", made_key(event)).trim_end_matches('/').to_owned());
        }
        ("kms", _) => ("kms-key", &["keyId"]),
        ("secretsmanager", _) => ("secret", &["secretId"]),
        ("ecr", "PutRegistryPolicy") => ("registry", &[]),
        ("ecr", _) => ("repository", &["repositoryName"]),
        ("events", _) => ("event-bus", &["eventBusName"]),
        ("imagebuilder", _) => ("", &["imageRecipeArn", "containerRecipeArn", "componentArn", "imageArn"]),
        ("codeartifact", "PutDomainPermissionsPolicy") => ("package-domain", &["domain"]),
        ("codeartifact", _) => ("package-repository", &["repository"]),
        ("acm-pca", _) => ("certificate-authority", &["resourceArn"]),
        ("sns", _) => ("topic", &["topicArn", "name"]),
        ("sqs", _) => ("queue", &["queueUrl", "queueName"]),
        ("lambda", "AddLayerVersionPermission20181031") => ("layer", &["layerName"]),
        ("lambda", "AddPermission20150331" | "AddPermission20150331v2") if is_for_url(event) => {
            ("function-url", &["functionName"])
        }
        ("lambda", _) => ("function", &["functionName"]),
        ("ec2", "ModifyImageAttribute") => ("image", &["imageId"]),
        ("ec2" | "rds" | "redshift", _) => {
            ("snapshot", &["snapshotId", "dBSnapshotIdentifier", "dBClusterSnapshotIdentifier", "snapshotIdentifier"])
        }
        ("ssm", "ModifyDocumentPermission") => ("document", &["name"]),
        ("ssm", "CreateActivation") => ("activation", &["defaultInstanceName", "description"]),
        ("elasticfilesystem", _) => ("file-system", &["fileSystemId"]),
        ("backup", _) => ("backup-vault", &["backupVaultName"]),
        ("es", _) => ("domain", &["domainName"]),
        ("glue", "CreateDevEndpoint" | "UpdateDevEndpoint") => ("dev-endpoint", &["endpointName"]),
        ("cognito-identity", _) => ("identity-pool", &["identityPoolId"]),
        ("ram", _) => ("resource-share", &["name", "resourceShareArn"]),
        (other, _) => (other, &["resourceArn", "tableName"]),
    };
    let found = names.iter().map(|name| text(members(event.request_parameters, [*name])[0]));
    let name = found.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    if kind.is_empty() {
        // `image-recipe/NAME/VERSION`: what it is stands in the ARN.
        return Cow::Owned(short_name(&name).to_owned());
    }
    let name = match &*name {
        url if url.starts_with("https://") => Cow::Owned(url.rsplit('/').next().unwrap_or_default().to_owned()),
        arn if kind.starts_with("function") => {
            Cow::Owned(arn.split(":function:").last().unwrap_or_default().to_owned())
        }
        _ => last_of(name),
    };
    if name.is_empty() { Cow::Borrowed(kind) } else { Cow::Owned(format!("{kind}/{name}")) }
}

/// Adds all texts of a value. A number is an account id, which has twelve digits: JSON leaves zeros in front away.
fn collect(value: Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Number(number) => into.push(format!("{:0>12}", number.to_string())),
        Value::Array(list) => list.into_iter().for_each(|one| collect(one, into)),
        Value::Object(members) => members.into_iter().for_each(|(_, one)| collect(one, into)),
        _ => {}
    }
}

/// The layers of other accounts that a function is given, `; `-joined: `ACCOUNT:NAME`.
pub(super) fn layers<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let arns = texts_of(members(event.request_parameters, ["layers"])[0]);
    let own = event.account_id();
    let of = |arn: &String| {
        let arn = Arn::parse(arn)?;
        let name = arn.resource.strip_prefix("layer:")?.split(':').next()?;
        (arn.account_id != own).then(|| format!("{}:{name}", arn.account_id))
    };
    let found: BTreeSet<String> = arns.iter().filter_map(of).collect();
    Cow::Owned(found.into_iter().collect::<Vec<_>>().join("; "))
}

/// The last part of an ARN's path; other texts as they are.
pub(super) fn last_of(arn: Cow<'_, str>) -> Cow<'_, str> {
    match Arn::parse(&arn).map(|arn| arn.name().to_owned()) {
        Some(name) => Cow::Owned(name),
        None => arn,
    }
}
