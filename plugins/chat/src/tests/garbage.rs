//! Whatever arrives, nothing panics, and what is said of it stays in bounds.

use super::Rng;
use crate::Chat;
use wirebench_sdk::kit::{self, Answer, Kit};

/// Beginnings, middles and ends of messages, and what must not matter.
const PIECES: [&[u8]; 26] = [
    b"/name ",
    b"/join ",
    b"/leave",
    b"/to ",
    b"/say ",
    b"/",
    b"q",
    b"Q",
    b"q\n",
    b"goodbye",
    b"* you are ",
    b"* you are in ",
    b"* you left ",
    b"! no",
    b" : ",
    b" (private) : ",
    b"m0",
    b"m1",
    b"room1",
    b"lobby",
    b" messages of m1 were dropped: you read too slowly",
    b"\0",
    b"\xff\xfe",
    b"\r\n",
    b"18446744073709551616",
    b"hello",
];

const CONFIGS: [&str; 6] = [
    "{}",
    r#"{"mode": "talk", "quit-after": 3}"#,
    r#"{"echo": true, "announce": true, "backlog": "200 B", "ending": "\n"}"#,
    r#"{"slow": "disconnect", "backlog": "0 B", "max-text": "100 B"}"#,
    r#"{"rooms": 3, "private": "30%", "churn": 2, "quit-after": 4, "speakers": 1}"#,
    r#"{"mode": "talk", "reply": "fixed", "prefix": "ann : ", "ending": "\r\n"}"#,
];

fn message(rng: &mut Rng) -> Vec<u8> {
    match rng.below(12) {
        0 => Vec::new(),
        1 => (0..rng.below(300)).map(|_| rng.below(256) as u8).collect(),
        2 => vec![b"qx/ "[rng.below(4)]; rng.below(100_000)],
        _ => (0..=rng.below(5)).flat_map(|_| PIECES[rng.below(PIECES.len())]).copied().collect(),
    }
}

/// One step that any peer or host may take. A hook that says no costs its session, and only a
/// transport that carries nothing at all makes one do so.
fn step(kit: &mut Kit, open: &mut Vec<u32>, rng: &mut Rng, token: &mut u64, starts: bool) {
    let answers = [Answer::Sent, Answer::Sent, Answer::Sent, Answer::Full, Answer::TooLarge];
    kit.answer(answers[rng.below(answers.len())]);
    if open.is_empty() || (open.len() < 12 && rng.below(10) == 0) {
        open.push(kit.open().unwrap());
        return;
    }
    let place = rng.below(open.len());
    let session = open[place];
    let outcome = match rng.below(20) {
        0 => {
            open.swap_remove(place);
            return kit.close(session).unwrap();
        }
        1 => kit.writable(session),
        2..=5 if starts => {
            *token += 1;
            kit.start(session, *token)
        }
        _ => {
            let of = rng.below(*token as usize + 3) as u64;
            kit.message(session, of, &message(rng))
        }
    };
    if let Err(failure) = outcome {
        assert_eq!(failure.text, "the message is longer than the host can carry");
        open.swap_remove(place);
        kit.close(session).unwrap();
    }
}

#[test]
fn no_message_at_any_time_breaks_the_server() {
    for seed in 0..120 {
        let mut rng = Rng::new(seed);
        let mut kit = kit::server::<Chat>(CONFIGS[rng.below(CONFIGS.len())]).unwrap();
        kit.keep_sent(false);
        let (mut open, mut token) = (Vec::new(), 0);
        for _ in 0..200 {
            token += 1;
            step(&mut kit, &mut open, &mut rng, &mut token, false);
        }
    }
}

#[test]
fn no_message_at_any_time_breaks_the_client() {
    for seed in 0..120 {
        let mut rng = Rng::new(seed);
        let mut kit = kit::client::<Chat>(CONFIGS[rng.below(CONFIGS.len())]).unwrap();
        kit.keep_sent(false);
        let payload = message(&mut rng);
        kit.set_payload(&payload);
        let (mut open, mut token) = (Vec::new(), 0);
        for _ in 0..200 {
            step(&mut kit, &mut open, &mut rng, &mut token, true);
        }
    }
}

#[test]
fn an_exchange_ends_once_whatever_comes() {
    for seed in 0..60 {
        let mut rng = Rng::new(seed);
        let mut kit = kit::client::<Chat>(CONFIGS[4]).unwrap();
        kit.set_payload(b"hello");
        for session in 0..5 {
            assert_eq!(kit.open(), Ok(session));
            kit.message(session, 0, format!("* you are m{session}").as_bytes()).unwrap();
            let room = format!("* you are in room{}", session % 3 + 1);
            kit.message(session, 0, room.as_bytes()).unwrap();
        }
        for token in 1..300 {
            kit.start(rng.below(5) as u32, token).unwrap();
            for _ in 0..4 {
                let (who, says) = (rng.below(5) as u32, rng.below(5));
                let private = ["", " (private)"][rng.below(2)];
                let text = format!("m{says}{private} : hello");
                let of = token.saturating_sub(rng.below(6) as u64);
                kit.message(who, of, text.as_bytes()).unwrap();
            }
        }
        let mut ended: Vec<u64> = kit.finished().iter().map(|one| one.token).collect();
        let count = ended.len();
        ended.sort_unstable();
        ended.dedup();
        assert_eq!(ended.len(), count, "seed {seed}");
        assert!(count > 100, "seed {seed}: only {count} ended");
    }
}
