//! What `check` says of a scenario with this handler.

use crate::harness::{Bench, Ran, plugin_folder, scenario};

fn check(more: &str) -> Ran {
    let bench = Bench::new();
    bench.write("scenario.toml", scenario("\"raw\"", "", more));
    bench.start(&["check", "scenario.toml", "--plugin-dir", plugin_folder()]).wait()
}

#[test]
fn without_a_server_of_ones_own_there_is_nothing_to_drive() {
    let ran =
        check("handler = { plugin = \"request\", config = { requests = [{ send = \"x\" }] } }\n");
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("has none itself"), "{ran}");
    assert!(ran.stderr.contains("[server]"), "{ran}");
}

#[test]
fn a_mistake_is_shown_with_its_line() {
    let more = "[server]\naddress = \"127.0.0.1:4000\"\n\n[handler]\nplugin = \"request\"\n\n\
                [handler.config]\nends = \"resp\"\nrequests = [\n  { send = \"PING\\r\\n\" },\n  \
                { send = \"GET {tokn}\\r\\n\" },\n]\n";
    let ran = check(more);
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("there is no placeholder `{tokn}`"), "{ran}");
    assert!(ran.stderr.contains("{ send = \"GET {tokn}\\r\\n\" }"), "{ran}");
}
