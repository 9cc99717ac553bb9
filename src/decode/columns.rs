//! The columns that exports give to the fields of a record, in whatever spelling. Names only: values are read elsewhere.

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// A text of the record, or of its userIdentity, by its path.
    Text(&'static str),
    /// The whole userIdentity.
    Identity,
    /// A sub-document.
    Document(&'static str),
}

/// The texts of a record that exports keep. Athena and CloudTrail Lake write them in lower case, other tools with
/// underscores or blanks between the words, flattened ones with their path.
///
/// Sources: Athena user guide, "Query AWS CloudTrail logs"; CloudTrail user guide, "CloudTrail Lake event record fields".
const TEXTS: [&str; 43] = [
    "eventVersion",
    "eventTime",
    "eventSource",
    "eventName",
    "eventID",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "readOnly",
    "eventType",
    "eventCategory",
    "recipientAccountId",
    "sharedEventID",
    "vpcEndpointId",
    "vpcEndpointAccountId",
    "sessionCredentialFromConsole",
    "userIdentity.type",
    "userIdentity.principalId",
    "userIdentity.arn",
    "userIdentity.accountId",
    "userIdentity.accessKeyId",
    "userIdentity.userName",
    "userIdentity.invokedBy",
    "userIdentity.identityProvider",
    "userIdentity.credentialId",
    "userIdentity.onBehalfOf.userId",
    "userIdentity.onBehalfOf.identityStoreArn",
    "userIdentity.inScopeOf.issuerType",
    "userIdentity.inScopeOf.credentialsIssuedTo",
    "userIdentity.sessionContext.sourceIdentity",
    "userIdentity.sessionContext.ec2RoleDelivery",
    "userIdentity.sessionContext.assumedRoot",
    "userIdentity.sessionContext.signInSessionArn",
    "userIdentity.sessionContext.attributes.mfaAuthenticated",
    "userIdentity.sessionContext.attributes.creationDate",
    "userIdentity.sessionContext.sessionIssuer.type",
    "userIdentity.sessionContext.sessionIssuer.principalId",
    "userIdentity.sessionContext.sessionIssuer.arn",
    "userIdentity.sessionContext.sessionIssuer.accountId",
    "userIdentity.sessionContext.sessionIssuer.userName",
    "userIdentity.sessionContext.webIdFederationData.federatedProvider",
];

/// The sub-documents of a record.
const DOCUMENTS: [&str; 6] =
    ["requestParameters", "responseElements", "additionalEventData", "serviceEventDetails", "resources", "addendum"];

/// Columns with a name of their own: of Event history's table, of Microsoft Sentinel's table `AWSCloudTrail`, and of tools
/// that shorten.
///
/// Source: Azure Monitor Logs reference, table AWSCloudTrail.
const OTHER_NAMES: [(&str, &str); 17] = [
    ("username", "userIdentity.userName"),
    ("awsaccesskey", "userIdentity.accessKeyId"),
    ("awsaccesskeyid", "userIdentity.accessKeyId"),
    ("accesskeyid", "userIdentity.accessKeyId"),
    ("region", "awsRegion"),
    ("sourceip", "sourceIPAddress"),
    ("timegenerated", "eventTime"),
    ("timegeneratedutc", "eventTime"),
    ("awseventid", "eventID"),
    ("eventtypename", "eventType"),
    ("sessionmfaauthenticated", "userIdentity.sessionContext.attributes.mfaAuthenticated"),
    ("sessioncreationdate", "userIdentity.sessionContext.attributes.creationDate"),
    ("sessionissuertype", "userIdentity.sessionContext.sessionIssuer.type"),
    ("sessionissuerprincipalid", "userIdentity.sessionContext.sessionIssuer.principalId"),
    ("sessionissuerarn", "userIdentity.sessionContext.sessionIssuer.arn"),
    ("sessionissueraccountid", "userIdentity.sessionContext.sessionIssuer.accountId"),
    ("sessionissuerusername", "userIdentity.sessionContext.sessionIssuer.userName"),
];

/// Columns without which a row says less than its record, so that nothing may be concluded from what it does not say.
const NEEDED: [&str; 13] = [
    "eventSource",
    "awsRegion",
    "userIdentity",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "eventID",
    "eventType",
    "recipientAccountId",
];

/// Columns beside time and name of which rows of records have one at least: other things have events, too.
const TELLING: [&str; 6] =
    ["eventSource", "eventVersion", "awsRegion", "sourceIPAddress", "recipientAccountId", "userIdentity.arn"];

impl Column {
    /// The column of that name.
    pub fn of(name: &str) -> Option<Self> {
        let plain = plain(name);
        if plain == "useridentity" {
            return Some(Self::Identity);
        }
        if let Some(document) = DOCUMENTS.into_iter().find(|known| same(known, &plain)) {
            return Some(Self::Document(document));
        }
        let own = TEXTS.into_iter().find(|known| same(known, &plain));
        let other = || OTHER_NAMES.iter().find(|(other, _)| *other == plain).map(|(_, path)| *path);
        own.or_else(other).map(Self::Text)
    }

    /// The sub-document that a column holds one value of, and where in it: `requestParameters.userName`.
    pub fn within_document(name: &str) -> Option<(&'static str, &str)> {
        let (document, rest) = name.split_once('.')?;
        let document = plain(document);
        let document = DOCUMENTS.into_iter().find(|known| same(known, &document))?;
        Some((document, rest))
    }
}

/// Whether rows with these columns are records. In CloudTrail's own spelling, time and name are enough.
pub(super) fn are_of_records<'a>(names: impl Iterator<Item = &'a str> + Clone) -> bool {
    let has = |path| names.clone().any(|name| Column::of(name) == Some(Column::Text(path)));
    let is_own = ["eventTime", "eventName"].iter().all(|own| names.clone().any(|name| name == *own));
    let is_telling =
        || names.clone().any(|name| Column::of(name) == Some(Column::Identity)) || TELLING.into_iter().any(has);
    is_own || has("eventTime") && has("eventName") && is_telling()
}

