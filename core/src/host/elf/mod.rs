//! What a shared object says of itself, read before the loader maps it and runs its constructors.
//!
//! The file may be anything. Only what is needed is read, and everything it says of places and
//! lengths is held against the length that the file has.

mod fault;
mod machine;
mod notes;
mod symbols;

pub use fault::{ElfFault, Kind};

pub(super) use notes::NoteFault;

use machine::foreign;
use object::LittleEndian as LE;
use object::elf;
use object::pod::{Pod, from_bytes};
use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

/// Program headers that are looked at. A plugin has about ten.
const MAX_SEGMENTS: u64 = 1_024;

/// Bytes of the dynamic section that are looked at.
const MAX_DYNAMIC: u64 = 64 << 10;

/// The header of a shared object that the loader of this machine can map.
pub(super) struct Elf {
    file: File,
    length: u64,
    loads: Vec<elf::ProgramHeader64<LE>>,
    tables: Tables,
}

/// Addresses of the tables that find symbols by name; 0: it has none.
#[derive(Default)]
struct Tables {
    gnu_hash: u64,
    hash: u64,
    symbols: u64,
    strings: u64,
}

impl Elf {
    /// Reads the headers of an open file.
    pub(super) fn of(file: File) -> io::Result<Result<Self, ElfFault>> {
        let length = file.metadata()?.len();
        Ok(Self::read(file, length))
    }

    /// The text of the note in an open file, whatever machine that is built for.
    pub(super) fn note_of(file: &File) -> Option<Vec<u8>> {
        let length = file.metadata().ok()?.len();
        notes::read(file, length).ok().flatten()
    }

    fn read(file: File, length: u64) -> Result<Self, ElfFault> {
        let mut elf = Self { file, length, loads: Vec::new(), tables: Tables::default() };
        let header: elf::FileHeader64<LE> = elf.header()?;
        let (offset, size) = (header.e_phoff.get(LE), u64::from(header.e_phentsize.get(LE)));
        let count = u64::from(header.e_phnum.get(LE));
        if size != size_of::<elf::ProgramHeader64<LE>>() as u64 || count > MAX_SEGMENTS {
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
        let dynamic = elf.part("dynamic section", at, size.min(MAX_DYNAMIC))?;
        elf.tables = tables(&dynamic)?;
        Ok(elf)
    }

    /// The text of the plugin's note; `None`: it has none.
    pub(super) fn note(&self) -> Result<Option<Vec<u8>>, NoteFault> {
        notes::read(&self.file, self.length)
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

    /// A plain value that the loader maps at `address`.
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

    /// `size` bytes from `at` on; callers read headers and names, so `size` is small.
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

    /// Checks that `size` bytes from `at` on lie inside the file.
    fn within(&self, part: &'static str, at: u64, size: u64) -> Result<(), ElfFault> {
        let ends = at.saturating_add(size);
        if ends <= self.length {
            return Ok(());
        }
        Err(ElfFault::CutOff { part, ends, length: self.length })
    }
}

/// Opens a file to read what it says of itself. What is no regular file any more must not make us wait.
pub(super) fn open(path: &Path) -> io::Result<File> {
    File::options().read(true).custom_flags(libc::O_NONBLOCK).open(path)
}

/// A plain value at the start of `bytes`.
fn pod<T: Pod>(bytes: &[u8]) -> Result<T, ElfFault> {
    from_bytes(bytes).map(|(value, _)| *value).map_err(|()| ElfFault::Broken("a header is short"))
}

/// The addresses that the dynamic section gives.
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

#[cfg(test)]
mod tests;
