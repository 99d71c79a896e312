//! A plugin's framing that finds damage and goes on behind it.

use super::linked;

#[test]
fn a_flip_costs_a_plugins_framing_a_message_and_the_session_lives() {
    let framing = "{ kind = \"checked-faulty\", plugin = \"faulty\" }";
    let load = "messages = 100\npayload = \"32 B\"\nin-flight = 4\n";
    let document = linked(framing, "{ request = { flip = \"0.5%\" } }", load);
    let cell = document.cell();
    let (intact, lost) = (cell.request("intact"), cell.request("lost"));
    assert!(lost > 0 && intact > lost, "{}", cell.complaints());
    assert_eq!(cell.request("corrupted"), 0, "{}", cell.complaints());
    assert_eq!(cell.count("/connect_ns/count"), 1, "one connection did all: {}", cell.complaints());
    assert!(cell.complaints().contains("dropped frame"), "{}", cell.complaints());
    cell.is_explained();
}
