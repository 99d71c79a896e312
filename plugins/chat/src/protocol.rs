//! The chat protocol: the commands that a client sends, and the texts that the server sends.
//!
//! A message that begins with `/` is a command, `q` or `Q` alone ends the session, everything else
//! is text for the room. The server's notices begin with `* `, its errors with `! `; a text of a member
//! is delivered as `name : text`.

use std::fmt::Write as _;

/// The name of a member that has not chosen one, before the number of its session.
pub const GUEST: &str = "guest";

/// The room that a session is in until it joins another.
pub const LOBBY: &str = "lobby";

/// What a name may be, for a person.
pub const NAME_RULE: &str = "1 to 32 letters, digits, `-`, `_` or `.`";

/// The error for a message that no connection can deliver.
pub const TOO_LONG: &str = "! the message is too long to be passed on";

/// The longest name, in characters.
const LONGEST_NAME: usize = 32;

/// Between the sender's name and the text of a delivery to a room.
const SAYS: &[u8] = b" : ";

/// The same for a delivery to one member alone.
const SAYS_PRIVATELY: &[u8] = b" (private) : ";

/// What a client asks for with one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    /// `q` or `Q`: the session ends.
    Quit,
    /// Text for the room: anything else, or what follows `/say `.
    Say(&'a [u8]),
    /// `/name ann`.
    Name(&'a [u8]),
    /// `/join room`.
    Join(&'a [u8]),
    /// `/leave`.
    Leave,
    /// `/to bob text`.
    To {
        /// The member that it is for.
        name: &'a [u8],
        /// The text.
        text: &'a [u8],
    },
    /// A command that does not exist.
    Unknown,
}

/// The command that a client's message is. A line ending at its end is part of a text, not of a name.
#[inline]
pub fn parse(message: &[u8]) -> Command<'_> {
    if message.first() != Some(&b'/') {
        return if is_quit(message) { Command::Quit } else { Command::Say(message) };
    }
    let (word, rest) = split(&message[1..]);
    match without_ending(word) {
        b"say" => Command::Say(rest),
        b"name" => Command::Name(without_ending(rest)),
        b"join" => Command::Join(without_ending(rest)),
        b"leave" => Command::Leave,
        b"to" => {
            let (name, text) = split(rest);
            Command::To { name: without_ending(name), text }
        }
        _ => Command::Unknown,
    }
}

/// True for `q` and `Q`, with or without a line ending.
#[inline]
pub fn is_quit(message: &[u8]) -> bool {
    message.len() <= 3 && matches!(without_ending(message), b"q" | b"Q")
}

/// True when the server would take a text for the room for something else.
#[inline]
pub fn reads_as_command(text: &[u8]) -> bool {
    text.first() == Some(&b'/') || is_quit(text)
}

/// Without CR and LF at the end.
pub fn without_ending(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n'));
    &text[..end.map_or(0, |last| last + 1)]
}

fn split(text: &[u8]) -> (&[u8], &[u8]) {
    match text.iter().position(|byte| *byte == b' ') {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[]),
    }
}

/// Checks a name of a member or a room.
pub fn check_name(name: &str) -> Result<(), &'static str> {
    let allowed = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let right = !name.is_empty()
        && name.len() <= 4 * LONGEST_NAME
        && name.chars().count() <= LONGEST_NAME
        && name.chars().all(allowed);
    if right { Ok(()) } else { Err(NAME_RULE) }
}

/// True for a text that cannot be taken for a notice, an error or a delivery.
pub fn is_notice_free(text: &str) -> bool {
    !(text.is_empty() || text.starts_with("* ") || text.starts_with("! ") || text.contains(" : "))
}

/// Writes what is delivered of `text` from `name`, in place of what `into` holds.
#[inline]
pub fn write_delivery(into: &mut Vec<u8>, name: &str, private: bool, text: &[u8]) {
    into.clear();
    into.extend_from_slice(name.as_bytes());
    into.extend_from_slice(if private { SAYS_PRIVATELY } else { SAYS });
    into.extend_from_slice(text);
}

/// True when `message` is exactly that.
#[inline]
pub fn is_delivery(message: &[u8], name: &str, private: bool, text: &[u8], ending: &[u8]) -> bool {
    let says = if private { SAYS_PRIVATELY } else { SAYS };
    message.len() == name.len() + says.len() + text.len() + ending.len()
        && message
            .strip_prefix(name.as_bytes())
            .and_then(|rest| rest.strip_prefix(says))
            .is_some_and(|rest| rest.starts_with(text) && rest.ends_with(ending))
}

/// The sender of a delivery: the name before ` : ` or ` (private) : `.
pub fn speaker(message: &[u8]) -> Option<&str> {
    let longest = (4 * LONGEST_NAME + SAYS_PRIVATELY.len()).min(message.len());
    let at = message[..longest].windows(SAYS.len()).position(|window| window == SAYS)?;
    let name = &message[..at];
    let name = name.strip_suffix(b" (private)").unwrap_or(name);
    std::str::from_utf8(name).ok().filter(|name| check_name(name).is_ok())
}

