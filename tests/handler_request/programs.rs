//! The scenarios of `docs/request.md` against the programs that they name: each passes, and fails when
//! what it expects is wrong.

use crate::docs::scenarios;
use crate::harness::{Bench, Ran};
use std::path::PathBuf;

/// The folder into which `servers/install` has put the programs.
fn installed() -> PathBuf {
    let folder = std::env::var_os("WIREBENCH_TEST_SERVERS");
    folder
        .map(PathBuf::from)
        .expect("WIREBENCH_TEST_SERVERS names the folder that tests/servers/install was given")
}

fn run(bench: &Bench, text: &str) -> Ran {
    bench.write("scenario.toml", text);
    let mut command = bench.command(&bench.run_arguments(&[
        "--rounds",
        "1",
        "--set",
        "cpu.placement=free",
        "--set",
        "load.timeout=20s",
    ]));
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}", installed().join("bin").display()));
    bench.launch(command).wait()
}

/// The scenario of this name passes; with one text replaced by another it fails.
#[track_caller]
fn holds(name: &str, right: &str, wrong: &str) {
    let scenarios = scenarios();
    let found = scenarios.iter().find(|(known, _)| *known == name);
    let (_, text) = found.expect("the page shows it");
    let bench = Bench::new();
    let ran = run(&bench, text);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(bench.document().cell().done() >= 40, "{ran}");
    assert!(text.contains(right), "{name} has no {right}");
    let bench = Bench::new();
    let ran = run(&bench, &text.replace(right, wrong));
    assert_eq!(ran.code, Some(100), "{ran}");
}

#[test]
#[ignore = "needs Debian's redis-server, which .ci/run installs"]
fn redis_answers_as_the_page_says() {
    holds("redis", "\"$3\\r\\nann\\r\\n\"", "\"$3\\r\\nbob\\r\\n\"");
}

#[test]
#[ignore = "needs Debian's memcached, which .ci/run installs"]
fn memcached_answers_as_the_page_says() {
    holds("memcached", "VALUE name 0 3", "VALUE name 1 3");
}

#[test]
#[ignore = "needs Debian's nginx, which .ci/run installs"]
fn nginx_answers_as_the_page_says() {
    holds("http", "id {token}\\n", "id {seq}\\n");
}

#[test]
#[ignore = "needs Debian's nginx, which .ci/run installs"]
fn nginx_refuses_what_the_page_says() {
    holds("refused-requests", "HTTP/1.1 400 ", "HTTP/1.1 200 ");
}

#[test]
#[ignore = "needs PyPI's aiosmtpd, which .ci/run installs"]
fn aiosmtpd_answers_as_the_page_says() {
    holds("smtp", "\"354 \"", "\"355 \"");
}

#[test]
#[ignore = "needs PyPI's python-lsp-server, which .ci/run installs"]
fn pylsp_answers_as_the_page_says() {
    holds("lsp", "equals = \"total\"", "equals = \"sum\"");
}

#[test]
#[ignore = "needs PyPI's websockets, which .ci/run installs"]
fn websockets_answers_as_the_page_says() {
    holds("websocket", "expect = \"{u8 0x81}", "expect = \"{u8 0x82}");
}
