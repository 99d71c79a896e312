//! Datagrams alone and in batches: one system call receives or sends several, each with its own
//! length and peer.

#![allow(unsafe_code)] // No safe wrapper of these calls keeps the lengths of Unix addresses right.

use crate::engine::Datagram;
use socket2::{SockAddr, SockAddrStorage, Socket};
use std::io;
use std::os::fd::AsRawFd;
use std::ptr::null_mut;

/// With fewer datagrams at a time than this, receiving them one by one is faster: a ping-pong over
/// loopback takes 5 % longer with a batch of one than with two plain calls, the second of which
/// finds nothing.
const A_BATCH: usize = 3;

/// Datagrams that one call receives at most.
const MAX_RECEIVED: usize = 32;

/// Memory that receiving may take, but for reads that are larger than this on their own.
const RECEIVE_MEMORY: usize = 2 << 20;

/// Datagrams that one call sends at most.
const MAX_SENT: usize = 64;

/// Receives datagrams.
pub struct Receiver {
    /// What is offered to each datagram, in bytes.
    size: usize,
    bytes: Vec<u8>,
    names: Vec<SockAddrStorage>,
    vectors: Vec<libc::iovec>,
    headers: Vec<libc::mmsghdr>,
    /// Datagrams received since the socket was last empty, and the time before.
    now: usize,
    before: usize,
}

impl Receiver {
    /// Offers `size` bytes to each datagram.
    pub fn new(size: usize) -> Self {
        let size = size.max(1);
        let count = (RECEIVE_MEMORY / size).clamp(1, MAX_RECEIVED);
        let mut receiver = Self {
            size,
            bytes: vec![0; size * count],
            names: (0..count).map(|_| SockAddrStorage::zeroed()).collect(),
            vectors: Vec::with_capacity(count),
            headers: Vec::with_capacity(count),
            now: 0,
            before: 0,
        };
        for index in 0..count {
            let base = receiver.bytes[index * size..].as_mut_ptr().cast();
            receiver.vectors.push(libc::iovec { iov_base: base, iov_len: size });
        }
        for index in 0..count {
            let mut header = empty_header();
            header.msg_hdr.msg_name = (&raw mut receiver.names[index]).cast();
            header.msg_hdr.msg_namelen = name_room();
            header.msg_hdr.msg_iov = &raw mut receiver.vectors[index];
            header.msg_hdr.msg_iovlen = 1;
            receiver.headers.push(header);
        }
        receiver
    }

    /// Receives one datagram, and waits for it where the socket's calls do. Returns 1, and that there are
    /// no more: whoever waits so does so again, and need not know.
    pub fn wait(&mut self, socket: &Socket) -> io::Result<(usize, bool)> {
        let count = self.receive_one(socket, 0)?;
        (self.before, self.now) = (count, 0);
        Ok((count, false))
    }

    /// Receives some of what is there; returns how many datagrams, and whether there may be more.
    /// They come in a batch when there are many at a time.
    pub fn receive(&mut self, socket: &Socket) -> io::Result<(usize, bool)> {
        let many = self.before.max(self.now) >= A_BATCH;
        let result = if many {
            self.receive_batch(socket)
        } else {
            self.receive_one(socket, libc::MSG_DONTWAIT)
        };
        let all = if many { self.headers.len() } else { 1 };
        let more = result.as_ref().is_ok_and(|count| *count == all);
        self.now += result.as_ref().unwrap_or(&0);
        if !more {
            (self.before, self.now) = (self.now, 0);
        }
        result.map(|count| (count, more))
    }

    fn receive_one(&mut self, socket: &Socket, flags: libc::c_int) -> io::Result<usize> {
        let header = &mut self.headers[0];
        header.msg_hdr.msg_namelen = name_room();
        // SAFETY: the kernel writes no more than `size` bytes and the name's room into memory of
        // that size, which this value owns.
        let len = unsafe {
            libc::recvfrom(
                socket.as_raw_fd(),
                self.vectors[0].iov_base,
                self.size,
                flags | libc::MSG_TRUNC,
                header.msg_hdr.msg_name.cast(),
                &raw mut header.msg_hdr.msg_namelen,
            )
        };
        if len < 0 {
            return Err(io::Error::last_os_error());
        }
        // Asked like this, the kernel tells the datagram's own length.
        header.msg_len = u32::try_from(len).unwrap_or(u32::MAX);
        Ok(1)
    }

    fn receive_batch(&mut self, socket: &Socket) -> io::Result<usize> {
        // SAFETY: every header points to a name, a vector and bytes that this value owns and that
        // are never moved or resized; the kernel writes no more than the lengths given there.
        let count = unsafe {
            libc::recvmmsg(
                socket.as_raw_fd(),
                self.headers.as_mut_ptr(),
                self.headers.len() as libc::c_uint,
                (libc::MSG_DONTWAIT | libc::MSG_TRUNC) as _,
                null_mut(),
            )
        };
        if count < 0 { Err(io::Error::last_os_error()) } else { Ok(count as usize) }
    }

