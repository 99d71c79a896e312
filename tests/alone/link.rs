//! A link of one side alone: what it did is told, and what takes two sides is refused.

use crate::harness::Bench;
use crate::support::{Serve, drive_echo};

#[test]
fn both_sides_say_what_their_link_did_and_not_what_came_of_it() {
    let bench = Bench::new();
    let serve = Serve::echo(
        &bench,
        "len32be",
        &["--sessions", "1", "--set", "link.reply={pieces=\"10 B\",lock-step=false}"],
    );
    let link = "link.request={pieces=\"10 B\",lock-step=false}";
    let more = ["--messages", "2", "--payload", "16 B", "--set", link];
    let driven = drive_echo(&bench, &serve.address, "len32be", &more);
    assert_eq!(driven.code, Some(0), "{driven}");
    // Twice twenty bytes: cut at ten and at thirty, and between the frames, where a write ends anyway.
    let told = "link       2 cut in what was sent\n";
    assert!(driven.stdout.contains(told) && !driven.stdout.contains("trace"), "{driven}");
    let served = serve.wait();
    assert!(served.stdout.contains(told) && !served.stdout.contains("trace"), "{served}");
}

#[test]
fn lock_step_needs_the_other_side_and_is_refused_with_what_to_do() {
    let bench = Bench::new();
    let more = ["--messages", "1", "--set", "link.request.pieces=1 B"];
    let ran = drive_echo(&bench, "127.0.0.1:9", "len32be", &more);
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("--set link.request.lock-step=false"), "{ran}");
    let ran = bench.start(&[
        "serve",
        "--handler",
        "echo",
        "--framing",
        "len32be",
        "--set",
        "link.reply.pieces=1 B",
        "--plugin-dir",
        crate::harness::plugin_folder(),
    ]);
    let ran = ran.wait();
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("--set link.reply.lock-step=false"), "{ran}");
}