/// A notice of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice<'a> {
    /// The member's name from now on.
    YouAre(&'a str),
    /// The member's room from now on.
    YouAreIn(&'a str),
    /// The member is in no room now.
    YouLeft(&'a str),
    /// Another member came.
    Joined(&'a str),
    /// Another member went.
    Left(&'a str),
    /// So many messages were not passed on to this member.
    Dropped {
        /// How many.
        count: u64,
        /// Who sent them; empty for the server itself.
        speaker: &'a str,
    },
}

/// Who stands in a notice of what was dropped for all that have none of their own: nobody can be called
/// so.
pub const OTHERS: &str = "several others";

const OF: &str = " messages of ";
const DROPPED: &str = " were dropped: you read too slowly";

impl Notice<'_> {
    /// Appends the notice.
    pub fn write(&self, into: &mut String) {
        let _ = match self {
            Self::YouAre(name) => write!(into, "* you are {name}"),
            Self::YouAreIn(room) => write!(into, "* you are in {room}"),
            Self::YouLeft(room) => write!(into, "* you left {room}"),
            Self::Joined(name) => write!(into, "* {name} joined"),
            Self::Left(name) => write!(into, "* {name} left"),
            Self::Dropped { count, speaker: "" } => {
                write!(into, "* {count}{OF}the server{DROPPED}")
            }
            Self::Dropped { count, speaker } => write!(into, "* {count}{OF}{speaker}{DROPPED}"),
        };
    }

    /// The notice as a text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text);
        text
    }
}

/// How many messages of whom a notice says were dropped; the server's own are left out.
pub fn dropped(message: &[u8]) -> Option<(u64, &str)> {
    let text = std::str::from_utf8(without_ending(message)).ok()?;
    let (count, speaker) = text.strip_prefix("* ")?.strip_suffix(DROPPED)?.split_once(OF)?;
    check_name(speaker).ok()?;
    Some((count.parse().ok()?, speaker))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_from_texts() {
        assert_eq!(parse(b"/name ann\r\n"), Command::Name(b"ann"));
        assert_eq!(parse(b"/join kitchen"), Command::Join(b"kitchen"));
        assert_eq!(parse(b"/leave\n"), Command::Leave);
        let to = Command::To { name: b"bob", text: b"hello  there\n" };
        assert_eq!(parse(b"/to bob hello  there\n"), to);
        assert_eq!(parse(b"/say /name\n"), Command::Say(b"/name\n"));
        assert_eq!(parse(b"/say q"), Command::Say(b"q"));
        assert_eq!(parse(b"/dance"), Command::Unknown);
        assert_eq!(parse(b"/"), Command::Unknown);
        assert_eq!(parse(b""), Command::Say(b""));
        assert_eq!(parse(b" /name x"), Command::Say(b" /name x"));
    }

    #[test]
    fn only_the_letter_alone_ends_the_session() {
        for message in [&b"q"[..], b"Q", b"q\n", b"Q\r\n"] {
            assert_eq!(parse(message), Command::Quit, "{message:?}");
        }
        for message in [&b"qq"[..], b" q", b"q ", b"quit", b"\nq", b"q\r\n\r\n"] {
            assert_eq!(parse(message), Command::Say(message), "{message:?}");
        }
    }

    #[test]
    fn names_are_short_and_cannot_be_taken_for_anything_else() {
        for name in ["ann", "Änn-1", "名前", "a.b_c", &"x".repeat(32)] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in ["", "a b", "a:b", "a\n", "*", "!", &"x".repeat(33), "\u{7}"] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn a_delivery_is_recognised_again() {
        let mut line = Vec::new();
        for private in [false, true] {
            write_delivery(&mut line, "ann", private, b"a : b\n");
            assert!(is_delivery(&line, "ann", private, b"a : b", b"\n"));
            assert!(!is_delivery(&line, "ann", !private, b"a : b", b"\n"));
            assert!(!is_delivery(&line, "ann", private, b"a : c", b"\n"));
            assert!(!is_delivery(&line, "an", private, b"a : b", b"\n"));
            assert_eq!(speaker(&line), Some("ann"));
        }
        for other in [&b""[..], b" : ", b"* you are ann", b"a b : c", b"ann: hello", b"\xff : x"] {
            assert_eq!(speaker(other), None, "{other:?}");
        }
    }

    #[test]
    fn what_was_dropped_is_read_again() {
        let told = |count, speaker| Notice::Dropped { count, speaker }.text();
        assert_eq!(dropped(told(7, "ann").as_bytes()), Some((7, "ann")));
        assert_eq!(dropped(told(7, "").as_bytes()), None);
        assert_eq!(dropped(told(7, OTHERS).as_bytes()), None);
        let many = told(7, "ann").replace('7', "99999999999999999999");
        assert_eq!(dropped(many.as_bytes()), None);
        assert_eq!(dropped(b"* you are ann"), None);
    }
}
