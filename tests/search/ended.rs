//! A search that is ended before it has found anything says so, and what is known.

use crate::found::OVERHEAD;
use crate::harness::Bench;
use crate::harness::processes::{await_verb, nothing_is_left};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

#[test]
fn ctrl_c_keeps_what_was_played_and_calls_the_search_unfinished() {
    let bench = Bench::new();
    let more =
        ["--set", "load={ duration = \"60ms\", warmup = \"0ms\" }", "--set", "search.rounds=100"];
    let running = bench.start_scenario(OVERHEAD, &more);
    // Two rounds at least are over when a third pair of sides is seen.
    let mut seen = std::collections::BTreeSet::new();
    while seen.len() < 6 {
        seen.extend(await_verb(&bench, "__side", 1).iter().map(|side| side.pid));
    }
    kill(Pid::from_raw(running.pid()), Signal::SIGINT).expect("the program runs");
    let ran = running.wait();
    assert_eq!(ran.code, Some(105), "{ran}");
    assert!(ran.stdout.contains("ended before it was found"), "{ran}");
    let document = bench.document().0;
    assert_eq!(
        (&document["interrupted"], &document["verdict"]),
        (&true.into(), &"inconclusive".into())
    );
    let groups = document["search"]["groups"].as_array().expect("groups");
    assert!(groups.iter().all(|group| group["unfinished"] == true && group["holds"].is_null()));
    // Of the journal alone the same is known.
    let journal = bench.out().join("test/latest/journal.jsonl");
    let again =
        bench.start(&["report", journal.to_str().expect("UTF-8"), "--json", "again.json"]).wait();
    assert_eq!(again.code, Some(105), "{again}");
    assert!(again.stdout.contains("ended before it was found"), "{again}");
    nothing_is_left(&bench);
}
