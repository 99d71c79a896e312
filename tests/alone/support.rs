//! A server under way, a client run to its end, and peers made by hand.
#![allow(dead_code, unreachable_pub)] // not every test binary uses all of it

use crate::harness::{Bench, ENDS_AT_ALL, Ran, plugin_folder};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Stdio};
use std::thread::JoinHandle;
use std::time::Instant;

/// `wirebench serve`, listening.
pub struct Serve {
    child: Child,
    out: BufReader<ChildStdout>,
    /// What its first line says.
    pub address: String,
}

impl Serve {
    /// Starts it and waits for its address.
    #[track_caller]
    pub fn start(bench: &Bench, arguments: &[&str]) -> Self {
        let mut serve = Self::launch(bench, arguments);
        let read = serve.out.read_line(&mut serve.address).expect("its output is text");
        if read == 0 {
            panic!("it did not listen: {}", serve.wait());
        }
        serve.address = serve.address.trim_end().to_owned();
        serve
    }

    /// Starts it with the handler echo and this framing.
    #[track_caller]
    pub fn echo(bench: &Bench, framing: &str, more: &[&str]) -> Self {
        let mut arguments = vec!["--handler", "echo", "--framing", framing];
        arguments.extend(more);
        Self::start(bench, &arguments)
    }

    fn launch(bench: &Bench, arguments: &[&str]) -> Self {
        let mut all = vec!["serve", "--plugin-dir", plugin_folder()];
        all.extend(arguments);
        let mut command = bench.command(&all);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let out = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        Self { child, out, address: String::new() }
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("it listens");
        stream.set_read_timeout(Some(ENDS_AT_ALL)).expect("a timeout can be set");
        stream
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id() as i32), signal).expect("it runs");
    }

    /// Ends it as a user would, and returns what it said after its address.
    #[track_caller]
    pub fn end(self) -> Ran {
        self.signal(Signal::SIGTERM);
        self.wait()
    }

    #[track_caller]
    pub fn wait(mut self) -> Ran {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                break status;
            }
            assert!(begun.elapsed() < ENDS_AT_ALL, "the server did not end");
            std::thread::sleep(std::time::Duration::from_millis(3));
        };
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.out.read_to_string(&mut stdout).expect("its output is text");
        let mut errors = self.child.stderr.take().expect("its errors are a pipe");
        errors.read_to_string(&mut stderr).expect("its errors are text");
        Ran { code: status.code(), stdout, stderr }
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs `wirebench drive` to its end.
#[track_caller]
pub fn drive(bench: &Bench, address: &str, arguments: &[&str]) -> Ran {
    let mut all = vec!["drive", address, "--plugin-dir", plugin_folder()];
    all.extend(arguments);
    bench.start(&all).wait()
}

/// Runs it with the handler echo, which compares what comes back.
#[track_caller]
pub fn drive_echo(bench: &Bench, address: &str, framing: &str, more: &[&str]) -> Ran {
    let mut arguments =
        vec!["--handler", "echo", "--config", r#"{"verify": true}"#, "--framing", framing];
    arguments.extend(more);
    drive(bench, address, &arguments)
}

/// It ended well, and this many exchanges were done.
#[track_caller]
pub fn is_done(ran: &Ran, count: u64) {
    assert_eq!(ran.code, Some(0), "{ran}");
    let told = format!("{count} started: {count} done, 0 wrong, 0 rejected, 0 unanswered");
    assert!(ran.stdout.contains(&told) || ran.stderr.contains(&told), "{ran}");
}

/// A server made by hand: gives every peer it accepts to `serve`, until `peers` have come.
pub fn by_hand<T: Send + 'static>(
    peers: usize,
    serve: impl Fn(TcpStream) -> T + Send + 'static,
) -> (String, JoinHandle<Vec<T>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address").to_string();
    let serving = std::thread::spawn(move || {
        let mut served = Vec::new();
        for _ in 0..peers {
            let (stream, _) = listener.accept().expect("somebody comes");
            stream.set_read_timeout(Some(ENDS_AT_ALL)).expect("a timeout can be set");
            served.push(serve(stream));
        }
        served
    });
    (address, serving)
}

/// Reads one frame of `len32be`; `None` at the end.
pub fn read_frame(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut header = [0; 4];
    stream.read_exact(&mut header).ok()?;
    let mut body = vec![0; u32::from_be_bytes(header) as usize];
    stream.read_exact(&mut body).ok()?;
    Some(body)
}

/// Writes one frame of `len32be`.
pub fn write_frame(stream: &mut TcpStream, body: &[u8]) {
    let length = u32::try_from(body.len()).expect("a short body");
    stream.write_all(&[&length.to_be_bytes()[..], body].concat()).expect("the peer reads");
}
