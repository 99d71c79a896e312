//! Where rounds agree, the answer is two neighbours, and everything that prints it says the same.

use crate::found::{ENDS, OVERHEAD, group, number, played};
use crate::harness::Bench;

#[test]
fn the_answer_is_the_last_value_that_keeps_the_limit_and_the_first_that_does_not() {
    let bench = Bench::new();
    let ran = bench.run(OVERHEAD, &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document().0;
    for (name, end) in ENDS {
        let group = group(&document, name);
        let (holds, fails) = (number(&group["holds"]), number(&group["fails"]));
        assert!(holds < end && end <= fails && fails <= holds * 1.25, "{group}");
        assert_eq!(
            (&group["unfinished"], &group["pass"]),
            (&false.into(), &serde_json::Value::Null)
        );
        let points = played(&document, name);
        assert!(points.is_sorted(), "rows stand in the order of the load: {points:?}");
        assert_eq!(group["points"].as_u64(), Some(points.len() as u64));
        assert_eq!(group["rounds"].as_u64(), Some(2 * points.len() as u64), "{group}");
        assert!(points.len() <= 12, "most candidates were not played: {points:?}");
        let answer = group["answer"].as_str().expect("a sentence");
        assert!(ran.stdout.contains(name), "{ran}");
        let words = format!(
            "keeps overhead > 0.051 up to {}",
            group["holds"]["value"].as_str().expect("words")
        );
        assert!(answer.starts_with(&words) && ran.stdout.contains(&words), "{answer}\n{ran}");
    }
    for round in document["cells"][0]["rounds"].as_array().expect("rounds") {
        assert!(round["keeps"].is_boolean(), "{round}");
    }
}

#[test]
fn the_journal_alone_has_the_same_answer_and_so_has_the_document_that_is_read_again() {
    let bench = Bench::new();
    let ran = bench.run(OVERHEAD, &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let found = bench.document().0["search"].clone();
    for file in ["journal.jsonl", "result.json"] {
        let path = bench.out().join("test/latest").join(file);
        let path = path.to_str().expect("UTF-8");
        let again = bench.start(&["report", path, "--json", "again.json"]).wait();
        assert_eq!(again.code, Some(0), "{file}: {again}");
        let text =
            std::fs::read_to_string(bench.folder().join("again.json")).expect("it was written");
        let again: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(again["search"], found, "{file}");
        assert_eq!(again["interrupted"], false, "{file}");
    }
}

#[test]
fn a_document_whose_rounds_say_something_else_is_not_believed() {
    let bench = Bench::new();
    bench.run(OVERHEAD, &[]);
    let mut document = bench.document().0;
    let lower = document["search"]["groups"][0]["fails"].clone();
    document["search"]["groups"][0]["holds"] = lower;
    bench.write("forged.json", document.to_string());
    let ran = bench.start(&["report", "forged.json"]).wait();
    assert!(ran.code != Some(0) && ran.stderr.contains("is not what its rounds say"), "{ran}");
}

#[test]
fn a_gate_on_what_is_found_decides_the_exit_code_and_what_reports_say() {
    for (expect, code, pass) in
        [("> 60 B", 99, [Some(true), Some(false)]), (">= 16 B", 0, [Some(true); 2])]
    {
        let bench = Bench::new();
        let set = format!("search.expect={expect}");
        let more = [
            "--set",
            set.as_str(),
            "--output",
            "junit=junit.xml",
            "--output",
            "markdown=summary.md",
        ];
        let ran = bench.run(OVERHEAD, &more);
        assert_eq!(ran.code, Some(code), "{ran}");
        let document = bench.document().0;
        let said = ENDS.map(|(name, _)| group(&document, name)["pass"].as_bool());
        assert_eq!(said, pass, "{expect}");
        let read = |name: &str| std::fs::read_to_string(bench.folder().join(name)).expect(name);
        let (junit, markdown) = (read("junit.xml"), read("summary.md"));
        assert!(junit.contains("search: framing=line"), "{junit}");
        assert_eq!(junit.contains("type=\"search\""), code != 0, "{junit}");
        assert!(markdown.contains("#### Highest"), "{markdown}");
        assert_eq!(ran.stderr.contains("not as expected"), code != 0, "{ran}");
        assert_eq!(document["verdict"], if code == 0 { "pass" } else { "fail" });
    }
}

#[test]
fn what_fails_at_once_and_what_never_fails_is_said_as_such() {
    for (metric, words) in [
        ("overhead > 9", "fails overhead > 9 already at 4 B"),
        ("overhead > 0", "keeps overhead > 0 everywhere up to 4 KiB"),
    ] {
        let bench = Bench::new();
        let set = format!("search.metric={metric}");
        let ran = bench.run(OVERHEAD, &["--set", &set, "--filter", "len32be"]);
        assert_eq!(ran.code, Some(0), "{ran}");
        assert!(ran.stdout.contains(words), "{words}: {ran}");
    }
}

#[test]
fn a_filter_leaves_groups_out_and_an_option_changes_the_range() {
    let bench = Bench::new();
    let ran = bench.run(OVERHEAD, &["--filter", "framing=line", "--set", "search.to=64 B"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let document = bench.document().0;
    assert_eq!(document["search"]["to"], "64 B");
    assert_eq!(document["search"]["groups"].as_array().map(Vec::len), Some(1));
    assert!(played(&document, "framing=line").iter().all(|payload| *payload <= 64.0));
}
