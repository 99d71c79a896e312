//! Framings that replace or check bytes, against the byte-wise decoder and encoder of the `cobs`
//! crate on the same message.
//!
//! Any bytes are the common case for them; text has nothing to replace, zeros alone are the worst.

use super::{BUFFER, build_framing};
use criterion::{BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use serde_json::json;
use std::hint::black_box;
use wirebench::framing::{Decoded, FrameWriter};

const SIZE: usize = 1 << 10;

const OURS: [(&str, &str, i64); 9] = [
    ("cobs", "", 0),
    ("cobs-crc32c", "", 0),
    ("slip", "", 0),
    ("delimiter-escaped", "", 0),
    ("hdlc", "fcs", 16),
    ("hdlc", "fcs", 32),
    ("magic-len-crc32c", "", 0),
    ("websocket", "", 0),
    ("len32be", "", 0),
];

/// One message of each kind.
fn payloads() -> [(&'static str, Vec<u8>); 3] {
    let mut state = 42_u64;
    let random = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    });
    [
        ("any bytes", random.take(SIZE).collect()),
        ("text", vec![b'x'; SIZE]),
        ("zeros", vec![0; SIZE]),
    ]
}

pub(crate) fn escapes(criterion: &mut Criterion) {
    for (name, message) in payloads() {
        for decode in [true, false] {
            let direction = if decode { "decode" } else { "encode" };
            let mut group = criterion.benchmark_group(format!("{direction} 1 KiB, {name}"));
            group.throughput(Throughput::Bytes((BUFFER / SIZE * SIZE) as u64));
            for (kind, key, value) in OURS {
                ours(&mut group, decode, kind, (key, value), &message);
            }
            theirs(&mut group, decode, &message);
            group.finish();
        }
    }
}

fn ours(
    group: &mut BenchmarkGroup<'_, WallTime>,
    decode: bool,
    kind: &str,
    (key, value): (&str, i64),
    message: &[u8],
) {
    let (id, settings) = match key {
        "" => (kind.to_owned(), json!({})),
        _ => (format!("{kind} {key} {value}"), json!({ key: value })),
    };
    let (mut framing, mut bytes) = (build_framing(kind, &settings), Vec::new());
    // What a client masks, a server reads.
    let mut client = super::client_framing(kind, &settings);
    let mut fill = |bytes: &mut Vec<u8>| {
        bytes.clear();
        for _ in 0..BUFFER / SIZE {
            let mut wire = FrameWriter::new(bytes, usize::MAX);
            client.encode(0, black_box(message), &mut wire).expect("it fits");
        }
    };
    fill(&mut bytes);
    if !decode {
        group.bench_function(id, |bencher| {
            bencher.iter(|| {
                fill(&mut bytes);
                black_box(&bytes);
            });
        });
        return;
    }
    let mut out = Decoded::default();
    group.bench_function(id, |bencher| {
        bencher.iter(|| {
            out.clear();
            framing.feed(0, black_box(&bytes), &mut out).expect("the stream is right");
            assert_eq!(black_box(&out).frames.len(), BUFFER / SIZE);
        });
    });
}

fn theirs(group: &mut BenchmarkGroup<'_, WallTime>, decode: bool, message: &[u8]) {
    let mut frame = vec![0; cobs::max_encoding_length(message.len())];
    let len = cobs::encode(message, &mut frame);
    frame.truncate(len);
    frame.push(0);
    let stream = frame.repeat(BUFFER / SIZE);
    group.bench_function("cobs crate", |bencher| {
        if !decode {
            let mut bytes = vec![0; stream.len() + SIZE];
            bencher.iter(|| {
                let mut at = 0;
                for _ in 0..BUFFER / SIZE {
                    at += cobs::encode(black_box(message), &mut bytes[at..]);
                    bytes[at] = 0;
                    at += 1;
                }
                black_box(&bytes);
            });
            return;
        }
        let mut decoded = vec![0; SIZE + 1];
        bencher.iter(|| {
            let mut rest = black_box(&stream[..]);
            let mut found = 0;
            while !rest.is_empty() {
                let report = cobs::decode(rest, &mut decoded).expect("the stream is right");
                black_box(&decoded);
                rest = &rest[report.parsed_size()..];
                found += 1;
            }
            assert_eq!(found, BUFFER / SIZE);
        });
    });
}
