//! A disk that takes nothing: the run is told about it, measured and shown all the same.

use crate::harness::{Bench, scenario};

#[test]
fn a_document_that_cannot_be_written_is_told_and_the_table_printed() {
    let bench = Bench::new();
    bench.write("scenario.toml", scenario("\"len32be\"", "", ""));
    let folder = crate::harness::plugin_folder();
    let ran = bench
        .start(&[
            "run",
            "scenario.toml",
            "--out",
            "out",
            "--json",
            "/dev/full",
            "--plugin-dir",
            folder,
        ])
        .wait();
    assert!(ran.stderr.contains("cannot write /dev/full"), "{ran}");
    assert!(ran.stdout.contains("100 %"), "{ran}");
}

#[track_caller]
fn is_not_kept(out: &str, prepare: impl FnOnce(&Bench)) {
    let bench = Bench::new();
    prepare(&bench);
    bench.write("scenario.toml", scenario("\"len32be\"", "", ""));
    let folder = crate::harness::plugin_folder();
    let ran = bench.start(&["run", "scenario.toml", "--out", out, "--plugin-dir", folder]).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stderr.contains("not kept"), "{ran}");
    assert!(ran.stdout.contains("100 %"), "{ran}");
}

#[test]
fn results_below_a_file_are_not_kept_and_the_table_printed() {
    is_not_kept("a-file", |bench| {
        bench.write("a-file", "in the way");
    });
}

#[test]
fn results_where_nobody_may_write_are_not_kept_and_the_table_printed() {
    // Even a superuser cannot make a folder there.
    is_not_kept("/proc/nowhere", |_| {});
}

#[test]
fn results_on_a_full_disk_are_not_kept_and_the_table_printed() {
    // A journal that is /dev/full fails at its first byte, as on a full disk.
    is_not_kept("/dev/full", |_| {});
}
