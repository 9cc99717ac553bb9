"""What else a bucket holds: records of no caller, late ones, digests, Insight objects, a file delivered twice."""

import gzip
import hashlib
import shutil

from .cast import CLI, DATA, MAIN, OFFICE_2, SAANVI, SANDBOX
from .ids import at, hm, iso, uuid
from .trail import compact, log_key, put


def other_records(trail):
    """Records without a caller's type, a denied VPC endpoint call, and one delivered a day late."""
    bare = {"accountId": DATA, "invokedBy": "AWS Internal"}
    trail.call(
        "08-30 05:05",
        "kms:RotateKey",
        bare,
        "AWS Internal",
        "AWS Internal",
        "eu-west-1",
        kind="AwsServiceEvent",
        details={"keyId": "1234abcd-12ab-34cd-56ef-1234567890ab"},
    )
    trail.call(
        "09-05 05:05",
        "ec2:SharedSnapshotVolumeCreated",
        {"accountId": DATA, "invokedBy": "ec2.amazonaws.com"},
        "ec2.amazonaws.com",
        "ec2.amazonaws.com",
        "eu-west-1",
        kind="AwsServiceEvent",
        details={"snapshotId": "snap-0123456789abcdef0"},
    )
    trail.call(
        "09-07 16:20",
        "s3:ListBuckets",
        {"type": "AWSAccount", "principalId": SAANVI.id, "accountId": SANDBOX},
        "10.0.12.99",
        CLI,
        "eu-west-1",
        account=DATA,
        kind="AwsVpceEvent",
        category="NetworkActivity",
        error=("VpceAccessDenied", "The request was denied due to a VPC endpoint policy"),
        vpce="vpce-0123456789abcdef0",
    )
    trail.call("09-04 23:30", "ec2:DescribeVpcs", SAANVI.identity(), OFFICE_2, CLI, "us-west-2", late=26)


def beside_the_events(folder, keys):
    """A digest of one account's first day and an Insight object, as a bucket has them, and one file delivered twice."""
    day = [key for key in keys if f"/{MAIN}/CloudTrail/us-east-1/2026/08/25/" in key]
    files = [
        {
            "s3Bucket": "example-trail",
            "s3Object": key,
            "hashValue": hashlib.sha256(gzip.decompress((folder / key).read_bytes())).hexdigest(),
            "hashAlgorithm": "SHA-256",
        }
        for key in day
    ]
    end = at("08-26 00:00")
    body = {
        "awsAccountId": MAIN,
        "digestStartTime": iso(end - hm(24)),
        "digestEndTime": iso(end),
        "digestS3Bucket": "example-trail",
        "digestPublicKeyFingerprint": "31e8b5433410dfb61a9dc45cc65b22ff",
        "logFiles": files,
    }
    put(folder, log_key("CloudTrail-Digest", MAIN, "us-east-1", end, "digest"), compact(body))
    insight = {
        "eventVersion": "1.08",
        "eventTime": iso(at("09-09 02:14")),
        "awsRegion": "us-west-2",
        "eventID": uuid("insight"),
        "eventType": "AwsCloudTrailInsight",
        "recipientAccountId": SANDBOX,
        "sharedEventID": uuid("insight/shared"),
        "insightDetails": {
            "state": "Start",
            "eventSource": "iam.amazonaws.com",
            "eventName": "CreateUser",
            "insightType": "ApiCallRateInsight",
            "insightContext": {"statistics": {"baseline": {"average": 0.01}, "insight": {"average": 1.0}}},
        },
        "eventCategory": "Insight",
    }
    put(
        folder,
        log_key("CloudTrail-Insight", SANDBOX, "us-west-2", at("09-09 02:40"), "insight"),
        compact({"Records": [insight]}),
    )
    twice = next(folder / key for key in keys if f"/{MAIN}/CloudTrail/us-east-1/2026/09/02/" in key)
    again = log_key("CloudTrail", MAIN, "us-east-1", at("09-02 19:15"), "delivered again")
    shutil.copyfile(twice, folder / again)
