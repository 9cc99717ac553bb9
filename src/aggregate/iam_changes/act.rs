//! What a change does, and what it is about.

/// What a call does. Not AWS's words: several calls do the same to a user, a group or a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
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
    /// Gives a user or group another name.
    Rename,
    /// Makes a role, with the trust policy that says who may assume it.
    CreateRole,
    /// Replaces the trust policy of a role.
    UpdateTrust,
    /// Gives a user a long-lived credential that is not an access key: service-specific, SSH key, signing certificate.
    AddCredential,
    /// Makes an identity provider, or changes what it vouches with.
    TrustProvider,
    /// Makes, changes or enables a trust anchor of IAM Roles Anywhere.
    TrustAnchor,
    /// Makes, changes or enables a profile of IAM Roles Anywhere: the roles that certificates may take.
    OpenProfile,
    /// Hands a role to what runs: an instance profile, pods of a cluster.
    HandRole,
    /// Has code run as a role: a function, an instance, a task, a build, a stack.
    RunAs,
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
    /// Changes how a user of that directory signs in: its password, e-mail address, name or MFA devices, or that it may again.
    ResetPerson,
    /// Sets when the directory of Identity Center asks for MFA.
    SetDirectoryMfa,
    /// Makes a policy of the organization, which limits nothing yet.
    MakeLimit,
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
    /// Switches off a service that watches the account, or takes accounts from its sight; or sets a detector on or off.
    StopDetection,
    /// Switches such a service on.
    StartDetection,
    /// Has such a service keep findings to itself, trust addresses, or lose what it looks at or reports to.
    NarrowDetection,
}

/// What a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
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
    /// What watches the account: a detector, a recorder; by its id or name, and the region that it watches: `ID in REGION`.
    Detection,
}

impl TargetKind {
    /// All of them.
    pub const ALL: [Self; 16] = [
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
        Self::Detection,
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
            Self::Detection => "detection",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}
