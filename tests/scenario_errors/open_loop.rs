//! Open loops that cannot be.

use crate::support::{HEAD, one_error};

/// Lines in `[load]` (from line 6 on), wrong at this place for these reasons.
#[track_caller]
fn load(lines: &str, place: &str, fragments: &[&str]) {
    one_error(&format!("{HEAD}[load]\n{lines}\n"), place, fragments);
}

#[test]
fn an_open_loop_without_a_rate_is_told_what_to_add() {
    load(
        "model = \"open\"",
        "6:9",
        &["needs the rate at which exchanges are to start", "`rate = \"1k/s\"`", "[[load.stage]]"],
    );
}

#[test]
fn what_belongs_to_an_open_loop_is_refused_in_a_closed_one() {
    for setting in [
        "rate = \"20k/s\"",
        "arrivals = \"poisson\"",
        "catch-up = \"1ms\"",
        "backlog = 5",
        "min-achieved = \"50%\"",
    ] {
        let reasons =
            ["is a setting of an open loop, and this one is closed", "`model = \"open\"`"];
        load(setting, "6:1", &reasons);
    }
}

#[test]
fn a_rate_without_its_unit_or_out_of_range_is_told() {
    let open = |rate: &str| format!("model = \"open\"\nrate = {rate}");
    load(&open("20000"), "7:8", &["has no unit", "/s"]);
    load(&open("\"20 KiB/s\""), "7:8", &["is not a unit of a rate", "`k/s`"]);
    load(&open("\"0/s\""), "7:8", &["0.001/s"]);
    load(&open("\"101M/s\""), "7:8", &["100M/s"]);
}

#[test]
fn arrivals_are_one_of_three() {
    let open = |arrivals: &str| format!("model = \"open\"\nrate = \"1k/s\"\narrivals = {arrivals}");
    load(&open("\"poison\""), "8:12", &["did you mean `poisson`?"]);
    load(&open("{ bursts = 3 }"), "8:14", &["has no setting `bursts`", "did you mean `burst`?"]);
    load(&open("{ burst = 0 }"), "8:22", &["from 1 to 100,000"]);
    load(&open("3"), "8:12", &["`{ burst = 32 }`"]);
}

#[test]
fn stages_stand_alone_and_each_has_a_rate_and_a_duration() {
    let stage = |more: &str| {
        format!("model = \"open\"\n{more}stage = [{{ rate = \"1k/s\", duration = \"1s\" }}]")
    };
    load(&stage("rate = \"1k/s\"\n"), "7:1", &["one `rate`, or stages", "not both"]);
    load(&stage("duration = \"1s\"\n"), "7:1", &["say how long it takes"]);
    load(&stage("messages = 5\n"), "7:1", &["say how long it takes"]);
    let only = |stage: &str| format!("model = \"open\"\nstage = {stage}");
    load(&only("[{ rate = \"1k/s\" }]"), "7:10", &["`duration` is missing"]);
    load(&only("[{ rate = \"1k/s\", lasts = \"1s\" }]"), "7:27", &["has no setting `lasts`"]);
    load(
        &only("[{ rate = \"1k/s\", duration = \"0s\" }]"),
        "7:38",
        &["`duration` of a stage", "1 ms"],
    );
    load(&only("[]"), "7:9", &["out of range", "1 to 256"]);
    load(&only("\"1k/s\""), "7:9", &["a list of tables"]);
}

#[test]
fn what_an_open_loop_is_gated_by_is_not_told_of_a_closed_one() {
    for gate in ["achieved = \">= 99%\"", "dropped = 0", "slip-p99 = \"< 1ms\""] {
        let text = format!("{HEAD}[expect]\n{gate}\n");
        one_error(&text, "6:1", &["is told of an open loop, and this one is closed"]);
    }
}
