//! What a cell needs of each thing, and what there is.

use super::machine::Machine;
use super::need::{Need, Ports};
use crate::net::sources::OwnPorts;
use crate::scenario::grouped;
use std::fmt;
use wirebench_values::Size;

/// Connections that our client leaves in the listener's queue at most.
const WAITING: u64 = wirebench_engine::MOST_AHEAD;

/// Something that a cell needs and a machine has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// What it is, in the plural.
    pub what: &'static str,
    /// So much of it is needed.
    pub needed: u64,
    /// So much of it is there.
    pub there: u64,
    /// What gives more of it.
    pub remedy: &'static str,
    /// It is memory, in bytes.
    is_bytes: bool,
    /// What else is to be said of what is there.
    besides: Option<String>,
}

impl Budget {
    /// There is too little.
    pub fn is_short(&self) -> bool {
        self.there < self.needed
    }

    /// `10,032 open files a side of 20,000`.
    pub fn told(&self) -> String {
        let besides = self.besides.as_ref().map_or(String::new(), |more| format!(" ({more})"));
        let [needed, there] = [self.needed, self.there].map(|amount| self.amount(amount));
        format!("{needed} {} of {there}{besides}", self.what)
    }

    fn amount(&self, amount: u64) -> String {
        match (self.is_bytes, amount) {
            // A rough figure has no more digits than it deserves.
            (true, _) => Size::from_bytes(amount >> 20 << 20).to_string(),
            (false, u64::MAX) => "any number".to_owned(),
            (false, _) => grouped(amount),
        }
    }
}

/// What is lacking, and what to do.
impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [needed, there] = [self.needed, self.there].map(|amount| self.amount(amount));
        let about = if self.is_bytes { "about " } else { "" };
        write!(
            f,
            "it needs {about}{needed} {}, and there are {there}: {}, or use fewer `load.connections`",
            self.what, self.remedy
        )
    }
}

