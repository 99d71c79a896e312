//! Builds of the echo handler that differ in how slow they are, and scenarios to play them in.
#![allow(dead_code, reason = "every test target uses its own part")]

use crate::harness::{Bench, plugin_folder};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What stands in front of the number in the file of the slower echo handler.
const MARK: &[u8] = b"SLOWER=";

/// Enough that no noise hides it: many times as long as an exchange takes.
pub(crate) const MUCH_SLOWER: u32 = 300_000;

/// No message is ever answered.
pub(crate) const HANGS: u32 = 999_999_999;

/// Few rounds, whose end does not depend on time.
pub(crate) const SCENARIO: &str = r#"
schema = 1
name = "paired"
handler = { plugin = "echo" }
transport = { kind = "tcp" }
cpu = { placement = "free" }
[load]
messages = 60
warmup = "5ms"
rounds = 4
timeout = "20s"
hook-timeout = "5s"
[matrix]
framing = ["len32be", "line"]
[expect]
intact = "100%"
"#;

/// A folder with a build of the echo handler that does so many steps in vain before each message.
pub(crate) fn build(bench: &Bench, name: &str, steps: u32) -> PathBuf {
    let mut file = std::fs::read(Path::new(plugin_folder()).join("libwirebench_slower.so"))
        .expect("the slower handler is built");
    let places: Vec<usize> =
        (0..file.len() - 16).filter(|at| file[*at..].starts_with(MARK)).collect();
    assert!(!places.is_empty(), "the file has its mark");
    for at in places {
        let digits = at + MARK.len();
        file[digits..digits + 9].copy_from_slice(format!("{steps:09}").as_bytes());
    }
    let folder = bench.folder().join(name);
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("libwirebench_echo.so"), file).expect("the folder is writable");
    folder
}

/// The arguments of a run of the scenario with plugins of one folder against those of another.
pub(crate) fn arguments<'a>(new: &'a Path, baseline: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    let folder = |path: &'a Path| path.to_str().expect("a path in UTF-8");
    let mut arguments = vec!["run", "scenario.toml", "--out", "out", "--plugin-dir", folder(new)];
    arguments.extend(["--baseline-plugins", folder(baseline)]);
    arguments.extend(more);
    arguments
}

/// The comparison that the last run has kept.
pub(crate) fn comparison(bench: &Bench) -> Value {
    let file = bench.out().join("paired/latest/comparison.json");
    let text = std::fs::read_to_string(file).expect("the comparison is kept");
    serde_json::from_str(&text).expect("it is JSON")
}

/// The row of a metric of a cell.
#[track_caller]
pub(crate) fn row<'a>(comparison: &'a Value, cell: &str, metric: &str) -> &'a Value {
    let cells = comparison["cells"].as_array().expect("cells");
    let cell = cells.iter().find(|one| one["id"] == cell).expect(cell);
    let rows = cell["rows"].as_array().expect("rows");
    rows.iter().find(|one| one["metric"] == metric).expect(metric)
}
