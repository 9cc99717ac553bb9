//! What an action does at most, as AWS classes it.

/// The access level of an action, the gravest first.
///
/// Source: IAM user guide, "Understanding access level summaries within policy summaries".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccessLevel {
    /// It grants or takes permissions.
    PermissionsManagement,
    /// It makes, changes or deletes.
    Write,
    /// It changes tags.
    Tagging,
    /// It reads contents and attributes.
    Read,
    /// It lists what there is.
    List,
}

impl AccessLevel {
    /// In AWS's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PermissionsManagement => "Permissions management",
            Self::Write => "Write",
            Self::Tagging => "Tagging",
            Self::Read => "Read",
            Self::List => "List",
        }
    }

    /// That of a letter of the table.
    pub(super) const fn of_letter(letter: char) -> Option<Self> {
        match letter {
            'P' => Some(Self::PermissionsManagement),
            'W' => Some(Self::Write),
            'T' => Some(Self::Tagging),
            'R' => Some(Self::Read),
            'L' => Some(Self::List),
            _ => None,
        }
    }
}
