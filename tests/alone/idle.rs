//! Sessions in which nothing happens end, where that is asked for.

use crate::harness::Bench;
use crate::support::{Serve, read_frame, write_frame};
use std::io::{Read, Write};

#[test]
fn who_says_nothing_more_is_ended_and_told() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "len32be", &["--idle-timeout", "80ms"]);
    let mut silent = serve.connect();
    let mut partial = serve.connect();
    partial.write_all(&[0, 0, 0, 9, b'x']).expect("it reads");
    for peer in [&mut silent, &mut partial] {
        assert_eq!(peer.read(&mut [0; 8]).expect("it ends"), 0);
    }
    let ran = serve.end();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("idle 2, first: session "), "{ran}");
    assert!(ran.stdout.contains("for 80 ms (`--idle-timeout`)"), "{ran}");
}

#[test]
fn who_says_something_now_and_then_is_kept() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "len32be", &["--idle-timeout", "2s"]);
    let mut peer = serve.connect();
    for _ in 0..4 {
        write_frame(&mut peer, b"here");
        assert!(read_frame(&mut peer).is_some());
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let ran = serve.end();
    assert!(!ran.stdout.contains("idle"), "{ran}");
}

#[test]
fn without_a_time_nobody_is_ended_for_being_silent() {
    let bench = Bench::new();
    let serve = Serve::echo(&bench, "len32be", &[]);
    let mut peer = serve.connect();
    std::thread::sleep(std::time::Duration::from_millis(300));
    write_frame(&mut peer, b"still here");
    assert!(read_frame(&mut peer).is_some());
    let ran = serve.end();
    assert!(!ran.stdout.contains("idle"), "{ran}");
}
