//! The reference: what a careful person writes by hand for exactly this job and nothing else.
//! Blocking sockets, one process a side, `len32be` frames, no checks of what comes back.

use super::Shape;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// Serves `connections`, until they close.
pub(crate) fn server(connections: usize, batch: bool) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind");
    super::tell_address(listener.local_addr().expect("address"));
    let sockets = (0..connections)
        .map(|_| {
            let socket = listener.accept().expect("accept").0;
            socket.set_nodelay(true).expect("nodelay");
            socket
        })
        .collect();
    serve(sockets, batch);
}

/// Drives `shape.messages` exchanges; returns how long they took.
pub(crate) fn client(address: SocketAddr, shape: &Shape) -> Duration {
    let sockets: Vec<TcpStream> = (0..shape.connections)
        .map(|_| {
            let socket = TcpStream::connect(address).expect("connect");
            socket.set_nodelay(true).expect("nodelay");
            socket
        })
        .collect();
    drive(sockets, shape)
}

/// Bytes read and not yet used.
struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Buffer {
    fn new() -> Self {
        Self { bytes: vec![0; 128 << 10], start: 0, end: 0 }
    }

    /// One read; false at the end of input.
    fn fill(&mut self, socket: &mut TcpStream) -> bool {
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        let room = self.end..self.end + (64 << 10);
        let count = socket.read(&mut self.bytes[room]).unwrap_or(0);
        self.end += count;
        count > 0
    }

    /// The next whole frame, header included.
    fn frame(&mut self) -> Option<&[u8]> {
        let rest = &self.bytes[self.start..self.end];
        let header = rest.first_chunk::<4>()?;
        let len = 4 + u32::from_be_bytes(*header) as usize;
        let frame = rest.get(..len)?;
        self.start += len;
        Some(frame)
    }
}

/// Visits the connections in turn: in a closed loop every one of them has something to say.
fn serve(mut sockets: Vec<TcpStream>, batch: bool) {
    let mut buffers: Vec<Buffer> = sockets.iter().map(|_| Buffer::new()).collect();
    let mut out = Vec::with_capacity(128 << 10);
    loop {
        for (socket, buffer) in sockets.iter_mut().zip(&mut buffers) {
            if !buffer.fill(socket) {
                return;
            }
            out.clear();
            while let Some(frame) = buffer.frame() {
                if batch {
                    out.extend_from_slice(frame);
                } else if socket.write_all(frame).is_err() {
                    return;
                }
            }
            if batch && socket.write_all(&out).is_err() {
                return;
            }
        }
    }
}

fn drive(mut sockets: Vec<TcpStream>, shape: &Shape) -> Duration {
    let mut frame = (shape.payload as u32).to_be_bytes().to_vec();
    frame.resize(4 + shape.payload, b'x');
    let mut buffers: Vec<Buffer> = sockets.iter().map(|_| Buffer::new()).collect();
    let window = frame.repeat(shape.in_flight);
    let begun = Instant::now();
    for socket in &mut sockets {
        socket.write_all(&window).expect("write");
    }
    let mut answered = 0;
    let mut out = Vec::with_capacity(128 << 10);
    while answered < shape.messages {
        for (socket, buffer) in sockets.iter_mut().zip(&mut buffers) {
            assert!(buffer.fill(socket), "the server closed");
            out.clear();
            while buffer.frame().is_some() {
                answered += 1;
                if shape.batch {
                    out.extend_from_slice(&frame);
                } else {
                    socket.write_all(&frame).expect("write");
                }
            }
            if shape.batch {
                socket.write_all(&out).expect("write");
            }
        }
    }
    begun.elapsed()
}
