//! With whom a call shares: the accounts that its parameters name, other than the one it is made in, and everybody.

use crate::aggregate::events::{EventRow, Place};
use crate::model::{members, takes_from_attribute};

/// Whom everybody is called.
pub(super) const EVERYBODY: &str = "everybody";

/// What stands for everybody in parameters, in JSON and in JSON within a text, without white space.
const OPEN: &[&str] = &[
    r#""principal":"*""#,
    r#""Principal":"*""#,
    r#""AWS":"*""#,
    r#"\"Principal\":\"*\""#,
    r#"\"AWS\":\"*\""#,
    r#""group":"all""#,
    r#""valuesToAdd":["all"]"#,
    "/global/AllUsers",
    "/global/AuthenticatedUsers",
];

/// Other accounts that the parameters of the call name, each once, and [`EVERYBODY`] where they open it to all.
pub(super) fn of(place: &Place, row: &EventRow, event: &str) -> Vec<String> {
    if serde_json::from_str(&row.record).is_ok_and(|record| takes_from_attribute(event, &record)) {
        return Vec::new();
    }
    let [parameters] = members(&row.record, ["requestParameters"]);
    let text = parameters.json();
    let mut found: Vec<String> = Vec::new();
    for number in text.split(|letter: char| !letter.is_ascii_digit()) {
        let is_other = number.len() == 12 && *number != *place.account_id;
        if is_other && !found.iter().any(|known| known == number) {
            found.push(number.to_owned());
        }
    }
    let dense: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let dense = dense.replace("\\n", "");
    if OPEN.iter().any(|mark| dense.contains(mark)) {
        found.push(EVERYBODY.to_owned());
    }
    found
}
