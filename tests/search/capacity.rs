//! A server whose capacity is known: it serves one request at a time and takes two milliseconds for each.

use crate::found::{group, number};
use crate::harness::Bench;

/// One thread for all connections. A pause is never shorter than was asked for.
const SERVER: &str = r#"
import selectors, socket, struct, sys, time
selector = selectors.DefaultSelector()
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=64)
selector.register(listener, selectors.EVENT_READ, None)
while True:
    for key, _ in selector.select():
        if key.data is None:
            peer = listener.accept()[0]
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(peer, selectors.EVENT_READ, bytearray())
            continue
        held, data = key.data, key.fileobj.recv(65536)
        if not data:
            selector.unregister(key.fileobj)
            key.fileobj.close()
            continue
        held += data
        while len(held) >= 4 and len(held) >= 4 + struct.unpack(">I", held[:4])[0]:
            end = 4 + struct.unpack(">I", held[:4])[0]
            time.sleep(0.002)
            try:
                key.fileobj.sendall(held[:end])
            except OSError:
                pass
            del held[:end]
"#;

const SCENARIO: &str = r#"
schema = 1
name = "test"
handler = { plugin = "echo" }
framing = "len32be"
server = { command = ["python3", "server.py", "{port}"] }

[load]
model = "open"
arrivals = "poisson"
connections = 2
in-flight = 64
warmup = "50ms"
duration = "500ms"
drain = "50ms"

[search]
metric = "p99 < 250ms"
vary = "load.rate"
from = "20/s"
to = "5k/s"
resolution = "30%"
rounds = 2
"#;

/// No server that takes two milliseconds a request answers more than 500 a second. How far below it stays is a matter of the
/// machine.
const CAPACITY: f64 = 500.0;

#[test]
fn a_server_of_known_capacity_is_not_said_to_carry_more() {
    let bench = Bench::new();
    bench.write("server.py", SERVER);
    let ran = bench.run(SCENARIO, &[]);
    assert!(matches!(ran.code, Some(0)), "{ran}");
    let document = bench.document().0;
    let found = group(&document, "all");
    // With 50 ms of warm-up behind them, rounds of half a second may be answered a little more than that.
    let most = CAPACITY * 1.15;
    assert!(number(&found["holds"]) <= most, "{found}");
    assert!(number(&found["fails"]) > number(&found["holds"]), "{found}");
    // Four times the capacity is a point that was played and failed.
    let above = found["fails"]["number"].as_f64().is_some_and(|fails| fails <= 8.0 * CAPACITY);
    assert!(above, "{found}");
    let saturated = |cell: &serde_json::Value| cell["verdict"] == "saturated";
    let cells = document["cells"].as_array().expect("cells");
    assert!(cells.iter().any(saturated), "points above the capacity are saturated");
    assert_ne!(document["verdict"], "saturated", "which is what was looked for");
    assert!(ran.stdout.contains("it keeps p99 < 250ms"), "{ran}");
}

#[test]
fn what_is_found_may_be_drawn() {
    let bench = Bench::new();
    bench.write("server.py", SERVER);
    let set = ["--set", "search.to=80/s", "--set", "search.resolution=100%", "-o", "page.html"];
    let ran = bench.run(SCENARIO, &set);
    assert_eq!(ran.code, Some(0), "{ran}");
    let page = std::fs::read_to_string(bench.folder().join("page.html")).expect("a page");
    assert!(page.contains("Latency over rate, by rate"), "the points are a curve");
    assert!(page.contains("limit: p99 &lt; 250ms"), "its limit is a line");
}
