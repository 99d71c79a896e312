//! A search whose answer is arithmetic, and what a document says that it has found.
//!
//! The overhead of a framing is the length of its header over that of the payload: it falls below a limit at a payload
//! that is known, in every round alike.

use serde_json::Value;

/// `len32be` has 4 bytes a message and `line` one: over 5.1 % up to 78 B and up to 19 B.
pub(crate) const OVERHEAD: &str = r#"
schema = 1
name = "test"
handler = { plugin = "echo" }

[load]
messages = 20
warmup = "0ms"

[search]
metric = "overhead > 0.051"
vary = "load.payload"
from = "4 B"
to = "4 KiB"
resolution = "20%"
rounds = 2

[matrix]
framing = ["len32be", "line"]

[expect]
intact = "100%"
"#;

/// The payload from which on a framing costs less than the limit says.
pub(crate) const ENDS: [(&str, f64); 2] = [("framing=len32be", 79.0), ("framing=line", 20.0)];

/// What was found for a group.
pub(crate) fn group<'a>(document: &'a Value, name: &str) -> &'a Value {
    let groups = document["search"]["groups"].as_array().expect("groups");
    groups.iter().find(|group| group["group"] == name).unwrap_or_else(|| panic!("no {name}"))
}

/// The number of a point.
#[track_caller]
pub(crate) fn number(point: &Value) -> f64 {
    point["number"].as_f64().unwrap_or_else(|| panic!("no number in {point}"))
}

/// The payloads of a group that were played, in the order of the document.
pub(crate) fn played(document: &Value, name: &str) -> Vec<f64> {
    let cells = document["cells"].as_array().expect("cells");
    let of_group =
        cells.iter().filter(|cell| cell["id"].as_str().is_some_and(|id| id.starts_with(name)));
    of_group
        .map(|cell| cell["setup"]["load"]["payload"]["constant"].as_f64().expect("one size"))
        .collect()
}
