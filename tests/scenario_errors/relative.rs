//! Gates that hold a cell against another of the same run: `"p50 / framing=len32be" = "< 1.1"`.

use crate::support::{BARE, HEAD, count, load_text, one_error, set, valid};
use wirebench::scenario::{Gate, Limit, Op, Overrides, Reference, Scenario};

/// Three lines; `[expect]` is the last of five.
const MATRIX: &str = "[matrix]\nframing = [\"raw\", \"len32be\", { kind = \"line\", max = \"1 MiB\" }]\n\
                      \"load.payload\" = [\"64 B\", \"1 KiB\"]\n[expect]\n";

fn with(line: &str) -> String {
    format!("{BARE}{MATRIX}{line}\n")
}

#[track_caller]
fn refused(line: &str, column: usize, fragments: &[&str]) {
    one_error(&with(line), &format!("8:{column}"), fragments);
}

/// Of each cell: its id, and its gates with the cells that they are held against.
fn gates(scenario: &Scenario) -> Vec<(String, Vec<(String, String)>)> {
    let cell_of = |gate: &Gate| {
        gate.reference.as_ref().map_or(String::new(), |reference| reference.cell.clone())
    };
    let of =
        |gates: &[Gate]| gates.iter().map(|gate| (gate.metric.clone(), cell_of(gate))).collect();
    scenario.cells.iter().map(|cell| (cell.id.clone(), of(&cell.expect))).collect()
}

fn only_gate(line: &str) -> Gate {
    valid(&with(line)).cells[0].expect.first().expect("a gate").clone()
}

#[test]
fn a_cell_is_held_against_the_one_that_differs_on_the_named_axis() {
    let scenario = valid(&with("\"p50 / framing=raw\" = \"< 1.1\""));
    let raw = "framing=raw,load.payload=";
    for (index, (id, gates)) in gates(&scenario).into_iter().enumerate() {
        let size = if index % 2 == 0 { "64 B" } else { "1 KiB" };
        match index {
            // The reference itself.
            0 | 1 => assert!(gates.is_empty(), "{id}: {gates:?}"),
            _ => assert_eq!(gates, [("p50 / framing=raw".to_owned(), format!("{raw}{size}"))]),
        }
    }
}

#[test]
fn several_axes_name_one_cell_however_they_are_ordered() {
    let line = "\"request.p99.9 / load.payload=64 B, framing=len32be\" = \"<= 2\"";
    let gate = only_gate(line);
    assert_eq!(gate.metric, "request.p99.9 / framing=len32be,load.payload=64 B");
    let reference = Reference {
        metric: "request.p99.9".into(),
        cell: "framing=len32be,load.payload=64 B".into(),
    };
    assert_eq!((gate.op, gate.limit), (Op::AtMost, Limit::Ratio(2.0)));
    assert_eq!(gate.reference, Some(reference));
    assert_eq!(gate, only_gate(&format!("request.{}", line.replacen("request.", "", 1))));
}

#[test]
fn a_value_with_commas_of_its_own_is_named_as_in_the_id_of_a_cell() {
    let line = r#"'rate / framing={ kind = "line", max = "1 MiB" },load.payload=1 KiB' = "> 0.5""#;
    let cell = only_gate(line).reference.expect("a reference").cell;
    assert!(valid(&with("")).cells.iter().any(|other| other.id == cell), "{cell}");
}

#[test]
fn of_two_values_of_which_one_goes_on_behind_a_comma_the_longer_one_is_meant() {
    let text = format!(
        "{HEAD}[matrix]\n\"handler.config.word\" = [\"a\", \"a,b\"]\n[expect]\n\
         \"p50 / handler.config.word=a,b\" = \"< 2\"\n"
    );
    let scenario = valid(&text);
    assert_eq!(gates(&scenario)[0].1[0].1, "handler.config.word=a,b");
    assert!(scenario.cells[1].expect.is_empty());
}

#[test]
fn a_change_is_another_way_to_write_a_ratio() {
    for (limit, op, ratio) in [
        ("< +10%", Op::Less, 1.1),
        (">= - 5 %", Op::AtLeast, 0.95),
        ("<= +0%", Op::AtMost, 1.0),
        ("> 1_000.5", Op::More, 1000.5),
    ] {
        let gate = only_gate(&format!("\"p50 / framing=len32be\" = \"{limit}\""));
        assert_eq!((gate.op, gate.limit), (op, Limit::Ratio(ratio)), "{limit}");
        assert_eq!(gate.text, limit);
    }
}

