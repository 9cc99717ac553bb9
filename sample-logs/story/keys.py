"""Long-lived keys: every verdict of key-spread, and a rotation."""

from .cast import (
    ALICE,
    BACKUP,
    BOB,
    BOTO,
    BUILD_MACHINES,
    CAFE,
    CI,
    CLI,
    DATA,
    DAYS,
    GO,
    HOME,
    HOTEL,
    JAVA,
    MARY,
    NIKKI,
    NIKKI_NEW_KEY,
    OFFICE,
    OFFICE_2,
    OFFICE_V6,
    REPORT_SERVER,
    REPORTING,
    SCANNER,
    THIEF,
    TMP,
    TRAIN,
    WEEKDAYS,
)
from .ids import at, hm, sts_date


def denied(user, action):
    return (
        "AccessDenied",
        f"User: {user.arn} is not authorized to perform: {action} because no identity-based policy allows it",
    )


def single_keys(trail):
    """Keys that stay in one network: Alice's, and a backup agent's behind a VPC endpoint (private addresses)."""
    for n, day in enumerate(WEEKDAYS):
        address = OFFICE if n % 3 else OFFICE_2
        trail.call(
            day + hm(8, 12 + n),
            "ec2:DescribeInstances",
            ALICE.identity(),
            address,
            CLI,
            request={"instancesSet": {}, "filterSet": {}},
        )
        trail.call(day + hm(8, 14 + n), "iam:ListUsers", ALICE.identity(), address, CLI, request={"maxItems": 1000})
        if n % 3 == 0:
            trail.call(day + hm(15, n), "iam:GetAccountSummary", ALICE.identity(), address, CLI)
    for day in DAYS:
        for hour, address in ((1, "10.0.12.15"), (13, "10.0.12.16")):
            where = {
                "bucketName": "example-data-backup",
                "Host": "example-data-backup.s3.eu-west-1.amazonaws.com",
                "key": f"daily/{day:%Y-%m-%d}.tar.zst",
            }
            trail.call(
                day + hm(hour, 30),
                "s3:PutObject",
                BACKUP.identity(),
                address,
                GO,
                "eu-west-1",
                request=where,
                data=True,
                read=False,
                extra={"SignatureVersion": "SigV4", "bytesTransferredIn": 48211, "AuthenticationMethod": "AuthHeader"},
                resources=bucket(DATA, "example-data-backup"),
                vpce="vpce-0123456789abcdef0",
            )


