//! The calls that change who may do what, and what kind of change each is.

use super::calls::EVENTS;

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
    /// Gives a user a long-lived credential that is no access key: service-specific, SSH key, signing certificate.
    AddCredential,
    /// Makes an identity provider, or changes what it vouches with.
    TrustProvider,
    /// Makes, changes or enables a trust anchor of IAM Roles Anywhere.
    TrustAnchor,
    /// Makes, changes or enables a profile of IAM Roles Anywhere: the roles that certificates may take.
    OpenProfile,
    /// Hands a role to what runs: an instance profile, pods of a cluster.
    HandRole,
    /// Lets a principal of IAM into a cluster.
    EnterCluster,
    /// Gives another account rights for a time: temporary delegation.
    Delegate,
    /// Lets the account's principals get tokens for other clouds and services.
    FederateOut,
    /// Gets such a token.
    GetToken,
    /// Lets the management account act as root of member accounts.
    CentralRoot,
    /// Gives a person or group of Identity Center a permission set in an account.
    Assign,
    /// Takes such a long-lived credential away.
    RemoveCredential,
    /// Lets others into a resource: a bucket, a key, a snapshot, a function; or shuts them out again.
    Share,
    /// Sets the layers of a function: code that runs beside its own.
    AddLayer,
    /// Makes a permission set of Identity Center.
    MakeSet,
    /// Makes a user in the directory of Identity Center.
    MakePerson,
    /// Puts a user of that directory into a group.
    JoinPeople,
    /// Sets the password of a user of that directory anew, or takes an MFA device away.
    ResetPerson,
    /// Sets when the directory of Identity Center asks for MFA.
    SetDirectoryMfa,
    /// Sets a policy of the organization, which limits its accounts.
    SetLimit,
    /// Takes such a limit away, or empties it.
    LiftLimit,
    /// Makes a member account the administrator of a service for the organization.
    DelegateAdmin,
    /// Lets a service work in all accounts of the organization.
    TrustService,
    /// Makes or invites an account of the organization, or enters one.
    GrowOrganization,
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
    /// A SAML or OpenID Connect provider.
    Provider,
    /// A trust anchor of IAM Roles Anywhere.
    TrustAnchor,
    /// A profile of IAM Roles Anywhere.
    Profile,
    /// An instance profile.
    InstanceProfile,
    /// An EKS cluster.
    Cluster,
    /// A permission set of IAM Identity Center.
    PermissionSet,
    /// A user in the directory of IAM Identity Center.
    Person,
    /// A policy of the organization.
    Limit,
    /// What holds or runs something: `bucket/NAME`, `kms-key/ID`, `function/NAME`.
    Resource,
}

impl TargetKind {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::User,
        Self::Group,
        Self::Role,
        Self::Policy,
        Self::MfaDevice,
        Self::Account,
        Self::Provider,
        Self::TrustAnchor,
        Self::Profile,
        Self::InstanceProfile,
        Self::Cluster,
        Self::PermissionSet,
        Self::Person,
        Self::Limit,
        Self::Resource,
    ];

    /// The name that is printed: `user`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::Policy => "policy",
            Self::MfaDevice => "mfa-device",
            Self::Account => "account",
            Self::Provider => "identity-provider",
            Self::TrustAnchor => "trust-anchor",
            Self::Profile => "profile",
            Self::InstanceProfile => "instance-profile",
            Self::Cluster => "cluster",
            Self::PermissionSet => "permission-set",
            Self::Person => "identity-center-user",
            Self::Limit => "organization-policy",
            Self::Resource => "resource",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// One of the calls that are remembered; orders by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IamEvent(u8);

impl IamEvent {
    /// The call of that `eventSource` and `eventName`.
    #[inline]
    pub fn of_call(source: &str, name: &str) -> Option<Self> {
        if is_shaped(name) { Self::find(source, name) } else { None }
    }

    #[cold]
    fn find(source: &str, name: &str) -> Option<Self> {
        let at = EVENTS.binary_search_by_key(&(name, source), |&(name, source, ..)| (name, source)).ok()?;
        // What two services call alike and do alike is one call, told apart by its target.
        Self::about(name, EVENTS[at].3)
    }

    /// The call of that `eventName` about such a target: of several services' the first, where the target does not tell.
    pub fn about(name: &str, target: TargetKind) -> Option<Self> {
        let first = EVENTS.partition_point(|(known, ..)| *known < name);
        let named = (first..).zip(EVENTS.get(first..)?).take_while(|(_, (known, ..))| *known == name);
        let is_first = named.clone().filter(|(_, (.., kind))| *kind == target).chain(named).map(|(at, _)| at).next();
        is_first.map(|at| Self(at as u8))
    }

    /// Its `eventName`.
    pub fn name(self) -> &'static str {
        EVENTS[usize::from(self.0)].0
    }

    /// What it does.
    pub fn act(self) -> Act {
        EVENTS[usize::from(self.0)].2
    }

    /// What it is about.
    pub fn target_kind(self) -> TargetKind {
        EVENTS[usize::from(self.0)].3
    }
}

/// By first letter, the lengths of the names that are remembered: nearly all other events end here.
const SHAPES: [u64; 26] = shapes();

const fn shapes() -> [u64; 26] {
    let mut shapes = [0; 26];
    let mut at = 0;
    while at < EVENTS.len() {
        let name = EVENTS[at].0.as_bytes();
        shapes[(name[0] - b'A') as usize] |= 1 << name.len();
        at += 1;
    }
    shapes
}

fn is_shaped(name: &str) -> bool {
    let letter = name.bytes().next().unwrap_or_default().wrapping_sub(b'A');
    let shape = SHAPES.get(usize::from(letter)).copied().unwrap_or_default();
    name.len() < 64 && shape >> name.len() & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_found_by_name() {
        assert!(EVENTS.is_sorted_by_key(|(name, source, ..)| (name, source)) && EVENTS.len() < 256);
        for (name, source, act, kind) in EVENTS {
            let event = IamEvent::of_call(source, name).unwrap();
            assert_eq!((event.name(), event.act(), event.target_kind()), (*name, *act, *kind));
            let same = IamEvent::about(name, *kind).unwrap();
            assert_eq!(
                (same.name(), same.act(), same.target_kind()),
                (*name, *act, *kind),
                "two of one name and target do alike"
            );
        }
        for other in ["", "GetUser", "ListUsers", "CreateAccessKey", "attachuserpolicy", "AttachUserPolic"] {
            assert_eq!(IamEvent::of_call("iam.amazonaws.com", other), None, "{other}");
        }
        for name in ["é", "Z", "[", "createUser", &"C".repeat(64), &"C".repeat(300)] {
            assert_eq!(IamEvent::of_call("iam.amazonaws.com", name), None);
        }
        let rooted = IamEvent::about("CreateLoginProfile", TargetKind::Account).map(IamEvent::name);
        assert_eq!(rooted, Some("CreateLoginProfile"), "about root");
        assert_eq!(IamEvent::about("CreateUsers", TargetKind::User), None);
        assert_eq!(IamEvent::about("Zz", TargetKind::User), None);
        assert_eq!(IamEvent::of_call("customer-profiles.amazonaws.com", "CreateProfile"), None, "of another service");
        assert_eq!(IamEvent::of_call("eks.amazonaws.com", "CreateUser"), None);
        assert_eq!(IamEvent::of_call("ec2.amazonaws.com", "RunInstances"), None);
    }
}
