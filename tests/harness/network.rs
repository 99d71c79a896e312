//! A network of its own for a program under test: its own loopback device and its own few ports.
#![allow(unsafe_code)] // pre_exec, and a request that no crate wraps

use nix::sched::{CloneFlags, unshare};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// Puts the command into a network namespace with so many ports. Starting it fails where this
/// machine gives nobody such a namespace; see [`is_refused`].
pub fn put_into_its_own(command: &mut Command, ports: u32) {
    let user = std::fs::metadata("/proc/self").expect("a process has a folder").uid();
    let map = format!("{user} {user} 1");
    // SAFETY: between fork and exec it makes plain system calls on what was prepared above.
    unsafe {
        command.pre_exec(move || {
            if unshare(CloneFlags::CLONE_NEWNET).is_err() {
                unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET)?;
                std::fs::write("/proc/self/uid_map", &map)?;
            }
            raise_loopback()?;
            let range = format!("32768 {}", 32_767 + ports);
            std::fs::write("/proc/sys/net/ipv4/ip_local_port_range", range)
        });
    }
}

/// True when `error` says that there are no namespaces for us here. What a test shows in one cannot
/// be shown then, and the test says so.
pub fn is_refused(error: &io::Error) -> bool {
    let refused = matches!(error.raw_os_error(), Some(libc::EPERM | libc::EACCES | libc::ENOSYS))
        || error.kind() == io::ErrorKind::ReadOnlyFilesystem;
    if refused {
        eprintln!("not tried: this machine gives no network namespace: {error}");
    }
    refused
}

fn raise_loopback() -> io::Result<()> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0")?;
    // SAFETY: an ifreq is plain numbers, for which all zeros is a valid value.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(*b"lo") {
        *to = from as libc::c_char;
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    let socket = std::os::fd::AsRawFd::as_raw_fd(&socket);
    // SAFETY: the kernel reads one ifreq, which `request` is.
    let status = unsafe { libc::ioctl(socket, libc::SIOCSIFFLAGS, &raw const request) };
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
