//! Readers that come later than the client waits: whatever a late message brings about, the books
//! balance.

use crate::harness::{measured, scenario};

const LATE: &str = "messages = 6\nwarmup = \"0ms\"\ntimeout = \"150ms\"\ndrain = \"40ms\"\n";

#[test]
fn a_client_that_is_greeted_after_its_round_asks_nothing_more() {
    for (transport, framing) in [("tcp", "line"), ("unix", "len32be"), ("unixgram", "raw")] {
        let more = format!(
            "handler = {{ plugin = \"echo\", config = {{ greeting = \"welcome\" }} }}\n\
             transport = {{ kind = \"{transport}\", read-delay = \"80ms\" }}\n"
        );
        let document = measured(&scenario(&format!("\"{framing}\""), LATE, &more));
        assert_eq!(document.cell().0["rounds"][0]["outcome"], "finished", "{transport}");
    }
}

#[test]
fn what_a_framing_holds_back_at_the_end_has_a_verdict() {
    for framing in ["\"len-ack\"", "\"handshake\"", "{ kind = \"sleep\", gap = \"90ms\" }"] {
        let load = format!("{LATE}in-flight = 6\n");
        let more = "transport = { kind = \"tcp\", read-delay = \"80ms\" }\n";
        let document = measured(&scenario(framing, &load, more));
        let cell = document.cell();
        assert_eq!(cell.0["rounds"][0]["outcome"], "finished", "{framing}");
        assert_eq!(cell.request("sent"), 6, "{framing}");
    }
}
