//! What a plugin starts while it is merely looked at ends with that.

use crate::c_compiler::shared_object;
use crate::harness::processes::nothing_is_left;
use crate::harness::{Bench, scenario};

/// Runs a verb over a plugin whose constructor leaves a process behind.
#[track_caller]
fn leaves_nothing(arguments: &[&str]) {
    let bench = Bench::new();
    let file = shared_object(bench.folder(), "broken", &["-DFAULT_DAEMON_ON_LOAD"]);
    let handler = format!("handler = {{ path = \"{}\" }}\n", file.display());
    bench.write("scenario.toml", scenario("\"len32be\"", "messages = 1\n", &handler));
    let folder = bench.folder().to_str().expect("UTF-8").to_owned();
    let arguments: Vec<_> =
        arguments.iter().map(|word| if *word == "FOLDER" { &folder } else { *word }).collect();
    let ran = bench.start(&arguments).wait();
    assert!(matches!(ran.code, Some(0 | 104)), "{ran}");
    nothing_is_left(&bench);
}

#[test]
fn a_daemon_of_a_constructor_ends_with_the_check() {
    leaves_nothing(&["check", "scenario.toml"]);
}

#[test]
fn a_daemon_of_a_constructor_ends_with_the_listing() {
    leaves_nothing(&["list", "--load", "--plugin-dir", "FOLDER"]);
}

#[test]
fn a_daemon_of_a_constructor_ends_with_the_torture() {
    leaves_nothing(&["torture", "brokenFAULT_DAEMON_ON_LOAD.so"]);
}
