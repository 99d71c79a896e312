//! What is removed in the end: the socket that was made, and nothing that took its place.

use crate::harness::Bench;
use crate::harness::processes::nothing_is_left;
use crate::support::Serve;
use nix::sys::signal::Signal;
use std::fs;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

/// Serves on a Unix socket, puts something else in its place, and ends it by `signal`; what then
/// stands there.
#[track_caller]
fn replaced(
    signal: Signal,
    transport: &str,
    replace: impl Fn(&Path),
) -> (tempfile::TempDir, PathBuf) {
    let bench = Bench::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("s");
    let at = path.to_str().expect("UTF-8");
    let serve = Serve::echo(&bench, "line", &["--transport", transport, "--listen", at]);
    fs::remove_file(&path).expect("it is there");
    replace(&path);
    serve.signal(signal);
    serve.wait();
    nothing_is_left(&bench);
    (folder, path)
}

fn a_folder(path: &Path) {
    fs::create_dir(path).expect("a folder");
    fs::write(path.join("precious"), "mine").expect("a file");
}

#[test]
fn a_folder_in_the_place_of_the_socket_stays_with_all_it_holds() {
    for transport in ["unix", "seqpacket", "unixgram"] {
        let (_folder, path) = replaced(Signal::SIGTERM, transport, a_folder);
        assert_eq!(fs::read(path.join("precious")).expect("it is there"), b"mine", "{transport}");
    }
}

#[test]
fn so_it_does_when_the_supervisor_is_killed() {
    let (_folder, path) = replaced(Signal::SIGKILL, "unix", a_folder);
    assert_eq!(fs::read(path.join("precious")).expect("it is there"), b"mine");
}

#[test]
fn the_socket_of_another_program_in_its_place_stays() {
    let (_folder, path) = replaced(Signal::SIGTERM, "unix", |path| {
        drop(UnixListener::bind(path).expect("a socket"));
    });
    assert!(path.symlink_metadata().is_ok());
}

#[test]
fn a_link_in_its_place_stays_and_so_does_what_it_points_to() {
    let (folder, path) = replaced(Signal::SIGTERM, "unix", |path| {
        let target = path.with_file_name("target");
        a_folder(&target);
        std::os::unix::fs::symlink(&target, path).expect("a link");
    });
    assert!(path.is_symlink());
    assert!(folder.path().join("target/precious").exists());
}
