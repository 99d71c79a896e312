//! Gates that name no metric, or limit it in another unit.

use crate::support::{HEAD, one_error, valid};
use wirebench::scenario::{Gate, Limit, Op};

#[track_caller]
fn expect_line(line: &str, column: usize, fragments: &[&str]) {
    one_error(&format!("{HEAD}[expect]\n{line}\n"), &format!("6:{column}"), fragments);
}

#[test]
fn a_metric_that_does_not_exist_is_answered_by_a_similar_one() {
    expect_line("intakt = \"100%\"", 1, &["there is no metric `intakt`", "did you mean `intact`?"]);
    expect_line("request.intakt = true", 9, &["did you mean `request.intact`?"]);
}

#[test]
fn every_percentile_has_a_gate_and_what_is_none_is_told_what_one_is() {
    let text = format!(
        "{HEAD}[expect]\np95 = \"< 9ms\"\np99.95 = \"< 9ms\"\nrequest.p75 = \"< 9ms\"\n\
         service-p50 = \"< 9ms\"\n"
    );
    let gates: Vec<String> =
        valid(&text).cells[0].expect.iter().map(|gate| gate.metric.clone()).collect();
    assert_eq!(gates, ["p95", "p99.95", "request.p75", "service-p50"]);
    for (name, column) in [("p100", 1), ("p0", 1), ("reply.p101", 7), ("p99.9999", 5)] {
        let wrong = format!("there is no metric `{name}`");
        let line = format!("{name} = \"< 9ms\"");
        expect_line(&line, column, &[&wrong, "over 0 and below 100, with three decimals at most"]);
    }
}

#[test]
fn a_direction_that_a_metric_does_not_have_is_refused() {
    expect_line("reply.rate = \"> 1/s\"", 7, &["both directions together", "did you mean `rate`?"]);
}

#[test]
fn a_limit_in_another_unit_is_told_how_to_be_written() {
    expect_line("p99 = 50", 7, &["the limit of `p99`", "has no unit", "\"< 50ms\""]);
    expect_line("rate = \"> 20k\"", 8, &["lacks `/s`", "\"> 20k/s\""]);
    expect_line("intact = \"many\"", 10, &["is not a whole number", "\">= 99.9%\""]);
    expect_line("intact = \"120%\"", 10, &["`120%` is larger than a share can be"]);
    expect_line("overhead = \"low\"", 12, &["is not a number"]);
    expect_line("intact = []", 10, &["is a list"]);
}

#[test]
fn a_time_without_operator_is_told_to_have_one() {
    expect_line("p99 = \"50ms\"", 7, &["`p99` has no operator", "did you mean `\"< 50ms\"`?"]);
    expect_line("rate = \"20k/s\"", 8, &["did you mean `\"> 20k/s\"`?"]);
    expect_line("throughput = \"1 MiB/s\"", 14, &["did you mean `\"> 1 MiB/s\"`?"]);
    expect_line("server-memory = \"64 MiB\"", 17, &["did you mean `\"< 64 MiB\"`?"]);
    expect_line("writes = 1", 10, &["did you mean `\"<= 1\"`?"]);
}

#[test]
fn a_bare_number_that_could_be_a_share_is_told_both_spellings() {
    expect_line("intact = 100", 10, &["did you mean `\"100%\"` or `\"= 100\"`?"]);
    expect_line("done = \"100\"", 8, &["did you mean `\"100%\"` or `\"= 100\"`?"]);
    expect_line("lost = 2000", 8, &["did you mean `\"= 2000\"`?"]);
    expect_line("intact = \"99.9%\"", 10, &["did you mean `\">= 99.9%\"`?"]);
    expect_line("lost = \"1%\"", 8, &["did you mean `\"<= 1%\"`?"]);
    expect_line("damaged = true", 11, &["all of them, or any of them", "`\"> 0\"`"]);
}

#[test]
fn numbers_of_exchanges_and_of_what_is_counted_need_no_operator() {
    let scenario = valid(&format!(
        "{HEAD}[expect]\ndone = 65\nrejected = 0\ncrashed = 1\n\"count.accepted\" = 100\n"
    ));
    assert!(scenario.cells[0].expect.iter().all(|gate| gate.op == Op::Equal));
}

#[test]
fn a_limit_that_can_never_hold_is_refused() {
    expect_line("damaged = \"< 0\"", 11, &["can never hold"]);
    expect_line("intact = \"> 100%\"", 10, &["can never hold"]);
}

#[test]
fn false_removes_a_gate_only_where_there_is_one() {
    expect_line("intact = false", 10, &["here there is none to remove"]);
}

#[test]
fn gates_are_read_with_or_without_quotes_around_dots() {
    let scenario = valid(&format!(
        "{HEAD}[expect]\nrequest.intact = true\n\"reply.damaged\" = 0\np99.9 = \"< 1 s\"\n"
    ));
    let first = HEAD.lines().count() as u32 + 2;
    let gate = |at: u32, metric: &str, op, limit, text: &str| Gate {
        metric: metric.to_owned(),
        op,
        limit,
        text: text.to_owned(),
        reference: None,
        line: Some(first + at),
    };
    assert_eq!(
        scenario.cells[0].expect,
        [
            gate(0, "request.intact", Op::Equal, Limit::Share(1.0), "100%"),
            gate(1, "reply.damaged", Op::Equal, Limit::Count(0), "0"),
            gate(2, "p99.9", Op::Less, Limit::Nanos(1_000_000_000), "< 1 s"),
        ]
    );
}

#[test]
fn an_override_merges_gates_key_by_key_and_removes_with_false() {
    let scenario = valid(
        "schema = 1\nname = \"t\"\nhandler = { plugin = \"echo\" }\n\
         [matrix]\nframing = [\"raw\", \"len32be\"]\n\
         [expect]\nintact = \"100%\"\np99 = \"< 50ms\"\n\
         [[override]]\nwhen = { framing = \"raw\" }\nexpect = { intact = false, damaged = \"> 0\" }\n",
    );
    let metrics = |cell: usize| {
        let gates = scenario.cells[cell].expect.iter();
        gates.map(|gate| gate.metric.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(metrics(0), ["p99", "damaged"]);
    assert_eq!(metrics(1), ["intact", "p99"]);
}
