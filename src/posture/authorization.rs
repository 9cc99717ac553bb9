//! `aws iam get-account-authorization-details`: users, groups, roles and policies with their documents. It has no time of
//! its own.
//!
//! Source: IAM API reference, GetAccountAuthorizationDetails.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::scalar::{Moment, Text, or_default};
use crate::model::{Arn, EventTime, Policy, PolicyClass, PolicyError};

/// Users, groups, roles and policies of an account; a section that the file does not have is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Authorization {
    /// Users by name.
    pub users: Option<BTreeMap<String, User>>,
    /// Groups by name.
    pub groups: Option<BTreeMap<String, Group>>,
    /// Roles by name.
    pub roles: Option<BTreeMap<String, Role>>,
    /// Managed policies by arn: the customer's, and those of AWS that are in use.
    pub policies: Option<BTreeMap<String, ManagedPolicy>>,
}

/// An IAM user.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct User {
    /// `Arn`.
    pub arn: String,
    /// `UserId` (AIDA…).
    pub id: String,
    /// `CreateDate`.
    pub created: Option<EventTime>,
    /// Inline policies.
    pub inline: Vec<InlinePolicy>,
    /// Managed policies that are attached.
    pub attached: Vec<AttachedPolicy>,
    /// `GroupList`: names of groups.
    pub groups: Vec<String>,
    /// `PermissionsBoundary`.
    pub boundary: Option<Boundary>,
}

/// A group of users.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// `Arn`.
    pub arn: String,
    /// `CreateDate`.
    pub created: Option<EventTime>,
    /// Inline policies.
    pub inline: Vec<InlinePolicy>,
    /// Managed policies that are attached.
    pub attached: Vec<AttachedPolicy>,
}

/// A role.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    /// `Arn`.
    pub arn: String,
    /// `RoleId` (AROA…).
    pub id: String,
    /// `Path`.
    pub path: String,
    /// `CreateDate`.
    pub created: Option<EventTime>,
    /// `AssumeRolePolicyDocument`: who may assume it.
    pub trust: Result<Policy, PolicyError>,
    /// Inline policies.
    pub inline: Vec<InlinePolicy>,
    /// Managed policies that are attached.
    pub attached: Vec<AttachedPolicy>,
    /// `PermissionsBoundary`.
    pub boundary: Option<Boundary>,
    /// `RoleLastUsed`.
    pub last_used: Option<LastUsed>,
    /// `InstanceProfileList`: names of the instance profiles that hold it.
    pub profiles: Vec<String>,
}

/// A managed policy with the document of its default version.
#[derive(Clone, Debug, PartialEq)]
pub struct ManagedPolicy {
    /// `Arn`.
    pub arn: String,
    /// `PolicyName`.
    pub name: String,
    /// Whose it is, by its arn.
    pub class: PolicyClass,
    /// `CreateDate`.
    pub created: Option<EventTime>,
    /// `UpdateDate`.
    pub updated: Option<EventTime>,
    /// `AttachmentCount`.
    pub attachments: Option<i64>,
    /// `PermissionsBoundaryUsageCount`.
    pub boundary_uses: i64,
    /// The `VersionId` of the default version; empty when the file does not say.
    pub version: String,
    /// The document of the default version.
    pub document: Result<Policy, PolicyError>,
    /// The same as [JSON on one line](Policy::text_of).
    pub text: String,
}

/// A policy that lives inside a user, group or role.
#[derive(Clone, Debug, PartialEq)]
pub struct InlinePolicy {
    /// `PolicyName`.
    pub name: String,
    /// `PolicyDocument`.
    pub document: Result<Policy, PolicyError>,
    /// The same as [JSON on one line](Policy::text_of).
    pub text: String,
}

/// A managed policy that is attached.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(default)]
pub struct AttachedPolicy {
    /// `PolicyName`.
    #[serde(rename = "PolicyName")]
    pub name: String,
    /// `PolicyArn`.
    #[serde(rename = "PolicyArn")]
    pub arn: String,
}

/// A permissions boundary.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Boundary {
    /// `PermissionsBoundaryArn`.
    #[serde(rename = "PermissionsBoundaryArn")]
    pub arn: String,
}

/// When and where a role was used last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastUsed {
    /// `LastUsedDate`; `None` when not within AWS's tracking period.
    pub time: Option<EventTime>,
    /// `Region`.
    pub region: String,
}

/// A version of a managed policy.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PolicyVersion {
    document: Value,
    version_id: Text,
    is_default_version: bool,
}

/// A page as AWS writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Page {
    user_detail_list: Option<Vec<Written>>,
    group_detail_list: Option<Vec<Written>>,
    role_detail_list: Option<Vec<Written>>,
    policies: Option<Vec<Written>>,
    is_truncated: bool,
    #[serde(deserialize_with = "or_default")]
    next_token: Text,
}

