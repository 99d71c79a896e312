//! A conversation by hand: requests are lines that come while the client plays, and what it
//! receives is written out as text.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use wirebench_text::is_plain;

/// Bytes taken from the input at once.
const CHUNK: usize = 16 << 10;

/// The lines of one conversation.
pub struct Script {
    /// Does not block.
    input: Box<dyn Read>,
    /// `None` once nobody reads it any more, or it takes no more.
    output: Option<Box<dyn Write>>,
    /// Why it takes no more; a reader that has seen enough is no reason.
    refused: Option<String>,
    /// The longest line that is taken, in bytes.
    longest: usize,
    /// What has been read of the next line, as far as it is taken.
    line: Vec<u8>,
    /// The next line is too long, and what is left of it is skipped.
    skipping: bool,
    lines: VecDeque<Vec<u8>>,
    /// The input had nothing more when it was last looked at, and an event tells when it has.
    blocked: bool,
    ended: bool,
    skipped: u64,
}

impl Script {
    /// Lines of at most `longest` bytes from `input`; received messages go to `output`.
    #[inline]
    pub fn new(input: Box<dyn Read>, output: Box<dyn Write>, longest: usize) -> Self {
        Self {
            input,
            output: Some(output),
            refused: None,
            longest,
            line: Vec::new(),
            skipping: false,
            lines: VecDeque::new(),
            blocked: false,
            ended: false,
            skipped: 0,
        }
    }

    /// The next line, if one has come.
    #[inline]
    pub(crate) fn next(&mut self) -> Option<Vec<u8>> {
        self.look();
        self.lines.pop_front()
    }

    /// True when a line waits.
    pub(crate) fn has_line(&mut self) -> bool {
        self.look();
        !self.lines.is_empty()
    }

    /// True when there is something to be had that no event announces: a line, or bytes of the input
    /// that were not looked at yet.
    #[inline]
    pub(crate) fn may_go_on(&self) -> bool {
        !self.lines.is_empty() || !self.blocked
    }

    /// True when the input has ended and every line has been taken.
    #[inline]
    pub(crate) fn is_over(&mut self) -> bool {
        self.look();
        self.lines.is_empty() && self.ended
    }

    /// Lines that were too long since the last call.
    #[inline]
    pub(crate) fn take_skipped(&mut self) -> u64 {
        std::mem::take(&mut self.skipped)
    }

    /// Writes a received message as one line of text: what is no UTF-8 is replaced, control
    /// characters are escaped.
    #[inline]
    pub(crate) fn show(&mut self, message: &[u8]) {
        let Some(output) = &mut self.output else { return };
        if let Err(error) = output.write_all(readable(message).as_bytes()) {
            self.output = None;
            self.refused = (error.kind() != ErrorKind::BrokenPipe).then(|| error.to_string());
        }
    }

    /// Why not every received message could be written out, if so.
    #[inline]
    pub(crate) fn take_refused(&mut self) -> Option<String> {
        self.refused.take()
    }

