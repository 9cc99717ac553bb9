//! What S3 says when it refuses, as one line with a next step, and what to do about it: ask again, or not.
//!
//! Source: S3 API reference, "Error responses"; S3 user guide, "Troubleshoot access denied (403 Forbidden) errors".

use std::error::Error;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::RequestId;

/// What an answer that is none means for what comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// It may go well the next time.
    Again,
    /// As [`Next::Again`], and nobody answered.
    Unanswered,
    /// As [`Next::Again`], and S3 asks for fewer requests.
    Slower,
    /// The bucket lies in this region.
    Region(String),
    /// No request with these credentials can go well.
    End,
    /// The object is archived.
    Archived,
    /// Nothing to be done here.
    No,
}

/// A request that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What failed, and the next step when known.
    pub why: String,
    /// What to do.
    pub next: Next,
}

impl Refusal {
    /// A failure that may be none the next time.
    pub fn passing(why: impl Into<String>) -> Self {
        Self { why: why.into(), next: Next::Again }
    }

    /// A request that nobody answered.
    pub fn unanswered(why: impl Into<String>) -> Self {
        Self { why: why.into(), next: Next::Unanswered }
    }
}

/// The permission that a request needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Listing a bucket.
    ListBucket,
    /// Reading an object.
    GetObject,
    /// Asking which trails there are.
    DescribeTrails,
    /// Asking for the public keys that sign digests.
    ListPublicKeys,
    /// Asking who one is.
    GetCallerIdentity,
    /// Writing an object.
    PutObject,
    /// Giving up the writing of one.
    AbortMultipartUpload,
    /// A call of IAM, Organizations or Account Management, by its action: `iam:ListUsers`.
    #[cfg(feature = "iam")]
    Call(&'static str),
}

impl Needs {
    const fn as_str(self) -> &'static str {
        match self {
            Self::ListBucket => "s3:ListBucket on the bucket",
            Self::GetObject => "s3:GetObject on the object",
            Self::DescribeTrails => "cloudtrail:DescribeTrails",
            Self::ListPublicKeys => "cloudtrail:ListPublicKeys",
            Self::GetCallerIdentity => "sts:GetCallerIdentity",
            Self::PutObject => "s3:PutObject on the object",
            Self::AbortMultipartUpload => "s3:AbortMultipartUpload on the object",
            #[cfg(feature = "iam")]
            Self::Call(action) => action,
        }
    }

    fn service(self) -> &'static str {
        match self {
            Self::ListBucket | Self::GetObject | Self::PutObject | Self::AbortMultipartUpload => "S3",
            Self::DescribeTrails | Self::ListPublicKeys => "CloudTrail",
            Self::GetCallerIdentity => "STS",
            #[cfg(feature = "iam")]
            Self::Call(action) => match action.split(':').next() {
                Some("organizations") => "Organizations",
                Some("account") => "Account Management",
                _ => "IAM",
            },
        }
    }

    /// What names the service's endpoint.
    fn endpoint(self) -> &'static str {
        if self.is_of_s3() { "--endpoint-url" } else { "the region" }
    }

    fn is_of_s3(self) -> bool {
        self.service() == "S3"
    }
}

/// Reads an error of the SDK.
pub fn refusal_of<E>(error: &SdkError<E>, needs: Needs) -> Refusal
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(service) => {
            let headers = service.raw().headers();
            let answer = Answer {
                status: service.raw().status().as_u16(),
                code: service.err().code().unwrap_or_default(),
                message: service.err().message().unwrap_or_default(),
                region: headers.get("x-amz-bucket-region"),
            };
            let mut refusal = answer.refusal(needs);
            if let (Next::No, Some(id)) = (&refusal.next, service.err().meta().request_id()) {
                refusal.why.push_str(&format!(" (request {id})"));
            }
            refusal
        }
        SdkError::TimeoutError(_) => Refusal::unanswered("no answer in time: check the network"),
        SdkError::DispatchFailure(failure) => not_sent(failure.is_timeout(), &chain_of(error), needs),
        _ => Refusal::passing(format!("the answer cannot be read: {}", sentence(&chain_of(error)))),
    }
}

/// A request that got no answer: credentials that cannot be had arrive here too.
fn not_sent(timeout: bool, chain: &str, needs: Needs) -> Refusal {
    let (cause, endpoint) = (sentence(chain), needs.endpoint());
    // A line about a bucket or an object is about S3.
    let who = if needs.is_of_s3() { String::new() } else { format!("{} ", needs.service()) };
    if timeout {
        return Refusal::unanswered(format!(
            "{who}cannot be reached in time: check the network, a proxy or {endpoint}"
        ));
    }
    if chain.contains("credentials") || chain.contains("identity") {
        let why =
            format!("the credentials can no longer be had: sign in again (`aws sso login`) and scan again ({cause})");
        return Refusal { why, next: Next::End };
    }
    Refusal::unanswered(format!("{who}cannot be reached: check the network or {endpoint} ({cause})"))
}

