//! What the kernel makes of connections that the link ends.

use crate::{linked, over};

#[test]
fn a_half_closed_connection_still_gets_its_answers() {
    for kind in ["tcp", "unix"] {
        let link = "{ request = { half-close-after = { behind = 5 } } }";
        let document = over(kind, "\"len32be\"", link, "messages = 40\npayload = \"32 B\"\n");
        let cell = document.cell();
        assert_eq!(cell.request("intact"), 40, "{kind}: {}", cell.complaints());
        assert_eq!(cell.reply("intact"), 40, "{kind}: {}", cell.complaints());
        assert_eq!(cell.done(), 40, "{kind}: {}", cell.complaints());
        assert_eq!(cell.fault("request", "half-close", "injected"), 8, "{kind}");
        // Each but the last cost another connection.
        assert_eq!(cell.count("/link/request/untraced"), 1, "{kind}: {}", cell.0["link"]);
    }
}

#[test]
fn with_many_requests_under_way_all_that_is_lost_is_explained() {
    for end in ["rst-after", "fin-after"] {
        let link = format!("{{ request = {{ {end} = \"2000 B\" }} }}");
        let load = "messages = 400\nin-flight = 16\nconnections = 3\npayload = \"64 B\"\n";
        let document = linked("\"varint\"", &link, load);
        let cell = document.cell();
        assert!(cell.request("lost") > 0, "{end}: {}", cell.complaints());
        assert!(cell.request("intact") > 0, "{end}: {}", cell.complaints());
        cell.is_explained();
    }
}

#[test]
fn an_end_behind_everything_shows_only_where_it_is_an_error() {
    let ends = [("fin-after", "fin"), ("rst-after", "reset"), ("half-close-after", "half-close")];
    for (end, kind) in ends {
        let link = format!("{{ reply = {{ {end} = {{ behind = 3 }} }} }}");
        let document = linked("\"len32be\"", &link, "messages = 3\npayload = \"32 B\"\n");
        let cell = document.cell();
        assert_eq!(cell.fault("reply", kind, "injected"), 1, "{}", cell.0["link"]);
        // Who reads from a connection that was reset is told so, whatever it has read before.
        let traced = cell.fault("reply", kind, "traced");
        assert_eq!(traced, u64::from(kind == "reset"), "{}, {}", cell.complaints(), cell.0["link"]);
        assert_eq!(cell.done(), 3, "{kind}");
    }
}
