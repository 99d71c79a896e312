//! What a shared object says of itself, read before the loader maps it and runs its constructors.
//!
//! The file may be anything. Only what is needed is read, and everything it says of places and
//! lengths is held against the length that the file has.

use object::LittleEndian as LE;
use object::elf;
use object::pod::{Pod, from_bytes};
use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

/// Program headers that are looked at. A plugin has about ten.
const MOST_SEGMENTS: u64 = 1_024;

/// Bytes of the dynamic section that are looked at.
const MOST_DYNAMIC: u64 = 64 << 10;

/// Symbols that are compared with one name. Chains of a hash table are a few long.
const MOST_COMPARED: usize = 1_024;

/// Why a file cannot be loaded as a plugin on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElfFault {
    /// It is another kind of file: how it begins, and what begins like that.
    Other(Vec<u8>),
    /// It ends before a part that it says it has.
    CutOff {
        /// Which part.
        part: &'static str,
        /// Where that ends.
        ends: u64,
        /// Where the file ends.
        length: u64,
    },
    /// It is built for another machine: this one.
    Machine(String),
    /// It is no shared object but this.
    Kind(Kind),
    /// What it says of itself cannot be: this.
    Broken(&'static str),
}

/// What an ELF file can be besides a shared object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What a compiler makes of one source file.
    Relocatable,
    /// A program.
    Executable,
    /// What a crash leaves.
    Core,
    /// None of these.
    Unknown(u16),
}

/// The header of a shared object that the loader of this machine can map.
pub(super) struct Elf {
    file: File,
    length: u64,
    loads: Vec<elf::ProgramHeader64<LE>>,
    tables: Tables,
}

/// Addresses of what finds symbols by name; 0: it has none.
#[derive(Default)]
struct Tables {
    gnu_hash: u64,
    hash: u64,
    symbols: u64,
    strings: u64,
}

impl Elf {
    /// Reads the headers of the regular file `path`.
    pub(super) fn open(path: &Path) -> io::Result<Result<Self, ElfFault>> {
        // What is no file any more must not make us wait.
        let file = File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
        let length = file.metadata()?.len();
        Ok(Self::read(file, length))
    }

    fn read(file: File, length: u64) -> Result<Self, ElfFault> {
        let mut elf = Self { file, length, loads: Vec::new(), tables: Tables::default() };
        let header: elf::FileHeader64<LE> = elf.header()?;
        let (offset, size) = (header.e_phoff.get(LE), u64::from(header.e_phentsize.get(LE)));
        let count = u64::from(header.e_phnum.get(LE));
        if size != size_of::<elf::ProgramHeader64<LE>>() as u64 || count > MOST_SEGMENTS {
            return Err(ElfFault::Broken("its program headers are not those of a shared object"));
        }
        let headers = elf.part("program headers", offset, size * count)?;
        let sections = header.e_shoff.get(LE);
        let of_sections = u64::from(header.e_shentsize.get(LE)) * u64::from(header.e_shnum.get(LE));
        if sections > 0 {
            elf.within("section headers", sections, of_sections)?;
        }
        let mut dynamic = None;
        for header in headers.chunks_exact(size as usize) {
            let header: elf::ProgramHeader64<LE> = pod(header)?;
            let (at, size) = (header.p_offset.get(LE), header.p_filesz.get(LE));
            match header.p_type.get(LE) {
                elf::PT_LOAD => {
                    elf.within("segments", at, size)?;
                    elf.loads.push(header);
                }
                elf::PT_DYNAMIC => dynamic = Some((at, size)),
                _ => {}
            }
        }
        let Some((at, size)) = dynamic else {
            return Err(ElfFault::Broken("it has no dynamic section, as if linked statically"));
        };
        let dynamic = elf.part("dynamic section", at, size.min(MOST_DYNAMIC))?;
        elf.tables = tables(&dynamic)?;
        Ok(elf)
    }

    /// The file's header, if it is that of a shared object for this machine.
    fn header(&self) -> Result<elf::FileHeader64<LE>, ElfFault> {
        let size = size_of::<elf::FileHeader64<LE>>() as u64;
        let start = self.bytes(0, size.min(self.length));
        let start = start.ok_or(ElfFault::Broken("it cannot be read"))?;
        if !start.starts_with(&elf::ELFMAG) {
            return Err(ElfFault::Other(start[..start.len().min(16)].to_vec()));
        }
        if let Some(foreign) = foreign(&start) {
            return Err(ElfFault::Machine(foreign));
        }
        self.within("header", 0, size)?;
        let header: elf::FileHeader64<LE> = pod(&start)?;
        match header.e_type.get(LE) {
            elf::ET_DYN => Ok(header),
            elf::ET_REL => Err(ElfFault::Kind(Kind::Relocatable)),
            elf::ET_EXEC => Err(ElfFault::Kind(Kind::Executable)),
            elf::ET_CORE => Err(ElfFault::Kind(Kind::Core)),
            other => Err(ElfFault::Kind(Kind::Unknown(other.0))),
        }
    }

