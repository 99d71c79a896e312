//! What goes to a registry is whole there: who reads a package has neither the repository nor its root.

use crate::source::root;
use std::collections::BTreeMap;
use std::path::PathBuf;
use toml::{Table, Value};

fn table(path: PathBuf) -> Table {
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.parse().unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn workspace() -> Table {
    table(root().join("Cargo.toml"))["workspace"].as_table().expect("a table").clone()
}

/// The manifests of all crates of the workspace, by folder; whether each is published.
fn crates() -> BTreeMap<String, (Table, bool)> {
    let workspace = workspace();
    let members = workspace["members"].as_array().expect("a list");
    let folders = members.iter().map(|folder| folder.as_str().expect("a folder").to_owned());
    let manifest = |folder: String| {
        let manifest = table(root().join(&folder).join("Cargo.toml"));
        let package = manifest["package"].as_table().expect("a table").clone();
        let published = package.get("publish") != Some(&Value::Boolean(false));
        (folder, (package, published))
    };
    folders.map(manifest).collect()
}

#[test]
fn what_serves_tests_alone_is_not_published_and_all_else_is() {
    for (folder, (_, published)) in crates() {
        assert_eq!(published, !folder.starts_with("tests/"), "{folder}");
    }
    // It is no member of the workspace.
    let fuzz = table(root().join("tests/fuzz/Cargo.toml"));
    assert_eq!(fuzz["package"].get("publish"), Some(&Value::Boolean(false)));
}

#[test]
fn every_package_says_what_it_is_and_brings_its_readme_and_both_licences() {
    for (folder, (package, published)) in crates() {
        if !published {
            continue;
        }
        let name = package["name"].as_str().expect("a name");
        for key in ["description", "license", "rust-version", "version", "edition"] {
            assert!(package.contains_key(key), "{name} has no {key}");
        }
        for key in ["keywords", "categories"] {
            let words = package.get(key).and_then(Value::as_array).map_or(0, Vec::len);
            assert!((1..=5).contains(&words), "{name} has {words} {key}, 1 to 5 are taken");
        }
        assert_eq!(package.get("readme").and_then(Value::as_str), Some("README.md"), "{name}");
        let read = |file: &str| std::fs::read_to_string(root().join(&folder).join(file));
        let readme = read("README.md").unwrap_or_default();
        assert!(readme.starts_with(&format!("# {name}\n")), "the README of {name} names another");
        // Links that lead out of the package lead nowhere on a registry.
        assert!(!readme.contains("](../"), "the README of {name} links out of its package");
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
            let whole = std::fs::read_to_string(root().join(licence)).expect("a licence");
            assert_eq!(read(licence).ok(), Some(whole), "{name} brings another {licence}");
        }
    }
}

#[test]
fn what_is_published_depends_on_versions_that_are_there() {
    let workspace = workspace();
    let version = &workspace["package"]["version"];
    let crates = crates();
    for (name, dependency) in workspace["dependencies"].as_table().expect("a table") {
        let Some(path) = dependency.get("path").and_then(Value::as_str) else { continue };
        let (package, published) = &crates[path];
        assert_eq!(package["name"].as_str(), Some(name.as_str()), "{path}");
        // Of what is not published there is no version: Cargo leaves such dependencies of tests out.
        let named = published.then_some(version);
        assert_eq!(
            dependency.get("version"),
            named,
            "the version of {name} in [workspace.dependencies]"
        );
    }
}