def bucket(account, name):
    return [
        {"type": "AWS::S3::Object", "ARNPrefix": f"arn:aws:s3:::{name}/"},
        {"accountId": account, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{name}"},
    ]


def roaming_key(trail):
    """bob's laptop: another address most days, never three at once, always the same tool."""
    for n, day in enumerate(WEEKDAYS):
        address = [OFFICE, HOME, HOTEL, OFFICE_V6, TRAIN, CAFE, "198.51.100.41", "192.0.2.12"][n % 8]
        for minute, name in ((5, "DescribeInstances"), (9, "DescribeSecurityGroups"), (31, "DescribeVolumes")):
            trail.call(day + hm(10, minute), f"ec2:{name}", BOB.identity(), address, CLI, request={"filterSet": {}})


def embedded_key(trail):
    """ci-deploy's key is on every build machine: four to seven addresses in the same hour, on every working day."""
    for n, day in enumerate(WEEKDAYS):
        for m in range(4 + n % 4):
            address = BUILD_MACHINES[(n + m) % 7]
            call = (
                "ecr:GetAuthorizationToken",
                "ecs:DescribeServices",
                "ecs:RegisterTaskDefinition",
                "ecs:UpdateService",
            )[m % 4]
            request = {"cluster": "prod", "services": ["orders"]} if call.startswith("ecs") else None
            trail.call(day + hm(9, 3 * m, n), call, CI.identity(), address, BOTO, request=request)
        trail.call(
            day + hm(16, n),
            "ecs:DescribeServices",
            CI.identity(),
            BUILD_MACHINES[n % 7],
            BOTO,
            request={"cluster": "prod", "services": ["orders"]},
        )


def leaked_key(trail):
    """reporting's key lives on one server for twelve days; then someone else has it, elsewhere, with another tool."""
    for day in DAYS:
        for hour, name in ((4, "ListBuckets"), (5, "GetBucketLocation")):
            trail.call(
                day + hm(hour, 20),
                f"s3:{name}",
                REPORTING.identity(),
                REPORT_SERVER,
                JAVA,
                "eu-west-1",
                request={"Host": "s3.eu-west-1.amazonaws.com"},
            )
    start = at("09-06 22:40")
    stolen = (
        "sts:GetCallerIdentity",
        "s3:ListBuckets",
        "iam:ListUsers",
        "iam:CreateUser",
        "ec2:DescribeInstances",
        "secretsmanager:ListSecrets",
        "secretsmanager:GetSecretValue",
        "sts:AssumeRole",
        "iam:CreateAccessKey",
        "s3:GetBucketAcl",
    )
    for n, call in enumerate(stolen):
        more = {"error": denied(REPORTING, call)} if call.startswith("iam:") or call == "sts:AssumeRole" else {}
        if call == "secretsmanager:GetSecretValue":
            more["request"] = {"secretId": "prod/reporting/database"}
        trail.call(start + hm(0, 2 * n), call, REPORTING.identity(), THIEF, BOTO, "eu-west-1", **more)
    for n in range(4):
        trail.call(
            at("09-08 23:10") + hm(0, n),
            "secretsmanager:GetSecretValue",
            REPORTING.identity(),
            THIEF,
            BOTO,
            "eu-west-1",
            request={"secretId": "prod/reporting/database"},
        )


def quiet_key(trail):
    """old-scanner has lost its permissions and keeps knocking, from two networks: nothing ever succeeds."""
    for n, day in enumerate(DAYS[1::4]):
        for call in ("ec2:DescribeInstances", "iam:ListRoles"):
            code = (
                ("Client.UnauthorizedOperation", "You are not authorized to perform this operation.")
                if call[:3] == "ec2"
                else denied(SCANNER, call)
            )
            trail.call(
                day + hm(3, n),
                call,
                SCANNER.identity(),
                ("192.0.2.200", "198.51.100.200")[n % 2],
                "python-requests/2.31.0",
                "us-west-2",
                error=code,
            )


def rotation(trail):
    """Nikki replaces her key: create, a day with both, Inactive, Delete. (Two active keys at once, for a day.)"""

    def own(time, call, key, request, **more):
        trail.call(time, call, NIKKI.identity(key), OFFICE_2, CLI, request=request, **more)

    for day in ("08-26", "08-28", "08-31"):
        trail.call(
            f"{day} 11:00",
            "athena:StartQueryExecution",
            NIKKI.identity(),
            OFFICE_2,
            CLI,
            "eu-west-1",
            request={"queryString": "HIDDEN_DUE_TO_SECURITY_REASONS", "workGroup": "primary"},
        )
    own(
        "09-01 09:30",
        "iam:CreateAccessKey",
        NIKKI.key,
        {"userName": NIKKI.name},
        response=new_key(NIKKI, NIKKI_NEW_KEY, "09-01 09:30"),
    )
    own("09-01 09:41", "sts:GetCallerIdentity", NIKKI_NEW_KEY, None)
    own(
        "09-02 09:00",
        "iam:UpdateAccessKey",
        NIKKI_NEW_KEY,
        {"status": "Inactive", "accessKeyId": NIKKI.key, "userName": NIKKI.name},
    )
    own("09-04 09:00", "iam:DeleteAccessKey", NIKKI_NEW_KEY, {"accessKeyId": NIKKI.key, "userName": NIKKI.name})
    for day in ("09-03", "09-07", "09-10"):
        trail.call(
            f"{day} 11:00",
            "athena:StartQueryExecution",
            NIKKI.identity(NIKKI_NEW_KEY),
            OFFICE_2,
            CLI,
            "eu-west-1",
            request={"queryString": "HIDDEN_DUE_TO_SECURITY_REASONS", "workGroup": "primary"},
        )


def woken_key(trail):
    """Mary switches the key of a user on that nobody uses any more, after IAM's state was taken, and calls with it."""
    request = {"status": "Active", "accessKeyId": TMP.key, "userName": TMP.name}
    trail.call("09-13 21:40", "iam:UpdateAccessKey", MARY.identity(), OFFICE, CLI, request=request)
    for n, call in enumerate(("sts:GetCallerIdentity", "s3:ListBuckets")):
        trail.call(at("09-13 21:52") + hm(0, n), call, TMP.identity(), OFFICE, BOTO)


def new_key(user, key, time):
    return {
        "accessKey": {"accessKeyId": key, "status": "Active", "userName": user.name, "createDate": sts_date(at(time))}
    }
