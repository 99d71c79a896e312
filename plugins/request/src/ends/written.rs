//! From what a scenario writes to a way to find ends.

use super::{Ends, Until};
use crate::config::{EndsTable, Written};
use crate::expect::compiled;
use memchr::memmem::Finder;
use wirebench_sdk::{Error, Result};

/// The longest mark that an answer may end in.
const LONGEST_MARK: usize = 64;

/// Messages of one answer.
const MOST_MESSAGES: usize = 65_536;

/// Names that stand for a way to end.
const NAMES: &str = "\"http\", \"http-head\", \"resp\" or \"reply-lines\", or a table with `after`, \
                     `bytes`, `length`, `until`, `messages` or `message`";

impl Ends {
    /// Checks what stands at `pointer`; answers have at most `longest` bytes.
    pub(crate) fn new(written: Written, pointer: &str, longest: usize) -> Result<Self> {
        match written {
            Written::Name(name) => Ok(match name.as_str() {
                "http" => Self::Http { head: false },
                "http-head" => Self::Http { head: true },
                "resp" => Self::Resp,
                "reply-lines" => Self::ReplyLines,
                _ => {
                    return Err(Error::at(pointer, format!("no answer ends in `{name}`: {NAMES}")));
                }
            }),
            Written::Table(table) => Self::of_table(table, pointer, longest),
        }
    }

    fn of_table(table: EndsTable, pointer: &str, longest: usize) -> Result<Self> {
        let refuse = |key: &str, why: String| Err(Error::at(format!("{pointer}/{key}"), why));
        let given = [
            table.after.is_some(),
            table.bytes.is_some(),
            table.length.is_some(),
            table.until.is_some(),
            table.messages.is_some(),
            table.message.is_some(),
        ];
        if given.into_iter().filter(|given| *given).count() != 1 {
            return Err(Error::at(pointer, format!("an answer ends in one way: {NAMES}")));
        }
        if table.length.is_none() {
            let key = if table.at.is_some() { Some("at") } else { table.beyond.map(|_| "beyond") };
            if let Some(key) = key {
                return refuse(key, "this is of `length`, a number in the answer".to_owned());
            }
        }
        if let Some(mark) = table.after {
            if !(1..=LONGEST_MARK).contains(&mark.len()) {
                return refuse("after", format!("1 to {LONGEST_MARK} bytes, such as \"\\r\\n\""));
            }
            return Ok(Self::After(Box::new(Finder::new(mark.as_bytes()).into_owned())));
        }
        if let Some(size) = table.bytes {
            let bytes = usize::try_from(size.bytes()).unwrap_or(usize::MAX);
            if !(1..=longest).contains(&bytes) {
                return refuse("bytes", format!("1 to {longest}, the longest answer"));
            }
            return Ok(Self::Bytes(bytes));
        }
        if let Some(form) = table.length {
            let at = table.at.unwrap_or(0);
            if at > longest {
                return refuse("at", format!("at most {longest}, the longest answer"));
            }
            let beyond = table.beyond.unwrap_or(at + form.width());
            if beyond > longest {
                return refuse("beyond", format!("at most {longest}, the longest answer"));
            }
            return Ok(Self::Length { form, at, beyond });
        }
        if let Some(text) = table.until {
            return match Until::new(&text) {
                Ok(until) => Ok(Self::Until(Box::new(until))),
                Err(why) => refuse("until", why),
            };
        }
        if let Some(text) = table.message {
            return match compiled(&text) {
                Ok(regex) => Ok(Self::Messages { count: MOST_MESSAGES, until: Some(regex) }),
                Err(why) => refuse("message", why),
            };
        }
        match table.messages.unwrap_or_default() {
            count @ 1..=MOST_MESSAGES => Ok(Self::Messages { count, until: None }),
            _ => refuse("messages", format!("1 to {MOST_MESSAGES}")),
        }
    }
}
