"""Who calls in the archive that make_archive.py writes, and what their records look like. No files are written here."""

import collections
import itertools
import json
import pathlib
import random

DAYS, FIRST_DAY = 30, 6  # 2026-10-06 and on
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
AGENTS = (
    "aws-cli/2.17.%d md/awscrt#0.21.2 ua/2.0 os/linux#5.10.223-212.873.amzn2.x86_64 md/arch#x86_64 lang/python#3.11.9"
    " md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#ec2.describe-instances",
    "Boto3/1.34.%d md/Botocore#1.34.162 ua/2.0 os/linux#5.10 md/arch#x86_64 lang/python#3.11.9 cfg/retry-mode#legacy",
    "aws-sdk-java/1.12.%d Linux/5.15.0-1066-aws OpenJDK_64-Bit_Server_VM/17.0.12+7 java/17.0.12 cfg/retry-mode/legacy",
    "APN/1.0 HashiCorp/1.0 Terraform/1.9.%d (+https://www.terraform.io) terraform-provider-aws/5.63.0"
    " (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5",
    "aws-sdk-go-v2/1.30.%d os/linux lang/go#1.22.6 md/GOOS#linux md/GOARCH#amd64 api/s3#1.58.3",
)

# Which API calls are made, how often, and their bodies; ~ stands for eight fresh hex digits. The ladder reads it too.
CALLS = pathlib.Path(__file__).with_name("calls.json")
WRITES = ("Create", "Run", "Put", "Update")