/// Whether rows with these columns say all that their records said.
pub(super) fn are_whole<'a>(names: impl Iterator<Item = &'a str> + Clone) -> bool {
    NEEDED.iter().all(|needed| names.clone().any(|name| same(needed, &plain(name))))
}

/// A name without what spellings differ in.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether a field's path is that name, once it is [`plain`].
fn same(path: &str, plain: &str) -> bool {
    let letters = path.bytes().filter(|&byte| byte != b'.').map(|byte| byte.to_ascii_lowercase());
    letters.eq(plain.bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_known_in_every_spelling() {
        for (name, path) in [
            ("eventName", "eventName"),
            ("eventname", "eventName"),
            ("EVENT_NAME", "eventName"),
            ("Event name", "eventName"),
            ("Source IP address", "sourceIPAddress"),
            ("User name", "userIdentity.userName"),
            ("AWS access key", "userIdentity.accessKeyId"),
            ("userIdentity.sessionContext.sessionIssuer.arn", "userIdentity.sessionContext.sessionIssuer.arn"),
            (
                "useridentity_sessioncontext_attributes_mfaauthenticated",
                "userIdentity.sessionContext.attributes.mfaAuthenticated",
            ),
        ] {
            assert_eq!(Column::of(name), Some(Column::Text(path)), "{name}");
        }
        assert_eq!(Column::of("user_identity"), Some(Column::Identity));
        assert_eq!(Column::of("requestparameters"), Some(Column::Document("requestParameters")));
        assert_eq!(Column::within_document("requestParameters.roleArn"), Some(("requestParameters", "roleArn")));
        for other in ["", "event", "name", "eventJson", "@message", "requestParameters.roleArn", "event names"] {
            assert_eq!(Column::of(other), None, "{other}");
        }
    }

    #[test]
    fn other_things_have_events_too() {
        let are = |names: &str| are_of_records(names.split(','));
        assert!(
            are("eventtime,eventname,eventsource")
                && are("Event name,Event time,AWS region")
                && are("eventTime,eventName")
        );
        assert!(are("event_time,event_name,user_identity") && are("eventname,eventtime,useridentity.arn"));
        for other in ["event_time,event_name,user_pseudo_id", "event_id,event_time,event_name", "eventName,count", ""] {
            assert!(!are(other), "{other}");
        }
    }

    #[test]
    fn rows_that_lack_a_needed_column_are_not_whole() {
        let all = NEEDED.map(str::to_lowercase);
        assert!(are_whole(all.iter().map(String::as_str)));
        for lacks in 0..all.len() {
            let names = all.iter().enumerate().filter(|(i, _)| *i != lacks).map(|(_, name)| name.as_str());
            assert!(!are_whole(names), "{}", all[lacks]);
        }
    }
}
