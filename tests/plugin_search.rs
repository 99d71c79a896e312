//! Where plugins are found, and how what there is is listed.

#[path = "fixtures/c_compiler.rs"]
mod c_compiler;
#[path = "fixtures/recorder.rs"]
mod recorder;

use c_compiler::shared_object;
use recorder::built;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use wirebench::cli::list::{PluginOrError, loaded_plugins, plugins_text};
use wirebench::host::{SearchPath, find, is_named};

/// Folders with empty files of these names.
fn folders(files: &[&str]) -> (tempfile::TempDir, SearchPath) {
    let root = tempfile::tempdir().unwrap();
    for file in files {
        let file = root.path().join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, "").unwrap();
    }
    let path = SearchPath::new([root.path().join("one"), root.path().join("two")]);
    (root, path)
}

#[test]
fn the_first_folder_wins() {
    let (root, path) = folders(&["one/libwirebench_echo.so", "two/libwirebench_echo.so"]);
    assert_eq!(find("echo", &path).unwrap(), root.path().join("one/libwirebench_echo.so"));
}

#[test]
fn three_forms_of_a_file_name_are_tried_in_order() {
    let (root, path) = folders(&["one/echo.so", "one/libecho.so", "two/libwirebench_echo.so"]);
    assert_eq!(find("echo", &path).unwrap(), root.path().join("one/libecho.so"));
}

#[test]
fn an_id_and_a_name_with_dashes_are_found_too() {
    let (root, path) = folders(&["two/libwirebench_my_echo.so"]);
    let file = root.path().join("two/libwirebench_my_echo.so");
    assert_eq!(find("my-echo", &path).unwrap(), file);
    assert_eq!(find("org.example.my-echo", &path).unwrap(), file);
    assert!(is_named("my-echo", "org.example.other"));
    assert!(!is_named("org.example.my-echo", "org.example.other"));
}

#[test]
fn a_path_is_taken_as_it_is_and_nothing_else_is_tried() {
    let (root, path) = folders(&["one/libwirebench_echo.so", "elsewhere/x.so"]);
    let file = root.path().join("elsewhere/x.so");
    assert_eq!(find(file.to_str().unwrap(), &path).unwrap(), file);
    let missing = root.path().join("elsewhere/echo");
    let error = find(missing.to_str().unwrap(), &path).unwrap_err();
    assert_eq!(error.to_string(), format!("there is no file {}", missing.display()));
}

#[test]
fn a_plugin_that_is_nowhere_is_answered_with_what_is_there_and_every_place() {
    let (root, path) = folders(&["two/libwirebench_my_chat.so", "two/libwirebench_echo.so"]);
    let text = find("org.example.ech-o", &path).unwrap_err().to_string();
    let root = root.path().display();
    assert_eq!(
        text,
        format!(
            "there is no plugin `org.example.ech-o`; found were echo, my_chat; looked for \
             libwirebench_org.example.ech-o.so, liborg.example.ech-o.so, org.example.ech-o.so, \
             libwirebench_org.example.ech_o.so, liborg.example.ech_o.so, org.example.ech_o.so, \
             libwirebench_ech-o.so, libech-o.so, ech-o.so, \
             libwirebench_ech_o.so, libech_o.so, ech_o.so in {root}/one, {root}/two; \
             build it (`cargo build` makes those of the workspace), name its folder with \
             --plugin-dir or WIREBENCH_PLUGIN_PATH, or give `path` in the scenario"
        )
    );
}

/// As `cargo build` names what the README tells to build, beside a library that is no plugin.
#[test]
fn a_plugin_is_listed_under_any_name_and_in_any_folder() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join(std::ffi::OsStr::from_bytes(b"not utf-8 \xff"));
    std::fs::create_dir(&folder).unwrap();
    let made = shared_object(root.path(), "c_echo", &[]);
    std::fs::copy(&made, folder.join("libreverse.so")).unwrap();
    shared_object(&folder, "broken", &["-DFAULT_NEWER_SYMBOL"]);
    shared_object(&folder, "broken", &["-DFAULT_MISSING_SYMBOL"]);
    std::fs::write(folder.join("libunrelated.so"), "").unwrap();
    let path = SearchPath::new([folder.clone()]);
    let names: Vec<_> =
        path.candidates().iter().map(|file| file.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["brokenFAULT_NEWER_SYMBOL.so", "libreverse.so"]);
    assert_eq!(find("reverse", &path).unwrap(), folder.join("libreverse.so"));
    assert_eq!(find("revers", &path).unwrap_err().known, ["brokenFAULT_NEWER_SYMBOL", "reverse"]);
    let exe = Path::new(env!("CARGO_BIN_EXE_wirebench"));
    let listed = loaded_plugins(exe, &path, Duration::from_secs(60));
    assert!(matches!(&listed[0].plugin, PluginOrError::Error(e) if e.contains("interface 2")));
    let PluginOrError::Plugin(plugin) = &listed[1].plugin else {
        panic!("{}", plugins_text(&listed));
    };
    assert_eq!(plugin.file, std::fs::canonicalize(folder.join("libreverse.so")).unwrap());
}

#[test]
fn the_process_searches_the_folders_that_were_named_first() {
    let named = PathBuf::from("/named/first");
    let path = SearchPath::of_process(std::slice::from_ref(&named));
    assert_eq!(path.folders()[0], named);
    assert_eq!(path.folders().last().unwrap(), Path::new("/usr/lib/wirebench/plugins"));
    let beside = built("echo");
    assert!(path.folders().iter().any(|folder| folder == beside.parent().unwrap()));
}

#[test]
fn a_listing_shows_good_plugins_broken_ones_and_scenarios() {
    let root = tempfile::tempdir().unwrap();
    let plugins = root.path().join("plugins");
    let scenarios = root.path().join("scenarios");
    std::fs::create_dir_all(&plugins).unwrap();
    std::fs::create_dir_all(&scenarios).unwrap();
    std::fs::copy(built("faulty"), plugins.join("libwirebench_faulty.so")).unwrap();
    let broken = shared_object(root.path(), "broken", &["-DFAULT_ABORT_ON_LOAD"]);
    std::fs::copy(broken, plugins.join("libwirebench_broken.so")).unwrap();
    std::fs::write(plugins.join("libunrelated.so"), "").unwrap();
    std::fs::write(scenarios.join("b.toml"), "about = \"second\"").unwrap();
    std::fs::write(scenarios.join("a.toml"), "about = [").unwrap();
    let listed = Command::new(env!("CARGO_BIN_EXE_wirebench"))
        .current_dir(root.path())
        .args(["list", "--load", "--plugin-dir"])
        .arg(plugins)
        .output()
        .unwrap();
    let text = String::from_utf8(listed.stdout).unwrap();
    for part in
        ["len32be ", "handler faulty", "framing len8-faulty", "broken: plugin", "SIGABRT", "second"]
    {
        assert!(text.contains(part), "`{part}` is missing in:\n{text}");
    }
    assert!(text.find("a.toml").unwrap() < text.find("b.toml").unwrap());
    assert!(!text.contains("unrelated"), "{text}");
}
