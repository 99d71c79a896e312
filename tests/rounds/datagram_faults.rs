//! What the kernel does to datagrams, and how it is told.

use crate::harness::{Bench, Cell, measured, scenario};

fn errors_of(cell: Cell<'_>, side: &str, kind: &str) -> u64 {
    let counted = cell.list("errors").iter();
    let of_kind = counted.filter(|error| error["side"] == side && error["kind"] == kind);
    of_kind.map(|error| error["count"].as_u64().unwrap_or(0)).sum()
}

/// Exchanges that nothing can answer should not take long.
const IMPATIENT: &str = "timeout = \"20ms\"\ndrain = \"20ms\"\n";

#[test]
fn a_frame_that_is_cut_is_an_error_of_its_datagram_alone() {
    let transport = "transport = { kind = \"udp\", read-size = \"40 B\" }\n";
    let load = format!("messages = 10\nin-flight = 1\npayload = [\"16 B\", \"64 B\"]\n{IMPATIENT}");
    let document = measured(&scenario("\"len32be\"", &load, transport));
    let cell = document.cell();
    let (intact, lost) = (cell.request("intact"), cell.request("lost"));
    assert_eq!(intact + lost, cell.request("sent"), "{}", cell.complaints());
    assert!(intact >= 5 && lost >= 5, "{}", cell.complaints());
    assert_eq!(errors_of(cell, "server", "cut packet"), lost, "{}", cell.complaints());
    let told = "the datagram was cut: 40 bytes read of 68, and the rest is gone";
    assert!(cell.0["errors"].to_string().contains(told), "{}", cell.0["errors"]);
    let unanswered = cell.count("/exchanges/unanswered");
    assert!(unanswered >= 5 && cell.done() + unanswered == 10, "{}", cell.complaints());
}

#[test]
fn a_flood_into_a_small_buffer_loses_and_the_kernels_drops_are_told_and_gated() {
    let transport =
        "transport = { kind = \"udp\", receive-buffer = \"4 KiB\", read-delay = \"1ms\" }\n";
    let load = format!("messages = 1500\nin-flight = 200\npayload = \"500 B\"\n{IMPATIENT}");
    let gates =
        "\n[expect]\nkernel-drops = \"> 0\"\nlost = \"> 0\"\nreordered = 0\nduplicated = 0\n";
    let bench = Bench::new();
    let ran = bench.run(&scenario("\"raw\"", &load, &format!("{transport}{gates}")), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("dropped by the kernel"), "{ran}");
    let document = bench.document();
    let cell = document.cell();
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
    let transport = "transport = { kind = \"unixgram\", read-delay = \"50ms\" }\n";
    let load = "session = \"per-exchange\"\nmessages = 15\nin-flight = 5\ntimeout = \"1ms\"\n\
                warmup = \"0ms\"\ndrain = \"200ms\"\n";
    let document = measured(&scenario("\"raw\"", load, transport));
    let cell = document.cell();
    assert_eq!(cell.0["rounds"][0]["outcome"], "finished", "{}", cell.complaints());
    assert_eq!(cell.request("intact"), cell.request("sent"), "{}", cell.complaints());
    let refused = errors_of(cell, "server", "write: connection refused");
    assert!(refused > 0, "{}", cell.complaints());
    assert_eq!(refused, cell.reply("lost"), "{}", cell.complaints());
    let unanswered = cell.count("/exchanges/unanswered");
    assert_eq!(cell.done() + unanswered, 15, "{}", cell.complaints());
}
