"""IAM's own state on the evening after the last day, as the AWS CLI prints it: a folder per account in iam/.

The accounts come in the ways in which such files are met: MAIN as the CLI prints it, SANDBOX with the report as the CSV
that people download, DATA with policy documents URL-encoded, as the API itself answers.
"""

import base64
import json
import urllib.parse

from .cast import (
    ADFS,
    ALICE,
    BACKUP,
    BOB,
    BREAK_GLASS,
    CI,
    CONFIG,
    DATA,
    DATA_READER,
    DATABRICKS,
    DEPLOY,
    GITHUB,
    MAIN,
    MARY,
    MATEO,
    NIKKI,
    NIKKI_NEW_KEY,
    OPS,
    ORDERS,
    REPORT_LAMBDA,
    REPORTING,
    RICHARD,
    SAANVI,
    SANDBOX,
    SCANNER,
    SSO_ADMIN,
    SUPPORT,
    TMP,
    VENDOR,
    WEB_SERVER,
)
from .ids import example_id

REGIONS = {MAIN: "us-east-1", DATA: "eu-west-1", SANDBOX: "us-west-2"}
GENERATED = "2026-09-13T20:00:00+00:00"
COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,"
    "access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,"
    "cert_2_last_rotated"
)


def when(text):
    """ "2026-08-28 13:00", or with seconds, as the CLI prints it."""
    if text in ("N/A", "no_information", "not_supported"):
        return text
    return f"{text.replace(' ', 'T')}{':00' if text.count(':') == 1 else ''}+00:00"


class Member:
    """A user with credentials, groups and policies."""

    def __init__(self, user, created, password=None, mfa=False, key=None, groups=(), attached=(), inline=()):
        self.user, self.created, self.mfa = user, created, mfa
        self.password = password  # (last used, last changed)
        self.key = key  # (id, active, made, last used, region, service)
        self.groups, self.attached, self.inline = groups, attached, inline

    def row(self):
        used, changed = self.password or ("N/A", "N/A")
        _, active, made, last, region, service = self.key or (None, False, "N/A", "N/A", "N/A", "N/A")
        cells = [self.user.name, self.user.arn, when(self.created), flag(self.password), when(used), when(changed)]
        cells += ["N/A", flag(self.mfa), flag(active), when(made), when(last), region, service]
        return ",".join(cells + ["false", "N/A", "N/A", "N/A", "N/A", "false", "N/A", "false", "N/A"])

    def detail(self, encode):
        detail = {
            "Path": "/",
            "UserName": self.user.name,
            "UserId": self.user.id,
            "Arn": self.user.arn,
            "CreateDate": when(self.created),
        }
        if self.inline:
            detail["UserPolicyList"] = [
                {"PolicyName": name, "PolicyDocument": encode(document)} for name, document in self.inline
            ]
        groups = {"GroupList": list(self.groups), "AttachedManagedPolicies": attachments(self.attached), "Tags": []}
        return detail | groups


def flag(value):
    return "true" if value else "false"


def root_row(account, created, used, mfa, key=None):
    active, made, last, region, service = key or (False, "N/A", "N/A", "N/A", "N/A")
    cells = ["<root_account>", f"arn:aws:iam::{account}:root", when(created), "not_supported", when(used)]
    cells += ["not_supported", "not_supported", flag(mfa), flag(active), when(made), when(last), region, service]
    return ",".join(cells + ["false", "N/A", "N/A", "N/A", "N/A", "false", "N/A", "false", "N/A"])


def attachments(arns):
    return [{"PolicyName": arn.rsplit("/", 1)[1], "PolicyArn": arn} for arn in arns]


def group(account, name, attached=(), inline=(), encode=lambda document: document):
    policies = [{"PolicyName": policy, "PolicyDocument": encode(document)} for policy, document in inline]
    return {
        "Path": "/",
        "GroupName": name,
        "GroupId": example_id("AGPA", f"{account}/{name}", 10),
        "Arn": f"arn:aws:iam::{account}:group/{name}",
        "CreateDate": when("2023-05-02 08:00"),
        "GroupPolicyList": policies,
        "AttachedManagedPolicies": attachments(attached),
    }


