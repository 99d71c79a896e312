//! The document, and the page that explains it.

use crate::fields;
use crate::harness::Bench;
use serde_json::Value;
use std::collections::BTreeSet;

/// The document that it prints with these options.
pub(crate) fn examined(options: &[&str]) -> Value {
    let ran = Bench::new().start(&[&["doctor", "--json"], options].concat()).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    serde_json::from_str(&ran.stdout).expect("it is JSON")
}

/// The words in backticks of the row of `docs/doctor.md` that begins with this key.
fn row(page: &str, key: &str) -> Option<BTreeSet<String>> {
    let row = page.lines().find(|line| line.starts_with(&format!("| `{key}` |")))?;
    let last = row.trim_end_matches(" |").rsplit(" | ").next()?;
    Some(last.split('`').skip(1).step_by(2).map(str::to_owned).collect())
}

#[test]
fn every_field_line_and_figure_is_explained() {
    let mut document = examined(&[]);
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/doctor.md");
    let page = std::fs::read_to_string(path).expect("the page is there");
    let findings = document["findings"].as_array_mut().expect("a list");
    assert!(findings.len() > 20);
    for finding in findings.iter_mut() {
        let key = finding["key"].as_str().expect("a key").to_owned();
        let named =
            row(&page, &key).unwrap_or_else(|| panic!("docs/doctor.md has no row of `{key}`"));
        let figures = finding["figures"].as_object().expect("figures").keys().cloned();
        let lacking: Vec<String> = figures.filter(|name| !named.contains(name)).collect();
        assert!(lacking.is_empty(), "docs/doctor.md does not explain {lacking:?} of `{key}`");
        // What only some lines have is looked at in one.
        finding["advice"] = "do something".into();
    }
    for proof in document["proofs"].as_array().expect("a list") {
        let key = proof["key"].as_str().expect("a key");
        assert!(row(&page, key).is_some(), "docs/doctor.md has no row of `{key}`");
    }
    document["change"] = serde_json::json!(["now.load"]);
    fields::agree("doctor.md", "document", &document);
}

#[test]
fn what_is_to_be_changed_is_what_its_lines_say_and_the_noise_is_that_of_its_line() {
    let document = examined(&[]);
    let of = |state: &str| -> BTreeSet<&str> {
        let findings = document["findings"].as_array().expect("a list").iter();
        findings.filter(|one| one["state"] == state).filter_map(|one| one["key"].as_str()).collect()
    };
    let change = document["change"].as_array().expect("a list").iter();
    let change: BTreeSet<&str> = change.filter_map(Value::as_str).collect();
    assert_eq!(change, of("change-this"), "{document:#}");
    let noise = document["findings"].as_array().expect("a list").iter();
    let noise = noise.clone().find(|one| one["key"] == "noise.spread").expect("a line");
    assert_eq!(noise["figures"]["percent"], document["noise_percent"]);
    let proofs = document["proofs"].as_array().expect("a list");
    assert!(proofs.iter().all(|proof| proof["holds"] == true), "{proofs:?}");
}

#[test]
fn quick_leaves_out_how_noisy_the_machine_is_and_what_takes_rounds() {
    let (quick, whole) = (examined(&["--quick"]), examined(&[]));
    let keys = |document: &Value| -> Vec<String> {
        let findings = document["findings"].as_array().expect("a list").iter();
        findings.map(|one| one["key"].to_string()).collect()
    };
    let mut short = keys(&whole);
    short.retain(|key| key != "\"load.reach\"");
    assert_eq!(keys(&quick), short);
    assert!(keys(&whole).len() > short.len());
    let proofs = |document: &Value| document["proofs"].as_array().expect("a list").len();
    assert_eq!(proofs(&quick) + 1, proofs(&whole), "a server that stalls");
    assert_eq!((&quick["quick"], &whole["quick"]), (&true.into(), &false.into()));
    assert!(quick["noise_percent"].is_null());
}
