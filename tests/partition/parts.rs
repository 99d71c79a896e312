//! A scenario, and its parts.

use crate::harness::{Bench, Ran, plugin_folder};
use serde_json::Value;
use std::path::PathBuf;

/// Of twelve cells, those with short messages spend too much on framing, which does not depend on time; eight are
/// held against others.
pub(crate) const SCENARIO: &str = r#"
schema = 1
name = "divided"
handler = { plugin = "echo" }
transport = { kind = "tcp" }
cpu = { placement = "free" }
[load]
messages = 60
in-flight = 16
warmup = "0s"
rounds = 2
drain = "200ms"
[matrix]
framing = ["len32be", "line", "cobs"]
"load.payload" = ["64 B", "100 B", "200 B", "300 B"]
[expect]
overhead = "< 0.03"
done = "> 0"
"overhead / framing=len32be" = "< 1000"
"#;

/// How many parts it is divided into.
pub(crate) const PARTS: u32 = 3;

/// Plays one part into a folder of its own.
pub(crate) fn play(bench: &Bench, part: &str, out: &str, more: &[&str]) -> Ran {
    let arguments = ["run", "scenario.toml", "--plugin-dir", plugin_folder(), "--out", out];
    let parts = ["--partition", part, "--quiet"];
    bench.start(&[&arguments[..], &parts, more].concat()).wait()
}

/// Plays all parts; returns their folders.
pub(crate) fn play_all(bench: &Bench, more: &[&str]) -> Vec<String> {
    bench.write("scenario.toml", SCENARIO);
    let play_one = |part| {
        let out = format!("part{part}");
        let ran = play(bench, &format!("{part}/{PARTS}"), &out, more);
        assert!(matches!(ran.code, Some(0 | 99 | 106)), "{ran}");
        out
    };
    (1..=PARTS).map(play_one).collect()
}

/// Merges these into `all`.
pub(crate) fn merge(bench: &Bench, parts: &[String], more: &[&str]) -> Ran {
    let mut arguments = vec!["merge"];
    arguments.extend(parts.iter().map(String::as_str));
    arguments.extend(["-o", "all"]);
    arguments.extend(more);
    bench.start(&arguments).wait()
}

/// The file of the latest result below a results folder.
pub(crate) fn file(bench: &Bench, out: &str) -> PathBuf {
    bench.folder().join(out).join("divided/latest/result.json")
}

/// The result below a results folder.
pub(crate) fn result(bench: &Bench, out: &str) -> Value {
    let text = std::fs::read(file(bench, out)).expect("a result is kept");
    serde_json::from_slice(&text).expect("it is JSON")
}

/// Its cells.
pub(crate) fn cells(result: &Value) -> &[Value] {
    result["cells"].as_array().expect("it has cells")
}

/// Their ids.
pub(crate) fn ids(result: &Value) -> Vec<String> {
    cells(result).iter().map(|cell| cell["id"].as_str().expect("an id").to_owned()).collect()
}

/// Changes a result that is kept.
pub(crate) fn change(bench: &Bench, out: &str, change: impl FnOnce(&mut Value)) {
    let mut document = result(bench, out);
    change(&mut document);
    std::fs::write(file(bench, out), document.to_string()).expect("it is ours");
}
