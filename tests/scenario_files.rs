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
