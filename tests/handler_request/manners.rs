//! Servers that behave, and those that do not: what becomes of the exchanges, and what is told.

use crate::harness::Cell;
use crate::{counted, errors, play};

/// A request and what must come back, over a stream without boundaries.
const ASK: &str = r#"
requests = [{ name = "ask", send = "ask {token} {payload}\n", expect = "ok {token} {payload}\r\n" }]
ends     = { after = "\r\n" }
"#;

const ALL: &str = "[expect]\ndone = \"100%\"\nwrong = 0\n\"count.unmatched-answer\" = 0\n";

#[test]
fn a_server_that_answers_passes_with_many_in_flight() {
    for load in ["", "in-flight = 32\nconnections = 3\n", "session = \"per-exchange\"\n"] {
        let (ran, bench) = play("lines.py well", "raw", ASK, load, ALL);
        assert_eq!(ran.code, Some(0), "{ran}");
        assert_eq!(bench.document().cell().done(), 40, "{ran}");
    }
}

#[test]
fn an_answer_may_come_a_byte_at_a_time() {
    let (ran, bench) = play("lines.py bytes", "raw", ASK, "in-flight = 4\n", ALL);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(bench.document().cell().done(), 40, "{ran}");
}

#[test]
fn a_wrong_answer_fails_and_names_the_byte() {
    let (ran, bench) = play("lines.py wrong", "raw", ASK, "in-flight = 4\nwarmup = \"0ms\"\n", ALL);
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    assert_eq!(cell.count("/exchanges/wrong"), 8, "{}", cell.complaints());
    assert_eq!(cell.done(), 32, "{}", cell.complaints());
    let told = errors(cell);
    assert!(told.contains("the answer to request `ask` is wrong: it differs at byte"), "{told}");
    assert!(told.contains("23 for"), "{told}");
}

#[test]
fn answers_out_of_order_are_told_apart_by_their_number() {
    let load = "in-flight = 8\nwarmup = \"0ms\"\n";
    let by_number = format!("{ASK}\ncorrelate = {{ regex = \"^ok (\\\\d+) \" }}\n");
    let (ran, bench) = play("lines.py reversed", "raw", &by_number, load, ALL);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(bench.document().cell().done(), 40, "{ran}");
    // By their order alone, all but those in the middle are another's.
    let (ran, bench) = play("lines.py reversed", "raw", ASK, load, ALL);
    assert_eq!(ran.code, Some(100), "{ran}");
    assert_eq!(bench.document().cell().count("/exchanges/wrong"), 40, "{ran}");
}

#[test]
fn ten_thousand_may_be_in_flight() {
    let load = "messages = 20000\nin-flight = 10000\ntimeout = \"60s\"\ndrain = \"60s\"\n";
    let by_number = format!("{ASK}\ncorrelate = {{ regex = \"^ok (\\\\d+) \" }}\n");
    for config in [&by_number, ASK] {
        let (ran, bench) = play("lines.py well", "raw", config, load, ALL);
        assert_eq!(ran.code, Some(0), "{ran}");
        assert_eq!(bench.document().cell().done(), 20_000, "{ran}");
    }
}

#[test]
fn an_answer_that_comes_twice_is_told_as_the_one_before() {
    let load = "in-flight = 4\nwarmup = \"0ms\"\n";
    let by_number = format!("{ASK}\ncorrelate = {{ regex = \"^ok (\\\\d+) \" }}\n");
    let (ran, bench) = play("lines.py twice", "raw", &by_number, load, ALL);
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let (unmatched, example) = counted(document.cell(), "unmatched-answer");
    assert!(unmatched >= 36, "{}", document.cell().complaints());
    assert!(example.contains("this is the answer to the request before"), "{example}");
    assert_eq!(document.cell().done(), 40, "each had one of its own");
}

#[test]
fn a_server_that_is_one_answer_behind_is_seen_through() {
    let (ran, bench) = play("lines.py late", "raw", ASK, "warmup = \"0ms\"\n", ALL);
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let cell = document.cell();
    assert_eq!(cell.count("/exchanges/wrong"), 40, "{}", cell.complaints());
    assert_eq!(counted(cell, "answer-of-another").0, 39, "{}", cell.complaints());
}

#[test]
fn a_refusal_is_told_apart_from_a_wrong_answer() {
    let config = ASK.replace(" }]", ", refused = { prefix = \"no {token} \" } }]");
    let more = "[expect]\nrejected = \"100%\"\nwrong = 0\n";
    let (ran, bench) = play("lines.py refuses", "raw", &config, "", more);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(bench.document().cell().count("/exchanges/rejected"), 40, "{ran}");
}

/// Plays a server that fails, and tells what became of it.
fn fails(manner: &str, kind: &str, told: &str) {
    let load = "messages = 3\ntimeout = \"300ms\"\ndrain = \"300ms\"\nwarmup = \"0ms\"\n";
    let config = format!("{ASK}max-answer = \"16 KiB\"\n");
    let (ran, bench) = play(&format!("lines.py {manner}"), "raw", &config, load, ALL);
    assert_eq!(ran.code, Some(100), "{ran}");
    let document = bench.document();
    let cell: Cell<'_> = document.cell();
    assert_eq!(cell.done(), 0, "{}", cell.complaints());
    if kind.is_empty() {
        assert!(cell.count("/exchanges/unanswered") > 0, "{}", cell.complaints());
        return;
    }
    let (count, example) = counted(cell, kind);
    assert!(count > 0 && example.contains(told), "{example}: {}", cell.complaints());
}

#[test]
fn an_answer_without_an_end_is_cut_off_at_its_bound() {
    fails("endless", "too-long", "more than 16384 bytes");
}

#[test]
fn a_server_that_closes_in_the_middle_of_an_answer_leaves_it_unfinished() {
    fails("half", "unfinished", "bytes of an answer had come, and not its end: \"ok ");
}

#[test]
fn a_server_that_says_nothing_leaves_all_unanswered() {
    fails("mute", "", "");
}
