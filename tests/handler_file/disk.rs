//! A disk that is full within a transfer.
#![allow(unsafe_code)] // a limit is set between fork and exec

use super::{counted, names, scenario};
use std::os::unix::process::CommandExt;

#[test]
fn a_full_disk_is_told_and_the_session_goes_on() {
    // A limit on the size of files stands for the disk: it needs no file system of its own. The
    // ledger is a file as well, so it stays below.
    const LIMIT: u64 = 4 << 20;
    let config = "root = \"root\", source = \"source\"";
    let text = scenario("\"len32be\"", "messages = 3\nledger = \"1 MiB\"\n", config, "");
    let bench = super::Bench::new();
    std::fs::create_dir(bench.folder().join("root")).expect("a folder");
    let source = bench.write("source", b"x");
    std::fs::File::options()
        .write(true)
        .open(source)
        .and_then(|file| file.set_len(2 * LIMIT))
        .expect("a sparse file");
    bench.write("scenario.toml", text);
    let mut command = bench.command(&bench.run_arguments(&[]));
    let limit = || {
        use nix::sys::resource::{Resource, setrlimit};
        use nix::sys::signal::{SigHandler, Signal, signal};
        // SAFETY: ignoring a signal runs no code.
        unsafe { signal(Signal::SIGXFSZ, SigHandler::SigIgn) }?;
        setrlimit(Resource::RLIMIT_FSIZE, LIMIT, LIMIT)?;
        Ok(())
    };
    // SAFETY: between fork and exec it makes two system calls, which are async-signal-safe.
    unsafe { command.pre_exec(limit) };
    let ran = bench.launch(command).wait();
    let document = bench.document();
    let cell = document.cell();
    assert_eq!(cell.count("/exchanges/rejected"), 3, "{}\n{ran}", cell.complaints());
    assert!(counted(cell, "disk-full") >= 3, "{}", cell.0["counts"]);
    assert!(names(&bench, "root").is_empty());
}
