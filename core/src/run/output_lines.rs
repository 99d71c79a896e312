//! The lines that sides and programs write while they run: what a handler logs, and what is printed.

use crate::scenario::Secrets;
use crate::side::log::{LONGEST_LINE, MARK, read_line};
use std::cell::RefCell;

/// Lines kept of what a process writes in a round.
const KEPT: usize = 100;

/// Bytes that a line can take at most: every character of a log line as six, and what is around them.
const LONGEST: usize = 6 * LONGEST_LINE + 100;

/// A line that a process has written.
#[derive(Clone, Copy, Debug)]
pub struct OutputLine<'a> {
    /// Whose it is: `client` or `server`, or `program`: a server that is not ours.
    pub source: &'a str,
    /// The handler's plugin.
    pub plugin: &'a str,
    /// The level of a log line: 1 (error) to 4 (debug); `None`: it was printed.
    pub level: Option<u32>,
    /// The line, of bounded length, without secrets; not cleaned.
    pub text: &'a str,
}

/// Called with each line as it comes.
pub type LineListener = Box<dyn FnMut(&OutputLine<'_>)>;

/// Where the lines of a round go.
#[derive(Clone, Copy)]
pub(super) struct LineSink<'a> {
    /// `None`: nobody wants them while they come.
    pub(super) listener: Option<&'a RefCell<LineListener>>,
    /// What is taken out of them first.
    pub(super) secrets: &'a Secrets,
    /// The handler's plugin.
    pub(super) plugin: &'a str,
}

impl LineSink<'_> {
    /// True when every line is wanted, not only the first of a round.
    pub(super) fn wants_all(self) -> bool {
        self.listener.is_some()
    }

    /// Hands on a line of `source`.
    pub(super) fn put(self, source: &str, line: &Line) {
        if let Some(listener) = self.listener {
            let text = self.secrets.redact(&line.text);
            let plugin = self.plugin;
            listener.borrow_mut()(&OutputLine { source, plugin, level: line.level, text: &text });
        }
    }
}

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    level: Option<u32>,
    text: String,
}

/// Cuts what a process prints into lines, of bounded length.
#[derive(Debug, Default)]
pub(super) struct LineSplitter {
    /// The line that has not ended, without its mark.
    open: Vec<u8>,
    /// That line was logged.
    is_log: bool,
}

impl LineSplitter {
    /// Takes more bytes. What is no log line is handed to `printed` as it is, and every line that has
    /// ended to `each`.
    pub(super) fn add(
        &mut self,
        mut bytes: &[u8],
        printed: &mut dyn FnMut(&[u8]),
        each: &mut dyn FnMut(Line),
    ) {
        while !bytes.is_empty() {
            let end = memchr::memchr2(b'\n', MARK, bytes);
            let (here, rest) = bytes.split_at(end.map_or(bytes.len(), |at| at + 1));
            let (text, last) = match end {
                Some(at) => (&here[..at], here.last().copied()),
                None => (here, None),
            };
            let room = LONGEST.saturating_sub(self.open.len()).min(text.len());
            self.open.extend_from_slice(&text[..room]);
            if !self.is_log {
                printed(if last == Some(b'\n') { here } else { text });
            }
            if last.is_some() {
                self.end(each);
                self.is_log = last == Some(MARK);
            }
            bytes = rest;
        }
    }

    /// The line that is open ends here.
    pub(super) fn end(&mut self, each: &mut dyn FnMut(Line)) {
        let line = std::mem::take(&mut self.open);
        let logged = if std::mem::take(&mut self.is_log) { read_line(&line) } else { None };
        let (level, text) = match logged {
            Some((level, text)) => (Some(level.clamp(1, 4)), text),
            None => (None, String::from_utf8_lossy(&line).trim_end().to_owned()),
        };
        if level.is_some() || !text.is_empty() {
            let text = text.chars().take(LONGEST_LINE).collect();
            each(Line { level, text });
        }
    }
}

/// The first lines of a round; the others are counted.
#[derive(Debug, Default)]
pub(super) struct FirstLines {
    lines: Vec<String>,
    left_out: u64,
}

impl FirstLines {
    pub(super) fn add(&mut self, line: &Line) {
        if self.lines.len() < KEPT {
            self.lines.push(format!("{}: {}", level_name(line.level), line.text));
        } else {
            self.left_out += 1;
        }
    }

    /// The lines, and how many there were besides.
    pub(super) fn take(&mut self) -> (Vec<String>, u64) {
        (std::mem::take(&mut self.lines), std::mem::take(&mut self.left_out))
    }
}

/// The name of a line's level; `None`: it was printed.
pub fn level_name(level: Option<u32>) -> &'static str {
    match level {
        None => "output",
        Some(..=1) => "error",
        Some(2) => "warning",
        Some(3) => "info",
        Some(_) => "debug",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &[u8], piece: usize) -> (Vec<u8>, Vec<Line>) {
        let (mut lines, mut all, mut printed) = (LineSplitter::default(), Vec::new(), Vec::new());
        for piece in text.chunks(piece) {
            lines.add(piece, &mut |bytes| printed.extend_from_slice(bytes), &mut |line| {
                all.push(line);
            });
        }
        lines.end(&mut |line| all.push(line));
        (printed, all)
    }

    fn line(level: Option<u32>, text: &str) -> Line {
        Line { level, text: text.to_owned() }
    }

    #[test]
    fn what_is_logged_and_what_is_printed_are_told_apart_however_they_come() {
        let text = b"one\n\x1e[2,\"two\\nlines\"]\nthree\x1e[9,\"four\"]\n\x1eforged\n\nlast";
        for piece in 1..text.len() {
            let (printed, all) = cut(text, piece);
            let wanted = [
                line(None, "one"),
                line(Some(2), "two\nlines"),
                line(None, "three"),
                line(Some(4), "four"),
                line(None, "forged"),
                line(None, "last"),
            ];
            assert_eq!(all, wanted, "pieces of {piece}");
            assert_eq!(printed, b"one\nthree\nlast", "pieces of {piece}");
        }
    }

    #[test]
    fn a_line_without_end_takes_bounded_memory() {
        let mut lines = LineSplitter::default();
        for _ in 0..1_000 {
            lines.add(&[b'x'; 1_000], &mut |_| {}, &mut |line| panic!("{line:?}"));
        }
        assert!(lines.open.capacity() < 4 * LONGEST);
        let mut all = Vec::new();
        lines.add(b"\n", &mut |_| {}, &mut |line| all.push(line));
        assert_eq!(all, [line(None, &"x".repeat(LONGEST_LINE))]);
    }

    #[test]
    fn the_first_lines_are_kept_and_the_others_counted() {
        let mut log = FirstLines::default();
        (0..1_000).for_each(|number| log.add(&line(Some(3), &number.to_string())));
        let (lines, left_out) = log.take();
        assert_eq!((lines.len(), left_out), (100, 900));
        assert_eq!(lines[99], "info: 99");
    }
}
