//! What encoding and decoding one message costs, against the codecs of tokio-util in the same run.
//!
//! One iteration handles a batch of messages as large as a read buffer (64 KiB, or one message);
//! throughput is in messages. Both sides are driven as their event loops drive them: ours by one
//! `feed` of the whole buffer, a codec by `decode` until it asks for more. Compare ratios of one
//! run: absolute times move with the machine.

// Criterion's macros generate undocumented items.
#![allow(missing_docs)]

#[path = "framing/escapes.rs"]
mod escapes;

use bytes::{Bytes, BytesMut};
use criterion::{BatchSize, BenchmarkGroup, Criterion, Throughput, measurement::WallTime};
use criterion::{criterion_group, criterion_main};
use serde_json::{Value, json};
use std::hint::black_box;
use std::time::Duration;
use tokio_util::codec::{AnyDelimiterCodec, Decoder, Encoder, LengthDelimitedCodec, LinesCodec};
use wirebench::framing::{Decoded, FrameWriter, Framing, FramingSpec, Role, build};

const SIZES: [usize; 4] = [16, 64, 1 << 10, 64 << 10];
const BUFFER: usize = 64 << 10;

fn framing(kind: &str, size: usize) -> Box<dyn Framing> {
    let settings = if kind == "fixed" { json!({ "size": size + 4 }) } else { json!({}) };
    build_framing(kind, &settings)
}

fn build_framing(kind: &str, settings: &Value) -> Box<dyn Framing> {
    one_end(kind, settings, Role::Server)
}

fn client_framing(kind: &str, settings: &Value) -> Box<dyn Framing> {
    one_end(kind, settings, Role::Client)
}

fn one_end(kind: &str, settings: &Value, role: Role) -> Box<dyn Framing> {
    let settings = settings.as_object().cloned().unwrap_or_default();
    let spec = FramingSpec::parse(kind, settings).expect("the settings are right");
    build(&spec, role).expect("a parsed specification can be built")
}

fn messages(size: usize) -> (Vec<u8>, usize) {
    (vec![b'x'; size], (BUFFER / size).max(1))
}

/// The frames of one batch.
fn stream(kind: &str, size: usize) -> Vec<u8> {
    let (message, count) = messages(size);
    let mut framing = framing(kind, size);
    let mut bytes = Vec::new();
    for _ in 0..count {
        framing
            .encode(0, &message, &mut FrameWriter::new(&mut bytes, usize::MAX))
            .expect("it fits");
    }
    bytes
}

fn ours(group: &mut BenchmarkGroup<'_, WallTime>, decode: bool, kind: &str, size: usize) {
    let (message, count) = messages(size);
    let mut framing = framing(kind, size);
    let id = format!("{kind}/{size}");
    if decode {
        let (input, mut out) = (stream(kind, size), Decoded::default());
        group.bench_function(id, |bencher| {
            bencher.iter(|| {
                out.clear();
                framing.feed(0, black_box(&input), &mut out).expect("the stream is right");
                assert_eq!(black_box(&out).frames.len(), count);
            });
        });
    } else {
        let mut bytes = Vec::new();
        group.bench_function(id, |bencher| {
            bencher.iter(|| {
                bytes.clear();
                for _ in 0..count {
                    let mut wire = FrameWriter::new(&mut bytes, usize::MAX);
                    framing.encode(0, black_box(&message), &mut wire).expect("it fits");
                }
                black_box(&bytes);
            });
        });
    }
}

/// A codec on the same bytes; `item` makes what its encoder takes (without copying).
fn theirs<C, I>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    decode: bool,
    name: &str,
    kind: &str,
    size: usize,
    mut codec: C,
    item: impl Fn() -> I,
) where
    C: Decoder + Encoder<I>,
    <C as Decoder>::Error: std::fmt::Debug,
    <C as Encoder<I>>::Error: std::fmt::Debug,
{
    let (_, count) = messages(size);
    let id = format!("tokio-util {name}/{size}");
    if decode {
        let input = stream(kind, size);
        group.bench_function(id, |bencher| {
            bencher.iter_batched_ref(
                || BytesMut::from(input.as_slice()),
                |buffer| {
                    let mut found = 0;
                    while let Some(message) = codec.decode(buffer).expect("the stream is right") {
                        black_box(message);
                        found += 1;
                    }
                    assert_eq!(found, count);
                },
                BatchSize::SmallInput,
            );
        });
    } else {
        let mut buffer = BytesMut::new();
        group.bench_function(id, |bencher| {
            bencher.iter(|| {
                buffer.clear();
                for _ in 0..count {
                    codec.encode(black_box(item()), &mut buffer).expect("it fits");
                }
                black_box(&buffer);
            });
        });
    }
}

fn compare(criterion: &mut Criterion, decode: bool) {
    let mut group = criterion.benchmark_group(if decode { "decode" } else { "encode" });
    for size in SIZES {
        let (message, count) = messages(size);
        group.throughput(Throughput::Elements(count as u64));
        // Static bytes are cloned without counting references.
        let bytes = Bytes::from_static(message.clone().leak());
        let text = String::from_utf8(message).expect("the message is text");

        for kind in ["len32be", "varint", "netstring", "line", "delimiter", "fixed"] {
            ours(&mut group, decode, kind, size);
        }
        if size == 64 {
            let in_text = ["json-header", "resp-bulk", "content-length", "chunked"];
            for kind in ["len64le", "grpc", "record-marking"].into_iter().chain(in_text) {
                ours(&mut group, decode, kind, size);
            }
        }
        let length = LengthDelimitedCodec::new();
        theirs(&mut group, decode, "length", "len32be", size, length, || bytes.clone());
        theirs(&mut group, decode, "lines", "line", size, LinesCodec::new(), || text.as_str());
        let delimiter = AnyDelimiterCodec::new(vec![0], vec![0]);
        theirs(&mut group, decode, "delimiter", "delimiter", size, delimiter, || text.as_str());
    }
    group.finish();
}

fn decode(criterion: &mut Criterion) {
    compare(criterion, true);
}

fn encode(criterion: &mut Criterion) {
    compare(criterion, false);
}

fn short() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(150))
        .measurement_time(Duration::from_millis(400))
        .without_plots()
}

criterion_group! { name = benches; config = short(); targets = decode, encode, escapes::escapes }
criterion_main!(benches);
