//! Numbers that stand for socket addresses: what the ledger's directory knows connections by.

use socket2::SockAddr;

/// From here on, numbers stand for names: above the keys of all other addresses.
pub(super) const FIRST_NAME: u64 = 4 << 56;

/// A socket address as one number, exact and never 0: a family tag, then IPv4 address and port,
/// the port (IPv6: the address is always `::1`), or the up to seven bytes of a kernel-given
/// abstract Unix name. `None` for any other address: see [`names`](super::names).
pub fn key(address: &SockAddr) -> Option<u64> {
    if let Some(v4) = address.as_socket_ipv4() {
        return Some(1 << 56 | u64::from(v4.ip().to_bits()) << 16 | u64::from(v4.port()));
    }
    if let Some(v6) = address.as_socket_ipv6() {
        return v6.ip().is_loopback().then(|| 2 << 56 | u64::from(v6.port()));
    }
    let name = address.as_abstract_namespace()?;
    if name.is_empty() || name.len() > 7 || name.ends_with(&[0]) {
        return None;
    }
    Some(
        name.iter().fold(3, |number, byte| number << 8 | u64::from(*byte))
            << (8 * (7 - name.len())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    #[test]
    fn different_addresses_have_different_keys() {
        let addresses = ["127.0.0.1:1", "127.0.0.1:256", "127.0.0.2:1", "[::1]:1", "[::1]:256"];
        let keys: std::collections::HashSet<_> = addresses
            .iter()
            .map(|text| key(&SockAddr::from(text.parse::<SocketAddr>().unwrap())).unwrap())
            .collect();
        assert_eq!(keys.len(), addresses.len());
    }
}
