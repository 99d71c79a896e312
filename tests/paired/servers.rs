//! Another state of a server of the user's own as the baseline.

use crate::builds::{SCENARIO, comparison, row};
use crate::harness::{Bench, plugin_folder};

/// Answers frames of `len32be`, each as late as its environment says.
const SERVER: &str = include_str!("../fixtures/late_server.py");

/// Answers with bytes of its own, and closes.
const GARBAGE: &str = r#"
import os, socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    client, _ = listener.accept()
    client.recv(10)
    client.sendall(os.urandom(400))
    client.close()
"#;

#[test]
fn a_server_that_answers_later_than_the_baselines_fails_with_103() {
    let bench = Bench::new();
    bench.write("server.py", SERVER);
    let server = "[server]\ncommand = [\"python3\", \"server.py\", \"{port}\"]\nenv = { LATE = \"0.004\" }\n\
                  [matrix]\nframing = [\"len32be\"]\n[expect]\ndone = \"> 0\"\n";
    let text = SCENARIO.split("[matrix]").next().expect("it has one").to_owned() + server;
    let text = text.replace("plugin = \"echo\"", "plugin = \"echo\", config = { verify = true }");
    bench.write("scenario.toml", text);
    let arguments = ["run", "scenario.toml", "--out", "out", "--plugin-dir", plugin_folder()];
    let more = ["--baseline-server", "env={ LATE = \"0\", KEY = \"hunter2\" }"];
    let ran = bench.start(&[&arguments[..], &more].concat()).wait();
    assert_eq!(ran.code, Some(103), "{ran}");
    let comparison = comparison(&bench);
    let p50 = row(&comparison, "framing=len32be", "p50");
    assert_eq!(p50["verdict"], "regressed", "{p50}");
    assert!(ran.stderr.contains("server.env=…"), "{ran}");
    let told = ran.stdout.clone() + &ran.stderr + &comparison.to_string();
    // Its CPU time is not known, so it decides nothing, and p50 alone makes a verdict.
    assert_eq!(row(&comparison, "framing=len32be", "cpu")["decides"], false);
    assert!(!told.contains("hunter2"), "a secret of the baseline's server is told");
}

#[test]
fn a_baseline_whose_answers_are_wrong_is_told_as_the_reason() {
    let bench = Bench::new();
    bench.write("server.py", SERVER);
    bench.write("garbage.py", GARBAGE);
    let server =
        "[server]\ncommand = [\"python3\", \"server.py\", \"{port}\"]\n[expect]\ndone = \"> 0\"\n";
    let text = SCENARIO.split("[matrix]").next().expect("it has one").to_owned() + server;
    let text = text.replace("plugin = \"echo\"", "plugin = \"echo\", config = { verify = true }");
    bench.write("scenario.toml", text.replace("[load]", "framing = \"len32be\"\n[load]"));
    let arguments = ["run", "scenario.toml", "--out", "out", "--plugin-dir", plugin_folder()];
    let more =
        ["--rounds", "2", "--baseline-server", "command=[\"python3\", \"garbage.py\", \"{port}\"]"];
    let ran = bench.start(&[&arguments[..], &more].concat()).wait();
    assert_eq!(ran.code, Some(106), "{ran}");
    assert!(ran.stderr.contains("p50 of all: of the baseline, there are no samples"), "{ran}");
}
