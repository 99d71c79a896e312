//! A peer that says nothing more and still reads, as `nc -N` does: whatever it has asked for is
//! answered, and then the session ends.

use crate::harness::{Bench, ENDS_AT_ALL};
use crate::support::Serve;
use socket2::{Domain, SockAddr, Socket, Type};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr};

const STREAMS: [&str; 3] = ["tcp", "unix", "seqpacket"];

fn connect(kind: &str, address: &str) -> Socket {
    let (domain, of, address) = match kind {
        "tcp" => {
            let address: SocketAddr = address.parse().expect("it listens on an address");
            (Domain::IPV4, Type::STREAM, address.into())
        }
        "unix" => (Domain::UNIX, Type::STREAM, SockAddr::unix(address).expect("a short path")),
        _ => (Domain::UNIX, Type::SEQPACKET, SockAddr::unix(address).expect("a short path")),
    };
    let socket = Socket::new(domain, of, None).expect("a socket");
    socket.set_read_timeout(Some(ENDS_AT_ALL)).expect("it can be set");
    socket.connect(&address).expect("it listens");
    socket
}

/// Asks everything at once over every stream transport, says that it says nothing more, and only then
/// reads: these are the answers up to the end.
#[track_caller]
fn is_answered(
    handler: &str,
    config: &str,
    asked: &[&[u8]],
    answered: impl Fn(&[Vec<u8>]) -> bool,
) {
    for kind in STREAMS {
        let bench = Bench::new();
        let arguments = [
            &["--handler", handler, "--framing", "len32be", "--transport", kind][..],
            &["--config", config],
        ];
        let serve = Serve::start(&bench, &arguments.concat());
        let mut socket = connect(kind, &serve.address);
        for message in asked {
            let frame = [&(message.len() as u32).to_be_bytes()[..], message].concat();
            socket.write_all(&frame).expect("the server reads");
        }
        socket.shutdown(Shutdown::Write).expect("it is connected");
        let mut bytes = Vec::new();
        let mut piece = vec![0; 256 << 10];
        while let count @ 1.. = socket.read(&mut piece).expect("the answers, then the end") {
            bytes.extend_from_slice(&piece[..count]);
        }
        let mut answers = Vec::new();
        let mut rest = &bytes[..];
        while let Some((len, more)) = rest.split_first_chunk() {
            let (answer, more) = more.split_at(u32::from_be_bytes(*len) as usize);
            answers.push(answer.to_vec());
            rest = more;
        }
        assert!(rest.is_empty(), "{handler} over {kind}: a frame is cut");
        let shown: Vec<_> =
            answers.iter().map(|one| one[..one.len().min(80)].escape_ascii()).collect();
        assert!(answered(&answers), "{handler} over {kind}: {shown:?}");
        let ran = serve.end();
        assert_eq!(ran.code, Some(0), "{ran}");
        assert!(!ran.stdout.contains("errors"), "{handler} over {kind}: {ran}");
    }
}

#[test]
fn what_is_answered_at_once_is_answered() {
    let messages: Vec<Vec<u8>> = (0..20).map(|number| vec![number; 20_000]).collect();
    let asked: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    is_answered("echo", "{}", &asked, |answers| answers == messages);
    is_answered("chat", "{ mode = 'talk' }", &[b"one", b"two"], |answers| {
        answers == [b"one", b"two"]
    });
}

#[test]
fn commands_that_run_and_wait_are_run_and_answered() {
    let config =
        "{ commands = { slow = ['sh', '-c', 'sleep 0.1; echo slow'], quick = ['echo', 'quick'] } }";
    let asked: [&[u8]; 4] = [b"slow", b"quick", b"slow", b"none"];
    is_answered("exec", config, &asked, |answers| {
        let texts: Vec<_> = answers.iter().map(|one| String::from_utf8_lossy(one)).collect();
        texts == ["slow\n", "quick\n", "slow\n", "exec: unknown command: none"]
    });
}

#[test]
fn a_password_is_checked_and_its_verdict_told() {
    let config = "{ mode = 'login', name = 'ann', secret = { insecure = 'open' }, hash = { memory-kib = 64, passes = 1 } }";
    is_answered("auth", config, &[b"ann", b"open"], |answers| {
        answers == [&b"name: "[..], b"password: ", b"welcome"]
    });
    is_answered("auth", config, &[b"ann", b"shut"], |answers| {
        answers == [&b"name: "[..], b"password: ", b"wrong, again", b"name: "]
    });
}

#[test]
fn files_are_sent_to_their_last_byte() {
    const SIZE: usize = 6 << 20;
    let config = "{ do = 'download', file = { size = '6 MiB' } }";
    let get = br#"{"op":"get","name":"file.bin"}"#;
    is_answered("file", config, &[get, get], |answers| {
        let sizes: Vec<usize> = answers.iter().map(Vec::len).collect();
        let headers = answers.iter().filter(|one| one.starts_with(b"{\"ok\":true")).count();
        headers == 2 && sizes.iter().sum::<usize>() == 2 * (SIZE + sizes[0])
    });
}

#[test]
fn an_upload_that_ends_too_early_ends_its_session() {
    let put =
        br#"{"op":"put","name":"a.bin","size":9,"digest":"md5:00000000000000000000000000000000"}"#;
    let config = "{ do = 'upload', digest = 'md5' }";
    is_answered("file", config, &[put, b"1234"], |answers| answers.is_empty());
}

#[test]
fn a_peer_that_is_gone_is_answered_no_more() {
    let bench = Bench::new();
    let config = "{ commands = { wait = ['sleep', '600'] }, timeout = '600s' }";
    let arguments =
        ["--handler", "exec", "--framing", "line", "--transport", "unix", "--config", config];
    let serve = Serve::start(&bench, &[&arguments[..], &["--sessions", "1"]].concat());
    let mut socket = connect("unix", &serve.address);
    socket.write_all(b"wait\n").expect("the server reads");
    socket.shutdown(Shutdown::Write).expect("it is connected");
    drop(socket);
    // It ends after this session.
    let ran = serve.wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(ran.stdout.contains("abandoned 1"), "{ran}");
}
