"""IAM changes of an ordinary month, and those of an intruder."""

import json

from .cast import (
    ALICE,
    BOTO,
    CI,
    CLI,
    DEPLOY,
    MAIN,
    MATEO,
    OFFICE,
    OFFICE_2,
    OPS,
    RICHARD,
    SAANVI,
    SANDBOX,
    SCANNER,
    SPRAYER,
    SUPPORT,
    THIEF,
    WEEKDAYS,
)
from .consoles import console, sign_in
from .ids import at, hm, sts_date
from .keys import new_key


def new_colleague(trail):
    """Mateo joins SANDBOX: a login first, MFA five days later, a key made by a colleague; and Alice's housekeeping."""

    def saanvi(time, call, request, **more):
        trail.call(time, call, SAANVI.identity(), OFFICE_2, CLI, request=request, **more)

    name = {"userName": MATEO.name}
    saanvi(
        "08-28 13:00",
        "iam:CreateUser",
        name,
        response={
            "user": {
                "path": "/",
                "arn": MATEO.arn,
                "userId": MATEO.id,
                "createDate": sts_date(at("08-28 13:00")),
                **name,
            }
        },
    )
    saanvi(
        "08-28 13:01",
        "iam:CreateLoginProfile",
        name | {"passwordResetRequired": True},
        response={"loginProfile": name | {"createDate": sts_date(at("08-28 13:01")), "passwordResetRequired": True}},
    )
    saanvi("08-28 13:02", "iam:AddUserToGroup", name | {"groupName": "Developers"})
    saanvi("08-28 13:05", "iam:CreateAccessKey", name, response=new_key(MATEO, MATEO.key, "08-28 13:05"))
    console(trail, "08-31 08:30:00", MATEO, OFFICE, [("ec2:DescribeInstances", {})], mfa=False, region="us-west-2")
    serial = f"arn:aws:iam::{SANDBOX}:mfa/Mateo_Jackson"
    console(
        trail,
        "09-02 08:30:00",
        MATEO,
        OFFICE,
        [
            (
                "iam:CreateVirtualMFADevice",
                {
                    "request": {"virtualMFADeviceName": MATEO.name, "path": "/"},
                    "response": {"virtualMFADevice": {"serialNumber": serial}},
                },
            ),
            ("iam:EnableMFADevice", {"request": name | {"serialNumber": serial}}),
        ],
        mfa=False,
        region="us-west-2",
    )
    console(trail, "09-03 08:31:00", MATEO, OFFICE, [("ec2:DescribeInstances", {})], region="us-west-2")
    for day in WEEKDAYS[4:]:
        trail.call(
            day + hm(9, 50),
            "ec2:DescribeInstances",
            MATEO.identity(),
            OFFICE,
            CLI,
            "us-west-2",
            request={"filterSet": {}},
        )
    by_alice = (
        (
            "08-31 14:00",
            "iam:UpdateAccountPasswordPolicy",
            {"minimumPasswordLength": 8, "requireSymbols": False, "requireNumbers": True, "hardExpiry": False},
        ),
        (
            "08-31 14:05",
            "iam:AttachRolePolicy",
            {"roleName": DEPLOY.name, "policyArn": "arn:aws:iam::aws:policy/PowerUserAccess"},
        ),
        (
            "08-31 14:06",
            "iam:AttachRolePolicy",
            {"roleName": OPS.name, "policyArn": f"arn:aws:iam::{MAIN}:policy/example-ops"},
        ),
        (
            "08-31 14:20",
            "iam:PutUserPolicy",
            {"userName": CI.name, "policyName": "deploy", "policyDocument": policy("Allow", ["ecs:*", "ecr:*"], "*")},
        ),
        (
            "09-02 10:00",
            "cloudtrail:UpdateTrail",
            {"name": "example-organisation", "isMultiRegionTrail": True, "enableLogFileValidation": True},
        ),
    )
    for time, call, request in by_alice:
        trail.call(time, call, ALICE.identity(), OFFICE, CLI, request=request)


def policy(effect, action, resource):
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": resource}]}
    )