/// What S3 answered.
struct Answer<'a> {
    status: u16,
    code: &'a str,
    message: &'a str,
    region: Option<&'a str>,
}

impl Answer<'_> {
    fn refusal(&self, needs: Needs) -> Refusal {
        let (next, why) = self.meaning(needs);
        let said = if self.message.is_empty() { self.code } else { self.message };
        let said = if said.is_empty() { String::new() } else { format!(" ({})", sentence(said)) };
        Refusal { why: format!("{why}{said}"), next }
    }

    fn meaning(&self, needs: Needs) -> (Next, String) {
        let (next, why) = match self.code {
            "SlowDown"
            | "ServiceUnavailable"
            | "RequestLimitExceeded"
            | "ThrottlingException"
            | "Throttling"
            | "TooManyRequests" => {
                return (Next::Slower, fewer(needs));
            }
            "NoSuchBucket" => (Next::No, "no such bucket: check its name, and --endpoint-url"),
            "NoSuchKey" | "NotFound" => {
                (Next::No, "gone since it was listed: scan again, a lifecycle rule may delete objects")
            }
            "NoSuchUpload" => (
                Next::No,
                "its parts are gone, or the answer to their completion was lost: look whether the object is there",
            ),
            "InvalidObjectState" => {
                (Next::Archived, "archived: restore it with `aws s3api restore-object` and scan again")
            }
            "PreconditionFailed" => (Next::No, "changed while it was read: scan again"),
            "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" | "RequestExpired" => {
                (Next::End, "the credentials have expired: sign in again (`aws sso login`) and scan again")
            }
            "InvalidAccessKeyId"
            | "InvalidToken"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "NotSignedUp" => (Next::End, "the access key is not known: check --aws-profile and AWS_ACCESS_KEY_ID"),
            "SignatureDoesNotMatch" | "InvalidSignatureException" => {
                (Next::End, "the signature does not match: check AWS_SECRET_ACCESS_KEY or the profile's secret")
            }
            "RequestTimeTooSkewed" => (Next::End, "this machine's clock is wrong: set it and scan again"),
            "PermanentRedirect"
            | "TemporaryRedirect"
            | "AuthorizationHeaderMalformed"
            | "IllegalLocationConstraintException" => {
                return self.elsewhere();
            }
            code if code.starts_with("KMS.") => (Next::No, "its KMS key cannot be used: enable the key"),
            "AccessDenied" | "AccessDeniedException" | "AllAccessDisabled" | "AccountProblem" | "Forbidden" => {
                return (Next::No, self.denied(needs));
            }
            _ => return self.by_status(needs),
        };
        (next, why.to_owned())
    }

    fn elsewhere(&self) -> (Next, String) {
        let expecting = || self.message.split("expecting '").nth(1)?.split('\'').next();
        match self.region.or_else(expecting).filter(|region| !region.is_empty()) {
            Some(region) => {
                (Next::Region(region.to_owned()), format!("the bucket lies in {region}: give --aws-region {region}"))
            }
            None => (Next::No, "the bucket lies in another region: give --aws-region".to_owned()),
        }
    }

    fn denied(&self, needs: Needs) -> String {
        if self.message.contains("kms:") || self.message.contains("KMS") {
            if needs == Needs::PutObject {
                return "denied by the bucket's KMS key: allow kms:GenerateDataKey and kms:Decrypt on it".to_owned();
            }
            return "denied by its KMS key: allow kms:Decrypt on the key that the trail encrypts with".to_owned();
        }
        let denied = format!("access denied: allow {}", needs.as_str());
        match needs.is_of_s3() {
            true => format!("{denied}; a bucket of others may need --request-payer or --assume-role"),
            false => denied,
        }
    }

    fn by_status(&self, needs: Needs) -> (Next, String) {
        let service = needs.service();
        match self.status {
            301 | 307 | 308 => self.elsewhere(),
            400 if self.region.is_some() => self.elsewhere(),
            401 | 403 => (Next::No, self.denied(needs)),
            404 => (Next::No, "not found: check the URI, and --endpoint-url".to_owned()),
            429 | 503 => {
                (Next::Slower, format!("{service} asks for fewer requests: lower --concurrency, or scan later"))
            }
            // An answer that cannot be of S3, and an error after all: CompleteMultipartUpload answers before it is done.
            200..=299 if self.code.is_empty() => {
                (Next::Again, format!("the answer is not one of {service}: {STRANGER}"))
            }
            200..=299 => (Next::Again, format!("{service} fails after all: scan later")),
            408 | 500..=599 => (Next::Again, format!("{service} fails with status {}: scan later", self.status)),
            _ if self.code == "RequestTimeout" => (Next::Again, "S3 waited too long: check the network".to_owned()),
            _ => (Next::No, format!("{service} refuses with status {}", self.status)),
        }
    }
}

