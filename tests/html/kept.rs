//! A page never takes the place of what it is made of.

use crate::harness::{Bench, plugin_folder, scenario};
use std::fs;

#[test]
fn what_is_read_is_never_replaced() {
    let bench = Bench::new();
    bench.write("scenario.toml", scenario("\"line\"", "", ""));
    let run = ["run", "scenario.toml", "--out", "out", "--plugin-dir", plugin_folder(), "-q"];
    assert_eq!(bench.start(&run).wait().code, Some(0));
    let folder = bench.out().join("test/latest");
    let folder = folder.to_str().expect("UTF-8");
    for file in ["result.json", "journal.jsonl", "scenario.toml"] {
        let path = format!("{folder}/{file}");
        let before = fs::read(&path).expect("it is kept");
        let output = format!("html={path}");
        let ran = bench.start(&["report", folder, "--output", &output, "-q"]).wait();
        assert_eq!(ran.code, Some(2), "{ran}");
        assert!(ran.stderr.contains(file) && ran.stderr.contains("another file"), "{ran}");
        assert_eq!(fs::read(&path).expect("it is kept"), before, "{file}");
    }
    let before = fs::read(bench.folder().join("scenario.toml")).expect("ours");
    let mut over = run.to_vec();
    over.extend(["--output", "html=scenario.toml"]);
    let ran = bench.start(&over).wait();
    assert_eq!(ran.code, Some(2), "{ran}");
    assert_eq!(fs::read(bench.folder().join("scenario.toml")).expect("ours"), before);
}