/// Everything that can be told of `need` on a machine, in a fixed order.
pub fn budgets(need: &Need, machine: &Machine) -> Vec<Budget> {
    let plain = |what, needed, there: Option<u64>, remedy| {
        Some(Budget { what, needed, there: there?, remedy, is_bytes: false, besides: None })
    };
    let raised = machine.files_soft.zip(machine.files_hard).and_then(|(soft, hard)| {
        let raises = soft < need.files_of_a_side && soft < hard;
        raises.then(|| format!("sides raise the soft limit, which is {}", grouped(soft)))
    });
    let files = plain(
        "open files a side",
        need.files_of_a_side,
        machine.files_hard,
        "raise the hard limit (`ulimit -Hn`, `nofile` in limits.conf, LimitNOFILE in systemd)",
    );
    let system = plain(
        "open files in the whole system",
        need.files,
        machine.files_left,
        "raise `sysctl fs.file-max`",
    );
    let queue = need.listens.then_some(need.connections.min(WAITING));
    let queue = queue.and_then(|needed| {
        let remedy = "raise `sysctl net.core.somaxconn`";
        plain("places in the listener's queue", needed, machine.queue, remedy)
    });
    let memory = machine.memory.into_iter().chain(machine.memory_of_group).min();
    let remedy = match machine.memory_of_group {
        Some(group) if Some(group) == memory => {
            "raise the limit of the control group (`memory.max`)"
        }
        _ => "end what else takes memory",
    };
    let memory = plain("of memory", need.memory, memory, remedy);
    [
        files.map(|files| Budget { besides: raised, ..files }),
        system,
        ports(need, machine),
        queue,
        memory.map(|memory| Budget { is_bytes: true, ..memory }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn ports(need: &Need, machine: &Machine) -> Option<Budget> {
    let range = machine.ports?;
    let own = OwnPorts::of(range);
    let all = u64::from(range.1 - range.0) + 1;
    let (there, besides, remedy) = match need.ports? {
        Ports::AllAddresses => {
            let (ports, addresses) = (grouped(own.ports), grouped(own.addresses));
            let besides = format!("{ports} of each of {addresses} loopback addresses");
            (own.ports.saturating_mul(own.addresses), Some(besides), WIDEN)
        }
        Ports::OneAddress => {
            let besides = "every second of the range, all of one address".to_owned();
            (own.ports, Some(besides), "widen `sysctl net.ipv4.ip_local_port_range`, use IPv4")
        }
        Ports::KernelsChoice => {
            let taken = machine.reserved.saturating_add(machine.waiting);
            let besides = (taken > 0).then(|| {
                let [reserved, waiting] = [machine.reserved, machine.waiting].map(grouped);
                format!("{reserved} reserved and {waiting} waiting are left out")
            });
            (all.saturating_sub(taken), besides, WIDEN)
        }
    };
    let needed = need.connections;
    Some(Budget { what: "ports", needed, there, remedy, is_bytes: false, besides })
}

const WIDEN: &str = "widen `sysctl net.ipv4.ip_local_port_range`";

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine with plenty of everything.
    fn machine() -> Machine {
        Machine {
            files_soft: Some(1_024),
            files_hard: Some(1 << 20),
            files_left: Some(1 << 40),
            ports: Some((32_768, 60_999)),
            reserved: 0,
            waiting: 0,
            queue: Some(4_096),
            memory: Some(16 << 30),
            memory_of_group: None,
        }
    }

    fn need() -> Need {
        Need {
            connections: 10_000,
            files_of_a_side: 10_032,
            files: 20_032,
            ports: Some(Ports::AllAddresses),
            listens: true,
            memory: 300 << 20,
        }
    }

    /// What is short, as it is told.
    fn short(need: &Need, machine: &Machine) -> Vec<String> {
        let all = budgets(need, machine).into_iter();
        all.filter(Budget::is_short).map(|budget| budget.to_string()).collect()
    }

    #[track_caller]
    fn only(need: &Need, machine: &Machine, words: &[&str]) {
        let told = short(need, machine);
        assert_eq!(told.len(), 1, "{told:?}");
        for word in words {
            assert!(told[0].contains(word), "`{word}` is not in: {}", told[0]);
        }
        assert!(told[0].contains("fewer `load.connections`"), "{}", told[0]);
    }

    #[test]
    fn where_there_is_enough_nothing_is_short_and_the_soft_limit_is_told() {
        assert_eq!(short(&need(), &machine()), Vec::<String>::new());
        let told: Vec<String> = budgets(&need(), &machine()).iter().map(Budget::told).collect();
        assert_eq!(told.len(), 5);
        let files =
            "10,032 open files a side of 1,048,576 (sides raise the soft limit, which is 1,024)";
        assert_eq!(told[0], files);
        assert!(told[4].starts_with("300 MiB of memory of 16 GiB"), "{}", told[4]);
        let soft = Machine { files_soft: Some(20_000), ..machine() };
        assert!(!budgets(&need(), &soft)[0].told().contains("soft"), "it is not raised");
    }

    #[test]
    fn too_few_open_files_are_told_with_the_hard_limit() {
        let machine = Machine { files_hard: Some(4_096), ..machine() };
        only(&need(), &machine, &["10,032 open files a side", "there are 4,096", "ulimit -Hn"]);
        let just = Need { files_of_a_side: 4_096, ..need() };
        assert!(short(&just, &machine).is_empty(), "as many as there are are enough");
    }

    #[test]
    fn too_few_open_files_of_the_system_are_told() {
        let machine = Machine { files_left: Some(15_000), ..machine() };
        only(&need(), &machine, &["20,032", "there are 15,000", "fs.file-max"]);
    }

    #[test]
    fn every_second_port_of_one_address_counts_where_there_is_one_address() {
        let machine = Machine { ports: Some((40_000, 49_999)), ..machine() };
        assert!(short(&need(), &machine).is_empty(), "IPv4 has other addresses");
        let one = Need { ports: Some(Ports::OneAddress), ..need() };
        only(&one, &machine, &["10,000 ports", "there are 5,000", "ip_local_port_range"]);
        let none = Need { ports: None, ..need() };
        assert!(budgets(&none, &machine).iter().all(|budget| budget.what != "ports"));
    }

    #[test]
    fn what_is_reserved_or_waits_is_not_there_for_the_kernel_to_choose() {
        let kernel = Need { ports: Some(Ports::KernelsChoice), listens: false, ..need() };
        let machine = Machine { ports: Some((40_000, 49_999)), ..machine() };
        assert!(short(&kernel, &machine).is_empty(), "all of them count");
        let machine = Machine { reserved: 600, waiting: 400, ..machine };
        only(&kernel, &machine, &["10,000 ports", "there are 9,000"]);
    }

    #[test]
    fn a_short_queue_is_told_where_our_server_listens() {
        let machine = Machine { queue: Some(16), ..machine() };
        only(&need(), &machine, &["128 places", "there are 16", "net.core.somaxconn"]);
        let few = Need { connections: 10, ..need() };
        assert!(short(&few, &machine).is_empty(), "no more than there are connections");
        let other = Need { listens: false, ..need() };
        assert!(short(&other, &machine).is_empty(), "another server's queue is its own affair");
    }

    #[test]
    fn memory_is_the_least_of_machine_and_control_group() {
        let group = Machine { memory_of_group: Some(100 << 20), ..machine() };
        only(&need(), &group, &["about 300 MiB", "there are 100 MiB", "memory.max"]);
        let small = Machine { memory: Some(50 << 20), ..group };
        only(&need(), &small, &["there are 50 MiB", "end what else"]);
    }

    #[test]
    fn nothing_is_said_of_what_cannot_be_read() {
        assert_eq!(budgets(&need(), &Machine::default()), Vec::new());
    }
}
