//! The ELF note by which a plugin says what it is, so that this can be read without loading it.
//!
//! It stands in the allocated section [`SECTION`], which every linker puts into a `PT_NOTE` segment and
//! `strip` leaves alone: a standard header (three 32-bit words in the byte order of the file), the
//! owner [`OWNER`], and a descriptor. A descriptor of type [`TYPE`] is UTF-8 text in entries of the form
//! `key=value`, each ended by a NUL; empty entries mean nothing and fill it up.
//!
//! | key | value |
//! |---|---|
//! | `note` | the format of all that follows: [`FORMAT`]; the first entry |
//! | `abi` | major and minor of the interface, as in the descriptor: `1.4` |
//! | `id` | the plugin's id |
//! | `version` | the plugin's own version |
//! | `sdk` | what it was built with |
//! | `build` | `release` or `debug`; left out: it does not say |
//! | `arch` | the architecture it was built for, as Rust calls it: `x86_64`, `aarch64` |
//! | `target` | the target triple it was built for |
//! | `handler` | a handler: its name, and behind one space its description; once for each |
//! | `framing` | a framing, in the same way |
//!
//! `note`, `abi`, `id` and `version` have to be there. Keys that a reader does not know are for later
//! ones: it passes over them. What the note says, the descriptor has to say too.

/// The section it stands in.
pub const SECTION: &str = ".note.wirebench";

/// Whose note it is, as it stands behind the header.
pub const OWNER: &[u8; 10] = b"wirebench\0";

/// The type of a note that says what a plugin is.
pub const TYPE: u32 = 1;

/// The format of the text. It changes when what is written could be misread by older readers.
pub const FORMAT: &str = "1";

/// The longest descriptor that is read, in bytes.
pub const LONGEST: usize = 64 << 10;

/// One entry of a note.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    key: &'static str,
    value: &'static str,
    about: &'static str,
}

impl Entry {
    /// `key=value`.
    pub const fn new(key: &'static str, value: &'static str) -> Self {
        Self { key, value, about: "" }
    }

    /// `key=value about`, for handlers and framings.
    pub const fn about(key: &'static str, value: &'static str, about: &'static str) -> Self {
        Self { key, value, about }
    }

    const fn length(&self) -> usize {
        let about = if self.about.is_empty() { 0 } else { 1 + self.about.len() };
        self.key.len() + 1 + self.value.len() + about + 1
    }
}

/// The bytes that a descriptor of these entries takes, filled up to a whole number of words.
///
/// # Panics
/// When it is longer than [`LONGEST`]: in a constant, so that such a plugin is not built.
pub const fn length(entries: &[Entry]) -> usize {
    let (mut all, mut at) = (0, 0);
    while at < entries.len() {
        all += entries[at].length();
        at += 1;
    }
    assert!(
        all <= LONGEST,
        "the note of this plugin is too long: shorten what its handlers and framings say of themselves"
    );
    all.next_multiple_of(4)
}

/// A note as it stands in the file; `LENGTH` is [`length`] of its entries.
#[repr(C, align(4))]
#[derive(Debug)]
pub struct Note<const LENGTH: usize> {
    owner_length: u32,
    text_length: u32,
    kind: u32,
    /// [`OWNER`], filled up to a whole number of words.
    owner: [u8; 12],
    text: [u8; LENGTH],
}

impl<const LENGTH: usize> Note<LENGTH> {
    /// The note of these entries.
    ///
    /// # Panics
    /// When a text holds control characters, or `LENGTH` is not that of the entries: in a constant, so that
    /// such a plugin is not built.
    pub const fn new(entries: &[Entry]) -> Self {
        assert!(LENGTH == length(entries), "a note of another length");
        let (mut text, mut end, mut at) = ([0; LENGTH], 0, 0);
        while at < entries.len() {
            let Entry { key, value, about } = entries[at];
            end = put(&mut text, end, key);
            end = put(&mut text, end, "=");
            end = put(&mut text, end, value);
            if !about.is_empty() {
                end = put(&mut text, end, " ");
                end = put(&mut text, end, about);
            }
            end += 1;
            at += 1;
        }
        let mut owner = [0; 12];
        owner.split_at_mut(OWNER.len()).0.copy_from_slice(OWNER);
        Self {
            owner_length: OWNER.len() as u32,
            text_length: LENGTH as u32,
            kind: TYPE,
            owner,
            text,
        }
    }

    /// The value of the first of its entries that has this key, where it stands in the note.
    ///
    /// # Panics
    /// When there is none.
    pub const fn value(&self, entries: &[Entry], key: &str) -> &[u8] {
        let (mut start, mut at) = (0, 0);
        while !same(entries[at].key, key) {
            start += entries[at].length();
            at += 1;
        }
        let (_, value) = self.text.split_at(start + key.len() + 1);
        value.split_at(entries[at].value.len()).0
    }

    /// The descriptor.
    pub const fn text(&self) -> &[u8; LENGTH] {
        &self.text
    }
}

/// Whether two texts are the same, in a constant.
const fn same(one: &str, other: &str) -> bool {
    let (one, other, mut at) = (one.as_bytes(), other.as_bytes(), 0);
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// Writes `part` at `end` and gives the end behind it.
const fn put(text: &mut [u8], mut end: usize, part: &str) -> usize {
    let (part, mut at) = (part.as_bytes(), 0);
    while at < part.len() {
        assert!(
            part[at] >= b' ' && part[at] != 0x7f,
            "a name, version or description of this plugin holds a control character"
        );
        text[end] = part[at];
        end += 1;
        at += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRIES: &[Entry] = &[
        Entry::new("note", FORMAT),
        Entry::about("handler", "shout", "louder"),
        Entry::about("handler", "quiet", ""),
    ];

    #[test]
    fn entries_end_with_a_nul_and_the_text_with_a_word() {
        static NOTE: Note<{ length(ENTRIES) }> = Note::new(ENTRIES);
        assert_eq!(NOTE.text(), b"note=1\0handler=shout louder\0handler=quiet\0\0\0");
        assert_eq!(NOTE.text.len() % 4, 0);
        assert_eq!(NOTE.value(ENTRIES, "handler"), b"shout");
    }

    #[test]
    fn the_header_is_that_of_a_note_without_gaps() {
        type Whole = Note<44>;
        let note = Whole::new(ENTRIES);
        assert_eq!((note.owner_length, note.text_length, note.kind), (10, 44, 1));
        assert_eq!(&note.owner, b"wirebench\0\0\0");
        assert_eq!((core::mem::offset_of!(Whole, text), size_of::<Whole>()), (24, 68));
    }

    #[test]
    #[should_panic(expected = "holds a control character")]
    fn a_text_that_would_end_its_entry_is_refused() {
        const ENTRY: &[Entry] = &[Entry::new("id", "a\0b")];
        let _ = Note::<{ length(ENTRY) }>::new(ENTRY);
    }
}