    /// Reads only when there is no line left, so that a long input waits where it comes from.
    fn look(&mut self) {
        let mut chunk = [0; CHUNK];
        while self.lines.is_empty() && !self.ended {
            let read = self.input.read(&mut chunk);
            self.blocked = matches!(&read, Err(error) if error.kind() == ErrorKind::WouldBlock);
            match read {
                Ok(0) => self.end(),
                Ok(count) => self.take(&chunk[..count]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => self.end(),
            }
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let whole = piece.ends_with(b"\n");
            let text = piece.strip_suffix(b"\n").unwrap_or(piece);
            if self.line.len() + text.len() > self.longest {
                self.skipping = true;
                self.line.clear();
            }
            if !self.skipping {
                self.line.extend_from_slice(text);
            }
            if whole {
                self.finish_line();
            }
        }
    }

    fn finish_line(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        if std::mem::take(&mut self.skipping) {
            self.skipped += 1;
            return;
        }
        if line.ends_with(b"\r") {
            line.pop();
        }
        self.lines.push_back(line);
    }

    /// What follows the last line feed is a line unless it is empty.
    fn end(&mut self) {
        self.ended = true;
        if !self.line.is_empty() || self.skipping {
            self.finish_line();
        }
    }
}

fn readable(message: &[u8]) -> String {
    let mut text = String::with_capacity(message.len() + 1);
    for letter in String::from_utf8_lossy(message).chars() {
        if is_plain(letter) {
            text.push(letter);
        } else {
            text.extend(letter.escape_default());
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::io::Cursor;
    use std::rc::Rc;

    /// What was written, for whoever looks.
    #[derive(Clone, Default)]
    struct Written(Rc<RefCell<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.borrow_mut().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// Takes nothing, for this reason.
    struct Refusing(ErrorKind);

    impl Write for Refusing {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn script(input: &[u8], longest: usize) -> (Script, Written) {
        let written = Written::default();
        let input = Box::new(Cursor::new(input.to_vec()));
        (Script::new(input, Box::new(written.clone()), longest), written)
    }

    #[test]
    fn lines_come_in_order_without_their_ends_and_the_last_needs_none() {
        let (mut script, _) = script(b"one\r\n\ntwo\nthree", 100);
        let lines: Vec<_> = std::iter::from_fn(|| script.next()).collect();
        assert_eq!(lines, [&b"one"[..], b"", b"two", b"three"]);
        assert!(script.is_over());
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped_and_counted() {
        let long = [&b"a\n"[..], &[b'x'; 3 * CHUNK], b"\nb\n"].concat();
        let (mut script, _) = script(&long, 50);
        let lines: Vec<_> = std::iter::from_fn(|| script.next()).collect();
        assert_eq!(lines, [b"a", b"b"]);
        assert_eq!(script.take_skipped(), 1);
    }

    #[test]
    fn output_that_takes_no_more_is_told_once_and_a_reader_that_left_is_not() {
        for (refusal, told) in [(ErrorKind::StorageFull, true), (ErrorKind::BrokenPipe, false)] {
            let (input, output) = (Box::new(std::io::empty()), Box::new(Refusing(refusal)));
            let mut script = Script::new(input, output, 50);
            script.show(b"one");
            script.show(b"two");
            assert_eq!(script.take_refused().is_some(), told);
            assert_eq!(script.take_refused(), None);
        }
    }

    /// Gives a piece a read, and says in between that there is nothing yet.
    struct Pieces(VecDeque<Option<&'static [u8]>>);

    impl Read for Pieces {
        fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
            match self.0.pop_front() {
                Some(Some(piece)) => {
                    room[..piece.len()].copy_from_slice(piece);
                    Ok(piece.len())
                }
                Some(None) => Err(ErrorKind::WouldBlock.into()),
                None => Ok(0),
            }
        }
    }

    #[test]
    fn it_goes_on_by_itself_until_its_input_has_nothing_more() {
        let pieces = [Some(&b"one\ntwo\n"[..]), None];
        let input = Box::new(Pieces(pieces.into_iter().collect()));
        let mut script = Script::new(input, Box::new(std::io::sink()), 50);
        assert!(script.may_go_on(), "nobody has looked yet");
        assert_eq!(script.next().as_deref(), Some(&b"one"[..]));
        assert!(script.may_go_on() && script.has_line(), "a line is left");
        assert_eq!(script.next().as_deref(), Some(&b"two"[..]));
        assert!(script.may_go_on(), "what has come since was announced already");
        assert!(!script.has_line(), "none is left");
        assert!(!script.may_go_on(), "an event tells when there is more");
        assert!(script.is_over() && script.may_go_on(), "its end is to be acted on");
    }

    #[test]
    fn what_is_shown_is_one_readable_line_a_message() {
        let (mut script, written) = script(b"", 50);
        script.show("gr\u{fc}n\n\u{7}".as_bytes());
        script.show(b"\xff\x1b[2J");
        let text = String::from_utf8(written.0.take()).expect("it is text");
        assert_eq!(text, "gr\u{fc}n\\n\\u{7}\n\u{fffd}\\u{1b}[2J\n");
    }
}
