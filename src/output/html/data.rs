//! All rows of a table, packed into the page for the script: column by column, each distinct text once.
//!
//! A block of JSON that no browser runs: its type says so, and `<`, `>` and `&` are written as escapes, so that no text
//! of a log can end it. The script reads it as data and makes text of it, never markup.

use std::collections::HashMap;
use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::super::{Section, sanitize};
use super::cell::without_folder;
use crate::report::{Column, ColumnKind, Prominence, Role, Table, Value, address_text};

/// Columns that fit a page side by side, mostly.
const FIT: usize = 11;

/// Texts of a column by their order of appearance.
#[derive(Default)]
struct Dictionary {
    texts: Vec<String>,
    places: HashMap<String, usize>,
}

/// Writes the rows of a section.
pub(super) fn write(section: &Section, out: &mut dyn Write) -> io::Result<()> {
    let table = &section.table;
    let columns: Vec<Json> = (0..table.columns.len()).map(|i| column(table, i)).collect();
    let packed = json!({ "rows": table.rows.len(), "columns": columns }).to_string();
    let packed = packed.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    write!(out, "<script type=\"application/json\" id=\"data-{}\">{packed}</script>", table.report)
}

/// The columns that are shown before anybody asks: those of second prominence, and those of third where all of them fit.
pub(super) fn is_shown(table: &Table, column: &Column) -> bool {
    let up_to = |least| table.columns.iter().filter(|column| column.prominence <= least).count();
    let least = if up_to(Prominence::Third) <= FIT { Prominence::Third } else { Prominence::Second };
    table.chosen || column.prominence <= least
}

fn column(table: &Table, index: usize) -> Json {
    let column = &table.columns[index];
    let mut texts = Dictionary::default();
    let mut packed = |value: &Value| match value {
        Value::Text(file) if column.role == Some(Role::File) => json!(texts.place(without_folder(file))),
        value => pack(value, &mut texts),
    };
    let packed: Vec<Json> = table.rows.iter().map(|row| packed(&row[index])).collect();
    json!({
        "name": column.name,
        "kind": column.kind,
        "role": column.role.and_then(role),
        "shown": is_shown(table, column),
        "texts": texts.texts,
        "values": packed,
    })
}

/// A text as its place in the dictionary, a list as those of its members, counts as place and count in turn, a time in
/// milliseconds.
fn pack(value: &Value, texts: &mut Dictionary) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Text(text) => json!(texts.place(text)),
        Value::Severity(severity) => json!(texts.place(severity.as_str())),
        Value::Address(address) => json!(texts.place(&address_text(address))),
        Value::Count(count) => json!(count),
        Value::Time(time) => json!(time.0.div_euclid(1000)),
        Value::List(members) => members.iter().map(|member| texts.place(member)).collect(),
        Value::Addresses(members) => members.iter().map(|member| texts.place(&address_text(member))).collect(),
        Value::NamedCounts(counts) => {
            counts.iter().flat_map(|(name, count)| [json!(texts.place(name)), json!(count)]).collect()
        }
    }
}

impl Dictionary {
    /// Where the text stands, as it is shown.
    fn place(&mut self, text: &str) -> usize {
        let shown = sanitize(text);
        if let Some(&place) = self.places.get(&*shown) {
            return place;
        }
        let place = self.texts.len();
        self.texts.push(shown.clone().into_owned());
        self.places.insert(shown.into_owned(), place);
        place
    }
}

/// The word that the script knows a column by that it colours and sorts by what its values mean.
const fn role(role: Role) -> Option<&'static str> {
    match role {
        Role::Severity => Some("severity"),
        _ => None,
    }
}

/// The word that the script knows a kind of column by.
pub(super) const fn kind(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "text",
        ColumnKind::Id => "id",
        ColumnKind::Count => "count",
        ColumnKind::Time => "time",
        ColumnKind::List => "list",
        ColumnKind::NamedCounts => "named-counts",
    }
}
