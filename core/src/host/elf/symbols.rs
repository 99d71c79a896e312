//! Which symbols a shared object exports, by either of its hash tables.
//!
//! Both tables are the file's own word and may be anything: every address is held against the
//! segments, and a chain is followed only so far.

use super::{Elf, Tables};
use object::LittleEndian as LE;
use object::elf;

/// Symbols that are compared with one name. Chains of a hash table are a few long.
const MAX_COMPARED: usize = 1_024;

impl Elf {
    /// Whether it exports a symbol `name`; `None`: it has no table by which that can be told.
    pub(in crate::host) fn exports(&self, name: &str) -> Option<bool> {
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
        for index in (first..).take(MAX_COMPARED) {
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
        for _ in 0..MAX_COMPARED {
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

    /// The 32-bit word at `address`.
    fn word(&self, address: u64) -> Option<u32> {
        let bytes = self.bytes_at_address(address, 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    }
}
