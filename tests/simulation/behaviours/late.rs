//! Readers that come later than the client waits: whatever a late message brings about, the books
//! balance.

use crate::stage::{text, with_every_seed};

const LATE: &str = "messages = 6\ntimeout = \"150ms\"\ndrain = \"40ms\"\n";

#[test]
fn a_client_that_is_greeted_after_its_round_asks_nothing_more() {
    for (transport, framing) in [("tcp", "line"), ("unix", "len32be"), ("unixgram", "raw")] {
        let more = format!(
            "handler = {{ plugin = \"echo\", config = {{ greeting = \"welcome\" }} }}\n\
             transport = {{ kind = \"{transport}\", read-delay = \"80ms\" }}\n"
        );
        with_every_seed(&text(&format!("\"{framing}\""), LATE, &more), |document| {
            assert!(document.cell().request("sent") <= 6, "{}", document.cell().complaints());
        });
    }
}

#[test]
fn what_a_framing_holds_back_at_the_end_has_a_verdict() {
    for framing in ["\"len-ack\"", "\"handshake\"", "{ kind = \"sleep\", gap = \"90ms\" }"] {
        let load = format!("{LATE}in-flight = 6\n");
        let more = "transport = { kind = \"tcp\", read-delay = \"80ms\" }\n";
        with_every_seed(&text(framing, &load, more), |document| {
            assert_eq!(document.cell().request("sent"), 6, "{framing}");
        });
    }
}
