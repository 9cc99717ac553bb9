"""Sign-ins, console sessions, and people who come through an identity provider."""

from .cast import (
    ADFS,
    ALICE,
    BOB,
    BROWSER,
    HOTEL,
    JAVA,
    MAIN,
    MARY,
    OFFICE,
    OFFICE_V6,
    PORTAL_SERVER,
    S3_CONSOLE,
    SSO_ADMIN,
)
from .identities import RoleSession, session_context
from .ids import at, example_id, hm, uuid


def sign_in(trail, time, caller, address, mfa="No", failure=None, region="us-east-1", **more):
    """A ConsoleLogin; `failure` is its errorMessage (AWS gives a failed sign-in no errorCode)."""
    extra = {
        "LoginTo": f"https://{region}.console.aws.amazon.com/console/home?region={region}",
        "MobileVersion": "No",
        "MFAUsed": mfa,
    } | more.pop("extra", {})
    if failure:
        more["error"] = (None, failure)
    trail.call(
        time,
        "signin:ConsoleLogin",
        caller,
        address,
        BROWSER,
        region,
        extra=extra,
        response={"ConsoleLogin": "Failure" if failure else "Success"},
        **more,
    )


def console(trail, time, person, address, clicks, mfa=True, region="us-east-1", **login):
    """A sign-in and what follows: a new ASIA key for each service, all with the one creationDate of the session."""
    time = at(time)
    if mfa:
        trail.call(
            time - hm(0, 0, 5),
            "signin:CheckMfa",
            person.signing_in(),
            address,
            BROWSER,
            region,
            response={"CheckMfa": "Success"},
            extra={"MfaType": "Virtual MFA"},
        )
    sign_in(trail, time, person.signing_in(), address, "Yes" if mfa else "No", region=region, **login)
    context = session_context(time + hm(0, 0, 1), mfa)
    for n, (call, more) in enumerate(clicks):
        key = example_id("ASIA", f"{person.arn}/{time}/{call.split(':')[0]}", 9)
        trail.call(
            time + hm(0, 1 + 2 * n, 7),
            call,
            person.identity(key, context),
            address,
            BROWSER,
            region,
            console=True,
            **more,
        )
    return context


