//! Several messages, or exchanges that are to begin, one after another within one call of the host.
#![allow(unsafe_code)] // a place of the host's

use crate::{Cx, Result};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Calls `one` with each number from 0 until it has failed, the host has said that it must stop, or
/// `count` are done.
///
/// Before each call its number stands in `*at`, and stays there when that fails or panics; afterwards how
/// many were done. An atomic store is left out nowhere, and the host's other processes read it.
///
/// # Safety
/// `at` is a place of the host's, aligned, for as long as the hook runs.
#[inline]
pub(super) unsafe fn one_by_one(
    cx: &mut Cx<'_>,
    count: usize,
    at: *mut u64,
    mut one: impl FnMut(&mut Cx<'_>, usize) -> Result<()>,
) -> Result<()> {
    // SAFETY: the caller's promise; whoever else uses the place meanwhile does so by atomics.
    let at = unsafe { AtomicU64::from_ptr(at) };
    for index in 0..count {
        at.store(index as u64, Relaxed);
        one(cx, index)?;
        if cx.must_stop() {
            at.store(index as u64 + 1, Relaxed);
            return Ok(());
        }
    }
    at.store(count as u64, Relaxed);
    Ok(())
}
