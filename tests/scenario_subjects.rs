//! Every scenario that ships fails when what it is about does not happen.
//!
//! A gate that holds because nothing happened shows nothing. So each scenario is broken here, once for
//! each of its subjects, and the gate that notices is named. How often a message is sent, not how
//! long, ends each run: nothing here depends on how busy the machine is.

#[path = "harness/mod.rs"]
mod harness;

use harness::{Bench, plugin_folder, toml_files, undisturbed};
use std::path::{Path, PathBuf};

/// A way to break a cell: the filters that select it, what is set, and the gate that notices.
type Broken = (&'static [&'static str], &'static [&'static str], &'static str);

/// Nobody reads before everybody has given up: no exchange is answered, and nothing is damaged.
const STARVED: &[&str] = &["transport.read-delay=5s", "load.timeout=1ms", "load.drain=10ms"];

/// Every connection ends before the first byte of an answer.
const DEAF: &[&str] = &["link={ reply = { fin-after = \"0 B\" } }"];

/// Latencies are the machine's: whether a stall is gone may take more than one look.
const OF_TIME: [&str; 2] = ["min", "p50"];
const LOOKS: u32 = 4;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios")
}

#[track_caller]
fn is_noticed(file: &str, (filters, sets, gate): Broken) {
    let looks = if OF_TIME.contains(&gate) { LOOKS } else { 1 };
    let told: Vec<String> =
        (0..looks).map_while(|_| broken(file, filters, sets, gate).err()).collect();
    assert!(told.len() < looks as usize, "{file} {sets:?}: {}", told.join("\n"));
}

/// Runs the cells, broken: not one of them may end well, and the gate is why. The error is what came
/// instead.
fn broken(file: &str, filters: &[&str], sets: &[&str], gate: &str) -> Result<(), String> {
    let path = folder().join(file);
    let text = std::fs::read_to_string(&path).expect("it can be read");
    let path = path.to_str().expect("a path in UTF-8");
    let mut arguments = vec!["run", path, "--out", "out", "--json", "result.json"];
    arguments.extend(["--plugin-dir", plugin_folder()]);
    // One that counts its messages has gates on what it counts in all its rounds.
    if !text.lines().any(|line| line.starts_with("messages ")) {
        arguments.extend([
            "--rounds",
            "1",
            "--set",
            "load.messages=40",
            "--set",
            "load.warmup=0ms",
        ]);
    }
    arguments.extend(filters.iter().flat_map(|filter| ["--filter", filter]));
    arguments.extend(sets.iter().flat_map(|set| ["--set", set]));
    let play = || {
        let bench = Bench::new();
        (bench.start(&arguments).wait(), bench)
    };
    let (mut ran, mut bench) = play();
    if ran.code == Some(0) && ran.was_disturbed() {
        // The gate may be on cost, which such a run cannot decide.
        let Some(undisturbed) = undisturbed(play) else { return Ok(()) };
        (ran, bench) = undisturbed;
    }
    if !matches!(ran.code, Some(99 | 100 | 106)) {
        return Err(ran.to_string());
    }
    let document = bench.document();
    let one = document.cells().count() == 1;
    let notices = document.cells().all(|cell| {
        let mut gates = cell.list("gates").iter();
        gates.any(|found| found["gate"] == gate && found["pass"] != true)
    });
    if one && notices { Ok(()) } else { Err(format!("`{gate}` of one cell should fail: {ran}")) }
}

macro_rules! subjects {
    ($($name:ident: $file:literal, $broken:expr;)*) => {
        $(
            #[test]
            fn $name() {
                let all: &[Broken] = &$broken;
                all.iter().for_each(|broken| is_noticed($file, *broken));
            }
        )*

        #[test]
        fn every_scenario_that_ships_is_broken_here() {
            let mut here = vec![$($file),*];
            here.sort_unstable();
            let mut shipped = toml_files(&folder());
            shipped.sort();
            assert_eq!(shipped, here);
        }
    };
}