    /// Whether it exports a symbol `name`; `None`: it has no table by which that can be told.
    pub(super) fn exports(&self, name: &str) -> Option<bool> {
        let Tables { gnu_hash, hash, symbols, strings } = self.tables;
        if symbols == 0 || strings == 0 || (gnu_hash == 0 && hash == 0) {
            return None;
        }
        let found = if gnu_hash > 0 { self.in_gnu_hash(name) } else { self.in_hash(name) };
        // What leads outside of the file leads nowhere.
        Some(found.unwrap_or(false))
    }

    /// By the table of `DT_GNU_HASH`: a header, bloom words, buckets, and hashes in runs that end with
    /// an odd one.
    fn in_gnu_hash(&self, name: &str) -> Option<bool> {
        let at = self.tables.gnu_hash;
        let header: elf::GnuHashHeader<LE> = self.at_address(at)?;
        let buckets_at = at
            .checked_add(size_of::<elf::GnuHashHeader<LE>>() as u64)?
            .checked_add(u64::from(header.bloom_count.get(LE)) * 8)?;
        let buckets = header.bucket_count.get(LE);
        let hash = elf::gnu_hash(name.as_bytes());
        let bucket = buckets_at.checked_add(u64::from(hash.checked_rem(buckets)?) * 4)?;
        let first = self.word(bucket)?;
        let base = header.symbol_base.get(LE);
        if first < base {
            return Some(false);
        }
        let hashes = buckets_at.checked_add(u64::from(buckets) * 4)?;
        for index in (first..).take(MOST_COMPARED) {
            let stored = self.word(hashes.checked_add(u64::from(index - base) * 4)?)?;
            if stored | 1 == hash | 1 && self.is_symbol(index, name)? {
                return Some(true);
            }
            if stored & 1 == 1 {
                break;
            }
        }
        Some(false)
    }

    /// By the table of `DT_HASH`: a header, buckets, and for each symbol the next one of its bucket.
    fn in_hash(&self, name: &str) -> Option<bool> {
        let at = self.tables.hash;
        let header: elf::HashHeader<LE> = self.at_address(at)?;
        let buckets_at = at.checked_add(size_of::<elf::HashHeader<LE>>() as u64)?;
        let buckets = header.bucket_count.get(LE);
        let hash = elf::hash(name.as_bytes());
        let chain = buckets_at.checked_add(u64::from(buckets) * 4)?;
        let bucket = u64::from(hash.checked_rem(buckets)?);
        let mut index = self.word(buckets_at.checked_add(bucket * 4)?)?;
        for _ in 0..MOST_COMPARED {
            if index == 0 {
                break;
            }
            if self.is_symbol(index, name)? {
                return Some(true);
            }
            index = self.word(chain.checked_add(u64::from(index) * 4)?)?;
        }
        Some(false)
    }

    /// True when the symbol `index` is called `name` and stands in this file.
    fn is_symbol(&self, index: u32, name: &str) -> Option<bool> {
        let size = size_of::<elf::Sym64<LE>>() as u64;
        let at = self.tables.symbols.checked_add(u64::from(index) * size)?;
        let symbol: elf::Sym64<LE> = self.at_address(at)?;
        let text = self.tables.strings.checked_add(u64::from(symbol.st_name.get(LE)))?;
        let there = self.bytes_at_address(text, name.len() as u64 + 1)?;
        let same = there.strip_prefix(name.as_bytes()) == Some(b"\0");
        Some(same && symbol.st_shndx.get(LE) != elf::SHN_UNDEF)
    }

