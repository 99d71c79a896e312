//! What the link does to whole rounds, and what of the damage it explains.

#[path = "harness/mod.rs"]
mod harness;

#[path = "link/cuts.rs"]
mod cuts;
#[path = "link/datagrams.rs"]
mod datagrams;
#[path = "link/ends.rs"]
mod ends;
#[path = "link/foreign.rs"]
mod foreign;
#[path = "link/plugin_framing.rs"]
mod plugin_framing;
#[path = "link/seeded.rs"]
mod seeded;

use harness::{Document, measured, scenario};

/// Plays one cell with this framing and link; one exchange at a time unless `load` says otherwise.
#[track_caller]
fn linked(framing: &str, link: &str, load: &str) -> Document {
    over("tcp", framing, link, load)
}

/// The same over another transport.
#[track_caller]
fn over(transport: &str, framing: &str, link: &str, load: &str) -> Document {
    // Nobody waits for what the link has destroyed, and no busy machine makes a piece late.
    let harmful = ["drop", "after", "flip", "flap", "truncate", "corrupt"];
    let harms = harmful.iter().any(|word| link.contains(word));
    let (timeout, drain) = if harms { ("100ms", "200ms") } else { ("10s", "10s") };
    let load = format!("warmup = \"0ms\"\ntimeout = \"{timeout}\"\ndrain = \"{drain}\"\n{load}");
    let more = format!("transport = {{ kind = \"{transport}\" }}\nlink = {link}\n");
    let document = measured(&scenario(framing, &load, &more));
    let cell = document.cell();
    assert_eq!(cell.0["rounds"][0]["outcome"], "finished", "{}", cell.complaints());
    document
}
