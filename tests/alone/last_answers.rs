//! How long the last exchanges may wait for their answers, and what is said of those cut off.

use crate::harness::{Bench, scenario};
use crate::support::{by_hand, drive_echo, is_done, read_frame, write_frame};
use std::time::Duration;

/// Longer than a round usually drains, and far shorter than the time-out of these tests.
const LATE: Duration = Duration::from_millis(700);

/// Its only answer comes late.
const SLOW: &str = "
import socket, struct, sys, time
listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
file = listener.accept()[0].makefile('rwb')
header = file.read(4)
body = file.read(struct.unpack('>I', header)[0])
time.sleep(0.7)
try:
    file.write(header + body); file.flush(); file.read()
except OSError:
    pass
";

fn slow(load: &str, more: &str) -> (crate::harness::Ran, Bench) {
    let bench = Bench::new();
    bench.write("server.py", SLOW);
    let load = format!("duration = \"200ms\"\nwarmup = \"0ms\"\ntimeout = \"20s\"\n{load}");
    let server = "[server]\ncommand = [\"python3\", \"server.py\", \"{port}\"]\n";
    let ran = bench.run(&scenario("\"len32be\"", &load, &format!("\n{server}{more}")), &[]);
    (ran, bench)
}

#[test]
fn the_last_exchange_with_a_server_of_ones_own_has_as_long_as_all_others() {
    let (ran, bench) = slow("", "[expect]\ndone = \"100%\"\n");
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(bench.document().cell().done(), 1, "{ran}");
}

#[test]
fn so_has_that_of_a_client_alone() {
    let (address, serving) = by_hand(1, |mut stream| {
        let frame = read_frame(&mut stream).expect("a request");
        std::thread::sleep(LATE);
        write_frame(&mut stream, &frame);
        read_frame(&mut stream)
    });
    let bench = Bench::new();
    let long = ["--duration", "20ms", "--set", "load.timeout=20s"];
    is_done(&drive_echo(&bench, &address, "len32be", &long), 1);
    serving.join().expect("the server ends");
}

#[test]
fn a_drain_that_is_shorter_is_kept_to_and_blamed() {
    let (ran, bench) = slow("drain = \"50ms\"\n", "");
    let cut = "that the end of the drain has cut off before they had had `load.timeout`: 1";
    assert!(bench.document().cell().0["notes"].to_string().contains(cut), "{ran}");
    assert!(!ran.stdout.contains("in time"), "its time was not over: {ran}");
}
