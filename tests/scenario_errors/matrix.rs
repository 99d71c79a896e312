//! Axes, and overrides that choose among their values.

use crate::support::{BARE, HEAD, errors, one_error, says, valid};

const FRAMINGS: &str = "[matrix]\nframing = [\"raw\", \"len32be\"]\n";

#[test]
fn an_axis_without_a_list_is_refused() {
    let text = format!("{HEAD}[matrix]\n\"load.payload\" = \"64 B\"\n");
    one_error(&text, "6:18", &["an axis takes a list of values, not a string"]);
}

#[test]
fn an_axis_on_a_key_that_does_not_exist_is_refused_once() {
    let text = format!("{HEAD}[matrix]\n\"load.paylaod\" = [\"64 B\", \"1 KiB\"]\n");
    one_error(&text, "6:1", &["unknown key `load.paylaod`", "did you mean `payload`?"]);
}

#[test]
fn an_axis_on_a_key_of_the_whole_scenario_is_refused() {
    let text = format!("{HEAD}[matrix]\n\"load.seed\" = [1, 2]\n");
    one_error(&text, "6:1", &["holds for the whole scenario"]);
}

#[test]
fn a_wrong_value_within_an_axis_is_shown_where_it_stands() {
    let text = format!("{BARE}[matrix]\nframing = [\"raw\", \"len32eb\"]\n");
    one_error(&text, "5:19", &["did you mean `len32be`?"]);
}

#[test]
fn a_value_that_stands_twice_in_an_axis_is_refused() {
    let text = format!("{BARE}[matrix]\nframing = [\"raw\", \"raw\"]\n");
    one_error(&text, "5:19", &["stands twice"]);
}

#[test]
fn ten_thousand_cells_are_allowed_and_not_one_more() {
    let list =
        |count: usize| (1..=count).map(|n| format!("\"{n} B\"")).collect::<Vec<_>>().join(",");
    let matrix = |payloads: usize| {
        let payload = list(payloads);
        let rest = list(100);
        format!(
            "{HEAD}[matrix]\n\"load.payload\" = [{payload}]\n\"transport.read-size\" = [{rest}]\n"
        )
    };
    assert_eq!(valid(&matrix(100)).cells.len(), 10_000);
    one_error(&matrix(101), "6:1", &["101 × 100 = 10,100 cells", "at most 10,000"]);
}

#[test]
fn a_matrix_that_overflows_every_counter_is_only_too_large() {
    let numbers = (1..=1000).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let axes: String = ["load.in-flight", "load.connections", "load.messages", "transport.port"]
        .iter()
        .chain(&["handler.config.a", "handler.config.b", "handler.config.c"])
        .map(|key| format!("\"{key}\" = [{numbers}]\n"))
        .collect();
    let rendered = errors(&format!("{HEAD}[matrix]\n{axes}"));
    says(&rendered, "6:1", &["cells; at most 10,000 are allowed"]);
}

#[test]
fn the_last_axis_is_the_fastest_and_ids_tell_the_point() {
    let scenario = valid(&format!(
        "{BARE}[matrix]\nframing = [\"raw\", {{ kind = \"len32le\", max = \"1 MiB\" }}]\nload.in-flight = [1, 2]\n"
    ));
    let ids: Vec<&str> = scenario.cells.iter().map(|cell| cell.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "framing=raw,load.in-flight=1",
            "framing=raw,load.in-flight=2",
            "framing={ kind = \"len32le\", max = \"1 MiB\" },load.in-flight=1",
            "framing={ kind = \"len32le\", max = \"1 MiB\" },load.in-flight=2",
        ]
    );
    assert_eq!(scenario.axes, ["framing", "load.in-flight"]);
    assert_eq!(scenario.cells[3].settings.load.in_flight, 2);
}

#[test]
fn an_axis_may_reach_into_a_framing_and_into_a_plugins_settings() {
    let scenario = valid(&format!(
        "{HEAD}[matrix]\n\"framing.max\" = [\"1 KiB\", \"2 KiB\"]\n\"handler.config.mode\" = [\"same\"]\n"
    ));
    let settings = &scenario.cells[1].settings;
    assert_eq!(settings.request_framing.settings["max"], 2048);
    assert_eq!(settings.handler.config["mode"], "same");
}

#[test]
fn an_axis_may_set_several_keys_of_a_table_together() {
    let scenario = valid(&format!(
        "{HEAD}transport = {{ read-size = \"1 KiB\" }}\n[matrix]\n\
         transport = [{{ kind = \"tcp\", nodelay = false }}, {{ kind = \"unix\" }}]\n"
    ));
    let (tcp, unix) =
        (&scenario.cells[0].settings.transport, &scenario.cells[1].settings.transport);
    assert!(!tcp.nodelay);
    assert_eq!((tcp.read_size, unix.read_size), (1024, 1024));
    assert_eq!(scenario.cells[1].id, "transport={ kind = \"unix\" }");
}

#[test]
fn an_override_for_a_value_that_is_not_in_the_axis_is_refused() {
    let text = format!("{BARE}{FRAMINGS}[[override]]\nwhen = {{ framing = \"rwa\" }}\n");
    one_error(&text, "7:20", &["the axis `framing` has no such value", "did you mean `raw`?"]);
}

#[test]
fn an_override_for_what_is_no_axis_is_refused() {
    let text = format!("{BARE}{FRAMINGS}[[override]]\nwhen = {{ framming = \"raw\" }}\n");
    one_error(&text, "7:10", &["is not an axis", "did you mean `framing`?"]);
}

#[test]
fn an_override_without_a_condition_is_refused() {
    let text = format!("{BARE}{FRAMINGS}[[override]]\nload.in-flight = 2\n");
    one_error(&text, "7:1", &["an override needs `when`"]);
    let text = format!("{BARE}{FRAMINGS}[[override]]\nwehn = {{ framing = \"raw\" }}\n");
    one_error(&text, "7:1", &["did you mean `when`?"]);
    let text = format!("{BARE}{FRAMINGS}[override]\nwhen = {{ framing = \"raw\" }}\n");
    let rendered = errors(&text);
    assert!(rendered.contains("`[[override]]`, with double brackets"), "{rendered}");
}

#[test]
fn an_override_cannot_change_what_the_matrix_decides() {
    let text = format!(
        "{BARE}{FRAMINGS}[[override]]\nwhen = {{ framing = \"raw\" }}\nframing = \"line\"\n"
    );
    one_error(&text, "8:1", &["`framing` is decided by the matrix", "the axis"]);
}

#[test]
fn an_override_replaces_single_keys_and_the_last_one_wins() {
    let scenario = valid(&format!(
        "{BARE}load = {{ in-flight = 4, connections = 2 }}\n{FRAMINGS}\
         [[override]]\nwhen = {{ framing = [\"raw\", \"len32be\"] }}\nload = {{ in-flight = 5 }}\n\
         [[override]]\nwhen = {{ framing = \"raw\" }}\nload.in-flight = 6\nload.messages = 10\n"
    ));
    let in_flight: Vec<u32> =
        scenario.cells.iter().map(|cell| cell.settings.load.in_flight).collect();
    assert_eq!(in_flight, [6, 5]);
    assert_eq!(scenario.cells[0].settings.load.connections, 2);
}

#[test]
fn an_override_that_chooses_no_cells_changes_none() {
    let text = format!(
        "{HEAD}[[override]]\nwhen = {{ framming = \"raw\" }}\nload.payload = \"0 B\"\nframing = \"raw\"\n"
    );
    one_error(&text, "6:10", &["is not an axis", "there is no matrix"]);
}
