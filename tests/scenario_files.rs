//! The scenarios that ship are valid, and say what they are meant to say.

#[path = "harness/generated.rs"]
mod generated;

use wirebench::framing::names;
use wirebench::scenario::{Cell, Loaded, Overrides, PayloadAlphabet, Scenario, Sizes, Until, load};

fn shipped(name: &str, overrides: &Overrides) -> Scenario {
    let path = format!("{}/../scenarios/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    match load(name, &text, overrides, &|_| Err("no file is expected".to_owned())) {
        Ok(Loaded { scenario, .. }) => scenario,
        Err(diagnostics) => panic!("{}", diagnostics.render(false)),
    }
}

fn set(entries: &[&str]) -> Overrides {
    Overrides {
        set: entries.iter().map(|entry| (*entry).to_owned()).collect(),
        ..Overrides::default()
    }
}

#[test]
fn the_headline_scenario_crosses_nine_framings_with_two_sizes() {
    let scenario = shipped("sticky.toml", &Overrides::default());
    assert_eq!(scenario.name, "sticky");
    assert_eq!(scenario.axes, ["framing", "load.payload"]);
    assert_eq!(scenario.cells.len(), 18);
    assert_eq!((scenario.rounds, scenario.seed), (3, 42));
    let ids: Vec<&str> = scenario.cells.iter().map(|cell| cell.id.as_str()).collect();
    assert_eq!(
        ids[..3],
        [
            "framing=raw,load.payload=64 B",
            "framing=raw,load.payload=1 KiB",
            "framing=sleep,load.payload=64 B",
        ]
    );
    for cell in &scenario.cells {
        let load = &cell.settings.load;
        assert_eq!(load.in_flight, 32);
        assert_eq!(load.until, Until::Duration(300_000_000));
        // `line` is in the matrix, so every cell sends text.
        assert_eq!(load.alphabet, PayloadAlphabet::Text);
        assert!(names().contains(&cell.settings.request_framing.kind.as_str()));
    }
    assert_eq!(scenario.cells[1].settings.load.payload, Sizes::Constant(1024));
}

#[test]
fn nagle_crosses_both_options_with_both_ways_of_writing() {
    let scenario = shipped("nagle.toml", &Overrides::default());
    assert_eq!(scenario.cells.len(), 8);
    let stalls: Vec<&str> = scenario
        .cells
        .iter()
        .filter(|cell| cell.expect.iter().any(|gate| gate.metric == "p50"))
        .map(|cell| cell.id.as_str())
        .collect();
    assert_eq!(stalls, ["transport.nodelay=false,transport.write=header-body,load.in-flight=1"]);
}

#[test]
fn sizes_runs_from_16_bytes_to_64_kibibytes() {
    let scenario = shipped("sizes.toml", &Overrides::default());
    let sizes: Vec<_> = scenario.cells.iter().map(|cell| &cell.settings.load.payload).collect();
    assert_eq!(sizes.first(), Some(&&Sizes::Constant(16)));
    assert_eq!(sizes.last(), Some(&&Sizes::Constant(64 << 10)));
}

#[test]
fn only_raw_over_a_stream_is_expected_to_be_damaged() {
    let scenario = shipped("unix-vs-tcp.toml", &Overrides::default());
    for cell in &scenario.cells {
        let control = cell.axes[0].1 != "seqpacket" && cell.axes[1].1 == "raw";
        let gate = if control { "damaged > 0" } else { "intact 100%" };
        let gates: Vec<String> =
            cell.expect.iter().map(|gate| format!("{} {}", gate.metric, gate.text)).collect();
        let done = (!control).then_some("done > 0");
        let expected: Vec<&str> = std::iter::once(gate).chain(done).collect();
        assert_eq!(gates, expected, "{}", cell.id);
    }
}

