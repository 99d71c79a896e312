//! Whether somebody listens, seen from outside: asking by connecting would spend an accept of a
//! server that takes one connection only.

use super::transports::of;
use crate::scenario::{Address, TransportKind};
use std::io::Read;
use std::path::Path;

/// The longest table of the kernel that is read, in bytes.
const LONGEST: u64 = 64 << 20;

/// What the kernel's tables say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listening {
    /// Somebody listens.
    Yes,
    /// Nobody does.
    No,
    /// The tables cannot be read.
    Unknown,
}

/// Looks for a socket that listens, or over datagrams for one that is bound.
pub fn listening(address: &Address, kind: TransportKind) -> Listening {
    of(kind).listening(address)
}

/// True when nobody listens at an address, and connections that were closed there first wait
/// (TIME_WAIT): only sockets with SO_REUSEADDR may share it with them.
pub fn is_held_by_closed_connections(address: &Address, kind: TransportKind) -> bool {
    let sockets = of(kind);
    sockets.listening(address) == Listening::No && sockets.holds_closed_connections(address)
}

/// Looks in tables of IP sockets for one at this port in this state. Only the port counts: a server may
/// listen on all addresses.
pub(super) fn in_ip_tables(tables: [&str; 2], port: u16, state: &str) -> Listening {
    look(&tables, |text| in_ip_table(text, port, state))
}

/// Looks in the table of Unix sockets for one that is bound to this path and, if it `must_listen`,
/// listens.
pub(super) fn in_unix_tables(path: &Path, must_listen: bool) -> Listening {
    look(&["/proc/net/unix"], |text| in_unix_table(text, path, must_listen))
}

fn look(tables: &[&str], has: impl Fn(&str) -> bool) -> Listening {
    let tables: Vec<String> = tables.iter().filter_map(|path| table(path)).collect();
    if tables.is_empty() {
        return Listening::Unknown;
    }
    if tables.iter().any(|text| has(text)) { Listening::Yes } else { Listening::No }
}

fn table(path: &str) -> Option<String> {
    let mut bytes = Vec::new();
    std::fs::File::open(path).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// `sl local_address rem_address st …`, with addresses as `0100007F:0FA0`.
fn in_ip_table(text: &str, port: u16, state: &str) -> bool {
    let port = format!("{port:04X}");
    text.lines().skip(1).any(|line| {
        let mut words = line.split_whitespace().skip(1);
        let local = words.next().and_then(|local| local.rsplit_once(':'));
        local.is_some_and(|(_, it)| it == port) && words.nth(1) == Some(state)
    })
}

/// `Num RefCount Protocol Flags Type St Inode Path`; bit 16 of the flags says that it listens.
fn in_unix_table(text: &str, path: &Path, must_listen: bool) -> bool {
    text.lines().skip(1).any(|line| {
        let mut words = line.split_whitespace().skip(3);
        let flags = words.next().and_then(|flags| u32::from_str_radix(flags, 16).ok());
        let listens = !must_listen || flags.is_some_and(|flags| flags & 1 << 16 != 0);
        // The path may hold spaces: it is what follows the inode.
        let bound = words.nth(2).and_then(|inode| line.split_once(&format!(" {inode} ")));
        listens && bound.is_some_and(|(_, bound)| Path::new(bound.trim_start()) == path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::os::unix::net::UnixListener;

    #[test]
    fn a_listening_port_is_seen_and_is_gone_with_its_socket() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = Address::Ip(listener.local_addr().expect("its address"));
        assert_eq!(listening(&address, TransportKind::Tcp), Listening::Yes);
        drop(listener);
        assert_eq!(listening(&address, TransportKind::Tcp), Listening::No);
    }

    #[test]
    fn a_bound_datagram_socket_is_seen_and_is_no_listener() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let address = Address::Ip(socket.local_addr().expect("its address"));
        assert_eq!(listening(&address, TransportKind::Udp), Listening::Yes);
        drop(socket);
        assert_eq!(listening(&address, TransportKind::Udp), Listening::No);
    }

    #[test]
    fn a_connected_socket_does_not_listen() {
        let table =
            "  sl  local_address rem_address   st\n   0: 0100007F:0FA0 0100007F:1234 01 0:0\n";
        assert!(!in_ip_table(table, 4_000, "0A"));
        assert!(in_ip_table(&table.replace(" 01 ", " 0A "), 4_000, "0A"));
        assert!(!in_ip_table(&table.replace(" 01 ", " 0A "), 4_001, "0A"));
    }

    #[test]
    fn a_listening_path_is_seen_even_with_spaces_in_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("a socket");
        let address = Address::Path(path.clone());
        assert_eq!(listening(&address, TransportKind::Unix), Listening::No);
        let _listener = UnixListener::bind(&path).expect("it can be bound");
        assert_eq!(listening(&address, TransportKind::Unix), Listening::Yes);
    }

    #[test]
    fn any_table_gets_an_answer() {
        for text in ["", "\n", "x\ny", "h\n 0: : : :\n", "h\na b c zz e f g\n", "h\n1 2 3 00010000"]
        {
            assert!(!in_ip_table(text, 1, "0A"));
            assert!(!in_unix_table(text, Path::new("/x"), true));
        }
    }
}
