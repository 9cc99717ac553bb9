//! Column batches in few bytes: each number as the difference to the one above it, each text by its place in a list that
//! all tables of a block share.

use std::sync::Arc;

use indexmap::IndexSet;

use crate::aggregate::{Batch, Cells};
use crate::rollup::bytes::{Bytes, put, unzigzag, zigzag};

/// All cells of the column are alike: one of them is written.
const CONSTANT: u8 = 1 << 2;
/// Some cells are null: a bit a row says which are not.
const HAS_NULLS: u8 = 1 << 3;
/// What the numbers of a column may be counted in: times are mostly whole seconds.
const UNITS: [i64; 3] = [1, 1_000, 1_000_000];
/// The bits that name one of them.
const UNIT: u8 = 0b11;

/// Texts of a block, each once.
pub(super) type Texts = IndexSet<String, ahash::RandomState>;

/// Appends the columns of a batch, of which a reader knows names and types.
pub(super) fn put_columns(out: &mut Vec<u8>, batch: &Batch, texts: &mut Texts) {
    for (_, cells) in &batch.columns {
        match cells {
            Cells::Int(cells) => put_numbers(out, cells, &UNITS),
            Cells::Text(cells) => {
                let mut place = |text: &str| match texts.get_index_of(text) {
                    Some(place) => place,
                    None => texts.insert_full(text.to_owned()).0,
                };
                let places: Vec<Option<i64>> =
                    cells.iter().map(|cell| cell.as_ref().map(|text| place(text) as i64)).collect();
                put_numbers(out, &places, &UNITS[..1]);
            }
        }
    }
}

/// Reads the columns of so many rows into a batch that has no rows. `None` where the bytes are no such columns.
pub(super) fn read_columns(bytes: &mut Bytes<'_>, mut batch: Batch, rows: usize, texts: &[Arc<str>]) -> Option<Batch> {
    for (_, cells) in &mut batch.columns {
        let numbers = read_numbers(bytes, rows)?;
        match cells {
            Cells::Int(cells) => *cells = numbers,
            Cells::Text(cells) => {
                let text = |place: i64| usize::try_from(place).ok().and_then(|place| texts.get(place));
                let text = |cell: Option<i64>| match cell {
                    Some(place) => text(place).cloned().map(Some),
                    None => Some(None),
                };
                *cells = numbers.into_iter().map(text).collect::<Option<_>>()?;
            }
        }
    }
    Some(batch)
}

fn put_numbers(out: &mut Vec<u8>, cells: &[Option<i64>], units: &[i64]) {
    let is_whole = |unit: i64| cells.iter().flatten().all(|number| number % unit == 0);
    let unit = (0..units.len()).rev().find(|&unit| is_whole(units[unit])).unwrap_or_default();
    let is_constant = cells.windows(2).all(|pair| pair[0] == pair[1]);
    let cells = if is_constant { &cells[..cells.len().min(1)] } else { cells };
    let has_nulls = cells.iter().any(Option::is_none);
    let flag = |is: bool, flag: u8| if is { flag } else { 0 };
    out.push(unit as u8 | flag(is_constant, CONSTANT) | flag(has_nulls, HAS_NULLS));
    if has_nulls {
        let bits =
            |cells: &[Option<i64>]| cells.iter().rev().fold(0, |bits, cell| bits << 1 | u8::from(cell.is_some()));
        out.extend(cells.chunks(8).map(bits));
    }
    let mut above: i64 = 0;
    for number in cells.iter().flatten().map(|number| number / units[unit]) {
        put(out, zigzag(number.wrapping_sub(above)));
        above = number;
    }
}

fn read_numbers(bytes: &mut Bytes<'_>, rows: usize) -> Option<Vec<Option<i64>>> {
    let flags = bytes.byte()?;
    let unit = *UNITS.get(usize::from(flags & UNIT))?;
    let is_constant = flags & CONSTANT != 0;
    let written = if is_constant { rows.min(1) } else { rows };
    let nulls = if flags & HAS_NULLS == 0 { None } else { Some(bytes.take(written.div_ceil(8))?) };
    // A number has a byte at least, so that what a damaged length asks for is bounded by what is there.
    let mut cells = Vec::with_capacity(written.min(bytes.0.len().saturating_mul(8)));
    let mut above: i64 = 0;
    for row in 0..written {
        if nulls.is_some_and(|bits| bits[row / 8] >> (row % 8) & 1 == 0) {
            cells.push(None);
            continue;
        }
        above = above.wrapping_add(unzigzag(bytes.number()?));
        cells.push(Some(above.checked_mul(unit)?));
    }
    match (is_constant, cells.first()) {
        (true, Some(&cell)) => Some(vec![cell; rows]),
        _ => Some(cells),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells() -> impl Strategy<Value = Vec<Option<i64>>> {
        let time = (0..2_000_000_000_i64).prop_map(|seconds| seconds * 1_000_000);
        let number = prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), 0..3_i64, time];
        prop_oneof![
            prop::collection::vec(prop::option::of(number), 20),
            (0..2_000_000_000_i64).prop_map(|seconds| vec![Some(seconds * 1_000_000); 20]),
            Just(vec![None; 20]),
        ]
    }

    proptest! {
        #[test]
        fn columns_come_back(numbers in cells(), times in cells(), names in prop::collection::vec(prop::option::of("[ab]{0,2}".prop_map(Arc::from)), 20)) {
            let batch = Batch {
                table: "t".to_owned(),
                columns: vec![
                    ("n".to_owned(), Cells::Int(numbers)),
                    ("t".to_owned(), Cells::Int(times)),
                    ("x".to_owned(), Cells::Text(names)),
                ],
            };
            let (mut out, mut texts) = (Vec::new(), Texts::default());
            put_columns(&mut out, &batch, &mut texts);
            let empty = Batch::new("t").ints("n", []).ints("t", []).texts("x", []);
            let texts: Vec<Arc<str>> = texts.iter().map(|text| text.as_str().into()).collect();
            let mut bytes = Bytes(&out);
            prop_assert_eq!(read_columns(&mut bytes, empty.clone(), 20, &texts), Some(batch));
            prop_assert!(bytes.0.is_empty());
            for cut in 0..out.len() {
                prop_assert_eq!(read_columns(&mut Bytes(&out[..cut]), empty.clone(), 20, &texts), None);
            }
        }
    }

    #[test]
    fn a_length_that_is_not_there_reserves_nothing() {
        assert_eq!(read_numbers(&mut Bytes(&[0, 1, 1]), usize::MAX / 16), None);
    }
}
