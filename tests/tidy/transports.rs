//! Who names a transport: its row in the table of capabilities, and its sockets.

use crate::source::{code, files, has_word, literals, without_tests};
use wirebench::scenario::TransportKind;

/// Where transports are named, each with its reason.
const NAMED_IN: [(&str, &str); 2] = [
    ("core/src/scenario/transports.rs", "says what each can do"),
    ("core/src/net/transports/mod.rs", "has the sockets of each"),
];

/// Where a transport's name is written out besides, as a scenario writes it.
const WRITTEN_IN: [(&str, &str); 1] =
    [("core/src/scenario/keys.rs", "the default of `transport.kind`, as TOML")];

#[test]
fn a_transport_is_named_where_its_capabilities_and_its_sockets_are() {
    let (mut wrong, mut named) = (Vec::new(), Vec::new());
    for file in files("core/src", &[".rs"]).into_iter().chain(files("plugins", &[".rs"])) {
        let own = without_tests(&file.text);
        let (code, literals) = (code(own), literals(own));
        let imports = ["TransportKind::*", "TransportKind::{"].map(|word| code.contains(word));
        let kinds = TransportKind::ALL.map(|kind| {
            let variant = format!("{kind:?}");
            has_word(&code, &format!("TransportKind::{variant}"))
                || has_word(&code, &format!("Self::{variant}")) && code.contains("TransportKind")
        });
        let names =
            TransportKind::ALL.map(|kind| literals.contains(&format!("\"{}\"", kind.name())));
        let is = |list: &[(&str, &str)]| list.iter().any(|(name, _)| *name == file.name);
        if imports.contains(&true) || kinds.contains(&true) {
            named.push(file.name.clone());
            if !is(&NAMED_IN) {
                wrong.push(format!(
                    "{} names a transport: ask for the capability that is meant",
                    file.name
                ));
            }
        } else if names.contains(&true) && !is(&NAMED_IN) && !is(&WRITTEN_IN) {
            wrong.push(format!("{} writes a transport's name: ask for `name()`", file.name));
        }
    }
    for (name, reason) in NAMED_IN.iter().filter(|(name, _)| !named.iter().any(|it| it == name)) {
        wrong.push(format!("{name} ({reason}) names no transport any more: take it off the list"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
