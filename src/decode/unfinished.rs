//! Results that say themselves that they are not all: a page of several, a query that has not ended or was stopped.
//!
//! Of pages that were joined the last one counts. Known misses: a limit that the query itself has (`LIMIT`, 10,000 rows of
//! CloudWatch Logs Insights), since what lies beyond is then no part of the answer.

use crate::json::careful;
use crate::json::fields::Raw;

/// What leads to the next page. CloudWatch Logs' `nextForwardToken` is there on the last page, too.
///
/// Source: API references of CloudTrail (LookupEvents, GetQueryResults), CloudWatch Logs (FilterLogEvents, GetLogEvents) and
/// Athena (GetQueryResults).
const TOKENS: [&str; 2] = ["NextToken", "nextToken"];

/// What queries say of themselves before their end, and when they were stopped.
///
/// Source: API references of CloudTrail (GetQueryResults, `QueryStatus`) and CloudWatch Logs (GetQueryResults, `status`).
const STATUSES: [&str; 7] = ["RUNNING", "QUEUED", "SCHEDULED", "FAILED", "CANCELLED", "TIMED_OUT", "TIMEOUT"];

/// What holds the rows of a query.
const ROWS: [&str; 3] = ["results", "QueryResultRows", "hits"];

/// Whether a member of an envelope says that another page follows.
#[inline]
pub(super) fn is_token(key: &str, value: Raw<'_>) -> Option<bool> {
    let is_given = matches!(value, Raw::Plain(text) | Raw::Escaped(text) if !matches!(text, "" | "\"\""));
    TOKENS.contains(&key).then_some(is_given)
}

/// Whether the results that an object holds are not all there are; `None` of what holds none.
pub(super) fn is_unfinished(object: &str) -> Option<bool> {
    let (mut holds, mut more) = (false, false);
    let read = careful::each_field(object, |key, value| {
        holds |= ROWS.contains(&&*key) || &*key == "ResultSet";
        more |= is_token(&key, value).unwrap_or(false);
        more |= match &*key {
            "QueryStatus" | "status" => {
                let status = careful::text_of(value);
                STATUSES.iter().any(|unfinished| status.eq_ignore_ascii_case(unfinished))
            }
            // Elasticsearch, of a search.
            "timed_out" => matches!(value, Raw::Scalar("true")),
            _ => false,
        };
    });
    (read.is_ok() && holds).then_some(more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_all_says_so() {
        for (object, is) in [
            (r#"{"QueryStatus":"FINISHED","QueryResultRows":[],"NextToken":"x"}"#, Some(true)),
            (r#"{"NextToken":"x","QueryResultRows":[]}"#, Some(true)),
            (r#"{"QueryStatus":"RUNNING","QueryResultRows":[]}"#, Some(true)),
            (r#"{"results":[],"status":"Timeout"}"#, Some(true)),
            (r#"{"timed_out":true,"hits":{}}"#, Some(true)),
            (r#"{"ResultSet":{"Rows":[]},"NextToken":"x"}"#, Some(true)),
            (r#"{"QueryStatus":"FINISHED","QueryResultRows":[],"NextToken":""}"#, Some(false)),
            (r#"{"QueryStatus":"FINISHED","QueryResultRows":[],"NextToken":null}"#, Some(false)),
            (r#"{"results":[],"status":"Complete"}"#, Some(false)),
            (r#"{"timed_out":false,"hits":{}}"#, Some(false)),
            (r#"{"results":[],"nextForwardToken":"x"}"#, Some(false)),
            (r#"{"requestParameters":{"nextToken":"x"},"status":"RUNNING"}"#, None),
            (r#"{"nextToken":"x"}"#, None),
            ("[]", None),
        ] {
            assert_eq!(is_unfinished(object), is, "{object}");
        }
    }
}
