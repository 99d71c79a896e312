//! The difference of two lists of messages, for a person: where they part, and both from there on.

use super::outcome::shown_from;

/// Messages that are shown, from the first that differs on.
const SHOWN: usize = 6;

/// Bytes of it that are shown before the first one that differs.
const BEFORE: usize = 8;

/// The first place in which two lists of messages differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Apart {
    /// Messages before it, equal in both.
    pub(super) message: usize,
    /// Bytes before it in that message, equal in both.
    pub(super) byte: usize,
}

/// Where they part; `None`: they are equal.
pub(super) fn apart(one: &[Vec<u8>], other: &[Vec<u8>]) -> Option<Apart> {
    let message = equal(one.iter().zip(other));
    let byte = match (one.get(message), other.get(message)) {
        (None, None) => return None,
        (Some(one), Some(other)) => equal(one.iter().zip(other)),
        _ => 0,
    };
    Some(Apart { message, byte })
}

fn equal<T: PartialEq>(pairs: impl Iterator<Item = (T, T)>) -> usize {
    pairs.take_while(|(one, other)| one == other).count()
}

/// What became of the first message that did not arrive as it was sent, as a clause.
pub(super) fn clause(sent: &[Vec<u8>], arrived: &[Vec<u8>], apart: Apart) -> String {
    let number = apart.message + 1;
    match (sent.get(apart.message), arrived.get(apart.message)) {
        (Some(_), None) => format!("message {number} did not arrive"),
        (None, _) => format!("message {number} was never sent"),
        (Some(sent), Some(arrived)) => format!(
            "message {number} is the first that differs, from its byte {} on: {} B sent, {} B arrived",
            apart.byte,
            sent.len(),
            arrived.len()
        ),
    }
}

/// The messages, line by line, from the first that differs on; without one from the beginning. In
/// `spans` stands where each one's frame was, if that is known.
pub(super) fn lines(
    messages: &[Vec<u8>],
    spans: &[(i64, i64)],
    apart: Option<Apart>,
) -> Vec<String> {
    let Apart { message: before, byte } = apart.unwrap_or(Apart { message: 0, byte: 0 });
    let mut lines: Vec<String> = match before {
        0 => Vec::new(),
        1 => vec!["1 message that is equal".into()],
        _ => vec![format!("{before} messages that are equal")],
    };
    for (index, message) in messages.iter().enumerate().skip(before).take(SHOWN) {
        let from = if index == before { byte.saturating_sub(BEFORE) } else { 0 };
        let place = spans.get(index).map(|(at, end)| format!(" (bytes {at} to {end})"));
        lines.push(format!(
            "message of {}{}",
            shown_from(message, from),
            place.unwrap_or_default()
        ));
    }
    if messages.len() > before + SHOWN {
        lines.push(format!("… {} messages in all", messages.len()));
    }
    if messages.len() <= before {
        lines.push(if before == 0 { "no message" } else { "no message more" }.into());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(texts: &[&str]) -> Vec<Vec<u8>> {
        texts.iter().map(|text| text.as_bytes().to_vec()).collect()
    }

    #[test]
    fn they_part_at_the_first_byte_that_differs_or_is_missing() {
        let sent = messages(&["same", "0123456789abc", "z"]);
        let at = |texts: &[&str]| apart(&sent, &messages(texts)).map(|at| (at.message, at.byte));
        assert_eq!(at(&["same", "0123456789abc", "z"]), None);
        assert_eq!(at(&["same", "0123456789ab", "z"]), Some((1, 12)));
        assert_eq!(at(&["same", "0123456789abX", "z"]), Some((1, 12)));
        assert_eq!(at(&["same"]), Some((1, 0)));
        assert_eq!(at(&["same", "0123456789abc", "z", ""]), Some((3, 0)));
    }

    #[test]
    fn what_is_equal_is_counted_and_what_differs_is_shown_around_the_place() {
        let mut sent = vec![b"equal".to_vec(); 36];
        let mut arrived = sent.clone();
        sent.push(b"0123456789abcdef".to_vec());
        arrived.push(b"0123456789abcde".to_vec());
        let at = apart(&sent, &arrived);
        let shown = lines(&arrived, &[], at);
        let expected = [
            "36 messages that are equal",
            "message of 15 B, from byte 7: 37 38 39 61 62 63 64 65 \"789abcde\"",
        ];
        assert_eq!(shown, expected);
        assert_eq!(
            clause(&sent, &arrived, at.expect("they differ")),
            "message 37 is the first that differs, from its byte 15 on: 16 B sent, 15 B arrived"
        );
    }

    #[test]
    fn a_message_too_few_or_too_many_is_told_as_such() {
        let (two, three) = (messages(&["a", "b"]), messages(&["a", "b", ""]));
        let at = apart(&two, &three).expect("they differ");
        assert_eq!(clause(&three, &two, at), "message 3 did not arrive");
        assert_eq!(clause(&two, &three, at), "message 3 was never sent");
        assert_eq!(lines(&two, &[], Some(at)), ["2 messages that are equal", "no message more"]);
        assert_eq!(lines(&three, &[], Some(at)), ["2 messages that are equal", "message of 0 B"]);
    }
}
