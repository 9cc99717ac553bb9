"""How stolen credentials look where they are used, and how AWS itself says that a key is public."""

from .cast import ALICE, BOTO, BROWSER, CLI, DATA, MAIN, MARY, OFFICE, REPORT_LAMBDA, REPORTING, RICHARD, SPRAYER, THIEF
from .identities import RoleSession, credentials, session_context
from .ids import at, example_id, hm, sts_date, uuid

PORTAL = "https://d-1234567890.awsapps.com/start/"


def portal(trail):
    """Alice and Mary at the access portal: password, then a code, then the credentials of a role."""
    for time, person in (("08-28 07:55:00", ALICE), ("09-02 08:10:30", MARY), ("09-11 14:00:00", ALICE)):
        behalf = {
            "userId": f"544894e8-80c1-707f-60e3-3ba6510dfac{'1' if person is ALICE else '2'}",
            "identityStoreArn": f"arn:aws:identitystore::{MAIN}:identitystore/d-1234567890",
        }
        mail = {"Alice": "alice", "Mary_Major": "mary"}[person.name] + "@example.com"
        who = {
            "type": "IdentityCenterUser",
            "accountId": MAIN,
            "onBehalfOf": behalf,
            "credentialId": uuid("credential", mail),
        }
        when, flow = at(time), uuid("workflow", time)
        for seconds, name, credential in (
            (50, "CredentialVerification", "PASSWORD"),
            (40, "CredentialChallenge", "TOTP"),
            (30, "CredentialVerification", "TOTP"),
            (29, "UserAuthentication", "PASSWORD,TOTP"),
        ):
            trail.call(
                when - hm(0, 0, seconds),
                f"signin:{name}",
                who,
                OFFICE,
                BROWSER,
                extra={"AuthWorkflowID": flow, "LoginTo": PORTAL, "CredentialType": credential},
                details={name: "Success"},
                kind="AwsServiceEvent",
            )
        trail.call(
            when,
            "sso:GetRoleCredentials",
            who,
            OFFICE,
            BROWSER,
            details={"role_name": "AdministratorAccess", "account_id": MAIN},
        )


def console_by_key(trail):
    """The thief of reporting's key makes a console session of it: no password and no MFA is needed for that."""
    issued = at("09-06 23:30:00")
    key = example_id("ASIA", "federated/reporting", 9)
    who = {
        "type": "FederatedUser",
        "principalId": f"{DATA}:reports",
        "arn": f"arn:aws:sts::{DATA}:federated-user/reports",
        "accountId": DATA,
    }
    context = session_context(issued, issuer=REPORTING.issuer())
    trail.call(
        issued,
        "sts:GetFederationToken",
        REPORTING.identity(),
        THIEF,
        BOTO,
        "eu-west-1",
        request={"name": "reports", "durationSeconds": 43200},
        response={
            "credentials": credentials(key, issued, 12),
            "federatedUser": {"federatedUserId": f"{DATA}:reports", "arn": who["arn"]},
        },
    )
    signed = who | {"accessKeyId": key, "sessionContext": context}
    trail.call(issued + hm(0, 0, 4), "signin:GetSigninToken", signed, THIEF, BOTO, read=False)
    console = "https://console.aws.amazon.com/console/home"
    trail.call(
        issued + hm(0, 0, 9),
        "signin:ConsoleLogin",
        who | {"sessionContext": context},
        THIEF,
        BROWSER,
        extra={"LoginTo": console, "MobileVersion": "No", "MFAUsed": "No"},
        response={"ConsoleLogin": "Success"},
    )
    for n, call in enumerate(("secretsmanager:ListSecrets", "secretsmanager:GetSecretValue")):
        own = example_id("ASIA", f"federated/reporting/{call}", 9)
        request = {"secretId": "prod/reporting/database"} if n else None
        identity = who | {"accessKeyId": own, "sessionContext": context}
        trail.call(issued + hm(0, 2 + n), call, identity, THIEF, BROWSER, "eu-west-1", request=request, console=True)


def stolen_function(trail):
    """The credentials of that night's function are used from elsewhere, too, with another program."""
    report = RoleSession(REPORT_LAMBDA, "nightly-report", at("09-06 02:00:04"))
    for n, call in enumerate(("sts:GetCallerIdentity", "s3:ListBuckets", "athena:ListWorkGroups")):
        trail.call(at("09-06 11:20") + hm(0, 2 * n), call, report.identity(), "198.51.100.66", CLI, "eu-west-1")


def quarantine(trail):
    """AWS has found reporting's key in public and fences it in, under the user's own identity."""
    trail.call(
        "09-07 06:10:22",
        "iam:AttachUserPolicy",
        REPORTING.identity(),
        "198.51.100.217",
        "aws-internal/3 aws-sdk-java/1.12.770",
        request={
            "userName": REPORTING.name,
            "policyArn": "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3",
        },
    )


def stays(trail):
    """The intruder of *sandbox* leaves two ways back that no list of users and keys shows."""
    context = session_context(at("09-09 02:13:31"))

    def call(time, api, **more):
        key = example_id("ASIA", f"{RICHARD.arn}/{api}", 9)
        trail.call(time, api, RICHARD.identity(key, context), SPRAYER, BROWSER, read=False, **more)

    anchor = "arn:aws:rolesanywhere:us-west-2:123456789012:trust-anchor/" + uuid("anchor")
    call(
        "09-09 02:31",
        "rolesanywhere:CreateTrustAnchor",
        region="us-west-2",
        request={"name": "example-ca", "enabled": True, "source": {"sourceType": "CERTIFICATE_BUNDLE"}},
        response={"trustAnchor": {"trustAnchorArn": anchor, "name": "example-ca", "enabled": True}},
    )
    call(
        "09-09 02:33",
        "iam:CreateServiceSpecificCredential",
        request={"userName": "old-scanner", "serviceName": "bedrock.amazonaws.com"},
        response={
            "serviceSpecificCredential": {
                "userName": "old-scanner",
                "serviceName": "bedrock.amazonaws.com",
                "serviceSpecificCredentialId": example_id("ACCA", "bedrock/old-scanner", 9),
                "createDate": sts_date(at("09-09 02:33")),
                "status": "Active",
            }
        },
    )
