//! OpenMetrics text, read by its grammar: families together, labels that can be read, values that are known.

use crate::documents::{HOSTILE, broken, failing, full, hostile, many, of_every_kind, one};
use crate::documents::{passing, slower, without_samples};
use std::collections::{BTreeMap, BTreeSet};
use wirebench::compare::Comparison;
use wirebench::report::Format;
use wirebench::result::Document;
use wirebench::text::clean;

/// One line: family, labels and value.
struct Series {
    family: String,
    labels: BTreeMap<String, String>,
    value: f64,
}

/// Reads the whole text; whatever breaks the grammar fails.
#[track_caller]
fn read(text: &str) -> Vec<Series> {
    let body = text.strip_suffix("# EOF\n").expect("it ends with its mark");
    let (mut all, mut families, mut known) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut family = String::new();
    for line in body.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a type");
            assert_eq!(kind, "gauge", "{line}");
            assert!(families.insert(name.to_owned()), "{name} stands in two places");
            family = name.to_owned();
        } else if let Some(rest) = line.strip_prefix("# UNIT ") {
            let (name, unit) = rest.split_once(' ').expect("a unit");
            assert!(name == family && name.ends_with(unit), "{line}");
        } else if let Some(rest) = line.strip_prefix("# HELP ") {
            assert!(rest.starts_with(&family), "{line}");
        } else {
            let one = series(line);
            assert_eq!(one.family, family, "{line}");
            assert!(known.insert((one.family.clone(), one.labels.clone())), "twice: {line}");
            all.push(one);
        }
    }
    all
}

fn series(line: &str) -> Series {
    let (family, rest) = line.split_once('{').expect("labels");
    let (mut labels, mut rest) = (BTreeMap::new(), rest);
    loop {
        let (name, behind) = rest.split_once("=\"").expect("a label");
        let first = name.chars().next().expect("a name");
        assert!(first.is_ascii_alphabetic() || first == '_', "{line}");
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{line}");
        let (mut value, mut characters) = (String::new(), behind.char_indices());
        let end = loop {
            match characters.next().expect("the value ends") {
                (at, '"') => break at,
                (_, '\\') => value.push(match characters.next().expect("an escape").1 {
                    'n' => '\n',
                    other => other,
                }),
                (_, other) => value.push(other),
            }
        };
        assert!(labels.insert(name.to_owned(), value).is_none(), "{name} twice: {line}");
        rest = &behind[end + 1..];
        match rest.split_at(1) {
            (",", behind) => rest = behind,
            ("}", behind) => {
                let value = behind.trim().parse().expect("a number");
                return Series { family: family.to_owned(), labels, value };
            }
            _ => panic!("{line}"),
        }
    }
}

/// The values of a family whose labels are these among others.
fn values(all: &[Series], family: &str, labels: &[(&str, &str)]) -> Vec<f64> {
    let wanted = |one: &&Series| {
        one.family == family
            && labels
                .iter()
                .all(|(name, value)| one.labels.get(*name).is_some_and(|own| own == value))
    };
    all.iter().filter(wanted).map(|one| one.value).collect()
}

#[test]
fn figures_are_gauges_in_base_units_with_scenario_cell_and_axes_as_labels() {
    let document = passing();
    let all = read(&one(Format::OpenMetrics, document.clone()));
    let cell = &document.cells[0];
    let labels = [
        ("scenario", "sticky"),
        ("cell", cell.id.as_str()),
        ("axis_framing", "line"),
        ("axis_load_payload", "64 B"),
    ];
    let of =
        |family: &str, own: &[(&str, &str)]| values(&all, family, &[&labels[..], own].concat());
    let seconds = |ns: Option<u64>| vec![ns.expect("samples") as f64 / 1e9];
    let p99 = of("wirebench_latency_seconds", &[("quantile", "0.99")]);
    assert_eq!(p99, seconds(cell.latency_ns.p99));
    assert_eq!(of("wirebench_exchanges_per_second", &[]), [cell.rate.achieved.expect("a rate")]);
    let intact = [("direction", "reply"), ("verdict", "intact")];
    assert_eq!(of("wirebench_messages", &intact), [82_000.0]);
    assert_eq!(of("wirebench_exchanges", &[("end", "done")]), [82_000.0]);
    assert_eq!(of("wirebench_cell_passes", &[("verdict", "pass")]), [1.0]);
    assert_eq!(of("wirebench_gate_holds", &[("gate", "intact 100%")]), [1.0]);
    let cpu = of("wirebench_cpu_seconds_per_message", &[("side", "client")]);
    assert_eq!(cpu, seconds(cell.cpu.client_ns_per_message));
    assert_eq!(of("wirebench_rounds", &[("outcome", "finished")]), [2.0]);
}

