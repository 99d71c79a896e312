//! The machine a result was measured on. Reads `/proc` and `/sys`; what cannot be read is absent,
//! never guessed.

use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Read as _;

/// A fingerprint of the machine: results of machines that differ in it are not comparable.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Host {
    /// Release of the running kernel.
    pub kernel: Option<String>,
    /// `x86_64` or `aarch64`.
    pub architecture: Option<String>,
    /// Model name of the first processor.
    pub cpu: Option<String>,
    /// Processors that are online.
    pub cores: Option<u32>,
    /// Frequency governor of the first processor.
    pub governor: Option<String>,
    /// The kernel's clock source.
    pub clocksource: Option<String>,
    /// True when the processor says that it runs under a hypervisor; `None` where it cannot say.
    pub hypervisor: Option<bool>,
    /// Memory, in bytes.
    pub memory_bytes: Option<u64>,
    /// Load average over the last minute, when the run began.
    pub load_average: Option<f64>,
    /// Maximum transmission unit of the loopback device, in bytes.
    pub loopback_mtu: Option<u32>,
    /// The default TCP congestion control.
    pub congestion_control: Option<String>,
}

impl Host {
    /// Looks at this machine.
    pub fn read() -> Self {
        let cpuinfo = text("/proc/cpuinfo").unwrap_or_default();
        Self {
            kernel: line("/proc/sys/kernel/osrelease"),
            architecture: Some(std::env::consts::ARCH.into()),
            cpu: cpu_model(&cpuinfo),
            cores: line("/sys/devices/system/cpu/online").and_then(|list| cpus_in(&list)),
            governor: line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
            clocksource: line("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
            hypervisor: hypervisor(&cpuinfo),
            memory_bytes: text("/proc/meminfo").and_then(|meminfo| memory_bytes(&meminfo)),
            load_average: line("/proc/loadavg")
                .and_then(|loads| loads.split(' ').next()?.parse().ok()),
            loopback_mtu: line("/sys/class/net/lo/mtu").and_then(|mtu| mtu.parse().ok()),
            congestion_control: line("/proc/sys/net/ipv4/tcp_congestion_control"),
        }
    }
}

/// The value of `key` in a file of `key : value` lines; the first processor's, in cpuinfo.
fn field<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (name.trim() == key).then(|| value.trim())
    })
}

fn cpu_model(cpuinfo: &str) -> Option<String> {
    field(cpuinfo, "model name").map(String::from)
}

/// Only x86 lists the flag at all.
fn hypervisor(cpuinfo: &str) -> Option<bool> {
    let flags = field(cpuinfo, "flags")?;
    Some(flags.split_ascii_whitespace().any(|flag| flag == "hypervisor"))
}

fn memory_bytes(meminfo: &str) -> Option<u64> {
    let kib: u64 = field(meminfo, "MemTotal")?.strip_suffix("kB")?.trim().parse().ok()?;
    kib.checked_mul(1024)
}

/// How many processors a list like `0-3,8` names.
fn cpus_in(list: &str) -> Option<u32> {
    let mut count = 0u32;
    for range in list.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        count = count.checked_add(last.checked_sub(first)?.checked_add(1)?)?;
    }
    Some(count)
}

fn line(path: &str) -> Option<String> {
    let text = text(path)?;
    let line = text.lines().next()?.trim();
    (!line.is_empty()).then(|| line.into())
}

/// The start of a file, enough for a fingerprint.
fn text(path: &str) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(64 * 1024).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_lists_are_counted() {
        for (list, count) in
            [("0", Some(1)), ("0-1", Some(2)), ("0-3,8,10-11", Some(7)), ("3-1", None), ("", None)]
        {
            assert_eq!(cpus_in(list), count, "{list:?}");
        }
    }

    #[test]
    fn a_file_without_the_field_gives_nothing() {
        assert_eq!(cpu_model("processor : 0\n"), None);
        assert_eq!(hypervisor("Features : fp asimd\n"), None);
        assert_eq!(hypervisor("flags : fpu hypervisor sse\n"), Some(true));
        assert_eq!(hypervisor("flags : fpu sse\n"), Some(false));
        assert_eq!(memory_bytes("MemTotal:       24684092 kB\n"), Some(24_684_092 * 1024));
        assert_eq!(memory_bytes("MemTotal: lots\n"), None);
    }
}
