//! How many connections ports allow to one address.

use super::CONNECTIONS;
use super::finding::Finding;
use crate::machine::Root;
use crate::scenario::grouped;
use crate::text::plural;

/// From how many ports in TIME_WAIT on, of those that there are, that is told: one part in so many.
const MANY_WAIT: u64 = 2;

/// Ports.
pub(super) fn look(root: &Root) -> Finding {
    const KEY: &str = "budgets.ports";
    let range = root.numbers("/proc/sys/net/ipv4/ip_local_port_range");
    let range = range.and_then(|range| match range[..] {
        [first, last] if (1..=last).contains(&first) && last <= 65_535 => Some((first, last)),
        _ => None,
    });
    let Some((first, last)) = range else {
        return Finding::unknown(KEY, "which ports the kernel gives to who connects is not known");
    };
    let all = last - first + 1;
    let listed = root.line("/proc/sys/net/ipv4/ip_local_reserved_ports").unwrap_or_default();
    let reserved = reserved(&listed, first, last).min(all);
    let waiting = waiting(root);
    // Towards a server of the user's the kernel chooses; towards ours, `net/sources.rs` takes every second port,
    // on 65,536 addresses in turn, but on one over IPv6.
    let (to_theirs, to_ours) = (all - reserved, all / 2);
    let found = format!(
        "{first} to {last}, {} of them reserved{}: {} connections to one address, and {} to a server of \
         wirebench over IPv6 (over IPv4 it has more addresses)",
        grouped(reserved),
        waiting.map_or_else(String::new, |waiting| {
            format!(", {} {} in TIME_WAIT", grouped(waiting), plural(waiting, "connection"))
        }),
        grouped(to_theirs),
        grouped(to_ours)
    );
    let finding = if to_theirs < CONNECTIONS {
        let advice = format!(
            "{} connections need as many: `sysctl net.ipv4.ip_local_port_range=\"10240 65535\"`",
            grouped(CONNECTIONS)
        );
        Finding::change(KEY, found, advice)
    } else if waiting.is_some_and(|waiting| waiting > to_theirs / MANY_WAIT) {
        let advice = "many connections were closed within the last minute, and their ports wait; wait, too, \
                      before a scenario with a connection per exchange";
        Finding::worth(KEY, found, advice)
    } else {
        Finding::fine(KEY, found)
    };
    let finding = finding.with("first", first).with("last", last).with("reserved", reserved);
    let finding = finding.with("time_wait", waiting).with("needed", CONNECTIONS);
    finding.with("to_one_address", to_theirs).with("to_ours_ipv6", to_ours)
}

/// How many of a list such as `8080,9000-9100` are within the range.
fn reserved(list: &str, first: u64, last: u64) -> u64 {
    let within = |part: &str| {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let (from, to): (u64, u64) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
        (to.min(last) + 1).checked_sub(from.max(first))
    };
    list.split(',').filter_map(within).fold(0, u64::saturating_add)
}

/// Connections in TIME_WAIT, of both versions of IP.
fn waiting(root: &Root) -> Option<u64> {
    let text = root.text("/proc/net/sockstat")?;
    let line = text.lines().find_map(|line| line.strip_prefix("TCP: "))?;
    let mut words = line.split_ascii_whitespace();
    words.find(|word| *word == "tw")?;
    words.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::finding::State::{ChangeThis, Fine, NotKnown, WorthKnowing};
    use super::super::fixture::says;
    use super::*;

    const RANGE: &str = "proc/sys/net/ipv4/ip_local_port_range";
    const RESERVED: &str = "proc/sys/net/ipv4/ip_local_reserved_ports";
    const SOCKETS: &str = "proc/net/sockstat";

    #[test]
    fn fewer_ports_than_connections_are_to_be_more() {
        let usual = (RANGE, "32768\t60999\n");
        says(look, &[usual], Fine, &["32768 to 60999", "28,232 connections", "14,116"]);
        says(look, &[(RANGE, "32768 34000\n")], ChangeThis, &["ip_local_port_range"]);
        let reserved = (RESERVED, "8080,33000-55000,70000-1,x,\n");
        says(
            look,
            &[usual, reserved],
            ChangeThis,
            &["22,001 of them reserved", "6,231 connections"],
        );
        let sockets = (SOCKETS, "sockets: used 9\nTCP: inuse 7 orphan 0 tw 20000 alloc 9 mem 1\n");
        says(look, &[usual, sockets], WorthKnowing, &["20,000 connections in TIME_WAIT"]);
    }

    #[test]
    fn without_a_range_it_is_not_known() {
        says(look, &[], NotKnown, &[]);
        for nonsense in ["", "60999 32768", "0 7", "1", "1 2 3", "1 99999999999999999999"] {
            says(look, &[(RANGE, nonsense)], NotKnown, &[]);
        }
        let broken = [(RANGE, "32768 60999"), (SOCKETS, "TCP: inuse 7 tw\n")];
        says(look, &broken, Fine, &[]);
    }
}
