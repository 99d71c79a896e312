//! What the fuzz targets assert, over their corpora, over what they have found, and over seeded
//! mutations of both. Fuzzing itself is `tests/fuzz/run`.

// Its own crate for the fuzzer, to which its items are public.
#[allow(unreachable_pub)]
#[path = "fuzz/bodies/lib.rs"]
mod bodies;
#[path = "fuzz/mutation.rs"]
mod mutation;

use bodies::decoders::{SUBJECTS, read};
use bodies::{TARGETS, check};
use mutation::mutated;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use wirebench::framing::Role;
use wirebench::load::rng::SplitMix64;

/// Mutations of each target's files.
const MUTATIONS: u64 = 250;

/// Longer inputs are mutated no further.
const LONGEST: usize = 16 << 10;

fn fuzz_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz")
}

/// All files of `folder/target`, by name.
fn files(folder: &str, target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let Ok(entries) = std::fs::read_dir(fuzz_folder().join(folder).join(target)) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let read = |path: PathBuf| (std::fs::read(&path).expect("a file"), path);
    paths.into_iter().map(read).map(|(bytes, path)| (path, bytes)).collect()
}

/// Runs a target; a failure says what it ran on.
fn run(target: &str, data: &[u8], what: &dyn std::fmt::Display) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check(target, data))) {
        eprintln!("target {target}, {what}:\n{}", data.escape_ascii());
        resume_unwind(panic);
    }
}

// One test for all: the heap that a run takes is counted for the whole process.
#[test]
fn corpora_findings_and_their_mutations_hold_what_the_targets_assert() {
    let given = std::env::var("WIREBENCH_TEST_SEED").ok().and_then(|text| text.parse().ok());
    let seed: u64 = given.unwrap_or(1);
    for (number, target) in TARGETS.iter().enumerate() {
        let corpus = files("corpus", target.name);
        assert!(!corpus.is_empty(), "{} has no corpus", target.name);
        let found = files("regressions", target.name);
        for (path, data) in corpus.iter().chain(&found) {
            run(target.name, data, &path.display());
        }
        let corpus: Vec<Vec<u8>> = corpus.into_iter().chain(found).map(|(_, data)| data).collect();
        let mut dice = SplitMix64::stream(seed, number as u64);
        for mutation in 0..MUTATIONS {
            let mut data = mutated(&corpus, &mut dice);
            data.truncate(LONGEST);
            run(target.name, &data, &format!("WIREBENCH_TEST_SEED={seed}, mutation {mutation}"));
        }
    }
}

#[test]
fn every_framing_and_every_subject_has_a_stream_with_messages_in_the_corpus() {
    let named: BTreeSet<&str> = SUBJECTS.iter().map(|spec| spec.kind.as_str()).collect();
    assert_eq!(named, wirebench::framing::names().into_iter().collect());
    let corpus = files("corpus", "decoders");
    for (number, spec) in SUBJECTS.iter().enumerate() {
        let good = corpus.iter().filter(|(_, data)| data.len() > 6).any(|(_, data)| {
            let role = if data[1] & 1 == 1 { Role::Client } else { Role::Server };
            let stream = &data[6..];
            let outcome = read(spec, role, 0, stream, &mut [stream.len()].into_iter().cycle());
            let least =
                if spec.capabilities().expect("checked settings").per_connection { 1 } else { 2 };
            usize::from(data[0]) == number && outcome.messages.len() >= least
        });
        // Without cuts, a read is one message of these, however many were sent.
        let read_bound = ["raw", "sleep", "handshake"].contains(&spec.kind.as_str());
        assert!(good || read_bound, "no good stream for {number}, {spec:?}");
    }
}

#[test]
fn every_target_has_a_wrapper_and_a_binary_and_nothing_else_does() {
    let manifest = std::fs::read_to_string(fuzz_folder().join("Cargo.toml")).expect("a manifest");
    let binaries: Vec<&str> = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("path = \"targets/")?.strip_suffix(".rs\""))
        .collect();
    let targets: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(binaries, targets, "the binaries of tests/fuzz/Cargo.toml, and TARGETS");
    for name in targets {
        let path = fuzz_folder().join(format!("targets/{name}.rs"));
        let wrapper = std::fs::read_to_string(path).expect("a wrapper");
        assert!(wrapper.contains(&format!("check(\"{name}\", data)")), "{name} runs another body");
    }
    for folder in ["corpus", "regressions", "targets"] {
        for entry in std::fs::read_dir(fuzz_folder().join(folder)).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
            assert!(binaries.contains(&name), "{folder}/{name} is of no target");
        }
    }
}

#[test]
fn corpora_stay_small() {
    let mut all = 0;
    for target in &TARGETS {
        let corpus = files("corpus", target.name);
        assert!(corpus.len() <= 100, "{} has {} files", target.name, corpus.len());
        all += corpus.iter().map(|(_, data)| data.len()).sum::<usize>();
    }
    assert!(all < 300 << 10, "{all} bytes");
}
