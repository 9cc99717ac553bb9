//! What the rules of sessions mean; when each holds stands in `rules`.

use crate::report::{Practice, Rule, Severity};

const ROLES: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use.html";
const MFA: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html";
const INSTANCES: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html";

pub(super) const ROOT_WITHOUT_MFA: Rule = Rule {
    id: "root-session-without-mfa",
    severity: Severity::High,
    practice: Some(Practice::MfaForConsole),
    about: "Root was used in a session whose records say that there was no MFA.",
    check: "root-usage shows what was done; posture whether root has an MFA device.",
    fix: "Add MFA devices to root.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
};

pub(super) const CONSOLE_WITHOUT_MFA: Rule = Rule {
    id: "console-session-without-mfa",
    severity: Severity::Medium,
    practice: Some(Practice::MfaForConsole),
    about: "An IAM user was at the console without MFA.",
    check: "`aws iam list-mfa-devices --user-name NAME`.",
    fix: "Have the user add an MFA device, and deny what matters without aws:MultiFactorAuthPresent.",
    page: MFA,
};

pub(super) const FALSE_INSTANCE_NAME: Rule = Rule {
    id: "instance-name-not-issued-by-ec2",
    severity: Severity::Medium,
    practice: None,
    about: "A session is named like an EC2 instance (i-…), and the call that issued it was not made by EC2: a disguise, or \
            a program that names its sessions so.",
    check: "The issuer in the evidence; `trailscan trace SESSION`.",
    fix: "When nobody knows it: narrow the role's trust policy to ec2.amazonaws.com and revoke its sessions.",
    page: ROLES,
};

pub(super) const INSTANCE_IN_NETWORKS: Rule = Rule {
    id: "instance-credentials-in-networks",
    severity: Severity::Medium,
    practice: None,
    about: "Credentials of one EC2 instance were used from several public networks: they may have been copied from it.",
    check: "Which of the addresses belongs to the instance or its NAT?",
    fix: "Revoke the role's sessions, replace the instance, require IMDSv2.",
    page: INSTANCES,
};

pub(super) const USED_ELSEWHERE: Rule = Rule {
    id: "used-from-other-network",
    severity: Severity::Medium,
    practice: None,
    about: "A session was used from another public network (/24 or /64) than the one it was issued to. People who move and \
            NAT pools look the same.",
    check: "issued_from and address_list of the evidence; `trailscan trace SESSION`.",
    fix: "When nobody knows the address: revoke the role's sessions, and narrow by aws:SourceIp or aws:SourceVpc.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html",
};

pub(super) const IMDS_V1: Rule = Rule {
    id: "imds-v1",
    severity: Severity::Low,
    practice: None,
    about: "An instance got its credentials from the instance metadata service of version 1, which needs no token: a \
            request forged through a web server is enough to steal them.",
    check: "`aws ec2 describe-instances --query 'Reservations[].Instances[].MetadataOptions'`: HttpTokens is optional.",
    fix: "`aws ec2 modify-instance-metadata-options --http-tokens required --instance-id ID`.",
    page: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
};

pub(super) const SESSION_WITHOUT_MFA: Rule = Rule {
    id: "session-without-mfa",
    severity: Severity::Low,
    practice: None,
    about: "An IAM user got a session, of a role or a token, without MFA, and used it from an address.",
    check: "Is the user a person? A program has no MFA.",
    fix: "Ask for aws:MultiFactorAuthPresent in the role's trust policy.",
    page: MFA,
};

pub(super) const AFTER_EXPIRY: Rule = Rule {
    id: "used-after-expiry",
    severity: Severity::Low,
    practice: None,
    about: "A call is recorded after the session expired, as the issuing call's response says. Long requests end late.",
    check: "The last events of the session.",
    fix: "Usually nothing; many of them mean that records were altered or clocks differ.",
    page: ROLES,
};

pub(super) const ACROSS_PRIVATE: Rule = Rule {
    id: "used-across-private-network",
    severity: Severity::Info,
    practice: None,
    about: "A session was issued at a public address and used from private ones, or the other way round: mostly a VPC \
            endpoint or NAT.",
    check: "Does the private address belong to the same machine?",
    fix: "Nothing, usually.",
    page: "https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html",
};

/// All of them, in the order in which they are tried.
pub(super) const RULES: &[Rule] = &[
    ROOT_WITHOUT_MFA,
    CONSOLE_WITHOUT_MFA,
    FALSE_INSTANCE_NAME,
    INSTANCE_IN_NETWORKS,
    USED_ELSEWHERE,
    IMDS_V1,
    SESSION_WITHOUT_MFA,
    AFTER_EXPIRY,
    ACROSS_PRIVATE,
];
