//! What a handler counts stands in the result, and gates limit it.

use crate::stage::{measured, pass, text};

fn counting(hook: &str, side: &str) -> String {
    format!(
        "handler = {{ plugin = \"faulty\", config = {{ hook = \"{hook}\", fault = \"count\", \
         side = \"{side}\" }} }}\n"
    )
}

#[test]
fn what_a_handler_counts_stands_in_the_result_with_its_first_example() {
    let document = pass(&text("\"len32be\"", "messages = 20\n", &counting("message", "server")));
    let counts = document.cell().list("counts");
    assert!(
        counts.iter().any(|count| count["side"] == "server"
            && count["kind"] == "told"
            && count["count"] == 20
            && count["first"] == "by message"),
        "{counts:?}"
    );
}

#[test]
fn a_gate_limits_what_a_handler_counts() {
    let gated = |limit: &str| {
        let more = format!("{}\n[expect]\n\"count.told\" = {limit}\n", counting("open", "client"));
        measured(&text("\"len32be\"", "connections = 3\n", &more)).cell().gate("count.told")
    };
    assert_eq!(gated("3"), Some(true));
    assert_eq!(gated("\"< 3\""), Some(false));
}
