//! The addresses that a client connects to our own server from.
//!
//! The server has to know an address before the connection comes, so the client chooses it. The
//! kernel's own choice (port 0) searches all ports for one that nobody has, and a connection that is
//! closed keeps its port for a minute (TIME_WAIT): once half of them wait, each search takes
//! milliseconds. So ports are taken in turn. One that waits is taken again (SO_REUSEADDR), which TCP
//! allows for a new connection between the same ends where timestamps tell the two apart (RFC 6191);
//! where they are off, another loopback address has ports of its own.
//!
//! A port that somebody has bound, or that waits after that, is none that the kernel gives to a program
//! which just connects, whichever address it is on. So only every second port is taken: those with
//! which the kernel begins for programs that bind, not those with which it begins for all others.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The ports that are the kernel's to give, for IPv6 too.
const RANGE: &str = "/proc/sys/net/ipv4/ip_local_port_range";

/// What the kernel gives when nobody says otherwise.
const USUAL: (u16, u16) = (32_768, 60_999);

/// From one port that is taken to the next.
const STEP: u16 = 2;

/// Loopback addresses used in turn (IPv4; `::1` is the only one of IPv6).
const ADDRESSES: u32 = 1 << 16;

/// How many ports and addresses our own client takes in turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnPorts {
    /// Ports of an address.
    pub ports: u64,
    /// Addresses (IPv4; of IPv6 there is one).
    pub addresses: u64,
}

impl OwnPorts {
    /// Those of a range of ports that are the kernel's to give: its first and its last, which is not less.
    pub fn of(range: (u16, u16)) -> Self {
        let (first, last) = taken(range);
        Self {
            ports: u64::from(last.saturating_sub(first) / STEP) + 1,
            addresses: ADDRESSES.into(),
        }
    }
}

/// The first and the last port of a range to take; all have the same parity.
fn taken(range: (u16, u16)) -> (u16, u16) {
    // The kernel gives ports of the parity of the first to those who just connect.
    let first = if range.0 < range.1 { range.0 + 1 } else { range.0 };
    (first, range.1 - (range.1 - first) % STEP)
}

/// Own addresses, one after the other, without end.
#[derive(Debug)]
pub struct Sources {
    /// The first and the last port to take; all have the same parity.
    ports: (u16, u16),
    port: u16,
    address: u32,
    addresses: u32,
    ipv6: bool,
}

impl Sources {
    /// Addresses of this machine, on `::1` or from `127.0.0.1` on.
    pub fn new(ipv6: bool) -> Self {
        // Processes that run at a time begin at different ports.
        Self::starting(local_ports(), ipv6, std::process::id())
    }

    pub(super) fn starting(range: (u16, u16), ipv6: bool, seed: u32) -> Self {
        let ports @ (first, last) = taken(range);
        let count = u32::from((last - first) / STEP) + 1;
        let port = first + (seed.wrapping_mul(101) % count) as u16 * STEP;
        Self { ports, port, address: 0, addresses: if ipv6 { 1 } else { ADDRESSES }, ipv6 }
    }

    /// The next address that may be free.
    pub fn take(&mut self) -> SocketAddr {
        let ip = match self.ipv6 {
            true => IpAddr::V6(Ipv6Addr::LOCALHOST),
            false => IpAddr::V4(Ipv4Addr::from_bits(Ipv4Addr::LOCALHOST.to_bits() + self.address)),
        };
        let next = SocketAddr::new(ip, self.port);
        if self.port == self.ports.1 {
            self.port = self.ports.0;
            self.leave_address();
        } else {
            self.port += STEP;
        }
        next
    }

    /// The ports of this address are taken: goes on with another address, where there is one.
    pub fn leave_address(&mut self) {
        self.address = (self.address + 1) % self.addresses;
    }

    /// The address given last is not this machine's. True: there is another one to try.
    pub fn only_the_first(&mut self) -> bool {
        let others = std::mem::replace(&mut self.addresses, 1) > 1;
        self.address = 0;
        others
    }
}

/// Why no further connection can be made, and what can be done: for a person.
pub fn no_free_port() -> String {
    let (first, last) = local_ports();
    format!(
        "no port is free to connect from: those of {first} to {last} are in use, or wait for a minute \
         after a connection that was closed (TIME_WAIT). Use fewer `load.connections` or \
         `load.session = \"keep\"`, widen `net.ipv4.ip_local_port_range`, or set \
         `net.ipv4.tcp_tw_reuse` to 1"
    )
}

/// The first and the last port that the kernel gives.
pub(super) fn local_ports() -> (u16, u16) {
    std::fs::read_to_string(RANGE).ok().and_then(|text| range(&text)).unwrap_or(USUAL)
}

/// Reads `32768 60999`.
fn range(text: &str) -> Option<(u16, u16)> {
    let mut numbers = text.split_ascii_whitespace().map(str::parse);
    let (first, last) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    (0 < first && first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_port_of_an_address_is_taken_before_the_next_address() {
        let mut sources = Sources::starting((40_000, 40_009), false, 3);
        let ports: HashSet<u16> = (0..5).map(|_| sources.take().port()).collect();
        assert_eq!(ports, [40_001, 40_003, 40_005, 40_007, 40_009].into());
        let all: HashSet<SocketAddr> = (0..1_000).map(|_| sources.take()).collect();
        assert_eq!(all.len(), 1_000, "none comes twice while there are other addresses");
        assert!(all.iter().all(|source| source.ip().is_loopback()));
    }

    #[test]
    fn ipv6_has_one_address_whose_ports_come_again() {
        let mut sources = Sources::starting((40_000, 40_004), true, 0);
        let first = sources.take();
        sources.leave_address();
        let others: HashSet<SocketAddr> = (0..9).map(|_| sources.take()).collect();
        assert_eq!(others.len(), 2);
        assert!(others.contains(&first) && first.ip().is_ipv6());
        assert!(!sources.only_the_first(), "there is no other address to try");
    }

    #[test]
    fn where_only_one_address_is_ours_its_ports_come_again() {
        let mut sources = Sources::starting((40_000, 40_001), false, 0);
        sources.leave_address();
        assert!(sources.only_the_first());
        assert!((0..9).all(|_| sources.take().ip() == IpAddr::V4(Ipv4Addr::LOCALHOST)));
        assert!(!sources.only_the_first());
    }

    #[test]
    fn a_range_that_cannot_be_one_is_not_believed() {
        assert_eq!(range("32768\t60999\n"), Some((32_768, 60_999)));
        assert_eq!(range("1024 1024"), Some((1_024, 1_024)));
        for text in ["", "32768", "60999 32768", "0 5", "1 65536", "-1 5", "a b"] {
            assert_eq!(range(text), None, "{text:?}");
        }
    }

    #[test]
    fn no_port_lies_outside_of_the_range_and_every_second_one_is_left_to_others() {
        for range in [(7, 7), (7, 8), (7, 9), (1, u16::MAX), (u16::MAX, u16::MAX)] {
            let counted = OwnPorts::of(range).ports;
            for seed in [0, 1, 12_345, u32::MAX] {
                let mut sources = Sources::starting(range, true, seed);
                let ports: HashSet<u16> = (0..70_000).map(|_| sources.take().port()).collect();
                assert!(ports.iter().all(|port| (range.0..=range.1).contains(port)), "{range:?}");
                assert_eq!(ports.len() as u64, counted, "{range:?}");
                let left = usize::from(range.1 - range.0) + 1 - ports.len();
                assert!(left.abs_diff(ports.len()) <= 1, "{range:?}");
            }
        }
    }
}
