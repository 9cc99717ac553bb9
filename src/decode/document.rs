//! What became of a document.

/// How a document ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Read to its end.
    Whole,
    /// It stops in the middle of a record or envelope; what came before was given to the sink.
    Cut,
    /// It is not JSON.
    NotJson,
}

/// What became of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document {
    /// How it ended.
    pub ending: Ending,
    /// Whether it was an envelope or array of records, even an empty one.
    pub envelope: bool,
    /// Whether something that is not JSON came before it.
    pub is_late: bool,
    /// Whether it is not JSON, and consists of records all the same.
    pub has_records: bool,
    /// Whether it says itself that it is not all: a page of several, or a query that has not ended.
    pub is_unfinished: bool,
}
