//! The configuration, as a scenario writes it.

use crate::commands::BLANKS;
use crate::reply::Reply;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use wirebench_encodings::{Encoding, Encodings};
use wirebench_sdk::{Error, Result, Size, Span};

/// The configuration of both sides; `docs/handlers.md` has the table.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    pub(crate) commands: BTreeMap<String, Declared>,
    pub(crate) shell: bool,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) reply: Reply,
    pub(crate) status: bool,
    pub(crate) request_end: String,
    pub(crate) encoding: Encodings,
    pub(crate) command_encoding: Encoding,
    pub(crate) client_encoding: Option<Encoding>,
    pub(crate) timeout: Span,
    pub(crate) max_request: Size,
    pub(crate) max_output: Size,
    pub(crate) max_processes: usize,
    pub(crate) max_waiting: usize,
    pub(crate) max_waiting_per_session: usize,
    pub(crate) ask: Ask,
    pub(crate) expect: BTreeMap<String, String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            commands: BTreeMap::new(),
            shell: false,
            environment: BTreeMap::new(),
            reply: Reply::Both,
            status: false,
            request_end: String::new(),
            encoding: Encodings::both(Encoding::UTF_8),
            command_encoding: Encoding::UTF_8,
            client_encoding: None,
            timeout: Span::from_ns(5_000_000_000),
            max_request: Size::from_bytes(4 << 10),
            max_output: Size::from_bytes(1 << 20),
            max_processes: 8,
            max_waiting: 4_096,
            max_waiting_per_session: 256,
            ask: Ask::List(Vec::new()),
            expect: BTreeMap::new(),
        }
    }
}

impl Config {
    /// Refuses what no side can work with.
    pub(crate) fn check(&self) -> Result<()> {
        let (shortest, longest) = (Span::from_ns(1_000_000), Span::from_ns(3_600_000_000_000));
        let timeout = self.timeout.within(shortest, longest);
        timeout.map_err(|wrong| Error::at("/timeout", wrong))?;
        let sizes = [
            ("/max-request", self.max_request, 64 << 10),
            ("/max-output", self.max_output, 256 << 20),
        ];
        for (pointer, size, most) in sizes {
            let size = size.within(Size::from_bytes(1), Size::from_bytes(most));
            size.map_err(|wrong| Error::at(pointer, wrong))?;
        }
        let ranges = [
            ("/max-processes", "1 to 256", within(self.max_processes, 1, 256)),
            ("/max-waiting", "0 to 1,000,000", within(self.max_waiting, 0, 1_000_000)),
            (
                "/max-waiting-per-session",
                "0 to 100,000",
                within(self.max_waiting_per_session, 0, 100_000),
            ),
            ("/request-end", "at most 16 bytes", self.request_end.len() <= 16),
        ];
        if let Some((pointer, range, _)) = ranges.into_iter().find(|(.., right)| !right) {
            return Err(Error::at(pointer, format!("out of range: {range}")));
        }
        let travels = [self.encoding.request, self.encoding.reply];
        let bytes = travels.map(|one| one == Encoding::Bytes);
        if bytes != [self.command_encoding == Encoding::Bytes; 2] {
            let travels = bytes.contains(&true) && self.command_encoding != Encoding::Bytes;
            let pointer = if travels { "/encoding" } else { "/command-encoding" };
            let text = "\"bytes\" stands for all encodings or for none: nobody can convert them";
            return Err(Error::at(pointer, text));
        }
        Ok(())
    }
}

fn within(value: usize, least: usize, most: usize) -> bool {
    (least..=most).contains(&value)
}

/// A command that requests may name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Command {
    pub(crate) run: Vec<String>,
    #[serde(default)]
    pub(crate) arguments: Arguments,
    #[serde(default)]
    pub(crate) stdin: Stdin,
}

/// A command as it is written: a list of words, or a table.
#[derive(Debug)]
pub(crate) struct Declared(pub(crate) Command);

/// What a request may add to a command.
#[derive(Debug, Default)]
pub(crate) enum Arguments {
    /// Nothing.
    #[default]
    None,
    /// Words.
    Words(Words),
}

/// Which words, and how many.
#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Words {
    pub(crate) max: usize,
    /// Patterns; each word must match one of them wholly.
    pub(crate) allow: Option<Vec<String>>,
}

impl Default for Words {
    fn default() -> Self {
        Self { max: 16, allow: None }
    }
}

/// What stands on a command's standard input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Stdin {
    /// Its end.
    #[default]
    None,
    /// The request's arguments, with a space between them, instead of appending them.
    Arguments,
}

/// What the client asks for.
#[derive(Debug)]
pub(crate) enum Ask {
    /// Command lines in turn.
    List(Vec<String>),
    /// The scenario's payload is the command line.
    Payload,
}

impl<'de> Deserialize<'de> for Declared {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Declared;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of words or a table with `run`")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, words: A) -> Result<Declared, A::Error> {
                let run = Vec::deserialize(SeqAccessDeserializer::new(words))?;
                let (arguments, stdin) = Default::default();
                Ok(Declared(Command { run, arguments, stdin }))
            }
            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Declared, A::Error> {
                Command::deserialize(MapAccessDeserializer::new(table)).map(Declared)
            }
        }
        from.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Arguments {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Arguments;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"none\", \"append\" or a table with `max` and `allow`")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Arguments, E> {
                match text {
                    "none" => Ok(Arguments::None),
                    "append" => Ok(Arguments::Words(Words::default())),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Arguments, A::Error> {
                let words = Words::deserialize(MapAccessDeserializer::new(table))?;
                Ok(Arguments::Words(words))
            }
        }
        from.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Ask {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Ask;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a command line, a list of them, or \"payload\"")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Ask, E> {
                match text {
                    "payload" => Ok(Ask::Payload),
                    line if line.trim_matches(BLANKS).is_empty() => {
                        Err(E::custom("it asks for nothing"))
                    }
                    line => Ok(Ask::List(vec![line.to_owned()])),
                }
            }
            fn visit_seq<A: SeqAccess<'de>>(self, lines: A) -> Result<Ask, A::Error> {
                let lines = Vec::<String>::deserialize(SeqAccessDeserializer::new(lines))?;
                match lines.iter().position(|line| line.trim_matches(BLANKS).is_empty()) {
                    Some(at) => Err(A::Error::custom(format!("line {at} asks for nothing"))),
                    None => Ok(Ask::List(lines)),
                }
            }
        }
        from.deserialize_any(Either)
    }
}
