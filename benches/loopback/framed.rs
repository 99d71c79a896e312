//! The same job with tokio and tokio-util's `Framed`, one process and one
//! current-thread runtime a side.

use super::Shape;
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::codec::{Framed, LengthDelimitedCodec};

/// Serves `connections`, until they close.
pub(crate) fn server(connections: usize, batch: bool) {
    runtime().block_on(async move {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("bind");
        super::tell_address(listener.local_addr().expect("address"));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..connections {
            let socket = listener.accept().await.expect("accept").0;
            tasks.spawn(serve(socket, batch));
        }
        while tasks.join_next().await.is_some() {}
    });
}

/// Drives `shape.messages` exchanges; returns how long they took.
pub(crate) fn client(address: SocketAddr, shape: &Shape) -> Duration {
    runtime().block_on(drive_all(address, shape))
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_io().build().expect("runtime")
}

fn framed(socket: TcpStream) -> Framed<TcpStream, LengthDelimitedCodec> {
    socket.set_nodelay(true).expect("nodelay");
    let mut framed = Framed::new(socket, LengthDelimitedCodec::new());
    // By itself it writes whenever 8 KiB have gathered; the policy is one write a turn.
    framed.set_backpressure_boundary(1 << 20);
    framed
}

async fn serve(socket: TcpStream, batch: bool) {
    let (mut sink, stream) = framed(socket).split();
    let mut chunks = stream.ready_chunks(if batch { 1_024 } else { 1 });
    while let Some(chunk) = chunks.next().await {
        for message in chunk {
            let Ok(message) = message else { return };
            if sink.feed(message.freeze()).await.is_err() {
                return;
            }
        }
        if sink.flush().await.is_err() {
            return;
        }
    }
}

async fn drive_all(address: SocketAddr, shape: &Shape) -> Duration {
    let mut sockets = Vec::new();
    for _ in 0..shape.connections {
        sockets.push(TcpStream::connect(address).await.expect("connect"));
    }
    let each = shape.messages / shape.connections as u64;
    let begun = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for socket in sockets {
        tasks.spawn(drive(socket, each, shape.in_flight, shape.payload, shape.batch));
    }
    while let Some(result) = tasks.join_next().await {
        result.expect("client task");
    }
    begun.elapsed()
}

async fn drive(socket: TcpStream, messages: u64, in_flight: usize, payload: usize, batch: bool) {
    let message = Bytes::from(vec![b'x'; payload]);
    let (mut sink, stream) = framed(socket).split();
    let mut chunks = stream.ready_chunks(if batch { 1_024 } else { 1 });
    for _ in 0..in_flight {
        sink.feed(message.clone()).await.expect("write");
    }
    sink.flush().await.expect("write");
    let mut answered = 0;
    while answered < messages {
        let Some(chunk) = chunks.next().await else { return };
        answered += chunk.len() as u64;
        for reply in chunk {
            assert_eq!(reply.expect("read").len(), payload);
            sink.feed(message.clone()).await.expect("write");
        }
        sink.flush().await.expect("write");
    }
}
