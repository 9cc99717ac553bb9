//! From compressed bytes to events: inflate, find the records, read their fields. No meaning.
//!
//! The only door for compressed bytes. Two speeds, one meaning: the fast path borrows the few fields that are needed and
//! skips the rest; whatever it does not understand goes to the careful path, which decides (see the module `json`). A
//! property test holds the two equal on every valid record.

mod archive;
mod athena;
mod columns;
mod decoder;
mod document;
mod foreign;
mod identity;
mod inflate;
mod known;
mod nested;
mod ocsf;
#[cfg(feature = "columnar")]
mod parquet;
#[cfg(not(feature = "columnar"))]
#[path = "no_parquet.rs"]
mod parquet;
mod parts;
#[cfg(test)]
mod paths;
mod record;
mod rows;
mod said;
mod seek;
mod shape;
mod structs;
mod table;
mod text;
mod unfinished;
mod utf_16;
mod walk;
mod wrapped;

pub use archive::{Archive, ArchiveKind};
pub use decoder::{Aside, Decoder, Fingerprint, Sink};
pub use document::{Document, Ending};
pub use foreign::{HEAD, foreign, has_own_columns, markup};
pub use inflate::{Compression, InflateError, Inflater, JsonReader, is_plain};
pub use ocsf::{Lost, other_ocsf};
pub use parts::{Part, PartLayout, Parts, PartsEnd};
pub use table::is_table;
pub use text::TextReader;
