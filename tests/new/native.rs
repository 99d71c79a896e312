//! New plugins in C and C++: `make` is silent, `make test` passes, and fails when what they do is broken.

use crate::harness::{Bench, plugin_folder, side_by_side};
use crate::made::{change, new};
use std::process::Command;

/// Runs `make` with these words; what it says, and whether it went well.
fn make(bench: &Bench, words: &[&str]) -> (bool, String) {
    let made = Command::new("make")
        .args(words)
        .arg(format!("WIREBENCH={}", env!("CARGO_BIN_EXE_wirebench")))
        .current_dir(bench.folder().join("my-own"))
        .env("WIREBENCH_PLUGIN_PATH", plugin_folder())
        .env("TMPDIR", bench.temporary())
        .output()
        .expect("make runs");
    let told = [made.stdout, made.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    (made.status.success(), told.concat())
}

#[test]
fn they_build_without_a_warning_pass_and_are_taken_away_again() {
    side_by_side(["plugin", "framing"], |kind| {
        side_by_side(["--c", "--cpp"], |language| {
            let bench = Bench::new();
            new(&bench, &format!("{kind} my-own {language}"));
            let (built, told) = make(&bench, &[]);
            assert!(built && !told.contains("warning"), "{kind} {language}: {told}");
            let (passed, told) = make(&bench, &["test"]);
            assert!(passed, "{kind} {language}: {told}");
            let library = bench.folder().join("my-own/libwirebench_my_own.so");
            assert!(library.is_file(), "{told}");
            let listed = bench.start(&["list", "--plugin-dir", "my-own"]).wait();
            assert!(listed.stdout.contains("my-own"), "{listed}");
            assert!(make(&bench, &["clean"]).0 && !library.exists(), "{kind} {language}");
        });
    });
}

/// `make test` passes, and says `told` and fails once `from` says `to` in the source.
#[track_caller]
fn is_noticed(words: &str, file: &str, from: &str, to: &str, told: &str) {
    let bench = Bench::new();
    new(&bench, words);
    let (passed, said) = make(&bench, &["test"]);
    assert!(passed && !said.contains(told), "{words}: {said}");
    change(&bench.folder().join("my-own").join(file), from, to);
    let (passed, said) = make(&bench, &["test"]);
    assert!(!passed && said.contains(told), "{words}: {said}");
}

#[test]
fn a_handler_that_drops_what_found_no_room_fails_its_test() {
    let told = "FAILED: what found no room is sent later, and in order";
    side_by_side(
        [
            ("--c", "my-own.c", "status == WB_FULL ? 0 : -1", "status == WB_FULL ? 1 : -1"),
            (
                "--cpp",
                "my-own.cpp",
                "if (status == WB_FULL) return false;",
                "if (status == WB_FULL) return true;",
            ),
        ],
        |(language, file, from, to)| {
            is_noticed(&format!("plugin my-own {language}"), file, from, to, told);
        },
    );
}

#[test]
fn a_framing_that_takes_a_flipped_bit_for_a_message_fails_its_scenario() {
    side_by_side([("--c", "my-own.c"), ("--cpp", "my-own.cpp")], |(language, file)| {
        let words = format!("framing my-own {language}");
        is_noticed(&words, file, "!= frame[4])", "!= frame[4] && size > 99)", "the limit is 0");
    });
}

#[test]
fn a_wrong_setting_is_told_at_its_line() {
    side_by_side(["--c", "--cpp"], |language| {
        let bench = Bench::new();
        new(&bench, &format!("plugin my-own {language}"));
        assert!(make(&bench, &[]).0);
        for (setting, told) in [("{ check = 3 }", "true or false"), ("{ chek = true }", "one key")]
        {
            let set = format!("handler.config={setting}");
            let ran = bench
                .start(&["check", "my-own/my-own.toml", "--plugin-dir", "my-own", "--set", &set])
                .wait();
            assert_eq!(ran.code, Some(104), "{ran}");
            assert!(ran.stderr.contains(told) || ran.stdout.contains(told), "{ran}");
        }
        let unchecked = "handler.config={ check = false }";
        let ran = bench
            .start(&["run", "my-own/my-own.toml", "--plugin-dir", "my-own", "--set", unchecked])
            .wait();
        assert_eq!(ran.code, Some(0), "{ran}");
    });
}
