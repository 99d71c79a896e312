//! Two engines, a client's and a server's, play whole rounds over a network in memory, with a clock that
//! somebody turns: cut bytes, full buffers, interrupted calls, resets and refusals, as a seed says.
//! Whatever happens, a round ends, every message has one verdict, every exchange one end, and every slot
//! is free again.
//!
//! A failure prints its case and its seed; `WIREBENCH_SIMULATE=CASE:SEED` plays that one alone.

#[path = "simulation/behaviours/mod.rs"]
mod behaviours;
#[path = "simulation/cases.rs"]
mod cases;
#[path = "simulation/datagrams.rs"]
mod datagrams;
#[allow(dead_code, unreachable_pub, reason = "the tests of the whole program read more of it")]
#[path = "harness/document.rs"]
mod document;
#[path = "simulation/handlers.rs"]
mod handlers;
#[path = "simulation/laws.rs"]
mod laws;
#[path = "simulation/network.rs"]
mod network;
#[path = "simulation/port.rs"]
mod port;
#[path = "fixtures/recorder.rs"]
mod recorder;
#[path = "simulation/round.rs"]
mod round;
#[allow(unreachable_pub, reason = "the tests of the whole program have it as a part")]
#[path = "harness/scenario.rs"]
mod scenario;
#[path = "simulation/stage.rs"]
mod stage;

use cases::{Case, cases};
use laws::hold;
use round::Player;
use wirebench::load::Sizes;
use wirebench::scenario::Until;

/// Schedules of each case in an ordinary test run.
const SOME: u64 = 4;

/// Plays schedules of a case.
fn plays(case: &Case, seeds: impl IntoIterator<Item = u64>) {
    let mut player = Player::new(&case.play);
    for seed in seeds {
        let held = player.round(seed).and_then(|played| hold(case, &played));
        if let Err(error) = held {
            panic!("WIREBENCH_SIMULATE={}:{seed}: {error}", case.name);
        }
    }
}

#[test]
fn every_schedule_ends_and_keeps_the_laws() {
    let cases = cases();
    if let Ok(chosen) = std::env::var("WIREBENCH_SIMULATE") {
        let (name, seed) = chosen.split_once(':').expect("CASE:SEED");
        let case = cases.iter().find(|case| case.name == name).expect("a case");
        return plays(case, [seed.parse().expect("a number")]);
    }
    for case in &cases {
        plays(case, 0..SOME);
    }
}

#[test]
fn a_seed_plays_the_same_round_alone_and_after_others() {
    for case in &cases() {
        let mut player = Player::new(&case.play);
        player.round(1).expect("it is played");
        let after = player.round(0).expect("it is played");
        let alone = Player::new(&case.play).round(0).expect("it is played");
        assert_eq!(after, alone, "{}", case.name);
    }
}

#[test]
fn messages_that_are_given_together_have_the_effects_of_messages_given_one_by_one() {
    for case in &cases() {
        let alone = round::Play { one_by_one: true, ..case.play.clone() };
        for seed in (0..2 * SOME).step_by(2) {
            let together = Player::new(&case.play).round(seed).expect("it is played");
            let one_by_one = Player::new(&alone).round(seed).expect("it is played");
            assert_eq!(together, one_by_one, "{}:{seed}", case.name);
        }
    }
}

/// With a framing that needs nothing else, whatever the transport is.
#[test]
fn sides_that_take_turns_wait_in_their_reads() {
    for case in cases().iter().filter(|case| case.name.ends_with("in-turns-echoes-calm")) {
        let played = Player::new(&case.play).round(0).expect("it is played");
        let messages = played.server.received.messages;
        assert!(
            played.waits.iter().all(|waits| *waits >= messages - 1),
            "{}: {:?} of {messages}",
            case.name,
            played.waits
        );
    }
}

/// A window of messages that are more together than a send buffer takes: the handler is stopped before it
/// has begun all that it was given.
#[test]
fn exchanges_that_a_full_send_buffer_keeps_back_have_not_begun() {
    let case = cases().into_iter().find(|case| case.name == "batch-echoes-calm").expect("a case");
    let mut play = case.play;
    play.settings.load.payload = Sizes::Constant(200 << 10);
    play.settings.load.in_flight = 16;
    play.settings.load.until = Until::Messages(48);
    (play.settings.load.timeout_ns, play.settings.load.drain_ns) = (u64::MAX / 4, u64::MAX / 4);
    play.ring_bytes = 8 << 20;
    for seed in [0, 2] {
        let alone = round::Play { one_by_one: true, ..play.clone() };
        let together = Player::new(&play).round(seed).expect("it is played");
        assert_eq!(together.client.exchanges.done, 48);
        assert_eq!(together, Player::new(&alone).round(seed).expect("it is played"), "{seed}");
    }
}

/// Only where it is optimised: it takes more than a minute of processor time then.
#[cfg(not(debug_assertions))]
#[test]
fn a_million_schedules_end_and_keep_the_laws() {
    let cases = cases();
    let shares: f64 = cases.iter().map(|case| 1.0 / case.cost as f64).sum();
    let each = (1e6 / shares).ceil() as u64;
    std::thread::scope(|scope| {
        for half in [0, 1] {
            let cases = &cases;
            scope.spawn(move || {
                for case in cases {
                    let seeds = 0..each.div_ceil(case.cost);
                    plays(case, seeds.filter(|seed| seed % 2 == half));
                }
            });
        }
    });
}
