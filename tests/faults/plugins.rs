//! A plugin that goes wrong in a hook: named, with the hook, in the round it costs.

use crate::harness::processes::{nothing_is_left, of};
use crate::harness::{Bench, Document, Ran, scenario};

/// What was printed, however its lines are broken.
fn printed(ran: &Ran) -> String {
    ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where the plugin's faults stand, as its panics say it.
const SOURCE: &str = "tests/fixtures/faulty/src/lib.rs";

/// Runs the faulty plugin beside a cell in which it behaves.
#[track_caller]
fn run(hook: &str, fault: &str, side: &str, load: &str) -> (Ran, Document) {
    run_all(hook, &[fault], side, load)
}

/// The same with a cell for each of these faults.
#[track_caller]
fn run_all(hook: &str, faults: &[&str], side: &str, load: &str) -> (Ran, Document) {
    let bench = Bench::new();
    let after = if matches!(hook, "message" | "start") { 3 } else { 0 };
    let faulty = faults.iter().map(|fault| {
        format!("{{ hook = \"{hook}\", fault = \"{fault}\", side = \"{side}\", after = {after} }}")
    });
    let cells: Vec<String> = ["{}".to_owned()].into_iter().chain(faulty).collect();
    let more = format!(
        "handler = {{ plugin = \"faulty\" }}\n\n[matrix]\n\"handler.config\" = [{}]\n",
        cells.join(", ")
    );
    let load =
        format!("messages = 50\nin-flight = 2\nrounds = 2\nhook-timeout = \"300ms\"\n{load}");
    let ran = bench.run(&scenario("\"len32be\"", &load, &more), &[]);
    assert!(bench.folder().join("result.json").exists(), "{ran}");
    let document = bench.document();
    nothing_is_left(&bench);
    let well = document.cells().next().expect("the cell without a fault");
    assert_eq!(well.done(), 100, "{}", well.complaints());
    (ran, document)
}

/// What ends a side, and the word for it.
const ENDS: [(&str, &str); 5] = [
    ("panic", "panic"),
    ("abort", "SIGABRT"),
    ("segfault", "SIGSEGV"),
    ("hang", "hung"),
    ("exit", "status 7"),
];

/// Each round with such a fault crashed, and the result says in which hook of which plugin, and how.
#[track_caller]
fn crashes(hook: &str, side: &str) {
    let (ran, document) = run_all(hook, &ENDS.map(|(fault, _)| fault), side, "");
    assert_eq!(ran.code, Some(100), "{ran}");
    assert_eq!(document.cells().count(), 1 + ENDS.len(), "{ran}");
    for (cell, (fault, how)) in document.cells().skip(1).zip(ENDS) {
        assert_eq!(cell.verdict(), "crashed", "{fault}: {}", cell.complaints());
        let crashes = cell.list("crashes");
        assert_eq!(crashes.len(), 2, "{fault}: {}", cell.complaints());
        for crash in crashes {
            let told = crash["how"].as_str().expect("how it ended");
            assert!(told.contains(how), "{fault}: {told}");
            assert_eq!(crash["plugin"], "faulty");
            assert_eq!(crash["side"], side);
            assert_eq!(crash["hook"], hook, "{crash}");
            if fault == "panic" {
                let panic = format!("told to panic in {hook} (at {SOURCE}:");
                assert!(told.contains(&panic), "{crash}");
                let printed = crash["stderr"].as_str().unwrap_or_default();
                assert!(printed.contains(SOURCE), "{crash}");
            }
        }
        assert!(ran.stdout.contains(how), "{ran}");
    }
}

/// Each such fault in each hook that a round calls.
macro_rules! hooks {
    ($($name:ident: $side:literal, $hook:literal;)*) => {$(
        #[test]
        fn $name() {
            crashes($hook, $side);
        }
    )*};
}

hooks! {
    every_end_where_the_server_opens_a_session_is_named: "server", "open";
    every_end_at_a_message_of_the_server_is_named: "server", "message";
    every_end_where_the_server_closes_a_session_is_named: "server", "close";
    every_end_where_the_client_opens_a_session_is_named: "client", "open";
    every_end_where_the_client_starts_is_named: "client", "start";
    every_end_at_a_message_of_the_client_is_named: "client", "message";
    every_end_where_the_client_closes_a_session_is_named: "client", "close";
}

/// A plugin that goes wrong while it is made is found before anything runs.
#[track_caller]
fn is_refused(fault: &str, side: &str, how: &str) {
    let bench = Bench::new();
    let more = format!(
        "[handler]\nplugin = \"faulty\"\nconfig = {{ hook = \"new\", fault = \"{fault}\", side = \"{side}\" }}\n"
    );
    let ran = bench.run(&scenario("\"len32be\"", "", &more), &[]);
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("faulty") && ran.stderr.contains(how), "{ran}");
    assert!(!bench.out().exists(), "something was started: {ran}");
    nothing_is_left(&bench);
}

