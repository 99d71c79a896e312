//! The scenarios that ship are valid, and say what they are meant to say.

use wirebench::framing::names;
use wirebench::scenario::{Loaded, Overrides, PayloadAlphabet, Scenario, Sizes, Until, load};

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
        assert_eq!(gates, [gate], "{}", cell.id);
    }
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
fn a_plan_crosses_to_another_process_as_json() {
    let scenario = shipped("sticky.toml", &Overrides::default());
    let json = serde_json::to_string(&scenario).expect("a plan is JSON");
    let back: Scenario = serde_json::from_str(&json).expect("and back");
    assert_eq!(serde_json::to_string(&back).expect("again"), json);
}
