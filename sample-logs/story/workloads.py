"""Role sessions of machines: EC2, Lambda, service-linked roles, web identities."""

from .cast import (
    BOTO,
    CONFIG,
    DATA,
    DATABRICKS,
    DATABRICKS_NAT,
    DAYS,
    EKS_NAT,
    GITHUB,
    GO,
    JAVA,
    MAIN,
    ORDERS,
    REPORT_LAMBDA,
    THIEF,
    WEB_NAT,
    WEB_SERVER,
    WEEKDAYS,
)
from .identities import RoleSession, credentials, service
from .ids import at, hm, uuid


def by_service(trail, host, session, region, hours, address=None, **more):
    """AssumeRole by an AWS service, which logs the key that it hands out."""
    request = {"roleArn": session.role.arn, "roleSessionName": session.name}
    response = {"credentials": credentials(session.key, session.created, hours, more.get("space", " "))}
    trail.call(
        session.created,
        "sts:AssumeRole",
        service(host),
        host,
        host,
        region,
        account=session.role.account,
        request=request,
        response=response,
        resources=session.role.resource(),
        shared=uuid("shared", session.key),
    )


def instances(trail):
    """EC2: the Databricks worker of the checklist, and a web server whose credentials are taken over IMDSv1."""
    for day, clock in (("09-08", "07:58:41"), ("09-09", "07:58:03"), ("09-10", "07:58:15")):
        worker = RoleSession(DATABRICKS, "i-1234567890abcdef0", at(f"{day} {clock}"), ec2RoleDelivery="2.0")
        by_service(trail, "ec2.amazonaws.com", worker, "us-east-1", 12)
        for n in range(8):
            what = {
                "bucketName": "example-data-landing",
                "Host": "example-data-landing.s3.us-east-1.amazonaws.com",
                "prefix": f"events/hour={8 + n:02}/",
            }
            trail.call(
                worker.created + hm(n, 0, 29 + n),
                ("s3:ListObjects", "kms:GenerateDataKey", "sts:GetCallerIdentity")[n % 3],
                worker.identity(),
                DATABRICKS_NAT,
                JAVA,
                request=what if n % 3 == 0 else None,
            )
    for n, day in enumerate(DAYS[::3]):
        web = RoleSession(
            WEB_SERVER,
            "i-0598c7d356eba48d7",
            day + hm(5, 10),
            ec2RoleDelivery="1.0",
            in_scope_of={
                "issuerType": "AWS::EC2::Instance",
                "credentialsIssuedTo": f"arn:aws:ec2:us-east-1:{MAIN}:instance/i-0598c7d356eba48d7",
            },
        )
        by_service(trail, "ec2.amazonaws.com", web, "us-east-1", 6)
        for m, call in enumerate(("ssm:UpdateInstanceInformation", "s3:ListBuckets", "ssm:GetParameter")):
            trail.call(
                web.created + hm(1 + m),
                call,
                web.identity(),
                WEB_NAT,
                GO,
                request={"name": "/web/config"} if call == "ssm:GetParameter" else None,
                read=not call.startswith("ssm:Up"),
            )
        if n == 4:  # 6 September: the session is used from where it was not issued to
            for m, call in enumerate(("sts:GetCallerIdentity", "s3:ListBuckets", "iam:ListAttachedRolePolicies")):
                more = (
                    {
                        "error": (
                            "AccessDenied",
                            f"User: {WEB_SERVER.session_arn(web.name)} is not authorized to perform: {call}",
                        )
                    }
                    if m == 2
                    else {}
                )
                trail.call(web.created + hm(3, 30 + m), call, web.identity(), THIEF, BOTO, **more)


def workloads(trail):
    """A nightly Lambda function, a service-linked role, Kubernetes and GitHub by web identity."""
    for n, day in enumerate(DAYS):
        report = RoleSession(
            REPORT_LAMBDA,
            "nightly-report",
            day + hm(2, 0, 4),
            in_scope_of={
                "sourceArn": f"arn:aws:lambda:eu-west-1:{DATA}:function:nightly-report",
                "sourceAccount": DATA,
                "issuerType": "AWS::Lambda::Function",
                "credentialsIssuedTo": f"arn:aws:lambda:eu-west-1:{DATA}:function:nightly-report",
            },
        )
        by_service(trail, "lambda.amazonaws.com", report, "eu-west-1", 12, space="\u202f")
        for m, call in enumerate(("athena:StartQueryExecution", "athena:GetQueryResults")):
            trail.call(
                report.created + hm(0, 1 + m),
                call,
                report.identity(),
                "203.0.113.40",
                BOTO,
                "eu-west-1",
                request={"workGroup": "primary"},
            )
        if n % 2 == 0:
            config = RoleSession(CONFIG, "AWSConfig-Describe", day + hm(0, 40))
            by_service(trail, "config.amazonaws.com", config, "us-east-1", 1)
            trail.call(
                config.created + hm(0, 1),
                "ec2:DescribeVolumes",
                config.identity("config.amazonaws.com"),
                "config.amazonaws.com",
                "config.amazonaws.com",
            )
        web_identity(
            trail,
            ORDERS,
            day + hm(6, 30),
            "oidc.eks.us-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
            "system:serviceaccount:orders:api",
            EKS_NAT,
            "us-west-2",
            ("sqs:ReceiveMessage", "dynamodb:DescribeTable"),
        )
    for day in WEEKDAYS[1::3]:
        web_identity(
            trail,
            GITHUB,
            day + hm(14, 45),
            "token.actions.githubusercontent.com",
            "repo:example/reports:ref:refs/heads/main",
            "203.0.113.180",
            "eu-west-1",
            ("lambda:UpdateFunctionCode20150331v2", "lambda:GetFunction20150331v2"),
        )


def web_identity(trail, role, when, provider, subject, address, region, calls):
    arn = f"arn:aws:iam::{role.account}:oidc-provider/{provider}"
    session = RoleSession(role, f"session-{when:%m%d%H%M}", when, web={"federatedProvider": arn, "attributes": {}})
    caller = {
        "type": "WebIdentityUser",
        "principalId": f"{arn}:sts.amazonaws.com:{subject}",
        "userName": subject,
        "identityProvider": arn,
    }
    request = {"roleArn": role.arn, "roleSessionName": session.name, "durationSeconds": 3600}
    response = session.response() | {
        "subjectFromWebIdentityToken": subject,
        "provider": arn,
        "audience": "sts.amazonaws.com",
    }
    trail.call(
        when,
        "sts:AssumeRoleWithWebIdentity",
        caller,
        address,
        GO,
        region,
        account=role.account,
        request=request,
        response=response,
        resources=role.resource(),
    )
    for n, call in enumerate(calls):
        trail.call(when + hm(0, 1 + n), call, session.identity(), address, GO, region, read=n == 1)