macro_rules! refusals {
    ($($name:ident: $fault:literal, $side:literal, $how:literal;)*) => {$(
        #[test]
        fn $name() {
            is_refused($fault, $side, $how);
        }
    )*};
}

refusals! {
    a_panic_when_the_server_is_made_is_refused: "panic", "server", "panic";
    an_abort_when_the_server_is_made_is_refused: "abort", "server", "SIGABRT";
    a_segfault_when_the_client_is_made_is_refused: "segfault", "client", "SIGSEGV";
    an_exit_when_the_client_is_made_is_refused: "exit", "client", "status 7";
    an_error_when_the_client_is_made_is_refused: "error", "client", "told to fail in new";
    an_error_when_the_server_is_made_is_refused: "error", "server", "told to fail in new";
}

#[test]
#[ignore = "slow: the plugin is given ten seconds to be made"]
fn an_endless_loop_when_the_server_is_made_is_refused() {
    is_refused("hang", "server", "endless loop");
}

/// An error is not a crash: it costs its session, is counted under the hook's name with the first one
/// in full, and a gate can be held against it.
#[track_caller]
fn is_counted(hook: &str, side: &str) {
    let load = "timeout = \"100ms\"\ndrain = \"100ms\"\n";
    let (ran, document) = run(hook, "error", side, &format!("{load}[expect]\nerrors = 0\n"));
    let cell = document.cells().nth(1).expect("the faulty cell");
    let errors = cell.list("errors");
    let kind = format!("hook {hook}");
    let counted = errors.iter().find(|error| error["side"] == side && error["kind"] == kind);
    let counted = counted.unwrap_or_else(|| panic!("{}\n{ran}", cell.complaints()));
    let first = counted["first"].as_str().expect("a text");
    let told = format!("hook `{hook}` failed (status 1): told to fail in {hook}");
    assert!(first.starts_with("session ") && first.contains(&told), "{first}");
    assert!(cell.list("crashes").is_empty(), "{}", cell.complaints());
    assert_eq!(cell.gate("errors"), Some(false), "{}", cell.complaints());
    assert_eq!(document.cells().next().expect("a cell").gate("errors"), Some(true));
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(printed(&ran).contains(&told), "{ran}");
}

macro_rules! errors {
    ($($name:ident: $side:literal, $hook:literal;)*) => {$(
        #[test]
        fn $name() {
            is_counted($hook, $side);
        }
    )*};
}

errors! {
    an_error_for_a_message_of_the_server_is_counted: "server", "message";
    an_error_when_the_server_closes_a_session_is_counted: "server", "close";
    an_error_when_the_client_starts_is_counted: "client", "start";
    an_error_for_a_message_of_the_client_is_counted: "client", "message";
    an_error_when_the_client_closes_a_session_is_counted: "client", "close";
}

/// Where no session ever opens, there is no round: it is told why.
#[test]
fn an_error_whenever_a_session_opens_is_named() {
    for side in ["server", "client"] {
        let (ran, document) = run("open", "error", side, "");
        let told = "hook `open` failed (status 1): told to fail in open";
        assert!(printed(&ran).contains(told), "{ran}");
        let cell = document.cells().nth(1).expect("the faulty cell");
        assert_ne!(cell.verdict(), "pass", "{}", cell.complaints());
    }
}

/// A framing that goes wrong in a round of a handler that does not: the framing's plugin is to blame.
#[track_caller]
fn framing_crashes(fault: &str, how: &str, hook: &str) {
    let bench = Bench::new();
    let framing = format!("{{ kind = \"len8-faulty\", plugin = \"faulty\", fault = \"{fault}\" }}");
    let load = "messages = 20\nrounds = 1\nhook-timeout = \"300ms\"\n";
    let ran = bench.run(&scenario(&framing, load, "handler = { plugin = \"echo\" }\n"), &[]);
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let crashes = document.cell().list("crashes");
    assert_eq!(crashes.len(), 1, "{ran}");
    let crash = &crashes[0];
    assert_eq!(crash["plugin"], "faulty", "{crash}");
    assert_eq!(crash["hook"], hook, "{crash}");
    assert_eq!(crash["session"], 1, "{crash}");
    let told = crash["how"].as_str().expect("how it ended");
    assert!(told.contains(how), "{told}");
    if how.contains("panic") {
        let place = "tests/fixtures/faulty/src/framing.rs:";
        assert!(told.contains(place), "{told}");
        assert!(crash["stderr"].as_str().expect("a text").contains(place), "{crash}");
        assert!(ran.stdout.contains("| thread "), "its error output is shown: {ran}");
    }
    nothing_is_left(&bench);
}