def console_sessions(trail):
    """Alice (MFA) and bob (none) at the console, a wrong password, and what the console does by itself."""
    clicks = [
        ("ec2:DescribeInstances", {}),
        ("iam:ListUsers", {}),
        ("cloudwatch:DescribeAlarms", {}),
        ("health:DescribeEventAggregates", {}),
        ("iam:GetAccountSummary", {}),
    ]
    context = console(trail, "08-26 09:00:12", ALICE, OFFICE, clicks)
    # AWS calls on Alice's behalf: "AWS Internal" is what human clicks look like, not a service.
    key = example_id("ASIA", "alice/ssm", 9)
    trail.call(
        "08-26 09:12:30",
        "kms:Decrypt",
        ALICE.identity(key, context, "AWS Internal"),
        "AWS Internal",
        "AWS Internal",
        request={
            "encryptionAlgorithm": "SYMMETRIC_DEFAULT",
            "encryptionContext": {"PARAMETER_ARN": f"arn:aws:ssm:us-east-1:{MAIN}:parameter/app/banner"},
        },
        resources=[
            {
                "accountId": MAIN,
                "type": "AWS::KMS::Key",
                "ARN": f"arn:aws:kms:us-east-1:{MAIN}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            }
        ],
    )
    # The S3 console proxies her with an AKIA key of its own, from inside AWS: no use of a long-lived key.
    for n, name in enumerate(("ListBuckets", "GetBucketAcl")):
        trail.call(
            at("08-26 09:14:02") + hm(0, n),
            f"s3:{name}",
            ALICE.identity("AKIACONSOLES3EXAMPLE", context),
            "10.0.64.20",
            S3_CONSOLE,
            vpce="vpce-1a2b3c4d",
        )
    for day in ("08-31", "09-07"):
        console(trail, f"{day} 13:20:40", ALICE, OFFICE_V6, clicks[:4])
    console(trail, "08-27 18:31:05", BOB, HOTEL, clicks[:2] + [("s3:ListBuckets", {})], mfa=False, region="eu-west-1")
    sign_in(trail, "09-03 08:02:11", MARY.signing_in(), OFFICE, failure="Failed authentication")
    console(trail, "09-03 08:02:48", MARY, OFFICE, [("s3:ListBuckets", {})], mfa=True)


def single_sign_on(trail):
    """IAM Identity Center: AWS cannot see the second factor of these people, the identity provider holds it."""
    provider = f"arn:aws:iam::{MAIN}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"
    for n, (time, person) in enumerate(
        (
            ("08-28 07:55:00", "alice"),
            ("09-02 08:10:30", "mary"),
            ("09-09 09:20:00", "alice"),
            ("09-11 14:00:00", "alice"),
        )
    ):
        mail, when = f"{person}@example.com", at(time)
        session = RoleSession(SSO_ADMIN, mail, when)
        behalf = {
            "userId": f"544894e8-80c1-707f-60e3-3ba6510dfac{'1' if person == 'alice' else '2'}",
            "identityStoreArn": f"arn:aws:identitystore::{MAIN}:identitystore/d-1234567890",
        }
        portal = {
            "type": "IdentityCenterUser",
            "accountId": MAIN,
            "onBehalfOf": behalf,
            "credentialId": uuid("credential", mail),
        }
        trail.call(
            when - hm(0, 0, 2),
            "sso:Federate",
            portal,
            OFFICE,
            BROWSER,
            read=False,
            details={"role_name": "AdministratorAccess", "account_id": MAIN},
        )
        saml(trail, when, session, "saml:example:" + person, provider, hours=12, address=PORTAL_SERVER, agent=JAVA)
        caller = {k: v for k, v in session.identity().items() if k != "accessKeyId"}
        sign_in(trail, when + hm(0, 0, 3), caller, OFFICE, "No", extra={"SamlProviderArn": provider})
        for m, call in enumerate(("organizations:ListAccounts", "ec2:DescribeRegions", "iam:ListRoles")[: 3 - n % 2]):
            trail.call(when + hm(0, 4 + m), call, session.identity(), OFFICE, BROWSER, console=True)
    partner = RoleSession(ADFS, "Jane_Doe", at("09-01 12:00:00"))
    saml(
        trail,
        partner.created,
        partner,
        "EXAMPLE:Jane_Doe",
        f"arn:aws:iam::{MAIN}:saml-provider/ADFS",
        hours=1,
        address="198.51.100.61",
    )
    for n, call in enumerate(("s3:ListBuckets", "cloudwatch:DescribeAlarms", "ec2:DescribeInstances")):
        trail.call(partner.created + hm(0, 3 + n), call, partner.identity(), "198.51.100.61", JAVA)


def saml(trail, when, session, principal, provider, hours, address, agent=BROWSER):
    request = {
        "sAMLAssertionID": "_" + uuid("assertion", principal, when),
        "roleSessionName": session.name,
        "durationSeconds": 3600 * hours,
        "roleArn": session.role.arn,
        "principalArn": provider,
    }
    caller = {
        "type": "SAMLUser",
        "principalId": principal,
        "userName": session.name,
        "identityProvider": provider.split("/")[1],
    }
    response = session.response(hours) | {
        "subjectType": "persistent",
        "subject": session.name,
        "issuer": "https://sso.example.com/saml",
        "audience": "https://signin.aws.amazon.com/saml",
    }
    trail.call(
        when,
        "sts:AssumeRoleWithSAML",
        caller,
        address,
        agent,
        account=session.role.account,
        request=request,
        response=response,
        resources=session.role.resource(),
    )
