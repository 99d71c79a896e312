//! What a handler logs, on its way to the supervisor: lines of their own among what the side prints.

use std::io::Write as _;

/// Log lines of a round that are handed on where nobody wants to see them all; the rest is counted.
const MAX_LINES: u64 = 100;

/// Characters of a line that are handed on.
pub const LONGEST_LINE: usize = 1_000;

/// Begins a log line: ASCII's record separator, which text does not hold. A plugin may print it, and
/// then says in another way what it could have logged.
pub const MARK: u8 = 0x1e;

/// How many lines a side has logged.
#[derive(Debug)]
pub(super) struct Logged {
    /// Whether all of them are handed on.
    all: bool,
    lines: u64,
}

impl Logged {
    pub(super) fn new(all: bool) -> Self {
        Self { all, lines: 0 }
    }

    /// How many were only counted.
    pub(super) fn left_out(&self) -> u64 {
        if self.all { 0 } else { self.lines.saturating_sub(MAX_LINES) }
    }

    /// A plugin's log line.
    pub(super) fn add(&mut self, level: u32, text: &str) {
        self.lines += 1;
        if self.left_out() == 0 {
            // Who does not listen is the supervisor, and its end is noticed elsewhere.
            let _ = std::io::stderr().write_all(&line(level, text));
        }
    }
}

/// A log line as it is printed, line feed included.
fn line(level: u32, text: &str) -> Vec<u8> {
    let text: String = text.chars().take(LONGEST_LINE).collect();
    let mut line = vec![MARK];
    // Cannot fail: a vector takes everything.
    let _ = serde_json::to_writer(&mut line, &(level, text));
    line.push(b'\n');
    line
}

/// Level and text of a log line, without its mark and its line feed; `None`: it is none.
pub fn read_line(line: &[u8]) -> Option<(u32, String)> {
    serde_json::from_slice(line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_is_one_line_whatever_is_in_it() {
        let text = "two\nlines\u{1e}\u{1b}[1m é";
        let line = line(2, text);
        assert_eq!(line.iter().filter(|byte| [b'\n', MARK].contains(byte)).count(), 2);
        assert_eq!(read_line(&line[1..line.len() - 1]), Some((2, text.to_owned())));
        assert_eq!(read_line(b"printed"), None);
    }
}
