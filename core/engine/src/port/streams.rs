//! Bytes to and from the endpoint of a slot.

use std::io;

/// Reading, writing and closing.
pub trait Streams {
    /// What the bytes of a connection go through.
    type Endpoint;

    /// Gives a slot its endpoint, and watches it; `wants_write`: for writability too.
    fn attach(
        &mut self,
        slot: usize,
        endpoint: Self::Endpoint,
        wants_write: bool,
    ) -> Result<(), String>;

    /// Announces from now on when there is something to read, and with `wants_write` when there is
    /// room to write. What holds already is announced once more.
    fn watch(&mut self, slot: usize, wants_write: bool);

    /// Reads; 0 bytes are the end. Of a packet that is longer than `room`, its length is returned, and
    /// what does not fit is gone.
    fn read(&mut self, slot: usize, room: &mut [u8]) -> io::Result<usize>;

    /// Writes; returns how much was taken.
    fn send(&mut self, slot: usize, bytes: &[u8]) -> io::Result<usize>;

    /// Writes `frame` with `payload` put in at `at`; returns how much of both was taken.
    fn send_around(
        &mut self,
        slot: usize,
        frame: &[u8],
        at: usize,
        payload: &[u8],
    ) -> io::Result<usize>;

    /// Shuts the sending direction down.
    fn shutdown_write(&mut self, slot: usize);

    /// The close that follows is a reset: what the peer has not read is thrown away.
    fn reset_on_close(&mut self, slot: usize);

    /// Closes; returns the TCP segments with data that have been sent.
    fn close(&mut self, slot: usize) -> u64;
}
