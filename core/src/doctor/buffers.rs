//! What sockets may buffer, each by itself and all together.

use super::CONNECTIONS;
use super::finding::Finding;
use crate::machine::Root;
use crate::scenario::grouped;
use nix::unistd::{SysconfVar, sysconf};

/// What the kernel lets programs ask for where nobody has changed it, in bytes.
const USUAL: u64 = 212_992;

/// What the buffers of a connection take at least in kernel memory, both sides, in bytes: a page each way.
const OF_CONNECTION: u64 = 16 << 10;

/// Buffers.
pub(super) fn look(root: &Root) -> Finding {
    const KEY: &str = "budgets.buffers";
    let [receive, send] =
        ["rmem_max", "wmem_max"].map(|name| root.number(format!("/proc/sys/net/core/{name}")));
    let triple = |name: &str| {
        let numbers = root.numbers(format!("/proc/sys/net/ipv4/{name}"))?;
        if let [least, usual, most] = numbers[..] { Some([least, usual, most]) } else { None }
    };
    let [tcp_receive, tcp_send, tcp_all] = ["tcp_rmem", "tcp_wmem", "tcp_mem"].map(triple);
    let (Some(receive), Some(send)) = (receive, send) else {
        return Finding::unknown(KEY, "how large the buffers of a socket may be is not known");
    };
    let page = sysconf(SysconfVar::PAGE_SIZE).ok().flatten();
    let page = page.and_then(|page| u64::try_from(page).ok()).unwrap_or(4_096);
    // From here on the kernel takes buffers away again.
    let pressure = tcp_all.map(|[_, pressure, _]| pressure.saturating_mul(page));
    let needed = CONNECTIONS * OF_CONNECTION;
    let together = pressure.map_or_else(String::new, |bytes| {
        format!("; all of TCP together {} KiB before the kernel saves", grouped(bytes >> 10))
    });
    let found = format!(
        "a scenario may ask for {} KiB to receive and {} KiB to send{together}",
        grouped(receive >> 10),
        grouped(send >> 10)
    );
    let finding = if receive.min(send) < USUAL {
        let advice = "raise `sysctl net.core.rmem_max` and `net.core.wmem_max` to 212992 at least: datagrams \
                      that come in bursts are dropped, and `transport.receive-buffer` is cut";
        Finding::change(KEY, found, advice)
    } else if pressure.is_some_and(|pressure| pressure < needed) {
        let advice = format!(
            "raise `sysctl net.ipv4.tcp_mem`: {} connections take {} KiB",
            grouped(CONNECTIONS),
            grouped(needed >> 10)
        );
        Finding::change(KEY, found, advice)
    } else {
        Finding::fine(KEY, found)
    };
    let most = |triple: Option<[u64; 3]>| triple.map(|[_, _, most]| most);
    let finding = finding.with("rmem_max", receive).with("wmem_max", send);
    let finding = finding.with("tcp_rmem_max", most(tcp_receive));
    let finding = finding.with("tcp_wmem_max", most(tcp_send));
    finding.with("tcp_pressure_bytes", pressure).with("needed_bytes", needed)
}

#[cfg(test)]
mod tests {
    use super::super::finding::State::{ChangeThis, Fine, NotKnown};
    use super::super::fixture::says;
    use super::*;

    #[test]
    fn buffers_below_what_is_usual_are_to_be_larger() {
        let of = |receive, send| {
            [("proc/sys/net/core/rmem_max", receive), ("proc/sys/net/core/wmem_max", send)]
        };
        says(
            look,
            &of("212992\n", "4194304\n"),
            Fine,
            &["208 KiB to receive", "4,096 KiB to send"],
        );
        says(look, &of("65536\n", "212992\n"), ChangeThis, &["rmem_max"]);
        let [receive, send] = of("212992", "212992");
        let little = ("proc/sys/net/ipv4/tcp_mem", "300\t400\t600\n");
        says(look, &[receive, send, little], ChangeThis, &["tcp_mem", "160,000 KiB"]);
        let enough = ("proc/sys/net/ipv4/tcp_mem", "100000 200000 300000\n");
        says(look, &[receive, send, enough], Fine, &["all of TCP together"]);
    }

    #[test]
    fn without_the_files_it_is_not_known() {
        says(look, &[], NotKnown, &[]);
        says(look, &[("proc/sys/net/core/rmem_max", "212992")], NotKnown, &[]);
    }
}
