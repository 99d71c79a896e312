//! What datagrams may suffer, and how it is told.

use crate::harness::{Bench, Cell, Document, measured, scenario};

/// Runs however it ends; the books of the document balance.
#[track_caller]
fn plays(framing: &str, transport: &str, load: &str) -> Document {
    measured(&scenario(framing, load, &format!("transport = {transport}\n")))
}

#[track_caller]
fn finished(cell: Cell<'_>) {
    assert_eq!(cell.0["rounds"][0]["outcome"], "finished", "{}", cell.complaints());
}

fn errors_of(cell: Cell<'_>, side: &str, kind: &str) -> u64 {
    let counted = cell.list("errors").iter();
    let of_kind = counted.filter(|error| error["side"] == side && error["kind"] == kind);
    of_kind.map(|error| error["count"].as_u64().unwrap_or(0)).sum()
}

/// Exchanges that nothing can answer should not take long.
const IMPATIENT: &str = "timeout = \"20ms\"\ndrain = \"20ms\"\n";

#[test]
fn a_read_below_the_datagrams_size_truncates_every_message() {
    for (kind, alphabet) in [("udp", "bytes"), ("udp", "text"), ("unixgram", "bytes")] {
        let transport = format!("{{ kind = \"{kind}\", read-size = \"40 B\" }}");
        let load = format!("messages = 30\nin-flight = 4\nalphabet = \"{alphabet}\"\n{IMPATIENT}");
        let document = plays("\"raw\"", &transport, &load);
        let cell = document.cell();
        finished(cell);
        assert!(cell.request("sent") >= 30, "{}", cell.complaints());
        assert_eq!(cell.request("truncated"), cell.request("sent"), "{}", cell.complaints());
        let damaged = cell.count("/exchanges/damaged");
        let unanswered = cell.count("/exchanges/unanswered");
        assert!(damaged > 0 && damaged + unanswered == 30, "{}", cell.complaints());
        let example = &cell.0["integrity"]["examples"][0];
        assert_eq!(example["received_len"], 40, "{example}");
        assert_eq!(example["offset"], 40, "{example}");
    }
}

#[test]
fn a_frame_that_is_cut_is_an_error_of_its_datagram_alone() {
    let transport = "{ kind = \"udp\", read-size = \"40 B\" }";
    let load = format!("messages = 60\nin-flight = 1\npayload = [\"16 B\", \"64 B\"]\n{IMPATIENT}");
    let document = plays("\"len32be\"", transport, &load);
    let cell = document.cell();
    finished(cell);
    let (intact, lost) = (cell.request("intact"), cell.request("lost"));
    assert_eq!(intact + lost, cell.request("sent"), "{}", cell.complaints());
    assert!(intact >= 30 && lost >= 30, "{}", cell.complaints());
    assert_eq!(errors_of(cell, "server", "cut packet"), lost, "{}", cell.complaints());
    let told = "the datagram was cut: 40 bytes read of 68, and the rest is gone";
    assert!(cell.0["errors"].to_string().contains(told), "{}", cell.0["errors"]);
    let unanswered = cell.count("/exchanges/unanswered");
    assert!(unanswered >= 30 && cell.done() + unanswered == 60, "{}", cell.complaints());
}

#[test]
fn a_flood_into_a_small_buffer_loses_and_the_kernels_drops_are_told() {
    let transport = "{ kind = \"udp\", receive-buffer = \"4 KiB\", read-delay = \"1ms\" }";
    let load = format!("messages = 3000\nin-flight = 200\npayload = \"500 B\"\n{IMPATIENT}");
    let document = plays("\"raw\"", transport, &load);
    let cell = document.cell();
    finished(cell);
    assert!(cell.request("lost") > 0, "{}", cell.complaints());
    assert!(cell.request("intact") > 0, "{}", cell.complaints());
    assert_eq!(cell.request("kernel_drops"), cell.request("lost"), "{}", cell.complaints());
    assert_eq!(cell.reply("kernel_drops"), cell.reply("lost"), "{}", cell.complaints());
    assert_eq!(cell.reply("sent"), cell.request("intact"), "{}", cell.complaints());
    let notes = cell.0["notes"].to_string();
    assert!(notes.contains("the kernel dropped"), "{notes}");
    assert!(cell.count("/exchanges/unanswered") > 0, "{}", cell.complaints());
    assert_eq!(cell.count("/exchanges/damaged"), 0, "{}", cell.complaints());
}

