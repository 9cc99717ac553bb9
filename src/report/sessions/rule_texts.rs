//! What the rules of sessions mean; when each holds stands in `rules`.

use crate::report::{Practice, Rule, Severity};

const ROLES: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use.html";
const MFA: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html";
const INSTANCES: &str = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html";

pub(super) const ROOT_WITHOUT_MFA: Rule = Rule {
    id: "root-session-without-mfa",
    severity: Severity::High,
    practice: Some(Practice::MfaForConsole),
    techniques: &[],
    controls: &[],
    about: "Root was used in a session whose records say that there was no MFA.",
    check: "root-usage shows what was done; posture whether root has an MFA device.",
    fix: "Add MFA devices to root.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
};

pub(super) const CONSOLE_WITHOUT_MFA: Rule = Rule {
    id: "console-session-without-mfa",
    severity: Severity::Medium,
    practice: Some(Practice::MfaForConsole),
    techniques: &[],
    controls: &[],
    about: "An IAM user was at the console without MFA. A first sign-in, within a day of which the user registered a device, is \
told by console-logins alone.",
    check: "`aws iam list-mfa-devices --user-name NAME`.",
    fix: "Have the user add an MFA device, and deny what matters without aws:MultiFactorAuthPresent.",
    page: MFA,
};

pub(super) const FALSE_INSTANCE_NAME: Rule = Rule {
    id: "instance-name-not-issued-by-ec2",
    severity: Severity::Medium,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A session is named like an EC2 instance (i-…), and the call that issued it was not made by EC2: a disguise, or \
            a program that names its sessions so.",
    check: "The issuer in the evidence; `trailscan trace SESSION`.",
    fix: "When nobody knows it: narrow the role's trust policy to ec2.amazonaws.com and revoke its sessions.",
    page: ROLES,
};

pub(super) const INSTANCE_IN_NETWORKS: Rule = Rule {
    id: "instance-credentials-in-networks",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "Credentials of one EC2 instance were used in one session from several public networks (IPv4 and IPv6 are not \
            compared): a NAT with several addresses, or a copy. What speaks for a copy is told by \
            workload-credentials-elsewhere.",
    check: "Which of the addresses belongs to the instance or its NAT?",
    fix: "Revoke the role's sessions, replace the instance, require IMDSv2.",
    page: INSTANCES,
};

pub(super) const USED_ELSEWHERE: Rule = Rule {
    id: "used-from-other-network",
    severity: Severity::Medium,
    practice: None,
    techniques: &["T1078.004"],
    controls: &[],
    about: "A session was used from another public network (/24 or /64) than the one it was issued to. People who move and \
            NAT pools look the same. IPv4 and IPv6 networks are not compared, nor is the address of Identity Center's own \
            server; networks from which the same caller issued other sessions are its own, and those where a broker's workers use \
            what it hands out: sessions hardly ever used where they are issued, and again and again there.",
    check: "issued_from and address_list of the evidence; `trailscan trace SESSION`.",
    fix: "When nobody knows the address: revoke the role's sessions, and narrow by aws:SourceIp or aws:SourceVpc.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html",
};

pub(super) const USED_IN_TURN: Rule = Rule {
    id: "used-from-two-networks-in-turn",
    severity: Severity::Low,
    practice: None,
    techniques: &["T1078.004"],
    controls: &[],
    about: "A session was used in turn from the public network that it was issued in and from another one, by the same \
            programs: mostly a NAT or proxy with several addresses. Somebody else who works with the same program at the \
            same time looks the same.",
    check: "Do both addresses belong to your NAT, VPN or proxy?",
    fix: "When nobody knows the address: revoke the role's sessions, and narrow by aws:SourceIp or aws:SourceVpc.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html",
};

