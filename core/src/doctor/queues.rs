//! Where connections and packets wait before a program sees them.

use super::finding::Finding;
use crate::machine::Root;
use crate::net::socket::BACKLOG;
use crate::scenario::grouped;

/// Connections that have begun, and packets for one processor, where nobody has changed anything.
const USUAL_SYN: u64 = 128;
const USUAL_PACKETS: u64 = 1_000;

/// Queues.
pub(super) fn look(root: &Root) -> Finding {
    const KEY: &str = "budgets.queues";
    let accept = root.number("/proc/sys/net/core/somaxconn");
    let begun = root.number("/proc/sys/net/ipv4/tcp_max_syn_backlog");
    let packets = root.number("/proc/sys/net/core/netdev_max_backlog");
    let Some(accept) = accept else {
        return Finding::unknown(KEY, "how many connections may wait for a server is not known");
    };
    let asked = u64::from(BACKLOG.unsigned_abs());
    let more = |what: &str, number: Option<u64>| {
        number.map_or_else(String::new, |number| format!(", {} {what}", grouped(number)))
    };
    let found = format!(
        "{} connections may wait until they are accepted (a server of wirebench asks for {}){}{}",
        grouped(accept),
        grouped(asked),
        more("that have begun", begun),
        more("packets for a processor", packets)
    );
    let below = |number: Option<u64>, usual: u64| number.is_some_and(|number| number < usual);
    let advice = if accept < asked {
        Some(format!(
            "`sysctl net.core.somaxconn={asked}`: when many connect at once, what finds no room is tried again \
             after a second, and that second is measured"
        ))
    } else if below(packets, USUAL_PACKETS) {
        Some(format!(
            "`sysctl net.core.netdev_max_backlog={USUAL_PACKETS}`: loopback drops what finds no room there"
        ))
    } else if below(begun, USUAL_SYN) {
        Some(format!("`sysctl net.ipv4.tcp_max_syn_backlog={USUAL_SYN}` at least"))
    } else {
        None
    };
    let finding = match advice {
        Some(advice) => Finding::change(KEY, found, advice),
        None => Finding::fine(KEY, found),
    };
    let finding = finding.with("somaxconn", accept).with("tcp_max_syn_backlog", begun);
    finding.with("netdev_max_backlog", packets).with("needed", asked)
}

#[cfg(test)]
mod tests {
    use super::super::finding::State::{ChangeThis, Fine, NotKnown};
    use super::super::fixture::says;
    use super::*;

    const ACCEPT: &str = "proc/sys/net/core/somaxconn";

    #[test]
    fn queues_that_are_too_short_are_to_be_longer() {
        says(look, &[(ACCEPT, "4096\n")], Fine, &["4,096 connections may wait"]);
        says(look, &[(ACCEPT, "128\n")], ChangeThis, &["net.core.somaxconn=4096"]);
        let packets = ("proc/sys/net/core/netdev_max_backlog", "100\n");
        says(look, &[(ACCEPT, "4096"), packets], ChangeThis, &["netdev_max_backlog=1000"]);
        let begun = ("proc/sys/net/ipv4/tcp_max_syn_backlog", "16\n");
        says(look, &[(ACCEPT, "4096"), begun], ChangeThis, &["tcp_max_syn_backlog=128"]);
    }

    #[test]
    fn without_the_file_it_is_not_known() {
        says(look, &[], NotKnown, &[]);
        says(look, &[(ACCEPT, "lots")], NotKnown, &[]);
    }
}
