//! The text of Go's benchmarks, held to its published grammar (go.dev/design/14313-benchmark-format).

use crate::documents::{
    all, broken, full, hostile, many, of_every_kind, one, passing, without_samples,
};
use std::collections::BTreeMap;
use wirebench::report::Format;

/// A line of results: name, iterations, values by unit.
struct Result {
    name: String,
    iterations: u64,
    values: BTreeMap<String, f64>,
}

/// What a reader of the format makes of it: configuration in force, and results.
fn read(text: &str) -> (BTreeMap<String, String>, Vec<Result>) {
    let (mut configuration, mut results) = (BTreeMap::new(), Vec::new());
    for line in text.lines() {
        if line.is_empty() || line.starts_with("Unit ") {
            continue;
        }
        if let Some(result) = result(line) {
            results.push(result);
            continue;
        }
        let (key, value) = line.split_once(':').unwrap_or_else(|| panic!("no known line: {line}"));
        let first = key.chars().next().expect("a key");
        assert!(first.is_lowercase(), "{line}");
        assert!(!key.chars().any(|c| c.is_whitespace() || c.is_uppercase()), "{line}");
        assert!(value.is_empty() || value.starts_with([' ', '\t']), "{line}");
        configuration.insert(key.to_owned(), value.trim_start().to_owned());
    }
    (configuration, results)
}

/// `None`: it is no line of results.
fn result(line: &str) -> Option<Result> {
    let mut fields = line.split_whitespace();
    let name = fields.next()?;
    let rest = name.strip_prefix("Benchmark")?;
    assert!(rest.chars().next().is_none_or(char::is_uppercase), "{line}");
    let iterations = fields.next()?.parse().unwrap_or_else(|_| panic!("no count: {line}"));
    let mut values = BTreeMap::new();
    while let Some(value) = fields.next() {
        let number: f64 = value.parse().unwrap_or_else(|_| panic!("no number: {line}"));
        assert!(number.is_finite(), "{line}");
        let unit = fields.next().unwrap_or_else(|| panic!("a value without a unit: {line}"));
        assert!(values.insert(unit.to_owned(), number).is_none(), "{unit} twice: {line}");
    }
    assert!(!values.is_empty(), "{line}");
    Some(Result { name: name.to_owned(), iterations, values })
}

#[test]
fn each_round_is_a_sample_of_its_cell() {
    let document = passing();
    let (configuration, results) = read(&one(Format::GoBench, document.clone()));
    assert_eq!(configuration["pkg"], "sticky");
    assert_eq!(configuration["goos"], "linux");
    assert_eq!(configuration["goarch"], "amd64");
    assert_eq!(configuration["cpu"], "Test CPU");
    let names: Vec<&str> = results.iter().map(|result| result.name.as_str()).collect();
    let line = "BenchmarkSticky/framing=line/load.payload=64_B-1";
    let len32be = "BenchmarkSticky/framing=len32be/load.payload=64_B-1";
    assert_eq!(names, [line, line, len32be, len32be]);
    let (round, result) = (&document.cells[0].rounds[0], &results[0]);
    assert_eq!(Some(result.iterations), round.completed);
    assert_eq!(result.values["p99-ns"], round.p99_ns.expect("samples") as f64);
    assert_eq!(result.values["exchanges/s"], round.rate.expect("a rate"));
    assert_eq!(result.values["ns/op"], 300_000_000.0 / 41_000.0);
    assert_eq!(result.values["cpu-ns/msg"], round.cpu_ns_per_message.expect("processor time"));
    assert_eq!(result.values["intact-share"], 1.0);
}

#[test]
fn units_say_what_is_better() {
    let text = one(Format::GoBench, passing());
    assert!(text.starts_with("Unit exchanges/s better=higher\n"), "{text}");
    for unit in ["p50-ns", "p99-ns", "cpu-ns/msg"] {
        assert!(text.contains(&format!("Unit {unit} better=lower\n")), "{text}");
    }
}

#[test]
fn every_document_keeps_the_grammar() {
    for (kind, document) in of_every_kind() {
        let (configuration, results) = read(&one(Format::GoBench, document.clone()));
        assert!(configuration.contains_key("pkg"), "{kind}");
        let rounds = document.cells.iter().flat_map(|cell| &cell.rounds);
        let measured = rounds.filter(|round| round.completed.is_some_and(|done| done > 0));
        assert_eq!(results.len(), measured.count(), "{kind}");
    }
}

#[test]
fn a_round_without_exchanges_is_no_sample() {
    for document in [broken(), without_samples()] {
        assert!(read(&one(Format::GoBench, document)).1.is_empty());
    }
}

#[test]
fn no_two_cells_are_samples_of_one_benchmark() {
    let mut document = full();
    for (number, cell) in document.cells.iter_mut().enumerate() {
        let blank = ["a b", "a_b", "a/b", "a\u{3000}b"][number % 4];
        cell.axes["framing"] = blank.into();
        cell.axes["load.payload"] = "1".into();
    }
    for document in [document, hostile(), many(100)] {
        let (_, results) = read(&one(Format::GoBench, document.clone()));
        let names: std::collections::BTreeSet<_> =
            results.iter().map(|result| result.name.clone()).collect();
        assert_eq!(names.len(), results.len(), "each has one round: {names:?}");
    }
}

#[test]
fn several_scenarios_say_which_they_are_of() {
    let text = all(Format::GoBench, &[(passing(), None), (full(), None)]);
    assert_eq!(text.matches("\npkg: sticky\n").count(), 2, "{text}");
    assert_eq!(text.matches("Unit ns/op").count() + text.matches("Unit p50-ns").count(), 1);
}

#[test]
fn a_name_begins_with_a_capital_whatever_the_scenario_is_called() {
    for (name, begins) in
        [("7-up", "BenchmarkX7-up/"), ("élan", "BenchmarkÉlan/"), ("漢", "BenchmarkX漢/")]
    {
        let mut document = passing();
        document.scenario.name = name.into();
        let (_, results) = read(&one(Format::GoBench, document));
        assert!(results[0].name.starts_with(begins), "{}", results[0].name);
    }
}
