"""Root, in every class of root-usage, and federation, which root can do too."""

import datetime as dt

from .cast import CLI, DATA, DAYS, HOME, JAVA, MAIN, OFFICE, ROOT_KEY, SANDBOX, SPRAYER, SSO_ADMIN
from .consoles import console, sign_in
from .identities import RoleSession, Root, credentials, session_context
from .ids import at, example_id, hm, sts_date


def root_use(trail):
    """Every class of root use. MAIN is bad, DATA does it by the book, SANDBOX only sees strangers try."""
    root, task = Root(MAIN), Root(DATA)
    made = {"accessKey": {"accessKeyId": ROOT_KEY, "status": "Active", "createDate": sts_date(at("08-27 09:19:07"))}}
    everyday = [
        ("ec2:DescribeInstances", {}),
        ("s3:ListBuckets", {}),
        ("s3:CreateBucket", {"request": {"bucketName": "example-invoices"}}),
        (
            "ec2:RunInstances",
            {
                "request": {
                    "instanceType": "t3.large",
                    "instancesSet": {"items": [{"imageId": "ami-0abcdef1234567890", "minCount": 1, "maxCount": 1}]},
                }
            },
        ),
        ("iam:CreateAccessKey", {"response": made}),
    ]
    console(trail, "08-27 09:10:00", root, OFFICE, everyday, mfa=False)
    console(
        trail,
        "09-04 17:40:00",
        root,
        HOME,
        everyday[:2]
        + [
            (
                "iam:CreateUser",
                {
                    "request": {"userName": "tmp"},
                    "error": ("EntityAlreadyExistsException", "User with name tmp already exists."),
                },
            )
        ],
        mfa=False,
    )
    for n, call in enumerate(
        (
            "sts:GetCallerIdentity",
            "s3:ListBuckets",
            "ec2:DescribeInstances",
            "iam:ListUsers",
            "s3:PutBucketPolicy",
            "ec2:DescribeVpcs",
        )
    ):
        trail.call(
            at("08-28 02:15") + dt.timedelta(days=2 * n),
            call,
            root.identity(ROOT_KEY),
            "192.0.2.150" if n % 2 else "192.0.2.151",
            CLI,
            request={"bucketName": "example-invoices"} if call == "s3:PutBucketPolicy" else None,
        )
    # A FederatedUser issued by root is root: GetFederationToken needs a long-lived key.
    federate(
        trail,
        at("09-03 02:20:00"),
        root,
        root.identity(ROOT_KEY),
        "legacy-portal",
        "192.0.2.150",
        [("s3:ListBuckets", None), ("s3:GetBucketAcl", None), ("iam:ListUsers", None)],
    )
    # By the book: MFA, one task that only root can do, out again. (A bucket policy had locked everybody out.)
    console(
        trail,
        "09-01 10:00:00",
        task,
        OFFICE,
        [("s3:DeleteBucketPolicy", {"request": {"bucketName": "example-data-landing"}})],
    )
    for n, day in enumerate(DAYS[2::4]):  # An old scaling group still runs as root: a service, not a person.
        request = {
            "resourcesSet": {"items": [{"resourceId": f"i-0{n}23456789abcdef0"}]},
            "tagSet": {"items": [{"key": "aws:autoscaling:groupName", "value": "legacy-batch"}]},
        }
        trail.call(
            day + hm(6, 1),
            "ec2:CreateTags",
            task.identity(invoked_by="autoscaling.amazonaws.com"),
            "autoscaling.amazonaws.com",
            "autoscaling.amazonaws.com",
            "eu-west-1",
            request=request,
            response={"_return": True},
        )
    for n in range(3):
        sign_in(
            trail, at("09-08 03:20:00") + hm(0, n), Root(SANDBOX).signing_in(), SPRAYER, failure="Failed authentication"
        )


def central_root_sessions(trail):
    """AssumeRoot from MAIN into DATA: one session flags itself beside attributes, one inside, one only by its key."""
    for n, time in enumerate(("09-11 14:20:00", "09-11 15:05:00", "09-11 16:30:00")):
        when, target = at(time), Root(DATA)
        alice = RoleSession(SSO_ADMIN, "alice@example.com", at("09-11 14:00:00"))
        key = example_id("ASIA", f"assume-root/{n}", 9)
        task = ("S3UnlockBucketPolicy", "IAMDeleteRootUserCredentials", "IAMAuditRootUserCredentials")[n]
        trail.call(
            when,
            "sts:AssumeRoot",
            alice.identity(),
            OFFICE,
            CLI,
            request={
                "targetPrincipal": DATA,
                "taskPolicyArn": {"arn": f"arn:aws:iam::aws:policy/root-task/{task}"},
                "durationSeconds": 900,
            },
            response={"credentials": credentials(key, when, 0.25)},
        )
        context = session_context(when, False, **({"assumedRoot": "true"} if n == 0 else {}))
        if n == 1:
            context["attributes"]["assumedRoot"] = True
        done = ("s3:DeleteBucketPolicy", "iam:DeleteLoginProfile", "iam:GetLoginProfile")[n]
        for call in (done, "iam:GetAccountSummary"):
            trail.call(when + hm(0, 1), call, target.identity(key, context), OFFICE, CLI)


def federate(trail, when, issuer, caller, name, address, calls):
    """GetFederationToken by a user or root, and calls with what it gives: type FederatedUser, issuer inside."""
    account, key = issuer.account, example_id("ASIA", f"federated/{name}", 9)
    arn = f"arn:aws:sts::{account}:federated-user/{name}"
    trail.call(
        when,
        "sts:GetFederationToken",
        caller,
        address,
        CLI,
        read=False,
        request={"name": name, "durationSeconds": 43200},
        response={
            "credentials": credentials(key, when, 12),
            "federatedUser": {"federatedUserId": f"{account}:{name}", "arn": arn},
            "packedPolicySize": 0,
        },
    )
    identity = {
        "type": "FederatedUser",
        "principalId": f"{account}:{name}",
        "arn": arn,
        "accountId": account,
        "accessKeyId": key,
        "sessionContext": session_context(when, False, issuer.issuer()),
    }
    for n, (call, request) in enumerate(calls):
        trail.call(when + hm(0, 10 + n), call, identity, address, JAVA, request=request)
