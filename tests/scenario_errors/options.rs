//! Changes from the command line, and the mistakes in them.

use crate::support::{BARE, HEAD, count, load_text, set};
use wirebench::scenario::{At, Complaint, Complaints, Overrides, Scenario, Until};

const FRAMINGS: &str = "[matrix]\nframing = [\"raw\", \"line\", \"len32be\"]\n\
                        [expect]\nintact = \"100%\"\n\
                        [[override]]\nwhen = { framing = \"raw\" }\nload.in-flight = 7\n";

fn loaded(text: &str, overrides: &Overrides) -> Scenario {
    load_text(text, overrides).unwrap_or_else(|rendered| panic!("{rendered}")).scenario
}

#[track_caller]
fn refused(overrides: &Overrides, fragments: &[&str]) {
    let Err(rendered) = load_text(HEAD, overrides) else { panic!("{overrides:?} is accepted") };
    assert_eq!(count(&rendered), 1, "{rendered}");
    for fragment in fragments {
        assert!(rendered.contains(fragment), "`{fragment}` is not said:\n{rendered}");
    }
}

#[test]
fn a_value_is_read_as_toml_or_else_as_a_string() {
    let scenario =
        loaded(HEAD, &set(&["load.in-flight=8", "load.payload=1 KiB", "cpu.wait = \"spin\""]));
    let settings = &scenario.cells[0].settings;
    assert_eq!(settings.load.in_flight, 8);
    assert_eq!(settings.load.payload, wirebench::scenario::Sizes::Constant(1024));
    assert_eq!(settings.cpu.wait, wirebench::scenario::Wait::Spin);
}

#[test]
fn options_win_over_overrides() {
    let scenario = loaded(&format!("{BARE}{FRAMINGS}"), &set(&["load.in-flight=9"]));
    assert!(scenario.cells.iter().all(|cell| cell.settings.load.in_flight == 9));
}

#[test]
fn an_option_for_an_axis_leaves_only_that_value() {
    let scenario = loaded(&format!("{BARE}{FRAMINGS}"), &set(&["framing=line"]));
    let ids: Vec<&str> = scenario.cells.iter().map(|cell| cell.id.as_str()).collect();
    assert_eq!(ids, ["framing=line"]);
}

#[test]
fn an_option_may_replace_or_add_an_axis() {
    let overrides = set(&["matrix.framing=[\"raw\"]", "matrix.load.connections=[1, 2]"]);
    let scenario = loaded(&format!("{BARE}{FRAMINGS}"), &overrides);
    let ids: Vec<&str> = scenario.cells.iter().map(|cell| cell.id.as_str()).collect();
    assert_eq!(ids, ["framing=raw,load.connections=1", "framing=raw,load.connections=2"]);
}

#[test]
fn an_option_may_set_and_remove_gates() {
    let overrides = set(&["expect.intact=false", "expect.p99.9=< 5 ms"]);
    let scenario = loaded(&format!("{BARE}{FRAMINGS}"), &overrides);
    let gates: Vec<&str> =
        scenario.cells[1].expect.iter().map(|gate| gate.metric.as_str()).collect();
    assert_eq!(gates, ["p99.9"]);
}

#[test]
fn the_short_forms_set_their_keys_and_duration_withdraws_messages() {
    let overrides = Overrides {
        seed: Some(u64::MAX),
        rounds: Some(1),
        duration: Some("20ms".to_owned()),
        set: Vec::new(),
        ..Overrides::default()
    };
    let scenario = loaded(&format!("{HEAD}[load]\nmessages = 5\n"), &overrides);
    assert_eq!((scenario.seed, scenario.rounds), (u64::MAX, 1));
    assert_eq!(scenario.cells[0].settings.load.until, Until::Duration(20_000_000));
}

#[test]
fn a_wrong_option_is_shown_instead_of_a_line_of_the_file() {
    refused(
        &set(&["load.in-fligth=8"]),
        &["--> command line:1:7", "--set load.in-fligth=8", "did you mean `in-flight`?"],
    );
    refused(&set(&["load.in-flight=lots"]), &["takes a whole number", "--set load.in-flight=lots"]);
    refused(&set(&["load.in-flight"]), &["takes KEY=VALUE"]);
    refused(&set(&["expect.intakt=100%"]), &["did you mean `intact`?"]);
    refused(&set(&["matrix.framing=raw"]), &["an axis takes a list"]);
    refused(&set(&["matrix={}"]), &["not `matrix` as a whole"]);
    refused(&set(&["=1"]), &["unknown key ``"]);
    let rounds = Overrides { rounds: Some(0), ..Overrides::default() };
    refused(&rounds, &["--rounds 0", "1 to 10,000 is allowed"]);
    let duration = Overrides { duration: Some("1".to_owned()), ..Overrides::default() };
    refused(&duration, &["--duration 1", "write `\"1 ms\"` or `\"1 s\"`"]);
}

