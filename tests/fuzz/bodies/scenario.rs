//! The scenario reader. The input is a file, then `--set` options, with NUL between them.
//!
//! Any text has to be answered: with a plan within its limits, or with mistakes that can be shown
//! without taking over the terminal.

use wirebench::scenario::{At, Complaint, Complaints, FileFacts, Overrides, load};

/// Options that are tried at most.
const MAX_OPTIONS: usize = 8;

/// Runs the target.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.split('\0');
    let file = parts.next().unwrap_or_default();
    let set = parts.take(MAX_OPTIONS).map(str::to_owned).collect();
    let overrides = Overrides { set, ..Overrides::default() };
    let find = |path: &str| match path {
        "big.bin" => Ok(FileFacts { absolute: "/data/big.bin".to_owned(), bytes: 3 << 20 }),
        _ => Err("there is no such file".to_owned()),
    };
    match load("fuzz.toml", file, &overrides, &find) {
        Ok(loaded) => {
            let cells = &loaded.scenario.cells;
            assert!(!cells.is_empty() && cells.len() <= 10_000, "{} cells", cells.len());
            // What a plugin says later is shown at the place of the value it is about.
            for pointer in ["/framing", "/handler/config/a", "/nothing", ""] {
                let mut complaints = Complaints::new(&loaded.places);
                let complaint = Complaint::new("a message");
                complaints.push(cells.len() - 1, At::Value(pointer), complaint);
                let shown = complaints.finish().map(|all| all.render(false));
                assert!(shown.is_some_and(|text| text.starts_with("error")));
            }
        }
        Err(diagnostics) => {
            assert!(diagnostics.count() > 0);
            assert!(diagnostics.iter().all(|one| !one.message().is_empty()));
            let shown = diagnostics.render(false);
            assert!(shown.starts_with("error"));
            let escapes = shown.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(escapes, None, "it could take over a terminal: {shown:?}");
            diagnostics.render(true);
        }
    }
}
