//! The request handler in whole rounds, against servers in plain Python: what they may say, and what is
//! told of those that say it wrong.

mod harness;

#[path = "handler_request/checked.rs"]
mod checked;
#[path = "handler_request/docs.rs"]
mod docs;
#[path = "handler_request/framed.rs"]
mod framed;
#[path = "handler_request/manners.rs"]
mod manners;
#[path = "handler_request/programs.rs"]
mod programs;
#[path = "handler_request/sessions.rs"]
mod sessions;

use harness::{Bench, Cell, Ran, scenario};

/// The servers, each beside the scenario under its name.
const SERVERS: [(&str, &str); 4] = [
    ("lines.py", include_str!("handler_request/lines.py")),
    ("mail.py", include_str!("handler_request/mail.py")),
    ("framed.py", include_str!("handler_request/framed.py")),
    ("binary.py", include_str!("handler_request/binary.py")),
];

/// Plays a server with these arguments under a framing; `config` is the handler's, `load` and `more` TOML.
fn play(server: &str, framing: &str, config: &str, load: &str, more: &str) -> (Ran, Bench) {
    let bench = Bench::new();
    for (name, text) in SERVERS {
        bench.write(name, text);
    }
    let (name, arguments) = server.split_once(' ').unwrap_or((server, ""));
    let mut command = vec!["python3", name, "{port}"];
    command.extend(arguments.split_whitespace());
    let more = format!(
        "handler.plugin = \"request\"\n{more}\n[server]\ncommand = {command:?}\n\n\
         [handler.config]\n{config}\n"
    );
    let load =
        if load.contains("messages") { load.to_owned() } else { format!("messages = 40\n{load}") };
    let ran = bench.run(&scenario(&format!("\"{framing}\""), &load, &more), &[]);
    (ran, bench)
}

/// How often a kind was counted, and the first example.
fn counted<'a>(cell: Cell<'a>, kind: &str) -> (u64, &'a str) {
    let mut counts = cell.list("counts").iter();
    let found = counts.find(|count| count["kind"] == kind);
    found.map_or((0, ""), |count| {
        (count["count"].as_u64().unwrap_or(0), count["first"].as_str().unwrap_or(""))
    })
}

/// Everything that went wrong with exchanges, as the document tells it.
fn errors(cell: Cell<'_>) -> String {
    cell.0["errors"].to_string()
}
