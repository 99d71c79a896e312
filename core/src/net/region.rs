//! One side's shared memory: written by that side, read by the other and by the supervisor.
//!
//! A sealed memfd with a fixed layout. The owner maps it writable; everyone else maps it
//! read-only and treats every value in it as hostile: positions and lengths are checked against
//! the mapping before use, and nothing read from it is ever used as a pointer. What was overwritten
//! costs the round, which names its owner.
//!
//! | offset | what |
//! |---|---|
//! | 0 | magic, ring size |
//! | 64 | `head`: bytes published in the ring, ever |
//! | 128 | `consumed`: bytes this side has released of the *other* side's ring, ever |
//! | 192 | sessions announced, ever; pieces logged, ever |
//! | 256 | breadcrumb of the plugin hook under way |
//! | 4096 | announcement table |
//! | … | piece log |
//! | … | how far each session of the other side has been read |
//! | … | ring of ledger records |

#![allow(unsafe_code)] // Mapping shared memory and reading it through raw pointers.

use crate::host::{Breadcrumb, limits};
use crate::link::LOCK_STEP_SESSIONS;
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, SealFlag, fcntl, open};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};
use nix::sys::stat::Mode;
use std::ffi::c_void;
use std::io;
use std::num::NonZeroUsize;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

/// Words of a record's header.
pub(super) const HEADER_WORDS: usize = 8;

const MAGIC: u64 = u64::from_le_bytes(*b"wbench01");

const AT_MAGIC: usize = 0;
const AT_RING_BYTES: usize = 8;
/// Offset of the count of published ring bytes.
pub(super) const AT_HEAD: usize = 64;
/// Offset of the count of released bytes of the other side's ring.
pub(super) const AT_CONSUMED: usize = 128;
/// Offset of the count of announced sessions.
pub(super) const AT_SESSIONS: usize = 192;
/// Offset of the count of logged pieces.
pub(super) const AT_PIECES: usize = 200;
const AT_BREADCRUMB: usize = 256;
/// Offset of the announcement table.
pub(super) const AT_SESSION_TABLE: usize = 4096;
/// Entries of the announcement table; later announcements overwrite the oldest.
pub(super) const SESSION_SLOTS: usize = 16_384;
/// Bytes of one announcement: key and session.
pub(super) const SESSION_BYTES: usize = 16;
/// Offset of the piece log.
pub(super) const AT_PIECE_LOG: usize = AT_SESSION_TABLE + SESSION_SLOTS * SESSION_BYTES;
/// Entries of the piece log; later pieces overwrite the oldest.
pub(super) const PIECE_SLOTS: usize = 4_096;
/// Bytes of one logged piece: session, offset, length, time.
pub(super) const PIECE_BYTES: usize = 32;
/// Offset of the table of how far sessions have been read.
pub(super) const AT_PROGRESS: usize = AT_PIECE_LOG + PIECE_SLOTS * PIECE_BYTES;
const AT_RING: usize = AT_PROGRESS + LOCK_STEP_SESSIONS * 8;

/// Bounds of the ring size: one page, and what a scenario may ask for at most.
const RING_SIZES: std::ops::RangeInclusive<usize> = 4_096..=1 << 30;

/// A mapping of one side's shared memory.
#[derive(Debug)]
pub struct Region {
    base: NonNull<u8>,
    ring_bytes: usize,
    writable: bool,
}

// SAFETY: the mapping is shared memory that stays valid until `drop`; all concurrent access goes
// through atomics or through copies whose content is treated as hostile.
unsafe impl Send for Region {}
// SAFETY: see above; `&Region` gives access to atomics and to bytes only.
unsafe impl Sync for Region {}

/// The two descriptors of a region: one for its owner, one that cannot be mapped writable.
#[derive(Debug)]
pub struct RegionFds {
    /// For the owner.
    pub owner: OwnedFd,
    /// For everyone else.
    pub reader: OwnedFd,
}

/// Without shared memory nothing can be judged, whoever forbids it.
fn refused(error: Errno) -> io::Error {
    match error {
        Errno::EPERM | Errno::EACCES | Errno::ENOSYS => io::Error::other(format!(
            "memfd_create: {error}: shared memory is refused, by `sysctl vm.memfd_noexec` (2 refuses it) \
             or a container's seccomp filter; allow it"
        )),
        _ => limits::in_call("memfd_create", error),
    }
}

