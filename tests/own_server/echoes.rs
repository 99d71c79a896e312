//! A server that sends every message back: what the judge says of its answers, and what stays open.

use crate::bench::{VERIFY, play, scenario};

const LOAD: &str = "messages = 200, rounds = 1, in-flight = 4";

#[test]
fn every_answer_of_a_right_server_is_intact_and_measured_and_requests_stay_unjudged() {
    let gates = "intact = \"100%\", done = \"100%\", \"reply.lost\" = 0, unexpected-messages = 0";
    let played = play(&scenario("none", VERIFY, LOAD, gates), &[]);
    assert_eq!(played.ran.code, Some(0), "{}", played.ran);
    let document = &played.document;
    let cell = document.cell();
    assert_eq!(cell.0["integrity"]["judge"], "echo");
    assert_eq!(cell.request("sent"), cell.request("unjudged"));
    assert_eq!(played.answers("sent"), cell.request("sent"));
    assert_eq!(played.answers("sent"), played.answers("intact"));
    assert_eq!(cell.count("/latency_ns/count"), 200);
    played.says(&["integrity is echo", "nodelay on for the client"]);
}

#[test]
fn equal_messages_are_told_apart_by_their_order_and_measured() {
    let load = format!("{LOAD}, payload = \"0 B\"");
    let played = play(&scenario("none", VERIFY, &load, "intact = \"100%\", done = \"100%\""), &[]);
    assert_eq!(played.ran.code, Some(0), "{}", played.ran);
    assert_eq!(played.document.cell().count("/latency_ns/count"), 200);
}

#[test]
fn without_verify_only_the_handler_judges_and_the_key_decides_otherwise() {
    let handler = "{ plugin = \"echo\" }";
    let played = play(&scenario("changes-a-byte", handler, LOAD, "done = \"100%\""), &[]);
    assert_eq!(played.ran.code, Some(0), "{}", played.ran);
    assert_eq!(played.document.cell().0["integrity"]["judge"], "handler-only");
    let set = ["--set", "server.echoes=true"];
    let gates = "done = \"100%\", intact = \"100%\"";
    let refused = scenario("changes-a-byte", handler, LOAD, gates);
    let played = play(&refused, &set);
    assert_eq!(played.ran.code, Some(100), "{}", played.ran);
    assert_eq!(played.answers("corrupted"), 1);
}

#[test]
fn examples_show_the_pieces_of_the_request_and_of_its_answer() {
    let played = play(&scenario("changes-a-byte", VERIFY, LOAD, "intact = \"100%\""), &[]);
    let examples = &played.document.0["cells"][0]["integrity"]["examples"];
    let example = examples
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["verdict"] == "corrupted")
        .expect("an example");
    assert_eq!(example["offset"], 7);
    assert_eq!(example["direction"], "reply");
    let pieces = |of: &str| example[of].as_array().expect("a list").len();
    assert!(pieces("written") > 0 && pieces("read") > 0, "{example}");
}

#[test]
fn what_a_server_made_of_requests_cannot_be_gated() {
    let bench = crate::harness::Bench::new();
    let text = scenario("none", VERIFY, LOAD, "\"request.intact\" = \"100%\"");
    let ran = bench.run(&text, &[]);
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("gate `reply.intact`"), "{ran}");
}

#[test]
fn a_server_that_is_late_by_one_answer_is_told_so() {
    let server = "import socket, struct, sys\n\
        listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
        peer, _ = listener.accept()\n\
        stream, before = peer.makefile('rb'), None\n\
        while header := stream.read(4):\n\
        \x20   body = stream.read(struct.unpack('>I', header)[0])\n\
        \x20   if before is None:\n\
        \x20       peer.sendall(struct.pack('>I', 5) + b'hello')\n\
        \x20   else:\n\
        \x20       peer.sendall(struct.pack('>I', len(before)) + before)\n\
        \x20   before = body\n";
    let bench = crate::harness::Bench::new();
    bench.write("echo.py", server);
    let load = "messages = 5, rounds = 1, warmup = \"0ms\", timeout = \"100ms\"";
    let ran = bench.run(&scenario("none", VERIFY, load, "done = \"100%\""), &[]);
    assert_eq!(ran.code, Some(100), "{ran}");
    let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("or are those to the requests before"), "{ran}");
}

#[test]
fn a_close_frame_is_told_with_its_status_and_reason() {
    let server = "import socket, struct, sys\n\
        listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n\
        while True:\n\
        \x20   peer, _ = listener.accept()\n\
        \x20   peer.recv(65536)\n\
        \x20   reason = struct.pack('>H', 1011) + b'out of memory'\n\
        \x20   peer.sendall(bytes([0x88, len(reason)]) + reason)\n\
        \x20   peer.recv(65536); peer.close()\n";
    let bench = crate::harness::Bench::new();
    bench.write("echo.py", server);
    let load = "messages = 1, rounds = 1, warmup = \"0ms\", timeout = \"300ms\"";
    let text = scenario("none", VERIFY, load, "done = \"100%\"").replace("len32be", "websocket");
    let ran = bench.run(&text, &[]);
    assert_eq!(ran.code, Some(100), "{ran}");
    let told = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for sentence in [
        "session 1: a close frame with status 1011, \"out of memory\", after 0 messages, with 1 exchanges",
        "the server closed 1 session with 1 exchange under way",
    ] {
        assert!(told.contains(sentence), "{sentence}: {ran}");
    }
}
