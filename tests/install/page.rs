//! The page about installing is complete. Its commands run where packages are tried: tests/packages/check.

use super::support::root;
use std::collections::BTreeSet;
use std::path::Path;

/// All variables of ours that the code of the program names.
fn variables(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        if path.is_dir() {
            variables(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let program = text.split("#[cfg(test)]").next().unwrap_or_default();
        for quoted in program.split('"').filter(|quoted| quoted.starts_with("WIREBENCH_")) {
            found.insert(quoted.to_owned());
        }
    }
}

#[test]
fn every_variable_of_ours_is_on_the_page() {
    let page = std::fs::read_to_string(root().join("docs/install.md")).expect("the page");
    let mut named = BTreeSet::new();
    variables(&root().join("core/src"), &mut named);
    assert!(named.contains("WIREBENCH_PLUGIN_PATH"), "{named:?}");
    for variable in named {
        assert!(page.contains(&format!("| `{variable}` |")), "{variable} is not on the page");
    }
}

#[test]
fn the_readme_leads_to_the_page_at_its_beginning() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    let (beginning, _) = readme.split_once("\n## ").expect("it has headings");
    assert!(beginning.contains("(docs/install.md)"), "{beginning}");
}
