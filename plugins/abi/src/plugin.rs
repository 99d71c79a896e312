//! The descriptor that a plugin exports.

use crate::{Bytes, Framing, Handler};

/// The first field of every descriptor: `wireben1` read as a big-endian number.
pub const MAGIC: u64 = 0x7769_7265_6265_6e31;

/// Changes when an old plugin can no longer be called. It is not the program's version.
pub const ABI_MAJOR: u16 = 1;

/// Grows with every addition at the end of a table.
pub const ABI_MINOR: u16 = 4;

/// [`ABI_MAJOR`] and [`ABI_MINOR`], as people and [notes](crate::note) write them.
pub const ABI: &str = "1.4";

/// The name of the exported descriptor; its end is [`ABI_MAJOR`].
pub const SYMBOL: &str = "wirebench_plugin_v1";

/// What a plugin is. Constant, and alive as long as the process: a plugin is never unloaded.
#[repr(C)]
pub struct Plugin {
    /// [`MAGIC`].
    pub magic: u64,
    /// The size of this struct as the plugin knows it, in bytes.
    pub struct_size: u32,
    /// [`ABI_MAJOR`] as the plugin was built with; another one is refused.
    pub abi_major: u16,
    /// [`ABI_MINOR`] as the plugin was built with; a feature level, any is accepted.
    pub abi_minor: u16,
    /// Unique name, reversed-domain style: `org.example.echo`. At most 128 bytes of letters,
    /// digits, `.`, `_` and `-`.
    pub id: Bytes,
    /// The plugin's own version, for people. At most 128 bytes.
    pub version: Bytes,
    /// What it was built with, for people: `wirebench-sdk 0.1.0`. At most 128 bytes.
    pub sdk: Bytes,
    /// Array of `handlers_len` pointers (at most 64), none of them null.
    pub handlers: *const *const Handler,
    /// Number of handlers.
    pub handlers_len: usize,
    /// Array of `framings_len` pointers (at most 64), none of them null.
    pub framings: *const *const Framing,
    /// Number of framings.
    pub framings_len: usize,
    /// Array of `required_len` extension ids without which the plugin cannot work (at most 64).
    pub required: *const Bytes,
    /// Number of required extensions.
    pub required_len: usize,
    /// Array of `optional_len` extension ids that the plugin uses where they exist (at most 64).
    pub optional: *const Bytes,
    /// Number of optional extensions.
    pub optional_len: usize,
    /// How it was built: one of [`build`]. Since minor 1; where `struct_size` ends before it, as in
    /// [`Plugin::SIZE_1_0`], it counts as unknown.
    pub build: u64,
}

impl Plugin {
    /// The size of the struct in minor 0, in bytes: the least that a descriptor has.
    pub const SIZE_1_0: u32 = core::mem::offset_of!(Plugin, build) as u32;
}

/// How a plugin was built. Values without a name count as [`UNKNOWN`].
///
/// [`UNKNOWN`]: build::UNKNOWN
pub mod build {
    /// It does not say.
    pub const UNKNOWN: u64 = 0;
    /// Optimised.
    pub const RELEASE: u64 = 1;
    /// Not optimised, or with the checks of a debug build: its figures say nothing about cost.
    pub const DEBUG: u64 = 2;
}

// SAFETY: the descriptor is constant; nobody writes through its pointers.
unsafe impl Sync for Plugin {}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::format;

    #[test]
    fn the_version_is_written_as_its_numbers_say() {
        assert_eq!(ABI, format!("{ABI_MAJOR}.{ABI_MINOR}"));
        assert_eq!(SYMBOL, format!("wirebench_plugin_v{ABI_MAJOR}"));
    }
}