def role(it, trust, used, attached=(), inline=(), encode=lambda document: document):
    path = it.arn.split(":role", 1)[1].rsplit("/", 1)[0] + "/"
    return {
        "Path": path,
        "RoleName": it.name,
        "RoleId": it.id,
        "Arn": it.arn,
        "CreateDate": when("2024-02-12 10:30"),
        "AssumeRolePolicyDocument": encode(document(trust)),
        "InstanceProfileList": [],
        "RolePolicyList": [{"PolicyName": name, "PolicyDocument": encode(policy)} for name, policy in inline],
        "AttachedManagedPolicies": attachments(attached),
        "Tags": [],
        "RoleLastUsed": {"LastUsedDate": when(f"2026-{used}"), "Region": REGIONS[it.account]},
    }


def managed(arn, policy, attached, encode=lambda document: document):
    of_aws = ":aws:" in arn.split("iam:", 1)[1]
    made = "2015-02-06 18:39" if of_aws else "2024-02-12 10:00"
    return {
        "PolicyName": arn.rsplit("/", 1)[1],
        "PolicyId": example_id("ANPA", arn, 10),
        "Arn": arn,
        "Path": "/",
        "DefaultVersionId": "v1",
        "AttachmentCount": attached,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "CreateDate": when(made),
        "UpdateDate": when(made),
        "PolicyVersionList": [
            {"Document": encode(policy), "VersionId": "v1", "IsDefaultVersion": True, "CreateDate": when(made)}
        ],
    }


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource} | more


def trusts(kind, principal, action="sts:AssumeRole", condition=None):
    statement = {"Effect": "Allow", "Principal": {kind: principal}, "Action": action}
    return statement | ({"Condition": condition} if condition else {})


ADMIN, POWER = (f"arn:aws:iam::aws:policy/{name}" for name in ("AdministratorAccess", "PowerUserAccess"))
AUDIT = "arn:aws:iam::aws:policy/SecurityAudit"
QUARANTINE = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"
POWER_LESS = ["iam:*", "organizations:*", "account:*"]
POWER_MORE = [
    "account:GetAccountInformation",
    "account:GetPrimaryEmail",
    "account:ListRegions",
    "iam:CreateServiceLinkedRole",
    "iam:DeleteServiceLinkedRole",
    "iam:ListRoles",
    "organizations:DescribeOrganization",
]
ADMIN_SAYS = document(allow("*"))
POWER_SAYS = document({"Effect": "Allow", "NotAction": POWER_LESS, "Resource": "*"}, allow(POWER_MORE))
SELF = "arn:aws:iam::*:user/${aws:username}"
OWN_KEYS = ["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys", "iam:UpdateAccessKey"]


def own(account, name):
    return f"arn:aws:iam::{account}:policy/{name}"


