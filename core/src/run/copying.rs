//! The cheapest server there can be: what comes is sent back, byte for byte. Against it, what a client measures is
//! its own floor.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

/// Bytes read at a time.
const PIECE: usize = 64 << 10;

/// Plays the part of the hidden verb that copies on a port of the loopback, one connection after the other, until it is
/// killed. Returns the process's exit status.
pub fn copying_main(arguments: &[std::ffi::OsString]) -> i32 {
    let [port] = arguments else { return 2 };
    let Some(port) = port.to_str().and_then(|port| port.parse().ok()) else { return 2 };
    let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) else { return 1 };
    for connection in listener.incoming().flatten() {
        // Whoever ends a connection in the midst of it has had enough.
        let _ = copy(connection);
    }
    0
}

fn copy(mut connection: TcpStream) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut piece = vec![0; PIECE];
    loop {
        match connection.read(&mut piece)? {
            0 => return Ok(()),
            len => connection.write_all(&piece[..len])?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Shutdown;

    #[test]
    fn what_comes_goes_back_until_the_peer_ends() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let mut client =
            TcpStream::connect(listener.local_addr().expect("it")).expect("it listens");
        let server = std::thread::spawn(move || copy(listener.accept().expect("a peer").0));
        let sent: Vec<u8> = (0..200_000u32).map(|byte| byte as u8).collect();
        let mut writer = client.try_clone().expect("a socket");
        let said = sent.clone();
        let writing = std::thread::spawn(move || {
            writer.write_all(&said)?;
            writer.shutdown(Shutdown::Write)
        });
        let mut got = Vec::new();
        client.read_to_end(&mut got).expect("it is readable");
        writing.join().expect("no panic").expect("it takes all");
        server.join().expect("no panic").expect("it ends in order");
        assert!(got == sent, "{} bytes of {}", got.len(), sent.len());
    }

    #[test]
    fn without_a_port_nothing_is_served() {
        assert_eq!(copying_main(&[]), 2);
        assert_eq!(copying_main(&["none".into()]), 2);
    }
}
