//! The page shows the text of the scenario, if it is the one that was run, and no secrets of it.

use crate::harness::{Bench, plugin_folder, scenario};
use std::fs;

/// A scenario with a remark that nothing but its text has.
fn text() -> String {
    format!("# a remark of mine\n{}", scenario("\"line\"", "", ""))
}

fn page(bench: &Bench, verb: &[&str]) -> String {
    let arguments: Vec<&str> = verb.iter().copied().chain(["-o", "page.html", "--quiet"]).collect();
    let ran = bench.start(&arguments).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    fs::read_to_string(bench.folder().join("page.html")).expect("it was written")
}

fn run(bench: &Bench, text: &str) -> String {
    bench.write("scenario.toml", text);
    page(bench, &["run", "scenario.toml", "--out", "out", "--plugin-dir", plugin_folder()])
}

#[test]
fn a_run_and_its_report_show_it() {
    let bench = Bench::new();
    assert!(run(&bench, &text()).contains("# a remark of mine"));
    let folder =
        fs::read_dir(bench.out()).expect("kept").flatten().next().expect("a scenario").path();
    let folder = folder.to_str().expect("UTF-8");
    assert!(page(&bench, &["report", folder]).contains("# a remark of mine"));
}

#[test]
fn what_was_changed_since_is_not_shown_as_what_was_run() {
    let bench = Bench::new();
    run(&bench, &text());
    let folder =
        fs::read_dir(bench.out()).expect("kept").flatten().next().expect("a scenario").path();
    let copy = folder.join("latest/scenario.toml");
    fs::write(&copy, format!("{}# another remark\n", text())).expect("it is ours");
    let page = page(&bench, &["report", folder.to_str().expect("UTF-8")]);
    assert!(!page.contains("remark"), "the text is not the one that was run");
}

#[test]
fn secrets_of_it_are_not_shown() {
    let bench = Bench::new();
    let handler = "handler = { plugin = \"auth\", config = { secret = { insecure = \"sesame-91-plugh\" } } }\n";
    let page = run(&bench, &scenario("\"len32be\"", "", handler));
    assert!(!page.contains("sesame-91"), "{page}");
    assert!(page.contains("‹sha256:"), "{page}");
}
