//! What a handler may do beside answering: answer from a thread, keep files, be told of room.

use crate::harness::{Bench, measured, pass, plugin_folder, scenario};

fn faulty(config: &str) -> String {
    format!("handler = {{ plugin = \"faulty\", config = {{ {config} }} }}\n")
}

#[test]
fn a_reply_from_a_worker_belongs_to_its_request_and_has_a_service_time() {
    let more = faulty("fault = \"defer\"");
    let document = pass(&scenario("\"len32be\"", "messages = 60\nin-flight = 20\n", &more));
    let cell = document.cell();
    cell.is_intact();
    assert_eq!(cell.done(), 60);
    // The request whose hook first asked for the mailbox is remembered too.
    assert_eq!(cell.count("/service_ns/count"), 60);
}

#[test]
fn a_gate_on_a_kind_that_the_handler_does_not_declare_is_refused() {
    let more = format!("{}\n[expect]\n\"count.tolt\" = 0\n", faulty(""));
    let bench = Bench::new();
    let ran = bench.run(&scenario("\"len32be\"", "", &more), &[]);
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("`tolt`") && ran.stderr.contains("told"), "{ran}");
}

#[test]
fn a_scratch_directory_is_gone_after_the_round() {
    let more = faulty("hook = \"message\", fault = \"litter\"");
    let bench = Bench::new();
    let scenario = scenario("\"len32be\"", "rounds = 2\n", &more);
    let ran = bench.run(&scenario, &["--plugin-dir", plugin_folder()]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let left: Vec<_> = std::fs::read_dir(bench.temporary()).unwrap().flatten().collect();
    assert!(left.is_empty(), "{left:?}");
}

/// The server reads all requests before its threads answer any, and the client reads late: replies
/// that find no room wait in the handler until it hears that there is some.
#[test]
fn a_handler_that_finds_no_room_goes_on_when_there_is_some() {
    let load = "payload = \"1 MiB\"\nledger = \"64 MiB\"\nin-flight = 16\nmessages = 16\n\
                warmup = \"0s\"\ndrain = \"20s\"\ntimeout = \"20s\"\n";
    let more = "transport = { kind = \"unix\", write = \"batch\", read-delay = \"1ms\" }\n";
    let more = format!("{}{more}", faulty("fault = \"defer\""));
    let document = measured(&scenario("\"len32be\"", load, &more));
    let cell = document.cell();
    cell.is_intact();
    assert_eq!(cell.done(), 16, "{}", cell.complaints());
}

/// What each side has drawn first, in a run with this seed.
fn drawn(seed: u64) -> Vec<String> {
    let load = format!("messages = 5\nseed = {seed}\n");
    let document =
        pass(&scenario("\"len32be\"", &load, &faulty("hook = \"message\", fault = \"draw\"")));
    let cell = document.cell();
    let told = cell.list("counts").iter().filter(|count| count["kind"] == "told");
    told.map(|count| format!("{} {}", count["side"], count["first"])).collect()
}

#[test]
fn what_a_handler_draws_follows_from_the_seed_and_is_another_on_each_side() {
    let (first, again, other) = (drawn(7), drawn(7), drawn(8));
    assert_eq!(first.len(), 2, "{first:?}");
    assert_eq!(first, again);
    let numbers: std::collections::BTreeSet<&str> =
        first.iter().chain(&other).filter_map(|told| told.split(' ').next_back()).collect();
    assert_eq!(numbers.len(), 4, "{first:?}, {other:?}");
}