class Call:
    """One API as text before and after the fields that change."""

    def __init__(self, service, name, request, response, extra=""):
        self.service, self.name = service, name
        self.body = f'"requestParameters":{request},"responseElements":{response},{extra}'.replace("%", "%%")
        self.blanks = self.body.count("~")
        self.body = self.body.replace("~", "%08x")
        self.read_only = "false" if name.startswith(WRITES) else "true"
        self.regions = {}

    def text(self, archive, who, when, region, more=""):
        """The whole record; `who` is (userIdentity text, address, agent), `more` goes behind the agent."""
        identity, address, agent = who
        if region not in self.regions:
            self.regions[region] = self.fixed(region)
        source, handshake = self.regions[region]
        body = self.body % tuple(archive.random.getrandbits(32) for _ in range(self.blanks))
        return (
            f'{{"eventVersion":"1.10","userIdentity":{identity},"eventTime":"{stamp(when)}",{source},'
            f'"sourceIPAddress":"{address}","userAgent":"{agent}",{more}{body}'
            f'"requestID":"{archive.uuid()}","eventID":"{archive.uuid()}","readOnly":{self.read_only},'
            f'"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"{archive.account}",'
            f'"eventCategory":"Management"{handshake if address[0] == "1" else ""}}}'
        )

    def fixed(self, region):
        """The fields that depend on the region alone, and those that only calls from an address have."""
        host = f"{self.service}.amazonaws.com"
        tls = {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256"}
        tls["clientProvidedHostHeader"] = f"{self.service}.{region}.amazonaws.com"
        source = f'"eventSource":"{host}","eventName":"{self.name}","awsRegion":"{region}"'
        return source, f',"tlsDetails":{json_text(tls)}'


def stamp(seconds):
    """RFC 3339 of seconds since the archive's first midnight."""
    day, rest = divmod(seconds, 86400)
    month, day = divmod(FIRST_DAY - 1 + day, 31)
    return f"2026-{10 + month}-{day + 1:02}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}Z"


def sts_date(seconds):
    month, day = divmod(FIRST_DAY - 1 + seconds // 86400, 31)
    hour = seconds // 3600 % 24
    clock = f"{hour % 12 or 12}:{seconds // 60 % 60:02}:{seconds % 60:02} {'AM' if hour < 12 else 'PM'}"
    return f"{('Oct', 'Nov')[month]} {day + 1}, 2026, {clock}"


def json_text(value):
    return json.dumps(value, separators=(",", ":"))


class Archive:
    """What all principals share while the archive is written: randomness, the account in hand, the truth."""

    def __init__(self, seed):
        self.random, self.account = random.Random(seed), ""
        calls = json.loads(CALLS.read_text())
        self.calls = [Call(c["service"], c["name"], json_text(c["request"]), json_text(c["response"])) for c in calls]
        self.weights = list(itertools.accumulate(c["weight"] for c in calls))
        self.root, self.keys, self.session_mfa, self.issued = (
            collections.defaultdict(collections.Counter),
            {},
            {},
            set(),
        )
        self.delivered = collections.Counter()

    def uuid(self):
        h = "%032x" % self.random.getrandbits(128)
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"

    def id(self, prefix, letters):
        return prefix + "".join(self.random.choices(BASE32, k=letters)) + "EXAMPLE"

    def address(self):
        r = self.random.getrandbits(17)
        return f"198.{18 + (r >> 16)}.{r >> 8 & 255}.{r & 255 or 1}"

    def agent(self):
        return self.random.choice(AGENTS) % self.random.randrange(10, 99)

    def call(self):
        return self.random.choices(self.calls, cum_weights=self.weights)[0]


class KeyUser:
    """An IAM user with one access key."""

    def __init__(self, a, kind, n):
        self.kind, self.key, self.agent = kind, a.id("AKIA", 9), a.agent()
        self.weight = a.random.paretovariate(1.2)
        name = f"svc-{a.random.choice(('ci', 'backup', 'etl', 'terraform', 'reporting'))}-{n}"
        self.identity = json_text(
            {
                "type": "IAMUser",
                "principalId": a.id("AIDA", 10),
                "arn": f"arn:aws:iam::{a.account}:user/{name}",
                "accountId": a.account,
                "accessKeyId": self.key,
                "userName": name,
            }
        )
        self.places = [a.address() for _ in range({"single": 1, "roaming": DAYS, "embedded": 24, "leaked": 1}[kind])]
        self.thief = (a.address(), "python-requests/2.31.0")
        a.keys[self.key] = (kind, set(), [0])

    def records(self, a, when, region):
        agent, place = self.agent, self.places[0]
        if self.kind == "roaming":
            place = self.places[when // 86400]
        elif self.kind == "leaked" and when > 25 * 86400 and a.random.random() < 0.4:
            place, agent = self.thief
        places = a.random.sample(self.places, 4) if self.kind == "embedded" else (place,)
        _, addresses, count = a.keys[self.key]
        for n, place in enumerate(places):
            addresses.add(place)
            count[0] += 1
            failed = a.random.random() < 0.04
            more = (
                '"errorCode":"AccessDenied","errorMessage":"User is not authorized to perform this operation",'
                if failed
                else ""
            )
            yield self.key, a.call().text(a, (self.identity, place, agent), when + n, region, more)


class RoleUser:
    """A role; one to five sessions in every half day, most of them of instances."""

    def __init__(self, a, n):
        self.name = f"{a.random.choice(('databricks-prod-worker', 'app', 'lambda-exec', 'eks-node', 'admin'))}-role-{n}"
        self.id, self.agent, self.weight = a.id("AROA", 10), a.agent(), a.random.paretovariate(1.0)
        self.arn, self.sessions = f"arn:aws:iam::{a.account}:role/{self.name}", {}

    def open(self, a, half):
        """The sessions of one half day: (identity text, address, creation, key, name)."""
        made = []
        for _ in range(a.random.randrange(1, 6)):
            created, key = half * 43200 + a.random.randrange(240), a.id("ASIA", 9)
            person = a.random.random() < 0.3
            name = f"user{a.random.randrange(60)}@example.com" if person else "i-%017x" % a.random.getrandbits(68)
            mfa = "true" if person and a.random.random() < 0.4 else "false"
            issuer = {
                "type": "Role",
                "principalId": self.id,
                "arn": self.arn,
                "accountId": a.account,
                "userName": self.name,
            }
            context = {
                "sessionIssuer": issuer,
                "webIdFederationData": {},
                "attributes": {"creationDate": stamp(created), "mfaAuthenticated": mfa},
            }
            if not person:
                context["ec2RoleDelivery"] = "1.0" if a.random.random() < 0.1 else "2.0"
            arn = f"arn:aws:sts::{a.account}:assumed-role/{self.name}/{name}"
            identity = {
                "type": "AssumedRole",
                "principalId": f"{self.id}:{name}",
                "arn": arn,
                "accountId": a.account,
                "accessKeyId": key,
                "sessionContext": context,
            }
            made.append((json_text(identity), a.address(), created, key, name, mfa))
        return made

    def records(self, a, when, region):
        half = when // 43200
        if half not in self.sessions:
            self.sessions = {h: made for h, made in self.sessions.items() if h >= half - 2} | {half: self.open(a, half)}
        identity, address, created, key, name, mfa = a.random.choice(self.sessions[half])
        session = (self.id, name, created)
        if session not in a.session_mfa:
            a.session_mfa[session] = mfa
            if a.random.random() < 0.9:  # the others were issued where nobody logged
                a.issued.add(session)
                yield None, self.issuance(a, (created, key, name), region)
        yield None, a.call().text(a, (identity, address, self.agent), max(when, created), region)

    def issuance(self, a, session, region):
        created, key, name = session
        host = "ec2.amazonaws.com" if name.startswith("i-") else "config.amazonaws.com"
        request = json_text({"roleArn": self.arn, "roleSessionName": name, "durationSeconds": 43200})
        response = {
            "credentials": {
                "accessKeyId": key,
                "sessionToken": "AQoDYXdzEJr" + "A" * 500 + "EXAMPLE",
                "expiration": sts_date(created + 43200),
            },
            "assumedRoleUser": {
                "assumedRoleId": f"{self.id}:{name}",
                "arn": f"arn:aws:sts::{a.account}:assumed-role/{self.name}/{name}",
            },
        }
        call = Call("sts", "AssumeRole", request, json_text(response))
        return call.text(a, (json_text({"type": "AWSService", "invokedBy": host}), host, host), created, region)


class ServiceCaller:
    """AWS services that take roles for themselves."""

    weight = 5

    def records(self, a, when, region):
        host = a.random.choice(("ec2", "config", "lambda", "rds")) + ".amazonaws.com"
        call = Call(
            "sts",
            "AssumeRole",
            json_text(
                {
                    "roleArn": f"arn:aws:iam::{a.account}:role/aws-service-role/{host}/ServiceRole",
                    "roleSessionName": "SLRManagement",
                }
            ),
            "null",
        )
        yield None, call.text(a, (json_text({"type": "AWSService", "invokedBy": host}), host, host), when, region)


class RootUser:
    """The root user of an account, in every class of root-usage."""

    weight = 0.7

    def __init__(self, a):
        self.address, self.key, self.arn = a.address(), a.id("AKIA", 9), f"arn:aws:iam::{a.account}:root"
        self.classes = (
            ["console"] * 6
            + ["service"] * 2
            + ["assume-root", "federation"]
            + ["access-key"] * (a.random.random() < 0.3) * 2
        )

    def records(self, a, when, region):
        kind = a.random.choice(self.classes)
        a.root[a.account][kind] += 1
        identity, address, agent, key = (
            {"type": "Root", "principalId": a.account, "arn": self.arn, "accountId": a.account},
            self.address,
            AGENTS[0] % 44,
            None,
        )
        context = {
            "sessionIssuer": {},
            "webIdFederationData": {},
            "attributes": {"creationDate": stamp(when // 43200 * 43200), "mfaAuthenticated": "false"},
        }
        if kind == "console":
            if a.random.random() < 0.1:
                yield None, self.sign_in(a, identity, when)
                return
            identity |= {"accessKeyId": a.id("ASIA", 9), "sessionContext": context}
        elif kind == "access-key":
            identity, key = identity | {"accessKeyId": self.key}, self.key
            _, addresses, count = a.keys.setdefault(key, ("single", set(), [0]))
            addresses.add(address)
            count[0] += 1
        elif kind == "service":
            identity, address, agent = (
                identity | {"invokedBy": "autoscaling.amazonaws.com"},
                "autoscaling.amazonaws.com",
                "autoscaling.amazonaws.com",
            )
        elif kind == "assume-root":
            identity |= {"accessKeyId": a.id("ASIA", 9), "sessionContext": context | {"assumedRoot": "true"}}
        else:
            issuer = {"type": "Root", "principalId": a.account, "arn": self.arn, "accountId": a.account}
            identity |= {
                "type": "FederatedUser",
                "principalId": f"{a.account}:portal",
                "arn": f"arn:aws:sts::{a.account}:federated-user/portal",
                "accessKeyId": a.id("ASIA", 9),
                "sessionContext": context | {"sessionIssuer": issuer},
            }
        yield key, a.call().text(a, (json_text(identity), address, agent), when, region)

    def sign_in(self, a, identity, when):
        failed = a.random.random() < 0.5
        call = Call(
            "signin",
            "ConsoleLogin",
            "null",
            '{"ConsoleLogin":"%s"}' % ("Failure" if failed else "Success"),
            '"additionalEventData":{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"No"},',
        )
        text = call.text(
            a,
            (
                json_text(identity | {"accessKeyId": ""}),
                self.address,
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            ),
            when,
            "us-east-1",
            '"errorMessage":"Failed authentication",' if failed else "",
        )
        return text.replace('"eventType":"AwsApiCall"', '"eventType":"AwsConsoleSignIn"')


def principals_of(a):
    kinds = ["single"] * 3 + ["roaming", "embedded", "leaked"]
    made = [KeyUser(a, kind, n) for n, kind in enumerate(kinds)] + [RoleUser(a, n) for n in range(24)]
    return made + [ServiceCaller(), RootUser(a)]
