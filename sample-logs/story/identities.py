"""userIdentity of every type, and the STS responses that issue sessions.

Fields, their order and their JSON types are AWS's (CloudTrail user guide, "CloudTrail userIdentity element").
"""

import datetime as dt

from .ids import example_id, iso, sts_date

SESSION_TOKEN = "AQoDYXdzEJr...EXAMPLE"  # as short as in AWS's documentation: never one that could be taken for real


class User:
    """An IAM user."""

    def __init__(self, account, name, key=None, user_id=None):
        self.account, self.name, self.key = account, name, key
        self.id = user_id or example_id("AIDA", f"{account}/{name}", 10)
        self.arn = f"arn:aws:iam::{account}:user/{name}"

    def identity(self, key=None, session=None, invoked_by=None):
        """A call with `key` (default: the user's long-lived one); `session` is a sessionContext."""
        fields = {"type": "IAMUser", "principalId": self.id, "arn": self.arn, "accountId": self.account}
        fields |= {"accessKeyId": key or self.key, "userName": self.name}
        return fields | optional(sessionContext=session, invokedBy=invoked_by)

    def signing_in(self):
        return {
            "type": "IAMUser",
            "principalId": self.id,
            "accountId": self.account,
            "accessKeyId": "",
            "userName": self.name,
        }

    def issuer(self):
        return {
            "type": "IAMUser",
            "principalId": self.id,
            "arn": self.arn,
            "accountId": self.account,
            "userName": self.name,
        }


class Root:
    """The root user of an account."""

    def __init__(self, account):
        self.account, self.arn = account, f"arn:aws:iam::{account}:root"

    def identity(self, key=None, session=None, invoked_by=None):
        fields = self.issuer()
        return fields | optional(accessKeyId=key, sessionContext=session, invokedBy=invoked_by)

    def signing_in(self):
        return self.issuer() | {"accessKeyId": ""}

    def issuer(self):
        return {"type": "Root", "principalId": self.account, "arn": self.arn, "accountId": self.account}


class Role:
    """An IAM role."""

    def __init__(self, account, name, path="/"):
        self.account, self.name = account, name
        self.id = example_id("AROA", f"{account}/{name}", 10)
        self.arn = f"arn:aws:iam::{account}:role{path}{name}"

    def session_arn(self, name):
        return f"arn:aws:sts::{self.account}:assumed-role/{self.name}/{name}"

    def issuer(self):
        return {
            "type": "Role",
            "principalId": self.id,
            "arn": self.arn,
            "accountId": self.account,
            "userName": self.name,
        }

    def resource(self):
        return [{"accountId": self.account, "type": "AWS::IAM::Role", "ARN": self.arn}]


class RoleSession:
    """One session of a role: a name, a creation date, and the temporary key that was issued."""

    def __init__(self, role, name, created, mfa=False, **context):
        self.role, self.name, self.created = role, name, created
        self.key = example_id("ASIA", f"{role.arn}/{name}/{created}", 9)
        self.in_scope_of = context.pop("in_scope_of", None)
        self.web = context.pop("web", None)
        self.context = session_context(created, mfa, role.issuer(), self.web, **context)

    def identity(self, invoked_by=None):
        role = self.role
        fields = {"type": "AssumedRole", "principalId": f"{role.id}:{self.name}", "arn": role.session_arn(self.name)}
        fields |= {"accountId": role.account, "accessKeyId": self.key, "sessionContext": self.context}
        return fields | optional(inScopeOf=self.in_scope_of, invokedBy=invoked_by)

    def response(self, hours=1, space=" "):
        """responseElements of the STS call that issued it."""
        user = {"assumedRoleId": f"{self.role.id}:{self.name}", "arn": self.role.session_arn(self.name)}
        return {"credentials": credentials(self.key, self.created, hours, space), "assumedRoleUser": user}


def session_context(created, mfa=False, issuer=None, web=None, **extra):
    """sessionContext; `extra` goes beside attributes: sourceIdentity, ec2RoleDelivery, assumedRoot."""
    attributes = {"creationDate": iso(created), "mfaAuthenticated": str(mfa).lower()}
    return {"sessionIssuer": issuer or {}, "webIdFederationData": web or {}, "attributes": attributes} | extra


def credentials(key, issued, hours, space=" "):
    expiration = sts_date(issued + dt.timedelta(hours=hours), space)
    return {"accessKeyId": key, "sessionToken": SESSION_TOKEN, "expiration": expiration}


def service(host):
    """A call by an AWS service on its own behalf."""
    return {"type": "AWSService", "invokedBy": host}


def optional(**fields):
    return {name: value for name, value in fields.items() if value is not None}
