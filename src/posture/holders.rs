//! How much users, groups and roles are granted by the policies that they hold, all of them taken together.

use super::{AttachedPolicy, Authorization, Group, InlinePolicy, Role, User};
use crate::model::{Grant, Policy};

impl Authorization {
    /// What a user is granted by its own policies; what its groups hold is theirs.
    pub fn user_grant(&self, user: &User) -> Grant {
        self.grant_of(&user.attached, &user.inline)
    }

    /// What a user is granted by its own policies and those of its groups, all taken together.
    pub fn whole_user_grant(&self, user: &User) -> Grant {
        let groups = user.groups.iter().filter_map(|name| self.groups.as_ref()?.get(name));
        let (mut attached, mut inline) = (user.attached.clone(), user.inline.clone());
        for group in groups {
            attached.extend(group.attached.iter().cloned());
            inline.extend(group.inline.iter().cloned());
        }
        self.grant_of(&attached, &inline)
    }

    /// What an attached policy grants by itself: by its document, else by what AWS's naming tells.
    pub fn attached_grant(&self, attached: &AttachedPolicy) -> Grant {
        self.document(attached).map_or_else(|| Grant::of_managed(&attached.arn), Policy::grant)
    }

    /// What the members of a group are granted by it.
    pub fn group_grant(&self, group: &Group) -> Grant {
        self.grant_of(&group.attached, &group.inline)
    }

    /// What a role is granted.
    pub fn role_grant(&self, role: &Role) -> Grant {
        self.grant_of(&role.attached, &role.inline)
    }

    /// Whether an attached policy only denies: by its document, else by AWS's naming.
    pub fn only_denies(&self, attached: &AttachedPolicy) -> bool {
        match self.document(attached) {
            Some(policy) => policy.only_denies(),
            None => Grant::of_managed(&attached.arn) == Grant::DenyOnly,
        }
    }

    /// Names of the policies of a user's own that may give it something: none of those that only deny.
    pub fn giving_policies<'a>(&'a self, user: &'a User) -> Vec<&'a str> {
        let attached = user.attached.iter().filter(|policy| !self.only_denies(policy));
        let inline = user.inline.iter().filter(|policy| !policy.document.as_ref().is_ok_and(Policy::only_denies));
        attached.map(|policy| policy.name.as_str()).chain(inline.map(|policy| policy.name.as_str())).collect()
    }

    /// What policies grant together: documents where they are at hand, else what AWS's naming tells. A flat `Deny` in one
    /// takes back what another allows; permissions boundaries and organization policies are not looked at.
    fn grant_of(&self, attached: &[AttachedPolicy], inline: &[InlinePolicy]) -> Grant {
        let documents = attached.iter().filter_map(|attached| self.document(attached));
        let written = inline.iter().filter_map(|policy| policy.document.as_ref().ok());
        let together = Policy::joined(documents.chain(written)).grant();
        let unread = attached.iter().filter(|attached| self.document(attached).is_none());
        let by_name = unread.map(|attached| Grant::of_managed(&attached.arn));
        by_name.filter(|grant| *grant != Grant::NotJudged).fold(together, Grant::max)
    }

    /// The document of a policy that is attached, where the file has it and it can be read.
    fn document(&self, attached: &AttachedPolicy) -> Option<&Policy> {
        self.policies.as_ref()?.get(&attached.arn)?.document.as_ref().ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::PolicyClass;

    fn inline(action: &str, effect: &str) -> InlinePolicy {
        let document = json!({ "Statement": { "Effect": effect, "Action": action, "Resource": "*" } });
        InlinePolicy {
            name: action.to_owned(),
            document: Policy::from_value(&document),
            text: Policy::text_of(&document),
        }
    }

    fn aws(name: &str) -> AttachedPolicy {
        AttachedPolicy { name: name.to_owned(), arn: format!("arn:aws:iam::aws:policy/{name}") }
    }

    #[test]
    fn policies_add_up() {
        let details = Authorization::default();
        let grant = |attached: &[AttachedPolicy], inline: &[InlinePolicy]| {
            details.user_grant(&User { attached: attached.to_vec(), inline: inline.to_vec(), ..User::default() })
        };
        assert_eq!(grant(&[], &[]), Grant::Other);
        assert_eq!(grant(&[aws("AdministratorAccess")], &[]), Grant::Admin);
        assert_eq!(grant(&[aws("IAMFullAccess")], &[]), Grant::Escalation);
        let parts = [inline("iam:PassRole", "Allow"), inline("lambda:CreateFunction", "Allow")];
        assert_eq!((grant(&[], &parts[..1]), grant(&[], &parts)), (Grant::Other, Grant::Escalation));
        assert_eq!(grant(&[], &[inline("iam:*", "Allow"), inline("iam:*", "Deny")]), Grant::FullService);
        assert!(
            details.only_denies(&aws("AWSCompromisedKeyQuarantineV3")) && !details.only_denies(&aws("ReadOnlyAccess"))
        );
        assert_eq!(PolicyClass::of_arn(&aws("x").arn), PolicyClass::AwsManaged);
    }
}
