//! The memory of a ledger that two processes share: a sealed memfd.
//!
//! The owner maps it writable; everyone else maps it read-only, through a descriptor that allows no
//! more. Nobody can change its size, so no access within it can fault.

#![allow(unsafe_code)] // Mapping shared memory.

use crate::host::limits;
use crate::ledger::{Layout, Memory, Region, Tables};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, SealFlag, fcntl, open};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};
use nix::sys::stat::Mode;
use std::io;
use std::num::NonZeroUsize;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::ptr::NonNull;

/// Bounds of the ring size: one page, and what a scenario may ask for at most.
const RING_SIZES: std::ops::RangeInclusive<usize> = 4_096..=1 << 30;

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
    let ring_bytes = ring_bytes.clamp(*RING_SIZES.start(), *RING_SIZES.end());
    let layout = Layout::new(Tables::SHARED, ring_bytes);
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    let owner = memfd_create("wirebench-ledger", flags).map_err(refused)?;
    let size = layout.size() as i64;
    nix::unistd::ftruncate(&owner, size).map_err(|error| limits::in_call("ftruncate", error))?;
    fcntl(
        &owner,
        FcntlArg::F_ADD_SEALS(
            SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SEAL,
        ),
    )?;
    let path = format!("/proc/self/fd/{}", owner.as_raw_fd());
    let reader = open(path.as_str(), OFlag::O_RDONLY | OFlag::O_CLOEXEC, Mode::empty())?;
    Region::create(Box::new(Mapping::new(&owner, layout.size(), true)?), layout);
    Ok(RegionFds { owner, reader })
}

/// Maps the owner's view.
pub fn map_owner(fd: &OwnedFd) -> io::Result<Region> {
    map(fd, true)
}

/// Maps a read-only view.
pub fn map_reader(fd: &OwnedFd) -> io::Result<Region> {
    map(fd, false)
}

fn map(fd: &OwnedFd, writable: bool) -> io::Result<Region> {
    let size = nix::sys::stat::fstat(fd)?.st_size as usize;
    let layout = Layout::of_size(Tables::SHARED, size)
        .filter(|layout| RING_SIZES.contains(&layout.ring_bytes()))
        .ok_or_else(|| io::Error::other(format!("a ledger of {size} bytes has a wrong size")))?;
    Region::open(Box::new(Mapping::new(fd, size, writable)?), layout)
        .ok_or_else(|| io::Error::other("the shared memory is not a wirebench ledger"))
}

/// A file in memory, mapped.
#[derive(Debug)]
struct Mapping {
    base: NonNull<u8>,
    size: usize,
    writable: bool,
}

// SAFETY: the mapping belongs to the process, is unmapped in `drop` alone, and gives no access to its
// bytes by itself.
unsafe impl Send for Mapping {}
// SAFETY: see above.
unsafe impl Sync for Mapping {}

impl Mapping {
    fn new(fd: &OwnedFd, size: usize, writable: bool) -> io::Result<Self> {
        let length = NonZeroUsize::new(size).ok_or_else(|| io::Error::other("an empty mapping"))?;
        let mut protection = ProtFlags::PROT_READ;
        if writable {
            protection |= ProtFlags::PROT_WRITE;
        }
        // Populated at once, so that page faults do not fall into the measured part of a round.
        let flags = MapFlags::MAP_SHARED | MapFlags::MAP_POPULATE;
        // SAFETY: a new mapping at an address the kernel chooses aliases nothing.
        let base = unsafe { mmap(None, length, protection, flags, fd.as_fd(), 0)? };
        Ok(Self { base: base.cast(), size, writable })
    }
}

// SAFETY: a mapping of this size, at the start of a page, that stays until `drop` and that nobody
// else in this process refers to; the file is sealed against shrinking, so no access below its size
// can fault.
unsafe impl Memory for Mapping {
    fn base(&self) -> NonNull<u8> {
        self.base
    }

    fn size(&self) -> usize {
        self.size
    }

    fn is_writable(&self) -> bool {
        self.writable
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the mapping was made with this base and size and is unmapped once.
        let _ = unsafe { munmap(self.base.cast(), self.size) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{RecordHead, SessionLedger as _};
    use crate::ledger::{
        Announcer, Directory, LedgerReader, LedgerWriter, WriteLog, pieces, progress,
    };
    use crate::load::NamedPayloads;
    use crate::measure::Piece;
    use std::sync::Arc;

    fn views(fds: &RegionFds) -> [Arc<Region>; 2] {
        [map_owner(&fds.owner), map_reader(&fds.reader)].map(|view| Arc::new(view.unwrap()))
    }

    #[test]
    fn a_reader_sees_what_the_owner_wrote() {
        let [ours, ours_seen] = views(&create(4_096).unwrap());
        let [theirs, theirs_seen] = views(&create(4_096).unwrap());
        let mut writer = LedgerWriter::new(Arc::clone(&ours), theirs_seen);
        let mut reader =
            LedgerReader::new(theirs, Arc::clone(&ours_seen), NamedPayloads::default());
        for seq in 0..1_000 {
            let message = vec![seq as u8; (seq * 37 % 500) as usize];
            assert!(writer.has_room(message.len()));
            let len = message.len() as u32;
            writer.append(&RecordHead { session: 1, seq, len, ..RecordHead::default() }, &message);
            writer.publish();
            let mut records = reader.session(1);
            let record = records.peek(0).unwrap();
            assert_eq!((record.head.seq, record.payload), (seq, &message[..]));
            records.release();
        }
        let mut announcer = Announcer::new(Arc::clone(&ours));
        let mut directory = Directory::new(Arc::clone(&ours_seen));
        let mut log = WriteLog::new(Arc::clone(&ours));
        for number in 1..=100_000 {
            announcer.announce(u64::from(number), number);
            log.push(number, Piece { at: 0, len: number, time_ns: 0 });
            progress::publish(&ours, number, u64::from(number));
        }
        assert_eq!(directory.take(100_000), Some(100_000));
        assert_eq!(pieces::written(&ours_seen, 100_000, 0, 1)[0].len, 100_000);
        assert_eq!(progress::read(&ours_seen, 100_000), 100_000);
        ours.breadcrumb().enter(7);
        assert_eq!(ours_seen.breadcrumb().running(), 7);
    }

    #[test]
    fn a_readers_descriptor_cannot_be_mapped_writable() {
        let fds = create(4_096).unwrap();
        assert!(map_owner(&fds.reader).is_err());
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
        nix::unistd::ftruncate(&fd, Layout::new(Tables::SHARED, 4_096).size() as i64).unwrap();
        let error = map_owner(&fd).unwrap_err();
        assert!(error.to_string().contains("not a wirebench ledger"), "{error}");
    }

    #[test]
    fn shared_memory_of_another_size_is_refused() {
        let fd = memfd_create("other", MFdFlags::MFD_CLOEXEC).unwrap();
        for size in [0, 4_096, Layout::new(Tables::SHARED, 256).size() as i64] {
            nix::unistd::ftruncate(&fd, size).unwrap();
            let error = map_owner(&fd).unwrap_err();
            assert_eq!(error.to_string(), format!("a ledger of {size} bytes has a wrong size"));
        }
    }
}