/// Makes a region with a ring of at least `ring_bytes` (rounded up to a power of two).
pub fn create(ring_bytes: usize) -> io::Result<RegionFds> {
    let ring_bytes = ring_bytes.clamp(*RING_SIZES.start(), *RING_SIZES.end()).next_power_of_two();
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    let owner = memfd_create("wirebench-ledger", flags).map_err(refused)?;
    let size = (AT_RING + ring_bytes) as i64;
    nix::unistd::ftruncate(&owner, size).map_err(|error| limits::in_call("ftruncate", error))?;
    fcntl(
        &owner,
        FcntlArg::F_ADD_SEALS(
            SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SEAL,
        ),
    )?;
    let path = format!("/proc/self/fd/{}", owner.as_raw_fd());
    let reader = open(path.as_str(), OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty())?;
    let region = Region::map_sized(&owner, ring_bytes, true)?;
    region.atomic(AT_RING_BYTES).store(ring_bytes as u64, Ordering::Relaxed);
    region.atomic(AT_MAGIC).store(MAGIC, Ordering::Release);
    Ok(RegionFds { owner, reader })
}

impl Region {
    /// Maps the owner's view.
    pub fn map_owner(fd: &OwnedFd) -> io::Result<Self> {
        Self::map(fd, true)
    }

    /// Maps a read-only view.
    pub fn map_reader(fd: &OwnedFd) -> io::Result<Self> {
        Self::map(fd, false)
    }

    fn map(fd: &OwnedFd, writable: bool) -> io::Result<Self> {
        let size = nix::sys::stat::fstat(fd)?.st_size as usize;
        let ring_bytes = size.saturating_sub(AT_RING);
        if !ring_bytes.is_power_of_two() || !RING_SIZES.contains(&ring_bytes) {
            return Err(io::Error::other(format!("a ledger of {size} bytes has a wrong size")));
        }
        let region = Self::map_sized(fd, ring_bytes, writable)?;
        if region.atomic(AT_MAGIC).load(Ordering::Acquire) != MAGIC {
            return Err(io::Error::other("the shared memory is not a wirebench ledger"));
        }
        Ok(region)
    }

    fn map_sized(fd: &OwnedFd, ring_bytes: usize, writable: bool) -> io::Result<Self> {
        let length = NonZeroUsize::new(AT_RING + ring_bytes)
            .ok_or_else(|| io::Error::other("an empty mapping"))?;
        let mut protection = ProtFlags::PROT_READ;
        if writable {
            protection |= ProtFlags::PROT_WRITE;
        }
        // Populated at once, so that page faults do not fall into the measured part of a round.
        let flags = MapFlags::MAP_SHARED | MapFlags::MAP_POPULATE;
        // SAFETY: a new mapping at an address the kernel chooses aliases nothing; the file is
        // sealed against shrinking, so no access below its length can fault.
        let base = unsafe { mmap(None, length, protection, flags, fd.as_fd(), 0)? };
        Ok(Self { base: base.cast(), ring_bytes, writable })
    }

    /// Size of the ring in bytes (a power of two).
    pub fn ring_bytes(&self) -> usize {
        self.ring_bytes
    }

    /// The breadcrumb of this region's owner.
    pub fn breadcrumb(&self) -> &Breadcrumb {
        const { assert!(size_of::<Breadcrumb>() <= AT_SESSION_TABLE - AT_BREADCRUMB) };
        const { assert!(AT_BREADCRUMB.is_multiple_of(align_of::<Breadcrumb>())) };
        // SAFETY: inside the mapping, aligned, and made of atomics only, for which every bit
        // pattern is valid.
        unsafe { self.base.add(AT_BREADCRUMB).cast::<Breadcrumb>().as_ref() }
    }

    #[inline(always)]
    pub(super) fn atomic(&self, offset: usize) -> &AtomicU64 {
        assert!(offset.is_multiple_of(8) && offset + 8 <= AT_RING);
        // SAFETY: inside the mapping (checked), aligned to 8 (checked; the base is a page), and an
        // atomic may be shared with other processes. Stores through a read-only view would fault;
        // only owners store.
        unsafe { self.base.add(offset).cast::<AtomicU64>().as_ref() }
    }

