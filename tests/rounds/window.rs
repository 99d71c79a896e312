//! The measured window: what it counts, what bounds it, and what a round reports that ends early.

use crate::harness::processes::nothing_is_left;
use crate::harness::{Bench, Cell, pass, scenario};

/// A server that says nothing any more after so many messages.
fn mute(load: &str, after: u64) -> String {
    let handler = format!(
        "[handler]\nplugin = \"faulty\"\n\
         config = {{ hook = \"message\", fault = \"mute\", side = \"server\", after = {after} }}\n"
    );
    scenario("\"len32be\"", &format!("warmup = \"0ms\"\n{load}"), &handler)
}

/// How the load of the only round ended.
#[track_caller]
fn load_end(cell: Cell<'_>) -> &str {
    cell.list("rounds")[0]["load_end"].as_str().expect("the round finished")
}

#[test]
fn an_answer_in_time_begins_the_count_of_those_in_vain_anew() {
    // Every time-out is followed by an answer that came: the load goes on to its end.
    let bench = Bench::new();
    bench.write("server.py", EVERY_OTHER);
    let load = "warmup = \"0ms\"\nmessages = 6\ntimeout = \"600ms\"\ngive-up = 2\n";
    let more = "[server]\ncommand = [\"python3\", \"server.py\", \"{port}\"]\n";
    let ran = bench.run(&scenario("\"len32be\"", load, more), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document();
    assert_eq!(load_end(document.cell()), "planned");
    assert_eq!(document.cell().count("/exchanges/started"), 6);
    nothing_is_left(&bench);
}

/// Answers the first message of each connection, and not the second.
const EVERY_OTHER: &str = "
import socket, struct, sys, threading
def serve(peer):
    file = peer.makefile('rwb')
    header = file.read(4)
    if header:
        file.write(header + file.read(struct.unpack('>I', header)[0])); file.flush()
        file.read()
listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
";

#[test]
fn a_slow_server_is_not_credited_with_answers_behind_the_window() {
    // One answer every 20 ms at most: 50 a second, however many wait.
    let bench = Bench::new();
    bench.write("server.py", SLOW);
    let loads = [
        "messages = 16\nin-flight = 16\nwarmup = \"0ms\"\n",
        "duration = \"400ms\"\nin-flight = 32\nwarmup = \"0ms\"\ngive-up = 0\n",
        "duration = \"400ms\"\nin-flight = 8\nwarmup = \"50ms\"\n",
    ];
    for load in loads {
        let load = format!("timeout = \"60s\"\ndrain = \"60s\"\n{load}");
        let more = "[server]\ncommand = [\"python3\", \"server.py\", \"{port}\"]\n";
        let ran = bench.run(&scenario("\"len32be\"", &load, more), &[]);
        assert_eq!(ran.code, Some(0), "{ran}");
        let document = bench.document();
        let cell = document.cell();
        let (window, completed) =
            (cell.count("/rate/window_ns"), cell.count("/exchanges/completed"));
        assert!(completed > 0, "{ran}");
        // One may have been on its way when the window began.
        assert!((completed - 1) * 20_000_000 <= window, "{load}: {completed} in {window} ns");
    }
    nothing_is_left(&bench);
}

const SLOW: &str = "
import socket, struct, sys, time
listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
while True:
    file = listener.accept()[0].makefile('rwb')
    while header := file.read(4):
        body = file.read(struct.unpack('>I', header)[0])
        time.sleep(0.02)
        file.write(header + body); file.flush()
";

#[test]
fn the_plan_tells_the_longest_that_a_round_may_take() {
    let bench = Bench::new();
    let load = "messages = 1000000\ntimeout = \"60min\"\nrounds = 2\n";
    bench.write("scenario.toml", mute(load, 0));
    let limits =
        ["--set", "load.round-limit=500ms", "--set", "load.drain=200ms", "--set", "load.give-up=0"];
    let arguments: Vec<&str> = ["plan", "scenario.toml"].into_iter().chain(limits).collect();
    let plan = bench.start(&arguments).wait();
    // Two rounds of half a second, 200 ms each to close, and the processes.
    assert!(plan.stdout.contains("at most about 1.4 s"), "{plan}");
    assert!(plan.stdout.contains("over after 500 ms at most"), "{plan}");
    let ran = bench.start(&bench.run_arguments(&limits)).wait();
    let document = bench.document();
    let cell = document.cell();
    assert_eq!(cell.list("rounds").len(), 2, "{ran}");
    assert_eq!((load_end(cell), cell.done()), ("round-limit", 0), "{ran}");
}

#[test]
fn one_message_costs_both_sides_something() {
    for warmup in ["0ms", "20ms"] {
        let load = format!("messages = 1\nwarmup = \"{warmup}\"\n");
        let document = pass(&scenario("\"len32be\"", &load, ""));
        let cell = document.cell();
        assert_eq!(cell.done(), 1);
        // The last one of warm-up may have ended inside.
        assert!((1..=2).contains(&cell.count("/exchanges/completed")), "{}", cell.0["exchanges"]);
        assert!(cell.number("/rate/achieved") > 0.0);
        for side in ["client", "server"] {
            let pointer = format!("/cpu/{side}_ns_per_message");
            assert!(
                cell.0.pointer(&pointer).is_some_and(|cpu| !cpu.is_null()),
                "{}",
                cell.0["cpu"]
            );
        }
    }
}