#[test]
fn udp_talk_loses_and_truncates_only_where_it_must() {
    let scenario = shipped("udp-talk.toml", &Overrides::default());
    assert!(scenario.cells.iter().all(|cell| cell.settings.transport.kind.has_datagrams()));
    let gated = |metric: &str| {
        let gates = |cell: &&Cell| {
            cell.expect.iter().any(|gate| gate.metric == metric && gate.text == "> 0")
        };
        scenario.cells.iter().filter(gates).count()
    };
    assert_eq!((scenario.cells.len(), gated("truncated"), gated("kernel-drops")), (6, 1, 1));
}

#[test]
fn a_chat_is_expected_to_deliver_under_every_framing_but_raw() {
    let scenario = shipped("chat-room.toml", &Overrides::default());
    assert_eq!(scenario.axes, ["framing", "load.connections"]);
    for cell in &scenario.cells {
        let raw = cell.axes[0].1 == "raw";
        let gated = |metric: &str| cell.expect.iter().any(|gate| gate.metric == metric);
        assert_eq!((gated("damaged"), gated("done")), (raw, !raw), "{}", cell.id);
        assert_eq!(gated("count.order-disagrees"), !raw, "{}", cell.id);
    }
}

#[test]
fn what_is_spoilt_where_nobody_answers_is_expected_of_the_server_alone() {
    let scenario = shipped("header-then-bytes.toml", &Overrides::default());
    assert_eq!(scenario.cells.len(), 4);
    for cell in &scenario.cells {
        let spoilt = cell.settings.handler.config["fault"] == "flip";
        let gated = |metric: &str, text: &str| {
            cell.expect.iter().any(|gate| gate.metric == metric && gate.text == text)
        };
        assert!(gated("done", "100%") && gated("intact", "100%"), "{}", cell.id);
        assert_eq!(gated("count.files", "0"), spoilt, "{}", cell.id);
        assert_eq!(gated("count.digest-differs", "8"), spoilt, "{}", cell.id);
    }
}

#[test]
fn only_framings_that_depend_on_reads_may_be_harmed_by_a_cut() {
    let scenario = shipped("hostile/one-byte.toml", &Overrides::default());
    assert_eq!(scenario.cells.len(), 56);
    for cell in &scenario.cells {
        let control = ["raw", "sleep", "handshake"].contains(&cell.axes[0].1.as_str());
        let gated = |metric: &str, text: &str| {
            cell.expect.iter().any(|gate| gate.metric == metric && gate.text == text)
        };
        assert_eq!(gated("intact", "100%"), !control, "{}", cell.id);
        assert!(gated("faults", "> 0") && gated("unexplained", "0"), "{}", cell.id);
    }
}

#[test]
fn only_a_checksum_is_expected_to_notice_every_changed_bit() {
    let scenario = shipped("hostile/flipped-bit.toml", &Overrides::default());
    let notices = |cell: &&Cell| {
        cell.expect.iter().any(|gate| gate.metric == "undetected" && gate.text == "0")
    };
    let notice: Vec<&str> =
        scenario.cells.iter().filter(notices).map(|cell| cell.axes[0].1.as_str()).collect();
    assert_eq!(notice, ["cobs-crc32c", "hdlc", "magic-len-crc32c"]);
}

/// How the survey writes framings that have a setting there, and those that it has twice.
const SURVEYED_WITH: [(&str, &[&str]); 2] = [
    ("fixed", &["{ kind = \"fixed\", size = \"204 B\" }"]),
    ("handshake", &["\"handshake\"", "{ kind = \"handshake\", terminator = \"lf\" }"]),
];

#[test]
fn the_survey_has_every_framing_that_keeps_a_connection() {
    let mut lines = vec!["framing = [".to_owned(), "   ".to_owned()];
    for name in names().into_iter().filter(|name| *name != "eof") {
        let quoted = format!("\"{name}\"");
        let with = SURVEYED_WITH.iter().find(|(with, _)| *with == name);
        for value in with.map_or(&[quoted.as_str()][..], |(_, values)| values) {
            let last = lines.last_mut().expect("there is one");
            if last.len() + value.len() > 100 {
                lines.push(format!("    {value},"));
            } else {
                *last += &format!(" {value},");
            }
        }
    }
    lines.push("]\n".to_owned());
    generated::holds("scenarios/hostile/survey.toml", "framings", &lines.join("\n"));
}

