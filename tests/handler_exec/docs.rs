//! What `docs/handlers.md` says of exec is true.

use crate::harness::{Bench, plugin_folder};
use wirebench_exec::Exec;
use wirebench_sdk::{Client, Handler, Server, kit};

const DOCS: &str = include_str!("../../docs/handlers.md");

fn section() -> &'static str {
    let (_, rest) = DOCS.split_once("\n## exec\n").expect("the section is there");
    rest.split("\n## ").next().unwrap_or(rest)
}

/// The rows of the table under this header: what stands in backquotes first, and the second cell.
fn rows(header: &str) -> Vec<(&'static str, &'static str)> {
    let (_, rest) = section().split_once(header).expect("the table is there");
    let rows = rest.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let mut cells = row.trim_matches('|').split(" | ").map(str::trim);
        let name = cells.next().and_then(|cell| cell.split('`').nth(1)).expect("a name");
        (name, cells.next().expect("a second cell"))
    })
    .collect()
}

#[test]
fn its_table_names_every_setting_and_no_other() {
    // What is unknown is answered with what there is.
    let failure = kit::client::<Exec>(r#"{ "unknown": 1 }"#).err().expect("it is refused");
    let (_, known) = failure.text.split_once("expected one of ").expect("the settings are listed");
    let mut known: Vec<&str> = known.split('`').skip(1).step_by(2).collect();
    let mut documented: Vec<&str> = rows("\n| setting |").iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    documented.sort_unstable();
    assert_eq!(documented, known);
}

#[test]
fn its_table_names_every_count_and_no_other() {
    let server = <Exec as Handler>::Server::COUNTS.iter().map(|kind| (*kind, "server"));
    let client = <Exec as Handler>::Client::COUNTS.iter().map(|kind| (*kind, "client"));
    assert_eq!(rows("\n| count |"), server.chain(client).collect::<Vec<_>>());
}

#[test]
fn its_example_runs() {
    let (_, rest) = section().split_once("```toml\n").expect("a scenario");
    let (scenario, _) = rest.split_once("```").expect("the block ends");
    let bench = Bench::new();
    bench.write("scenario.toml", scenario);
    let mut arguments = bench.run_arguments(&["--duration", "50ms", "--rounds", "1"]);
    arguments.extend(["--set", "cpu.placement=free", "--set", "load.timeout=20s"]);
    let ran = bench.start(&arguments).wait();
    assert_eq!(ran.code, Some(0), "{ran} {}", plugin_folder());
    assert!(bench.document().cell().done() > 0, "{ran}");
}
