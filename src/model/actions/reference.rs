//! AWS's own service reference: a JSON document a service, which stands in place of what the table has of it.
//!
//! Source: AWS, "Simplified AWS service information for programmatic access" (Service Authorization Reference):
//! `https://servicereference.us-east-1.amazonaws.com/v1/iam/iam.json`.

use serde::Deserialize;

use super::{AccessLevel, Action, Actions, Service};

/// Why a document is not of a service reference, in one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReferenceError {
    /// It is not JSON, or of another shape.
    #[error("is not a service reference: {0}")]
    Shape(String),
    /// It names no service, or the service has no actions.
    #[error("is not a service reference: it has no {0}")]
    Empty(&'static str),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    name: String,
    actions: Vec<WrittenAction>,
    #[serde(default)]
    operations: Vec<WrittenOperation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenAction {
    name: String,
    annotations: Option<Annotations>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Annotations {
    properties: Option<Properties>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Properties {
    is_list: bool,
    is_permission_management: bool,
    is_tagging_only: bool,
    is_write: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct WrittenOperation {
    name: String,
    #[serde(default)]
    authorized_actions: Vec<Authorized>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Authorized {
    name: String,
    service: String,
}

impl Actions {
    /// Takes a service from a document of AWS's service reference, in place of what is known of it. Its names live as long
    /// as the program.
    ///
    /// # Errors
    /// When the text is not such a document.
    pub fn take_reference(&mut self, text: &str) -> Result<(), ReferenceError> {
        let document: Document =
            serde_json::from_str(text).map_err(|error| ReferenceError::Shape(error.to_string()))?;
        if document.name.trim().is_empty() {
            return Err(ReferenceError::Empty("Name"));
        }
        if document.actions.is_empty() {
            return Err(ReferenceError::Empty("Actions"));
        }
        let prefix: &'static str = document.name.trim().to_ascii_lowercase().leak();
        self.others.retain(|operation, _| operation.split_once(':').is_none_or(|(service, _)| service != prefix));
        let mut service = Service::default();
        for written in document.actions {
            let level = written.annotations.and_then(|annotations| annotations.properties).map(|it| it.level());
            let name: &'static str = written.name.leak();
            service.actions.insert(name.to_ascii_lowercase(), Action { name, is_operation: false, level });
        }
        for operation in document.operations {
            self.take_operation(prefix, &mut service, operation);
        }
        self.services.insert(prefix, service);
        Ok(())
    }

    /// An operation needs the action of its own name where that is among those that authorize it, and the rest beside it;
    /// else those of its service, else all.
    fn take_operation(&mut self, prefix: &'static str, service: &mut Service, operation: WrittenOperation) {
        let is_own = |it: &&Authorized| it.service.eq_ignore_ascii_case(prefix);
        let full = |it: &Authorized| -> &'static str { format!("{}:{}", it.service, it.name).leak() };
        let own = service.actions.get_mut(&operation.name.to_ascii_lowercase());
        let is_named = |it: &Authorized| is_own(&it) && it.name == operation.name;
        let own = own.filter(|own| own.name == operation.name && operation.authorized_actions.iter().any(is_named));
        let name: &'static str = operation.name.clone().leak();
        let is_beside: &dyn Fn(&Authorized) -> bool = match own {
            Some(own) => {
                own.is_operation = true;
                &|it| !is_named(it)
            }
            None => {
                let of_service: Vec<&Authorized> = operation.authorized_actions.iter().filter(is_own).collect();
                let all: Vec<&Authorized> = operation.authorized_actions.iter().collect();
                let taken = if of_service.is_empty() { all } else { of_service };
                let names = taken.into_iter().map(|it| if is_own(&it) { it.name.clone().leak() } else { full(it) });
                let names: Vec<&'static str> = names.collect();
                if !names.is_empty() {
                    service.by_operation.insert(name, names);
                }
                &|it| !is_own(&it)
            }
        };
        let beside: Vec<&'static str> =
            operation.authorized_actions.iter().filter(|it| is_beside(it)).map(full).collect();
        if !beside.is_empty() {
            self.others.insert(format!("{prefix}:{name}").leak(), beside);
        }
    }
}

impl Properties {
    const fn level(&self) -> AccessLevel {
        if self.is_permission_management {
            AccessLevel::PermissionsManagement
        } else if self.is_tagging_only {
            AccessLevel::Tagging
        } else if self.is_write {
            AccessLevel::Write
        } else if self.is_list {
            AccessLevel::List
        } else {
            AccessLevel::Read
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Needed, Unknowable};

    const IAM: &str = r#"{"Name": "iam", "Actions": [
        {"Name": "CreateNewThing", "Annotations": {"Properties": {"IsList": false, "IsPermissionManagement": false,
            "IsTaggingOnly": false, "IsWrite": true}}, "Resources": [{"Name": "user"}]},
        {"Name": "GetNewThing", "Annotations": {"Properties": {"IsList": false}}},
        {"Name": "PassRole", "Annotations": {"Properties": {"IsPermissionManagement": true, "IsWrite": true}}},
        {"Name": "TagNewThing"}],
        "Operations": [
        {"Name": "CreateNewThing", "AuthorizedActions": [{"Name": "CreateNewThing", "Service": "iam"},
            {"Name": "TagNewThing", "Service": "iam"}, {"Name": "CreateKey", "Service": "kms"}],
            "SDK": [{"Name": "iam", "Method": "create_new_thing", "Package": "Boto3"}]},
        {"Name": "HeadNewThing", "AuthorizedActions": [{"Name": "GetNewThing", "Service": "iam"}]},
        {"Name": "BorrowThing", "AuthorizedActions": [{"Name": "GetThing", "Service": "ec2"}]},
        {"Name": "Free", "AuthorizedActions": []}],
        "Version": "v1.4"}"#;

    #[test]
    fn a_reference_stands_in_place_of_the_table() {
        let mut actions = Actions::known().clone();
        assert_eq!(actions.spelt("iam:CreateNewThing"), None);
        actions.take_reference(IAM).unwrap();
        let needed = |name: &str| actions.needed("iam.amazonaws.com", name);
        let of = |names: &[&str]| Needed::Actions(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(needed("CreateNewThing"), of(&["iam:CreateNewThing"]));
        assert_eq!(needed("HeadNewThing"), of(&["iam:GetNewThing"]));
        assert_eq!(needed("BorrowThing"), of(&["ec2:GetThing"]));
        assert_eq!(needed("Free"), Needed::Unknown(Some("iam")));
        let beside: Vec<&str> = actions.others("iam:CreateNewThing").collect();
        assert_eq!(beside, ["iam:TagNewThing", "kms:CreateKey"]);
        assert_eq!(actions.unknowable("iam:CreateNewThing"), None);
        assert_eq!(actions.unknowable("iam:PassRole"), Some(Unknowable::WithinOthers));
        assert_eq!(actions.level("iam:PassRole"), Some(AccessLevel::PermissionsManagement));
        assert_eq!(actions.level("iam:GetNewThing"), Some(AccessLevel::Read));
        assert_eq!(actions.level("iam:TagNewThing"), None);
        // What it does not have is not known any more, and other services are as before.
        assert_eq!(actions.unknowable("iam:CreateUser"), Some(Unknowable::NotListed));
        assert_eq!(actions.needed("ec2.amazonaws.com", "RunInstances"), of(&["ec2:RunInstances"]));
        assert!(Actions::known().spelt("iam:CreateUser").is_some());
    }

    #[test]
    fn what_is_not_a_reference_is_said_in_a_line() {
        for (text, expected) in [
            ("", "is not a service reference: EOF while parsing a value at line 1 column 0"),
            ("[]", "is not a service reference: invalid type: sequence, expected a string at line 1 column 1"),
            (r#"{"Name": "iam"}"#, "is not a service reference: missing field `Actions` at line 1 column 15"),
            (r#"{"Name": " ", "Actions": []}"#, "is not a service reference: it has no Name"),
            (r#"{"Name": "iam", "Actions": []}"#, "is not a service reference: it has no Actions"),
        ] {
            let error = Actions::default().take_reference(text).unwrap_err().to_string();
            if text == "[]" {
                assert!(error.starts_with("is not a service reference: ") && !error.contains('\n'), "{error}");
            } else {
                assert_eq!(error, expected);
            }
        }
    }
}
