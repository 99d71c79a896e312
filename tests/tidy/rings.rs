//! The rings of core that touch the world are modules of one crate: the second table in
//! `core/src/lib.rs` says who may know whom, and the code keeps to it exactly. (The others are crates,
//! held by Cargo and clippy.)

use crate::source::{code, files, root, without_tests};
use std::collections::{BTreeMap, BTreeSet};

/// A row of the table.
struct Ring {
    name: String,
    knows: BTreeSet<String>,
}

/// The table, top to bottom.
fn table() -> Vec<Ring> {
    let text = std::fs::read_to_string(root().join("core/src/lib.rs")).expect("core/src/lib.rs");
    let rows = text.lines().filter_map(|line| line.strip_prefix("//! | [`"));
    let rings: Vec<Ring> = rows
        .filter_map(|row| {
            let cells: Vec<&str> = row.trim_end_matches(" |").split(" | ").collect();
            let [name, _, knows] = cells[..] else { return None };
            let name = name.trim_end_matches("`]").to_owned();
            let knows = knows.split(", ").filter(|word| !word.contains(' ') && *word != "–");
            Some(Ring { name, knows: knows.map(str::to_owned).collect() })
        })
        .collect();
    assert!(rings.len() > 5, "the table of rings is in core/src/lib.rs");
    rings
}

/// Every ring's code names these other rings, and where first. Unit tests may know all.
fn known() -> BTreeMap<String, BTreeMap<String, String>> {
    let rings: BTreeSet<String> = table().into_iter().map(|ring| ring.name).collect();
    let mut known: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for file in files("core/src", &[".rs"]) {
        let Some((ring, _)) = file.name["core/src/".len()..].split_once('/') else { continue };
        let used = known.entry(ring.to_owned()).or_default();
        for name in crate_paths(&code(without_tests(&file.text))) {
            if name != ring && rings.contains(&name) {
                used.entry(name).or_insert_with(|| file.name.clone());
            }
        }
    }
    known
}

/// The first names of all `crate::…` paths, those in braces too.
fn crate_paths(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, found) in code.match_indices("crate::") {
        if code[..at].ends_with(|c: char| c == '$' || c == '_' || c.is_alphanumeric()) {
            continue;
        }
        let rest = &code[at + found.len()..];
        match rest.strip_prefix('{') {
            None => names.push(first_name(rest)),
            Some(group) => {
                let mut depth = 0;
                let end = group.find(|c| {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    depth < 0
                });
                let mut depth = 0;
                let parts = group[..end.expect("the group ends")].split(|c| {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    c == ',' && depth == 0
                });
                names.extend(parts.map(|part| first_name(part.trim())));
            }
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn first_name(path: &str) -> String {
    path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn every_folder_of_core_is_a_ring_of_the_table() {
    let folders: BTreeSet<String> = known().into_keys().collect();
    let rings: BTreeSet<String> = table().into_iter().map(|ring| ring.name).collect();
    assert_eq!(folders, rings);
}

#[test]
fn a_ring_knows_only_rings_above_it() {
    let mut above = BTreeSet::new();
    for ring in table() {
        for name in &ring.knows {
            assert!(above.contains(name), "{} knows {name}, which is not above it", ring.name);
        }
        above.insert(ring.name);
    }
}

#[test]
fn the_code_knows_what_the_table_says_and_nothing_else() {
    let mut wrong = Vec::new();
    let known = known();
    for ring in table() {
        for (name, file) in &known[&ring.name] {
            if !ring.knows.contains(name) {
                wrong.push(format!("{file} uses `crate::{name}`, unknown to {}", ring.name));
            }
        }
        for name in ring.knows.iter().filter(|name| !known[&ring.name].contains_key(*name)) {
            wrong.push(format!("{} need not know {name}: take it out of the table", ring.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_path_climbs_out_of_its_ring() {
    for file in files("core/src", &[".rs"]) {
        // In `ring/file.rs` one `super` is the ring, in `ring/mod.rs` it is the crate; the module of
        // the unit tests adds one.
        let folders = file.name["core/src/".len()..].matches('/').count();
        let most = folders - usize::from(file.name.ends_with("/mod.rs"));
        let own = without_tests(&file.text);
        for (text, most) in [(own, most), (&file.text[own.len()..], most + 1)] {
            let climb = "super::".repeat(most + 1);
            assert!(!code(text).contains(&climb), "{} says {climb}; use `crate::`", file.name);
        }
    }
}

#[test]
fn a_crate_below_core_that_is_pure_says_so_to_the_compiler() {
    // What touches the world, or memory that others write.
    let world = ["core/src/lib.rs", "core/launch/src/lib.rs"];
    let memory = ["core/ledger/src/lib.rs"];
    for file in files("core", &["lib.rs"]) {
        let holds = |words: &str| file.text.contains(words);
        let pure = !world.contains(&&*file.name);
        let world_is_shut =
            holds("#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]");
        assert_eq!(world_is_shut, pure, "{}", file.name);
        let safe = pure && !memory.contains(&&*file.name);
        assert_eq!(holds("#![forbid(unsafe_code)]"), safe, "{}", file.name);
    }
}

#[test]
fn paths_in_braces_are_found() {
    let code = "use crate::{a::{b, c}, d}; $crate::e; x(crate::f::g()); use crate::h;";
    assert_eq!(crate_paths(code), ["a", "d", "f", "h"]);
}
