//! The C tables that the safe traits are called through.

mod batch;
mod framing;
mod panic;
mod side;

pub use framing::framing_table;
pub(crate) use side::bytes;
pub use side::handler_table;
