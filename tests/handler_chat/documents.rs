//! What the documents show of the handler.

use crate::harness::Bench;

#[test]
fn the_example_of_the_documents_runs_and_passes() {
    let text = include_str!("../../docs/handlers.md");
    let (_, section) = text.split_once("\n## chat\n").expect("the section is there");
    let (_, block) = section.split_once("\n```toml\n").expect("it shows a scenario");
    let (scenario, _) = block.split_once("\n```\n").expect("the block ends");
    let bench = Bench::new();
    let ran = bench.run(scenario, &["--rounds", "1", "--duration", "100ms"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(bench.document().cell().done() > 0, "{ran}");
}
