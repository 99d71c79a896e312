//! A port for a program that is to listen and that has to be told where.

use super::sources::local_ports;
use socket2::{Domain, Socket, Type};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

/// Ports below these are looked for by name: databases, proxies and the like.
const FIRST: u16 = 10_000;

/// Fewer ports than this are too few to choose from.
const FEW: u16 = 1_000;

/// Ports that are tried before the kernel is asked.
const TRIES: u32 = 64;

/// A port of `ip` that nobody has now. Nobody holds it until the program takes it, so it is none of
/// those that the kernel gives to whoever names none: on a busy machine one of these may be gone within
/// milliseconds.
pub(super) fn free_port(ip: IpAddr, datagrams: bool) -> io::Result<u16> {
    if let Some(ports) = unasked(local_ports()) {
        for _ in 0..TRIES {
            let port = pick(&ports, RandomState::new().build_hasher().finish());
            if bound(ip, port, datagrams).is_ok() {
                return Ok(port);
            }
        }
    }
    bound(ip, 0, datagrams)
}

/// Ports beside those that the kernel gives by itself, the first and the last of which are these.
fn unasked((first, last): (u16, u16)) -> Option<RangeInclusive<u16>> {
    let below = FIRST..=first.saturating_sub(1);
    let above = last.saturating_add(1)..=u16::MAX;
    let is_wide = |ports: &RangeInclusive<u16>| ports.end().saturating_sub(*ports.start()) >= FEW;
    [below, above].into_iter().find(is_wide)
}

fn pick(ports: &RangeInclusive<u16>, random: u64) -> u16 {
    let count = u64::from(ports.end() - ports.start()) + 1;
    ports.start() + (random % count) as u16
}

/// Binds a port (0: one of the kernel's choice) without SO_REUSEADDR, as the program may, and gives it
/// back at once; nothing was accepted, so that the program can take it.
fn bound(ip: IpAddr, port: u16, datagrams: bool) -> io::Result<u16> {
    let address = SocketAddr::new(ip, port);
    let kind = if datagrams { Type::DGRAM } else { Type::STREAM };
    let socket = Socket::new(Domain::for_address(address), kind, None)?;
    socket.bind(&address.into())?;
    let bound = socket.local_addr()?.as_socket();
    bound.map(|bound| bound.port()).ok_or_else(|| io::Error::other("a socket without a port"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, TcpListener};

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn it_is_none_that_the_kernel_gives_by_itself_where_there_are_others() {
        assert_eq!(unasked((32_768, 60_999)), Some(10_000..=32_767));
        assert_eq!(unasked((1_024, 60_999)), Some(61_000..=65_535));
        assert_eq!(unasked((1_024, 65_535)), None);
        let ports = 10_000..=10_002;
        let picked: Vec<_> = [0, 2, 3, u64::MAX].map(|random| pick(&ports, random)).into();
        assert_eq!(picked, [10_000, 10_002, 10_000, 10_000]);
    }

    #[test]
    fn it_can_be_bound_and_one_that_is_taken_is_not_given() {
        for datagrams in [false, true] {
            let port = free_port(HERE, datagrams).expect("a port");
            assert_eq!(bound(HERE, port, datagrams).ok(), Some(port));
        }
        let taken = TcpListener::bind((HERE, 0)).expect("a port");
        let port = taken.local_addr().expect("an address").port();
        assert!(bound(HERE, port, false).is_err());
    }
}
