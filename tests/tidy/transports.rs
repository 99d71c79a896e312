//! Who names a transport: its row in the table of capabilities, and its sockets.

use crate::source::{code, files, has_word, literals, without_tests};
use wirebench::scenario::TransportKind;

/// Where transports are named, each with its reason.
const NAMED_IN: [(&str, &str); 2] = [
    ("core/scenario/src/transports.rs", "says what each can do"),
    ("core/src/net/transports/mod.rs", "has the sockets of each"),
];

/// Where a transport's name is written out besides, as a scenario writes it.
const WRITTEN_IN: [(&str, &str); 1] =
    [("core/scenario/src/tables/transport.rs", "the default of `transport.kind`, as TOML")];

#[test]
fn a_transport_is_named_where_its_capabilities_and_its_sockets_are() {
    let (mut wrong, mut named) = (Vec::new(), Vec::new());
    for file in files("core", &[".rs"]).into_iter().chain(files("plugins", &[".rs"])) {
        let own = without_tests(&file.text);
        let (code, literals) = (code(own), literals(own));
        let is_listed = |list: &[(&str, &str)]| list.iter().any(|(name, _)| *name == file.name);
        if names_one(&code) {
            if !is_listed(&NAMED_IN) {
                wrong.push(format!("{} names a transport: ask what it can do", file.name));
            }
            named.push(file.name);
        } else if writes_one(&literals) && !is_listed(&WRITTEN_IN) {
            wrong.push(format!("{} writes a transport's name: ask for `name()`", file.name));
        }
    }
    for (name, reason) in NAMED_IN.iter().filter(|(name, _)| !named.iter().any(|it| it == name)) {
        wrong.push(format!("{name} ({reason}) names no transport any more: take it off the list"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn names_one(code: &str) -> bool {
    let imports = ["TransportKind::*", "TransportKind::{"];
    // There, `Self` is one too.
    let is_own = ["impl TransportKind", "for TransportKind"].iter().any(|it| code.contains(it));
    let named = |kind: &TransportKind| {
        has_word(code, &format!("TransportKind::{kind:?}"))
            || is_own && has_word(code, &format!("Self::{kind:?}"))
    };
    imports.iter().any(|import| code.contains(import)) || TransportKind::ALL.iter().any(named)
}

fn writes_one(literals: &str) -> bool {
    TransportKind::ALL.iter().any(|kind| literals.contains(&format!("\"{}\"", kind.name())))
}
