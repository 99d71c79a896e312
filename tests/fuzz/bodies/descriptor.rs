//! A plugin's descriptor, with whatever a plugin may have put into it.
//!
//! The input says what every field holds. A wild pointer cannot be checked by anybody, so pointers
//! are null, unaligned, or lead to as much memory as the interface promises behind what the
//! descriptor itself says, and no byte more: the address sanitizer sees what goes beyond. No function
//! of the plugin is called.

use super::input::Input;
use super::uncallable as calls;
use std::path::Path;
use std::ptr::null;
use wirebench::host::Library;
use wirebench_abi as abi;

/// Longer texts and arrays are refused unread.
const LONGEST_TEXT: usize = 1_024;
const MAX_ITEMS: usize = 64;

/// Runs the target.
#[allow(unsafe_code)] // a descriptor is made of raw pointers
pub fn run(data: &[u8]) {
    let mut maker = Maker { input: Input(data), memory: Vec::new() };
    let descriptor = maker.descriptor();
    // SAFETY: `Maker` keeps what this function demands, and outlives the result.
    let library = unsafe { Library::from_descriptor(Path::new("libfuzzed.so"), descriptor) };
    match library {
        Ok(library) => accepted(&library),
        Err(error) => {
            let text = error.to_string();
            assert!(!text.is_empty() && text.len() < 16 << 10, "{} bytes", text.len());
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
        }
    }
}

fn accepted(library: &Library) {
    let is_name = |text: &str| {
        let sound = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        !text.is_empty() && text.len() <= 128 && text.chars().all(sound)
    };
    let is_text = |text: &str| text.len() <= LONGEST_TEXT && !text.chars().any(char::is_control);
    assert!(is_name(library.id()));
    assert!(is_text(library.version()) && is_text(library.sdk()));
    assert_eq!(library.abi().0, abi::ABI_MAJOR);
    let (handlers, framings) = (library.handlers(), library.framings());
    assert!(!handlers.is_empty() || !framings.is_empty());
    for items in [handlers, framings] {
        assert!(items.len() <= MAX_ITEMS);
        assert!(items.iter().all(|item| is_name(&item.name) && is_text(&item.about)));
        let mut names: Vec<_> = items.iter().map(|item| &item.name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), items.len(), "two of one name");
    }
}

/// Makes a descriptor from the input and owns all memory of it.
struct Maker<'a> {
    input: Input<'a>,
    memory: Vec<Box<[u64]>>,
}