    fn word(&self, address: u64) -> Option<u32> {
        let bytes = self.bytes_at_address(address, 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    }

    fn at_address<T: Pod>(&self, address: u64) -> Option<T> {
        pod(&self.bytes_at_address(address, size_of::<T>() as u64)?).ok()
    }

    /// Bytes of the file that the loader maps at `address`.
    fn bytes_at_address(&self, address: u64, size: u64) -> Option<Vec<u8>> {
        self.loads.iter().find_map(|load| {
            let within = address.checked_sub(load.p_vaddr.get(LE))?;
            let room = load.p_filesz.get(LE).checked_sub(within)?;
            let at = load.p_offset.get(LE).checked_add(within)?;
            (size <= room).then(|| self.bytes(at, size)).flatten()
        })
    }

    /// `size` is little: callers read headers and names.
    fn bytes(&self, at: u64, size: u64) -> Option<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(size).ok()?];
        self.file.read_exact_at(&mut bytes, at).ok()?;
        Some(bytes)
    }

    /// A part that has to be there.
    fn part(&self, part: &'static str, at: u64, size: u64) -> Result<Vec<u8>, ElfFault> {
        self.within(part, at, size)?;
        self.bytes(at, size).ok_or(ElfFault::Broken("it cannot be read"))
    }

    fn within(&self, part: &'static str, at: u64, size: u64) -> Result<(), ElfFault> {
        let ends = at.saturating_add(size);
        if ends <= self.length {
            return Ok(());
        }
        Err(ElfFault::CutOff { part, ends, length: self.length })
    }
}

fn pod<T: Pod>(bytes: &[u8]) -> Result<T, ElfFault> {
    from_bytes(bytes).map(|(value, _)| *value).map_err(|()| ElfFault::Broken("a header is short"))
}

fn tables(dynamic: &[u8]) -> Result<Tables, ElfFault> {
    let mut tables = Tables::default();
    for entry in dynamic.chunks_exact(size_of::<elf::Dyn64<LE>>()) {
        let entry: elf::Dyn64<LE> = pod(entry)?;
        let value = entry.d_val.get(LE);
        match entry.d_tag.get(LE) {
            elf::DT_NULL => break,
            elf::DT_GNU_HASH => tables.gnu_hash = value,
            elf::DT_HASH => tables.hash = value,
            elf::DT_SYMTAB => tables.symbols = value,
            elf::DT_STRTAB => tables.strings = value,
            elf::DT_FLAGS_1 if elf::DynamicFlags1(value).contains(elf::DF_1_PIE) => {
                return Err(ElfFault::Kind(Kind::Executable));
            }
            _ => {}
        }
    }
    Ok(tables)
}

/// What a file is built for, when that is not this machine. Class and byte order say how the rest is
/// read; the machine's number stands at the same place in all of them.
fn foreign(start: &[u8]) -> Option<String> {
    let [_, _, _, _, class, order, ..] = *start else { return None };
    let number = <[u8; 2]>::try_from(start.get(18..20)?).ok()?;
    let (bits, little) = (elf::FileClass(class), order == elf::ELFDATA2LSB.0);
    let number = if little { u16::from_le_bytes(number) } else { u16::from_be_bytes(number) };
    let there = machine(bits, little, elf::Machine(number));
    (there != here()).then_some(there)
}

/// This machine.
fn here() -> String {
    let here = if cfg!(target_arch = "aarch64") { elf::EM_AARCH64 } else { elf::EM_X86_64 };
    machine(elf::ELFCLASS64, true, here)
}

/// `64-bit little-endian x86-64`.
fn machine(class: elf::FileClass, little: bool, machine: elf::Machine) -> String {
    let bits = match class {
        elf::ELFCLASS32 => "32-bit".to_owned(),
        elf::ELFCLASS64 => "64-bit".to_owned(),
        elf::FileClass(other) => format!("class {other}"),
    };
    let order = if little { "little" } else { "big" };
    let name = match machine {
        elf::EM_X86_64 => "x86-64".to_owned(),
        elf::EM_AARCH64 => "aarch64".to_owned(),
        elf::EM_386 => "x86".to_owned(),
        elf::EM_ARM => "ARM".to_owned(),
        elf::EM_RISCV => "RISC-V".to_owned(),
        elf::EM_PPC64 => "PowerPC".to_owned(),
        elf::EM_S390 => "s390".to_owned(),
        elf::Machine(other) => format!("machine {other}"),
    };
    format!("{bits} {order}-endian {name}")
}