pub(super) const WORKLOAD_ELSEWHERE: Rule = Rule {
    id: "workload-credentials-elsewhere",
    severity: Severity::High,
    practice: None,
    techniques: &["T1078.004", "T1552.005"],
    controls: &[],
    about: "Credentials of a workload (an instance, a function, a task, a pod, the holder of a certificate) were used where \
            the workload is not, as all its sessions together show. Signs: a place (a public network, or all private \
            addresses together) whose programs are seen at no other place of it; an address that a person's own credentials use at the same time; of an instance, a network \
            that one session alone was used in while the others went on; of a certificate, a second network while the first \
            goes on; a public address late and rarely, where the workload was inside its VPC for a day or more; of a function, \
            task or pod, the only other place, late and in one session that was at home as well, while home went on: medium inside \
            its VPC for less than an hour, else low; with \
            --aws-ip-ranges an address outside AWS that came later, where home lies in it. Between IPv4 and IPv6, and for the pods of an EKS \
            service account (IRSA), only a program or a person counts, at a place that came into use an hour or more after \
            the workload's own, while that went on. A workload that was in the one place only before it came to the other has \
            moved: programs of its own there are no sign. Two signs are high, one is medium. With --aws-ip-ranges one sign is high \
            where the address is outside AWS; inside AWS it is low for functions, tasks and pods, and between IPv4 and \
            IPv6. A network where other workloads of the account are at home is their NAT and no sign, unless they all came there \
            late, for less than a day, and went home. Not seen: a thief \
            with the same program after a workload with a public address fell silent, or behind its NAT. A workload alone in \
            its account whose VPC gets a NAT looks the same on its first day.",
    check: "Whose address is it? `aws ec2 describe-instances`, the NAT gateways, and `trailscan principals --address ADDRESS`.",
    fix: "When nobody knows the address: revoke the role's sessions, replace the instance or task, require IMDSv2, narrow \
          the role by aws:SourceVpc.",
    page: "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-iam.html",
};

pub(super) const ATTACK_TOOL: Rule = Rule {
    id: "session-with-attack-tool",
    severity: Severity::High,
    practice: None,
    techniques: &["T1078.004"],
    controls: &[],
    about: "Calls of a session came from an address with a userAgent that names a tool of attackers and testers (Pacu, \
            TruffleHog, Stratus Red Team and the like), or the kernel of a system made for them (Kali Linux and the like): a \
            finding for each principal. A test of one's own looks the same; whoever names another program is not seen.",
    check: "Did somebody of yours test? `trailscan trace SESSION` names who got the session, `trailscan principals --address \
            ADDRESS` what else came from there.",
    fix: "When nobody did: revoke the role's sessions, and look at what they did and how they were got.",
    page: "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-iam.html",
};

pub(super) const WORKLOAD_BESIDE: Rule = Rule {
    id: "workload-beside-person",
    severity: Severity::Low,
    practice: None,
    techniques: &["T1078.004"],
    controls: &[],
    about: "Credentials of an instance or function were only ever used from an address where a person, or a program with a \
            long-lived key, works with credentials of their own within the hour. A developer's instance and a NAT look the \
            same; so does whoever took the credentials to their own machine. Medium where both use one program that is none of \
            the usual ones.",
    check: "Is the address the instance's? If it is the person's, how did the credentials get there?",
    fix: "When it is the person's: revoke the role's sessions and ask the person.",
    page: "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-iam.html",
};

pub(super) const FOREIGN_ENDPOINT: Rule = Rule {
    id: "session-through-foreign-endpoint",
    severity: Severity::High,
    practice: None,
    techniques: &["T1078.004"],
    controls: &[],
    about: "Calls of a session came through a VPC endpoint of an account that is neither its own nor its caller's and of \
            which no logs were read (vpcEndpointAccountId), so somebody in that account's network holds the credentials. \
            High for a workload that came through its own account's endpoints, too; else medium. An endpoint that several \
            principals of the account use for a week, or from their first day on, is a shared VPC's and is not told; nor is \
            one that a person always came through. A person's session that was at a public address ten minutes or more before \
            is told.",
    check: "Whose account is it, and does it share a VPC with yours (`aws ram get-resource-shares`)?",
    fix: "When nobody knows the account: revoke the role's sessions, and narrow by aws:SourceVpc or aws:SourceVpce.",
    page: "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-iam.html",
};

