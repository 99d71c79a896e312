//! The note of a plugin, in an ELF file of any class and byte order: what a plugin for another machine
//! is can be read here as well.
//!
//! Places and lengths are the file's own word. Each is held against the segment and the file, and no
//! more is looked at than a plugin has.

use super::MAX_SEGMENTS;
use object::elf;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use wirebench_abi::note::{LONGEST, OWNER, TYPE};

/// Notes of all owners that are looked at. A plugin has two or three.
const MAX_NOTES: usize = 64;

/// Why a note that is there cannot be read: what a sentence about the note says of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::host) enum NoteFault {
    /// It ends behind its segment or the file.
    #[error("ends at byte {ends}, but what holds it ends at byte {end}")]
    CutOff {
        /// Where it ends, in bytes.
        ends: u64,
        /// Where its segment or the file ends, in bytes.
        end: u64,
    },
    /// It has so many bytes.
    #[error("is {0} bytes long, at most {LONGEST} are read")]
    TooLong(u32),
    /// There is another one.
    #[error("stands there twice, as if two plugins were linked into one file")]
    Twice,
}

/// The text of a plugin's note; `None` where the file has none that can be found.
pub(super) fn read(file: &File, length: u64) -> Result<Option<Vec<u8>>, NoteFault> {
    let Some(notes) = Notes::of(file, length) else { return Ok(None) };
    let (mut seen, mut found) = (0, None);
    for (start, size, align) in notes.segments() {
        let mut at = start;
        let end = start.saturating_add(size).min(length);
        while seen < MAX_NOTES {
            let Some(note) = notes.at(at, start, align) else { break };
            seen += 1;
            if note.ours && note.text_at < end {
                let text = notes.text(&note, end)?;
                match &found {
                    // Segments that overlap show it twice.
                    Some((place, _)) if *place == note.text_at => {}
                    Some(_) => return Err(NoteFault::Twice),
                    None => found = Some((note.text_at, text)),
                }
            }
            if note.next >= end {
                break;
            }
            at = note.next;
        }
    }
    Ok(found.map(|(_, text)| text))
}

/// An ELF file and how its numbers are written.
struct Notes<'a> {
    file: &'a File,
    wide: bool,
    little: bool,
    headers: Vec<u8>,
}

/// One note.
struct Note {
    ours: bool,
    text_at: u64,
    text_length: u32,
    next: u64,
}

impl<'a> Notes<'a> {
    /// The program headers of a file that begins as ELF files do.
    fn of(file: &'a File, length: u64) -> Option<Self> {
        let mut start = [0; 64];
        let there = length.min(64) as usize;
        file.read_exact_at(&mut start[..there], 0).ok()?;
        let wide = elf::FileClass(start[4]) == elf::ELFCLASS64;
        let little = start[5] == elf::ELFDATA2LSB.0;
        let known = (wide || elf::FileClass(start[4]) == elf::ELFCLASS32)
            && (little || start[5] == elf::ELFDATA2MSB.0);
        if !start.starts_with(&elf::ELFMAG) || !known {
            return None;
        }
        let notes = Self { file, wide, little, headers: Vec::new() };
        let (size_at, count_at) = if wide { (54, 56) } else { (42, 44) };
        let offset = notes.place(&start, 32, 28)?;
        let (size, count) = (notes.half(&start, size_at)?, notes.half(&start, count_at)?);
        if usize::from(size) != notes.header_size() || u64::from(count) > MAX_SEGMENTS {
            return None;
        }
        let mut headers = vec![0; usize::from(size) * usize::from(count)];
        file.read_exact_at(&mut headers, offset).ok()?;
        Some(Self { headers, ..notes })
    }

    fn header_size(&self) -> usize {
        if self.wide { 56 } else { 32 }
    }

    /// Where segments of notes begin, how long they are, and how their parts are aligned, in bytes.
    fn segments(&self) -> impl Iterator<Item = (u64, u64, u64)> {
        let headers = self.headers.chunks_exact(self.header_size());
        headers.filter(|header| self.word(header, 0) == Some(elf::PT_NOTE.0)).filter_map(|header| {
            let (offset, size) = (self.place(header, 8, 4)?, self.place(header, 32, 16)?);
            let align = if self.place(header, 48, 28)? == 8 { 8 } else { 4 };
            Some((offset, size, align))
        })
    }

    /// The note at byte `at` of the file, in the segment that begins at `start`.
    fn at(&self, at: u64, start: u64, align: u64) -> Option<Note> {
        let header = self.bytes(at, 12)?;
        let [owner_length, text_length, kind] = [0, 4, 8].map(|field| self.word(&header, field));
        let (owner_length, text_length) = (owner_length?, text_length?);
        let aligned =
            |place: u64| (place - start).checked_next_multiple_of(align)?.checked_add(start);
        let owner_at = at.checked_add(12)?;
        let text_at = aligned(owner_at.checked_add(owner_length.into())?)?;
        let next = aligned(text_at.checked_add(text_length.into())?)?;
        let ours = kind? == TYPE
            && owner_length as usize == OWNER.len()
            && self.bytes(owner_at, OWNER.len())?.as_slice() == OWNER;
        Some(Note { ours, text_at, text_length, next })
    }

    /// The text of a note that has to lie before `end`.
    fn text(&self, note: &Note, end: u64) -> Result<Vec<u8>, NoteFault> {
        if note.text_length as usize > LONGEST {
            return Err(NoteFault::TooLong(note.text_length));
        }
        let ends = note.text_at + u64::from(note.text_length);
        let cut_off = NoteFault::CutOff { ends, end };
        if ends > end {
            return Err(cut_off);
        }
        self.bytes(note.text_at, note.text_length as usize).ok_or(cut_off)
    }

    /// `size` bytes from `at` on; `size` is a header's, or was held against a limit.
    fn bytes(&self, at: u64, size: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; size];
        self.file.read_exact_at(&mut bytes, at).ok()?;
        Some(bytes)
    }

    /// A place, length or alignment, which stands elsewhere where addresses have 32 bits.
    fn place(&self, bytes: &[u8], at_64: usize, at_32: usize) -> Option<u64> {
        if !self.wide {
            return self.word(bytes, at_32).map(u64::from);
        }
        let bytes = bytes.get(at_64..at_64 + 8)?.try_into().ok()?;
        Some(if self.little { u64::from_le_bytes(bytes) } else { u64::from_be_bytes(bytes) })
    }

    fn word(&self, bytes: &[u8], at: usize) -> Option<u32> {
        let bytes = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    fn half(&self, bytes: &[u8], at: usize) -> Option<u16> {
        let bytes = bytes.get(at..at + 2)?.try_into().ok()?;
        Some(if self.little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    }
}

#[cfg(test)]
#[path = "notes_tests.rs"]
mod tests;
