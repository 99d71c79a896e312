//! A plugin that was built with AddressSanitizer is run, and what that finds is told with the hook.

use crate::c_compiler::{header, repository};
use crate::harness::{Bench, scenario};
use std::process::Command;

/// The echo in C, which writes behind the end of its session.
fn faulty() -> String {
    let source = repository().join("tests/fixtures/c/c_echo.c");
    let source = std::fs::read_to_string(source).expect("it can be read");
    let sound = "((session_state *)session)->messages++;";
    assert!(source.contains(sound));
    source.replace(sound, "((session_state *)session)[3].messages++;")
}

/// The runtime of the sanitizer; `None`: this compiler has none.
fn runtime() -> Option<String> {
    let told = Command::new("cc").arg("-print-file-name=libasan.so").output().ok()?;
    let path = String::from_utf8(told.stdout).ok()?.trim().to_owned();
    path.starts_with('/').then_some(path)
}

#[test]
fn a_write_behind_the_end_of_a_session_is_told_with_its_line_and_hook() {
    let Some(runtime) = runtime() else {
        eprintln!("not tried: the C compiler has no AddressSanitizer");
        return;
    };
    let bench = Bench::new();
    let source = bench.write("faulty.c", faulty());
    let built = Command::new("cc")
        .args(["-g", "-fsanitize=address", "-shared", "-fPIC", "-I"])
        .arg(header())
        .arg(&source)
        .arg("-o")
        .arg(bench.folder().join("libwirebench_cecho.so"))
        .status()
        .expect("a C compiler runs");
    assert!(built.success());
    let more = "handler = { plugin = \"cecho\" }\n";
    bench.write("scenario.toml", scenario("\"len32be\"", "messages = 5\n", more));
    let mut command = bench.command(&["run", "scenario.toml", "--plugin-dir", ".", "--out", "out"]);
    command.env("LD_PRELOAD", runtime).env("ASAN_OPTIONS", "detect_leaks=0");
    let ran = bench.launch(command).wait();
    assert_eq!(ran.code, Some(100), "{ran}");
    for told in ["in hook `message` of session 1", "heap-buffer-overflow", "faulty.c:"] {
        assert!(ran.stdout.contains(told), "{told}: {ran}");
    }
}
