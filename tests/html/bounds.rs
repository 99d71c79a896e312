//! How large a page is.

use crate::parsed::{page, parsed};
use crate::sample::{Sample, document, example, scenario};
use wirebench::judge::Verdict;

/// A thousand cells with everything in them that makes a page long: rounds, damage, and examples of that.
pub(crate) fn thousand() -> wirebench::result::Document {
    let framings: Vec<String> = (0..50).map(|number| format!("framing-{number}")).collect();
    let framings: Vec<&str> = framings.iter().map(String::as_str).collect();
    let sizes: Vec<u64> = (1..=20).map(|size| size * 64).collect();
    let mut scenario = scenario(&framings, &sizes);
    scenario.rounds = 3;
    let rounds: Vec<_> = (0..3)
        .flat_map(|round| {
            (0..1_000).map(move |cell| {
                let sample = Sample::intact(3_000 + cell as u64, 64, 4, 9_000 + 7 * cell as u64);
                let sample = match cell % 4 {
                    0 => {
                        let mut sample = sample.damage_requests(Verdict::Merged, 700);
                        let examples = (0..16).map(|seq| example(Verdict::Merged, seq));
                        sample.server.received.examples.extend(examples);
                        sample
                    }
                    _ => sample,
                };
                sample.round(cell, round)
            })
        })
        .collect();
    document(&scenario, &rounds)
}

#[test]
fn a_thousand_cells_stay_under_fifteen_mebibytes() {
    let page = page(thousand());
    assert!(page.len() < 15 << 20, "{} bytes", page.len());
    let parsed = parsed(&page);
    assert_eq!(parsed.problems, Vec::<String>::new());
    // Each has its place; what of them is not drawn is said.
    let places = parsed.ids.iter().filter(|id| id.starts_with("cell=sticky/")).count();
    assert_eq!(places, 1_000);
    assert!(parsed.text.contains("more examples are not drawn here"), "cut");
}