    /// The datagram at `index` of those that the last call received.
    #[inline]
    pub fn datagram(&self, index: usize) -> Datagram<'_> {
        let header = &self.headers[index];
        let start = index * self.size;
        let whole = header.msg_len as usize;
        Datagram { bytes: &self.bytes[start..start + whole.min(self.size)], whole }
    }

    /// Who sent it. To be asked at most once: the room for the next name is whole again after that.
    #[inline]
    pub fn peer(&mut self, index: usize) -> SockAddr {
        let header = &mut self.headers[index].msg_hdr;
        let length = header.msg_namelen.min(name_room());
        header.msg_namelen = name_room();
        let name = std::mem::replace(&mut self.names[index], SockAddrStorage::zeroed());
        // SAFETY: the kernel wrote a name of that length into the storage, which was zeroed before.
        unsafe { SockAddr::new(name, length) }
    }
}

/// Sends several datagrams to one peer.
pub struct Sender {
    vectors: Vec<libc::iovec>,
    headers: Vec<libc::mmsghdr>,
}

impl Default for Sender {
    fn default() -> Self {
        Self {
            vectors: vec![libc::iovec { iov_base: null_mut(), iov_len: 0 }; MAX_SENT],
            headers: vec![empty_header(); MAX_SENT],
        }
    }
}

impl Sender {
    /// Sends the datagrams of these lengths that stand in `bytes` one after the other, to `peer` or
    /// to whom the socket is connected to; returns how many were taken. An error is about the first.
    pub fn send(
        &mut self,
        socket: &Socket,
        peer: Option<&SockAddr>,
        mut bytes: &[u8],
        lengths: impl Iterator<Item = usize>,
    ) -> io::Result<usize> {
        let mut count = 0;
        for length in lengths.take(MAX_SENT) {
            let (datagram, rest) = bytes.split_at(length);
            bytes = rest;
            self.vectors[count] =
                libc::iovec { iov_base: datagram.as_ptr().cast_mut().cast(), iov_len: length };
            let header = &mut self.headers[count].msg_hdr;
            header.msg_iov = &raw mut self.vectors[count];
            header.msg_iovlen = 1;
            header.msg_name = peer.map_or(null_mut(), |peer| peer.as_ptr().cast_mut().cast());
            header.msg_namelen = peer.map_or(0, SockAddr::len);
            count += 1;
        }
        // SAFETY: the first `count` headers point to vectors, bytes and a name that outlive the
        // call, which only reads them and writes the lengths sent into the headers.
        let sent = unsafe {
            libc::sendmmsg(
                socket.as_raw_fd(),
                self.headers.as_mut_ptr(),
                count as libc::c_uint,
                (libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL) as _,
            )
        };
        if sent < 0 { Err(io::Error::last_os_error()) } else { Ok(sent as usize) }
    }
}

/// Sends one datagram.
#[inline]
pub fn send(socket: &Socket, peer: Option<&SockAddr>, bytes: &[u8]) -> io::Result<usize> {
    let flags = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;
    match peer {
        Some(peer) => socket.send_to_with_flags(bytes, peer, flags),
        None => socket.send_with_flags(bytes, flags),
    }
}

/// Datagrams that the kernel has dropped on arrival since the socket was opened, nearly always
/// because the receive buffer was full. It is the counter that SO_RXQ_OVFL attaches to the next
/// datagram; read from the socket itself, it also knows of drops that no datagram followed.
pub fn kernel_drops(socket: &Socket) -> u64 {
    const COUNTERS: usize = libc::SK_MEMINFO_DROPS as usize + 1;
    let mut info = [0_u32; COUNTERS];
    let mut length = size_of_val(&info) as libc::socklen_t;
    // SAFETY: the kernel writes at most `length` bytes into `info`, which is that large.
    let status = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_MEMINFO,
            info.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    let told = status == 0 && length as usize == size_of_val(&info);
    if told { u64::from(info[COUNTERS - 1]) } else { 0 }
}

fn name_room() -> libc::socklen_t {
    size_of::<SockAddrStorage>() as libc::socklen_t
}

fn empty_header() -> libc::mmsghdr {
    // SAFETY: a message header is plain numbers and pointers, for which all zeros is a valid value.
    unsafe { std::mem::zeroed() }
}

#[cfg(test)]
mod tests {
    use super::super::keys::key;
    use super::super::socket::{connect, listen, own_address, prepare};
    use super::super::sources::Sources;
    use super::*;
    use crate::scenario::{Address, Transport, TransportKind};
    use std::path::Path;

    fn transport(kind: TransportKind, ipv6: bool) -> Transport {
        Transport { kind, ipv6, read_size: 64, ..Transport::default() }
    }

    /// What one socket has received: bytes, how many it should have been, and the sender's key.
    fn all(receiver: &mut Receiver, socket: &Socket) -> Vec<(Vec<u8>, usize, Option<u64>)> {
        let mut found = Vec::new();
        while let Ok((count, more)) = receiver.receive(socket) {
            for index in 0..count {
                let datagram = receiver.datagram(index);
                let (bytes, whole) = (datagram.bytes.to_vec(), datagram.whole);
                found.push((bytes, whole, key(&receiver.peer(index))));
            }
            if !more {
                break;
            }
        }
        found
    }

