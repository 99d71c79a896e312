//! A message in and its answer out allocate nothing. A loaded plugin has an allocator of its own,
//! which the counting one here does not see; so the handler is called both loaded (the host's part)
//! and linked through the test kit (the SDK and the handler).
#![allow(unsafe_code)] // a global allocator

#[path = "fixtures/recorder.rs"]
mod recorder;

use recorder::{built, crumb};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;
use wirebench::handler::{
    BatchMessage, FinishAs, Handler, Mailbox, Place, SendResult, Services, Token,
};
use wirebench::host::Library;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(work: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

/// Counts what is sent and finished, and allocates nothing itself.
#[derive(Default)]
struct Count {
    sent: u64,
    finished: u64,
}

impl Services for Count {
    fn send(&mut self, _: u32, _: Token, _: &[u8]) -> SendResult {
        self.sent += 1;
        SendResult::Sent
    }
    fn send_parts(&mut self, _: u32, _: Token, _: &[&[u8]]) -> SendResult {
        SendResult::Sent
    }
    fn send_payload(&mut self, _: u32, _: Token) -> SendResult {
        self.sent += 1;
        SendResult::Sent
    }
    fn payload(&mut self, _: Token) -> &[u8] {
        &[]
    }
    fn finish(&mut self, _: Token, _: FinishAs, _: &str) {
        self.finished += 1;
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

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
}

#[test]
fn a_message_through_a_loaded_plugin_allocates_nothing() {
    let library = Library::load(&built("echo")).unwrap();
    let side = &mut Count::default();
    let mut server = library.server(None, "{}", side, crumb()).unwrap();
    let mut client = library.client(None, "{}", side, crumb()).unwrap();
    let (mut there, mut here) = (server.open(side, 1).unwrap(), client.open(side, 1).unwrap());
    let counted = allocations(|| {
        for token in 1..=1000 {
            client.start(side, 1, &mut here, token).unwrap();
            server.message(side, 1, &mut there, token, b"hello").unwrap();
            client.message(side, 1, &mut here, token, b"hello").unwrap();
        }
    });
    assert_eq!((side.sent, side.finished), (2000, 1000));
    assert_eq!(counted, 0);
}

#[test]
fn messages_in_one_call_allocate_nothing_once_there_were_as_many() {
    let library = Library::load(&built("echo")).unwrap();
    let side = &mut Count::default();
    let mut server = library.server(None, "{}", side, crumb()).unwrap();
    let mut client = library.client(None, "{}", side, crumb()).unwrap();
    let (mut there, mut here) = (server.open(side, 1).unwrap(), client.open(side, 1).unwrap());
    let batch = [1, 2, 3, 4].map(|token| BatchMessage { token, bytes: b"hello" });
    let mut round = || {
        assert_eq!(client.starts(side, 1, &mut here, 1, 4), (4, Ok(())));
        assert_eq!(server.messages(side, 1, &mut there, &batch), (4, Ok(())));
        assert_eq!(client.messages(side, 1, &mut here, &batch), (4, Ok(())));
    };
    round();
    assert_eq!(allocations(|| (0..100).for_each(|_| round())), 0);
}

#[test]
fn a_message_through_the_sdk_allocates_nothing() {
    // Linked into this program, the handler and the SDK use the allocator above.
    let mut kit = wirebench_sdk::kit::server::<wirebench_echo::Echo>("{}").unwrap();
    kit.keep_sent(false);
    let session = kit.open().unwrap();
    let counted = allocations(|| {
        for token in 1..=1000 {
            kit.message(session, token, b"hello").unwrap();
        }
    });
    assert_eq!(kit.sent_count(), 1000);
    assert_eq!(counted, 0);
}
