//! What this machine has for connections. Reads `/proc` and `/sys` below any folder, so that tests have machines of
//! their own; what cannot be read is absent, never guessed.

use super::groups;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// The longest file that is read, in bytes.
const LONGEST: u64 = 256 << 10;

/// What there is for connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// Open files of a process: the soft limit, and the hard one up to which sides raise it.
    pub(super) files_soft: Option<u64>,
    pub(super) files_hard: Option<u64>,
    /// Open files that the whole system may still have.
    pub(super) files_left: Option<u64>,
    /// The first and the last port that the kernel gives.
    pub(super) ports: Option<(u16, u16)>,
    /// Ports among them that it never chooses itself.
    pub(super) reserved: u64,
    /// Connections that wait after their end (TIME_WAIT) and whose port the kernel does not give again meanwhile.
    pub(super) waiting: u64,
    /// Connections that may wait to be accepted (`somaxconn`).
    pub(super) queue: Option<u64>,
    /// Memory that can be had, in bytes: of the machine, and of the control group.
    pub(super) memory: Option<u64>,
    pub(super) memory_of_group: Option<u64>,
}

impl Machine {
    /// The same where this process has raised the soft limit of open files from what it was started with.
    pub fn started_with(self, files_soft: Option<u64>) -> Self {
        Self { files_soft: files_soft.or(self.files_soft), ..self }
    }

    /// Looks at this machine, or at what stands below another folder than `/`.
    pub fn read(root: &Path) -> Self {
        let text = |path: &str| text(&root.join(path));
        let number = |path: &str| text(path)?.trim().parse::<u64>().ok();
        let limits = text("proc/self/limits").unwrap_or_default();
        let (files_soft, files_hard) = open_files(&limits);
        let ports = text("proc/sys/net/ipv4/ip_local_port_range").and_then(|text| range(&text));
        let reserved = text("proc/sys/net/ipv4/ip_local_reserved_ports").unwrap_or_default();
        // Otherwise the kernel gives such a port again after a second (1: always, 2: on loopback).
        let keeps_waiting = number("proc/sys/net/ipv4/tcp_tw_reuse") == Some(0);
        let waiting = keeps_waiting.then(|| text("proc/net/sockstat")).flatten();
        Self {
            files_soft,
            files_hard,
            files_left: text("proc/sys/fs/file-nr").and_then(|text| files_left(&text)),
            ports,
            reserved: ports.map_or(0, |ports| reserved_in(ports, &reserved)),
            waiting: waiting.and_then(|text| time_wait(&text)).unwrap_or(0),
            queue: number("proc/sys/net/core/somaxconn"),
            memory: text("proc/meminfo").and_then(|text| available(&text)),
            memory_of_group: text("proc/self/cgroup")
                .and_then(|cgroup| groups::left(&cgroup, |path| self::text(&root.join(path)))),
        }
    }
}

fn text(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Soft and hard limit of `Max open files  1024  524288  files`. No limit is no number.
fn open_files(limits: &str) -> (Option<u64>, Option<u64>) {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let mut words = line.unwrap_or_default().split_whitespace();
    let mut next = || {
        let word = words.next()?;
        if word == "unlimited" { Some(u64::MAX) } else { word.parse().ok() }
    };
    (next(), next())
}

/// What is left of `1504  0  9223372036854775807`: in use, unused, at most.
fn files_left(file_nr: &str) -> Option<u64> {
    let mut numbers = file_nr.split_whitespace().map(str::parse::<u64>);
    let (used, _, most) = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
    Some(most.saturating_sub(used))
}

fn range(text: &str) -> Option<(u16, u16)> {
    let mut numbers = text.split_whitespace().map(str::parse);
    let (first, last) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    (0 < first && first <= last).then_some((first, last))
}

/// How many ports of a range a list like `8080,9148-9150` names.
fn reserved_in((first, last): (u16, u16), list: &str) -> u64 {
    let mut is_reserved = vec![false; usize::from(u16::MAX) + 1];
    for part in list.trim().split(',') {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        if let (Ok(from), Ok(to)) = (from.trim().parse::<u16>(), to.trim().parse::<u16>()) {
            (from..=to).for_each(|port| is_reserved[usize::from(port)] = true);
        }
    }
    (first..=last).filter(|port| is_reserved[usize::from(*port)]).count() as u64
}

/// The `tw` of `TCP: inuse 5 orphan 0 tw 12 alloc 8 mem 2`.
fn time_wait(sockstat: &str) -> Option<u64> {
    let line = sockstat.lines().find_map(|line| line.strip_prefix("TCP:"))?;
    let mut words = line.split_whitespace();
    words.find(|word| *word == "tw")?;
    words.next()?.parse().ok()
}

fn available(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_read_from_below_any_folder() {
        let root = tempfile::tempdir().expect("a temporary folder");
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().expect("it has one")).expect("it can be made");
            std::fs::write(path, text).expect("it can be written");
        };
        write("proc/self/limits", "Limit  Soft  Hard  Units\nMax open files  1024  4096  files\n");
        write("proc/sys/fs/file-nr", "1000\t0\t9000\n");
        write("proc/sys/net/ipv4/ip_local_port_range", "40000\t40099\n");
        write("proc/sys/net/ipv4/ip_local_reserved_ports", "40000-40004,40004,50000\n");
        write("proc/sys/net/ipv4/tcp_tw_reuse", "0\n");
        write("proc/net/sockstat", "sockets: used 9\nTCP: inuse 5 orphan 0 tw 12 alloc 8 mem 2\n");
        write("proc/sys/net/core/somaxconn", "128\n");
        write("proc/meminfo", "MemTotal: 9 kB\nMemAvailable:   2048 kB\n");
        write("proc/self/cgroup", "0::/a\n");
        write("sys/fs/cgroup/a/memory.max", "1000\n");
        write("sys/fs/cgroup/a/memory.current", "400\n");
        let machine = Machine::read(root.path());
        assert_eq!(
            machine,
            Machine {
                files_soft: Some(1_024),
                files_hard: Some(4_096),
                files_left: Some(8_000),
                ports: Some((40_000, 40_099)),
                reserved: 5,
                waiting: 12,
                queue: Some(128),
                memory: Some(2 << 20),
                memory_of_group: Some(600),
            }
        );
        write("proc/sys/net/ipv4/tcp_tw_reuse", "2\n");
        assert_eq!(Machine::read(root.path()).waiting, 0, "their ports are given again");
    }

    #[test]
    fn what_cannot_be_read_is_absent() {
        let root = tempfile::tempdir().expect("a temporary folder");
        assert_eq!(Machine::read(root.path()), Machine::default());
    }

    #[test]
    fn any_text_gets_an_answer() {
        for text in ["", "\n", "x y z", "Max open files", "TCP: tw", "MemAvailable: kB", "-,1-,9-1"]
        {
            open_files(text);
            assert_eq!(files_left(text), None, "{text:?}");
            assert_eq!((range(text), time_wait(text), available(text)), (None, None, None));
            assert_eq!(reserved_in((1, u16::MAX), text), 0, "{text:?}");
        }
        assert_eq!(open_files("Max open files unlimited unlimited files").1, Some(u64::MAX));
    }
}
