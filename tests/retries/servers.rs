//! A server that fails when it is told to, and a scenario that plays it.

use crate::harness::{Bench, Ran, scenario};

/// What fails, and when: of which starts of the server, and how.
#[derive(Clone, Copy)]
pub(crate) struct Failing {
    pub(crate) starts: &'static str,
    pub(crate) how: &'static str,
}

/// It fails when it is started for the first time.
pub(crate) const ONCE: Failing = Failing { starts: "1", how: "wrong" };

/// Every exchange is answered as it should be.
pub(crate) const GATES: &str = "[expect]\ndone = \"100%\"\n";

/// Two cells, by the size of their messages.
pub(crate) const TWO_CELLS: &str = "[matrix]\n\"load.payload\" = [\"64 B\", \"128 B\"]\n";

/// The text of a scenario against it; `more` are tables.
pub(crate) fn text(failing: Failing, load: &str, more: &str) -> String {
    let Failing { starts, how } = failing;
    let load = if load.contains("messages") || load.contains("duration") {
        load.to_owned()
    } else {
        format!("messages = 40\n{load}")
    };
    let server = format!(
        "handler = {{ plugin = \"echo\", config = {{ verify = true }} }}\n\n\
         [server]\ncommand = [\"python3\", \"server.py\", \"{{port}}\"]\n\
         env = {{ FAILS = \"{starts}\", HOW = \"{how}\" }}\n{more}"
    );
    scenario("\"len32be\"", &load, &server)
}

/// A folder with the server in it.
pub(crate) fn bench() -> Bench {
    let bench = Bench::new();
    bench.write("server.py", include_str!("../fixtures/failing_server.py"));
    bench
}

/// Plays a scenario against it, in a folder of its own.
pub(crate) fn play(failing: Failing, load: &str, more: &str, options: &[&str]) -> (Ran, Bench) {
    let bench = bench();
    let ran = bench.run(&text(failing, load, more), options);
    (ran, bench)
}

/// How many times it was started.
pub(crate) fn starts(bench: &Bench) -> usize {
    let starts = std::fs::read_to_string(bench.folder().join("starts"));
    starts.map_or(0, |starts| starts.lines().count())
}

/// What `report` says of the journal of the only run, with these options.
pub(crate) fn report(bench: &Bench, options: &[&str]) -> Ran {
    let journal = "out/test/latest/journal.jsonl";
    bench.start(&[&["report", journal, "--json", "again.json"], options].concat()).wait()
}

/// The journal alone gives the document that the run has left, byte for byte.
#[track_caller]
pub(crate) fn the_journal_gives_the_same(bench: &Bench, ran: &Ran) {
    let again = report(bench, &[]);
    assert_eq!(again.code, ran.code, "{again}");
    let read = |name: &str| std::fs::read_to_string(bench.folder().join(name)).expect(name);
    assert_eq!(read("again.json"), read("result.json"), "{again}");
}
