//! An answer that is longer than a message can be: as much of the output as fits, and the note that
//! says so.

use crate::reply::{Reply, Told};
use wirebench_encodings::{Encoding, recode};

impl Told {
    /// How long the longest message of this answer is at most, in bytes.
    pub(crate) fn longest(&self, reply: Reply) -> usize {
        let (out, err) = (self.stdout.len(), self.stderr.len());
        let output = match reply {
            Reply::Both => out + err,
            Reply::Two | Reply::StderrOrStdout | Reply::StdoutOrStderr => out.max(err),
        };
        output + self.notes()
    }

    /// Shortens the outputs until no message is longer than `room` bytes; the notes stay whole where
    /// there is room for them. The beginning of a character at the new end is left out.
    pub(crate) fn shorten(&mut self, reply: Reply, wire: Encoding, room: usize) {
        // Half an error says more than none.
        if self.notes() > room {
            self.status = None;
            if let Some(error) = &mut self.error {
                cut(error, error.len().min(room.saturating_sub(2)), wire);
            }
        }
        let room = room.saturating_sub(self.notes());
        let (out, err) = (self.stdout.len(), self.stderr.len());
        let (out, err) = match reply {
            // In one message a flood of one does not displace the other.
            Reply::Both => {
                let err = err.min((room / 2).max(room.saturating_sub(out)));
                (out.min(room - err), err)
            }
            Reply::Two | Reply::StderrOrStdout | Reply::StdoutOrStderr => {
                (out.min(room), err.min(room))
            }
        };
        cut(&mut self.stdout, out, wire);
        cut(&mut self.stderr, err, wire);
    }

    /// What is told besides the output, each on a line of its own.
    fn notes(&self) -> usize {
        let notes = [&self.error, &self.status].into_iter().flatten();
        let notes: usize = notes.map(|note| note.len() + 1).sum();
        // Before an error both outputs are apart.
        notes + usize::from(self.error.is_some())
    }
}

fn cut(text: &mut Vec<u8>, len: usize, wire: Encoding) {
    if len < text.len() {
        *text = recode(wire, wire, &text[..len], true).bytes.into_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::messages;

    const WAYS: [Reply; 4] =
        [Reply::Both, Reply::StderrOrStdout, Reply::StdoutOrStderr, Reply::Two];

    #[test]
    fn whatever_was_written_fits_with_its_notes_however_little_room_there_is() {
        for reply in WAYS {
            for (out, err, noted, room) in (0..4_usize).flat_map(|out| {
                let rest = (0..4_usize).flat_map(|err| [(err, false), (err, true)]);
                rest.flat_map(move |(err, noted)| {
                    [2, 10, 40, 41, 64, 100].map(|room| (30 * out, 30 * err, noted, room))
                })
            }) {
                let mut told = Told {
                    stdout: vec![b'o'; out],
                    stderr: vec![b'e'; err],
                    error: noted.then(|| b"exec: too much".to_vec()),
                    status: noted.then(|| b"[exit 0 after 1 ms]".to_vec()),
                };
                let fits = told.longest(reply) <= room;
                let before = told.stdout.len() + told.stderr.len();
                told.shorten(reply, Encoding::UTF_8, room);
                assert!(!fits || told.stdout.len() + told.stderr.len() == before);
                let (first, second) = messages(reply, told);
                for message in [Some(first), second].into_iter().flatten() {
                    assert!(message.len() <= room, "{reply:?} {out} {err} {noted} {room}");
                }
            }
        }
    }

    #[test]
    fn as_much_as_fits_is_kept_and_a_flood_of_one_output_leaves_the_other() {
        let text = |length: usize| vec![b'x'; length];
        let shortened = |out, err| {
            let mut told = Told { stdout: text(out), stderr: text(err), ..Told::default() };
            told.shorten(Reply::Both, Encoding::UTF_8, 100);
            (told.stdout.len(), told.stderr.len())
        };
        assert_eq!(shortened(1_000, 0), (100, 0));
        assert_eq!(shortened(1_000, 10), (90, 10));
        assert_eq!(shortened(10, 1_000), (10, 90));
        assert_eq!(shortened(1_000, 1_000), (50, 50));
    }

    #[test]
    fn no_character_is_cut() {
        let mut told = Told { stdout: "ab\u{20ac}".into(), ..Told::default() };
        told.shorten(Reply::Both, Encoding::UTF_8, 4);
        assert_eq!(told.stdout, b"ab");
    }
}
