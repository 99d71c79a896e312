//! A disk that takes nothing: the run is told about it, measured and shown all the same, and fails
//! where its results were to be kept.

use crate::harness::{Bench, scenario};

#[test]
fn a_document_that_cannot_be_written_is_told_and_the_table_printed() {
    let bench = Bench::new();
    bench.write("scenario.toml", scenario("\"len32be\"", "", ""));
    let folder = crate::harness::plugin_folder();
    let full = ["run", "scenario.toml", "--out", "out", "--json", "/dev/full", "--plugin-dir"];
    let ran = bench.start(&[&full[..], &[folder]].concat()).wait();
    assert_eq!(ran.code, Some(108), "{ran}");
    assert!(ran.stderr.contains("cannot write /dev/full"), "{ran}");
    assert!(ran.stdout.contains("100 %"), "{ran}");
}

/// A folder of its own in memory that takes so many bytes; `None` to whoever may not mount.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn mount(at: std::path::PathBuf, size: &str) -> Option<Self> {
        std::fs::create_dir(&at).expect("the folder is writable");
        let options = format!("size={size}");
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(&at)
            .output();
        mounted.is_ok_and(|mounted| mounted.status.success()).then_some(Self(at))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).output();
    }
}

#[test]
fn a_disk_that_fills_while_a_run_lasts_fails_it_and_keeps_the_old_document() {
    let bench = Bench::new();
    // Only a superuser may mount; `ulimit -f` tells others the same in the tests of the program.
    let Some(disk) = SmallDisk::mount(bench.folder().join("disk"), "64k") else { return };
    let old = disk.0.join("x.json");
    std::fs::write(&old, "a good old document").expect("there is room");
    let text = scenario("\"len32be\"", "rounds = 60\nmessages = 20\n", "");
    bench.write("scenario.toml", text);
    let arguments = ["run", "scenario.toml", "--out", "disk/out", "--json", "disk/x.json"];
    let folder = ["--plugin-dir", crate::harness::plugin_folder()];
    let ran = bench.start(&[&arguments[..], &folder].concat()).wait();
    assert_eq!(ran.code, Some(108), "{ran}");
    assert!(ran.stderr.contains("not kept whole"), "{ran}");
    assert!(ran.stderr.contains("No space left on device"), "{ran}");
    assert!(ran.stdout.contains("100 %"), "{ran}");
    assert_eq!(std::fs::read_to_string(&old).expect("it is there"), "a good old document");
}
