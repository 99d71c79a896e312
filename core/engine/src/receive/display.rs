//! What arrives, as text for whoever watches: a line a message, with the reads that it came in.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::{ErrorKind, Write};

/// Bytes of a message that are shown.
const SHOWN: usize = 64;

/// Reads of one message whose sizes are told.
const READS_TOLD: usize = 8;

/// Text that may wait for the word to begin, in bytes.
const HELD: usize = 64 << 10;

/// Shows messages as they arrive. It waits for nobody: what its output does not take at once is left out, and
/// counted.
pub struct Display {
    /// Does not block.
    output: Box<dyn Write>,
    /// The rest of a line that was begun, and all lines until the word to begin.
    pending: Vec<u8>,
    begun: bool,
    /// Nobody reads the output any more.
    gone: bool,
    /// Messages that were left out since the last one that was shown.
    left_out: u64,
    /// And in all.
    all_left_out: u64,
    /// By slot.
    sessions: Vec<Shown>,
}

/// One session, as far as it was shown.
#[derive(Default)]
struct Shown {
    session: u32,
    messages: u64,
    reads: u64,
    /// The first reads of the message that is on its way.
    first: VecDeque<Read>,
    last: Read,
}

/// One read.
#[derive(Clone, Copy, Default)]
struct Read {
    /// From 1, in its session.
    number: u64,
    /// Where it begins in the session's stream, and where it ends.
    at: u64,
    end: u64,
}

impl Read {
    fn len(self) -> u64 {
        self.end.saturating_sub(self.at)
    }
}

impl Display {
    /// Shows on `output`, which does not block, once it may begin.
    #[inline]
    pub fn new(output: Box<dyn Write>) -> Self {
        Self {
            output,
            pending: Vec::new(),
            begun: false,
            gone: false,
            left_out: 0,
            all_left_out: 0,
            sessions: Vec::new(),
        }
    }

    /// What has to stand before all others was written.
    pub(crate) fn begin(&mut self) {
        self.begun = true;
        self.flush();
    }

    /// A read got `len` bytes of a session, which stand at `at` in its stream.
    pub(crate) fn read(&mut self, slot: usize, session: u32, at: u64, len: usize) {
        let shown = self.shown(slot, session);
        shown.reads += 1;
        shown.last = Read { number: shown.reads, at, end: at.saturating_add(len as u64) };
        if shown.first.len() < READS_TOLD {
            shown.first.push_back(shown.last);
        }
    }

