//! What does not go together.

use crate::harness::{Bench, plugin_folder, scenario};

#[track_caller]
fn refused(options: &[&str], says: &str) {
    let bench = Bench::new();
    bench.write("scenario.toml", scenario("\"len32be\"", "", ""));
    let arguments = ["run", "scenario.toml", "--out", "out", "--plugin-dir", plugin_folder()];
    let ran = bench.start(&[&arguments[..], options].concat()).wait();
    assert_eq!(ran.code, Some(2), "{ran}");
    assert!(ran.stderr.contains(says), "`{says}`: {ran}");
    assert!(!bench.out().exists(), "nothing was measured: {ran}");
}

#[test]
fn cells_of_a_paired_run_are_not_played_again() {
    let says = "cells beyond a limit are played again there anyway";
    refused(&["--baseline-plugins", ".", "--retries", "1"], says);
    refused(&["--baseline", "/bin/true", "--retries", "1"], says);
}

#[test]
fn a_paired_run_ends_at_no_failure() {
    let says = "two builds are compared by all of their rounds";
    refused(&["--baseline-plugins", ".", "--abort-on-fail"], says);
}

#[test]
fn nothing_is_played_again_more_than_ten_times() {
    refused(&["--retries", "11"], "11 is not in 0..=10");
}
