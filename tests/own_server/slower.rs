//! A server that has become slower, against the one before.

use crate::bench::{VERIFY, play, scenario};

/// So often it is played again where the machine could not tell a server from itself.
const MAX_REPEATS: usize = 3;

#[test]
fn a_server_that_has_become_slower_is_told_with_103() {
    let load = "messages = 40, warmup = \"10ms\", rounds = 6";
    let text = scenario("slow", VERIFY, load, "intact = \"100%\"");
    let before = "command=[\"python3\", \"echo.py\", \"{port}\", \"none\"]";
    let against = ["--baseline-server", before];
    let mut played = play(&text, &against);
    for _ in 1..MAX_REPEATS {
        if !played.ran.stderr.contains("machine unfit") {
            break;
        }
        played = play(&text, &against);
    }
    assert_eq!(played.ran.code, Some(103), "{}", played.ran);
    assert!(played.ran.stderr.contains("times the baseline's"), "{}", played.ran);
}
