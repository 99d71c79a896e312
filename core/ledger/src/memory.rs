//! Memory that a region may lie in.

#![allow(unsafe_code)] // Allocating memory that is used through raw pointers.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::fmt::Debug;
use std::ptr::NonNull;

/// Bytes that the address of a region's memory is a multiple of, at least: a cache line.
pub(super) const ALIGNMENT: usize = 64;

/// Memory that a region may lie in, for as long as this lives.
///
/// # Safety
///
/// From [`base`](Self::base) on, [`size`](Self::size) bytes can be read, and written if it
/// [is writable](Self::is_writable), until this is dropped. The address is a multiple of 64. All
/// three stay as they are. No reference to these bytes exists outside of this module's regions;
/// another process that maps the same memory may change them at any time.
pub unsafe trait Memory: Debug + Send + Sync {
    /// The first byte.
    fn base(&self) -> NonNull<u8>;

    /// How many bytes there are.
    fn size(&self) -> usize;

    /// False: it can only be read.
    fn is_writable(&self) -> bool;
}

/// Zeroed memory of this process.
#[derive(Debug)]
pub(super) struct Heap {
    base: NonNull<u8>,
    layout: Layout,
}

// SAFETY: it owns its allocation, as a box does, and gives no access to the bytes by itself.
unsafe impl Send for Heap {}
// SAFETY: see above.
unsafe impl Sync for Heap {}

impl Heap {
    /// `size` bytes, not 0, all of them zero.
    #[inline]
    pub(super) fn zeroed(size: usize) -> Self {
        let layout =
            Layout::from_size_align(size, ALIGNMENT).expect("less than half of all memory");
        assert!(size > 0);
        // SAFETY: the size is not 0 (checked).
        let base = unsafe { alloc_zeroed(layout) };
        let base = NonNull::new(base).unwrap_or_else(|| handle_alloc_error(layout));
        Self { base, layout }
    }
}

// SAFETY: an allocation of this size and alignment, freed in `drop`, which nobody else knows.
unsafe impl Memory for Heap {
    fn base(&self) -> NonNull<u8> {
        self.base
    }

    fn size(&self) -> usize {
        self.layout.size()
    }

    fn is_writable(&self) -> bool {
        true
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        // SAFETY: allocated with this layout, and freed once.
        unsafe { dealloc(self.base.as_ptr(), self.layout) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heap_is_aligned_and_zeroed_wherever_it_is_used_again() {
        for _ in 0..3 {
            let heap = Heap::zeroed(4_096);
            assert!((heap.base().as_ptr() as usize).is_multiple_of(ALIGNMENT));
            // SAFETY: inside the allocation, which nothing else uses.
            let bytes =
                unsafe { std::slice::from_raw_parts_mut(heap.base().as_ptr(), heap.size()) };
            assert!(bytes.iter().all(|byte| *byte == 0));
            bytes.fill(0xFF);
        }
    }
}
