//! Numbers for addresses that no number stands for: names that the owners of Unix sockets chose, and
//! IPv6 addresses other than loopback.

use super::keys::FIRST_NAME;
use socket2::SockAddr;
use std::collections::HashMap;
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;

/// The addresses that are remembered, each with its number.
#[derive(Debug)]
pub struct Names {
    numbers: HashMap<Arc<[u8]>, u64>,
    names: HashMap<u64, Arc<[u8]>>,
    next: u64,
    scratch: Vec<u8>,
}

impl Default for Names {
    fn default() -> Self {
        let (numbers, names) = (HashMap::new(), HashMap::new());
        Self { numbers, names, next: FIRST_NAME, scratch: Vec::new() }
    }
}

impl Names {
    /// The number of an address: the one that is remembered, or the next. `None`: it is no address
    /// that could be answered.
    pub fn number(&mut self, address: &SockAddr) -> Option<u64> {
        self.spell(address)?;
        Some(self.numbers.get(self.scratch.as_slice()).copied().unwrap_or(self.next))
    }

    /// Remembers an address, if `number` is one that was given here.
    pub fn remember(&mut self, number: u64, address: &SockAddr) {
        if number != self.next || self.spell(address).is_none() {
            return;
        }
        let name: Arc<[u8]> = self.scratch.as_slice().into();
        self.numbers.insert(Arc::clone(&name), number);
        self.names.insert(number, name);
        self.next += 1;
    }

    /// Forgets the address of a number.
    pub fn forget(&mut self, number: u64) {
        if let Some(name) = self.names.remove(&number) {
            self.numbers.remove(&name);
        }
    }

    /// Writes what an address is told apart by.
    fn spell(&mut self, address: &SockAddr) -> Option<()> {
        let name = &mut self.scratch;
        name.clear();
        if let Some(v6) = address.as_socket_ipv6() {
            name.extend_from_slice(&v6.ip().octets());
            name.extend_from_slice(&v6.port().to_be_bytes());
            name.extend_from_slice(&v6.scope_id().to_be_bytes());
        } else if let Some(path) = address.as_pathname() {
            name.push(b'/');
            name.extend_from_slice(path.as_os_str().as_bytes());
        } else {
            name.push(0);
            name.extend_from_slice(address.as_abstract_namespace()?);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    fn unix(name: &str) -> SockAddr {
        SockAddr::unix(name).unwrap()
    }

    #[test]
    fn every_address_has_a_number_of_its_own_for_as_long_as_it_is_remembered() {
        let mut names = Names::default();
        let ip = |text: &str| SockAddr::from(text.parse::<SocketAddr>().unwrap());
        let addresses = [
            unix("/tmp/a"),
            unix("/tmp/b"),
            unix("tmp/a"),
            unix("\0/tmp/a"),
            unix("\0ab"),
            unix("\0ab\0"),
            ip("[fe80::1]:7"),
            ip("[fe80::1]:8"),
            ip("[fe80::2]:7"),
        ];
        let mut numbers = std::collections::HashSet::new();
        for address in &addresses {
            let number = names.number(address).unwrap();
            assert_eq!(names.number(address), Some(number));
            names.remember(number, address);
            numbers.insert(number);
        }
        assert_eq!(numbers.len(), addresses.len());
        for address in &addresses {
            let number = names.number(address).unwrap();
            assert!(numbers.contains(&number));
            names.forget(number);
            assert!(!numbers.contains(&names.number(address).unwrap()));
        }
        assert!(names.numbers.is_empty() && names.names.is_empty());
    }

    #[test]
    fn a_socket_without_a_name_has_no_number() {
        let (one, _other) =
            socket2::Socket::pair(socket2::Domain::UNIX, socket2::Type::DGRAM, None).unwrap();
        assert_eq!(Names::default().number(&one.local_addr().unwrap()), None);
    }
}