/// A user, group, role or policy as AWS writes it: each has some of these members.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Written {
    arn: Text,
    path: Text,
    user_name: Text,
    user_id: Text,
    group_name: Text,
    role_name: Text,
    role_id: Text,
    policy_name: Text,
    create_date: Moment,
    update_date: Moment,
    #[serde(deserialize_with = "or_default")]
    attachment_count: Option<i64>,
    #[serde(deserialize_with = "or_default")]
    permissions_boundary_usage_count: i64,
    #[serde(deserialize_with = "or_default")]
    group_list: Vec<String>,
    #[serde(deserialize_with = "or_default")]
    attached_managed_policies: Vec<AttachedPolicy>,
    #[serde(deserialize_with = "or_default")]
    user_policy_list: Vec<WrittenPolicy>,
    #[serde(deserialize_with = "or_default")]
    group_policy_list: Vec<WrittenPolicy>,
    #[serde(deserialize_with = "or_default")]
    role_policy_list: Vec<WrittenPolicy>,
    #[serde(deserialize_with = "or_default")]
    policy_version_list: Vec<PolicyVersion>,
    assume_role_policy_document: Value,
    permissions_boundary: Option<Boundary>,
    role_last_used: Option<WrittenLastUsed>,
    #[serde(deserialize_with = "or_default")]
    instance_profile_list: Vec<WrittenProfile>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct WrittenProfile {
    instance_profile_name: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct WrittenPolicy {
    policy_name: Text,
    policy_document: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct WrittenLastUsed {
    last_used_date: Moment,
    region: Text,
}

/// What all pages tell, the account that their arns name, and what is missing.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub details: Authorization,
    pub account_id: Option<String>,
    pub newest: Option<EventTime>,
    pub trouble: Option<String>,
}

/// Puts the pages together.
pub(super) fn of(pages: Vec<Page>) -> Read {
    let mut read = Read::default();
    let ends_early = pages.last().is_some_and(|page| page.is_truncated || !page.next_token.0.is_empty());
    for page in pages {
        let Authorization { users, groups, roles, policies } = &mut read.details;
        let notes = &mut Notes { account_id: &mut read.account_id, newest: &mut read.newest };
        gather(users, page.user_detail_list, notes, |w| (w.user_name.0.clone(), w.into_user()));
        gather(groups, page.group_detail_list, notes, |w| (w.group_name.0.clone(), w.into_group()));
        gather(roles, page.role_detail_list, notes, |w| (w.role_name.0.clone(), w.into_role()));
        gather(policies, page.policies, notes, |w| (w.arn.0.clone(), w.into_policy()));
    }
    read.trouble = ends_early
        .then(|| "ends before its last page (IsTruncated): fetch it without --max-items, or join all pages".to_owned());
    read
}

/// What every record says beside its own facts.
struct Notes<'a> {
    account_id: &'a mut Option<String>,
    newest: &'a mut Option<EventTime>,
}

fn gather<T>(
    into: &mut Option<BTreeMap<String, T>>,
    section: Option<Vec<Written>>,
    notes: &mut Notes<'_>,
    read: impl Fn(Written) -> (String, T),
) {
    let Some(section) = section else { return };
    let known = into.get_or_insert_default();
    for written in section {
        let account = Arn::parse(&written.arn.0).map(|arn| arn.account_id.to_owned());
        let account = account.filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()));
        if account.is_some() {
            // AWS's own policies change on AWS's days, which say nothing about this account.
            let used = written.role_last_used.as_ref().and_then(|used| used.last_used_date.0);
            let times = [written.create_date.0, written.update_date.0, used];
            *notes.newest = (*notes.newest).max(times.into_iter().flatten().max());
        }
        *notes.account_id = notes.account_id.take().or(account);
        let (name, value) = read(written);
        known.entry(name).or_insert(value);
    }
}

impl Written {
    fn into_user(self) -> User {
        User {
            arn: self.arn.0,
            id: self.user_id.0,
            created: self.create_date.0,
            inline: inline(self.user_policy_list),
            attached: sorted(self.attached_managed_policies),
            groups: sorted(self.group_list),
            boundary: self.permissions_boundary,
        }
    }

    fn into_group(self) -> Group {
        Group {
            arn: self.arn.0,
            created: self.create_date.0,
            inline: inline(self.group_policy_list),
            attached: sorted(self.attached_managed_policies),
        }
    }

    fn into_role(self) -> Role {
        Role {
            arn: self.arn.0,
            id: self.role_id.0,
            path: self.path.0,
            created: self.create_date.0,
            trust: Policy::from_value(&self.assume_role_policy_document),
            inline: inline(self.role_policy_list),
            attached: sorted(self.attached_managed_policies),
            boundary: self.permissions_boundary,
            profiles: self.instance_profile_list.into_iter().map(|profile| profile.instance_profile_name.0).collect(),
            last_used: self.role_last_used.map(|used| LastUsed { time: used.last_used_date.0, region: used.region.0 }),
        }
    }