    /// The ring's bytes `[at, at + len)`, which must not wrap.
    #[inline(always)]
    pub(super) fn ring(&self, at: usize, len: usize) -> &[u8] {
        assert!(at <= self.ring_bytes && len <= self.ring_bytes - at);
        // SAFETY: inside the mapping (checked). A well-behaved owner never touches what it has
        // published and not been told is released; if a misbehaving one does, a comparison of
        // these bytes comes out wrong, and nothing else depends on them.
        unsafe { std::slice::from_raw_parts(self.base.add(AT_RING + at).as_ptr(), len) }
    }

    /// The header words at `at` in the ring, as the owner wrote them.
    #[inline(always)]
    pub(super) fn header(&self, at: usize) -> [u64; HEADER_WORDS] {
        assert!(at.is_multiple_of(8) && at + 8 * HEADER_WORDS <= self.ring_bytes);
        // SAFETY: inside the mapping (checked) and aligned (checked; the ring starts on a page).
        // Each word is read once; whatever it holds is a valid number.
        unsafe { self.base.add(AT_RING + at).cast::<[u64; HEADER_WORDS]>().read_volatile() }
    }

    /// Writes header words at `at` in the ring. Owners only.
    #[inline(always)]
    pub(super) fn write_header(&self, at: usize, words: [u64; HEADER_WORDS]) {
        assert!(self.writable && at.is_multiple_of(8));
        assert!(at + 8 * HEADER_WORDS <= self.ring_bytes);
        // SAFETY: inside the writable mapping and aligned (checked above).
        unsafe { self.base.add(AT_RING + at).cast::<[u64; HEADER_WORDS]>().write(words) }
    }

    /// Copies `bytes` into the ring at `at`. Owners only.
    #[inline(always)]
    pub(super) fn write_ring(&self, at: usize, bytes: &[u8]) {
        assert!(self.writable && at <= self.ring_bytes && bytes.len() <= self.ring_bytes - at);
        // SAFETY: inside the writable mapping (checked); `bytes` is a borrow of other memory or
        // of released ring bytes, so the ranges do not overlap.
        unsafe {
            std::ptr::copy_nonoverlapping(
                bytes.as_ptr(),
                self.base.add(AT_RING + at).as_ptr(),
                bytes.len(),
            );
        }
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: the mapping was made with this base and length and is unmapped once.
        let _ = unsafe { munmap(self.base.cast::<c_void>(), AT_RING + self.ring_bytes) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_sees_what_the_owner_wrote() {
        let fds = create(4_096).unwrap();
        let owner = Region::map_owner(&fds.owner).unwrap();
        let reader = Region::map_reader(&fds.reader).unwrap();
        owner.write_ring(10, b"hello");
        assert_eq!(reader.ring(10, 5), b"hello");
    }

    #[test]
    fn a_readers_descriptor_cannot_be_mapped_writable() {
        let fds = create(4_096).unwrap();
        assert!(Region::map_owner(&fds.reader).is_err());
    }

    #[test]
    fn a_region_cannot_be_shrunk_under_its_readers() {
        let fds = create(4_096).unwrap();
        assert!(nix::unistd::ftruncate(&fds.owner, 0).is_err());
    }

    #[test]
    fn memory_that_is_refused_is_told_with_its_call_and_who_may_have_refused_it() {
        for (error, named) in [
            (Errno::EACCES, "vm.memfd_noexec"),
            (Errno::EPERM, "seccomp"),
            (Errno::EMFILE, "`ulimit -n`"),
        ] {
            let text = refused(error).to_string();
            assert!(text.starts_with("memfd_create: ") && text.contains(named), "{text}");
        }
    }

    #[test]
    fn foreign_shared_memory_is_refused() {
        let fd = memfd_create("other", MFdFlags::MFD_CLOEXEC).unwrap();
        nix::unistd::ftruncate(&fd, (AT_RING + 4_096) as i64).unwrap();
        let error = Region::map_owner(&fd).unwrap_err();
        assert!(error.to_string().contains("not a wirebench ledger"), "{error}");
    }
}
