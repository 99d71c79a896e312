//! A plugin that goes wrong in a hook: named, with the hook, in the round it costs.

use crate::harness::processes::{nothing_is_left, of};
use crate::harness::{Bench, Document, Ran, scenario};

/// Runs the faulty plugin beside a cell in which it behaves.
#[track_caller]
fn run(hook: &str, fault: &str, side: &str, load: &str) -> (Ran, Document) {
    let bench = Bench::new();
    let faulty = format!(
        "{{ hook = \"{hook}\", fault = \"{fault}\", side = \"{side}\", after = {} }}",
        if matches!(hook, "message" | "start") { 3 } else { 0 }
    );
    let more = format!(
        "handler = {{ plugin = \"faulty\" }}\n\n[matrix]\n\"handler.config\" = [{{}}, {faulty}]\n"
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

/// The round crashed, and the result says in which hook of which plugin, and how.
#[track_caller]
fn crashes(hook: &str, fault: &str, side: &str, how: &str) {
    let (ran, document) = run(hook, fault, side, "");
    assert_eq!(ran.code, Some(100), "{ran}");
    let cell = document.cells().nth(1).expect("the faulty cell");
    assert_eq!(cell.verdict(), "crashed", "{}", cell.complaints());
    let crashes = cell.list("crashes");
    assert_eq!(crashes.len(), 2, "{}", cell.complaints());
    for crash in crashes {
        let told = crash["how"].as_str().expect("how it ended");
        assert!(told.contains(how), "{told}");
        assert_eq!(crash["plugin"], "faulty");
        assert_eq!(crash["side"], side);
        let named = crash["hook"] == hook || told.contains(&format!("`{hook}`"));
        assert!(named, "the hook `{hook}` is not named: {crash}");
    }
    assert!(ran.stdout.contains(how), "{ran}");
}

/// Each fault in each hook that a round calls.
macro_rules! hooks {
    ($($module:ident: $side:literal, $hook:literal;)*) => {$(
        mod $module {
            use super::crashes;

            #[test]
            fn a_panic_is_named() {
                crashes($hook, "panic", $side, "panic");
            }
            #[test]
            fn an_abort_is_named() {
                crashes($hook, "abort", $side, "SIGABRT");
            }
            #[test]
            fn a_segfault_is_named() {
                crashes($hook, "segfault", $side, "SIGSEGV");
            }
            #[test]
            fn an_endless_loop_is_killed_and_named() {
                crashes($hook, "hang", $side, "hung");
            }
            #[test]
            fn an_exit_is_named() {
                crashes($hook, "exit", $side, "status 7");
            }
        }
    )*};
}

hooks! {
    server_open: "server", "open";
    server_message: "server", "message";
    server_close: "server", "close";
    client_open: "client", "open";
    client_start: "client", "start";
    client_message: "client", "message";
    client_close: "client", "close";
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

/// An error is not a crash: it costs its session, and is counted under the hook's name. Before the
/// round has started it costs the round.
#[track_caller]
fn is_counted(hook: &str, side: &str) {
    let (ran, document) = run(hook, "error", side, "timeout = \"100ms\"\ndrain = \"100ms\"\n");
    let cell = document.cells().nth(1).expect("the faulty cell");
    let named = |text: &str| text.contains(&format!("`{hook}`")) && text.contains("told to fail");
    let counted = cell
        .list("errors")
        .iter()
        .any(|error| error["side"] == side && named(error["first"].as_str().unwrap_or_default()));
    let crashed = cell
        .list("crashes")
        .iter()
        .any(|crash| crash["side"] == side && named(crash["how"].as_str().unwrap_or_default()));
    let unrun =
        cell.list("rounds").iter().any(|round| named(round["error"].as_str().unwrap_or_default()));
    assert!(counted || crashed || unrun, "{}\n{ran}", cell.complaints());
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
    an_error_when_the_server_opens_a_session_is_named: "server", "open";
    an_error_for_a_message_of_the_server_is_named: "server", "message";
    an_error_when_the_client_opens_a_session_is_named: "client", "open";
    an_error_when_the_client_starts_is_named: "client", "start";
    an_error_for_a_message_of_the_client_is_named: "client", "message";
}

#[test]
fn a_wrong_answer_is_counted_as_wrong() {
    let (_, document) = run("", "wrong", "client", "");
    let cell = document.cells().nth(1).expect("the cell with wrong answers");
    assert_eq!(cell.count("/exchanges/wrong"), 100, "{}", cell.complaints());
}

#[test]
fn what_a_plugin_prints_disturbs_nothing() {
    let (ran, document) = run("message", "print", "server", "");
    assert_eq!(ran.code, Some(0), "{ran}");
    document.cells().for_each(|cell| cell.is_intact());
    assert!(!ran.stdout.contains("printed by the plugin"), "{ran}");
}

#[test]
fn finishing_an_exchange_that_nobody_started_changes_nothing() {
    let (ran, document) = run("message", "finish-unknown", "client", "");
    assert_eq!(ran.code, Some(0), "{ran}");
    document.cells().for_each(|cell| cell.is_intact());
}

#[test]
fn sending_on_a_closed_session_changes_nothing() {
    let (ran, document) = run("close", "send-after-close", "server", "");
    assert_eq!(ran.code, Some(0), "{ran}");
    document.cells().for_each(|cell| cell.is_intact());
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
