//! `[link]`: what the link does, and what it cannot do where.

mod check;
mod count;
mod keys;
mod read;

pub(super) use check::check;
pub use count::{PieceCount, pieces_of};
pub use keys::LINK_KEYS;
pub(super) use read::{DIRECTIONS, pieces, point, read};
