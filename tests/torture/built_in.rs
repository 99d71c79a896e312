//! Every framing that ships holds under torture: here under a first look, as everything that is tried
//! takes minutes without optimisation. The checks before a change run that with the optimised program.

use crate::harness::side_by_side;
use crate::support::{document, found, report, reports, torture};
use wirebench::framing::{FramingSpec, names};
use wirebench::torture::CHECKS;

#[test]
fn every_built_in_framing_holds_under_a_first_look() {
    side_by_side(names(), |name| {
        let document = document(&[name, "--quick"], 0);
        assert_eq!(found(&document), [] as [&str; 0], "{name}");
        let reports = reports(&document);
        assert_eq!(reports.len(), CHECKS.len(), "{name}");
        for (_, report) in reports {
            let tried = report["tried"].as_u64().expect("a number");
            let applies = report["verdict"] != "not-applicable";
            assert!(tried > 0 || !applies, "{name}: {report}");
        }
    });
}

#[test]
fn settings_of_every_kind_hold_as_well() {
    for framing in [
        "{ kind = \"line\", ending = \"crlf\", max = \"64 B\" }",
        "{ kind = \"delimiter\", delimiter = \"aba\", max = 100 }",
        "{ kind = \"len16be\", offset = 3, adjust = -5, max = \"4 KiB\" }",
        "{ kind = \"len8\", signed = true }",
        "{ kind = \"handshake\", terminator = \"lf\", max = \"1 KiB\" }",
        "{ kind = \"fixed\", size = \"24 B\" }",
    ] {
        let document = document(&[framing, "--quick"], 0);
        assert_eq!(found(&document), [] as [&str; 0], "{framing}");
    }
}

#[test]
fn read_bound_framings_are_reported_as_such_and_not_as_failures() {
    for name in ["raw", "sleep", "handshake"] {
        let document = document(&[name, "--quick", "--only", "every-cut"], 0);
        let report = report(&document, "every-cut");
        assert_eq!(report["verdict"], "not-applicable", "{report}");
        assert!(report["note"].as_str().expect("a text").contains("read-bound"), "{report}");
        let ran = torture(&[name, "--quick", "--only", "every-cut"]);
        assert!(
            ran.stdout.lines().next().is_some_and(|line| line.ends_with(": read-bound")),
            "{ran}"
        );
    }
}

#[test]
fn every_invariant_decoder_counts_what_it_looks_at() {
    let document = document(&["all", "--quick", "--only", "linear-work"], 0);
    let reports = reports(&document);
    assert_eq!(reports.len(), names().len(), "all are tried: {document}");
    for (name, report) in reports {
        let spec = FramingSpec::parse(name, serde_json::Map::new()).expect("it has defaults");
        let capabilities = spec.capabilities().expect("it can be made");
        let counted = report["verdict"] == "holds";
        // Where the stream's end is the boundary, no byte has to be looked at.
        let looks = capabilities.invariant && !capabilities.per_connection;
        assert!(counted || !looks, "{name}: {report}");
    }
}

#[test]
fn only_duplex_framings_are_driven_from_both_ends() {
    let document = document(&["all", "--quick", "--only", "both-ways"], 0);
    for (name, report) in reports(&document) {
        let spec = FramingSpec::parse(name, serde_json::Map::new()).expect("it has defaults");
        let capabilities = spec.capabilities().expect("it can be made");
        let talks = capabilities.duplex && !capabilities.per_connection;
        assert_eq!(report["verdict"] == "holds", talks, "{name}: {report}");
    }
}

#[test]
fn flipped_bits_are_figures_that_tell_framings_apart() {
    let share = |name: &str| {
        let document = document(&[name, "--quick", "--only", "recovery"], 0);
        let report = report(&document, "recovery");
        assert_eq!(report["verdict"], "measured", "{report}");
        let figures = report["figures"].as_array().expect("a list").clone();
        let figure = figures.iter().find(|figure| figure["name"] == "share_undetected");
        figure.expect("it is measured")["value"].as_f64().expect("a number")
    };
    // A delimiter says nothing of what stands before it; a header with names in it is more than
    // half of such a short frame.
    assert_eq!(share("raw"), 1.0);
    assert_eq!(share("line"), 1.0);
    assert!(share("netstring") > share("json-header") && share("json-header") > 0.0);
}

#[test]
fn the_same_seed_says_the_same() {
    let run = |seed: &str| torture(&["len16be", "json-header", "--quick", "--seed", seed]);
    let first = run("7");
    assert_eq!(first.code, Some(0), "{first}");
    assert_eq!(first.stdout, run("7").stdout);
}
