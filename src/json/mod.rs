//! The JSON that CloudTrail writes, read without building values.
//!
//! Two speeds, one meaning: the fast path ([`fields`], [`blocks`]) borrows the raw text of the fields that are needed and
//! skips the rest; whatever it does not understand goes to the careful path ([`careful`], serde_json), which decides.

pub(crate) mod blocks;
pub(crate) mod careful;
pub(crate) mod fields;

use fields::Raw;

/// Calls `each` for the fields of the object that `raw` is, on the fast path where that will do; for none, when `raw` is
/// no object, and up to where it stops being JSON. A field may be given again by the careful path, with the same value.
pub(crate) fn each_field<'a>(raw: &'a str, each: &mut dyn FnMut(&str, Raw<'a>)) {
    if fields::each_field(raw, 0, &mut *each).is_err() {
        // The record as a whole was valid or is malformed; a part that is no object has no fields.
        let _ = careful::each_field(raw, |key, value| each(&key, value));
    }
}