#[test]
fn a_gate_that_does_not_hold_is_0_and_one_that_cannot_be_told_is_left_out() {
    let all = read(&one(Format::OpenMetrics, failing()));
    let gates = |gate: &str| values(&all, "wirebench_gate_holds", &[("gate", gate)]);
    assert_eq!(gates("intact 100%"), [0.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
    assert_eq!(gates("p99 < 13us"), [0.0, 0.0, 1.0, 0.0, 1.0]);
}

#[test]
fn what_is_not_known_is_left_out() {
    for document in [broken(), without_samples()] {
        let all = read(&one(Format::OpenMetrics, document));
        for family in ["wirebench_latency_seconds", "wirebench_exchanges_per_second"] {
            assert!(values(&all, family, &[]).is_empty(), "{family}");
        }
    }
    let all = read(&one(Format::OpenMetrics, broken()));
    assert_eq!(values(&all, "wirebench_crashes", &[]), [1.0, 0.0, 0.0]);
    assert_eq!(text(&[]), "# EOF\n");
}

/// The text of several results.
fn text(results: &[(Document, Option<Comparison>)]) -> String {
    crate::documents::all(Format::OpenMetrics, results)
}

#[test]
fn the_baseline_is_a_ratio_with_its_interval() {
    let all = read(&text(&[slower()]));
    let line = [("cell", "framing=line,load.payload=64 B"), ("metric", "p50")];
    let bound = |bound| {
        let labels = [line[0], line[1], ("bound", bound)];
        values(&all, "wirebench_baseline_ratio", &labels)[0]
    };
    assert!(bound("low") <= bound("middle") && bound("middle") <= bound("high"));
    assert!((1.4..1.6).contains(&bound("middle")));
    assert_eq!(values(&all, "wirebench_baseline_regressed", &line), [1.0]);
}

#[test]
fn every_document_keeps_the_grammar() {
    for (kind, document) in of_every_kind() {
        let all = read(&one(Format::OpenMetrics, document.clone()));
        let cells = values(&all, "wirebench_cell_passes", &[]);
        assert_eq!(cells.len(), document.cells.len(), "{kind}");
    }
    let all = read(&one(Format::OpenMetrics, hostile()));
    let shown = clean(HOSTILE);
    assert!(all.iter().all(|one| one.labels["scenario"] == shown), "{shown}");
    assert_eq!(read(&one(Format::OpenMetrics, many(1_000))).len() % 1_000, 334);
}

#[test]
fn families_stay_together_and_no_series_stands_twice_whatever_the_names() {
    let mut same = full();
    same.scenario.axes = vec!["a.b".into(), "a_b".into()];
    for cell in &mut same.cells {
        let values: Vec<_> = cell.axes.values().cloned().collect();
        cell.axes.clear();
        cell.axes.extend(["a.b", "a_b"].map(String::from).into_iter().zip(values));
    }
    let text = text(&[(passing(), None), (same.clone(), None), (same, None)]);
    let all = read(&text);
    assert_eq!(values(&all, "wirebench_cell_passes", &[("scenario", "sticky_2")]).len(), 8);
    let both = all
        .iter()
        .any(|one| one.labels.contains_key("axis_a_b") && one.labels.contains_key("axis_a_b_2"));
    assert!(both, "{text}");
}
