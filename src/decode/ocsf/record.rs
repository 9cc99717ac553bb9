//! Which field of OCSF holds which field of a record.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::lost::Lost;
use super::path;
use crate::decode::rows::{account_of, kind_of};
use crate::decode::structs;
use crate::json::careful;
use crate::json::fields::Raw;
use crate::model::EventTime;

/// Fields of a record that are texts, and where OCSF holds them; the first that says something counts.
const TEXTS: [(&str, &[&str]); 15] = [
    ("eventVersion", &["/metadata/product/version"]),
    ("eventID", &["/metadata/uid"]),
    ("eventType", &["/metadata/event_code"]),
    ("eventSource", &["/api/service/name"]),
    ("eventName", &["/api/operation"]),
    ("awsRegion", &["/cloud/region"]),
    ("sourceIPAddress", &["/src_endpoint/ip", "/src_endpoint/domain", "/src_endpoint/hostname"]),
    ("vpcEndpointId", &["/src_endpoint/uid"]),
    ("userAgent", &["/http_request/user_agent"]),
    ("errorCode", &["/api/response/error"]),
    ("errorMessage", &["/api/response/message", "/api/response/error_message"]),
    ("requestID", &["/api/request/uid"]),
    ("apiVersion", &["/api/version"]),
    ("userIdentity.accountId", &["/actor/user/account/uid", "/actor/user/account_uid"]),
    ("userIdentity.invokedBy", &["/actor/invoked_by"]),
];

/// Where the sub-documents stand since 1.1, as text.
const DOCUMENTS: [(&str, &str); 2] =
    [("requestParameters", "/api/request/data"), ("responseElements", "/api/response/data")];

/// Calls whose names say that an IAM user is changed.
const OF_USERS: [&str; 4] = ["User", "AccessKey", "LoginProfile", "MFADevice"];

/// Where the account is told that received the record. Below `unmapped` until 1.1.
const RECIPIENT: [&str; 3] = ["/cloud/account/uid", "/cloud/account_uid", "/accountid"];

/// What OCSF itself calls the kinds of users.
const KINDS_OF_OCSF: [&str; 5] = ["User", "Admin", "System", "Service", "Other"];

/// Fields that every record has.
const IN_EVERY_RECORD: [&str; 7] =
    ["eventID", "eventType", "eventVersion", "eventSource", "awsRegion", "recipientAccountId", "userIdentity"];

/// A record while it is written.
struct Written<'a> {
    event: &'a Value,
    fields: Map<String, Value>,
    /// The sub-documents as they are written, in the order of their own fields.
    texts: Vec<(&'static str, Cow<'a, str>)>,
    kept: Kept,
    lost: Lost,
}

/// What `unmapped` shows of the mapping that wrote it.
#[derive(Default)]
struct Kept {
    /// Whether it keeps fields that OCSF has no place for.
    fields: bool,
    /// Whether it keeps values of sub-documents by their paths.
    values: bool,
}

/// The record that an event, whose JSON is `object`, was made of, as JSON, and what the event does not carry of it; `None`
/// when it names no call.
pub(super) fn of<'a>(event: &'a Value, object: &'a str) -> Option<(String, Lost)> {
    let mut record =
        Written { event, fields: Map::new(), texts: Vec::new(), kept: Kept::default(), lost: Lost::default() };
    record.text("/api/operation")?;
    for (name, places) in TEXTS {
        record.take(name, places);
    }
    record.take_time();
    record.take_category();
    record.take_documents(object);
    record.take_resources();
    record.take_identity();
    record.take_session();
    record.take_unmapped();
    record.take("recipientAccountId", &RECIPIENT);
    record.take_sign_in();
    record.take_changed();
    record.take_failure();
    record.complete_issuer();
    record.tell_lost();
    Some((record.json(), record.lost))
}

