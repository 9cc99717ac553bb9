//! What an access key id says about the credential.

/// The kind of credential that an access key id names, by its first four letters.
///
/// Source: IAM user guide, "IAM identifiers", unique identifier prefixes. The prefix alone is not proof: a
/// `userIdentity.type` of AssumedRole or FederatedUser overrides it, because sanitised records show `AKIA` there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccessKeyKind {
    /// `AKIA`: a long-lived key of an IAM user or of the account root.
    LongLived,
    /// `ASIA`: temporary credentials from STS.
    Temporary,
    /// `ABIA`: an STS service bearer token.
    Bearer,
    /// `ACCA`: a context-specific credential.
    ContextSpecific,
    /// No key at all.
    Absent,
    /// Anything else.
    Other,
}

impl AccessKeyKind {
    /// The kind that `access_key_id` begins with; [`AccessKeyKind::Absent`] for the empty string.
    pub fn of(access_key_id: &str) -> Self {
        match access_key_id.as_bytes() {
            [] => Self::Absent,
            [b'A', b'K', b'I', b'A', ..] => Self::LongLived,
            [b'A', b'S', b'I', b'A', ..] => Self::Temporary,
            [b'A', b'B', b'I', b'A', ..] => Self::Bearer,
            [b'A', b'C', b'C', b'A', ..] => Self::ContextSpecific,
            _ => Self::Other,
        }
    }
}
