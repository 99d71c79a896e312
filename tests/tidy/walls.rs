//! Where `unsafe` may stand: at the plugin boundary, in shared memory, and at system calls that no
//! crate wraps.

use crate::source::{code, files, has_word, literals, without_tests};
use std::collections::BTreeSet;

/// The files behind the walls, or the folders of them, each with its reason.
const WALLED: [(&str, &str); 13] = [
    ("core/src/host/", "calls plugins over the C interface"),
    ("core/ledger/src/memory.rs", "allocates what is used through pointers"),
    ("core/ledger/src/region.rs", "reads memory that others write"),
    ("core/src/net/clock.rs", "reads the cycle counter"),
    ("core/src/net/datagrams.rs", "sends and receives several datagrams a call"),
    ("core/src/net/memfd.rs", "maps shared memory"),
    ("core/src/net/transports/tcp.rs", "reads TCP_INFO"),
    ("core/src/net/transports/unix.rs", "binds to a name of the kernel's choice"),
    ("core/src/side/control.rs", "adopts received descriptors"),
    ("core/launch/src/", "makes system calls between fork and exec"),
    ("plugins/abi/src/", "is the C interface: function types and raw pointers"),
    ("plugins/sdk/src/", "turns the C interface into safe traits"),
    ("tests/", "plugins that break the rules, and an allocator that counts"),
];

fn with_unsafe() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in ["core", "plugins", "tests", "benches"] {
        for file in files(folder, &[".rs"]) {
            let code = code(&file.text).replace("#![forbid(unsafe_code)]", "");
            if has_word(&code, "unsafe") || has_word(&code, "unsafe_code") {
                found.push((file.name, file.text));
            }
        }
    }
    found
}

#[test]
fn unsafe_stands_only_behind_the_walls() {
    for (name, _) in with_unsafe() {
        let walled = WALLED.iter().any(|(wall, _)| name.starts_with(wall));
        assert!(walled, "{name} has `unsafe`; the files that may have it are listed in this test");
    }
}

#[test]
fn no_wall_stands_around_nothing() {
    let names: Vec<String> = with_unsafe().into_iter().map(|(name, _)| name).collect();
    for (wall, reason) in WALLED {
        let needed = names.iter().any(|name| name.starts_with(wall)) || wall == "tests/";
        assert!(needed, "{wall} ({reason}) holds no `unsafe` any more: take it off the list");
    }
}

#[test]
fn every_file_with_an_unsafe_block_gives_reasons() {
    for (name, text) in with_unsafe() {
        let code = code(&text);
        let does = ["unsafe {", "unsafe impl"].iter().any(|block| code.contains(block));
        assert!(!does || text.contains("SAFETY:"), "{name} has no SAFETY comment");
    }
}

/// The judge's mistakes are for its tests. That the program is searched well is shown with the
/// feature, where it holds what it must not hold without.
#[test]
fn the_program_makes_no_mistake_that_it_is_told_to() {
    let program = std::fs::read(env!("CARGO_BIN_EXE_wirebench")).expect("the program is built");
    let told = memchr::memmem::find(&program, b"WIREBENCH_MUTANT").is_some();
    assert_eq!(told, cfg!(feature = "mutants"));
}

/// The plugins that ship, by the names of their folders.
fn handlers() -> BTreeSet<String> {
    let manifests = files("plugins", &["Cargo.toml"]);
    let names = manifests.iter().filter_map(|file| file.name.split('/').nth(1));
    names.filter(|name| !["abi", "sdk"].contains(name)).map(str::to_owned).collect()
}

#[test]
fn core_names_no_plugin() {
    let handlers = handlers();
    assert!(handlers.contains("echo"));
    for file in files("core", &[".rs"]) {
        let own = without_tests(&file.text);
        let (code, literals) = (code(own), literals(own));
        for name in &handlers {
            let package = format!("wirebench_{name}");
            assert!(!has_word(&code, &package), "{} uses {package}", file.name);
            for text in [format!("wirebench.{name}"), format!("\"{name}\"")] {
                // `{ file = … }` is a form of `load.payload` as well, and `request` a direction.
                let own_word = ["file", "request"].contains(&&**name) && text.starts_with('"');
                assert!(own_word || !literals.contains(&text), "{} says {text}", file.name);
            }
        }
    }
}

#[test]
fn a_newcomers_first_command_builds_the_plugins_too() {
    // `cargo run` in this workspace builds every default member, the plugins included. With a
    // `default-run` it builds that program alone, and the first command of the README finds no plugin.
    let manifests = files("core", &["Cargo.toml"]);
    let core = manifests.iter().find(|file| file.name == "core/Cargo.toml").expect("it is there");
    assert!(!core.text.contains("default-run"), "take it out of core/Cargo.toml");
    let root = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml"),
    )
    .expect("the workspace has a manifest");
    let members = root.lines().find(|line| line.starts_with("default-members")).expect("a line");
    for plugin in ["auth", "chat", "echo", "exec", "file", "request"] {
        assert!(members.contains(&format!("\"plugins/{plugin}\"")), "{plugin} is not built");
    }
}
