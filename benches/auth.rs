//! Handshakes per second: what a challenge, its answer and its verdict cost in the two sides of the
//! auth handler, without sockets, beside the two codes that cannot be avoided.

#[path = "../tests/fixtures/recorder.rs"]
mod recorder;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use recorder::{Recorder, built, crumb};
use std::hint::black_box;
use wirebench::handler::Handler;
use wirebench::host::Library;

/// One session on each side; messages go to and fro without a socket.
fn handshakes(criterion: &mut Criterion) {
    let library = Library::load(&built("auth")).expect("the auth plugin loads");
    let mut group = criterion.benchmark_group("auth");
    group.throughput(Throughput::Elements(1));
    for mac in ["hmac-sha256", "hmac-md5"] {
        let config =
            format!(r#"{{"mac": "{mac}", "greet": false, "secret": {{"insecure": "k"}}}}"#);
        let (mut left, mut right) = (Recorder::default(), Recorder::default());
        let mut server = library.server(None, &config, &mut left, crumb()).expect("a server");
        let mut client = library.client(None, &config, &mut right, crumb()).expect("a client");
        let mut at = server.open(&mut left, 1).expect("it opens");
        let mut from = client.open(&mut right, 1).expect("it opens");
        let mut token = 0;
        group.bench_function(format!("handshake, {mac}"), |bencher| {
            bencher.iter(|| {
                token += 1;
                client.start(&mut right, 1, &mut from, token).expect("a request");
                while right.finished.is_empty() {
                    for (_, token, bytes) in std::mem::take(&mut right.sent) {
                        server.message(&mut left, 1, &mut at, token, &bytes).expect("it is heard");
                    }
                    for (_, token, bytes) in std::mem::take(&mut left.sent) {
                        client.message(&mut right, 1, &mut from, token, &bytes).expect("an answer");
                    }
                }
                // Nothing may pile up over millions of handshakes.
                black_box(&right.finished);
                right.finished.clear();
                right.timers.clear();
                left.counted.clear();
            });
        });
    }
    group.finish();
}

criterion_group!(benches, handshakes);
criterion_main!(benches);
