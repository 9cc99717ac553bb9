//! What each step of a scan adds: inflate, + scan, + dedupe, + observe. One thread, everything in memory.
//!
//! `cargo bench --bench ladder`. Throughput is in bytes of JSON. What a whole process costs, disk and threads
//! included, is `ratios.py`.

mod corpus;

use std::hint::black_box;

use ahash::RandomState;
use corpus::Corpus;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use libdeflater::Decompressor;
use trailscan::aggregate::{AGGREGATES, State};
use trailscan::decode::{Aside, Decoder, Inflater, Sink};
use trailscan::filter::{Announced, Dedupe, Sighting};
use trailscan::model::Event;

const MAX_RECORD_BYTES: usize = 64 << 20;
const MAX_OBJECT_BYTES: usize = 1 << 30;

/// Counts events, and hands them on as far as the rung goes.
#[derive(Default)]
struct Rung {
    events: u64,
    dedupe: Option<Dedupe>,
    state: Option<State>,
}

impl Sink for Rung {
    type Note = Option<Announced>;

    fn coming(&mut self, event_id: &str, recipient_account_id: &str) -> Self::Note {
        self.dedupe.as_ref().map(|dedupe| dedupe.announce(event_id, recipient_account_id))
    }

    fn event(&mut self, event: &Event<'_>, fingerprint: u64, announced: Self::Note) {
        self.events += 1;
        let sighting = |dedupe: &Dedupe| dedupe.see(event, fingerprint, announced);
        let seen = self.dedupe.as_ref().map_or(Sighting::New, sighting);
        if let Some(state) = &mut self.state {
            state.remember(event);
            if seen == Sighting::New {
                state.observe(event);
            }
        }
    }

    fn broken_part(&mut self) {
        panic!("the corpus has no broken records");
    }

    fn malformed(&mut self) {
        panic!("the corpus has no malformed records");
    }

    fn aside(&mut self, kind: Aside) {
        panic!("the corpus has no {}", kind.as_str());
    }
}

/// libdeflate alone, into a buffer that is large enough: the limit.
fn inflate(corpus: &Corpus) -> usize {
    let (mut decompressor, mut buffer) = (Decompressor::new(), vec![0; 16 << 20]);
    corpus.members.iter().map(|m| decompressor.gzip_decompress(m, &mut buffer).expect("a good member")).sum()
}

fn scan(corpus: &Corpus, mut rung: Rung) -> Rung {
    let (mut inflater, mut decoder) = (Inflater::default(), Decoder::new(RandomState::with_seed(1), MAX_RECORD_BYTES));
    for member in &corpus.members {
        let json = inflater.whole(member, MAX_OBJECT_BYTES).expect("a good member");
        decoder.document(simdutf8::basic::from_utf8(json).expect("UTF-8"), &mut rung);
    }
    assert_eq!(rung.events, corpus.events);
    rung
}

fn ladder(criterion: &mut Criterion) {
    let corpus = Corpus::new(1, 64, 250);
    assert_eq!(inflate(&corpus) as u64, corpus.json_bytes);
    let mut group = criterion.benchmark_group("ladder");
    group.throughput(Throughput::Bytes(corpus.json_bytes)).sample_size(20);
    group.bench_function("inflate", |b| b.iter(|| black_box(inflate(&corpus))));
    group.bench_function("inflate + scan", |b| b.iter(|| black_box(scan(&corpus, Rung::default()).events)));
    group.bench_function("inflate + scan + dedupe", |b| {
        b.iter(|| black_box(scan(&corpus, Rung { dedupe: Some(Dedupe::default()), ..Rung::default() }).dedupe));
    });
    group.bench_function("inflate + scan + dedupe + observe", |b| {
        let rung = || Rung { dedupe: Some(Dedupe::default()), state: Some(State::new(AGGREGATES)), ..Rung::default() };
        b.iter(|| black_box(scan(&corpus, rung()).state));
    });
    group.finish();
}

criterion_group!(benches, ladder);
criterion_main!(benches);
