//! The loops in C that `benches/hot_path.rs` compares with: they build without a warning, each gives a
//! rate, and what they are told wrongly they refuse.

#[path = "../benches/reference/mod.rs"]
mod reference;

use reference::{LOOPS, Loops};
use std::path::Path;
use std::sync::LazyLock;

/// Long enough for an exchange on a busy machine.
const SHORT: &str = "--warmup-ms 20 --duration-ms 50";

static BUILT: LazyLock<Loops> =
    LazyLock::new(|| Loops::build(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("reference_loops")));

#[test]
fn each_loop_gives_a_rate_in_every_shape_that_the_bench_plays() {
    for (name, options) in [
        ("stream", "--in-flight 1"),
        ("stream", "--in-flight 256"),
        ("stream", "--in-flight 1 --wait spin"),
        ("stream", "--in-flight 1 --transport unix"),
        ("stream", "--in-flight 64 --payload 1024"),
        ("datagrams", "--in-flight 1"),
        ("epoll", "--connections 64 --in-flight 16"),
        ("epoll", "--connections 300 --in-flight 1"),
        ("compare", "--in-flight 64 --payload 16384"),
    ] {
        let rate = BUILT.play(name, &format!("{SHORT} {options}"));
        assert!(rate.as_ref().is_ok_and(|rate| *rate > 0.0), "{name} {options}: {rate:?}");
    }
}

#[test]
fn the_loop_by_io_uring_gives_a_rate_or_says_that_the_kernel_forbids_it() {
    for transport in ["tcp", "unix"] {
        match BUILT.play("uring", &format!("{SHORT} --in-flight 1 --transport {transport}")) {
            Ok(rate) => assert!(rate > 0.0, "{transport}: {rate}"),
            Err(why) => assert!(why.contains("io_uring"), "{transport}: {why}"),
        }
    }
}

#[test]
fn a_loop_refuses_what_it_does_not_know_or_cannot_do() {
    for name in LOOPS {
        for (options, said) in [
            ("--in-fligth 1", "no option --in-fligth"),
            ("--in-flight", "--in-flight needs a value"),
            ("--in-flight 0", "--in-flight is a number from 1"),
            ("--wait sometimes", "--wait is block or spin"),
        ] {
            let error = BUILT.play(name, options).expect_err(options);
            assert!(error.contains(said), "{name} {options}: {error}");
        }
    }
    for (name, options) in [
        ("stream", "--connections 2"),
        ("datagrams", "--wait spin"),
        ("epoll", "--wait spin"),
        ("compare", "--in-flight 513"),
        ("uring", "--in-flight 2"),
        ("stream", "--in-flight 100000 --payload 60000"),
    ] {
        let played = BUILT.play(name, &format!("{SHORT} {options}"));
        assert!(played.is_err(), "{name} {options}: {played:?}");
    }
}