#[test]
fn what_begins_like_toml_and_is_none_is_not_taken_for_text() {
    for broken in
        ["about=\"half", "about='half", "framing={ kind = \"line\"", "load.payload=[\"1 B\""]
    {
        refused(&set(&[broken]), &["begins like TOML and is none", broken]);
    }
    assert_eq!(loaded(HEAD, &set(&["about=it's {so}"])).about, "it's {so}");
}

#[test]
fn a_quoted_name_with_a_dot_in_it_is_not_taken_apart() {
    refused(&set(&["handler.config.\"a.b\"=1"]), &["no name that has a dot in it"]);
    let scenario = loaded(HEAD, &set(&["\"load.in-flight\"=3", "expect.\"p99.9\"=< 5ms"]));
    assert_eq!(scenario.cells[0].settings.load.in_flight, 3);
    assert_eq!(scenario.cells[0].expect[0].metric, "p99.9");
}

#[test]
fn a_table_set_as_a_whole_does_not_undo_an_axis_within_it() {
    let text = format!("{HEAD}[matrix]\n\"handler.config.reply\" = [\"same\", \"payload\"]\n");
    let scenario = loaded(&text, &set(&["handler.config={ verify = true }"]));
    let replies: Vec<_> = scenario
        .cells
        .iter()
        .map(|cell| (cell.id.as_str(), cell.settings.handler.config.to_string()))
        .collect();
    assert_eq!(
        replies,
        [
            ("handler.config.reply=same", r#"{"verify":true,"reply":"same"}"#.to_owned()),
            ("handler.config.reply=payload", r#"{"verify":true,"reply":"payload"}"#.to_owned()),
        ]
    );
}

#[test]
fn an_option_for_an_axis_of_tables_leaves_only_that_value() {
    let text = format!(
        "{HEAD}[matrix]\ntransport = [{{ kind = \"unix\" }}, {{ kind = \"tcp\", nodelay = false }}]\n"
    );
    let scenario = loaded(&text, &set(&["transport={ kind = \"seqpacket\" }"]));
    assert_eq!(scenario.cells.len(), 1);
    assert_eq!(scenario.cells[0].id, "transport={ kind = \"seqpacket\" }");
    assert!(scenario.cells[0].settings.transport.nodelay, "the default");
}

#[test]
fn an_option_cannot_contradict_the_ids_of_the_cells() {
    let refuse = |matrix: &str, option: &str| {
        let text = format!(
            "{BARE}[matrix]\nframing = [\"raw\", {{ kind = \"len32be\", max = \"1 KiB\" }}]\n{matrix}"
        );
        let Err(rendered) = load_text(&text, &set(&[option])) else { panic!("{option} is taken") };
        assert_eq!(count(&rendered), 1, "{rendered}");
        assert!(rendered.contains("is decided by the matrix"), "{rendered}");
        assert!(rendered.contains("the axis"), "{rendered}");
    };
    refuse("", "framing.max=2 KiB");
    refuse("", "framing.kind=line");
    refuse("transport = [{ kind = \"unix\" }]\n", "transport.kind=tcp");
    refuse("link = [{}, { request = { delay = \"1ms\" } }]\n", "link.request.delay=2ms");
    refuse("\"cpu.placement\" = [\"same\", \"free\"]\n", "cpu.client=1");
    refuse("\"load.messages\" = [10, 20]\n", "load.duration=1s");
    // What no value says can be set for all of them.
    let text =
        format!("{HEAD}[matrix]\ntransport = [{{ kind = \"unix\" }}, {{ kind = \"tcp\" }}]\n");
    let scenario = loaded(&text, &set(&["transport.read-size=5 B"]));
    assert!(scenario.cells.iter().all(|cell| cell.settings.transport.read_size == 5));
}

#[test]
fn a_plugins_error_is_shown_where_its_setting_stands() {
    let text = HEAD.replace("\"echo\" }", "\"echo\", config = { reply = \"sme\" } }");
    let Ok(loaded) = load_text(&text, &Overrides::default()) else { panic!("valid") };
    let shown = |pointer: &str| {
        let mut complaints = Complaints::new(&loaded.places);
        let complaint = Complaint::new("no such reply").suggest("sme", ["none", "same"]);
        complaints.push(0, At::Value(pointer), complaint);
        complaints.finish().expect("there is one").render(false)
    };
    let rendered = shown("/handler/config/reply");
    for fragment in ["--> t.toml:3:41", "error: no such reply", "did you mean `same`?"] {
        assert!(rendered.contains(fragment), "`{fragment}` is not said:\n{rendered}");
    }
    assert!(
        shown("/handler/config/other").contains("--> t.toml:3:39"),
        "{}",
        shown("/handler/config/other")
    );
    assert!(shown("/load/payload").contains("--> t.toml:3:22"), "{}", shown("/load/payload"));
    assert!(shown("nonsense").contains("no such reply"));
}
