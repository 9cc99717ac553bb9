//! A rollup in one file of which bytes are changed, with its sums put right again: read, refused, and never more.
#![no_main]

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use trailscan::aggregate::AGGREGATES;
use trailscan::filter::Filters;
use trailscan::input::{DayRange, Input, list};
use trailscan::rollup::{self, NewRollup, Rollup};
use trailscan::scan::rollup::{Asked, Rolled, roll_up};
use trailscan::scan::{Limits, Meter, ScanRequest};
use trailscan_fuzz::with_file;

/// TSROLLUP and the version, before the first block.
const HEAD: usize = 12;
/// The lengths of the index, its digest and TSROLLUP, behind it.
const TAIL: usize = 8 + 8 + 32 + 8;
/// Number of bytes of the input that say one change.
const CHANGE: usize = 4;

/// A rollup, unpacked.
struct Unpacked {
    head: Vec<u8>,
    blocks: Vec<Vec<u8>>,
    index: Value,
}

static ALL: LazyLock<Filters> = LazyLock::new(Filters::default);
static BASE: LazyLock<Unpacked> = LazyLock::new(|| Unpacked::of(&rolled_up()));

fn asked() -> Asked<'static> {
    Asked { window: None, days: DayRange::ALL, filters: &ALL }
}

/// The rollup of a few small objects.
fn rolled_up() -> Vec<u8> {
    let (stop, meter) = (AtomicBool::new(false), Meter::default());
    let logs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample-logs/signed/AWSLogs");
    let request = ScanRequest {
        listing: list(&[Input::Path(logs)], DayRange::ALL, &stop),
        source: None,
        window: None,
        now: None,
        filters: &ALL,
        aggregates: AGGREGATES,
        threads: NonZeroUsize::MIN,
        dedupe: true,
        limits: Limits::default(),
        stop: &stop,
        meter: &meter,
        verify: None,
    };
    let (rolled, outcome) = roll_up(request, Rolled::new(AGGREGATES), &asked()).expect("the logs are read");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("base.rollup");
    let to = NewRollup::create(&path, false).expect("it can be begun");
    rollup::write(&rolled, (&outcome.coverage, true), to).expect("it can be written");
    std::fs::read(path).expect("it is there")
}

impl Unpacked {
    fn of(file: &[u8]) -> Self {
        let tail = &file[file.len() - TAIL..];
        let number = |at: usize| u64::from_le_bytes(tail[at..at + 8].try_into().expect("eight bytes")) as usize;
        let (packed, unpacked) = (number(0), number(8));
        let index = &file[file.len() - TAIL - packed..file.len() - TAIL];
        let index = zstd::bulk::decompress(index, unpacked).expect("an index");
        let index: Value = serde_json::from_slice(&index).expect("an index of JSON");
        let blocks = index["blocks"].as_array().expect("blocks").iter().map(|block| {
            let number = |name: &str| block[name].as_u64().expect("a number") as usize;
            let (at, bytes) = (number("at"), number("bytes"));
            zstd::bulk::decompress(&file[at..at + bytes], number("raw")).expect("a block")
        });
        Self { head: file[..HEAD].to_vec(), blocks: blocks.collect(), index: index.clone() }
    }

    /// The file, with changes to its blocks, or to its index.
    fn packed(&self, changes: &[u8]) -> Vec<u8> {
        let mut blocks = self.blocks.clone();
        let mut file = self.head.clone();
        let mut of_index = Vec::new();
        for change in changes.chunks_exact(CHANGE) {
            let (place, at, byte) = (usize::from(change[0]), u16::from_le_bytes([change[1], change[2]]), change[3]);
            if place == 255 {
                of_index.push((usize::from(at), byte));
                continue;
            }
            let count = blocks.len();
            let block = &mut blocks[place % count];
            // Blocks are longer than what two bytes reach: the place says the rest.
            let at = (place / count << 16 | usize::from(at)) % block.len();
            block[at] = byte;
        }
        let mut index = self.index.clone();
        for (raw, entry) in blocks.iter().zip(index["blocks"].as_array_mut().expect("blocks")) {
            let packed = zstd::bulk::compress(raw, 1).expect("it can be packed");
            (entry["at"], entry["bytes"]) = (json!(file.len()), json!(packed.len()));
            (entry["raw"], entry["sha256"]) = (json!(raw.len()), json!(hexadecimal(&Sha256::digest(&packed))));
            file.extend(packed);
        }
        let mut index = index.to_string().into_bytes();
        for (at, byte) in of_index {
            let at = at % index.len();
            index[at] = byte;
        }
        let packed = zstd::bulk::compress(&index, 1).expect("it can be packed");
        file.extend(&packed);
        file.extend((packed.len() as u64).to_le_bytes());
        file.extend((index.len() as u64).to_le_bytes());
        file.extend(Sha256::digest(&packed));
        file.extend(&self.head[..8]);
        file
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fuzz_target!(|changes: &[u8]| {
    with_file(&BASE.packed(changes), |path| {
        let opened = match Rollup::open(path) {
            Ok(opened) => opened,
            Err(_) if !changes.is_empty() => return,
            Err(error) => panic!("nothing was changed: {error}"),
        };
        let _ = rollup::answer(&[opened], AGGREGATES, &asked());
    });
});
