//! The file handler in whole rounds: loaded from its shared object, over real sockets and files.

#[path = "harness/mod.rs"]
mod harness;

#[path = "handler_file/arrivals.rs"]
mod arrivals;
#[path = "handler_file/broken.rs"]
mod broken;
#[path = "handler_file/disk.rs"]
mod disk;
#[path = "handler_file/errors.rs"]
mod errors;
#[path = "handler_file/memory.rs"]
mod memory;

use harness::{Bench, Cell, Document, Ran};

/// A scenario of the file handler; `config` is the inside of a TOML table.
fn scenario(framing: &str, load: &str, config: &str, more: &str) -> String {
    let timeout =
        if load.contains("timeout") { "" } else { "timeout = \"60s\"\ndrain = \"60s\"\n" };
    let load = format!("warmup = \"0s\"\n{timeout}{load}");
    let handler = format!("handler = {{ plugin = \"file\", config = {{ {config} }} }}\n");
    harness::scenario(framing, &load, &format!("{handler}{more}"))
}

/// Runs it in a bench of its own that `prepare` has put files into.
fn run(text: &str, prepare: impl FnOnce(&Bench)) -> (Bench, Ran, Document) {
    let bench = Bench::new();
    prepare(&bench);
    let ran = bench.run(text, &[]);
    assert!(bench.folder().join("result.json").exists(), "{ran}");
    let document = bench.document();
    (bench, ran, document)
}

/// How often both sides counted a kind.
fn counted(cell: Cell<'_>, kind: &str) -> u64 {
    let of_kind = cell.list("counts").iter().filter(|count| count["kind"] == kind);
    of_kind.filter_map(|count| count["count"].as_u64()).sum()
}

/// The names in a folder of the bench, sorted.
fn names(bench: &Bench, folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(bench.folder().join(folder)).expect("the folder is there");
    let mut names: Vec<String> =
        entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}