def main_account():
    """Everything there is: the report with its time, details, keys, numbers, a weak password policy."""
    members = [
        Member(
            ALICE,
            "2023-05-02 08:10",
            ("2026-09-07 13:20", "2026-07-20 09:00"),
            True,
            (ALICE.key, True, "2026-07-01 08:00", "2026-09-11 08:27", "us-east-1", "iam"),
            ("Admins", "Everyone"),
        ),
        Member(
            BOB,
            "2023-06-12 09:00",
            ("2026-08-27 18:31", "2026-07-20 09:30"),
            True,
            (BOB.key, True, "2025-07-28 16:40", "2026-09-11 10:31", "us-east-1", "ec2"),
            ("Developers", "Everyone"),
        ),
        Member(
            CI,
            "2024-11-05 14:00",
            key=(CI.key, True, "2024-11-05 14:02", "2026-09-11 16:13", "us-east-1", "ecs"),
            inline=[("deploy", document(allow(["ecs:*", "ecr:*"])))],
        ),
        Member(
            MARY,
            "2023-05-02 08:20",
            ("2026-09-03 08:02", "2026-06-25 10:00"),
            True,
            (MARY.key, True, "2026-06-25 10:05", "2026-09-02 13:00", "us-east-1", "sts"),
            ("Everyone",),
            (own(MAIN, "partner-upload"),),
        ),
        # The name that root tries to make again on 4 September; the key is switched on after this report was made.
        Member(
            TMP,
            "2024-03-01 11:00",
            key=(TMP.key, False, "2024-03-01 11:05", "2024-03-29 17:10", "us-east-1", "s3"),
            groups=("Everyone",),
        ),
        Member(
            VENDOR,
            "2024-11-18 09:00",
            key=(VENDOR.key, True, "2025-02-03 09:00", "2025-03-14 16:20", "us-east-1", "iam"),
            groups=("Everyone",),
            attached=(AUDIT,),
        ),
    ]
    root = root_row(
        MAIN,
        "2023-05-01 12:00",
        "2026-09-04 17:40",
        False,
        (True, "2026-08-27 09:19:07", "2026-09-07 02:15", "us-east-1", "ec2"),
    )
    of_self = [allow(["iam:GetUser", "iam:ChangePassword"], SELF), allow(["iam:ListVirtualMFADevices"])]
    groups = [
        group(MAIN, "Admins", [ADMIN]),
        group(MAIN, "Auditors", [AUDIT]),
        group(MAIN, "Developers", [own(MAIN, "example-developers")]),
        group(MAIN, "Everyone", [own(MAIN, "own-credentials")]),
    ]
    saml = trusts(
        "Federated",
        f"arn:aws:iam::{MAIN}:saml-provider/ADFS",
        "sts:AssumeRoleWithSAML",
        {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
    )
    sso = trusts(
        "Federated",
        f"arn:aws:iam::{MAIN}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE",
        ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
    )
    lake = document(allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::example-lake/*"))
    ec2, here = trusts("Service", "ec2.amazonaws.com"), trusts("AWS", f"arn:aws:iam::{MAIN}:root")
    roles = [
        role(ADFS, saml, "09-01 12:00", [AUDIT]),
        role(SSO_ADMIN, sso, "09-11 16:30", [ADMIN]),
        role(CONFIG, trusts("Service", "config.amazonaws.com"), "09-12 00:40"),
        role(BREAK_GLASS, trusts("AWS", OPS.arn), "08-28 10:09", [ADMIN]),
        role(DATABRICKS, ec2, "09-10 14:00", inline=[("lake", lake)]),
        role(DEPLOY, here, "09-09 11:19", [POWER]),
        role(OPS, here, "08-28 10:05", [own(MAIN, "example-ops")]),
        role(WEB_SERVER, ec2, "09-12 08:10"),
    ]
    # The same as AWS's PowerUserAccess, in other words: another order, one action as text.
    copy = document(
        *({"Sid": f"Part{n}"} | allow(action) for n, action in enumerate(reversed(POWER_MORE))),
        {"Effect": "Allow", "NotAction": POWER_LESS[::-1], "Resource": ["*"]},
    )
    federated = f"arn:aws:sts::{MAIN}:federated-user"
    policies = [
        managed(ADMIN, ADMIN_SAYS, 3),
        managed(POWER, POWER_SAYS, 1),
        managed(AUDIT, document(allow(["iam:Get*", "iam:List*", "cloudtrail:LookupEvents"])), 3),
        managed(own(MAIN, "example-developers"), copy, 1),
        managed(own(MAIN, "example-ops"), document(allow(["ec2:Describe*", "ec2:RebootInstances"])), 1),
        managed(own(MAIN, "old-migration"), document(allow("*")), 0),
        # Meant for oneself; the keys' statement was left at every resource.
        managed(own(MAIN, "own-credentials"), document(allow(OWN_KEYS), *of_self), 1),
        managed(own(MAIN, "partner-upload"), document(allow("sts:GetFederationToken", f"{federated}/*")), 1),
    ]
    weak = {
        "MinimumPasswordLength": 8,
        "RequireSymbols": False,
        "RequireNumbers": True,
        "RequireUppercaseCharacters": False,
        "RequireLowercaseCharacters": False,
        "AllowUsersToChangePassword": True,
        "ExpirePasswords": False,
        "HardExpiry": False,
    }
    return {
        "credential-report.json": wrapped(root, members),
        "authorization-details.json": details(members, groups, roles, policies),
        "access-keys.json": key_list(members),
        "account-summary.json": summary(len(members), mfa=0, keys=1),
        "password-policy.json": printed({"PasswordPolicy": weak}),
    }


def data_account():
    """Looked after: root used once for what needs it, a role for another account of the organisation."""

    def encoded(policy):
        return urllib.parse.quote(json.dumps(policy, separators=(",", ":")), safe="")

    members = [
        Member(
            BACKUP,
            "2024-01-15 09:00",
            key=(BACKUP.key, True, "2026-08-01 07:00", "2026-09-13 13:30", "eu-west-1", "s3"),
            groups=("Services",),
        ),
        Member(
            NIKKI,
            "2024-01-15 09:10",
            ("2026-08-20 07:50", "2026-07-02 08:00"),
            True,
            (NIKKI_NEW_KEY, True, "2026-09-01 09:30", "2026-09-10 11:00", "eu-west-1", "athena"),
            ("Analysts",),
        ),
        Member(
            REPORTING,
            "2024-01-15 09:20",
            key=(REPORTING.key, True, "2026-07-05 06:00", "2026-09-13 05:20", "eu-west-1", "s3"),
            groups=("Services",),
            # AWS found the key in public on 7 September.
            attached=(QUARANTINE,),
        ),
    ]
    groups = [
        group(DATA, "Analysts", [own(DATA, "analysts")]),
        group(DATA, "Services", [own(DATA, "services")]),
    ]
    github = trusts(
        "Federated",
        f"arn:aws:iam::{DATA}:oidc-provider/token.actions.githubusercontent.com",
        "sts:AssumeRoleWithWebIdentity",
        {
            "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
            "StringLike": {"token.actions.githubusercontent.com:sub": "repo:example/reports:*"},
        },
    )
    bucket = "arn:aws:s3:::example-data-backup/*"
    roles = [
        role(DATA_READER, trusts("AWS", f"arn:aws:iam::{SANDBOX}:root"), "09-03 12:33", [own(DATA, "analysts")], encode=encoded),
        role(GITHUB, github, "09-11 14:47", [own(DATA, "services")], encode=encoded),
        role(REPORT_LAMBDA, trusts("Service", "lambda.amazonaws.com"), "09-13 02:00", [own(DATA, "services")], encode=encoded),
    ]
    # A few of the calls that AWS's own document refuses.
    fence = {"Effect": "Deny", "Action": ["iam:AttachUserPolicy", "iam:CreateUser", "ec2:RunInstances"], "Resource": ["*"]}
    policies = [
        managed(own(DATA, "analysts"), document(allow(["athena:Get*", "athena:List*"])), 2, encoded),
        managed(own(DATA, "services"), document(allow(["s3:GetObject", "s3:PutObject"], bucket)), 3, encoded),
        managed(QUARANTINE, document(fence), 1, encoded),
    ]
    good = {
        "MinimumPasswordLength": 16,
        "RequireSymbols": True,
        "RequireNumbers": True,
        "RequireUppercaseCharacters": True,
        "RequireLowercaseCharacters": True,
        "AllowUsersToChangePassword": True,
        "ExpirePasswords": False,
        "PasswordReusePrevention": 24,
    }
    return {
        "credential-report.json": wrapped(root_row(DATA, "2024-01-15 08:00", "2026-09-01 10:00", True), members),
        "authorization-details.json": details(members, groups, roles, policies, encoded),
        "access-keys.json": key_list(members),
        "account-summary.json": summary(len(members), mfa=1, keys=0),
        "password-policy.json": printed({"PasswordPolicy": good}),
    }


def sandbox_account():
    """After the intrusion: what Saanvi undid is gone, what she did not see is there."""
    members = [
        Member(
            MATEO,
            "2026-08-28 13:00",
            ("2026-09-03 08:31", "2026-08-31 08:32"),
            True,
            (MATEO.key, True, "2026-08-28 13:05", "2026-09-11 09:50", "us-west-2", "ec2"),
            ("Developers",),
        ),
        Member(
            RICHARD, "2024-02-01 10:00", ("2026-09-09 02:13", "2024-02-01 10:00"), False, groups=("Developers",)
        ),
        Member(
            SAANVI,
            "2024-02-01 09:00",
            ("2026-08-03 07:05", "2026-08-03 07:00"),
            False,
            (SAANVI.key, True, "2026-08-03 07:10", "2026-09-10 10:15", "us-west-2", "iam"),
            ("Admins",),
        ),
        Member(
            SCANNER,
            "2022-03-15 12:00",
            ("no_information", "2022-03-15 12:00"),
            False,
            (SCANNER.key, True, "2022-03-15 12:05", "2026-09-11 03:04", "us-west-2", "iam"),
        ),
        Member(
            SUPPORT,
            "2026-09-09 02:19",
            key=(SUPPORT.key, False, "2026-09-09 02:25", "2026-09-09 02:45", "us-west-2", "iam"),
        ),
    ]
    eks = f"arn:aws:iam::{SANDBOX}:oidc-provider/oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
    subject = "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE:sub"
    pod = trusts(
        "Federated",
        eks,
        "sts:AssumeRoleWithWebIdentity",
        {"StringEquals": {subject: "system:serviceaccount:shop:orders-api"}},
    )
    table = f"arn:aws:dynamodb:us-west-2:{SANDBOX}:table/orders"
    groups = [group(SANDBOX, "Admins", [ADMIN]), group(SANDBOX, "Developers", [POWER])]
    roles = [role(ORDERS, pod, "09-13 06:32", inline=[("orders", document(allow("dynamodb:*", table)))])]
    policies = [managed(ADMIN, ADMIN_SAYS, 1), managed(POWER, POWER_SAYS, 1)]
    rows = [root_row(SANDBOX, "2022-03-01 08:00", "2025-01-10 09:00", True)] + [member.row() for member in members]
    absent = (
        "\nAn error occurred (NoSuchEntity) when calling the GetAccountPasswordPolicy operation: "
        f"The Password Policy with domain name {SANDBOX} cannot be found.\n"
    )
    return {
        "credential-report.csv": "\n".join([COLUMNS, *rows]) + "\n",
        "authorization-details.json": details(members, groups, roles, policies),
        "access-keys.json": key_list(members),
        "account-summary.json": summary(len(members), mfa=1, keys=0),
        "password-policy.json": absent,
    }


def wrapped(root, members):
    csv = "\n".join([COLUMNS, root, *(member.row() for member in members)])
    content = base64.b64encode(csv.encode()).decode()
    return printed({"Content": content, "ReportFormat": "text/csv", "GeneratedTime": GENERATED})


def details(members, groups, roles, policies, encode=lambda document: document):
    return printed(
        {
            "UserDetailList": [member.detail(encode) for member in members],
            "GroupDetailList": groups,
            "RoleDetailList": roles,
            "Policies": policies,
        }
    )


def key_list(members):
    """What a loop over `aws iam list-access-keys --user-name NAME` prints: a document a user."""

    def metadata(member):
        if not member.key:
            return []
        key, active, made = member.key[:3]
        status = "Active" if active else "Inactive"
        return [{"UserName": member.user.name, "AccessKeyId": key, "Status": status, "CreateDate": when(made)}]

    return "".join(printed({"AccessKeyMetadata": metadata(member)}) for member in members)


def summary(users, mfa, keys):
    numbers = {
        "Users": users,
        "AccountMFAEnabled": mfa,
        "AccountAccessKeysPresent": keys,
        "AccountPasswordPresent": 1,
        "AccountSigningCertificatesPresent": 0,
    }
    return printed({"SummaryMap": numbers})


def printed(value):
    return json.dumps(value, indent=4) + "\n"


def write_state(folder):
    """Writes iam/ACCOUNT/… below `folder`."""
    for account, files in ((MAIN, main_account()), (DATA, data_account()), (SANDBOX, sandbox_account())):
        home = folder / "iam" / account
        home.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (home / name).write_text(text, encoding="utf-8")
