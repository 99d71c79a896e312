//! The reference over UDP: blocking `recv` and `send`, one datagram a message, one process a side,
//! no checks of what comes back. An empty datagram ends it.

use super::Shape;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

/// Room for any datagram here.
const ROOM: usize = 64 << 10;

/// Longer than any answer takes: a lost datagram must not hang the bench.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers everyone until an empty datagram comes.
pub(crate) fn server(_connections: usize, _batch: bool) {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind");
    super::tell_address(socket.local_addr().expect("address"));
    let mut bytes = vec![0; ROOM];
    loop {
        let (count, peer) = socket.recv_from(&mut bytes).expect("receive");
        if count == 0 {
            return;
        }
        socket.send_to(&bytes[..count], peer).expect("send");
    }
}

/// Drives `shape.messages` exchanges over one connected socket; returns how long they took.
pub(crate) fn client(address: SocketAddr, shape: &Shape) -> Duration {
    assert_eq!(shape.connections, 1, "the reference has one client");
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind");
    socket.connect(address).expect("connect");
    socket.set_read_timeout(Some(PATIENCE)).expect("timeout");
    let message = vec![b'x'; shape.payload];
    let mut bytes = vec![0; ROOM];
    let begun = Instant::now();
    for _ in 0..shape.in_flight {
        socket.send(&message).expect("send");
    }
    let mut sent = shape.in_flight as u64;
    for _ in 0..shape.messages {
        socket.recv(&mut bytes).expect("an answer");
        if sent < shape.messages {
            sent += 1;
            socket.send(&message).expect("send");
        }
    }
    let took = begun.elapsed();
    socket.send(&[]).expect("send");
    took
}