/// What to do about a service that throttles.
fn fewer(needs: Needs) -> String {
    let later = if needs.is_of_s3() { "scan later" } else { "try again later" };
    format!("{} asks for fewer requests, at every attempt: lower --concurrency, or {later}", needs.service())
}

/// The next step where something else answers in the place of a service.
const STRANGER: &str = "check the endpoint, and whether a proxy or a sign-in page answers in its place";

/// What a service says when it refuses, or why it said nothing.
pub fn answered<E>(error: &SdkError<E>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(service) => {
            let (code, message) = (service.err().code(), service.err().message());
            sentence(message.or(code).unwrap_or("it refuses, and does not say why"))
        }
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        _ => sentence(&chain_of(error)),
    }
}

/// An error and its causes, from the outermost in, each said once.
pub fn chain_of(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut cause = Some(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if !text.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
        cause = error.source();
    }
    texts.join(": ")
}

/// A text of others as part of a line: no full stop, no line break, not without end.
pub fn sentence(text: &str) -> String {
    const MOST: usize = 300;
    let line: Vec<&str> = text.split_whitespace().collect();
    let line = line.join(" ");
    let cut = line.char_indices().nth(MOST).map_or(line.len(), |(at, _)| at);
    let dots = if cut < line.len() { "…" } else { "" };
    format!("{}{dots}", line[..cut].trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(status: u16, code: &str, message: &str, region: Option<&str>) -> Refusal {
        Answer { status, code, message, region }.refusal(Needs::GetObject)
    }

    #[test]
    fn what_each_answer_means() {
        let region = |name: &str| Next::Region(name.to_owned());
        for (status, code, message, header, next, why) in [
            (503, "SlowDown", "Reduce your request rate.", None, Next::Slower, "--concurrency"),
            (503, "", "", None, Next::Slower, "--concurrency"),
            (500, "InternalError", "We encountered an internal error.", None, Next::Again, "status 500"),
            (200, "InternalError", "We encountered an internal error.", None, Next::Again, "fails after all"),
            (200, "", "", None, Next::Again, "a sign-in page"),
            (404, "NoSuchBucket", "", None, Next::No, "no such bucket"),
            (404, "NoSuchKey", "", None, Next::No, "gone since"),
            (403, "InvalidObjectState", "", None, Next::Archived, "restore-object"),
            (400, "ExpiredToken", "The provided token has expired.", None, Next::End, "sign in again"),
            (403, "InvalidAccessKeyId", "", None, Next::End, "not known"),
            (403, "SignatureDoesNotMatch", "", None, Next::End, "signature"),
            (403, "RequestTimeTooSkewed", "", None, Next::End, "clock"),
            (403, "AccessDenied", "Access Denied", None, Next::No, "s3:GetObject"),
            (
                403,
                "AccessDenied",
                "User: x is not authorized to perform: kms:Decrypt on y",
                None,
                Next::No,
                "kms:Decrypt",
            ),
            (400, "KMS.DisabledException", "", None, Next::No, "enable the key"),
            (301, "PermanentRedirect", "", Some("eu-west-1"), region("eu-west-1"), "--aws-region eu-west-1"),
            (
                400,
                "AuthorizationHeaderMalformed",
                "the region 'us-east-1' is wrong; expecting 'eu-south-2'",
                None,
                region("eu-south-2"),
                "eu-south-2",
            ),
            (301, "PermanentRedirect", "", None, Next::No, "another region"),
            (412, "PreconditionFailed", "", None, Next::No, "changed while"),
            (418, "Teapot", "short and stout", None, Next::No, "status 418 (short and stout)"),
        ] {
            let refusal = refusal(status, code, message, header);
            assert_eq!(refusal.next, next, "{code}");
            assert!(refusal.why.contains(why), "{code}: {}", refusal.why);
        }
    }

    #[test]
    fn requests_that_got_no_answer() {
        assert_eq!(not_sent(true, "x", Needs::GetObject).next, Next::Unanswered);
        assert_eq!(not_sent(false, "dispatch failure: connection refused", Needs::GetObject).next, Next::Unanswered);
        assert_eq!(
            not_sent(false, "failed to load credentials: the token has expired", Needs::GetObject).next,
            Next::End
        );
    }

    #[test]
    fn texts_of_others_stay_one_line() {
        assert_eq!(sentence("a\n  b.\n"), "a b");
        assert_eq!(sentence(&"é".repeat(400)).chars().count(), 301);
    }
}
