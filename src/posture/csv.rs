//! Rows of a CSV text, for the files of state that are CSV.

use csv_core::{ReadRecordResult, Reader};

/// The cells of every row, the header's first. A quote that never closes ends with the text.
pub(super) fn rows(csv: &str) -> Vec<Vec<String>> {
    let (mut reader, mut input) = (Reader::new(), csv.as_bytes());
    // No cell is longer than the text, and no row has more cells than it has bytes and one.
    let (mut cells, mut ends) = (vec![0; csv.len()], vec![0; csv.len() + 1]);
    let (mut rows, mut written, mut ended) = (Vec::new(), 0, 0);
    loop {
        let (result, taken, more, ends_more) = reader.read_record(input, &mut cells[written..], &mut ends[ended..]);
        input = &input[taken..];
        written += more;
        ended += ends_more;
        match result {
            // The next call, with nothing to read, ends the last row.
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::Record => {
                let starts = std::iter::once(0).chain(ends[..ended].iter().copied());
                let cell = |(from, to): (usize, &usize)| String::from_utf8_lossy(&cells[from..*to]).into_owned();
                rows.push(starts.zip(&ends[..ended]).map(cell).collect());
                (written, ended) = (0, 0);
            }
            ReadRecordResult::End | ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => return rows,
        }
    }
}