impl std::fmt::Display for ElfFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Other(start) if start.is_empty() => {
                f.write_str("the file is empty; build or copy it again")
            }
            Self::Other(start) => {
                let what = match start.as_slice() {
                    [b'!', b'<', b'a', b'r', b'c', b'h', b'>', ..] => " (a static library)",
                    [b'M', b'Z', ..] => " (a file for Windows)",
                    [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..] => " (a file for macOS)",
                    [b'#', b'!', ..] => " (a script)",
                    _ => "",
                };
                write!(
                    f,
                    "it begins with \"{}\"{what}, a shared object for Linux with \"\\x7fELF\"; name \
                     the .so file that the build made",
                    start.escape_ascii()
                )
            }
            Self::CutOff { part, ends, length } => write!(
                f,
                "the file is cut off: its {part} end at byte {ends}, but it has {length} bytes; \
                 build or copy it again"
            ),
            Self::Machine(found) => write!(
                f,
                "it is built for another machine ({found}), this one needs {}; build it for this \
                 one",
                here()
            ),
            Self::Kind(kind) => {
                let kind = match kind {
                    Kind::Relocatable => "an object file that is not linked yet".to_owned(),
                    Kind::Executable => "a program".to_owned(),
                    Kind::Core => "the memory of a program that crashed".to_owned(),
                    Kind::Unknown(number) => format!("an ELF file of type {number}"),
                };
                write!(
                    f,
                    "it is {kind}, not a shared object; link it as one (crate-type = [\"cdylib\"], or \
                     `cc -shared`)"
                )
            }
            Self::Broken(what) => write!(f, "{what}; build or copy it again"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    /// The C library that this test runs with: a shared object for this machine, without a descriptor.
    fn c_library() -> Vec<u8> {
        let maps = std::fs::read_to_string("/proc/self/maps").expect("it is Linux");
        let path = maps.split_whitespace().find(|word| word.contains("/libc.so"));
        std::fs::read(path.expect("the test is linked with a C library")).expect("it is readable")
    }

    fn read(bytes: &[u8]) -> Result<Elf, ElfFault> {
        let mut file = tempfile::tempfile().expect("a temporary file");
        file.write_all(bytes).expect("it is writable");
        Elf::read(file, bytes.len() as u64)
    }

    fn fault(bytes: &[u8]) -> ElfFault {
        read(bytes).err().expect("it is refused")
    }

    #[test]
    fn exports_are_found_by_either_table_and_nothing_else_is() {
        let mut elf = read(&c_library()).expect("it is loaded here");
        let tables = std::mem::take(&mut elf.tables);
        assert_eq!(elf.exports("malloc"), None);
        for hash in [0, tables.hash] {
            elf.tables = Tables { hash, gnu_hash: tables.gnu_hash, ..tables };
            for (name, exported) in [("malloc", true), ("mallo", false), ("wirebench", false)] {
                assert_eq!(elf.exports(name), Some(exported), "{name}");
            }
            if hash > 0 {
                elf.tables.gnu_hash = 0;
                assert_eq!(elf.exports("malloc"), Some(true));
            }
        }
    }

    #[test]
    fn a_file_that_ends_too_early_is_told_with_both_lengths() {
        let whole = c_library();
        for length in [64, 100, 1_000, whole.len() / 2, whole.len() - 1] {
            match fault(&whole[..length]) {
                ElfFault::CutOff { ends, length: told, .. } => {
                    assert!(told == length as u64 && ends > told, "{length}: {ends}");
                }
                other => panic!("{length}: {other}"),
            }
        }
        assert_eq!(fault(&[]), ElfFault::Other(vec![]));
        assert_eq!(fault(&whole[..63]), ElfFault::CutOff { part: "header", ends: 64, length: 63 });
    }

    #[test]
    fn no_changed_byte_of_the_tables_leads_out_of_the_file() {
        let whole = c_library();
        let mut seed = 42u64;
        for _ in 0..400 {
            let mut bytes = whole.clone();
            for _ in 0..4 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let at = (seed >> 33) as usize % 4_096;
                bytes[at] = (seed >> 24) as u8;
            }
            if let Ok(elf) = read(&bytes) {
                let _ = elf.exports("malloc");
            }
        }
    }

    #[test]
    fn what_is_no_shared_object_is_told_as_what_it_is() {
        let whole = c_library();
        let with = |at: usize, byte: u8| {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            fault(&bytes).to_string()
        };
        assert_eq!(
            fault(b"#!/bin/sh\necho\n").to_string(),
            r##"it begins with "#!/bin/sh\necho\n" (a script), a shared object for Linux with "\x7fELF"; name the .so file that the build made"##
        );
        assert_eq!(
            with(4, 1),
            format!(
                "it is built for another machine ({}), this one needs {}; build it for this one",
                here().replace("64-bit", "32-bit"),
                here()
            )
        );
        assert!(with(18, 0xf3).contains("64-bit little-endian RISC-V"));
        assert!(with(16, 1).starts_with("it is an object file that is not linked yet, not a"));
        assert!(with(16, 2).starts_with("it is a program, not a shared object; link it as one"));
        let own = std::fs::read("/proc/self/exe").expect("the test itself");
        assert!(matches!(fault(&own), ElfFault::Kind(Kind::Executable)));
    }
}
