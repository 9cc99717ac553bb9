//! What of a record an event of OCSF does not carry.

/// What an event may lack, in the order in which it is told.
const NAMES: [&str; 13] = [
    "eventID",
    "eventType",
    "eventVersion",
    "eventSource",
    "awsRegion",
    "recipientAccountId",
    "userIdentity",
    "mfaAuthenticated",
    "additionalEventData.MFAUsed",
    "errorCode",
    "requestParameters",
    "responseElements",
    "the fields of unmapped",
];

/// Fields of a record that an event of OCSF does not carry. A set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost(u16);

impl Lost {
    /// What stands for whatever a mapping keeps in `unmapped`: readOnly, additionalEventData, the issuer of a session and more.
    pub(super) const UNMAPPED: &'static str = "the fields of unmapped";

    /// Adds a field by its name, which is one of those that can be lost.
    pub(super) fn add(&mut self, name: &str) {
        let place = NAMES.iter().position(|known| *known == name);
        debug_assert!(place.is_some(), "{name} is not among what can be lost");
        self.0 |= place.map_or(0, |place| 1 << place);
    }

    /// All that either lacks.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether nothing is known to be lost.
    pub const fn is_nothing(self) -> bool {
        self.0 == 0
    }

    /// The name of a field that can be lost, as it was told before.
    pub fn known(name: &str) -> Option<&'static str> {
        NAMES.into_iter().find(|known| *known == name)
    }

    /// The names of what is lost.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES.into_iter().enumerate().filter(move |(place, _)| self.0 >> place & 1 == 1).map(|(_, name)| name)
    }
}
