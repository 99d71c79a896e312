//! Why a server cannot listen.

use crate::host::limits;
use crate::net::listening::is_held_by_closed_connections;
use crate::scenario::{Address, SHORTER_TMPDIR, Transport};
use std::io;

/// Connections that a server closes first keep its port for so long (TCP_TIMEWAIT_LEN).
const TIME_WAIT: &str = "nobody listens there, but connections that a server closed first wait there for a \
                         minute, in TIME_WAIT";

/// Why a server cannot listen, and what helps. The address is `given` by the user, or our own choice.
pub(super) fn why_not(
    error: &io::Error,
    transport: &Transport,
    place: &Address,
    alone: bool,
    given: bool,
) -> String {
    if let Some(why) = place.lacks_room() {
        let shorter = if given { "choose a shorter one" } else { SHORTER_TMPDIR };
        return format!("{why}: {shorter}");
    }
    let hint = match (error.kind(), place) {
        (io::ErrorKind::AddrInUse, Address::Path(_)) => {
            "; another program listens there, or its file is left: choose another path, or remove it"
        }
        (io::ErrorKind::AddrInUse, _) if is_held_by_closed_connections(place, transport.kind) => {
            return format!("{}; {}", limits::explained(error), held(transport));
        }
        (io::ErrorKind::AddrInUse, _) if alone => {
            "; another program listens there: choose another address, or port 0 for any that is free"
        }
        (io::ErrorKind::AddrInUse, _) => {
            "; another program listens there: choose another `transport.port`, or 0"
        }
        (io::ErrorKind::PermissionDenied, Address::Ip(_)) => "; ports below 1024 need privileges",
        (io::ErrorKind::PermissionDenied, _) => "; choose a folder that may be written to",
        (io::ErrorKind::NotFound, Address::Path(_)) => "; there is no such folder",
        (io::ErrorKind::AddrNotAvailable, _) => "; this machine has no such address",
        _ => "",
    };
    format!("{}{hint}", limits::explained(error))
}

/// What a port has that connections in TIME_WAIT hold, and what helps.
fn held(transport: &Transport) -> String {
    match transport.reuse_address {
        false => format!(
            "{TIME_WAIT}, and this server does without SO_REUSEADDR: set `transport.reuse-address = true`, \
             wait, or choose another port"
        ),
        true => format!(
            "{TIME_WAIT}, and were those of a server without SO_REUSEADDR: wait, or choose another port"
        ),
    }
}