    fn into_policy(self) -> ManagedPolicy {
        let version = self.policy_version_list.into_iter().find(|version| version.is_default_version);
        let (id, document) = version.map_or_else(Default::default, |version| (version.version_id.0, version.document));
        ManagedPolicy {
            class: PolicyClass::of_arn(&self.arn.0),
            arn: self.arn.0,
            name: self.policy_name.0,
            created: self.create_date.0,
            updated: self.update_date.0,
            attachments: self.attachment_count,
            boundary_uses: self.permissions_boundary_usage_count,
            version: id,
            document: Policy::from_value(&document),
            text: Policy::text_of(&document),
        }
    }
}

fn inline(written: Vec<WrittenPolicy>) -> Vec<InlinePolicy> {
    let read = |w: WrittenPolicy| InlinePolicy {
        document: Policy::from_value(&w.policy_document),
        text: Policy::text_of(&w.policy_document),
        name: w.policy_name.0,
    };
    let mut policies: Vec<InlinePolicy> = written.into_iter().map(read).collect();
    policies.sort_by(|a, b| a.name.cmp(&b.name));
    policies
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list
}

impl Authorization {
    /// The customer's and AWS's managed policies.
    pub fn managed(&self) -> impl Iterator<Item = &ManagedPolicy> {
        self.policies.iter().flat_map(BTreeMap::values)
    }

    /// The members of a group, by name; empty when the file does not tell users.
    pub fn members(&self, group: &str) -> Vec<&str> {
        let users = self.users.iter().flatten();
        users.filter(|(_, user)| user.groups.iter().any(|name| name == group)).map(|(name, _)| name.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Read {
        of(serde_json::Deserializer::from_str(text).into_iter().map(Result::unwrap).collect())
    }

    #[test]
    fn pages_add_up_and_sections_may_be_missing() {
        let user = |name: &str| {
            format!(
                r#"{{"UserName": "{name}", "Arn": "arn:aws:iam::111122223333:user/{name}", "GroupList": ["b", "a"],
                     "CreateDate": "2026-08-28T13:00:00+00:00", "UserPolicyList": null}}"#
            )
        };
        let text = format!(
            r#"{{"UserDetailList": [{}], "IsTruncated": true, "Marker": "x"}}
               {{"UserDetailList": [{}], "GroupDetailList": [], "IsTruncated": false}}"#,
            user("Alice"),
            user("bob")
        );
        let found = read(&text);
        let users = found.details.users.unwrap();
        assert_eq!(users.keys().collect::<Vec<_>>(), ["Alice", "bob"]);
        assert_eq!(users["bob"].groups, ["a", "b"]);
        assert_eq!((found.details.groups.map(|g| g.len()), found.details.roles.is_some()), (Some(0), false));
        assert_eq!((found.account_id.as_deref(), found.trouble), (Some("111122223333"), None));
        assert_eq!(found.newest, EventTime::parse("2026-08-28T13:00:00Z"));
        assert!(read(r#"{"UserDetailList": [], "IsTruncated": true}"#).trouble.is_some());
        assert!(read(r#"{"UserDetailList": [], "NextToken": "x"}"#).trouble.is_some());
    }

    #[test]
    fn documents_of_any_form_and_the_default_version() {
        let text = r#"{"Policies": [{"PolicyName": "p", "Arn": "arn:aws-cn:iam::111122223333:policy/p",
            "AttachmentCount": 0, "PolicyVersionList": [
              {"VersionId": "v2", "IsDefaultVersion": true,
               "Document": "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D"},
              {"VersionId": "v1", "IsDefaultVersion": false, "Document": {"Statement": []}}]},
            {"PolicyName": "AdministratorAccess", "Arn": "arn:aws:iam::aws:policy/AdministratorAccess",
             "UpdateDate": "2030-01-01T00:00:00Z"}]}"#;
        let found = read(text);
        assert_eq!((found.account_id.as_deref(), found.newest), (Some("111122223333"), None));
        let policies: Vec<&ManagedPolicy> = found.details.managed().collect();
        assert!(policies[0].document.as_ref().unwrap().grants_admin());
        assert_eq!(policies[0].text, r#"{"Statement":{"Action":"*","Effect":"Allow","Resource":"*"}}"#);
        assert_eq!((policies[0].class, policies[0].attachments), (PolicyClass::CustomerManaged, Some(0)));
        assert_eq!(policies[1].class, PolicyClass::AwsManaged);
        assert!(policies[1].document.is_err() && policies[1].text.is_empty());
    }
}
