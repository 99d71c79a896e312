//! The link: seeded impairments between framing and transport, without an extra hop.
//!
//! Loopback is kind: its segments are huge and it loses nothing. A link makes one direction of a
//! conversation hostile on purpose, and always in the same way: whether and where something happens
//! depends on the seed, the session, the direction and the offset on the wire (over datagrams: the
//! number of the datagram), never on the time.
//!
//! Pure: bytes, offsets and time are arguments. [`StreamLink`] and [`DatagramLink`] stand where a
//! side writes, [`ReadLink`] where it reads; each says what to do next and lists the [`Fault`]s it
//! makes. The receiver's [`FaultAttribution`] joins those faults with the judge's verdicts.
//!
//! | file | what |
//! |---|---|
//! | `direction_profile` | what a scenario asks of one direction |
//! | `dice` | chance that follows from seed, direction and offset alone |
//! | `fault`, `traces` | what was done, where, what it may cause, and what can be seen of it |
//! | `frames` | which bytes on the wire are whose |
//! | `pieces`, `ends`, `pace` | where to cut, where to end, when to let go |
//! | `stream`, `datagrams`, `reading` | the three places where it acts |
//! | `attribution`, `remembered` | the join with the verdicts |
//! | `tally`, `sessions` | what is reported |

#![forbid(unsafe_code)]
#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]

mod attribution;
mod datagrams;
mod dice;
mod direction_profile;
mod ends;
mod fault;
mod frames;
mod pace;
mod pieces;
mod reading;
mod remembered;
mod sessions;
mod stream;
mod tally;
mod traces;

/// Sessions that may go in lock-step at the same time: each has a place in shared memory in which its
/// reader says how far it has come.
pub const LOCK_STEP_SESSIONS: usize = 1_024;

/// A call that fails and has to be made again, as POSIX has it (`read`, `write`: EINTR, EAGAIN).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A signal came first: try again at once.
    Interrupted,
    /// It would block: try again when the socket is ready.
    WouldBlock,
}

pub use attribution::{FaultAttribution, ReadBound};
pub use datagrams::DatagramLink;
pub use dice::FlowKey;
pub use direction_profile::{DirectionProfile, Link, Point};
pub use fault::{Fault, FaultKind, FrameRegion};
pub use frames::FrameSpan;
pub use pieces::Pieces;
pub use reading::{ReadLink, ReadStep};
pub use sessions::Sessions;
pub use stream::{Step, StreamLink};
pub use tally::{Explained, KindCount, LinkReport, LinkTally, MAX_LOGGED};
