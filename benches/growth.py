"""Logs that grow in one direction: N events that differ in one thing only, or all come together in one.

A direction is a function that gives N records; its reports are those that remember what grows. No files are written here.
"""

import datetime
import json

ACCOUNT = "111122223333"
FIRST = datetime.datetime(2026, 10, 6, tzinfo=datetime.UTC)
SPAN = 30 * 86400
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
AGENT = "aws-cli/2.17.44 md/Botocore#2.17.44 os/linux#5.10.223 lang/python#3.11.9"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

# Name, reports, records; in the order in which they were written down.
DIRECTIONS = []


def grows(*reports):
    """Enters a direction under the name of its function."""

    def enter(records):
        DIRECTIONS.append((records.__name__.replace("_", "-"), reports, records))
        return records

    return enter


def when(i, n, span=SPAN):
    return (FIRST + datetime.timedelta(seconds=span * i // n)).strftime("%Y-%m-%dT%H:%M:%SZ")


def token(prefix, i):
    """An id of AWS's form."""
    letters = ""
    for _ in range(9):
        i, rest = divmod(i, 32)
        letters = BASE32[rest] + letters
    return prefix + letters + "EXAMPLE"


def address(i):
    """Of RFC 2544's range and then of others, each a network of its own every 256."""
    turn, block = divmod(i >> 17, 20)
    return f"{198 + block}.{18 + (i >> 16 & 1) + 2 * turn}.{i >> 8 & 255}.{i & 255}"


def record(i, n, who, call, **more):
    """A record of `call`, (service, name), by the userIdentity `who`."""
    service, name = call
    fields = {
        "eventVersion": "1.10",
        "userIdentity": who,
        "eventTime": when(i, n),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "198.18.0.1",
        "userAgent": AGENT,
        "requestParameters": None,
        "responseElements": None,
        "eventID": f"{i:08x}-0000-4000-a000-000000000000",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    }
    return fields | more


def user(i=0, key=None, account=ACCOUNT):
    who = {
        "type": "IAMUser",
        "principalId": token("AIDA", i),
        "arn": f"arn:aws:iam::{account}:user/user-{i}",
        "accountId": account,
        "userName": f"user-{i}",
    }
    return who | ({"accessKeyId": key} if key else {})


def session(role, name, key, created):
    """A session of a role; roles are told apart by their number."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/role-{role}"
    return {
        "type": "AssumedRole",
        "principalId": f"{token('AROA', role)}:{name}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/role-{role}/{name}",
        "accountId": ACCOUNT,
        "accessKeyId": key,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": token("AROA", role),
                "arn": arn,
                "accountId": ACCOUNT,
                "userName": f"role-{role}",
            },
            "attributes": {"creationDate": created, "mfaAuthenticated": "false"},
        },
    }


def issuance(i, n, who, made, api="AssumeRole", **request):
    """The call that issued the session `made`."""
    issuer = made["sessionContext"]["sessionIssuer"]
    name = made["principalId"].partition(":")[2]
    response = {
        "credentials": {"accessKeyId": made["accessKeyId"], "expiration": "Nov 20, 2026, 1:00:00 PM"},
        "assumedRoleUser": {"assumedRoleId": made["principalId"], "arn": made["arn"]},
    }
    parameters = {"roleArn": issuer["arn"], "roleSessionName": name} | request
    return record(i, n, who, ("sts", api), requestParameters=parameters, responseElements=response)


def list_buckets(i, n, who, **more):
    return record(i, n, who, ("s3", "ListBuckets"), readOnly=True, **more)


def pairs(n, issuer, made):
    """N records, every second the use of the session that the one before it issued."""
    for i in range(0, n, 2):
        opened = made(i)
        yield issuance(i, n, issuer(i), opened)
        yield list_buckets(i + 1, n, opened)


@grows("activity", "principals")
def regions(n):
    return (list_buckets(i, n, user(0, token("AKIA", 0)), awsRegion=f"region-{i}") for i in range(n))


@grows("activity", "principals")
def accounts_sorted(n):
    return (of_account(i, n, i // 8) for i in range(n))


@grows("activity", "principals")
def accounts_interleaved(n):
    return (of_account(i, n, i % (n // 8)) for i in range(n))


def of_account(i, n, number):
    account = f"{210000000000 + number}"
    return list_buckets(i, n, user(0, token("AKIA", number), account), recipientAccountId=account)


@grows("principals", "permissions")
def users(n):
    return (list_buckets(i, n, user(i, token("AKIA", i))) for i in range(n))


@grows("keys", "key-spread")
def keys(n):
    return (list_buckets(i, n, user(0, token("AKIA", i))) for i in range(n))


@grows("key-spread")
def addresses_of_a_key(n):
    return (list_buckets(i, n, user(0, token("AKIA", 0)), sourceIPAddress=address(i)) for i in range(n))


@grows("key-spread")
def addresses_of_a_key_in_one_hour(n):
    return (
        list_buckets(i, n, user(0, token("AKIA", 0)), sourceIPAddress=address(i), eventTime=when(i, n, 3600))
        for i in range(n)
    )


@grows("key-spread")
def user_agents_of_a_key(n):
    return (list_buckets(i, n, user(0, token("AKIA", 0)), userAgent=f"tool-{i}/1.0") for i in range(n))


@grows("sessions")
def sessions(n):
    return pairs(n, lambda i: user(0, token("AKIA", 0)), lambda i: opened(i, n, i % 200 // 2, f"app-{i}"))


def opened(i, n, role, name):
    return session(role, name, token("ASIA", i), when(i, n))


@grows("sessions")
def sessions_of_one_key(n):
    return (list_buckets(i, n, session(0, f"app-{i}", "HIDDEN_DUE_TO_SECURITY_REASONS", when(i, n))) for i in range(n))


@grows("sessions")
def sessions_of_one_role(n):
    return pairs(n, lambda i: user(i, token("AKIA", i)), lambda i: opened(i, n, 0, f"app-{i}"))


@grows("sessions")
def unmatched_sessions_of_one_principal(n):
    for i in range(0, n, 2):
        made = session(0, "app", token("ASIA", i), when(i, n))
        yield issuance(i, n, user(0, token("AKIA", 0)), made)
        yield list_buckets(i + 1, n, session(0, "app", token("ASIA", i + 1), when(n - i, n)))


@grows("sessions")
def renewals_of_one_workload(n):
    return (
        list_buckets(i, n, opened(i, n, 0, "i-0123456789abcdef0"), sourceIPAddress=address(i // 100)) for i in range(n)
    )


@grows("sessions")
def chain_of_roles_in_depth(n):
    return (issuance(i, n, opened(i, n, i, "step"), opened(i + 1, n, i + 1, "step")) for i in range(n))


@grows("sessions")
def chain_of_roles_in_breadth(n):
    return pairs(n, lambda i: session(0, "hub", token("ASIA", 1), when(0, n)), lambda i: opened(i, n, i, "spoke"))


@grows("sessions")
def people_of_an_identity_provider(n):
    def person(i):
        name = f"person-{i}@example.com"
        return {"type": "SAMLUser", "principalId": f"provider:{name}", "userName": name, "identityProvider": "provider"}

    for i in range(0, n, 2):
        made = opened(i, n, 0, f"person-{i}@example.com")
        saml = {"principalArn": f"arn:aws:iam::{ACCOUNT}:saml-provider/example"}
        yield issuance(i, n, person(i), made, "AssumeRoleWithSAML", **saml)
        yield list_buckets(i + 1, n, made)


def sign_in(i, n, who, ended, source):
    extra = {"LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No", "MFAUsed": "No"}
    failed = {"errorMessage": "Failed authentication"} if ended == "Failure" else {}
    return record(
        i,
        n,
        who,
        ("signin", "ConsoleLogin"),
        responseElements={"ConsoleLogin": ended},
        additionalEventData=extra,
        eventType="AwsConsoleSignIn",
        sourceIPAddress=address(source),
        userAgent=BROWSER,
        **failed,
    )


@grows("console-logins")
def sign_ins_of_one_user(n):
    return (sign_in(i, n, user(), "Success", i % 7) for i in range(n))


@grows("console-logins")
def sign_ins_of_many_users(n):
    return (sign_in(i, n, user(i), "Success", i) for i in range(n))


@grows("console-logins")
def failed_sign_ins_from_many_addresses(n):
    return (sign_in(i, n, user(), "Failure", i) for i in range(n))


@grows("console-logins")
def failed_sign_ins_of_many_accounts(n):
    def one(i):
        account = f"{210000000000 + i}"
        return sign_in(i, n, user(i, account=account), "Failure", 0) | {"recipientAccountId": account}

    return map(one, range(n))


@grows("console-logins")
def sign_ins_with_a_second_factor(n):
    """One person of Identity Center with a program of its own each time: the factor, and then the end."""
    who = {"type": "IdentityCenterUser", "onBehalfOf": {"userId": "person-1"}, "accountId": ACCOUNT}

    def step(i):
        call = ("CredentialVerification", "UserAuthentication")[i % 2]
        factor = ("TOTP", "PASSWORD")[i % 2]
        extra = {"CredentialType": factor, "UserName": "person-1"}
        more = {"additionalEventData": extra, "serviceEventDetails": {call: "Success"}, "eventType": "AwsServiceEvent"}
        return record(i, n, who, ("signin", call), userAgent=f"{BROWSER}.{i // 2}", **more)

    return map(step, range(n))


@grows("console-logins")
def failed_sign_ins_of_many_users(n):
    return (sign_in(i, n, user(i), "Failure", 0) for i in range(n))


def iam(i, n, name, request, response=None, by=0):
    who = user(by, token("AKIA", by))
    return record(i, n, who, ("iam", name), requestParameters=request, responseElements=response)


@grows("policy-changes")
def iam_changes_of_one_user(n):
    policy = "arn:aws:iam::aws:policy/AdministratorAccess"
    return (iam(i, n, "AttachUserPolicy", {"userName": f"user-{i}", "policyArn": policy}) for i in range(n))


@grows("policy-changes")
def iam_changes_to_one_user(n):
    policy = "arn:aws:iam::aws:policy/AdministratorAccess"
    changes = ("AttachUserPolicy", "DetachUserPolicy")
    return (iam(i, n, changes[i % 2], {"userName": "user-1", "policyArn": policy}, by=i) for i in range(n))


@grows("keys", "policy-changes")
def keys_made_for_one_user(n):
    def made(i):
        return {"accessKey": {"accessKeyId": token("AKIA", i + 1), "status": "Active", "userName": "user-1"}}

    return (iam(i, n, "CreateAccessKey", {"userName": "user-1"}, made(i)) for i in range(n))


@grows("keys", "policy-changes")
def changes_of_one_key(n):
    def request(i):
        return {"userName": "user-1", "accessKeyId": token("AKIA", 0), "status": ("Inactive", "Active")[i % 2]}

    return (iam(i, n, "UpdateAccessKey", request(i)) for i in range(n))


ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


@grows("policy-changes")
def versions_of_one_policy(n):
    arn = f"arn:aws:iam::{ACCOUNT}:policy/app"

    def change(i):
        if i % 4:
            return iam(i, n, "CreatePolicyVersion", {"policyArn": arn, "policyDocument": ALL, "setAsDefault": True})
        return iam(i, n, "SetDefaultPolicyVersion", {"policyArn": arn, "versionId": f"v{i}"})

    return map(change, range(n))


@grows("policy-changes")
def holders_and_versions_of_one_policy(n):
    arn = f"arn:aws:iam::{ACCOUNT}:policy/app"

    def change(i):
        if i % 2:
            response = {"policyVersion": {"versionId": f"v{i}", "isDefaultVersion": True}}
            written = {"policyArn": arn, "policyDocument": ALL, "setAsDefault": True}
            return iam(i, n, "CreatePolicyVersion", written, response, by=i % 1000)
        return iam(i, n, "AttachRolePolicy", {"roleName": f"role-{i}", "policyArn": arn})

    return map(change, range(n))


@grows("policy-changes")
def policies_and_members_of_one_group(n):
    def change(i):
        if i % 2:
            return iam(i, n, "AddUserToGroup", {"groupName": "admins", "userName": f"user-{i}"})
        written = {"groupName": "admins", "policyName": f"all-{i}", "policyDocument": ALL}
        return iam(i, n, "PutGroupPolicy", written)

    return map(change, range(n))


def handed(i, n, by):
    """An administrator role is made, and the next call has a function run as it."""
    if i % 2 == 0:
        policy = "arn:aws:iam::aws:policy/AdministratorAccess"
        return iam(i, n, "AttachRolePolicy", {"roleName": f"role-{i}", "policyArn": policy}, by=n + 1)
    request = {"functionName": f"job-{i}", "role": f"arn:aws:iam::{ACCOUNT}:role/role-{i - 1}"}
    return record(i, n, user(by, token("AKIA", by)), ("lambda", "CreateFunction20150331"), requestParameters=request)


@grows("policy-changes")
def admin_roles_handed_by_one_user(n):
    return (handed(i, n, 1) for i in range(n))


@grows("policy-changes")
def admin_roles_handed_by_many_users(n):
    return (handed(i, n, i) for i in range(n))


@grows("policy-changes")
def assignments_of_identity_center(n):
    def change(i):
        arn = f"arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-{i // 2:016x}"
        call = ("AttachManagedPolicyToPermissionSet", "CreateAccountAssignment")[i % 2]
        request = {"permissionSetArn": arn, "instanceArn": "arn:aws:sso:::instance/ssoins-1234567890abcdef"}
        more = {"managedPolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}
        if i % 2:
            more = {"targetId": ACCOUNT, "principalType": "USER", "principalId": f"person-{i}"}
        return record(i, n, user(0, token("AKIA", 0)), ("sso", call), requestParameters=request | more)

    return map(change, range(n))


@grows("policy-changes")
def policies_of_one_role(n):
    def request(i):
        return {"roleName": "role-0", "policyArn": f"arn:aws:iam::{ACCOUNT}:policy/app-{i}"}

    return (iam(i, n, "AttachRolePolicy", request(i)) for i in range(n))


@grows("policy-changes")
def members_of_one_group(n):
    return (iam(i, n, "AddUserToGroup", {"groupName": "admins", "userName": f"user-{i}"}) for i in range(n))


@grows("policy-changes")
def provisioned_accounts_policies(n):
    def change(i):
        request = {"userName": f"user-{i}", "policyName": "all", "policyDocument": ALL}
        return iam(i, n, "PutUserPolicy", request, by=i % 1000)

    return map(change, range(n))


@grows("root-usage")
def root_uses(n):
    def root(i):
        who = {"type": "Root", "principalId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT}
        context = {"attributes": {"creationDate": when(i, n), "mfaAuthenticated": "false"}}
        return who | {"accessKeyId": token("ASIA", i), "sessionContext": context}

    return (list_buckets(i, n, root(i), sourceIPAddress=address(i)) for i in range(n))


@grows("principals", "activity", "permissions")
def error_codes_and_event_names(n):
    who = user(0, token("AKIA", 0))
    return (record(i, n, who, (f"service{i}", f"Call{i}"), errorCode=f"Error{i}") for i in range(n))


@grows("principals", "sessions")
def roles(n):
    return (list_buckets(i, n, opened(i, n, i, "app")) for i in range(n))


@grows("principals", "activity")
def hours(n):
    """An event every hour, for up to nine years."""

    def hour(i):
        return (FIRST - datetime.timedelta(hours=i)).strftime("%Y-%m-%dT%H:%M:%SZ")

    return (list_buckets(i, n, user(0, token("AKIA", 0)), eventTime=hour(i)) for i in range(n))


@grows("logging")
def logging_changes_of_one_trail(n):
    def change(i):
        call = ("StopLogging", "StartLogging", "PutEventSelectors", "UpdateTrail")[i % 4]
        return record(i, n, user(0, token("AKIA", 0)), ("cloudtrail", call), requestParameters=request)

    request = {"name": f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/main", "trailName": "main"}
    return map(change, range(n))


@grows("logging")
def logging_changes_of_many_accounts(n):
    def change(i):
        account = f"{210000000000 + i // 2}"
        who, call = user(0, token("AKIA", i // 2), account), ("StopLogging", "ListBuckets")[i % 2]
        request = {"name": f"arn:aws:cloudtrail:us-east-1:{account}:trail/main"}
        more = {"recipientAccountId": account, "requestParameters": request}
        return record(i, n, who, (("cloudtrail", "s3")[i % 2], call), **more)

    return map(change, range(n))


@grows("logging")
def trails(n):
    def change(i):
        call = ("CreateTrail", "StopLogging")[i % 2]
        request = {"name": f"trail-{i // 2}", "s3BucketName": f"bucket-{i // 2}"}
        return record(i, n, user(0, token("AKIA", 0)), ("cloudtrail", call), requestParameters=request)

    return map(change, range(n))


@grows("logging")
def deleted_log_objects(n):
    def change(i):
        key = f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2026/10/06/{ACCOUNT}_CloudTrail_us-east-1_{i}.json.gz"
        request = {"bucketName": "amzn-s3-demo-bucket", "key": key}
        who, more = user(i, token("AKIA", i)), {"eventCategory": "Data", "managementEvent": False}
        return record(i, n, who, ("s3", "DeleteObject"), requestParameters=request, **more)

    return map(change, range(n))


@grows("activity")
def small_objects(n):
    """One record an object: the runner lays these out so."""
    return (list_buckets(i, n, user(0, token("AKIA", 0))) for i in range(n))


@grows("activity")
def delivering_regions(n):
    """One record an object, and each of a region of its own."""
    return (list_buckets(i, n, user(0, token("AKIA", 0)), awsRegion=f"region-{i}") for i in range(n))