macro_rules! framings {
    ($($name:ident: $fault:literal, $how:literal, $hook:literal;)*) => {$(
        #[test]
        fn $name() {
            framing_crashes($fault, $how, $hook);
        }
    )*};
}

framings! {
    a_panic_while_a_framing_encodes_is_the_framings: "panic-in-encode", "panicked in `encode`", "encode";
    a_panic_while_a_framing_decodes_is_the_framings: "panic-in-feed", "panicked in `feed`", "feed";
    a_panic_where_a_framing_opens_its_gate_is_the_framings: "panic-in-gate", "`gate` panicked before", "encode";
    an_abort_while_a_framing_encodes_is_the_framings: "abort-in-encode", "SIGABRT", "encode";
    an_abort_while_a_framing_decodes_is_the_framings: "abort-in-feed", "SIGABRT", "feed";
    an_abort_where_a_framing_opens_its_gate_is_the_framings: "abort-in-gate", "SIGABRT", "gate";
    a_framing_that_never_returns_is_the_framings: "hang-in-feed", "hung", "feed";
    a_framing_that_breaks_a_rule_is_the_framings: "consume-too-much", "broke a rule in `feed`", "feed";
}

#[test]
fn a_panic_of_any_length_leaves_its_place_and_the_beginning_of_its_text() {
    let (ran, document) = run("message", "long-panic", "server", "");
    let crash = &document.cells().nth(1).expect("the faulty cell").list("crashes")[0];
    let how = crash["how"].as_str().expect("how it ended");
    assert!(how.contains("told to panic at length in message xxx"), "{how}");
    assert!(how.contains(&format!("x… (at {SOURCE}:")), "{how}");
    let printed = crash["stderr"].as_str().expect("a text");
    assert!(printed.starts_with("thread ") && printed.len() < 8 << 10, "{printed}");
    assert_eq!(ran.code, Some(100), "{ran}");
}

/// What breaks a rule of the interface is not done, ends nothing, and is counted with hook and session.
#[track_caller]
fn is_misuse(hook: &str, fault: &str, side: &str, told: &str) {
    let (ran, document) = run(hook, fault, side, "");
    assert_eq!(ran.code, Some(0), "{ran}");
    let cell = document.cells().nth(1).expect("the faulty cell");
    assert_eq!((cell.verdict(), cell.done()), ("pass", 100), "{}", cell.complaints());
    let errors = cell.list("errors");
    let misuse = errors.iter().find(|error| error["side"] == side && error["kind"] == "misuse");
    let first = misuse.unwrap_or_else(|| panic!("{}\n{ran}", cell.complaints()))["first"].clone();
    assert_eq!(first, format!("session 1, hook `{hook}`: {told}"), "{ran}");
    assert!(printed(&ran).contains(told), "{ran}");
    assert!(document.cells().next().expect("a cell").list("errors").is_empty());
}

macro_rules! misuses {
    ($($name:ident: $side:literal, $hook:literal, $fault:literal, $told:literal;)*) => {$(
        #[test]
        fn $name() {
            is_misuse($hook, $fault, $side, $told);
        }
    )*};
}

misuses! {
    finishing_an_exchange_that_nobody_started_is_told: "client", "message", "finish-unknown",
        "`finish` of exchange 18446744073709551615, which was never started";
    finishing_an_exchange_twice_is_told: "client", "message", "finish-twice",
        "`finish` of exchange 4, which it had finished before";
    finishing_on_the_server_is_told: "server", "message", "finish-unknown",
        "`finish` is for the client side: nothing was ended";
    sending_in_close_is_told: "server", "close", "send-after-close",
        "a message was sent: in `close` the session is over";
    sending_on_a_session_that_never_was_is_told: "server", "message", "send-to-nobody",
        "a message was sent for session 4000000, which was never opened";
    counting_under_a_bad_name_is_told: "client", "message", "count-badly",
        "`count` got the kind \"Not A Kind\": a kind is 1 to 64 small letters, digits and `-`";
}

