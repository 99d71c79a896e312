//! The scenario of a server of one's own that the README shows passes.

use super::{blocks, text, wirebench_in};

/// The server that it names.
const SERVER: &str = include_str!("../interop/echo_server.py");

#[test]
fn the_server_that_it_names_has_15_lines() {
    let lines = SERVER.lines().skip(1).filter(|line| !line.is_empty()).count();
    assert!(lines <= 15, "{lines} lines");
}

#[test]
fn its_scenario_of_a_server_of_ones_own_passes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("echo_server.py"), SERVER).expect("a file");
    let scenario = blocks("toml").into_iter().find(|block| block.contains("[server]"));
    let scenario = scenario.expect("the README has such a scenario");
    std::fs::write(folder.path().join("my-server.toml"), scenario).expect("a file");
    let ran =
        wirebench_in(folder.path(), &["run", "my-server.toml", "--set", "cpu.placement=free"]);
    let (out, err) = (text(&ran.stdout), text(&ran.stderr));
    assert_eq!(ran.status.code(), Some(0), "{out}\n{err}");
    assert!(out.contains("integrity is echo"), "{out}");
}
