//! Runs as they are kept, made of one real run.

use crate::harness::{Bench, Ran, plugin_folder, scenario};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Runs of a scenario, the oldest first.
pub(crate) const IDS: [&str; 5] = [
    "20250101T000000Z",
    "20250102T000000Z",
    "20250103T000000Z",
    "20250103T000000Z-2",
    "20250103T000000Z-10",
];

/// The files of a run that has ended.
static FILES: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let bench = Bench::new();
    let ran = bench.run(&scenario("\"len32be\"", "messages = 20", ""), &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let folder = fs::read_dir(bench.out().join("test/latest")).expect("it is kept");
    let file = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().expect("a name in UTF-8");
        (name, fs::read(entry.path()).expect("it can be read"))
    };
    folder.flatten().map(file).collect()
});

/// The folder of a run.
pub(crate) fn folder(bench: &Bench, scenario: &str, id: &str) -> PathBuf {
    bench.folder().join("wirebench-out").join(scenario).join(id)
}

/// Makes a run that has ended.
pub(crate) fn made(bench: &Bench, scenario: &str, id: &str) -> PathBuf {
    let folder = folder(bench, scenario, id);
    make_in(&folder);
    folder
}

fn make_in(folder: &Path) {
    fs::create_dir_all(folder).expect("the folder is writable");
    for (name, bytes) in FILES.iter() {
        fs::write(folder.join(name), bytes).expect("the folder is writable");
    }
}

/// Makes a run of two builds, with all that is kept of such a one.
pub(crate) fn made_paired(bench: &Bench, scenario: &str, id: &str) -> PathBuf {
    let folder = made(bench, scenario, id);
    fs::write(folder.join("comparison.json"), "{}").expect("the folder is writable");
    let baseline = folder.join("baseline");
    make_in(&baseline.join(scenario).join(id));
    fs::write(baseline.join(".gitignore"), "*\n").expect("the folder is writable");
    symlink(id, baseline.join(scenario).join("latest")).expect("the folder is writable");
    folder
}

/// Makes all runs of a scenario; `latest` points to the newest.
pub(crate) fn made_all(bench: &Bench, scenario: &str) {
    IDS.iter().for_each(|id| drop(made(bench, scenario, id)));
    point_latest(bench, scenario, IDS[4]);
}

pub(crate) fn point_latest(bench: &Bench, scenario: &str, id: &str) {
    let latest = folder(bench, scenario, "latest");
    let _ = fs::remove_file(&latest);
    symlink(id, latest).expect("the folder is writable");
}

/// The runs of a scenario that are there, the oldest first.
pub(crate) fn left(bench: &Bench, scenario: &str) -> Vec<&'static str> {
    IDS.into_iter().filter(|id| folder(bench, scenario, id).exists()).collect()
}

/// `wirebench runs` with these arguments.
pub(crate) fn runs(bench: &Bench, arguments: &[&str]) -> Ran {
    bench.start(&[&["runs"], arguments].concat()).wait()
}

/// A run of a scenario called `test`, below `wirebench-out`.
pub(crate) fn ran(bench: &Bench, more: &[&str]) -> Ran {
    bench.write("scenario.toml", scenario("\"len32be\"", "messages = 20", ""));
    bench.start(&[&["run", "scenario.toml", "--plugin-dir", plugin_folder()], more].concat()).wait()
}