#[test]
fn a_shipped_scenario_can_be_cut_short_from_the_command_line() {
    let mut overrides = set(&["framing=len32be", "load.payload=64 B"]);
    overrides.rounds = Some(1);
    overrides.duration = Some("50ms".to_owned());
    let scenario = shipped("sticky.toml", &overrides);
    assert_eq!((scenario.cells.len(), scenario.rounds), (1, 1));
    assert_eq!(scenario.cells[0].settings.load.until, Until::Duration(50_000_000));
}

#[test]
fn a_setting_of_the_handler_that_is_an_axis_can_be_fixed_from_the_command_line() {
    let scenario = shipped("remote-commands.toml", &set(&["handler.config.ask=silent"]));
    assert_eq!(scenario.cells.len(), 5);
    let asked = |cell: &Cell| cell.settings.handler.config["ask"] == "silent";
    assert!(scenario.cells.iter().all(asked));
    // The override for `silent` under `raw` still applies.
    assert!(scenario.cells[0].expect.iter().any(|gate| gate.metric == "unanswered"));
}

#[test]
fn a_plan_crosses_to_another_process_as_json() {
    let scenario = shipped("sticky.toml", &Overrides::default());
    let json = serde_json::to_string(&scenario).expect("a plan is JSON");
    let back: Scenario = serde_json::from_str(&json).expect("and back");
    assert_eq!(serde_json::to_string(&back).expect("again"), json);
}

/// Runs the program; its exit code, stdout and stderr.
fn wirebench(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_wirebench"))
        .args(arguments)
        .output()
        .expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn check_prints_one_line_for_each_valid_file_of_a_folder() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios");
    // The plugins that were built with this test; a stale one may stand beside the program.
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_wirebench"));
    let fresh = program.with_file_name("deps");
    let fresh = fresh.to_str().expect("a UTF-8 path");
    let (code, out, err) = wirebench(&["check", "--plugin-dir", fresh, folder]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for name in ["nagle", "sticky", "talk", "udp-talk", "unix-vs-tcp"] {
        let line = out.lines().find(|line| line.contains(&format!("/{name}.toml: ok, ")));
        assert!(line.is_some(), "{name} is not in:\n{out}");
    }
    let valid = out.lines().filter(|line| line.contains(": ok, ")).count();
    assert_eq!(valid, out.lines().count(), "{out}");
}

#[test]
fn check_shows_what_is_wrong_without_colour_and_exits_with_104() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("wrong.toml");
    std::fs::write(&path, "schema = 1\nnmae = \"t\"\n").expect("a file in it");
    let path = path.to_str().expect("a UTF-8 path");
    let (code, out, err) = wirebench(&["check", path]);
    assert_eq!((code, out.as_str()), (Some(104), ""));
    assert!(err.contains("wrong.toml:2:1\n") && err.contains("did you mean `name`?"), "{err}");
    assert!(!err.contains('\x1b'), "{err}");
    let (_, _, colored) = wirebench(&["check", "--color", "always", path]);
    assert!(colored.contains('\x1b'), "{colored}");
}

#[test]
fn plan_shows_the_cells_that_a_filter_selects() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../scenarios/sticky.toml");
    let (code, out, _) = wirebench(&["plan", path, "--filter", "framing=raw", "--rounds", "7"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("2 cells × 7 rounds = 14 rounds"), "{out}");
    assert!(out.contains("framing=raw,load.payload=1 KiB\n"), "{out}");
    assert!(!out.contains("len32be"), "{out}");
    assert_eq!(wirebench(&["plan", path, "--filter", "framing=none"]).0, Some(4));
}

#[test]
fn wrong_usage_is_told_apart_from_a_wrong_scenario() {
    assert_eq!(wirebench(&["check"]).0, Some(2));
    assert_eq!(wirebench(&["chekc", "x.toml"]).0, Some(2));
    assert_eq!(wirebench(&["check", "/none.toml"]).0, Some(104));
    assert_eq!(wirebench(&["--version"]).0, Some(0));
}