impl<'a> Written<'a> {
    /// The text of the first place that says something. The actor was called identity before 1.0.
    fn text(&self, place: &str) -> Option<&'a str> {
        text(self.value(place)?)
    }

    fn value(&self, place: &str) -> Option<&'a Value> {
        let before = || self.event.pointer(&place.replacen("/actor/", "/identity/", 1));
        self.event.pointer(place).or_else(before)
    }

    /// The text that was written to a path.
    fn written(&self, path: &str) -> Option<&str> {
        let mut steps = path.split('.');
        let first = self.fields.get(steps.next()?)?;
        steps.try_fold(first, |at, step| at.get(step))?.as_str()
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) -> bool {
        path::set(&mut self.fields, name, value.into())
    }

    fn take(&mut self, name: &str, places: &[&str]) {
        if let Some(text) = places.iter().find_map(|place| self.text(place)) {
            self.set(name, text);
        }
    }

    fn take_time(&mut self) {
        let time = self.time("/time").or_else(|| self.time("/time_dt"));
        if let Some(time) = time {
            self.set("eventTime", time.to_string());
        }
    }

    fn time(&self, place: &str) -> Option<EventTime> {
        let value = self.value(place)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        EventTime::parse_event_time(&text)
    }

    /// When the session began. A zone that is wrong in `time_dt`, beside a `time` that has none, is wrong here, too.
    fn created(&self) -> Option<EventTime> {
        if let Some(created) = self.time("/actor/session/created_time") {
            return Some(created);
        }
        let created = self.time("/actor/session/created_time_dt")?;
        let (time, zoned) = (self.time("/time"), self.time("/time_dt"));
        let ahead = zoned.zip(time).map_or(0, |(zoned, time)| zoned.seconds() - time.seconds());
        let is_zone = ahead % 900 == 0 && ahead.abs() <= 14 * 3600;
        Some(if is_zone { created.plus_seconds(-ahead) } else { created })
    }

    /// Records before eventVersion 1.07 have no category, and their events one of all three.
    fn take_category(&mut self) {
        let feature = self.text("/metadata/product/feature/name");
        if let Some(category) = feature.filter(|feature| !feature.contains([',', ' '])) {
            self.set("eventCategory", category);
        }
    }

    fn take_documents(&mut self, object: &'a str) {
        for (name, place) in DOCUMENTS {
            let text = document(object, place).filter(|text| !matches!(text.trim(), "" | "null" | "{}"));
            let Some(text) = text else { continue };
            match structs::parse(&text) {
                Some(document) => {
                    self.set(name, document);
                    self.texts.push((name, text));
                }
                None => self.lost.add(name),
            }
        }
    }

    /// The record as JSON. A sub-document that nothing was added to stays as it is written.
    fn json(&self) -> String {
        let mut json = String::from("{");
        for (name, value) in &self.fields {
            let as_written = self.texts.iter().find(|(known, _)| known == name).map(|(_, text)| &**text);
            let as_written =
                as_written.filter(|text| serde_json::from_str(text).is_ok_and(|read: Value| read == *value));
            json.push_str(if json.len() > 1 { "," } else { "" });
            json.push_str(&json!(name).to_string());
            json.push(':');
            json.push_str(&as_written.map_or_else(|| value.to_string(), str::to_owned));
        }
        json + "}"
    }

    fn take_resources(&mut self) {
        let Some(Value::Array(resources)) = self.value("/resources") else { return };
        let resource = |value: &Value| {
            let first = |places: &[&str]| places.iter().find_map(|place| text(value.pointer(place)?));
            let members = [
                ("ARN", first(&["/uid"])),
                ("accountId", first(&["/owner/account/uid", "/account/uid", "/account_uid"])),
                ("type", first(&["/type"])),
            ];
            let members = members.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into())));
            Value::Object(members.collect())
        };
        let resources: Vec<Value> = resources.iter().map(resource).filter(|resource| *resource != json!({})).collect();
        if !resources.is_empty() {
            self.set("resources", resources);
        }
    }

    /// Before 1.1 `uid` held the principalId and `uuid` the ARN; since then `uid` holds the ARN and `uid_alt` the other.
    fn take_identity(&mut self) {
        let [uid, uuid, alt] = ["uid", "uuid", "uid_alt"].map(|name| self.text(&format!("/actor/user/{name}")));
        let (arn, id) = match (uuid, uid, alt) {
            (Some(_), ..) => (uuid, uid),
            _ if self.is_old() => (None, uid),
            (_, Some(uid), _) if uid.starts_with("arn:") => (Some(uid), alt),
            _ => (None, alt.or(uid)),
        };
        let kind = self.text("/actor/user/type").filter(|kind| !KINDS_OF_OCSF.contains(kind));
        let kind = kind.or_else(|| arn.and_then(kind_of));
        let (name, credential) = (self.text("/actor/user/name"), self.text("/actor/user/credential_uid"));
        let is_of_portal = kind == Some("IdentityCenterUser");
        let store = self.text("/actor/idp/uid").filter(|uid| uid.contains(":identitystore"));
        let provider = self.text("/actor/idp/name");
        let provided = match kind {
            Some("SAMLUser" | "WebIdentityUser") => "userIdentity.identityProvider",
            _ => "userIdentity.sessionContext.webIdFederationData.federatedProvider",
        };
        let [id_at, name_at, credential_at] = match is_of_portal {
            true => ["userIdentity.onBehalfOf.userId", "additionalEventData.UserName", "userIdentity.credentialId"],
            false => ["userIdentity.principalId", "userIdentity.userName", "userIdentity.accessKeyId"],
        };
        for (path, text) in [
            ("userIdentity.type", kind),
            ("userIdentity.arn", arn),
            ("userIdentity.accountId", arn.and_then(account_of)),
            (id_at, id),
            (name_at, name),
            (credential_at, credential),
            ("userIdentity.onBehalfOf.identityStoreArn", store),
            (provided, provider),
        ] {
            if let Some(text) = text {
                self.set(path, text);
            }
        }
    }

    fn take_session(&mut self) {
        if let Some(created) = self.created() {
            self.set("userIdentity.sessionContext.attributes.creationDate", created.to_string());
        }
        let mfa = ["is_mfa", "mfa"].into_iter().find_map(|name| self.value(&format!("/actor/session/{name}")));
        if let Some(mfa) = mfa.and_then(flag) {
            self.set("userIdentity.sessionContext.attributes.mfaAuthenticated", mfa.to_string());
        }
        self.take("userIdentity.sessionContext.sessionIssuer.arn", &["/actor/session/issuer"]);
    }

    /// What a mapping has no place for, by its path in the record.
    fn take_unmapped(&mut self) {
        let unmapped = match self.value("/unmapped") {
            Some(Value::String(text)) => structs::parse(text),
            Some(value) => Some(value.clone()),
            None => None,
        };
        match unmapped {
            Some(Value::Object(kept)) => kept.into_iter().for_each(|(name, value)| self.take_kept(&name, value)),
            // A map, as some print it.
            Some(Value::Array(kept)) => {
                for mut pair in kept {
                    if let Some(name) = text(&pair["key"]).map(str::to_owned) {
                        self.take_kept(&name, pair["value"].take());
                    }
                }
            }
            _ => {}
        }
    }

    fn take_kept(&mut self, name: &str, value: Value) {
        let value = match value {
            Value::String(text) if matches!(text.trim(), "" | "null") => return,
            Value::Null => return,
            Value::String(text) if text == "true" || text == "false" => match name {
                "readOnly" | "managementEvent" => Value::Bool(text == "true"),
                _ => text.into(),
            },
            // A whole sub-document.
            Value::String(text) if !name.contains('.') => structs::parse(&text).unwrap_or_else(|| text.into()),
            value => value,
        };
        let document = DOCUMENTS.into_iter().map(|(document, _)| document).find(|document| name.starts_with(document));
        self.kept.fields |= matches!(name, "eventType" | "recipientAccountId");
        self.kept.values |= document.is_some();
        if !self.set(name, value)
            && let Some(document) = document
        {
            self.lost.add(document);
        }
    }

    /// Whom Account Change tells to have been changed, where parameters and results have no place.
    fn take_changed(&mut self) {
        let operation = self.text("/api/operation").unwrap_or_default();
        let is_of_iam = self.text("/api/service/name").is_some_and(|service| service.starts_with("iam."));
        if !self.is_flat() || !is_of_iam || !OF_USERS.iter().any(|what| operation.contains(what)) {
            return;
        }
        self.take("requestParameters.policyArn", &["/policy/uid"]);
        self.take("requestParameters.userName", &["/user/name"]);
        if operation == "CreateUser" {
            self.take("responseElements.user.userName", &["/user/name"]);
            self.take("responseElements.user.userId", &["/user/uid"]);
        }
    }

    /// What Authentication tells of a sign-in in fields of its own.
    fn take_sign_in(&mut self) {
        if self.text("/api/operation") != Some("ConsoleLogin") {
            return;
        }
        let mfa = ["/is_mfa", "/mfa"].into_iter().find_map(|place| self.value(place)).and_then(flag);
        match mfa {
            Some(used) => _ = self.set("additionalEventData.MFAUsed", if used { "Yes" } else { "No" }),
            None if self.written("additionalEventData.MFAUsed").is_none() => {
                self.lost.add("additionalEventData.MFAUsed");
            }
            None => {}
        }
        self.take("additionalEventData.LoginTo", &["/dst_endpoint/svc_name"]);
        if let Some(result @ ("Success" | "Failure")) = self.text("/status") {
            self.set("responseElements.ConsoleLogin", result);
        }
    }

    /// A failure of which neither code nor message is there must not read as a success.
    fn take_failure(&mut self) {
        let has_failed = self.text("/status") == Some("Failure") || self.value("/status_id") == Some(&json!(2));
        let is_told = self.fields.contains_key("errorCode") || self.fields.contains_key("errorMessage");
        if has_failed && !is_told {
            let detail = self.text("/status_detail").unwrap_or("Failure");
            self.set("errorMessage", detail);
            if self.written("responseElements.ConsoleLogin").is_none() {
                self.lost.add("errorCode");
            }
        }
    }

    /// Adds what the ARN of the issuer says, where its own fields are missing.
    fn complete_issuer(&mut self) {
        const ISSUER: &str = "userIdentity.sessionContext.sessionIssuer";
        let Some(arn) = self.written(&format!("{ISSUER}.arn")).map(str::to_owned) else { return };
        let id = self.written("userIdentity.principalId").and_then(|id| id.split_once(':'));
        let id = id.map(|(role, _)| role.to_owned());
        let name = arn.rsplit_once('/').map(|(_, name)| name.to_owned());
        let members = [
            ("type", kind_of(&arn).map(str::to_owned)),
            ("principalId", id),
            ("accountId", account_of(&arn).map(str::to_owned)),
            ("userName", name),
        ];
        for (member, text) in members {
            if let Some(text) = text {
                self.set(&format!("{ISSUER}.{member}"), text);
            }
        }
    }

    fn tell_lost(&mut self) {
        for name in IN_EVERY_RECORD {
            if !self.fields.contains_key(name) {
                self.lost.add(name);
            }
        }
        let identity = |name: &str| self.written(&format!("userIdentity.{name}"));
        if identity("type").or_else(|| identity("invokedBy")).or_else(|| identity("accountId")).is_none() {
            self.lost.add("userIdentity");
        }
        let attribute = |name: &str| self.written(&format!("userIdentity.sessionContext.attributes.{name}"));
        if attribute("creationDate").is_some() && attribute("mfaAuthenticated").is_none() {
            self.lost.add("mfaAuthenticated");
        }
        for (name, _) in DOCUMENTS {
            if self.is_flat() && self.may_lack(name) {
                self.lost.add(name);
            }
        }
        let keeps_nothing = match self.value("/unmapped") {
            Some(Value::Object(kept)) => kept.is_empty(),
            Some(Value::Array(kept)) => kept.is_empty(),
            Some(Value::String(kept)) => kept.is_empty(),
            _ => true,
        };
        if keeps_nothing && self.is_of_1_07() {
            self.lost.add(Lost::UNMAPPED);
        }
    }

    /// Whether a sub-document that there was no place for may have held what is not here. It held nothing, or all of it is
    /// here, where
    ///
    /// - a value of it is here, or one of the other sub-document: then the mapping keeps values by their paths. (A value that is
    ///   lost from between others is told where it is missed.) Not so for Account Change and Authentication, which have fields of
    ///   their own that values go to;
    /// - the call has none: a sign-in no parameters, a failed or read-only call no results, and to list or describe takes none
    ///   that would have to be given. Leftovers have to be kept at all.
    ///
    /// Source: CloudTrail user guide, "CloudTrail record contents": responseElements only of actions that make changes.
    fn may_lack(&self, document: &str) -> bool {
        let operation = self.text("/api/operation").unwrap_or_default();
        let is_api_activity = ["6003", "3005"].contains(&self.class().as_str());
        let is_read_only = self.fields.get("readOnly") == Some(&Value::Bool(true));
        let has_none = match document {
            "requestParameters" => {
                let takes_none = ["List", "Describe"].iter().any(|verb| operation.starts_with(verb));
                operation == "ConsoleLogin" || is_read_only && takes_none && self.kept.fields
            }
            _ => is_read_only || self.fields.contains_key("errorCode"),
        };
        !(self.fields.contains_key(document) || has_none || is_api_activity && self.kept.values)
    }

    fn class(&self) -> String {
        self.event["class_uid"].to_string().trim_matches('"').to_owned()
    }

    /// Whether there was no place for requestParameters and responseElements, as before 1.1: what was in them was kept value
    /// by value, if at all.
    fn is_flat(&self) -> bool {
        let has_data = || DOCUMENTS.iter().any(|(_, place)| self.value(place).is_some_and(|data| !data.is_null()));
        self.is_old() && !has_data()
    }

    /// Whether the event is of a version before 1.1.
    fn is_old(&self) -> bool {
        let version = self.text("/metadata/version").unwrap_or_default();
        ["0.", "1.0"].iter().any(|old| version.starts_with(old))
    }

    /// Whether the record was of eventVersion 1.07 or later, which says of itself whether it is a management event.
    ///
    /// Source: CloudTrail user guide, "CloudTrail record contents", `managementEvent`: since 1.06, `eventCategory`: since 1.07.
    fn is_of_1_07(&self) -> bool {
        let version = self.written("eventVersion").unwrap_or_default();
        let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or_default());
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) >= (1, 7)
    }
}

/// The sub-document at that place of an object, as it is written there: as text, or as JSON.
fn document<'j>(object: &'j str, place: &str) -> Option<Cow<'j, str>> {
    let (mut at, mut steps) = (object, place.split('/').skip(1).peekable());
    loop {
        let (step, mut found) = (steps.next()?, None);
        careful::each_field(at, |name, value| found = if name == step { Some(value) } else { found }).ok()?;
        match (found?, steps.peek()) {
            (Raw::Container(inner), Some(_)) => at = inner,
            (Raw::Container(json), None) => return Some(Cow::Borrowed(json)),
            (text @ (Raw::Plain(_) | Raw::Escaped(_)), None) => return Some(careful::text_of(text)),
            _ => return None,
        }
    }
}

/// The text of a value, where it says something: two quotes stand for nothing, too.
fn text(value: &Value) -> Option<&str> {
    value.as_str().map(str::trim).filter(|text| !matches!(*text, "" | "''" | "null"))
}

fn flag(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| match value.as_str()? {
        "true" | "True" => Some(true),
        "false" | "False" => Some(false),
        _ => None,
    })
}
