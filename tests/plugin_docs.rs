//! The examples in `docs/plugins.md` compile, load and work.

#[path = "fixtures/c_compiler.rs"]
mod c_compiler;
#[path = "fixtures/recorder.rs"]
mod recorder;

use c_compiler::{compile, repository};
use recorder::{Recorder, crumb};
use std::path::{Path, PathBuf};
use std::process::Command;
use wirebench::framing::Role;
use wirebench::handler::{BatchMessage, FinishAs, Handler};
use wirebench::host::Library;

/// The first fenced block of a language.
fn example(language: &str) -> String {
    nth_example(language, 0)
}

/// A fenced block of a language, counted from 0.
fn nth_example(language: &str, n: usize) -> String {
    let text = std::fs::read_to_string(repository().join("docs/plugins.md")).unwrap();
    let begins = format!("\n```{language}\n");
    let rest = text.split(&begins).nth(n + 1).expect("the block begins");
    rest.split_once("\n```\n").expect("the block ends").0.to_owned()
}

/// Checks that the file says by its note what it is.
fn is_noted(file: &Path, (id, version): (&str, &str)) {
    let (_, noted) = Library::look(file).unwrap();
    let note = noted.note().expect("it has a note");
    assert_eq!((note.id.as_str(), note.version.as_str()), (id, version));
}

fn shouts(file: &Path) {
    let library = Library::load(file).unwrap();
    assert_eq!(library.id(), "org.example.shout");
    let mut side = Recorder { payload: b"hello".to_vec(), ..Recorder::default() };
    let mut server = library.server(None, "{}", &mut side, crumb()).unwrap();
    let mut session = server.open(&mut side, 0).unwrap();
    server.message(&mut side, 0, &mut session, 3, b"hello").unwrap();
    server.close(&mut side, 0, session).unwrap();
    let mut client = library.client(None, "{}", &mut side, crumb()).unwrap();
    let mut session = client.open(&mut side, 1).unwrap();
    client.start(&mut side, 1, &mut session, 4).unwrap();
    client.message(&mut side, 1, &mut session, 4, b"HELLO").unwrap();
    client.close(&mut side, 1, session).unwrap();
    assert_eq!(side.sent, [(0, 3, b"HELLO".to_vec()), (1, 4, b"hello".to_vec())]);
    assert_eq!(side.finished, [(4, FinishAs::Done, String::new())]);
}

#[test]
fn the_example_in_c_works() {
    let folder = tempfile::tempdir().unwrap();
    let (source, object) = (folder.path().join("shout.c"), folder.path().join("shout.so"));
    std::fs::write(&source, example("c")).unwrap();
    compile(&source, &object, &["-shared", "-fPIC"]);
    shouts(&object);
    is_noted(&object, ("org.example.shout", "1.0"));
}

#[test]
fn the_example_in_c_with_the_hook_for_several_messages_works() {
    let table = "static const wb_side server = {";
    let all = nth_example("c", 1);
    let source = example("c")
        .replace(table, &format!("{all}\n{table}"))
        .replace(".message = shout,", ".message = shout, .messages = shout_all,");
    let folder = tempfile::tempdir().unwrap();
    let (file, object) = (folder.path().join("shout.c"), folder.path().join("shout.so"));
    std::fs::write(&file, source).unwrap();
    compile(&file, &object, &["-shared", "-fPIC"]);
    shouts(&object);
    let mut side = Recorder::default();
    let mut server =
        Library::load(&object).unwrap().server(None, "{}", &mut side, crumb()).unwrap();
    let mut session = server.open(&mut side, 0).unwrap();
    let together = [(1, "a"), (2, "b")];
    let together = together.map(|(token, text)| BatchMessage { token, bytes: text.as_bytes() });
    assert_eq!(server.messages(&mut side, 0, &mut session, &together), (2, Ok(())));
    assert_eq!(side.sent, [(0, 1, b"A".to_vec()), (0, 2, b"B".to_vec())]);
    assert_eq!(side.told, [0, 1]);
}

/// Builds example `n` in Rust as it stands in the document, manifest and all, runs its own tests, and gives its
/// shared object. All share a folder for what is built, among the files of this build: what they depend on
/// is made there once.
fn crate_of(n: usize, name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugin-examples");
    let (own, target) = (folder.join(name), folder.join("target"));
    let root = repository();
    let manifest = nth_example("toml", n);
    assert!(manifest.contains(&format!("name = \"{name}\"")), "{manifest}");
    // The SDK is that of this repository, by the version that the example names.
    let manifest = format!(
        "{manifest}\n\n[patch.crates-io]\n{}[workspace]\n",
        [
            ("abi", "plugins/abi"),
            ("sdk", "plugins/sdk"),
            ("framing", "core/framing"),
            ("values", "core/values")
        ]
        .map(|(name, path)| format!("wirebench-{name} = {{ path = {:?} }}\n", root.join(path)))
        .concat()
    );
    std::fs::create_dir_all(own.join("src")).unwrap();
    std::fs::write(own.join("Cargo.toml"), manifest).unwrap();
    std::fs::write(own.join("src/lib.rs"), nth_example("rust", n)).unwrap();
    // The same versions as here, so that nothing is fetched.
    std::fs::copy(root.join("Cargo.lock"), own.join("Cargo.lock")).unwrap();
    for verb in [["build", "--lib"], ["test", "--lib"]] {
        let made = Command::new(env!("CARGO"))
            .args(verb)
            .args(["--offline", "--quiet", "--manifest-path"])
            .arg(own.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(&target)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "cargo {verb:?}:\n{text}");
    }
    target.join(format!("debug/lib{name}.so"))
}

#[test]
fn the_handler_in_rust_works_and_passes_its_own_test() {
    let object = crate_of(0, "shout");
    shouts(&object);
    is_noted(&object, ("org.example.shout", "1.0.0"));
}

#[test]
fn the_framing_in_rust_works_and_passes_its_own_test() {
    let object = crate_of(1, "len8");
    is_noted(&object, ("org.example.len8", "1.0.0"));
    let library = Library::load(&object).unwrap();
    let mut framing = library.framing("len8", "{}", Role::Server, crumb()).unwrap();
    let mut wire = Vec::new();
    wirebench::framing::driver::encode(&mut *framing, 0, b"hello", &mut wire, usize::MAX).unwrap();
    assert_eq!(wire, b"\x05hello");
}

#[test]
fn every_example_in_rust_is_a_crate_that_is_built_here() {
    let text = std::fs::read_to_string(repository().join("docs/plugins.md")).unwrap();
    let blocks = |language: &str| text.matches(&format!("\n```{language}\n")).count();
    assert_eq!((blocks("rust"), blocks("toml")), (2, 2));
}
