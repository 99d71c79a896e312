//! Where plugins are found, and how what there is is listed.

#[path = "fixtures/c_compiler.rs"]
mod c_compiler;
#[path = "fixtures/recorder.rs"]
mod recorder;

use c_compiler::shared_object;
use recorder::built;
use std::path::{Path, PathBuf};
use std::time::Duration;
use wirebench::cli::list::{PluginOrError, list, to_text};
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
    assert_eq!(error.searched, [missing]);
}

#[test]
fn a_plugin_that_is_nowhere_is_answered_with_every_place() {
    let (root, path) = folders(&[]);
    let error = find("echo", &path).unwrap_err();
    let expected: Vec<PathBuf> = ["one", "two"]
        .iter()
        .flat_map(|folder| {
            ["libwirebench_echo.so", "libecho.so", "echo.so"]
                .map(|file| root.path().join(folder).join(file))
        })
        .collect();
    assert_eq!(error.searched, expected);
    let text = error.to_string();
    assert!(expected.iter().all(|place| text.contains(place.to_str().unwrap())), "{text}");
    assert!(text.contains("--plugin-dir"), "{text}");
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
    let listing = list(
        Path::new(env!("CARGO_BIN_EXE_wirebench")),
        vec![("raw".into(), "the bytes as they are".into())],
        &SearchPath::new([plugins]),
        &scenarios,
        Duration::from_secs(60),
    );
    assert_eq!(listing.plugins.len(), 2);
    assert!(matches!(&listing.plugins[0].plugin, PluginOrError::Error(e) if e.contains("SIGABRT")));
    assert!(
        matches!(&listing.plugins[1].plugin, PluginOrError::Plugin(p) if p.id == "wirebench.faulty")
    );
    let text = to_text(&listing);
    for part in
        ["raw  the bytes", "handler faulty", "framing len8-faulty", "broken: plugin", "second"]
    {
        assert!(text.contains(part), "`{part}` is missing in:\n{text}");
    }
    assert!(text.find("a.toml").unwrap() < text.find("b.toml").unwrap());
    assert!(serde_json::to_value(&listing).unwrap()["plugins"][1]["plugin"]["id"].is_string());
}
