//! What echo's configuration asks of a side, and what it may not ask.

use crate::harness::{Bench, pass, scenario};

#[test]
fn one_way_messages_wait_for_a_slow_reader_instead_of_filling_the_memory() {
    let load = "messages = 6000\npayload = \"8 KiB\"\nledger = \"256 KiB\"\nin-flight = 64\n\
                warmup = \"0s\"\ntimeout = \"30s\"\ndrain = \"30s\"\n";
    let more = "handler = { plugin = \"echo\", config = { reply = \"none\" } }\n\
                transport = { kind = \"unix\", read-size = \"64 KiB\", read-delay = \"100us\" }\n\n\
                [matrix]\nframing = [\"line\", \"len32be\", \"json-header\"]\n";
    let document = pass(&scenario("\"raw\"", load, more).replace("framing = \"raw\"\n", ""));
    assert_eq!(document.cells().count(), 3);
    for cell in document.cells() {
        assert_eq!((cell.request("intact"), cell.done()), (6_000, 6_000), "{}", cell.complaints());
        // 49 MB were sent; a side that kept what finds no room would hold most of them.
        let peak = cell.count("/cpu/client_peak_memory_bytes");
        assert!(peak < 32 << 20, "the client took {peak} bytes");
    }
}

#[test]
fn what_does_not_go_together_is_told_with_its_line_before_anything_runs() {
    let bench = Bench::new();
    let more = "handler = { plugin = \"echo\", config = { reply = \"none\", verify = true } }\n";
    let ran = bench.run(&scenario("\"len32be\"", "", more), &[]);
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("no answer to compare"), "{ran}");
    assert!(ran.stderr.contains("verify = true"), "the line is shown: {ran}");
    assert!(!bench.out().exists());
}
