//! Console sign-ins: how `ConsoleLogin` says whether it worked and whether MFA was used.

use super::Event;
use super::subdocument::{members, text};

/// How a `ConsoleLogin` ended. Of any other event this says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Whether the sign-in worked: `responseElements.ConsoleLogin` is `Success`. A failed one has an errorMessage and no
    /// errorCode, so the absence of an error code proves nothing.
    pub succeeded: bool,
    /// `additionalEventData.MFAUsed` (`Yes`, `No`, `YES`); `None` when absent or unknown.
    pub mfa_used: Option<bool>,
}

impl SignIn {
    /// Reads a sign-in from `event`, a `ConsoleLogin`.
    ///
    /// Source: CloudTrail user guide, "AWS Management Console sign-in events".
    pub fn of(event: &Event<'_>) -> Self {
        let [outcome] = members(event.response_elements, ["ConsoleLogin"]);
        let [mfa] = members(event.additional_event_data, ["MFAUsed"]);
        let mfa = text(mfa);
        let yes = mfa.eq_ignore_ascii_case("yes") || mfa.eq_ignore_ascii_case("true");
        let no = mfa.eq_ignore_ascii_case("no") || mfa.eq_ignore_ascii_case("false");
        Self { succeeded: text(outcome) == "Success", mfa_used: (yes || no).then_some(yes) }
    }
}