#[test]
fn every_measured_quantity_can_be_held_against_another_cell_and_nothing_else() {
    for metric in [
        "min",
        "mean",
        "max",
        "p50",
        "p75.125",
        "request.p50",
        "reply.mean",
        "service-p90",
        "connect-p50",
        "rate",
        "throughput",
        "overhead",
        "segments",
        "writes",
        "reads",
        "context-switches",
        "client-cpu",
        "server-cpu",
        "client-memory",
        "server-memory",
    ] {
        only_gate(&format!("\"{metric} / framing=len32be\" = \"< 2\""));
    }
    for metric in ["intact", "request.lost", "damaged", "crashed", "done", "errors", "faults"] {
        let not = format!("`{metric}` is not held against another cell");
        let line = format!("\"{metric} / framing=raw\" = \"< 2\"");
        refused(&line, 1, &[&not, "these are min, mean, p50", "overhead", "and any percentile"]);
    }
    refused("\"count.x / framing=raw\" = \"< 2\"", 1, &["`count.x` is not held against"]);
}

#[test]
fn a_metric_that_does_not_exist_is_answered_by_a_similar_one() {
    refused("\"thruput / framing=raw\" = \"> 1\"", 1, &["no metric `thruput`"]);
    refused("\"writs / framing=raw\" = \"> 1\"", 1, &["did you mean `writes`?"]);
    refused("\"reply.rate / framing=raw\" = \"> 1\"", 1, &["did you mean `rate`?"]);
}

#[test]
fn a_slash_without_spaces_is_told_to_have_them() {
    refused("\"p50/framing=raw\" = \"< 1.1\"", 1, &["did you mean `p50 / framing=raw`?"]);
}

#[test]
fn an_axis_that_the_matrix_does_not_have_is_answered_by_a_similar_one() {
    for line in ["\"p50 / framin=raw\"", "\"p50 / load.payload=64 B,framin=raw\""] {
        let told = ["`framin` is not an axis", "did you mean `framing`?", "framing, load.payload"];
        refused(&format!("{line} = \"< 1.1\""), 1, &told);
    }
}

#[test]
fn a_value_that_the_axis_does_not_have_is_answered_by_a_similar_one() {
    let told = ["the axis `framing` has no such value", "did you mean `len32be`?"];
    refused("\"p50 / framing=len32bee\" = \"< 1.1\"", 1, &told);
    refused("\"p50 / framing=len32bee,load.payload=64 B\" = \"< 1.1\"", 1, &told);
}

#[test]
fn what_names_no_cell_is_told_how_one_is_named() {
    for name in ["p50 / framing", "p50 / ", "p50 / framing=raw,"] {
        let line = format!("\"{name}\" = \"< 1.1\"");
        refused(&line, 1, &["names no other cell", "`framing=raw`", "separated by commas"]);
    }
    refused("\"p50 / framing=raw,framing=raw\" = \"< 1.1\"", 1, &["two values of the axis"]);
    let long = "x".repeat(5_000);
    refused(&format!("\"p50 / framing={long}\" = \"< 1.1\""), 1, &["too long for a cell"]);
}

#[test]
fn without_a_matrix_there_is_no_other_cell() {
    let text = format!("{HEAD}[expect]\n\"p50 / framing=raw\" = \"< 1.1\"\n");
    one_error(&text, "6:1", &["`framing` is not an axis", "there is no matrix"]);
}

#[test]
fn a_limit_that_is_no_ratio_is_told_how_to_be_written() {
    let told = "a ratio (`\"< 1.1\"`) or a change (`\"< +10%\"`)";
    for (limit, why) in [
        ("\"< 50ms\"", "is not a number"),
        ("\"< 110%\"", "is a share of something"),
        ("\"> -150%\"", "is a fall to below nothing"),
        ("\"<\"", "has no number"),
        ("true", "is a boolean"),
        ("{ a = 1 }", "is a table"),
    ] {
        refused(&format!("\"p50 / framing=raw\" = {limit}"), 23, &[why, told]);
    }
    refused("\"p50 / framing=raw\" = \"< 0\"", 23, &["can never hold"]);
}

#[test]
fn a_limit_without_an_operator_or_with_equals_is_refused_where_nothing_is_exactly_that() {
    for (limit, told) in [
        ("1.1", "did you mean `\"< 1.1\"`?"),
        ("\"= 1.1\"", "did you mean `\"<= 1.1\"`?"),
        ("\"== +10%\"", "did you mean `\"<= +10%\"`?"),
    ] {
        refused(&format!("\"p50 / framing=raw\" = {limit}"), 23, &["never exactly that", told]);
    }
    refused("\"rate / framing=raw\" = 1.1", 24, &["did you mean `\"> 1.1\"`?"]);
    assert_eq!(only_gate("\"writes / framing=len32be\" = \"= 1\"").op, Op::Equal);
}