    /// A server's socket, a connected client's, and the client's key.
    fn pair(kind: TransportKind, ipv6: bool) -> (Socket, Socket, u64) {
        let folder = tempfile::tempdir().unwrap();
        let transport = transport(kind, ipv6);
        let wanted = own_address(&transport, &folder.path().join("s"));
        let (server, address) = listen(&transport, &wanted).unwrap();
        let (client, key) = prepare(&transport, &mut Sources::new(transport.ipv6)).unwrap();
        assert!(connect(&client, &address).unwrap());
        (server, client, key.unwrap())
    }

    fn kinds() -> [(TransportKind, bool); 3] {
        [(TransportKind::Udp, false), (TransportKind::Udp, true), (TransportKind::Unixgram, false)]
    }

    #[test]
    fn datagrams_keep_their_bounds_and_their_sender_alone_and_in_batches() {
        for (kind, ipv6) in kinds() {
            let (server, client, client_key) = pair(kind, ipv6);
            let mut receiver = Receiver::new(64);
            for _ in 0..5 {
                let sent = Sender::default().send(&client, None, b"abcde", [2, 0, 3].into_iter());
                assert_eq!(sent.unwrap(), 3);
                let found = all(&mut receiver, &server);
                let expected = [&b"ab"[..], b"", b"cde"];
                assert!(found.iter().map(|one| &*one.0).eq(expected), "{found:?}");
                assert!(
                    found.iter().all(|one| one.1 == one.0.len() && one.2 == Some(client_key)),
                    "{found:?}"
                );
            }
        }
    }

    #[test]
    fn more_than_a_batch_is_received_to_the_end() {
        let (server, client, _) = pair(TransportKind::Udp, false);
        let mut receiver = Receiver::new(64);
        for count in [1_u8, 2, 3, 4, 31, 32, 33, 34, 35, 64, 100, 1] {
            (0..count).for_each(|number| _ = send(&client, None, &[number]).unwrap());
            let found = all(&mut receiver, &server);
            assert!(found.iter().map(|one| one.0[0]).eq(0..count), "{count}: {found:?}");
        }
    }

    #[test]
    fn an_answer_finds_the_sender_again_and_again() {
        for (kind, ipv6) in kinds() {
            let (server, client, _) = pair(kind, ipv6);
            let (mut there, mut back) = (Receiver::new(64), Receiver::new(64));
            for round in 0..3_u8 {
                send(&client, None, &[round]).unwrap();
                assert_eq!(there.receive(&server).unwrap(), (1, true));
                let peer = there.peer(0);
                send(&server, Some(&peer), &[round, round]).unwrap();
                assert_eq!(all(&mut back, &client)[0].0, [round, round]);
            }
            let none = there.receive(&server).unwrap_err();
            assert_eq!(none.kind(), io::ErrorKind::WouldBlock);
        }
    }

    #[test]
    fn a_datagram_longer_than_the_read_is_cut_and_says_so() {
        for (kind, ipv6) in kinds() {
            let (server, client, _) = pair(kind, ipv6);
            let mut receiver = Receiver::new(64);
            // The first time alone, then in batches.
            for _ in 0..3 {
                for len in [63, 64, 65, 200] {
                    send(&client, None, &vec![7; len]).unwrap();
                }
                let found = all(&mut receiver, &server);
                let found = found.iter().map(|one| (one.0.len(), one.1));
                assert!(found.eq([(63, 63), (64, 64), (64, 65), (64, 200)]));
            }
        }
    }

    #[test]
    fn what_the_kernel_drops_is_known() {
        let (server, client, _) = pair(TransportKind::Udp, false);
        server.set_recv_buffer_size(1).unwrap();
        for _ in 0..50 {
            send(&client, None, &[1; 1_000]).unwrap();
        }
        let mut receiver = Receiver::new(64);
        let arrived = all(&mut receiver, &server).len() as u64;
        assert!(arrived < 50);
        assert_eq!(kernel_drops(&server), 50 - arrived);
    }

    #[test]
    fn a_full_unix_queue_makes_the_sender_wait() {
        let (server, client, _) = pair(TransportKind::Unixgram, false);
        let mut sent = 0;
        let full = loop {
            match send(&client, None, b"x") {
                Ok(_) => sent += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(full.kind(), io::ErrorKind::WouldBlock);
        let mut receiver = Receiver::new(64);
        assert_eq!((all(&mut receiver, &server).len(), kernel_drops(&server)), (sent, 0));
    }

    #[test]
    fn a_datagram_to_nobody_is_refused() {
        let transport = transport(TransportKind::Udp, false);
        let wanted = own_address(&transport, Path::new(""));
        let (nobody, address) = listen(&transport, &wanted).unwrap();
        let (client, _) = prepare(&transport, &mut Sources::new(transport.ipv6)).unwrap();
        connect(&client, &address).unwrap();
        drop(nobody);
        send(&client, None, b"hello?").unwrap();
        let refused = Receiver::new(64).receive(&client).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
        assert!(matches!(address, Address::Ip(_)));
    }
}
