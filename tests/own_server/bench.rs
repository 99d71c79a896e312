//! A scenario against `echo.py`, and what came of it.

use crate::harness::processes::nothing_is_left;
use crate::harness::{Bench, Document, Ran};

/// A run against the server with a fault.
pub(crate) struct Played {
    pub(crate) ran: Ran,
    pub(crate) document: Document,
}

/// The scenario, with one line each for the load, the gates and the handler.
pub(crate) fn scenario(fault: &str, handler: &str, load: &str, expect: &str) -> String {
    format!(
        "schema = 1\nname = \"own\"\nframing = \"len32be\"\nhandler = {handler}\n\
         cpu = {{ placement = \"free\" }}\n\
         server = {{ command = [\"python3\", \"echo.py\", \"{{port}}\", \"{fault}\"] }}\n\
         load = {{ {load} }}\nexpect = {{ {expect} }}\n"
    )
}

/// Every message comes back, and the judge looks it up.
pub(crate) const VERIFY: &str = "{ plugin = \"echo\", config = { verify = true } }";

/// Plays it, and sees that nothing of it is left.
#[track_caller]
pub(crate) fn play(scenario: &str, more: &[&str]) -> Played {
    let bench = Bench::new();
    bench.write("echo.py", include_str!("echo.py"));
    let ran = bench.run(scenario, more);
    nothing_is_left(&bench);
    assert!(bench.folder().join("result.json").exists(), "{ran}");
    Played { document: bench.document(), ran }
}

impl Played {
    /// The text of the table holds all of these, wherever it breaks its lines.
    #[track_caller]
    pub(crate) fn says(&self, sentences: &[&str]) {
        let text = self.ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        for sentence in sentences {
            assert!(text.contains(sentence), "`{sentence}` is not said:\n{}", self.ran);
        }
    }

    /// How many answers have this verdict.
    #[track_caller]
    pub(crate) fn answers(&self, verdict: &str) -> u64 {
        self.document.cell().count(&format!("/integrity/reply/{verdict}"))
    }
}
