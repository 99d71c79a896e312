//! The examples in `docs/plugins.md` and its pages for Rust and C compile, load and work.

#[path = "fixtures/c_compiler.rs"]
mod c_compiler;
#[path = "harness/page.rs"]
mod page;
#[path = "fixtures/recorder.rs"]
mod recorder;

use c_compiler::{compile, repository};
use page::Page;
use recorder::{Recorder, crumb};
use std::path::Path;
use std::process::Command;
use wirebench::handler::{BatchMessage, FinishAs, Handler};
use wirebench::host::Library;

/// The first fenced block of a language on a page.
fn example(page: &str, language: &str) -> String {
    Page::read(page).blocks(language)[0].to_owned()
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
    std::fs::write(&source, example("docs/plugins-c.md", "c")).unwrap();
    compile(&source, &object, &["-shared", "-fPIC"]);
    shouts(&object);
}

#[test]
fn the_example_in_c_with_the_hook_for_several_messages_works() {
    let table = "static const wb_side server = {";
    let all = example("docs/plugins.md", "c");
    let source = example("docs/plugins-c.md", "c")
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

#[test]
fn the_example_in_rust_works_and_passes_its_own_test() {
    // Always the same folder, among the files of this build: what it depends on is made there once.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shout");
    let root = repository();
    let manifest = format!(
        "[package]\nname = \"shout\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
         [lib]\ncrate-type = [\"cdylib\", \"rlib\"]\n\n[dependencies]\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n\
         wirebench-sdk = {{ path = {:?} }}\n\n[workspace]\n",
        root.join("plugins/sdk")
    );
    std::fs::create_dir_all(folder.join("src")).unwrap();
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    std::fs::write(folder.join("src/lib.rs"), example("docs/plugins-rust.md", "rust")).unwrap();
    // The same versions as here, so that nothing is fetched.
    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    for verb in [["build", "--lib"], ["test", "--lib"]] {
        let made = Command::new(env!("CARGO"))
            .args(verb)
            .args(["--offline", "--quiet", "--manifest-path"])
            .arg(folder.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(folder.join("target"))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "cargo {verb:?}:\n{text}");
    }
    shouts(&folder.join("target/debug/libshout.so"));
}
