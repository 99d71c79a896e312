//! `keep` of `wirebench.toml`: what goes when a run ends.

use crate::harness::Bench;
use crate::made::{IDS, folder, left, made_all, ran};

fn bench(config: &str) -> Bench {
    let bench = Bench::new();
    std::fs::create_dir(bench.folder().join(".git")).expect("the folder is writable");
    bench.write("wirebench.toml", format!("schema = 1\n{config}"));
    bench
}

#[test]
fn older_runs_of_the_scenario_go_when_a_run_ends_and_one_line_says_so() {
    let bench = bench("keep = 3\n");
    made_all(&bench, "test");
    made_all(&bench, "other");
    let ran = ran(&bench, &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(left(&bench, "test"), IDS[3..], "{ran}");
    assert_eq!(left(&bench, "other"), IDS, "{ran}");
    let told: Vec<&str> = ran.stderr.lines().filter(|line| line.contains("removed")).collect();
    assert_eq!(told.len(), 1, "{ran}");
    assert!(
        told[0].starts_with("note: 3 runs (") && told[0].ends_with("because keep is 3"),
        "{ran}"
    );
    assert!(folder(&bench, "test", "latest/result.json").is_file());
}

#[test]
fn the_run_itself_stays_and_so_does_everything_without_keep() {
    let bench = bench("keep = 1\n");
    let first = ran(&bench, &[]);
    assert_eq!(first.code, Some(0), "{first}");
    assert!(!first.stderr.contains("removed"), "{first}");
    let second = ran(&bench, &["--quiet"]);
    assert_eq!((second.code, second.stderr.as_str()), (Some(0), ""), "{second}");
    let there = std::fs::read_dir(bench.folder().join("wirebench-out/test")).expect("it is there");
    assert_eq!(there.count(), 2, "a run and `latest`");
    let bench = self::bench("");
    made_all(&bench, "test");
    assert_eq!(ran(&bench, &[]).code, Some(0));
    assert_eq!(left(&bench, "test"), IDS);
}

#[test]
fn what_is_not_ours_stays_and_changes_no_exit_code() {
    let bench = bench("keep = 2\n");
    made_all(&bench, "test");
    std::fs::write(folder(&bench, "test", IDS[0]).join("mine"), "")
        .expect("the folder is writable");
    let ran = ran(&bench, &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(left(&bench, "test"), [IDS[0], IDS[4]], "{ran}");
    assert!(ran.stderr.contains("1 cannot be told from something else"), "{ran}");
}
