//! Which statements make a document as wide as it is.

use super::{Grant, Policy};

/// See [`Policy::widest_statements`].
pub(super) fn statements(policy: &Policy) -> Vec<usize> {
    let grant = policy.grant();
    if grant <= Grant::NotJudged {
        return Vec::new();
    }
    let gives = |kept: &[usize]| with_denials(policy, kept).grant() == grant;
    let places = 0..policy.statements.len();
    let mut allowing: Vec<usize> = places.filter(|&place| policy.statements[place].is_allow()).collect();
    if let Some(&alone) = allowing.iter().find(|&&place| gives(&[place])) {
        return vec![alone];
    }
    // From the end: of two that do the same the earlier one is kept.
    for nth in (0..allowing.len()).rev() {
        let place = allowing.remove(nth);
        if !gives(&allowing) {
            allowing.insert(nth, place);
        }
    }
    allowing
}

/// The document with these of its statements that allow, and with all that deny.
fn with_denials(policy: &Policy, kept: &[usize]) -> Policy {
    let all = policy.statements.iter().enumerate();
    let chosen = all.filter(|(place, statement)| !statement.is_allow() || kept.contains(place));
    Policy { statements: chosen.map(|(_, statement)| statement.clone()).collect(), has_variables: policy.has_variables }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn widest(statements: Value) -> (Grant, Vec<usize>) {
        let policy = Policy::from_value(&json!({ "Version": "2012-10-17", "Statement": statements })).unwrap();
        (policy.grant(), policy.widest_statements())
    }

    fn allow(action: &str) -> Value {
        json!({ "Effect": "Allow", "Action": action, "Resource": "*" })
    }

    #[test]
    fn one_statement_or_those_that_make_it_together() {
        let (read, star) = (allow("s3:GetObject"), allow("*"));
        assert_eq!(widest(json!([read, star, star])), (Grant::Admin, vec![1]));
        assert_eq!(widest(json!([allow("s3:*"), allow("iam:*")])), (Grant::Escalation, vec![1]));
        let parts =
            [allow("iam:PassRole"), read.clone(), allow("lambda:CreateFunction"), allow("lambda:CreateFunction")];
        assert_eq!(widest(json!(parts)), (Grant::Escalation, vec![0, 2]), "the earlier of two alike");
        let one_is_enough =
            json!([allow("iam:PassRole"), allow("lambda:CreateFunction"), allow("iam:AttachUserPolicy")]);
        assert_eq!(widest(one_is_enough), (Grant::Escalation, vec![2]));
    }

    #[test]
    fn what_is_denied_stays_denied() {
        let deny = json!({ "Effect": "Deny", "Action": "iam:*", "Resource": "*" });
        let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
        let guarded = json!({ "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": mfa });
        assert_eq!(
            widest(json!([deny, allow("iam:*"), allow("s3:*")])).1,
            [1],
            "every action of a service, as written"
        );
        assert_eq!(widest(json!([allow("s3:GetObject"), guarded])), (Grant::AdminOnCondition, vec![1]));
        assert_eq!(widest(json!([allow("s3:GetObject")])), (Grant::Other, vec![]));
        assert_eq!(widest(json!([deny])), (Grant::DenyOnly, vec![]));
        assert_eq!(widest(json!([])).1, [0; 0]);
    }
}
