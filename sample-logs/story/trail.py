"""Records and the bucket that they are delivered to: names, files, compression.

Fields, their order and their JSON types are those of record versions 1.08 to 1.11 (CloudTrail user guide, "CloudTrail
record contents"). Addresses everywhere are from RFC 5737 and RFC 3849, or private.
"""

import base64
import datetime as dt
import json
import zlib

from .identities import optional
from .ids import at, digest, iso, uuid

ORGANISATION = "o-exampleorgid"

# The version that each service writes: they were never all the same, and 1.08 still carries empty objects.
EVENT_VERSIONS = {"signin": "1.09", "sts": "1.08", "ec2": "1.10", "s3": "1.11", "autoscaling": "1.09", "kms": "1.11"}
READ_ONLY = (
    "Get",
    "List",
    "Describe",
    "Lookup",
    "Head",
    "AssumeRole",
    "AssumeRoot",
    "Decrypt",
    "GenerateDataKey",
    "BatchGet",
)
GLOBAL = ("iam", "signin", "sso", "organizations")  # services that log in us-east-1, whatever the caller's region
UNSIGNED = ("signin", "sso")  # their records have no requestID


class Trail:
    """An organisation trail: takes calls in any order, keeps one record each, and writes the bucket."""

    def __init__(self):
        self.records = []  # (delivery time, account, region, record)

    def call(self, time, api, identity, address, agent, region="us-east-1", **more):
        """One record of `api` ("iam:CreateUser").

        `more`: request, response, extra (additionalEventData), error (code, message), resources, account (default:
        the caller's), shared (sharedEventID), vpce, console, data (a data event), kind (eventType), late (hours of
        delivery delay), read (readOnly), details (serviceEventDetails).
        """
        time = at(time) if isinstance(time, str) else time
        short, name = api.split(":")
        region = "us-east-1" if short in GLOBAL and short != "signin" else region
        account = more.get("account") or identity.get("accountId")
        number = len(self.records)
        version = EVENT_VERSIONS.get(short, "1.11")
        record = {"eventVersion": version, "userIdentity": tidy(identity, version), "eventTime": iso(time)}
        record |= {"eventSource": f"{short}.amazonaws.com", "eventName": name, "awsRegion": region}
        record |= {"sourceIPAddress": address, "userAgent": agent}
        if "error" in more:
            record |= optional(errorCode=more["error"][0], errorMessage=more["error"][1])
        record |= {"requestParameters": more.get("request"), "responseElements": more.get("response")}
        record |= optional(additionalEventData=more.get("extra"))
        if short not in UNSIGNED:
            record["requestID"] = (
                digest(number, "request").hex()[:16].upper() if short == "s3" else uuid(number, "request")
            )
        record |= {"eventID": uuid(number, "event"), "readOnly": more.get("read", name.startswith(READ_ONLY))}
        record |= optional(resources=more.get("resources"))
        record |= {
            "eventType": more.get("kind") or event_type(short),
            "managementEvent": not (more.get("data") or more.get("category")),
        }
        record |= {"recipientAccountId": account}
        record |= optional(
            sharedEventID=more.get("shared"), vpcEndpointId=more.get("vpce"), serviceEventDetails=more.get("details")
        )
        record["eventCategory"] = more.get("category") or ("Data" if more.get("data") else "Management")
        if address[0].isdigit() and "invokedBy" not in identity:
            record["tlsDetails"] = tls(short, region)
        if more.get("console"):
            record["sessionCredentialFromConsole"] = "true"
        delivered = time + dt.timedelta(hours=more.get("late", 0))
        self.records.append((delivered, account, region, record))
        return record

    def write(self, folder, splits=()):
        """Writes a file a day, account and region, which ends early at the moments in `splits`; returns the keys."""
        splits = [at(s) for s in splits]
        files = {}
        for delivered, account, region, record in self.records:
            part = sum(delivered >= s for s in splits if s.date() == delivered.date())
            files.setdefault((account, region, delivered.date(), part), []).append((delivered, record))
        keys = []
        for (account, region, _, part), members in sorted(files.items(), key=lambda item: item[0]):
            # CloudTrail puts a file's events in no order: by eventID is as good as any.
            members.sort(key=lambda member: member[1]["eventID"])
            last = max(delivered for delivered, _ in members)
            body = compact({"Records": [record for _, record in members]})
            keys.append(put(folder, log_key("CloudTrail", account, region, round_up(last), f"{part}"), body))
        return keys


def event_type(short):
    return "AwsConsoleSignIn" if short == "signin" else "AwsServiceEvent" if short == "sso" else "AwsApiCall"


def tls(short, region):
    host = {"signin": "signin.aws.amazon.com", "iam": "iam.amazonaws.com"}.get(short, f"{short}.{region}.amazonaws.com")
    return {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": host}


def tidy(identity, version):
    """The identity as `version` writes it: from 1.09 on, an empty sessionIssuer or webIdFederationData is left out."""
    if version == "1.08" or "sessionContext" not in identity:
        return identity
    return identity | {
        "sessionContext": {name: value for name, value in identity["sessionContext"].items() if value != {}}
    }


def round_up(time):
    """The delivery time in a file's name: within five to ten minutes, on a five-minute mark."""
    return (time + dt.timedelta(minutes=10)).replace(second=0) - dt.timedelta(minutes=time.minute % 5)


def log_key(kind, account, region, time, salt):
    """An object key of an organisation trail; `kind` is CloudTrail, CloudTrail-Digest or CloudTrail-Insight."""
    unique = base64.b64encode(digest(kind, account, region, time, salt), b"ab").decode()[:16]
    stamp = time.strftime("%Y%m%dT%H%MZ")
    folder = f"AWSLogs/{ORGANISATION}/{account}/{kind}/{region}/{time:%Y/%m/%d}"
    return f"{folder}/{account}_{kind}_{region}_{stamp}_{unique}.json.gz"


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def put(folder, key, body):
    """Writes `body` compressed as `key`. The header is our own: Python versions differ in theirs."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + packer.compress(body) + packer.flush()
    packed += zlib.crc32(body).to_bytes(4, "little") + len(body).to_bytes(4, "little")
    path = folder / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed)
    return key