pub(super) const FOREIGN_ACCOUNT: Rule = Rule {
    id: "role-used-by-foreign-account",
    severity: Severity::Low,
    practice: None,
    techniques: &["T1199"],
    controls: &[],
    about: "An account of which no logs were read assumed roles, with or without a call by the sessions: a vendor, another \
            account of yours, or a stranger. One finding for each such account over all of yours.",
    check: "Is the account known? The roles are in the evidence; `trailscan trace ROLE` shows what they did.",
    fix: "When nobody knows it: take it out of the roles' trust policies and revoke their sessions; else ask for an \
          external id.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
};

pub(super) const NEW_OWNER: Rule = Rule {
    id: "web-identity-of-new-owner",
    severity: Severity::Medium,
    practice: None,
    techniques: &["T1199"],
    controls: &[],
    about: "Tokens of a build system (GitHub, GitLab, HCP Terraform) got a role for an organisation or group whose tokens never \
            came before, a week or more after the first ones of that provider: a stranger, where the role's trust policy does not \
            name the owner. A new or renamed organisation of one's own looks the same. \
            Not told where six or more came before.",
    check: "Is the owner yours? `trailscan posture` tells trust policies that let anyone at the provider in.",
    fix: "When it is not: set the subject (sub) in the role's trust policy to your own repositories and revoke the role's \
          sessions.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
};

pub(super) const DELEGATED: Rule = Rule {
    id: "temporary-delegation",
    severity: Severity::Low,
    practice: None,
    techniques: &["T1548.005"],
    controls: &[],
    about: "Another account, a product provider, acted under this principal by a temporary delegation \
            (invokedByDelegate): the person named in the session did not make these calls.",
    check: "Who accepted the request (AcceptDelegationRequest), and was that meant?",
    fix: "When it was not meant: revoke the sessions of the role.",
    page: "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-temporary-delegation.html",
};

pub(super) const PERSON_ELSEWHERE: Rule = Rule {
    id: "sso-credentials-in-two-networks",
    severity: Severity::Low,
    practice: None,
    techniques: &["T1078.004"],
    controls: &[],
    about: "One person of Identity Center fetched role credentials (GetRoleCredentials) in two public networks within an \
            hour, or with one sign-in in one, in another, and in the first again, or in a new one for another program while a \
            session of the first went on there: a VPN that was switched on or off, a trip, or \
            somebody else with the token of the person's portal or CLI. Medium where both rest on one sign-in and lie within \
            ten minutes, but not where the person fetches in both networks day by day.",
    check: "Does the person know both addresses and both programs?",
    fix: "When not: end the person's sessions in Identity Center and revoke those of the role.",
    page: "https://docs.aws.amazon.com/singlesignon/latest/userguide/understanding-sign-in-events.html",
};

pub(super) const IMDS_V1: Rule = Rule {
    id: "imds-v1",
    severity: Severity::Low,
    practice: None,
    techniques: &["T1552.005"],
    controls: &["5.6"],
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
    techniques: &[],
    controls: &[],
    about: "An IAM user got a session, of a role or a token, without MFA, and used it from an address.",
    check: "Is the user a person? A program has no MFA.",
    fix: "Ask for aws:MultiFactorAuthPresent in the role's trust policy.",
    page: MFA,
};

pub(super) const AFTER_EXPIRY: Rule = Rule {
    id: "used-after-expiry",
    severity: Severity::Low,
    practice: None,
    techniques: &[],
    controls: &[],
    about: "A call is recorded after the session expired, as the issuing call's response says. Long requests end late.",
    check: "The last events of the session.",
    fix: "Usually nothing; many of them mean that records were altered or clocks differ.",
    page: ROLES,
};

pub(super) const ACROSS_PRIVATE: Rule = Rule {
    id: "used-across-private-network",
    severity: Severity::Info,
    practice: None,
    techniques: &[],
    controls: &[],
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
    USED_IN_TURN,
    IMDS_V1,
    SESSION_WITHOUT_MFA,
    AFTER_EXPIRY,
    ACROSS_PRIVATE,
    WORKLOAD_ELSEWHERE,
    ATTACK_TOOL,
    WORKLOAD_BESIDE,
    FOREIGN_ENDPOINT,
    FOREIGN_ACCOUNT,
    NEW_OWNER,
    DELEGATED,
    PERSON_ELSEWHERE,
];
