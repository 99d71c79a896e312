//! How connections come about.

use super::Streams;
use wirebench_measure::Unconnected;

/// What came of an attempt to connect.
pub enum Connecting<E> {
    /// A connection is under way, or stands already.
    Begun {
        /// What its bytes go through.
        endpoint: E,
        /// It stands.
        stands: bool,
    },
    /// The listener's queue is full: it will be served.
    Busy,
    /// Nobody takes it: how that showed, and in words.
    Refused(Unconnected, String),
    /// No local port is free.
    NoPort,
    /// There is no use in trying again, and why.
    Impossible(String),
}

/// What has become of a connection whose connect call has come to its end.
pub enum Connected {
    /// It stands.
    Stands,
    /// It does not: how that showed, and in words.
    Refused(Unconnected, String),
    /// The kernel has connected the socket to itself: nobody listens there.
    ToItself,
}

/// What there is to be accepted.
pub enum Accepted<E> {
    /// Somebody, with the number of the address it came from, where there is one.
    Peer(E, Option<u64>),
    /// Nobody now.
    Nobody,
    /// Somebody who is gone already, or the call was interrupted.
    Again,
    /// Nobody can be accepted, and why.
    Failed(String),
}

/// Connecting and accepting.
pub trait Connections: Streams {
    /// Begins a connection to where the server listens, for this session.
    fn connect(&mut self, session: u32) -> Connecting<Self::Endpoint>;

    /// What has become of a connection that was begun.
    fn connected(&mut self, slot: usize) -> Connected;

    /// True when the first segment of a connection that stands had to be sent again, as far as that is known: the
    /// listener's queue was full, or the segment was lost.
    fn was_sent_again(&self, slot: usize) -> bool;

    /// What is to be said where no local port is free.
    fn no_free_port(&self) -> String;

    /// Where the server listens, as it is shown.
    fn target(&self) -> String;

    /// Takes the next connection that waits.
    fn accept(&mut self) -> Accepted<Self::Endpoint>;

    /// Nobody is accepted any more.
    fn stop_accepting(&mut self);

    /// What is wrong with what this side has announced of its connections, if something is: somebody
    /// else has written to its memory.
    fn announcements_corruption(&self) -> Option<String>;
}