impl Maker<'_> {
    fn descriptor(&mut self) -> *const abi::Plugin {
        let flags = self.input.u8();
        let magic = if flags & 1 == 0 { abi::MAGIC } else { self.input.u64() };
        let abi_major = if flags & 2 == 0 { abi::ABI_MAJOR } else { self.input.u16() };
        let struct_size = self.size::<abi::Plugin>(flags & 4 == 0);
        let abi_minor = u16::from(flags >> 4);
        let (id, version, sdk) = (self.text(), self.text(), self.text());
        let (required, required_len) = self.array(Self::text);
        let (optional, optional_len) = self.array(Self::text);
        let (handlers, handlers_len) = self.array(Self::handler);
        let (framings, framings_len) = self.array(Self::framing);
        let plugin = abi::Plugin {
            magic,
            struct_size,
            abi_major,
            abi_minor,
            id,
            version,
            sdk,
            handlers,
            handlers_len,
            framings,
            framings_len,
            required,
            required_len,
            optional,
            optional_len,
            build: u64::from(abi_minor),
        };
        // Where it is not ours, or too short, only its beginning is there.
        let whole = magic == abi::MAGIC && abi_major == abi::ABI_MAJOR;
        self.table(plugin, if whole { struct_size } else { 16 }.max(16))
    }

    fn handler(&mut self) -> *const abi::Handler {
        let flags = self.input.u8();
        if let Some(wild) = wild(flags) {
            return wild;
        }
        let struct_size = self.size::<abi::Handler>(flags & 4 == 0);
        let (name, about) = (self.text(), self.text());
        let [server, client] =
            [8, 16].map(|bit| if flags & bit == 0 { self.side() } else { null() });
        let table = abi::Handler { struct_size, reserved: 0, name, about, server, client };
        self.table(table, struct_size)
    }

    fn side(&mut self) -> *const abi::Side {
        let flags = self.input.u16();
        if let Some(wild) = wild(flags as u8) {
            return wild;
        }
        let struct_size = self.size::<abi::Side>(flags & 4 == 0);
        let has = |bit: u32| flags >> 4 & 1 << bit == 0;
        let table = abi::Side {
            struct_size,
            reserved: 0,
            create: has(0).then_some(calls::create as _),
            destroy: has(1).then_some(calls::destroy as _),
            open: has(2).then_some(calls::open as _),
            message: has(3).then_some(calls::message as _),
            start: has(4).then_some(calls::start as _),
            timer: has(5).then_some(calls::timer as _),
            mail: has(6).then_some(calls::mail as _),
            writable: has(7).then_some(calls::writable as _),
            close: has(8).then_some(calls::close as _),
            messages: has(9).then_some(calls::messages as _),
            starts: has(10).then_some(calls::starts as _),
            ending: has(11).then_some(calls::writable as _),
        };
        self.table(table, struct_size)
    }

    fn framing(&mut self) -> *const abi::Framing {
        let flags = self.input.u8();
        if let Some(wild) = wild(flags) {
            return wild;
        }
        let struct_size = self.size::<abi::Framing>(flags & 4 == 0);
        let (name, about) = (self.text(), self.text());
        let has = |bit: u32| flags >> 3 & 1 << bit == 0;
        let table = abi::Framing {
            struct_size,
            reserved: 0,
            name,
            about,
            create: has(0).then_some(calls::create_framing as _),
            destroy: has(1).then_some(calls::destroy as _),
            nature: has(2).then_some(calls::nature as _),
            gate: None,
            encode: has(3).then_some(calls::encode as _),
            feed: has(4).then_some(calls::feed as _),
            end_of_input: None,
            deadline: None,
            timeout: None,
            keeps: None,
        };
        self.table(table, struct_size)
    }

    /// The size that a table claims.
    fn size<T>(&mut self, right: bool) -> u32 {
        if right { size_of::<T>() as u32 } else { self.input.number() as u32 }
    }

    /// A text: its first byte is a length, or says that a length follows that is not true.
    fn text(&mut self) -> abi::Bytes {
        match self.input.u8() {
            len @ 0..=0xdf => {
                let bytes = self.input.bytes(len.into());
                abi::Bytes { ptr: self.keep(bytes), len: bytes.len() }
            }
            0xe0..=0xef => abi::Bytes { ptr: null(), len: self.input.number() as usize },
            _ => {
                let (len, fill) = (self.input.number() as usize, self.input.u8());
                let there = if len <= LONGEST_TEXT { len } else { 1 };
                abi::Bytes { ptr: self.keep(&vec![fill; there]), len }
            }
        }
    }

    /// An array: its first byte is a length, or says that a length follows that is not true.
    fn array<T>(&mut self, item: fn(&mut Self) -> T) -> (*const T, usize) {
        let (len, there) = match self.input.u8() {
            len @ 0..=0xdf => (usize::from(len), usize::from(len).min(MAX_ITEMS)),
            wild @ 0xe0..=0xef => {
                let ptr = if wild & 1 == 0 { null() } else { std::ptr::without_provenance(9) };
                return (ptr, self.input.number() as usize);
            }
            _ => {
                let len = self.input.number() as usize;
                (len, if len <= MAX_ITEMS { len } else { 1 })
            }
        };
        let items: Vec<T> = (0..there).map(|_| item(self)).collect();
        let place = self.room(size_of_val(items.as_slice())).cast::<T>();
        for (index, item) in items.into_iter().enumerate() {
            // SAFETY: there is room for all of them; words are aligned for pointers and lengths.
            #[allow(unsafe_code)]
            unsafe {
                place.add(index).write(item);
            }
        }
        (place, len)
    }

    /// A table of the size that it claims, if it claims less than it is.
    fn table<T>(&mut self, table: T, claimed: u32) -> *const T {
        let whole = size_of::<T>();
        let there = whole.min(claimed as usize).max(4);
        let place = self.room(there);
        let table = std::mem::ManuallyDrop::new(table);
        // SAFETY: both hold so many bytes, and do not overlap.
        #[allow(unsafe_code)]
        unsafe {
            std::ptr::copy_nonoverlapping((&raw const table).cast::<u8>(), place, there);
        }
        place.cast()
    }

    fn keep(&mut self, bytes: &[u8]) -> *const u8 {
        // Behind padding: a text is not aligned, and ends where its memory ends.
        let padding = bytes.len().next_multiple_of(8) - bytes.len();
        let place = self.room(bytes.len());
        // SAFETY: the room is a multiple of 8 that holds padding and bytes.
        #[allow(unsafe_code)]
        unsafe {
            let place = place.add(padding);
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), place, bytes.len());
            place
        }
    }

    /// Room for so many bytes, aligned for every table.
    fn room(&mut self, bytes: usize) -> *mut u8 {
        self.memory.push(vec![0; bytes.div_ceil(8)].into());
        self.memory.last_mut().expect("it was pushed").as_mut_ptr().cast()
    }
}

/// A pointer that leads nowhere, where the flags say so.
fn wild<T>(flags: u8) -> Option<*const T> {
    match flags & 3 {
        1 => Some(null()),
        2 => Some(std::ptr::without_provenance(9)),
        _ => None,
    }
}
