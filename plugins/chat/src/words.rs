//! The words on the wire: what a line from a client asks for, and what the server says.
//!
//! A message that begins with `/` is a command, `q` or `Q` alone ends the session, everything else
//! is said. The server's own words begin with `* ` (so it is) or `! ` (it could not be done); what
//! a member says arrives as `name : text`.

use std::fmt::Write as _;

/// Who joins without saying a name is called so, with the number of the session.
pub const GUEST: &str = "guest";

/// The room that a session is in until it joins another.
pub const LOBBY: &str = "lobby";

/// What a name may be.
pub const NAME_RULE: &str = "1 to 32 letters, digits, `-`, `_` or `.`";

/// The answer to a message that no connection can carry on.
pub const TOO_LONG: &str = "! the message is too long to be passed on";

/// The longest name, in characters.
const LONGEST_NAME: usize = 32;

/// Between who says it and what is said.
const SAYS: &[u8] = b" : ";

/// The same for what only one member hears.
const SAYS_PRIVATELY: &[u8] = b" (private) : ";

/// What a client's message asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
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
        /// Who shall hear it.
        name: &'a [u8],
        /// What.
        text: &'a [u8],
    },
    /// A command that does not exist.
    Unknown,
}

/// Reads a client's message. A line ending at its end is part of what is said, not of a command.
#[inline]
pub fn read(message: &[u8]) -> Line<'_> {
    if message.first() != Some(&b'/') {
        return if is_quit(message) { Line::Quit } else { Line::Say(message) };
    }
    let (word, rest) = split(&message[1..]);
    match without_ending(word) {
        b"say" => Line::Say(rest),
        b"name" => Line::Name(without_ending(rest)),
        b"join" => Line::Join(without_ending(rest)),
        b"leave" => Line::Leave,
        b"to" => {
            let (name, text) = split(rest);
            Line::To { name: without_ending(name), text }
        }
        _ => Line::Unknown,
    }
}

/// True for `q` and `Q`, with or without a line ending.
#[inline]
pub fn is_quit(message: &[u8]) -> bool {
    message.len() <= 3 && matches!(without_ending(message), b"q" | b"Q")
}

/// True when the server would take a text that is to be said for something else.
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

/// True for a text that cannot be taken for a notice, an error or something said.
pub fn is_notice_free(text: &str) -> bool {
    !(text.is_empty() || text.starts_with("* ") || text.starts_with("! ") || text.contains(" : "))
}

/// Writes what the others hear when `name` says `text`.
#[inline]
pub fn write_said(into: &mut Vec<u8>, name: &str, private: bool, text: &[u8]) {
    into.clear();
    into.extend_from_slice(name.as_bytes());
    into.extend_from_slice(if private { SAYS_PRIVATELY } else { SAYS });
    into.extend_from_slice(text);
}

/// True when `message` is exactly that.
#[inline]
pub fn is_said(message: &[u8], name: &str, private: bool, text: &[u8], ending: &[u8]) -> bool {
    let says = if private { SAYS_PRIVATELY } else { SAYS };
    message.len() == name.len() + says.len() + text.len() + ending.len()
        && message
            .strip_prefix(name.as_bytes())
            .and_then(|rest| rest.strip_prefix(says))
            .is_some_and(|rest| rest.starts_with(text) && rest.ends_with(ending))
}

/// Who said `message`: the name before ` : ` or ` (private) : `.
pub fn speaker(message: &[u8]) -> Option<&str> {
    let longest = (4 * LONGEST_NAME + SAYS_PRIVATELY.len()).min(message.len());
    let at = message[..longest].windows(SAYS.len()).position(|window| window == SAYS)?;
    let name = &message[..at];
    let name = name.strip_suffix(b" (private)").unwrap_or(name);
    std::str::from_utf8(name).ok().filter(|name| check_name(name).is_ok())
}

/// What the server says of itself.
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
        /// Who said them; empty for the server's own.
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
    fn commands_are_told_from_what_is_said() {
        assert_eq!(read(b"/name ann\r\n"), Line::Name(b"ann"));
        assert_eq!(read(b"/join kitchen"), Line::Join(b"kitchen"));
        assert_eq!(read(b"/leave\n"), Line::Leave);
        let to = Line::To { name: b"bob", text: b"hello  there\n" };
        assert_eq!(read(b"/to bob hello  there\n"), to);
        assert_eq!(read(b"/say /name\n"), Line::Say(b"/name\n"));
        assert_eq!(read(b"/say q"), Line::Say(b"q"));
        assert_eq!(read(b"/dance"), Line::Unknown);
        assert_eq!(read(b"/"), Line::Unknown);
        assert_eq!(read(b""), Line::Say(b""));
        assert_eq!(read(b" /name x"), Line::Say(b" /name x"));
    }

    #[test]
    fn only_the_letter_alone_ends_the_session() {
        for message in [&b"q"[..], b"Q", b"q\n", b"Q\r\n"] {
            assert_eq!(read(message), Line::Quit, "{message:?}");
        }
        for message in [&b"qq"[..], b" q", b"q ", b"quit", b"\nq", b"q\r\n\r\n"] {
            assert_eq!(read(message), Line::Say(message), "{message:?}");
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
    fn what_is_said_is_recognised_again() {
        let mut line = Vec::new();
        for private in [false, true] {
            write_said(&mut line, "ann", private, b"a : b\n");
            assert!(is_said(&line, "ann", private, b"a : b", b"\n"));
            assert!(!is_said(&line, "ann", !private, b"a : b", b"\n"));
            assert!(!is_said(&line, "ann", private, b"a : c", b"\n"));
            assert!(!is_said(&line, "an", private, b"a : b", b"\n"));
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