#[test]
fn what_the_kernel_dropped_can_be_a_gate() {
    let transport =
        "transport = { kind = \"udp\", receive-buffer = \"4 KiB\", read-delay = \"1ms\" }\n";
    let load = format!("messages = 1000\nin-flight = 200\npayload = \"500 B\"\n{IMPATIENT}");
    let gates =
        "\n[expect]\nkernel-drops = \"> 0\"\nlost = \"> 0\"\nreordered = 0\nduplicated = 0\n";
    let bench = Bench::new();
    let ran = bench.run(&scenario("\"raw\"", &load, &format!("{transport}{gates}")), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("dropped by the kernel"), "{ran}");
}

#[test]
fn what_arrives_past_the_horizon_is_late_and_stays_lost() {
    let transport = "{ kind = \"udp\", read-delay = \"40ms\", horizon = \"1ms\" }";
    let load = "messages = 4\nin-flight = 4\ntimeout = \"2s\"\ndrain = \"200ms\"\n";
    let document = plays("\"raw\"", transport, load);
    let cell = document.cell();
    finished(cell);
    assert_eq!(cell.request("lost"), cell.request("sent"), "{}", cell.complaints());
    assert_eq!(cell.request("late"), cell.request("sent"), "{}", cell.complaints());
}

#[test]
fn a_frame_over_the_limit_is_unsendable_and_the_handler_hears_of_it() {
    // The request fits, the reply has four bytes more.
    let framing = "{ request = \"raw\", reply = \"len32be\" }";
    let load = format!("messages = 3\nin-flight = 1\npayload = \"65507 B\"\n{IMPATIENT}");
    let document = plays(framing, "{ kind = \"udp\" }", &load);
    let cell = document.cell();
    finished(cell);
    assert!(cell.reply("unsendable") > 0, "{}", cell.complaints());
    assert_eq!(cell.reply("unsendable"), cell.reply("sent"), "{}", cell.complaints());
    let told = cell.list("errors").iter().any(|error| {
        error["kind"] == "hook message"
            && error["first"].as_str().is_some_and(|first| first.contains("longer than the host"))
    });
    assert!(told, "{}", cell.complaints());
}

#[test]
fn an_over_long_datagram_is_told_before_the_run() {
    let check = |framing: &str, transport: &str, payload: &str| {
        let bench = Bench::new();
        let load = format!("payload = \"{payload}\"\n");
        let text = scenario(framing, &load, &format!("transport = {transport}\n"));
        bench.write("scenario.toml", &text);
        bench
            .start(&["check", "scenario.toml", "--plugin-dir", crate::harness::plugin_folder()])
            .wait()
    };
    let ran = check("\"len32be\"", "{ kind = \"udp\" }", "65504 B");
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("at most 65,507 B"), "{ran}");
    assert_eq!(check("\"len32be\"", "{ kind = \"udp\" }", "65503 B").code, Some(0));
}

#[test]
fn an_answer_to_somebody_who_is_gone_is_counted_and_harms_nobody() {
    // Clients give up and close their sockets long before the server reads.
    let transport = "{ kind = \"unixgram\", read-delay = \"50ms\" }";
    let load = "session = \"per-exchange\"\nmessages = 15\nin-flight = 5\ntimeout = \"1ms\"\n\
                warmup = \"0ms\"\ndrain = \"200ms\"\n";
    let document = plays("\"raw\"", transport, load);
    let cell = document.cell();
    finished(cell);
    assert_eq!(cell.request("intact"), cell.request("sent"), "{}", cell.complaints());
    let refused = errors_of(cell, "server", "write: connection refused");
    assert!(refused > 0, "{}", cell.complaints());
    assert_eq!(refused, cell.reply("lost"), "{}", cell.complaints());
    let unanswered = cell.count("/exchanges/unanswered");
    assert_eq!(cell.done() + unanswered, 15, "{}", cell.complaints());
}
