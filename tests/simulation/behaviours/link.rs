//! What the link does to whole rounds, and what of the damage it explains.

mod calls;
mod cuts;
mod datagrams;
mod ends;
mod flips;
mod foreseen;
mod timing;
mod traces;

use crate::document::Document;
use crate::stage::{measured, text, with_every_seed};

/// The text of a cell with this framing and link; one exchange at a time unless `load` says otherwise.
fn over(transport: &str, framing: &str, link: &str, load: &str) -> String {
    // Nobody waits for what the link has destroyed.
    let harmful = ["drop", "after", "flip", "flap", "truncate", "corrupt"];
    let harms = harmful.iter().any(|word| link.contains(word));
    let (timeout, drain) = if harms { ("100ms", "200ms") } else { ("10s", "10s") };
    let load = format!("timeout = \"{timeout}\"\ndrain = \"{drain}\"\n{load}");
    let more = format!("transport = {{ kind = \"{transport}\" }}\nlink = {link}\n");
    text(framing, &load, &more)
}

/// Plays such a cell over streams, with several seeds of the network.
#[track_caller]
fn linked(framing: &str, link: &str, load: &str, check: impl Fn(&Document)) {
    with_every_seed(&over("tcp", framing, link, load), check);
}

/// The same over another transport.
#[track_caller]
fn linked_over(transport: &str, framing: &str, link: &str, load: &str, check: impl Fn(&Document)) {
    with_every_seed(&over(transport, framing, link, load), check);
}

#[test]
fn without_a_link_there_is_nothing_to_tell_of_it() {
    let document = measured(&over("tcp", "\"len32be\"", "{}", "messages = 60\n"));
    document.cell().is_intact();
    assert!(document.cell().0["link"].is_null());
}