#[test]
fn sending_right_after_closing_is_told() {
    let load = "timeout = \"100ms\"\ndrain = \"100ms\"\n";
    let (ran, document) = run("message", "send-after-own-close", "server", load);
    let cell = document.cells().nth(1).expect("the faulty cell");
    let told = "a message was sent after the same hook had closed the session";
    let known = cell.list("errors").iter().any(|error| {
        error["kind"] == "misuse" && error["first"].as_str().is_some_and(|one| one.ends_with(told))
    });
    assert!(known, "{}\n{ran}", cell.complaints());
}

#[test]
fn a_panic_of_a_plugins_own_thread_is_told_with_its_place() {
    let (ran, document) = run("message", "worker-panic", "server", "");
    assert_eq!(ran.code, Some(0), "{ran}");
    let cell = document.cells().nth(1).expect("the faulty cell");
    assert_eq!((cell.verdict(), cell.done()), ("pass", 100), "{}", cell.complaints());
    let errors = cell.list("errors");
    let told = errors.iter().find(|error| error["kind"] == "worker").expect("it is counted");
    let first = told["first"].as_str().expect("a text");
    let panic = "thread digger panicked: told to panic in a thread";
    assert!(first.starts_with(&format!("{panic} (at {SOURCE}:")), "{first}");
    assert_eq!(told["side"], "server");
    assert!(printed(&ran).contains(panic), "{ran}");
}

#[test]
fn a_wrong_answer_is_counted_as_wrong() {
    let (_, document) = run("", "wrong", "client", "");
    let cell = document.cells().nth(1).expect("the cell with wrong answers");
    assert_eq!(cell.count("/exchanges/wrong"), 100, "{}", cell.complaints());
}

#[test]
fn a_plugin_that_is_nowhere_is_told_with_every_place_searched() {
    let bench = Bench::new();
    let more = "handler = { plugin = \"no-such-plugin\" }\n";
    let ran = bench.run(&scenario("\"len32be\"", "", more), &[]);
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("no-such-plugin"), "{ran}");
    assert!(ran.stderr.contains(crate::harness::plugin_folder()), "{ran}");
    nothing_is_left(&bench);
}

/// Processes that run `sleep` for a bench.
fn sleepers(bench: &Bench) -> usize {
    of(bench).iter().filter(|process| process.verb() == "600").count()
}

#[test]
fn a_process_that_a_plugin_leaves_behind_dies_with_its_round() {
    let bench = Bench::new();
    let more = "[handler]\nplugin = \"faulty\"\n\
                config = { hook = \"open\", fault = \"leak\", side = \"server\" }\n";
    let load = "duration = \"400ms\"\nrounds = 2\n";
    let mut running = bench.start_scenario(&scenario("\"len32be\"", load, more), &[]);
    let (mut seen, mut most) = (0, 0);
    while !running.has_ended() {
        let now = sleepers(&bench);
        seen += usize::from(now > 0);
        most = most.max(now);
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let ran = running.wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(seen > 0, "no process was ever left behind: {ran}");
    assert_eq!(most, 1, "one of an earlier round was still there");
    nothing_is_left(&bench);
}

#[test]
fn a_server_that_refuses_every_session_is_not_taken_for_a_run_that_went_well() {
    let config = "{ hook = \"open\", fault = \"error\", side = \"server\" }";
    let handler = format!("handler = {{ plugin = \"faulty\", config = {config} }}\n");
    let bench = Bench::new();
    let ran =
        bench.run(&scenario("\"len32be\"", "messages = 5\nwarmup = \"0ms\"\n", &handler), &[]);
    let told = printed(&ran);
    assert!(
        told.contains("session 1: hook `open` failed (status 1): told to fail in open"),
        "{ran}"
    );
    // Whether the client ever sees a connection that is closed at once depends on who gets the processor
    // first. Without one the round does not begin.
    match ran.code {
        Some(106) => assert!(
            told.contains("x hook open (all)")
                && told.contains("nothing was measured in round 0: no exchange was answered"),
            "{ran}"
        ),
        Some(100) => assert!(
            told.contains("round 0 could not be run: client: only 0 of 1 connections")
                && told.contains("had been lost again"),
            "{ran}"
        ),
        _ => panic!("{ran}"),
    }
}
