//! Running torture and reading what it found.

use crate::harness::{Bench, Ran, plugin_folder};
use serde_json::Value;

/// Torture with these arguments.
pub(crate) fn torture(arguments: &[&str]) -> Ran {
    Bench::new().start(&[&["torture"], arguments].concat()).wait()
}

/// The fixture's framing, on the command line.
pub(crate) fn fixture() -> String {
    format!("{}/libwirebench_faulty.so:varint-faulty", plugin_folder())
}

/// Torture with a document, and that document.
#[track_caller]
pub(crate) fn document(arguments: &[&str], code: i32) -> Value {
    let ran = torture(&[arguments, &["--json", "-"]].concat());
    assert_eq!(ran.code, Some(code), "{ran}");
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran}"))
}

/// Every report of a document, with the name of its framing.
pub(crate) fn reports(document: &Value) -> Vec<(&str, &Value)> {
    let framings = document["framings"].as_array().expect("a list of framings");
    let of = |framing: &'_ Value| framing["name"].as_str().expect("a name").len();
    assert!(framings.iter().all(|framing| of(framing) > 0));
    framings
        .iter()
        .flat_map(|framing| {
            let name = framing["name"].as_str().expect("a name");
            let checks = framing["checks"].as_array().expect("a list of checks");
            checks.iter().map(move |report| (name, report))
        })
        .collect()
}

/// The report of one check on the only framing of a document.
#[track_caller]
pub(crate) fn report<'a>(document: &'a Value, check: &str) -> &'a Value {
    let found = reports(document).into_iter().find(|(_, report)| report["check"] == check);
    found.unwrap_or_else(|| panic!("no report of {check}: {document}")).1
}

/// The names of the checks that found something.
pub(crate) fn found(document: &Value) -> Vec<&str> {
    let findings =
        reports(document).into_iter().filter(|(_, report)| report["verdict"] == "finding");
    findings.map(|(_, report)| report["check"].as_str().expect("a name")).collect()
}
