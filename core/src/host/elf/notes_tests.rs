//! Notes of files that no linker made.

use super::*;
use std::io::Write as _;

/// How numbers are written: the class and the byte order.
#[derive(Clone, Copy, Debug)]
struct Written {
    wide: bool,
    little: bool,
}

const NATIVE: Written = Written { wide: true, little: true };

impl Written {
    fn number(self, number: u64, size: usize) -> Vec<u8> {
        let little = &number.to_le_bytes()[..size];
        if self.little { little.to_vec() } else { little.iter().rev().copied().collect() }
    }

    fn place(self, number: u64) -> Vec<u8> {
        self.number(number, if self.wide { 8 } else { 4 })
    }

    fn note(self, owner: &[u8], kind: u32, text: &[u8], align: usize) -> Vec<u8> {
        let mut note: Vec<u8> = [owner.len() as u64, text.len() as u64, kind.into()]
            .iter()
            .flat_map(|&number| self.number(number, 4))
            .collect();
        for part in [owner, text] {
            note.extend(part);
            note.resize(note.len().next_multiple_of(align), 0);
        }
        note
    }

    fn ours(self, text: &str) -> Vec<u8> {
        self.note(OWNER, TYPE, text.as_bytes(), 4)
    }

    /// A file with a segment of notes for each of `segments`.
    fn file(self, segments: &[(&[u8], u64)]) -> Vec<u8> {
        let (head, size) = if self.wide { (64, 56) } else { (52, 32) };
        let mut file = b"\x7fELF".to_vec();
        file.extend([if self.wide { 2 } else { 1 }, if self.little { 1 } else { 2 }, 1]);
        file.resize(16, 0);
        file.extend([self.number(3, 2), self.number(22, 2), self.number(1, 4)].concat());
        file.extend([self.place(0), self.place(head), self.place(0)].concat());
        let count = segments.len() as u64;
        file.extend([self.number(0, 4), self.number(head, 2), self.number(size, 2)].concat());
        file.extend(self.number(count, 2));
        file.resize(head as usize, 0);
        let mut at = (head + size * count).next_multiple_of(8);
        for (notes, align) in segments {
            let length = notes.len() as u64;
            let (kind, flags) = (self.number(4, 4), self.number(4, 4));
            let places = [at, at, at, length, length].map(|number| self.place(number)).concat();
            file.extend(if self.wide {
                [kind, flags, places, self.place(*align)].concat()
            } else {
                [kind, places, flags, self.place(*align)].concat()
            });
            at = (at + length).next_multiple_of(8);
        }
        for (notes, _) in segments {
            file.resize(file.len().next_multiple_of(8), 0);
            file.extend(*notes);
        }
        file
    }
}

fn read_bytes(bytes: &[u8]) -> Result<Option<Vec<u8>>, NoteFault> {
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(bytes).expect("it is writable");
    read(&file, bytes.len() as u64)
}

#[test]
fn a_note_is_read_in_every_class_and_byte_order() {
    for wide in [false, true] {
        for little in [false, true] {
            let written = Written { wide, little };
            let notes = [written.note(b"GNU\0", 3, b"id", 4), written.ours("note=1\0")].concat();
            let file = written.file(&[(&notes, 4)]);
            assert_eq!(read_bytes(&file), Ok(Some(b"note=1\0".to_vec())), "{written:?}");
        }
    }
}

#[test]
fn it_is_found_behind_others_and_in_any_segment() {
    let others = [
        NATIVE.note(b"GNU\0", 1, b"x", 4),
        NATIVE.note(b"wirebench\0", 2, b"of another type", 4),
        NATIVE.note(b"wirebenck\0", 1, b"of another owner", 4),
    ]
    .concat();
    let wide = NATIVE.note(b"GNU\0", 5, &[7; 16], 8);
    let ours = [others.clone(), NATIVE.ours("here")].concat();
    let file = NATIVE.file(&[(&wide, 8), (&others, 4), (&ours, 4)]);
    assert_eq!(read_bytes(&file), Ok(Some(b"here".to_vec())));
    assert_eq!(read_bytes(&NATIVE.file(&[(&others, 4)])), Ok(None));
    assert_eq!(read_bytes(&NATIVE.file(&[])), Ok(None));
    let eight = NATIVE.note(OWNER, TYPE, b"aligned to eight", 8);
    assert_eq!(
        read_bytes(&NATIVE.file(&[(&[wide, eight].concat(), 8)])),
        Ok(Some(b"aligned to eight".to_vec()))
    );
}

#[test]
fn two_notes_are_told_and_one_that_two_segments_share_is_not() {
    let two = NATIVE.file(&[(&NATIVE.ours("a"), 4), (&NATIVE.ours("b"), 4)]);
    assert_eq!(read_bytes(&two), Err(NoteFault::Twice));
    // The second header becomes a copy of the first.
    let mut shared = two;
    let first: Vec<u8> = shared[64..120].to_vec();
    shared[120..176].copy_from_slice(&first);
    assert_eq!(read_bytes(&shared), Ok(Some(b"a".to_vec())));
}

#[test]
fn a_note_that_ends_outside_of_what_holds_it_is_told() {
    let ours = NATIVE.ours("note=1\0 and more");
    let mut file = NATIVE.file(&[(&ours, 4)]);
    let whole = file.len() as u64;
    // By its own word it goes on behind the end of its segment.
    let length = 120 + 4;
    file[length..length + 4].copy_from_slice(&100u32.to_le_bytes());
    let ends = whole - 16 + 100;
    assert_eq!(read_bytes(&file), Err(NoteFault::CutOff { ends, end: whole }));
    // As the segment has it, but the file ends before that.
    let file = NATIVE.file(&[(&ours, 4)]);
    let cut = read_bytes(&file[..file.len() - 5]);
    assert_eq!(cut, Err(NoteFault::CutOff { ends: whole, end: whole - 5 }));
}

#[test]
fn nothing_long_is_read_on_a_notes_word() {
    let mut file = NATIVE.file(&[(&NATIVE.ours("note=1\0"), 4)]);
    file[124..128].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(read_bytes(&file), Err(NoteFault::TooLong(u32::MAX)));
    // Of the many that stand before it, only so many are looked at.
    let many = NATIVE.note(b"", 0, b"", 4).repeat(MAX_NOTES);
    let few = NATIVE.note(b"", 0, b"", 4).repeat(MAX_NOTES - 1);
    let behind = |others: Vec<u8>| {
        read_bytes(&NATIVE.file(&[(&[others, NATIVE.ours("there")].concat(), 4)]))
    };
    assert_eq!((behind(few), behind(many)), (Ok(Some(b"there".to_vec())), Ok(None)));
}

#[test]
fn no_changed_byte_leads_out_of_the_file_or_on_for_ever() {
    let mut seed = 42u64;
    for round in 0..2_000 {
        let written = Written { wide: round % 2 == 0, little: round % 4 < 2 };
        let notes = [written.note(b"GNU\0", 3, b"id", 4), written.ours("note=1\0")].concat();
        let mut bytes = written.file(&[(&notes, 4), (&notes, 8)]);
        for _ in 0..4 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = (seed >> 33) as usize % bytes.len();
            // Ends of ranges lead astray more often than what lies between.
            bytes[at] = [0, 1, 0x7f, 0xff, (seed >> 24) as u8][(seed >> 20) as usize % 5];
        }
        let _ = read_bytes(&bytes);
        let _ = read_bytes(&bytes[..bytes.len() / 2]);
    }
    assert_eq!(read_bytes(b""), Ok(None));
    assert_eq!(read_bytes(b"\x7fELF"), Ok(None));
}
