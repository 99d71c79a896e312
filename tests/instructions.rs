//! The guard on cost: what it makes of its counts. Counting itself, which needs valgrind and an
//! optimised build, is a step of `.ci/run`.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches/instructions")
}

fn numbers() -> Value {
    let text = std::fs::read_to_string(folder().join("expected.json")).expect("the numbers");
    serde_json::from_str(&text).expect("JSON")
}

/// One shape with these instructions and clock readings, counted with this compiler.
fn counts(rustc: &str, shape: &str, instructions: f64, readings: f64) -> Value {
    let number = json!({ "instructions": instructions, "clock-readings": readings });
    json!({ "for": { "rustc": rustc, "target": "t", "clock": "c" }, "shapes": { shape: number } })
}

/// The exit code, and what is said.
fn compared(expected: &Value, counted: &Value) -> (i32, String) {
    let folder_of_both = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str, value: &Value| {
        let path = folder_of_both.path().join(name);
        std::fs::write(&path, value.to_string()).expect("a file in it");
        path
    };
    let mut python = Command::new("python3");
    python.arg("-B").arg(folder().join("compare.py"));
    python.arg(file("expected", expected)).arg(file("counted", counted));
    let output = python.output().expect("python3");
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.is_empty(), "{errors}");
    (output.status.code().expect("an exit code"), said)
}

/// Against 2,000 instructions and 0.15 clock readings.
fn against_two_thousand(instructions: f64, readings: f64) -> (i32, String) {
    let expected = counts("1.95.0", "batched", 2_000.0, 0.15);
    compared(&expected, &counts("1.95.0", "batched", instructions, readings))
}

#[test]
fn a_shape_fails_that_grows_by_more_than_three_percent() {
    let (code, said) = against_two_thousand(2_061.0, 0.15);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("GREW by more than 3%: batched"), "{said}");
    assert!(said.contains("2,000") && said.contains("2,061") && said.contains("+3.0%"), "{said}");
    assert!(said.contains("python3 benches/instructions --write"), "{said}");
}

#[test]
fn a_shape_passes_that_grows_by_less() {
    for counted in [2_000.0, 2_059.0, 1_941.0] {
        let (code, said) = against_two_thousand(counted, 0.15);
        assert_eq!(code, 0, "{said}");
        assert!(!said.contains("GREW") && !said.contains("shrank"), "{said}");
    }
}

#[test]
fn a_shape_that_shrinks_is_told_and_passes() {
    let (code, said) = against_two_thousand(1_900.0, 0.15);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("shrank by more than 3%, keep the new number: batched"), "{said}");
}

#[test]
fn a_clock_reading_a_message_fails_however_few_instructions_it_takes() {
    // An exchange is two messages.
    let (code, said) = against_two_thousand(2_010.0, 2.15);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("GREW"), "{said}");
}

#[test]
fn turns_that_fall_otherwise_are_no_finding() {
    let (code, said) = against_two_thousand(2_000.0, 0.45);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn another_compiler_target_or_clock_only_prints() {
    let expected = counts("1.95.0", "batched", 2_000.0, 0.15);
    for (key, other) in [("rustc", "1.96.0"), ("target", "u"), ("clock", "d")] {
        let mut counted = counts("1.95.0", "batched", 4_000.0, 9.0);
        counted["for"][key] = other.into();
        let (code, said) = compared(&expected, &counted);
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("+100.0%") && said.contains("GREW"), "{said}");
        assert!(said.contains(&format!("the numbers are for {key}")), "{said}");
        assert!(said.contains("so nothing fails here"), "{said}");
    }
}

#[test]
fn a_shape_without_a_number_and_a_number_without_a_shape_fail() {
    let expected = counts("1.95.0", "old", 2_000.0, 0.15);
    let (code, said) = compared(&expected, &counts("1.95.0", "new", 2_000.0, 0.15));
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("HAS NO NUMBER: new"), "{said}");
    assert!(said.contains("HAS A NUMBER and was not counted: old"), "{said}");
}

#[test]
fn the_numbers_are_for_the_build_of_the_checks() {
    let checks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.ci/run");
    let checks = std::fs::read_to_string(checks).expect(".ci/run");
    for key in ["LTO", "CODEGEN_UNITS"] {
        let value = numbers()["build"][key].as_str().expect("a setting").to_owned();
        let line = format!("CARGO_PROFILE_RELEASE_{key}={value}");
        assert!(checks.contains(&line), ".ci/run does not say {line}");
    }
}

/// What a shape's name says of its load, transport, size and link.
fn dimensions(name: &str) -> [String; 4] {
    let words: Vec<&str> = name.split(", ").collect();
    let load = if words[1] == "ping-pong" { "ping-pong" } else { "batched" };
    let link = if words.get(3) == Some(&"link") { "link" } else { "no link" };
    [load, words[0], words[2], link].map(str::to_owned)
}

#[test]
fn any_two_dimensions_meet_in_one_of_the_eight_shapes() {
    let numbers = numbers();
    let shapes: Vec<_> = numbers["shapes"].as_object().expect("shapes").keys().collect();
    assert_eq!(shapes.len(), 8);
    let values = [2, 3, 2, 2];
    for one in 0..4 {
        for other in one + 1..4 {
            let pairs: BTreeSet<_> = shapes
                .iter()
                .map(|name| dimensions(name))
                .map(|it| (it[one].clone(), it[other].clone()))
                .collect();
            assert_eq!(pairs.len(), values[one] * values[other], "{pairs:?}");
        }
    }
}
