"""Role sessions of people: with MFA, without, chained, across accounts; and tokens of users."""

from .cast import (
    ALICE,
    BOB,
    BREAK_GLASS,
    CLI,
    DATA,
    DATA_READER,
    DEPLOY,
    HOME,
    MAIN,
    MARY,
    OFFICE,
    OFFICE_2,
    OPS,
    SAANVI,
    SANDBOX,
    TERRAFORM,
)
from .identities import RoleSession, credentials, session_context
from .ids import at, example_id, hm, uuid
from .root import federate


def assume(trail, when, role, name, caller, address, mfa=False, serial=None, hours=1, **context):
    """AssumeRole by a person or another role; returns the session."""
    session = RoleSession(role, name, at(when), mfa, **context)
    request = {"roleArn": role.arn, "roleSessionName": name, "durationSeconds": 3600 * hours}
    request |= {"serialNumber": serial} if serial else {}
    request |= {"sourceIdentity": context["sourceIdentity"]} if serial and context else {}
    trail.call(
        when,
        "sts:AssumeRole",
        caller,
        address,
        CLI,
        request=request,
        response=session.response(hours),
        resources=role.resource(),
    )
    return session


def people_in_roles(trail):
    """Roles taken by people: with MFA, without, chained, across accounts; and tokens of users."""
    ops = assume(
        trail,
        "08-28 10:00:00",
        OPS,
        "Alice",
        ALICE.identity(),
        OFFICE,
        mfa=True,
        serial=f"arn:aws:iam::{MAIN}:mfa/Alice",
        sourceIdentity="Alice",
    )
    trail.call("08-28 10:02", "ec2:DescribeInstances", ops.identity(), OFFICE, CLI)
    # A chained session says mfaAuthenticated false whatever the person did; sourceIdentity survives.
    glass = assume(trail, "08-28 10:05:00", BREAK_GLASS, "incident-42", ops.identity(), OFFICE, sourceIdentity="Alice")
    for n, call in enumerate(("ec2:ModifyInstanceAttribute", "ec2:RebootInstances", "ec2:DescribeInstances")):
        trail.call(at("08-28 10:07") + hm(0, n), call, glass.identity(), OFFICE, CLI)
    for day in ("08-26", "09-02", "09-09"):
        deploy = assume(trail, f"{day} 11:15:00", DEPLOY, "bob", BOB.identity(), HOME)
        for n, call in enumerate(("ec2:DescribeSubnets", "ec2:CreateTags", "ecs:UpdateService")):
            trail.call(deploy.created + hm(0, 2 + n), call, deploy.identity(), HOME, TERRAFORM)
    # A session whose AssumeRole is in no log we have: before the first day.
    early = RoleSession(DEPLOY, "nightly", at("08-24 23:58:00"))
    trail.call("08-25 00:20", "ecs:DescribeServices", early.identity(), HOME, TERRAFORM)
    across_accounts(trail)
    token_of_user(trail)
    federate(
        trail,
        at("09-02 13:00:00"),
        MARY,
        MARY.identity(),
        "partner-upload",
        OFFICE,
        [("s3:GetBucketLocation", None), ("s3:ListBuckets", None)],
    )


def across_accounts(trail):
    """Saanvi of SANDBOX reads DATA: one AssumeRole, a record in each account, one sharedEventID."""
    for day in ("08-27", "09-03"):
        session = RoleSession(DATA_READER, "Saanvi_Sarkar", at(f"{day} 12:30:00"))
        same = {
            "request": {"roleArn": DATA_READER.arn, "roleSessionName": session.name},
            "response": session.response(),
            "resources": DATA_READER.resource(),
            "shared": uuid("shared", session.key),
        }
        trail.call(session.created, "sts:AssumeRole", SAANVI.identity(), OFFICE_2, CLI, "eu-west-1", **same)
        stranger = {"type": "AWSAccount", "principalId": SAANVI.id, "accountId": SANDBOX}
        trail.call(session.created, "sts:AssumeRole", stranger, OFFICE_2, CLI, "eu-west-1", account=DATA, **same)
        for n, call in enumerate(("athena:ListWorkGroups", "s3:ListBuckets")):
            trail.call(session.created + hm(0, 2 + n), call, session.identity(), OFFICE_2, CLI, "eu-west-1")


def token_of_user(trail):
    """bob takes a GetSessionToken with MFA: his calls then carry an ASIA key and keep type IAMUser."""
    when, key = at("09-04 09:00:00"), example_id("ASIA", "bob/session-token", 9)
    trail.call(
        when,
        "sts:GetSessionToken",
        BOB.identity(),
        HOME,
        CLI,
        request={"serialNumber": f"arn:aws:iam::{MAIN}:mfa/bob", "durationSeconds": 43200},
        response={"credentials": credentials(key, when, 12)},
    )
    for n, call in enumerate(("ec2:DescribeInstances", "ec2:StopInstances", "ec2:StartInstances")):
        trail.call(when + hm(0, 5 + n), call, BOB.identity(key, session_context(when, True)), HOME, CLI)
