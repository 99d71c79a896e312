//! `recovery`: one flipped bit. Is it noticed, and how many messages does it cost? These are
//! figures to choose a framing by, not findings; only what no framing may do is one.

use super::super::check_context::{CheckContext, Ended};
use super::super::material;
use super::super::outcome::Outcome;
use wirebench_framings::{Alphabet, Capabilities, Role};

/// Messages of the stream, and bytes of each. Bits are flipped in the first half of the messages
/// only, so that there is a rest to be right again.
const MESSAGES: usize = 16;
const BYTES: usize = 24;

/// Bits that are flipped at most: where frames are long, every so many, each place in a byte alike.
const MAX_FLIPS: usize = 8_192;

/// What came of one flipped bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Everything arrived as it was sent, and nothing was said.
    Harmless,
    /// It was noticed, and no wrong message was delivered.
    Detected,
    /// A wrong message was delivered, and then something was noticed.
    Late,
    /// A wrong message was delivered, or one is missing, and nothing was noticed; then all was
    /// right again.
    Undetected,
    /// As that, and nothing was right again.
    Shifted,
}

pub(super) fn run(cx: &mut CheckContext<'_>) -> Ended {
    let mut dice = cx.dice(8);
    // Printable, so that every framing carries the same.
    let text = Capabilities { alphabet: Alphabet::Text, ..cx.capabilities };
    let len = usize::try_from(cx.capabilities.max).unwrap_or(usize::MAX).min(BYTES);
    let messages: Vec<Vec<u8>> =
        (0..MESSAGES).map(|_| material::message(&text, len, &mut dice)).collect();
    let recorded = match cx.record(Role::Client, &messages) {
        Ok(recorded) => recorded,
        Err(why) => return Ended::NotApplicable(format!("no stream of its own: {why}")),
    };
    if recorded.closes {
        return Ended::NotApplicable("one message a connection: the next is always right".into());
    }
    let cuts = cx.fair_cuts(&recorded);
    let mut classes = Vec::new();
    let mut lost = Vec::new();
    let bits = 8 * (recorded.bytes.len() / 2);
    // An odd step comes by every place in a byte.
    let step = bits.div_ceil(MAX_FLIPS) | 1;
    for bit in (0..bits).step_by(step) {
        let mut bytes = recorded.bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let outcome = cx.read(&bytes, &cuts);
        if outcome.fault.is_some() {
            return match cx.shrink(Role::Server, &bytes, &cuts) {
                Some(finding) => Ended::finding(finding),
                None => Ended::Holds("a finding did not come again".into()),
            };
        }
        let (class, missing) = classify(&recorded.carried, &outcome);
        classes.push(class);
        if class != Class::Harmless {
            lost.push(missing);
        }
    }
    lost.sort_unstable();
    let share = |of: &[Class]| {
        let count = classes.iter().filter(|class| of.contains(class)).count();
        count as f64 / classes.len().max(1) as f64
    };
    let median = lost.get(lost.len() / 2).copied().unwrap_or(0);
    let most = lost.last().copied().unwrap_or(0);
    let shares = [
        ("share_harmless", share(&[Class::Harmless])),
        ("share_detected", share(&[Class::Detected])),
        ("share_late", share(&[Class::Late])),
        ("share_undetected", share(&[Class::Undetected, Class::Shifted])),
        ("share_shifted", share(&[Class::Shifted])),
    ];
    let undetected = shares[3].1;
    for (name, value) in shares {
        cx.figure(name, value);
    }
    cx.figure("lost_median_messages", median as f64);
    cx.figure("lost_most_messages", most as f64);
    Ended::Measured(format!(
        "{:.1} % of flipped bits undetected; of {MESSAGES} messages {median} lost (median), {most} at most",
        100.0 * undetected
    ))
}

/// What became of the stream, and how many of the messages sent did not arrive as they were.
fn classify(sent: &[Vec<u8>], outcome: &Outcome) -> (Class, usize) {
    let got = &outcome.messages;
    let before = sent.iter().zip(got).take_while(|(a, b)| a == b).count();
    let rest = sent.len().min(got.len()) - before;
    let after = sent.iter().rev().zip(got.iter().rev()).take(rest).take_while(|(a, b)| a == b);
    let after = after.count();
    let (lost, wrong) = (sent.len() - before - after, got.len() - before - after);
    let class = match (outcome.noticed(), wrong > 0, lost > 0, after > 0) {
        (true, false, ..) => Class::Detected,
        (true, true, ..) => Class::Late,
        (false, false, false, _) => Class::Harmless,
        (false, .., true) => Class::Undetected,
        (false, .., false) => Class::Shifted,
    };
    (class, lost)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(got: &[&str], noticed: bool) -> (Class, usize) {
        let sent = ["one", "two", "three", "four"].map(|text| text.as_bytes().to_vec());
        let messages = got.iter().map(|text| text.as_bytes().to_vec()).collect();
        let error = noticed.then(|| (0, "wrong".to_owned()));
        classify(&sent, &Outcome { messages, error, ..Outcome::default() })
    }

    #[test]
    fn each_outcome_has_its_class_and_its_losses() {
        assert_eq!(of(&["one", "two", "three", "four"], false), (Class::Harmless, 0));
        assert_eq!(of(&["one"], true), (Class::Detected, 3));
        assert_eq!(of(&["one", "three", "four"], true), (Class::Detected, 1));
        assert_eq!(of(&["one", "twotwo"], true), (Class::Late, 3));
        assert_eq!(of(&["one", "TWO", "three", "four"], false), (Class::Undetected, 1));
        assert_eq!(of(&["one", "three", "four"], false), (Class::Undetected, 1));
        assert_eq!(of(&["one", "tw", "othre", "efour"], false), (Class::Shifted, 3));
    }

    #[test]
    fn a_message_that_came_twice_is_not_lost() {
        assert_eq!(of(&["one", "two", "two", "three", "four"], false), (Class::Undetected, 0));
    }
}
