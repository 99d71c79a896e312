//! The link in front of a server that is not ours.

use crate::harness::Bench;

const SERVER: &str = include_str!("../interop/echo_server.py");

fn scenario(link: &str) -> String {
    format!(
        "schema = 1\nname = \"t\"\nframing = {{ kind = \"len32le\", signed = true }}\n\
         handler = {{ plugin = \"echo\", config = {{ verify = true }} }}\nlink = {link}\n\
         [server]\ncommand = [\"python3\", \"echo_server.py\", \"{{port}}\"]\n\
         [load]\nmessages = 20\nrounds = 1\ntimeout = \"10s\"\n\
         [expect]\ndone = \"100%\"\n"
    )
}

#[test]
fn requests_in_pieces_reach_it_whole_and_its_replies_are_read_in_parts() {
    let bench = Bench::new();
    bench.write("echo_server.py", SERVER);
    let link = "{ request = { pieces = \"5 B\", lock-step = false, delay = \"1ms\" }, \
                reply = { short-reads = \"60%\" } }";
    let ran = bench.run(&scenario(link), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    assert_eq!(cell.done(), 20, "{}", cell.complaints());
    assert!(cell.fault("request", "cut", "injected") > 0, "{}", cell.0["link"]);
    assert!(cell.fault("reply", "short-read", "injected") > 0, "{}", cell.0["link"]);
}

/// Its link turns bits over, so that the server's answers are wrong: the gate asks for that.
fn flipping(gates: &str) -> String {
    scenario("{ request = { flip = \"1%\" }, reply = { short-reads = \"60%\" } }")
        .replace("done = \"100%\"\n", gates)
        .replace("timeout = \"10s\"", "timeout = \"100ms\"\ndrain = \"100ms\"")
}

#[test]
fn what_was_done_is_told_and_gated_and_what_came_of_it_is_not_known() {
    let bench = Bench::new();
    bench.write("echo_server.py", SERVER);
    let gates = "faults = \"> 1\"\nrequest.faults = \"> 0\"\nreply.faults = \"> 0\"\n";
    let ran = bench.run(&flipping(gates), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    for (direction, kind) in [("request", "flip"), ("reply", "short-read")] {
        let link = &cell.0["link"][direction];
        assert!(cell.fault(direction, kind, "injected") > 0, "{link}");
        assert!(link["faults"][0]["traced"].is_null(), "{link}");
        assert!(link["untraced"].is_null() && link["blame"].is_null(), "{link}");
    }
    assert!(ran.stdout.contains(" flip") && !ran.stdout.contains("without a trace"), "{ran}");
    assert!(!ran.stdout.contains("explain"), "{ran}");
    let markdown = bench.run(&flipping(gates), &["--format", "markdown"]);
    assert!(markdown.stdout.contains(" flip"), "{markdown}");
    assert!(!markdown.stdout.contains("without a trace"), "{markdown}");
}

#[test]
fn gates_on_what_came_of_it_are_refused_with_their_line() {
    let bench = Bench::new();
    bench.write("echo_server.py", SERVER);
    for metric in ["untraced", "explained", "unexplained", "undetected", "unconfirmed"] {
        let text = flipping(&format!("faults = \"> 0\"\n{metric} = 0\n"));
        let line = 1 + text.lines().position(|line| line.starts_with(metric)).expect("the gate");
        let ran = bench.run(&text, &[]);
        assert_eq!(ran.code, Some(104), "{metric}: {ran}");
        assert!(ran.stderr.contains(&format!("`{metric}` cannot be told here")), "{ran}");
        assert!(ran.stderr.contains(&format!(":{line}:")), "line {line}: {ran}");
    }
}

/// Reads until it hears that nothing more comes, and closes.
const CLOSES_TOO: &str = "
import socket, sys
listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
while True:
    peer, _ = listener.accept()
    while peer.recv(4096): pass
    peer.close()
";

/// The server closes what our link has half closed before: that is its answer, not its doing.
#[test]
fn a_server_is_not_blamed_for_what_the_link_ends() {
    let bench = Bench::new();
    bench.write("echo_server.py", CLOSES_TOO);
    let ends = scenario("{ request = { half-close-after = \"10 B\" } }");
    let ran = bench.run(&ends.replace("done = \"100%\"", "done = 0"), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(!ran.stdout.contains("What the server did"), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    assert_eq!(cell.0["conduct"]["closed"]["count"], 0, "{}", cell.0["conduct"]);
    assert_eq!(cell.count("/exchanges/unanswered"), 20, "the load goes on: {ran}");
    assert_eq!(cell.list("rounds")[0]["load_end"], "planned", "{ran}");
}
