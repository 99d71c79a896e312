//! What a plugin logs and prints: it disturbs nothing, the first of it is in the result, and it is
//! shown to whoever asks.

use crate::harness::{Bench, Document, Ran, scenario};

const LOGGED: &str = "warning: logged by the plugin";
const PRINTED: &str = "output: printed by the plugin";

/// Runs a plugin whose server logs and prints at every message, at so many of them.
#[track_caller]
fn run(messages: u32, more: &[&str]) -> (Ran, Document) {
    let bench = Bench::new();
    let handler = "handler = { plugin = \"faulty\", \
                   config = { hook = \"message\", fault = \"print\", side = \"server\" } }\n";
    let load = format!("messages = {messages}\nwarmup = \"0s\"\nrounds = 2\n");
    let ran = bench.run(&scenario("\"len32be\"", &load, handler), more);
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document();
    document.cell().is_intact();
    assert!(!ran.stdout.contains("by the plugin"), "{ran}");
    (ran, document)
}

#[test]
fn every_line_is_in_the_result_or_counted() {
    for (messages, kept) in [(10, 40), (70, 100), (250, 100)] {
        let (_, document) = run(messages, &[]);
        let cell = document.cell();
        let log = cell.list("log");
        assert_eq!(log.len(), kept, "{}", cell.complaints());
        let all = 4 * u64::from(messages);
        assert_eq!(cell.count("/log_left_out") + kept as u64, all, "{messages} messages");
        assert!(log.iter().any(|one| one["line"] == LOGGED), "{log:?}");
        assert!(log.iter().any(|one| one["line"] == PRINTED), "{log:?}");
        assert!(log.iter().all(|one| one["side"] == "server" && one["round"].is_number()));
    }
}

#[test]
fn lines_are_shown_as_they_come_to_whoever_asks() {
    let count = |ran: &Ran, line: &str| {
        let line = format!("server faulty {line}");
        ran.stderr.lines().filter(|shown| **shown == line).count()
    };
    for (more, logged, printed) in [
        (&[][..], 0, 0),
        (&["--show-output"], 0, 400),
        (&["--log-level", "error"], 0, 0),
        (&["--log-level", "warning"], 400, 0),
        (&["--log-level", "debug", "--show-output"], 400, 400),
    ] {
        let (ran, _) = run(200, more);
        assert_eq!((count(&ran, LOGGED), count(&ran, PRINTED)), (logged, printed), "{more:?}");
        assert_eq!(ran.stderr.lines().count(), logged + printed, "{more:?}: {ran}");
    }
}

#[test]
fn what_a_crashed_side_said_is_in_the_result() {
    let bench = Bench::new();
    let handler = "handler = { plugin = \"faulty\", \
                   config = { hook = \"message\", fault = \"panic\", side = \"server\" } }\n";
    let ran = bench.run(&scenario("\"len32be\"", "", handler), &["--show-output"]);
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let lines = document.cell().list("log").iter().filter_map(|one| one["line"].as_str());
    let told =
        |line: &str| line.starts_with("output: ") && line.contains("told to panic in message");
    assert!(lines.clone().any(told), "{:?}", lines.collect::<Vec<_>>());
    assert!(ran.stderr.contains("told to panic in message"), "{ran}");
}

#[test]
fn what_a_server_of_ones_own_prints_is_in_the_result_and_shown() {
    let bench = Bench::new();
    bench.write(
        "server.py",
        "import socket, sys\n\
         print('begins \\x1b[1m', flush=True)\n\
         listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
         peer = listener.accept()[0]\n\
         while data := peer.recv(4096): peer.sendall(data)\n",
    );
    let server =
        "\n[server]\ncommand = [\"python3\", \"server.py\", \"{port}\"]\nstart-timeout = \"60s\"\n";
    let ran = bench.run(&scenario("\"line\"", "messages = 10\n", server), &["--show-output"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(ran.stderr.trim_end(), "program output: begins \\u{1b}[1m", "{ran}");
    let document = bench.document();
    assert_eq!(document.cell().list("log")[0]["line"], "output: begins \u{1b}[1m");
}