    /// The last read of a session has completed messages that begin at these places of its stream, and has
    /// left `rest` bytes. Told where that is more than one message or less.
    pub(crate) fn found(
        &mut self,
        slot: usize,
        session: u32,
        begin: impl Iterator<Item = u64>,
        rest: usize,
    ) {
        let last = self.shown(slot, session).last;
        let (mut whole, mut ends) = (0_u64, 0_u64);
        begin.for_each(|at| if at < last.at { ends += 1 } else { whole += 1 });
        let begins = u64::from(rest > 0 && whole + ends > 0);
        if ends + whole + begins < 2 {
            return;
        }
        let parts = [
            (ends > 0).then(|| "the end of a message".to_owned()),
            (whole > 0).then(|| match (whole, ends) {
                (1, 0) => "1 message".to_owned(),
                (many, 0) => format!("{many} messages"),
                (1, _) => "1 whole".to_owned(),
                (many, _) => format!("{many} whole"),
            }),
            (begins > 0).then(|| "the beginning of another".to_owned()),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let (number, len) = (last.number, last.len());
        let held = parts.join(" and ");
        self.line(format!("session {session}: read {number} of {len} B held {held}\n"));
    }

    /// A message, which stood at these places of its session's stream.
    pub(crate) fn message(
        &mut self,
        slot: usize,
        session: u32,
        [from, to]: [u64; 2],
        message: &[u8],
    ) {
        let shown = self.shown(slot, session);
        shown.messages += 1;
        while shown.first.front().is_some_and(|read| read.end <= from) {
            shown.first.pop_front();
        }
        let len = message.len();
        let mut text = format!("session {session}, message {}, {len} B", shown.messages);
        if let Some(first) = shown.first.front() {
            let reads = shown.last.number.saturating_sub(first.number) + 1;
            if reads > 1 {
                let sizes: Vec<String> =
                    shown.first.iter().map(|read| read.len().to_string()).collect();
                let more = if reads > sizes.len() as u64 { ", …" } else { "" };
                let _ = write!(text, " in {reads} reads of {}{more} B", sizes.join(", "));
            }
        }
        // The next one may begin in the same read.
        shown.first.clear();
        if shown.last.end > to {
            shown.first.push_back(shown.last);
        }
        let beginning = message.get(..SHOWN).unwrap_or(message);
        let _ = write!(text, ": \"{}\"", beginning.escape_ascii());
        if len > SHOWN {
            let _ = write!(text, " and {} B more", len - SHOWN);
        }
        text.push('\n');
        if self.left_out > 0 {
            text.insert_str(0, &format!("({} messages were left out here)\n", self.left_out));
        }
        if self.line(text) {
            self.left_out = 0;
        } else {
            self.left_out += 1;
            self.all_left_out += 1;
        }
    }

    /// Messages that were left out.
    pub(crate) fn finish(&mut self) -> u64 {
        self.begin();
        self.all_left_out
    }

    fn shown(&mut self, slot: usize, session: u32) -> &mut Shown {
        if slot >= self.sessions.len() {
            self.sessions.resize_with(slot + 1, Shown::default);
        }
        let shown = &mut self.sessions[slot];
        if shown.session != session {
            *shown = Shown { session, ..Shown::default() };
        }
        shown
    }

    /// Writes a line, or leaves it out: false.
    fn line(&mut self, text: String) -> bool {
        self.flush();
        let room = if self.begun { 0 } else { HELD.saturating_sub(text.len()) };
        if self.gone || self.pending.len() > room {
            return false;
        }
        let before = self.pending.len();
        self.pending.extend_from_slice(text.as_bytes());
        self.flush();
        if self.begun && self.pending.len() == text.len() {
            // Nothing of it was taken: there may be none for long.
            self.pending.truncate(before);
            return false;
        }
        !self.gone
    }

    /// Writes what is pending, as far as it is taken.
    fn flush(&mut self) {
        while self.begun && !self.pending.is_empty() {
            match self.output.write(&self.pending) {
                Ok(0) => break,
                Ok(taken) => drop(self.pending.drain(..taken)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => {
                    self.gone = true;
                    self.pending.clear();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::io;
    use std::rc::Rc;

    /// Has room for so many bytes, or nobody reads it.
    #[derive(Clone, Default)]
    struct Output {
        taken: Rc<RefCell<Vec<u8>>>,
        room: Rc<RefCell<Option<usize>>>,
    }

    impl Output {
        fn with_room(room: usize) -> Self {
            Self { room: Rc::new(RefCell::new(Some(room))), ..Self::default() }
        }

        fn text(&self) -> String {
            String::from_utf8(self.taken.take()).expect("it is text")
        }
    }

    impl Write for Output {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut room = self.room.borrow_mut();
            let room = room.as_mut().ok_or(ErrorKind::BrokenPipe)?;
            let taken = bytes.len().min(*room);
            if taken == 0 {
                return Err(ErrorKind::WouldBlock.into());
            }
            *room -= taken;
            self.taken.borrow_mut().extend_from_slice(&bytes[..taken]);
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn begun(output: &Output) -> Display {
        let mut display = Display::new(Box::new(output.clone()));
        display.begin();
        display
    }

    #[test]
    fn what_a_read_held_is_told_before_its_messages_and_what_reads_one_came_in_with_it() {
        let output = Output::with_room(10_000);
        let mut display = begun(&output);
        display.read(0, 7, 0, 10);
        display.found(0, 7, [0, 4].into_iter(), 2);
        display.message(0, 7, [0, 4], b"one");
        display.message(0, 7, [4, 8], b"two");
        display.read(0, 7, 10, 1);
        display.read(0, 7, 11, 5);
        display.found(0, 7, [8, 12].into_iter(), 0);
        display.message(0, 7, [8, 12], b"six");
        display.message(0, 7, [12, 16], b"ten");
        // Another session in the same place.
        display.read(0, 8, 0, 4);
        display.found(0, 8, [0].into_iter(), 0);
        display.message(0, 8, [0, 4], b"new");
        assert_eq!(
            output.text(),
            "session 7: read 1 of 10 B held 2 messages and the beginning of another\n\
             session 7, message 1, 3 B: \"one\"\n\
             session 7, message 2, 3 B: \"two\"\n\
             session 7: read 3 of 5 B held the end of a message and 1 whole\n\
             session 7, message 3, 3 B in 3 reads of 10, 1, 5 B: \"six\"\n\
             session 7, message 4, 3 B: \"ten\"\n\
             session 8, message 1, 3 B: \"new\"\n"
        );
    }

    #[test]
    fn of_many_reads_the_first_are_told_and_of_a_long_message_the_beginning() {
        let output = Output::with_room(10_000);
        let mut display = begun(&output);
        for at in 0..1_000 {
            display.read(3, 1, at, 1);
        }
        display.message(3, 1, [0, 1_000], &[b'\x1b'; 1_000]);
        let escaped = "\\x1b".repeat(64);
        assert_eq!(
            output.text(),
            format!(
                "session 1, message 1, 1000 B in 1000 reads of 1, 1, 1, 1, 1, 1, 1, 1, … B: \
                 \"{escaped}\" and 936 B more\n"
            )
        );
    }

    #[test]
    fn what_the_output_does_not_take_is_left_out_and_counted() {
        let line = "session 1, message 1, 1 B: \"a\"\n";
        let output = Output::with_room(line.len() + 10);
        let mut display = begun(&output);
        let mut message = || display.message(0, 1, [0, 0], b"a");
        (0..5).for_each(|_| message());
        // Half of the second; the others do not wait in memory.
        *output.room.borrow_mut() = Some(1_000);
        message();
        let text = output.text();
        assert!(
            text.contains(
                "message 2, 1 B: \"a\"\n(3 messages were left out here)\nsession 1, message 6,"
            ),
            "{text}"
        );
        assert_eq!(display.finish(), 3);
    }

    #[test]
    fn nothing_is_shown_before_the_word_to_begin_and_little_waits_for_it() {
        let output = Output::with_room(1 << 20);
        let mut display = Display::new(Box::new(output.clone()));
        for _ in 0..10_000 {
            display.message(0, 1, [0, 0], b"a");
        }
        assert!(output.text().is_empty() && display.pending.len() <= HELD);
        display.begin();
        let shown = output.text().lines().count() as u64;
        assert!(shown > 1_000 && shown + display.finish() == 10_000, "{shown}");
    }

    #[test]
    fn who_reads_no_more_is_not_written_to() {
        let output = Output::default();
        let mut display = begun(&output);
        (0..3).for_each(|_| display.message(0, 1, [0, 0], b"a"));
        assert!(display.gone && display.pending.is_empty());
        assert_eq!(display.finish(), 3);
    }
}
