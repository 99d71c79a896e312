//! One message through the plugin boundary, in and out, beside the same work as a direct call.
//!
//! The side is as small as can be: what is measured is the boundary, not what stands behind it.

#[path = "../tests/fixtures/recorder.rs"]
mod recorder;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use recorder::{built, crumb};
use std::hint::black_box;
use std::sync::Arc;
use wirebench::handler::{FinishAs, Handler, Mailbox, Place, SendResult, Services, Token};
use wirebench::host::Library;

/// Adds up what is sent.
#[derive(Default)]
struct Sum {
    messages: u64,
    bytes: u64,
}

impl Services for Sum {
    #[inline]
    fn send(&mut self, _: u32, token: Token, message: &[u8]) -> SendResult {
        self.messages += 1;
        self.bytes += message.len() as u64 ^ token;
        SendResult::Sent
    }
    fn send_parts(&mut self, _: u32, _: Token, _: &[&[u8]]) -> SendResult {
        SendResult::Sent
    }
    fn send_payload(&mut self, _: u32, _: Token) -> SendResult {
        SendResult::Sent
    }
    fn payload(&mut self, _: Token) -> &[u8] {
        &[]
    }
    fn finish(&mut self, token: Token, _: FinishAs, _: &str) {
        self.messages += 1;
        self.bytes ^= token;
    }
    fn close(&mut self, _: u32) {}
    fn set_timer(&mut self, _: u32, _: u64, _: u64) {}
    fn sessions(&mut self, _: &mut dyn FnMut(u32)) {}
    fn now(&mut self) -> u64 {
        0
    }
    fn log(&mut self, _: u32, _: &str) {}
    fn count(&mut self, _: &str, _: u64, _: &str) {}
    fn place(&mut self, _: Place) -> Option<&std::path::Path> {
        None
    }
    fn random(&mut self) -> u64 {
        0
    }
    fn mailbox(&mut self) -> Mailbox {
        Arc::new(|_, _| {})
    }
}

/// The echo server as a plain function that cannot be inlined.
#[inline(never)]
fn echo(side: &mut Sum, session: u32, token: Token, message: &[u8]) -> SendResult {
    side.send(session, token, message)
}

fn plugin_call(criterion: &mut Criterion) {
    let library = Library::load(&built("echo")).expect("the echo plugin loads");
    let message = [7_u8; 64];
    let mut group = criterion.benchmark_group("plugin-call");
    group.throughput(Throughput::Elements(1));

    let mut side = Sum::default();
    let mut token = 0;
    group.bench_function("direct call", |bencher| {
        bencher.iter(|| {
            token += 1;
            echo(black_box(&mut side), 1, token, black_box(&message))
        });
    });

    let mut side = Sum::default();
    let mut server = library.server(None, "{}", &mut side, crumb()).expect("it takes no settings");
    let mut session = server.open(&mut side, 1).expect("it opens");
    group.bench_function("message in, send out", |bencher| {
        bencher.iter(|| {
            token += 1;
            server.message(black_box(&mut side), 1, &mut session, token, black_box(&message))
        });
    });

    let mut client = library.client(None, "{}", &mut side, crumb()).expect("it takes no settings");
    let mut session = client.open(&mut side, 1).expect("it opens");
    group.bench_function("message in, finish out", |bencher| {
        bencher.iter(|| {
            token += 1;
            client.message(black_box(&mut side), 1, &mut session, token, black_box(&message))
        });
    });
    group.finish();
}

criterion_group!(benches, plugin_call);
criterion_main!(benches);
