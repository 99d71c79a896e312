//! Another wirebench as the baseline, driven through its command line.

use crate::builds::{MUCH_SLOWER, SCENARIO, build, comparison, row};
use crate::harness::Bench;
use serde_json::Value;

#[test]
fn another_program_with_slower_plugins_is_found_to_be_slower() {
    let bench = Bench::new();
    bench.write("scenario.toml", SCENARIO);
    let (new, baseline) = (build(&bench, "new", 0), build(&bench, "baseline", MUCH_SLOWER));
    let [new, baseline] = [&new, &baseline].map(|path| path.to_str().expect("a path in UTF-8"));
    let program = env!("CARGO_BIN_EXE_wirebench");
    let arguments = ["run", "scenario.toml", "--out", "out", "--plugin-dir", new];
    let more = ["--baseline", program, "--baseline-plugins", baseline, "--rounds", "2"];
    let ran = bench.start(&[&arguments[..], &more].concat()).wait();
    assert!(matches!(ran.code, Some(0 | 106)), "{ran}");
    let comparison = comparison(&bench);
    let p50 = row(&comparison, "framing=line", "p50");
    assert_eq!(p50["verdict"], "improved", "{p50}");
    assert_eq!(comparison["baseline"]["tool"]["name"], "wirebench");
    // Both sent the same bytes: the seed of a round is that of both.
    assert_eq!(row(&comparison, "framing=line", "bytes")["verdict"], "same");
}

#[test]
fn a_program_that_breaks_off_in_the_middle_is_107_and_the_rounds_before_are_kept() {
    let bench = Bench::new();
    bench.write("scenario.toml", SCENARIO);
    let real = env!("CARGO_BIN_EXE_wirebench");
    // The third call and all after it fail: the first two are the trial and a round.
    let script = format!(
        "#!/bin/sh\nn=$(cat calls 2>/dev/null || echo 0)\necho $((n+1)) > calls\n\
         if [ \"$n\" -ge 2 ]; then echo out of order >&2; exit 7; fi\nexec {real} \"$@\"\n"
    );
    let program = bench.write("other", script);
    let mut executable = std::fs::metadata(&program).expect("it is there").permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut executable, 0o755);
    std::fs::set_permissions(&program, executable).expect("it is ours");
    let plugins = crate::harness::plugin_folder();
    let arguments = ["run", "scenario.toml", "--out", "out", "--plugin-dir", plugins];
    let more = ["--baseline", "./other", "--baseline-plugins", plugins];
    let ran = bench.start(&[&arguments[..], &more].concat()).wait();
    assert_eq!(ran.code, Some(107), "{ran}");
    assert!(ran.stderr.contains("it ended with 7"), "{ran}");
    assert!(ran.stderr.contains("out of order"), "{ran}");
    assert!(ran.stderr.contains("The run ends here"), "{ran}");
    assert_eq!(comparison(&bench)["interrupted"], true, "{ran}");
    let file = bench.out().join("paired/latest/baseline/paired/latest/result.json");
    let kept: Value =
        serde_json::from_slice(&std::fs::read(file).expect("it is kept")).expect("JSON");
    assert!(kept["stopped"].as_str().is_some_and(|why| why.contains("out of order")), "{kept}");
}
