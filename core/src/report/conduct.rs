//! What a server that is not ours did besides answering, in sentences: one for each kind of doing,
//! so that no two of them read alike.

use super::numbers;
use crate::measure::{Conduct, Deed, Seen};

/// One sentence for each kind that was seen.
pub(in crate::report) fn sentences(conduct: &Conduct) -> Vec<String> {
    let Conduct { closed, reset, partial, mute, left, surplus, behind } = conduct;
    let told = [
        told(closed, closed_words),
        told(reset, reset_words),
        told(partial, partial_words),
        told(mute, mute_words),
        told(left, left_words),
        told(surplus, surplus_words),
        told(behind, behind_words),
    ];
    told.into_iter().flatten().collect()
}

/// The sentence, if it was seen.
fn told(deed: &Deed, words: fn(&Deed, &Seen) -> String) -> Option<String> {
    let seen = deed.first.as_ref().filter(|_| deed.sessions > 0)?;
    Some(words(deed, seen))
}

fn closed_words(deed: &Deed, seen: &Seen) -> String {
    let inside = match seen.bytes {
        0 => String::new(),
        _ => format!(", {} into another", of_a_message(seen)),
    };
    format!(
        "the server closed {} with {} under way; first session {}: {} under way, after {}{inside}",
        sessions(deed.sessions),
        exchanges(deed.count),
        seen.session,
        numbers::count(seen.under_way),
        messages(seen),
    )
}

fn reset_words(deed: &Deed, seen: &Seen) -> String {
    format!(
        "the server reset {} with {} under way; first session {}: {} under way, after {}",
        sessions(deed.sessions),
        exchanges(deed.count),
        seen.session,
        numbers::count(seen.under_way),
        messages(seen),
    )
}

fn partial_words(deed: &Deed, seen: &Seen) -> String {
    format!(
        "the server began a message and did not end it in time, in {}, which left {} without an \
         answer; first session {}: {} had come, after {}, and then nothing",
        sessions(deed.sessions),
        exchanges(deed.count),
        seen.session,
        of_a_message(seen),
        messages(seen),
    )
}

fn mute_words(deed: &Deed, seen: &Seen) -> String {
    let what = match seen.messages {
        0 => "not a byte had come of it".to_owned(),
        _ => format!("after {} not a byte more", messages(seen)),
    };
    format!(
        "the server sent nothing to {} in {}, and kept the connection; first session {}: {what}",
        exchanges(deed.count),
        sessions(deed.sessions),
        seen.session,
    )
}

fn left_words(deed: &Deed, seen: &Seen) -> String {
    format!(
        "the server ended {} with nothing under way and no answer given, having sent {} in all; first \
         session {}: after {}",
        sessions(deed.sessions),
        counted(deed.count, "message"),
        seen.session,
        messages(seen),
    )
}

fn surplus_words(deed: &Deed, seen: &Seen) -> String {
    format!(
        "the server sent {} in {} for which nothing was under way any more; first session {}: after {}",
        counted(deed.count, "message"),
        sessions(deed.sessions),
        seen.session,
        messages(seen),
    )
}

fn behind_words(deed: &Deed, seen: &Seen) -> String {
    format!(
        "the server answered {} after their exchanges were over, in {}: its answers are late, or are those \
         to the requests before; first session {}: after {}, with {} of later requests under way",
        counted(deed.count, "request"),
        sessions(deed.sessions),
        seen.session,
        messages(seen),
        exchanges(seen.under_way),
    )
}

/// `64 of 68 bytes`, as far as the framing can tell.
fn of_a_message(seen: &Seen) -> String {
    let bytes = numbers::count(seen.bytes);
    match seen.missing {
        0 => format!("{bytes} bytes"),
        missing => {
            let whole = numbers::count(seen.bytes.saturating_add(missing));
            let least = if seen.exact { "" } else { "at least " };
            format!("{bytes} of {least}{whole} bytes")
        }
    }
}

fn sessions(count: u64) -> String {
    counted(count, "session")
}

fn exchanges(count: u64) -> String {
    counted(count, "exchange")
}

fn messages(seen: &Seen) -> String {
    counted(seen.messages, "message")
}

fn counted(count: u64, what: &str) -> String {
    format!("{} {what}{}", numbers::count(count), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One sentence about a deed that was seen once.
    fn told(of: fn(&mut Conduct) -> &mut Deed, seen: Seen) -> String {
        let mut conduct = Conduct::default();
        of(&mut conduct).add(false, 1, seen);
        let sentences = sentences(&conduct);
        assert_eq!(sentences.len(), 1, "{sentences:?}");
        sentences[0].clone()
    }

    #[test]
    fn what_a_framing_knows_of_an_unfinished_message_is_told_and_nothing_more() {
        let seen =
            Seen { session: 3, under_way: 1, messages: 2, bytes: 64, missing: 4, exact: true };
        let text = told(|conduct| &mut conduct.partial, seen);
        assert!(text.contains("session 3: 64 of 68 bytes had come, after 2 messages"), "{text}");
        let text = told(|conduct| &mut conduct.partial, Seen { exact: false, ..seen });
        assert!(text.contains("session 3: 64 of at least 68 bytes had come"), "{text}");
        let text = told(|conduct| &mut conduct.partial, Seen { missing: 0, ..seen });
        assert!(text.contains("session 3: 64 bytes had come"), "{text}");
        let text = told(|conduct| &mut conduct.closed, seen);
        assert!(text.contains("after 2 messages, 64 of 68 bytes into another"), "{text}");
        let text = told(|conduct| &mut conduct.closed, Seen { bytes: 0, ..seen });
        assert!(text.ends_with("1 under way, after 2 messages"), "{text}");
    }

    #[test]
    fn who_never_said_a_byte_is_told_from_who_fell_silent() {
        let seen = Seen { session: 1, under_way: 1, ..Seen::default() };
        assert!(told(|conduct| &mut conduct.mute, seen).ends_with("not a byte had come of it"));
        let text = told(|conduct| &mut conduct.mute, Seen { messages: 1, ..seen });
        assert!(text.ends_with("after 1 message not a byte more"), "{text}");
    }

    #[test]
    fn a_server_that_only_answered_is_said_nothing_of() {
        assert_eq!(sentences(&Conduct::default()), Vec::<String>::new());
    }
}