def intrusion(trail):
    """SANDBOX: a password spray, a brute-forced password, an administrator of the intruder's own, a trail stopped."""
    hidden = {"type": "IAMUser", "accountId": SANDBOX, "accessKeyId": "", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}
    targets = [RICHARD, SAANVI, MATEO, SCANNER]
    for n in range(12):  # one address, many names, one try each: a spray; names that do not exist are hidden
        caller, why = (
            (targets[n // 3].signing_in(), "Failed authentication")
            if n % 3 == 0
            else (hidden, "No username found in supplied account")
        )
        sign_in(trail, at("09-08 03:00:00") + hm(0, 0, 40 * n), caller, SPRAYER, failure=why, region="us-west-2")
    for n in range(14):  # many tries for one name: brute force
        sign_in(
            trail,
            at("09-09 02:10:00") + hm(0, 0, 11 * n),
            RICHARD.signing_in(),
            SPRAYER,
            failure="Failed authentication",
            region="us-west-2",
        )
    temp = {"userName": SUPPORT.name}
    clicks = [
        ("iam:GetAccountSummary", {}),
        ("iam:ListUsers", {}),
        (
            "iam:CreateUser",
            {
                "request": temp,
                "response": {
                    "user": {
                        "path": "/",
                        "arn": SUPPORT.arn,
                        "userId": SUPPORT.id,
                        "createDate": sts_date(at("09-09 02:19")),
                        **temp,
                    }
                },
            },
        ),
        (
            "iam:CreateLoginProfile",
            {
                "request": temp | {"passwordResetRequired": False},
                "response": {
                    "loginProfile": temp | {"createDate": sts_date(at("09-09 02:21")), "passwordResetRequired": False}
                },
            },
        ),
        ("iam:AttachUserPolicy", {"request": temp | {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}}),
        ("iam:CreateAccessKey", {"request": temp, "response": new_key(SUPPORT, SUPPORT.key, "09-09 02:25")}),
        (
            "iam:PutUserPolicy",
            {
                "request": {
                    "userName": RICHARD.name,
                    "policyName": "tools",
                    "policyDocument": policy("Allow", "*:*", "*"),
                }
            },
        ),
        ("iam:AddUserToGroup", {"request": {"userName": RICHARD.name, "groupName": "Admins"}}),
        (
            "iam:DeactivateMFADevice",
            {"request": {"userName": SAANVI.name, "serialNumber": f"arn:aws:iam::{SANDBOX}:mfa/Saanvi_Sarkar"}},
        ),
        ("cloudtrail:StopLogging", {"request": {"name": "sandbox-trail"}}),
        (
            "cloudtrail:StopLogging",
            {
                "request": {"name": f"arn:aws:cloudtrail:us-east-1:{MAIN}:trail/example-organisation"},
                "error": ("AccessDeniedException", "The organization trail cannot be changed by a member account."),
            },
        ),
    ]
    console(trail, "09-09 02:13:30", RICHARD, SPRAYER, clicks, mfa=False, region="us-west-2")
    for n, call in enumerate(
        (
            "sts:GetCallerIdentity",
            "ec2:DescribeRegions",
            "ec2:RunInstances",
            "ec2:RunInstances",
            "ec2:DescribeInstances",
            "iam:ListRoles",
        )
    ):
        more = (
            {
                "request": {
                    "instanceType": "p4d.24xlarge",
                    "instancesSet": {"items": [{"imageId": "ami-0abcdef1234567890", "minCount": 1, "maxCount": 8}]},
                },
                "error": (
                    "Client.VcpuLimitExceeded",
                    "You have requested more vCPU capacity than your current vCPU limit allows.",
                ),
            }
            if "Run" in call
            else {}
        )
        trail.call(at("09-09 02:40") + hm(0, n), call, SUPPORT.identity(), THIEF, BOTO, "us-west-2", **more)
    cleanup = (
        ("iam:UpdateAccessKey", temp | {"accessKeyId": SUPPORT.key, "status": "Inactive"}),
        ("iam:DeleteLoginProfile", temp),
        ("iam:DetachUserPolicy", temp | {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
        ("iam:DeleteUserPolicy", {"userName": RICHARD.name, "policyName": "tools"}),
        ("iam:RemoveUserFromGroup", {"userName": RICHARD.name, "groupName": "Admins"}),
        ("cloudtrail:StartLogging", {"name": "sandbox-trail"}),
    )
    for n, (call, request) in enumerate(cleanup):
        trail.call(
            at("09-10 10:00") + hm(0, 3 * n), call, SAANVI.identity(), OFFICE_2, CLI, "us-west-2", request=request
        )
