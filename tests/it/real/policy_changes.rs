//! Changes of users' policies, and other changes of users, against the answers.
//!
//! - The answers speak of policies of users, and of some calls about users; here are groups, roles and policies too.
//! - The answers name one call a row; here calls of one kind are a row.
//! - Keys are `key-spread`'s here: CreateAccessKey and DeleteAccessKey are no rows.
//! - The answers read the target of a call from userName alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Corpus, canonical, text, texts};
use crate::harness::{count, rows};

impl Corpus {
    /// `changes`: the answers' changes of users' policies, `others`: their other calls about users that are rows here.
    pub(super) fn policy_changes(&self, changes: usize, others: usize) {
        let expected = &self.expected["user_policy_changes"];
        let found = rows(&self.answer, "policy-changes");
        let of_users: Vec<&Value> = found.iter().filter(|row| is_on_user(row)).collect();
        let expected_rows = expected["rows"].as_array().unwrap();
        assert_eq!((of_users.len(), expected_rows.len()), (changes, changes));
        for change in expected_rows {
            self.same_change(change, &of_users);
        }
        let mut met = 0;
        for other in expected["other_iam_user_changes"].as_array().unwrap() {
            let (name, failed) = (text(&other["eventName"]), other["result"] == "error");
            if name.ends_with("AccessKey") {
                continue;
            }
            let of_name = found.iter().filter(|row| row["event"] == name && (row["outcome"] != "succeeded") == failed);
            assert_eq!(of_name.map(|row| count(&row["events"])).sum::<i64>(), count(&other["count"]), "{name}");
            met += 1;
        }
        assert_eq!(met, others);
    }

    fn same_change(&self, change: &Value, of_users: &[&Value]) {
        let id = &change["eventID"];
        let same = |row: &&&Value| {
            row["event"] == change["eventName"]
                && row["target"] == change["target_userName"]
                && row["policy"] == change["policy"]
                && row["actor"] == change["actor"]
        };
        let row = of_users.iter().find(same).unwrap_or_else(|| panic!("{id}"));
        assert_eq!(row["account_id"], change["account"], "{id}");
        assert_eq!(row["outcome"] == "succeeded", change["errorCode"].is_null(), "{id}");
        let time = text(&change["eventTime"]);
        assert!(text(&row["first_seen"]) <= time && time <= text(&row["last_seen"]), "{id}");
        assert!(texts(&row["address_list"]).contains(canonical(&text(&change["sourceIPAddress"])).as_str()), "{id}");
        let everything = text(&change["policy"]).ends_with("/AdministratorAccess");
        assert_eq!((row["grant"] == "admin", row["severity"] == "high"), (everything, everything), "{id}");
        let findings: BTreeMap<&str, &Value> = self.answer["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["subject"] == format!("user/{}", text(&change["target_userName"])))
            .map(|finding| (finding["rule"].as_str().unwrap(), &finding["evidence"]))
            .collect();
        // What several rules tell of one user is one finding.
        let told = findings.values().filter_map(|evidence| evidence["told_by"].as_array()).flatten();
        let told: BTreeSet<&str> = told.filter_map(|told| told["rule"].as_str()).collect();
        assert!(findings.contains_key("policy-on-user") || told.contains("policy-on-user"), "{id}");
        let actors: BTreeSet<&str> =
            findings.get("admin-granted").map(|found| texts(&found["actors"])).unwrap_or_default();
        assert_eq!(actors.contains(text(&change["actor"]).as_str()), everything, "{id}");
    }
}

fn is_on_user(row: &Value) -> bool {
    ["AttachUserPolicy", "PutUserPolicy"].iter().any(|name| row["event"] == *name)
}
