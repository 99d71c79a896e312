//! The reference: what a careful person writes by hand for exactly this job and nothing else. One
//! thread and one poll a side, `len32be` frames, no checks of what they hold.

use super::{LISTENERS, NAME, PAYLOAD, Shape, WINDOW};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::{Duration, Instant};

const READ: usize = 64 << 10;

/// A frame of what is said, and of what is heard.
const SAID: usize = 4 + PAYLOAD;
const HEARD: usize = SAID + NAME.len();

/// Takes the whole frames out of what was read, and calls `each` with what they hold.
fn frames(rest: &mut Vec<u8>, mut each: impl FnMut(&[u8])) {
    let mut used = 0;
    while let Some(header) = rest[used..].first_chunk::<4>() {
        let len = u32::from_be_bytes(*header) as usize;
        let Some(message) = rest.get(used + 4..used + 4 + len) else { break };
        each(message);
        used += 4 + len;
    }
    rest.drain(..used);
}

/// A connection and what it has yet to write.
struct Member {
    socket: TcpStream,
    out: Vec<u8>,
    waits: bool,
}

impl Member {
    /// Writes what the socket takes, and asks to be told when it takes more.
    fn flush(&mut self, poll: &Poll, token: usize) {
        let mut written = 0;
        while written < self.out.len() {
            match self.socket.write(&self.out[written..]) {
                Ok(count) => written += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => written = self.out.len(),
            }
        }
        self.out.drain(..written);
        if self.waits == self.out.is_empty() {
            self.waits = !self.waits;
            let interest = if self.waits {
                Interest::READABLE | Interest::WRITABLE
            } else {
                Interest::READABLE
            };
            poll.registry().reregister(&mut self.socket, Token(token), interest).expect("watch");
        }
    }
}

fn watched(poll: &Poll, sockets: Vec<std::net::TcpStream>) -> Vec<Member> {
    let watch = |(token, socket): (usize, std::net::TcpStream)| {
        socket.set_nodelay(true).expect("nodelay");
        socket.set_nonblocking(true).expect("nonblocking");
        let mut socket = TcpStream::from_std(socket);
        poll.registry().register(&mut socket, Token(token), Interest::READABLE).expect("watch");
        Member { socket, out: Vec::new(), waits: false }
    };
    sockets.into_iter().enumerate().map(watch).collect()
}

/// Passes on what the first connection says to all others, until it closes.
pub(crate) fn server(batch: bool) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind");
    println!("{}", listener.local_addr().expect("address"));
    let accepted = (0..=LISTENERS).map(|_| listener.accept().expect("accept").0).collect();
    let mut poll = Poll::new().expect("poll");
    let mut members = watched(&poll, accepted);
    let mut events = Events::with_capacity(1_024);
    let (mut input, mut rest) = (vec![0; READ], Vec::<u8>::new());
    let mut frame = Vec::with_capacity(HEARD);
    loop {
        poll.poll(&mut events, None).expect("poll");
        let mut speaks = false;
        for event in &events {
            let Token(token) = event.token();
            speaks |= token == 0 && event.is_readable();
            if event.is_writable() {
                members[token].flush(&poll, token);
            }
        }
        if !speaks {
            continue;
        }
        loop {
            match members[0].socket.read(&mut input) {
                Ok(0) => return,
                Ok(count) => rest.extend_from_slice(&input[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => return,
            }
            frames(&mut rest, |said| {
                frame.clear();
                frame.extend_from_slice(&((NAME.len() + said.len()) as u32).to_be_bytes());
                frame.extend_from_slice(NAME.as_bytes());
                frame.extend_from_slice(said);
                for (token, member) in members.iter_mut().enumerate().skip(1) {
                    member.out.extend_from_slice(&frame);
                    if !batch && !member.waits {
                        member.flush(&poll, token);
                    }
                }
            });
        }
        if batch {
            for (token, member) in members.iter_mut().enumerate().skip(1) {
                if !member.waits && !member.out.is_empty() {
                    member.flush(&poll, token);
                }
            }
        }
    }
}

/// Says `shape.messages`, with a window that moves when all have heard; returns how long that took.
pub(crate) fn client(address: SocketAddr, shape: &Shape) -> Duration {
    let connect = |_| std::net::TcpStream::connect(address).expect("connect");
    let mut poll = Poll::new().expect("poll");
    let mut members = watched(&poll, (0..=LISTENERS).map(connect).collect());
    let mut frame = (PAYLOAD as u32).to_be_bytes().to_vec();
    frame.resize(SAID, b'x');
    let mut events = Events::with_capacity(1_024);
    let (mut input, mut heard, mut said) = (vec![0; READ], vec![0_u64; LISTENERS + 1], 0);
    let mut rests = vec![Vec::new(); LISTENERS + 1];
    let begun = Instant::now();
    loop {
        let slowest = heard[1..].iter().min().expect("listeners");
        if *slowest == shape.messages {
            return begun.elapsed();
        }
        while said < shape.messages && said < *slowest + WINDOW as u64 {
            members[0].out.extend_from_slice(&frame);
            said += 1;
            if !shape.batch && !members[0].waits {
                members[0].flush(&poll, 0);
            }
        }
        if !members[0].waits && !members[0].out.is_empty() {
            members[0].flush(&poll, 0);
        }
        poll.poll(&mut events, None).expect("poll");
        for event in &events {
            let Token(token) = event.token();
            if event.is_writable() {
                members[token].flush(&poll, token);
            }
            while event.is_readable() {
                match members[token].socket.read(&mut input) {
                    Ok(0) => panic!("the server closed"),
                    Ok(count) => {
                        rests[token].extend_from_slice(&input[..count]);
                        frames(&mut rests[token], |_| heard[token] += 1);
                        if count < READ {
                            break;
                        }
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) => panic!("{error}"),
                }
            }
        }
    }
}
