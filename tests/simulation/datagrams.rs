//! Datagrams over the network in memory: each may be lost, doubled, overtaken, or find no room.

use super::network::{CLIENT, Network, SERVER};
use std::collections::VecDeque;
use std::io::{Error, ErrorKind, Result};
use wirebench::engine::{Batch, Datagram, NotTaken};

/// Datagrams that one call takes at most.
const MAX_AT_ONCE: usize = 8;

/// Datagrams of a round.
#[derive(Debug, Default)]
pub(super) struct Flying {
    /// When each arrives, at which side, over which connection.
    flying: Vec<(u64, usize, usize, Vec<u8>)>,
    /// What has come to the server's only socket.
    at_server: VecDeque<(usize, Vec<u8>)>,
    /// What has come to the socket of each connection of the client.
    at_client: Vec<VecDeque<Vec<u8>>>,
}

impl Flying {
    /// Something waits in the server's socket.
    pub(super) fn is_at_server(&self) -> bool {
        !self.at_server.is_empty()
    }

    /// Something waits in the socket of a connection of the client.
    pub(super) fn is_at_client(&self, index: usize) -> bool {
        self.at_client.get(index).is_some_and(|queue| !queue.is_empty())
    }
}

/// Datagrams that came together, and from which connection.
#[derive(Debug)]
pub(crate) struct Received {
    size: usize,
    datagrams: Vec<(usize, Vec<u8>)>,
}

impl Received {
    pub(crate) fn new(size: usize) -> Self {
        Self { size, datagrams: Vec::new() }
    }
}

impl Batch for Received {
    type Address = usize;

    fn datagram(&self, index: usize) -> Datagram<'_> {
        let bytes = &self.datagrams[index].1;
        Datagram { bytes: &bytes[..bytes.len().min(self.size)], whole: bytes.len() }
    }

    fn sender(&mut self, index: usize) -> usize {
        self.datagrams[index].0
    }
}

impl Network {
    /// A socket for a session of the client.
    pub(crate) fn open_socket(&mut self) -> usize {
        self.datagrams.at_client.push(VecDeque::new());
        self.add_open()
    }

    pub(crate) fn send_datagrams(
        &mut self,
        side: usize,
        index: usize,
        bytes: &[u8],
        lengths: impl Iterator<Item = usize>,
        alone: bool,
    ) -> std::result::Result<usize, (NotTaken, Error)> {
        let weather = self.weather();
        if self.chance(weather.interrupted) {
            return Err((NotTaken::Interrupted, ErrorKind::Interrupted.into()));
        }
        if self.chance(weather.refused) {
            let announced = side == CLIENT && self.chance(128);
            if announced {
                self.relieve_later(side, index);
            }
            let why = if announced { NotTaken::Full } else { NotTaken::Busy };
            return Err((why, ErrorKind::WouldBlock.into()));
        }
        let mut rest = bytes;
        let mut count = 0;
        for length in lengths.take(if alone { 1 } else { MAX_AT_ONCE }) {
            let (datagram, more) = rest.split_at(length);
            rest = more;
            count += 1;
            let copies = match () {
                () if self.chance(weather.lost) => 0,
                () if self.chance(weather.doubled) => 2,
                () => 1,
            };
            for _ in 0..copies {
                let at = self.arrival(weather.overtakes);
                self.datagrams.flying.push((at, 1 - side, index, datagram.to_vec()));
            }
        }
        Ok(count)
    }

    pub(crate) fn receive(
        &mut self,
        slot: Option<usize>,
        received: &mut Received,
    ) -> Result<(usize, bool)> {
        let weather = self.weather();
        if self.chance(weather.interrupted) {
            return Err(ErrorKind::Interrupted.into());
        }
        let most = 1 + self.below(MAX_AT_ONCE as u64) as usize;
        received.datagrams.clear();
        while received.datagrams.len() < most {
            let next = match slot {
                None => self.datagrams.at_server.pop_front(),
                Some(index) => self.datagrams.at_client[index].pop_front().map(|one| (index, one)),
            };
            let Some(next) = next else { break };
            received.datagrams.push(next);
        }
        match received.datagrams.len() {
            0 => Err(ErrorKind::WouldBlock.into()),
            count => Ok((count, count == most)),
        }
    }

    /// Lets the datagrams arrive that are due; tells which sides' sockets have something new.
    pub(super) fn deliver_datagrams(&mut self, now: u64) {
        if self.datagrams.flying.is_empty() {
            return;
        }
        let mut arrived: Vec<_> =
            self.datagrams.flying.extract_if(.., |one| one.0 <= now).collect();
        arrived.sort_by_key(|one| one.0);
        for (_, side, index, bytes) in arrived {
            if side == SERVER {
                self.datagrams.at_server.push_back((index, bytes));
            } else if self.is_open_at(CLIENT, index) {
                self.datagrams.at_client[index].push_back(bytes);
            }
            self.announce(side, index);
        }
    }

    pub(super) fn next_datagram(&self) -> Option<u64> {
        self.datagrams.flying.iter().map(|one| one.0).min()
    }
}