#[test]
fn two_spellings_of_one_gate_are_one_gate_too_many() {
    let line = "\"p50 / framing=raw,load.payload=64 B\" = \"< 1.1\"\n\
                \"p50 / load.payload=64 B,framing=raw\" = \"< 1.2\"";
    one_error(&with(line), "9:1", &["has a gate already"]);
}

#[test]
fn overrides_change_such_a_gate_and_remove_it() {
    let scenario = valid(&with(
        "\"p50 / framing=raw\" = \"< 1.1\"\n\
         [[override]]\nwhen = { framing = \"len32be\" }\n\
         expect = { \"p50 / framing = raw\" = \"< 1.5\" }\n\
         [[override]]\nwhen = { \"load.payload\" = \"1 KiB\" }\n\
         expect = { \"p50 / framing=raw\" = false }",
    ));
    let texts: Vec<Vec<&str>> = scenario
        .cells
        .iter()
        .map(|cell| cell.expect.iter().map(|gate| gate.text.as_str()).collect())
        .collect();
    assert_eq!(texts, [vec![], vec![], vec!["< 1.5"], vec![], vec!["< 1.1"], vec![]]);
}

fn loaded(text: &str, overrides: &Overrides) -> Scenario {
    load_text(text, overrides).unwrap_or_else(|rendered| panic!("{rendered}")).scenario
}

#[test]
fn an_option_sets_such_a_gate_and_removes_it() {
    let text = with("\"p50 / framing=raw\" = \"< 1.1\"");
    let options =
        set(&["expect.\"rate / framing=len32be\"=\"> 2\"", "expect.\"p50 / framing=raw\"=false"]);
    let scenario = loaded(&text, &options);
    for (id, gates) in gates(&scenario) {
        let of_rate = gates.iter().filter(|(name, _)| name == "rate / framing=len32be").count();
        assert_eq!((gates.len(), of_rate), if id.contains("len32be") { (0, 0) } else { (1, 1) });
    }
    assert_eq!(scenario.changes[0], "expect.rate / framing=len32be=\"> 2\"");
}

#[test]
fn the_last_of_two_options_wins_however_they_are_spelled() {
    let options = set(&[
        "expect.\"p50 / framing=raw,load.payload=64 B\"=\"< 1.1\"",
        "expect.\"p50 / load.payload=64 B,framing=raw\"=\"< 1.2\"",
    ]);
    let scenario = loaded(&with(""), &options);
    let texts: Vec<&str> = scenario.cells[2].expect.iter().map(|gate| &*gate.text).collect();
    assert_eq!(texts, ["< 1.2"]);
}

#[test]
fn a_mistake_in_an_option_is_shown_in_the_option() {
    let wrong = set(&["expect.\"p50 / framing=rwa\"=\"< 2\""]);
    let Err(rendered) = load_text(&with(""), &wrong) else { panic!("it is accepted") };
    assert_eq!(count(&rendered), 1, "{rendered}");
    assert!(rendered.contains("--> command line:1:7"), "{rendered}");
    assert!(rendered.contains("did you mean `raw`?"), "{rendered}");
}

#[test]
fn a_value_that_an_option_puts_aside_is_still_a_cell_that_is_not_run() {
    let text = with("\"p50 / framing=raw\" = \"< 1.1\"");
    for option in ["framing=len32be", "matrix.framing=[\"len32be\", \"slip\"]"] {
        let scenario = loaded(&text, &set(&[option]));
        for (id, gates) in gates(&scenario) {
            let payload = id.split(',').nth(1).expect("a payload");
            assert_eq!(gates[0].1, format!("framing=raw,{payload}"), "{option}: {id}");
        }
    }
    let alone = loaded(&text, &set(&["framing=raw"]));
    assert!(gates(&alone).iter().all(|(_, gates)| gates.is_empty()));
}

#[test]
fn a_secret_is_named_by_its_hash() {
    let text = "schema = 1\nname = \"t\"\nframing = \"raw\"\nhandler = { plugin = \"auth\" }\n\
                [matrix]\n\"handler.config.secret\" = [\"hunter2\", \"swordfish\"]\n[expect]\n";
    let id = valid(text).cells[0].id.clone();
    let hash = id.split(['‹', '›']).nth(1).expect("a hash");
    for written in [format!("‹{hash}›"), hash.to_owned()] {
        let line = format!("\"p50 / handler.config.secret={written}\" = \"< 1.1\"\n");
        let scenario = valid(&format!("{text}{line}"));
        assert_eq!(gates(&scenario)[1].1[0].1, id);
    }
}

#[test]
fn a_server_that_is_not_ours_has_no_ratio_of_what_only_the_ledger_tells() {
    let text = with("\"writes / framing=raw\" = \"< 1.1\"\n[server]\naddress = \"127.0.0.1:9\"");
    one_error(&text, "8:1", &["`writes` cannot be told here"]);
}
