//! The calls of IAM that change who may do what, and what kind of change each is.

/// What a call does. Not AWS's words: several calls do the same to a user, a group or a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Attaches a managed policy.
    Attach,
    /// Detaches a managed policy.
    Detach,
    /// Writes an inline policy.
    PutInline,
    /// Deletes an inline policy.
    DeleteInline,
    /// Writes a customer-managed policy or a version of it.
    WritePolicy,
    /// Puts another version of a customer-managed policy into force.
    SetDefaultVersion,
    /// Deletes a customer-managed policy or a version of it.
    DeletePolicy,
    /// Adds a user to a group.
    Join,
    /// Removes a user from a group.
    Leave,
    /// Gives a user a console password.
    CreateLogin,
    /// Sets the console password of a user anew.
    UpdateLogin,
    /// Takes the console password away.
    DeleteLogin,
    /// Changes the caller's own password.
    ChangePassword,
    /// Gives a user an MFA device.
    EnableMfa,
    /// Takes an MFA device from a user.
    DeactivateMfa,
    /// Makes, deletes or synchronises an MFA device: nobody gains or loses MFA by it.
    HandleMfa,
    /// Sets the account's password policy.
    UpdatePasswordPolicy,
    /// Deletes the account's password policy.
    DeletePasswordPolicy,
    /// Sets a permissions boundary.
    PutBoundary,
    /// Deletes a permissions boundary.
    DeleteBoundary,
    /// Makes a user or group.
    Create,
    /// Deletes a user, group or role.
    Delete,
    /// Makes a role, with the trust policy that says who may assume it.
    CreateRole,
    /// Replaces the trust policy of a role.
    UpdateTrust,
}

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TargetKind {
    /// An IAM user.
    User,
    /// A group of users.
    Group,
    /// A role.
    Role,
    /// A customer-managed policy.
    Policy,
    /// A virtual MFA device that belongs to nobody yet, or no longer.
    MfaDevice,
    /// The account, or its root.
    Account,
}

impl TargetKind {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::User, Self::Group, Self::Role, Self::Policy, Self::MfaDevice, Self::Account];

    /// The name that is printed: `user`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::Policy => "policy",
            Self::MfaDevice => "mfa-device",
            Self::Account => "account",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Every call that is remembered, by name. Source: IAM API reference, Actions.
static EVENTS: &[(&str, Act, TargetKind)] = &[
    ("AddUserToGroup", Act::Join, TargetKind::User),
    ("AttachGroupPolicy", Act::Attach, TargetKind::Group),
    ("AttachRolePolicy", Act::Attach, TargetKind::Role),
    ("AttachUserPolicy", Act::Attach, TargetKind::User),
    ("ChangePassword", Act::ChangePassword, TargetKind::User),
    ("CreateGroup", Act::Create, TargetKind::Group),
    ("CreateLoginProfile", Act::CreateLogin, TargetKind::User),
    ("CreatePolicy", Act::WritePolicy, TargetKind::Policy),
    ("CreatePolicyVersion", Act::WritePolicy, TargetKind::Policy),
    ("CreateRole", Act::CreateRole, TargetKind::Role),
    ("CreateUser", Act::Create, TargetKind::User),
    ("CreateVirtualMFADevice", Act::HandleMfa, TargetKind::MfaDevice),
    ("DeactivateMFADevice", Act::DeactivateMfa, TargetKind::User),
    ("DeleteAccountPasswordPolicy", Act::DeletePasswordPolicy, TargetKind::Account),
    ("DeleteGroup", Act::Delete, TargetKind::Group),
    ("DeleteGroupPolicy", Act::DeleteInline, TargetKind::Group),
    ("DeleteLoginProfile", Act::DeleteLogin, TargetKind::User),
    ("DeletePolicy", Act::DeletePolicy, TargetKind::Policy),
    ("DeletePolicyVersion", Act::DeletePolicy, TargetKind::Policy),
    ("DeleteRole", Act::Delete, TargetKind::Role),
    ("DeleteRolePermissionsBoundary", Act::DeleteBoundary, TargetKind::Role),
    ("DeleteRolePolicy", Act::DeleteInline, TargetKind::Role),
    ("DeleteUser", Act::Delete, TargetKind::User),
    ("DeleteUserPermissionsBoundary", Act::DeleteBoundary, TargetKind::User),
    ("DeleteUserPolicy", Act::DeleteInline, TargetKind::User),
    ("DeleteVirtualMFADevice", Act::HandleMfa, TargetKind::MfaDevice),
    ("DetachGroupPolicy", Act::Detach, TargetKind::Group),
    ("DetachRolePolicy", Act::Detach, TargetKind::Role),
    ("DetachUserPolicy", Act::Detach, TargetKind::User),
    ("EnableMFADevice", Act::EnableMfa, TargetKind::User),
    ("PutGroupPolicy", Act::PutInline, TargetKind::Group),
    ("PutRolePermissionsBoundary", Act::PutBoundary, TargetKind::Role),
    ("PutRolePolicy", Act::PutInline, TargetKind::Role),
    ("PutUserPermissionsBoundary", Act::PutBoundary, TargetKind::User),
    ("PutUserPolicy", Act::PutInline, TargetKind::User),
    ("RemoveUserFromGroup", Act::Leave, TargetKind::User),
    ("ResyncMFADevice", Act::HandleMfa, TargetKind::User),
    ("SetDefaultPolicyVersion", Act::SetDefaultVersion, TargetKind::Policy),
    ("UpdateAccountPasswordPolicy", Act::UpdatePasswordPolicy, TargetKind::Account),
    ("UpdateAssumeRolePolicy", Act::UpdateTrust, TargetKind::Role),
    ("UpdateLoginProfile", Act::UpdateLogin, TargetKind::User),
];

/// One of the calls that are remembered; orders by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IamEvent(u8);

impl IamEvent {
    /// The call of that `eventName`.
    pub fn of(name: &str) -> Option<Self> {
        // Most calls of IAM only read.
        if name.starts_with("Get") || name.starts_with("List") {
            return None;
        }
        EVENTS.binary_search_by_key(&name, |(known, ..)| known).ok().map(|place| Self(place as u8))
    }

    /// Its `eventName`.
    pub fn name(self) -> &'static str {
        EVENTS[usize::from(self.0)].0
    }

    /// What it does.
    pub fn act(self) -> Act {
        EVENTS[usize::from(self.0)].1
    }

    /// What it is about.
    pub fn target_kind(self) -> TargetKind {
        EVENTS[usize::from(self.0)].2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_found_by_name() {
        assert!(EVENTS.is_sorted_by_key(|(name, ..)| name));
        for (name, act, kind) in EVENTS {
            let event = IamEvent::of(name).unwrap();
            assert_eq!((event.name(), event.act(), event.target_kind()), (*name, *act, *kind));
        }
        for other in ["", "GetUser", "ListUsers", "CreateAccessKey", "attachuserpolicy", "AttachUserPolic"] {
            assert_eq!(IamEvent::of(other), None, "{other}");
        }
    }
}
