//! The keys of a scenario and values of each, as TOML. The first value is usual; an empty one leaves
//! the key out.

use std::sync::LazyLock;
use wirebench::framing::names;
use wirebench::scenario::{KEYS, Key, Kind, LINK_KEYS};
use wirebench_values::{Rate, Size, Span};

/// One key and its values. A key that begins with `@` is spelt out by [`scenario`].
pub(crate) type Factor = (&'static str, Vec<String>);

/// All of them: what is chosen below, and of all else what its declaration says.
pub(crate) static FACTORS: LazyLock<Vec<Factor>> = LazyLock::new(|| {
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    let mut factors: Vec<Factor> =
        CHOSEN.iter().map(|(key, values)| (*key, owned(values))).collect();
    for (factor, values) in &mut factors {
        let chosen = values.join("\n");
        let said = |word: &str| chosen.contains(word);
        match *factor {
            "framing" => {
                let named = names().into_iter().filter(|name| !ALIKE.contains(name));
                let named = named.map(|name| format!("'{name}'"));
                values.extend(named.filter(|name| !said(name)));
            }
            "@link" => {
                let keys = LINK_KEYS.iter().map(|key| (format!("{} =", key.name()), key));
                let lacking = keys.filter(|(begin, _)| !said(begin));
                values.extend(
                    lacking.map(|(begin, key)| format!("{begin} {}", unlike_default(key)[0])),
                );
            }
            _ => {}
        }
    }
    let has_values = |key: &Key| {
        let chosen = CHOSEN.iter().map(|(chosen, _)| *chosen);
        chosen.chain(SPELT_OUT).chain(ELSEWHERE.iter().copied()).any(|known| known == key.path)
    };
    for key in KEYS.iter().filter(|key| !has_values(key)) {
        factors.push((key.path, [vec![String::new()], unlike_default(key)].concat()));
    }
    factors
});

/// What a key may hold besides its default, as its declaration says.
fn unlike_default(key: &Key) -> Vec<String> {
    // The default may be the least.
    let lowest = |least: u64, most: u64| [least, least.saturating_add(1).min(most)];
    let written = |numbers: [u64; 2], word: fn(u64) -> String| numbers.map(word).to_vec();
    let mut values: Vec<String> = match key.kind {
        Kind::Bool => vec!["true".to_owned(), "false".to_owned()],
        Kind::Integer(least, most) => written(lowest(least, most), |number| number.to_string()),
        Kind::Duration(least, most) => {
            written(lowest(least, most), |ns| format!("'{}'", Span::from_ns(ns)))
        }
        Kind::Size(least, most) => {
            written(lowest(least, most), |bytes| format!("'{}'", Size::from_bytes(bytes)))
        }
        Kind::ByteRate(least, most) => {
            written(lowest(least, most), |bytes| format!("'{}'", Rate::from_bytes(bytes)))
        }
        Kind::Share => vec!["'50%'".to_owned()],
        Kind::Word(words) => words.iter().map(|word| format!("'{word}'")).collect(),
        _ => panic!("choose values of `{}` in `CHOSEN`", key.path),
    };
    values.retain(|value| *value != key.default.replace('"', "'"));
    values
}

/// Framings that others stand for: these differ from them in the width of their length, or in its order.
pub(crate) const ALIKE: [&str; 6] = ["len16be", "len24be", "len24le", "len32le", "len64le", "cobs"];

/// Keys whose values stand under another name: `@link`, `@end`, `@open`, `@cpu`.
const SPELT_OUT: [&str; 11] = [
    "link",
    "load.messages",
    "load.duration",
    "load.model",
    "load.rate",
    "load.arrivals",
    "load.catch-up",
    "load.backlog",
    "cpu.placement",
    "cpu.server",
    "cpu.client",
];

/// Values that are worth more than what follows from a declaration.
const CHOSEN: &[(&str, &[&str])] = &[
    (
        "handler",
        &[
            "{ plugin = 'echo' }",
            "{ plugin = 'echo', config = { verify = true } }",
            "{ plugin = 'echo', config = { reply = 'none' } }",
            "{ plugin = 'echo', config = { reply = 'fixed', fixed = '' } }",
            "{ plugin = 'echo', config = { greeting = 'welcome' } }",
            "{ plugin = 'echo', config = { push = '1ms' } }",
            "{ plugin = 'auth', config = { secret = { insecure = 's' }, wrong-keys = '50%', patience = '20ms' } }",
            "{ plugin = 'auth', config = { secret = { insecure = 's' }, encoding = 'hex', replay = '50%', rejected = false } }",
            "{ plugin = 'auth', config = { mode = 'login', secret = { insecure = 's' }, mistyped = '50%', hash = { memory-kib = 64, passes = 1 }, patience = '20ms' } }",
            "{ plugin = 'exec', config = { ask = 'say {token}', commands = { say = { run = ['echo'], arguments = { max = 1, allow = ['[0-9]+'] } } } } }",
            "{ plugin = 'exec', config = { reply = 'two', ask = ['quiet', 'none'], commands = { quiet = ['true'] } } }",
            "{ plugin = 'file', config = { do = 'upload', file = { size = '3 KiB' }, chunk = '1 KiB', resume = 'offset', break-after = '2 KiB' } }",
            "{ plugin = 'file', config = { do = 'download', file = { size = '3 KiB' }, digest = 'sha256' } }",
            "{ plugin = 'file', config = { do = 'offer', file = { size = '1 KiB' }, fault = 'flip' } }",
            "{ plugin = 'file', config = { do = 'small-upload', content = 'text' } }",
            "{ plugin = 'file', config = { do = 'browse', tree = ['a.txt', 'b/'], commands = [{ say = 'pwd', answer = '/' }, { say = 'cd b', answer = '/b' }] } }",
            "{ plugin = 'chat', config = { rooms = 2, private = '20%', churn = 2, quit-after = 3 } }",
            "{ plugin = 'chat', config = { mode = 'talk', quit-after = 3 } }",
        ],
    ),
    ("transport.kind", &["", "'unix'", "'seqpacket'", "'udp'", "'unixgram'"]),
    ("transport.nodelay", &["", "true", "false"]),
    ("transport.send-buffer", &["", "'4 KiB'", "'1 B'"]),
    ("transport.receive-buffer", &["", "'4 KiB'"]),
    ("transport.read-size", &["", "'1 B'", "'7 B'", "'1 KiB'"]),
    ("transport.read-delay", &["", "'2ms'", "'80ms'"]),
    ("transport.write", &["", "'batch'", "'header-body'"]),
    ("transport.horizon", &["", "'20ms'"]),
    (
        "framing",
        &[
            "'len32be'",
            "'raw'",
            "{ kind = 'sleep', gap = '1ms' }",
            "'eof'",
            "{ kind = 'fixed', size = '2 KiB' }",
            "{ kind = 'line', ending = 'crlf' }",
            "{ kind = 'delimiter', delimiter = \"\\u0004\" }",
            "{ kind = 'len16le', max = '300 B' }",
            "'handshake'",
            "{ kind = 'handshake', terminator = 'lf' }",
            "{ kind = 'websocket', payload = 'text' }",
            "'websocket'",
            "{ request = 'raw', reply = 'len32be' }",
            "{ request = 'line', reply = 'raw' }",
            "'websocket'",
            "{ request = 'websocket', reply = { kind = 'sleep', gap = '1ms' } }",
            "{ request = 'handshake', reply = 'handshake' }",
            "{ request = 'raw', reply = 'handshake' }",
            "{ request = 'len64be', reply = 'eof' }",
        ],
    ),
    (
        "@link",
        &[
            "",
            "pieces = '1 B'",
            "pieces = 'every-cut', lock-step-wait = '5ms'",
            "pieces = ['1 B', '9 B'], lock-step = false",
            "coalesce = 3, coalesce-wait = '2ms'",
            "short-writes = '50%', short-reads = '50%'",
            "interrupts = '30%', would-block = '30%'",
            "read-rate = '64 KiB/s'",
            "delay = '3ms', jitter = '2ms'",
            "bandwidth = '100 kB/s'",
            "flip = '1%'",
            "fin-after = '100 B'",
            "rst-after = { inside = 2 }",
            "half-close-after = { behind = 2 }",
            "flap = 3",
            "drop = '30%'",
            "duplicate = '30%', reorder = '30%'",
            "truncate = '30%', corrupt = '30%'",
        ],
    ),
    ("@link-ways", &["both", "request", "reply"]),
    ("server.command", &["", "['python3', 'echo.py', '{address}']"]),
    (
        "@cpu",
        &[
            "cpu.placement = 'free'",
            "cpu.placement = 'split'",
            "cpu.placement = 'same'",
            "cpu.server = 0",
            "cpu.client = '0'",
            "cpu.server = '0'\ncpu.client = '0'",
        ],
    ),
    ("load.in-flight", &["1", "4", "40"]),
    ("load.connections", &["1", "3"]),
    (
        "load.payload",
        &[
            "",
            "'0 B'",
            "'1 B'",
            "['0 B', '5 B']",
            "{ uniform = ['1 B', '300 B'] }",
            "{ from = '1 B', to = '128 B', times = 2 }",
            "{ file = 'body.bin' }",
            "{ lines = 'lines.txt' }",
            "'2000 B'",
        ],
    ),
    ("load.reply-payload", &["", "'0 B'", "'33 B'", "{ uniform = ['0 B', '300 B'] }"]),
    ("load.timeout", &["'150ms'", "'20ms'"]),
    ("load.drain", &["'40ms'", "'0ms'"]),
    ("load.warmup", &["'0ms'", "'5ms'"]),
    (
        "@open",
        &[
            "",
            "load.model = 'open'\nload.rate = '2k/s'",
            "load.model = 'open'\nload.rate = '2k/s'\nload.arrivals = 'poisson'\nload.catch-up = '5ms'",
            "load.model = 'open'\nload.rate = '2k/s'\nload.arrivals = { burst = 4 }\nload.backlog = 2",
        ],
    ),
    ("@end", &["load.messages = 6", "load.duration = '15ms'"]),
    ("load.ledger", &["", "'64 KiB'"]),
    ("load.round-limit", &["", "'1ms'", "'60ms'"]),
    ("load.give-up", &["", "0", "1"]),
];

/// Keys that no scenario here differs in: what they would change is not how a round goes on. (Those of
/// `handler` stand in its table.)
pub(crate) const ELSEWHERE: &[&str] = &[
    "schema",
    "name",
    "about",
    "handler.plugin",
    "handler.handler",
    "handler.path",
    "handler.config",
    "load.stage",
    "load.min-achieved",
    "server.stdin",
    "server.env",
    "server.cwd",
    "server.address",
    "server.allow-remote",
    "server.start-timeout",
    "transport.port",
    "load.model",
    "load.hook-timeout",
    "load.rounds",
    "load.seed",
    "search.metric",
    "search.vary",
    "search.from",
    "search.to",
    "search.resolution",
    "search.rounds",
    "search.expect",
    "baseline.limits",
    "baseline.floors",
];

/// The scenario that a row of the array says.
pub(crate) fn scenario(name: &str, row: &[usize]) -> String {
    let mut text = format!("schema = 1\nname = '{name}'\nload.rounds = 1\n");
    let mut link = "";
    let transport = FACTORS.iter().zip(row).find(|((key, _), _)| *key == "transport.kind");
    let sockets = match transport.map(|((_, values), chosen)| values[*chosen].as_str()) {
        Some("'seqpacket'") => "packets",
        Some("'udp'" | "'unixgram'") => "datagrams",
        _ => "stream",
    };
    for ((key, values), chosen) in FACTORS.iter().zip(row) {
        match (*key, values[*chosen].as_str()) {
            (_, "") => {}
            ("@end" | "@open" | "@cpu", lines) => text.push_str(&format!("{lines}\n")),
            ("@link", impairments) => link = impairments,
            ("@link-ways", _) if link.is_empty() => {}
            ("server.command", command) => text.push_str(&format!(
                "server = {{ command = {command}, env = {{ SOCKETS = '{sockets}' }} }}\n"
            )),
            ("@link-ways", "both") => text.push_str(&format!("link = {{ {link} }}\n")),
            ("@link-ways", way) => text.push_str(&format!("link.{way} = {{ {link} }}\n")),
            (key, value) => text.push_str(&format!("{key} = {value}\n")),
        }
    }
    text
}

/// A server of one's own that sends back whatever comes, whatever the transport.
pub(crate) const ECHO: &str = "\
import os, socket, sys, threading
at = sys.argv[1]
if at.startswith('/'):
    family, address = socket.AF_UNIX, at
elif at.startswith('['):
    host, port = at[1:].split(']:')
    family, address = socket.AF_INET6, (host, int(port))
else:
    host, port = at.split(':')
    family, address = socket.AF_INET, (host, int(port))
kind = {'stream': socket.SOCK_STREAM, 'packets': socket.SOCK_SEQPACKET,
        'datagrams': socket.SOCK_DGRAM}[os.environ['SOCKETS']]
server = socket.socket(family, kind)
server.bind(address)
def serve(peer):
    try:
        while data := peer.recv(65536):
            peer.sendall(data)
    except OSError:
        pass
    peer.close()
if kind == socket.SOCK_DGRAM:
    while True:
        data, peer = server.recvfrom(65536)
        try:
            server.sendto(data, peer)
        except OSError:
            pass
server.listen(128)
while True:
    peer, _ = server.accept()
    threading.Thread(target=serve, args=(peer,), daemon=True).start()
";
