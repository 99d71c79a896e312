//! Loading, checking and calling plugins: all of core's `unsafe` for plugins lives here.

mod services;
pub use services::{FinishAs, SendResult, Services, Token};
mod stub;
pub use stub::*;