subjects! {
    challenge_and_response: "challenge-and-response.toml", [
        (&["handler.config.mac=hmac-md5", "framing=len32be", "load.session=keep"], &["handler.config.wrong-keys=0%"], "done"),
        (&["handler.config.mac=hmac-md5", "framing=len32be", "load.session=keep"], &["handler.config.replay=0%"], "count.replayed"),
    ];
    chat_500: "chat-500.toml", [
        (&[], &["load.connections=1", "load.messages=10"], "count.deliveries"),
        (&[], &["load.connections=4", "load.messages=8", r#"link={ reply = { fin-after = "0 B" } }"#], "done"),
    ];
    chat_churn: "chat-churn.toml", [
        (&["handler.config.churn=0"], &["handler.config.quit-after=0"], "count.quit"),
        (&["handler.config.churn=2"], &["load.connections=1"], "count.indeterminate"),
        (&["handler.config.churn=0"], &["load.connections=1"], "count.deliveries"),
    ];
    chat_room: "chat-room.toml", [
        (&["framing=line"], &["load.connections=1"], "count.deliveries"),
        (&["framing=raw", "load.connections=10"], &["load.in-flight=1", "handler.config.rooms=10"], "damaged"),
    ];
    directory_browsing: "directory-browsing.toml", [
        (&["framing=line", "transport.kind=tcp"], &[r#"handler.config.commands=[{ say = "pwd", answer = "/" }]"#], "count.outside-root"),
        (&["framing=line", "transport.kind=tcp"], &[r#"handler.config.tree=["b.txt"]"#], "done"),
    ];
    empty_messages: "empty-messages.toml", [
        (&["framing=raw"], &["handler.config.fixed=x"], "reply.unsendable"),
        (&["framing=line"], STARVED, "done"),
    ];
    ends: "ends.toml", [
        (&["verify"], STARVED, "done"),
        (&[], &[r#"handler.config={ push = "10 min" }"#, "load.timeout=1ms", "load.drain=10ms"], "done"),
    ];
    fixed_width_header: "fixed-width-header.toml", [
        (&["framing=len64be", "transport.write=header-body"], &["link.coalesce=2"], "writes"),
        (&["framing=len64be", "transport.write=message"], &["link.pieces=20 B"], "writes"),
        (&["framing=len64be", "transport.write=message"], STARVED, "done"),
    ];
    header_then_bytes: "header-then-bytes.toml", [
        (&["framing.request=json-stream", "handler.config.fault=none"], &["handler.config.max-size=1 MiB"], "count.files"),
        (&["framing.request=json-stream", "handler.config.fault=none"], STARVED, "done"),
        (&["framing.request=json-stream", "handler.config.fault=flip"], &["handler.config.digest=none"], "count.digest-differs"),
    ];
    json_header: "json-header.toml", [
        (&["framing=json-header", "transport.write=message", "load.payload=4 KiB"], STARVED, "done"),
    ];
    large_transfer: "large-transfer.toml", [
        (&["handler.config.do=upload", "handler.config.chunk=64 KiB"], &["handler.config.fault=flip"], "done"),
        (&["handler.config.do=download", "handler.config.chunk=64 KiB"], STARVED, "done"),
    ];
    login_prompt: "login-prompt.toml", [
        (&["framing=line", "transport.read-delay=0ms"], &["handler.config.wrong-keys=0%"], "rejected"),
        (&["framing=line", "transport.read-delay=0ms"], &["handler.config.mistyped=0%"], "count.rejected"),
        (&["framing=line", "transport.read-delay=0ms"], &["handler.config.wrong-keys=100%", "handler.config.mistyped=0%"], "done"),
        (&["framing=raw", "transport.read-delay=60ms"], &["handler.config.wrong-keys=0%", "handler.config.mistyped=0%"], "reply.merged"),
    ];
    nagle: "nagle.toml", [
        (&["transport.nodelay=false", "transport.write=header-body", "load.in-flight=1"], &["link.coalesce=2", "link.coalesce-wait=0ms"], "p50"),
        (&["transport.nodelay=true", "transport.write=message", "load.in-flight=1"], STARVED, "done"),
    ];
    offered_file: "offered-file.toml", [
        (&["handler.config.accept=true", "handler.config.fault=none"], DEAF, "done"),
        (&["handler.config.accept=true", "handler.config.fault=flip"], &[r#"handler.config.file={ size = "0 B" }"#], "wrong"),
    ];
    capacity: "capacity.toml", [
        (&["framing=line", "load.rate=500/s"], &[r#"link={ request = { flip = "10%" } }"#], "intact"),
        (&["framing=line", "load.rate=500/s"], &[r#"link={ reply = { flip = "10%" } }"#], "intact"),
    ];
    open_loop: "open-loop.toml", [
        (&["load={ model = \"open\", rate = \"2k/s\" }"], &["handler.config.pause.lasts=1ms"], "p99"),
        (&["load={ model = \"open\", rate = \"2k/s\" }"], &["handler.config.pause.lasts=1ms"], "max"),
        (&["load={ model = \"closed\" }"], STARVED, "done"),
    ];
    scale: "scale.toml", [
        (&["load.connections=100", "load={ model = \"open\", rate = \"2k/s\" }"], &["transport.read-delay=5s", "load.timeout=1ms", "load.drain=10ms"], "done"),
        (&["load.connections=100", "load={ model = \"closed\" }"], &["transport.read-delay=5s", "load.timeout=1ms", "load.drain=10ms"], "done"),
        (&["load.connections=1", "load={ model = \"closed\" }"], &[r#"link={ reply = { flip = "1%" } }"#], "damaged"),
    ];
    one_way: "one-way.toml", [
        (&["none", "framing=line"], &[r#"link={ request = { fin-after = "0 B" } }"#], "intact"),
        (&["none", "framing=raw"], &[r#"link={ request = { fin-after = "0 B" } }"#], "request.merged"),
        (&["push", "framing=line"], &[r#"link={ reply = { half-close-after = "0 B" } }"#], "done"),
        (&["greeting", "framing=line"], DEAF, "done"),
        (&["fixed", "framing=line"], STARVED, "done"),
    ];
    read_sizes: "read-sizes.toml", [
        (&["transport.nodelay=true", "transport.read-delay=0ms", "transport.read-size=2 B"], &["load.payload=1 B"], "split"),
        (&["transport.nodelay=true", "transport.read-delay=0ms", "transport.read-size=9 B"], &["load.payload=9 B"], "damaged"),
        (&["transport.nodelay=true", "transport.read-delay=0ms", "transport.read-size=10 B"], &["load.payload=11 B"], "intact"),
        (&["transport.nodelay=true", "transport.read-delay=5ms", "transport.read-size=22 B"], &["load.payload=22 B"], "damaged"),
    ];
    remote_commands: "remote-commands.toml", [
        (&["brief", "framing.reply=json-header"], &[r#"handler.config.commands={ other = ["true"] }"#], "done"),
        (&["brief", "framing.reply=handshake"], &[r#"handler.config.commands={ other = ["true"] }"#], "done"),
        (&["full-pipes", "framing.reply=raw"], &[r#"handler.config.commands.full-pipes=["echo"]"#], "done"),
    ];
    remote_commands_pipelined: "remote-commands-pipelined.toml", [
        (&["framing.request=netstring", "load.in-flight=8", "load.connections=1"], &[r#"handler.config.commands={ other = ["true"] }"#], "done"),
        (&["framing.request=raw", "load.in-flight=8", "load.connections=1"], &["load.messages=1"], "count.merged-request"),
    ];
    remote_commands_replies: "remote-commands-replies.toml", [
        (&["handler.config.reply=both", "framing.reply=netstring"], &[r#"handler.config.ask=["quiet {token}"]"#], "count.exit-nonzero"),
        (&["handler.config.reply=two", "framing.reply=raw"], &[r#"handler.config.ask=["mixed {token}"]"#], "reply.unsendable"),
    ];
    remote_commands_udp: "remote-commands-udp.toml", [
        (&["too-long {token}", r#"transport={ kind = "udp" }"#], &[r#"handler.config.commands.too-long={ run = ["echo"], arguments = { max = 1, allow = ["[0-9]+"] } }"#], "done"),
        (&["outputs {token}", r#"transport={ kind = "udp" }"#], &[r#"handler.config.commands.outputs={ run = ["echo"] }"#], "done"),
    ];
    resumed_upload: "resumed-upload.toml", [
        (&[], &[r#"handler.config={ do = "upload", file = { size = "8 MiB" }, break-after = "3 MiB" }"#], "done"),
        (&[], &[r#"handler.config={ do = "upload", file = { size = "8 MiB" }, resume = "offset" }"#], "count.broken-off"),
        (&[], &[r#"handler.config={ do = "upload", file = { size = "8 MiB" }, resume = "offset" }"#], "rejected"),
    ];
    send_versus_sendall: "send-versus-sendall.toml", [
        (&["verify", "8 KiB", "unix"], &["load.payload=64 B"], "writes"),
        (&["verify", "8 KiB", "unix"], DEAF, "done"),
    ];
    ci: "ci.toml", [
        (&["framing=line", "load.payload=64 B"], STARVED, "done"),
        (&["load.payload=1 KiB"], &["framing=raw"], "intact"),
    ];
    no_such_path: "no-such-path.toml", [
        (&["transport.kind=unix", "server.unreachable=no-such-path"], &["load.messages=1"], "connect-no-such-path"),
        (&["transport.kind=seqpacket", "server.unreachable=no"], STARVED, "done"),
    ];
    nobody_there: "nobody-there.toml", [
        (&["transport.kind=tcp", "server.unreachable=nobody-listens"], &["load.messages=1"], "connect-refused"),
        (&["transport.kind=tcp", "server.unreachable=full-backlog"], &["load.messages=1"], "connect-timed-out"),
        (&["transport.kind=unix", "server.unreachable=full-backlog"], &["load.messages=1"], "connect-backlog-full"),
        (&["transport.kind=seqpacket", "server.unreachable=no"], STARVED, "done"),
    ];
    receive_timeouts: "receive-timeouts.toml", [
        (&["load.timeout=50ms"], &[r#"handler.config.commands.slow={ run = ["echo"], arguments = { max = 1, allow = ["[0-9]+"] } }"#], "unanswered"),
        (&["load.timeout=10s"], DEAF, "done"),
    ];
    restart: "restart.toml", [
        // Not on its own port, where it may be played at the same time.
        (&[], &["load.rounds=4", "transport.port=28125", "handler.config.quit-after=0"], "count.quit"),
        (&[], &["transport.port=28125", r#"link={ reply = { fin-after = "0 B" } }"#], "done"),
        // After this, no server can listen there for a minute.
        (&[], &["load.rounds=4", "transport.port=28124", "transport.reuse-address=false"], "count.quit"),
    ];
    silent_verdict: "silent-verdict.toml", [
        (&["framing=raw"], &["handler.config.verdict=message"], "done"),
        (&["framing=len32be"], &["handler.config.wrong-keys=0%"], "count.refused-by-end"),
        (&["framing=raw"], &["handler.config.wrong-keys=100%"], "count.sent-unjudged"),
    ];
    size_in_header: "size-in-header.toml", [
        (&["handler.config.max-size=8 GiB"], &["handler.config.claim=64 KiB"], "count.too-large"),
        (&["handler.config.max-size=2000 GiB"], &["handler.config.claim=64 KiB", "handler.config.fault=none"], "count.size-lies"),
    ];
    sizes: "sizes.toml", [
        (&["load.payload=16 B"], STARVED, "done"),
        (&["load.payload=16 B"], &["framing=json-header"], "overhead"),
    ];
    sleep_between_sends: "sleep-between-sends.toml", [
        (&[r#"request = "raw""#, "transport.read-delay=0ms"], &["load.in-flight=1"], "request.damaged"),
        (&["sleep", "transport.read-delay=60ms"], &["load.in-flight=1"], "request.merged"),
        (&[r#"request = "line""#], STARVED, "done"),
    ];
    small_upload: "small-upload.toml", [
        (&["framing=line", "handler.config.escape=false"], STARVED, "done"),
        (&["framing=raw", "handler.config.escape=false"], &["load.in-flight=1"], "damaged"),
    ];
    sticky: "sticky.toml", [
        (&["framing=raw", "load.payload=64 B"], &["load.in-flight=1"], "damaged"),
        (&["framing=line", "load.payload=64 B"], STARVED, "done"),
    ];
    talk: "talk.toml", [
        (&["framing=line", "load.connections=1", r#"{ mode = "talk", quit-after = 25 }"#], &["load.messages=20", "load.warmup=0ms"], "count.quit"),
        (&["framing=raw", "load.connections=1", " quit-after = 25, goodbye = false }"], &["load.messages=20", "load.warmup=0ms"], "count.quit"),
        (&["framing=raw", "load.connections=1", "server-quits-after = 25 }"], &["load.messages=20", "load.warmup=0ms"], "count.server-quit"),
    ];
    text_encodings: "text-encodings.toml", [
        (&["framing.reply=len32be", "handler.config.command-encoding=gbk", "handler.config.encoding=utf-8", "handler.config.client-encoding=gbk"], &["handler.config.expect={}", r#"handler.config.commands.greet={ run = ["echo", "hello"], arguments = { max = 1, allow = ["[0-9]+"] } }"#], "wrong"),
        (&["framing.reply=len32be", "handler.config.command-encoding=gbk", "handler.config.encoding=utf-8", "handler.config.client-encoding=utf-8"], &[r#"handler.config.commands.greet={ run = ["echo", "hello"], arguments = { max = 1, allow = ["[0-9]+"] } }"#], "done"),
    ];
    udp_limits: "udp-limits.toml", [
        (&["handler.config.prefix=", r#"transport={ kind = "udp", read-size = "1472 B" }"#], &["load.payload=1473 B"], "intact"),
        (&["handler.config.prefix=:", "load.payload=65507 B"], &[r#"transport={ kind = "udp", ipv6 = true }"#], "request.unsendable"),
        (&["handler.config.prefix=", "load.payload=65507 B", "1472 B"], &[r#"link={ drop = "100%" }"#], "request.truncated"),
        (&["handler.config.prefix=", "load.payload=65507 B", r#"transport={ kind = "udp" }"#], &[r#"link={ drop = "100%" }"#, "load.timeout=1ms", "load.drain=10ms"], "done"),
    ];
    udp_speakers: "udp-speakers.toml", [
        (&["transport.kind=udp", r#"prefix = "ann : ", quit-after = 10 }"#], &["load.messages=8"], "count.quit"),
        (&["transport.kind=unixgram", " quit-after = 10, goodbye = false }"], &["load.messages=8"], "count.quit"),
        (&["transport.kind=udp", "server-quits-after = 10 }"], &["load.messages=8"], "count.server-quit"),
    ];
    udp_talk: "udp-talk.toml", [
        (&[r#"read-size = "48 B""#], &["load.payload=32 B"], "truncated"),
        (&["receive-buffer"], &["load.connections=1"], "kernel-drops"),
        (&[r#"kind = "unixgram" }"#], &[r#"link={ drop = "100%" }"#, "load.timeout=1ms", "load.drain=10ms"], "done"),
    ];
    unix_and_ipv6: "unix-and-ipv6.toml", [
        (&["seqpacket", "verify"], STARVED, "done"),
        (&["seqpacket", "none"], &[r#"link={ request = { fin-after = "0 B" } }"#], "intact"),
    ];
    unix_datagrams: "unix-datagrams.toml", [
        // Nobody is answered who has no address.
        (&[r#"transport={ kind = "unixgram" }"#], &[r#"link={ reply = { drop = "100%" } }"#, "load.timeout=1ms", "load.drain=10ms"], "done"),
        // A sender that does not wait loses.
        (&[], &[r#"transport={ kind = "udp", read-delay = "5ms", receive-buffer = "5 KiB" }"#, "load.timeout=50ms", "load.give-up=400"], "lost"),
        (&["receive-buffer"], &["load.connections=1", "load.in-flight=1"], "kernel-drops"),
        (&[r#""unixgram", read-size"#], &["load.payload=64 B"], "request.truncated"),
        (&[r#""udp", read-size"#], &["load.payload=65 B"], "intact"),
    ];
    unix_vs_tcp: "unix-vs-tcp.toml", [
        (&["transport.kind=tcp", "framing=raw"], &["load.in-flight=1"], "damaged"),
        (&["transport.kind=unix", "framing=len32be"], STARVED, "done"),
    ];
    wait_for_ready: "wait-for-ready.toml", [
        (&["framing=handshake"], &["transport.read-delay=0ms"], "min"),
        (&["framing=len32le"], STARVED, "done"),
        (&[r#"request = "raw""#], &[r#"framing={ request = "raw", reply = "len32le" }"#], "writes"),
    ];
    a_pause_cures_sticking: "claims/a-pause-cures-sticking.toml", [
        (&["transport.read-delay=0s"], &[r#"link={ coalesce = 4, coalesce-wait = "1s" }"#], "intact"),
        (&["transport.read-delay=10ms"], &["load.in-flight=1"], "merged"),
    ];
    length_prefix_adds_latency: "claims/length-prefix-adds-latency.toml", [
        (&["framing=len32le"], &["transport.write=header-body"], "writes"),
        (&["framing=raw"], STARVED, "done"),
    ];
    nagle_has_a_timer: "claims/nagle-has-a-timer.toml", [
        (&["transport.nodelay=false"], &["transport.write=message"], "p50"),
        (&["transport.nodelay=true"], STARVED, "done"),
    ];
    send_loses_what_does_not_fit: "claims/send-loses-what-does-not-fit.toml", [
        (&["16 KiB"], &["load.payload=64 B"], "writes"),
        (&["1 MiB"], DEAF, "done"),
    ];
    sticking_is_nagle: "claims/sticking-is-nagle.toml", [
        (&["transport.nodelay=true", "transport.read-delay=2ms"], &["load.in-flight=1"], "request.merged"),
        (&["transport.nodelay=true", "transport.read-delay=0s"], &[r#"link={ request = { fin-after = "0 B" } }"#], "lost"),
    ];
    tcp_loses_nothing: "claims/tcp-loses-nothing.toml", [
        (&[], &[r#"handler.config={ push = "10 min" }"#, "load.timeout=1ms", "load.drain=10ms"], "done"),
        (&["verify"], STARVED, "done"),
    ];
    tcp_serves_one_client: "claims/tcp-serves-one-client.toml", [
        (&[r#"server.command=["python3", "one_by_one.py", "{port}"]"#], &["load.connections=1"], "unanswered"),
        (&["threads"], STARVED, "done"),
    ];
    the_mtu_splits: "claims/the-mtu-splits.toml", [
        (&["load.payload=1501 B", "transport.read-size=64 KiB"], &["link.pieces=1000 B"], "intact"),
        (&["load.payload=1501 B", "transport.read-size=64 KiB"], STARVED, "done"),
        (&["load.payload=1501 B", "transport.read-size=1 KiB"], &["framing=len32be"], "request.intact"),
    ];
    udp_is_a_stream: "claims/udp-is-a-stream.toml", [
        (&["transport.kind=udp", "transport.read-size=40 B"], &["load.payload=32 B"], "request.truncated"),
        (&["transport.kind=udp", "transport.read-size=64 KiB"], STARVED, "done"),
    ];
    datagram_loss: "hostile/datagram-loss.toml", [
        (&[r#"handler={ plugin = "echo" }"#, "framing=raw"], &["link={}"], "faults"),
    ];
    flapping: "hostile/flapping.toml", [
        (&["framing=line", "load.in-flight=1"], &["link={}"], "faults"),
    ];
    flipped_bit: "hostile/flipped-bit.toml", [
        (&["framing=line"], &["link={}"], "faults"),
    ];
    handshake_and_delay: "hostile/handshake-and-delay.toml", [
        (&["framing=len32le", "link.delay=5ms"], STARVED, "done"),
    ];
    mid_frame_reset: "hostile/mid-frame-reset.toml", [
        (&["framing=line"], &["link={}"], "faults"),
    ];
    nagle_and_delayed_ack: "hostile/nagle-and-delayed-ack.toml", [
        (&["transport.nodelay=false", "transport.write=header-body", "link={}"], &["load.session=per-exchange"], "p50"),
        (&["transport.nodelay=true", "transport.write=message", "link={}"], STARVED, "done"),
    ];
    one_byte: "hostile/one-byte.toml", [
        (&["framing=line"], &["link={}"], "faults"),
    ];
    slow_reader: "hostile/slow-reader.toml", [
        (&["framing=line"], &["link={}"], "faults"),
    ];
    survey: "hostile/survey.toml", [
        (&["framing=line"], &["link={}"], "faults"),
    ];
}
