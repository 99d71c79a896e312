//! The ways of loading connections, and how each contender is told.

use super::{DURATION_MS, WARMUP_MS};
use nix::sys::resource::{Resource, getrlimit};
use wirebench::run::processors;
use wirebench::scenario::{Cpu, Placement};

/// Open files of a side besides its connections, and more than enough.
const OTHER_FILES: u64 = 64;

/// What the messages travel over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    Tcp,
    Unix,
    Udp,
}

/// Which of the loops in C is the reference, each for a shape of its kind.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lean {
    /// One stream.
    Stream,
    /// One stream, and every byte compared at both ends.
    Compare,
    /// Many streams.
    Epoll,
    /// Datagrams.
    Datagrams,
}

/// One way of loading connections.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) connections: u32,
    over: Over,
    lean: Lean,
    in_flight: u32,
    /// Bytes of a message.
    payload: u32,
    /// Server and client on processors of their own, or both on one.
    two_cores: bool,
    /// Both ask their sockets again and again, instead of sleeping in the kernel.
    spin: bool,
    /// What the ratio has to reach, if anything.
    pub(crate) target: Option<f64>,
    /// What it should reach besides.
    pub(crate) aim: Option<f64>,
}

/// 64 B back and forth over one TCP connection, both sides on one processor.
const PING_PONG: Shape = Shape {
    name: "",
    connections: 1,
    over: Over::Tcp,
    lean: Lean::Stream,
    in_flight: 1,
    payload: 64,
    two_cores: false,
    spin: false,
    target: None,
    aim: None,
};

pub(crate) static SHAPES: [Shape; 14] = [
    Shape { name: "(a) ping-pong, one core", target: Some(0.95), ..PING_PONG },
    Shape { name: "(a) ping-pong, two cores", two_cores: true, target: Some(0.97), ..PING_PONG },
    Shape {
        name: "(a) ping-pong, two cores, spinning",
        two_cores: true,
        spin: true,
        target: Some(0.95),
        ..PING_PONG
    },
    Shape { name: "(b) 256 in flight, one core", in_flight: 256, target: Some(0.65), ..PING_PONG },
    Shape {
        name: "(b) 256 in flight, two cores",
        in_flight: 256,
        two_cores: true,
        target: Some(0.80),
        aim: Some(0.90),
        ..PING_PONG
    },
    Shape {
        name: "(c) 1 KiB x 64 in flight, one core",
        in_flight: 64,
        payload: 1 << 10,
        target: Some(0.80),
        ..PING_PONG
    },
    Shape {
        name: "(c) 1 KiB x 64 in flight, two cores",
        in_flight: 64,
        payload: 1 << 10,
        two_cores: true,
        target: Some(0.80),
        ..PING_PONG
    },
    Shape {
        name: "(d) 16 KiB x 64 in flight, two cores",
        lean: Lean::Compare,
        in_flight: 64,
        payload: 16 << 10,
        two_cores: true,
        target: Some(0.90),
        ..PING_PONG
    },
    Shape {
        name: "(e) UDP ping-pong, one core",
        over: Over::Udp,
        lean: Lean::Datagrams,
        target: Some(0.93),
        ..PING_PONG
    },
    Shape {
        name: "(e) UDP ping-pong, two cores",
        over: Over::Udp,
        lean: Lean::Datagrams,
        two_cores: true,
        target: Some(0.97),
        ..PING_PONG
    },
    Shape {
        name: "(f) Unix ping-pong, one core",
        over: Over::Unix,
        target: Some(0.95),
        ..PING_PONG
    },
    Shape {
        name: "(g) 64 connections x 16, two cores",
        connections: 64,
        lean: Lean::Epoll,
        in_flight: 16,
        two_cores: true,
        target: Some(0.90),
        ..PING_PONG
    },
    Shape {
        name: "(h) 1,000 connections x 1, two cores",
        connections: 1_000,
        lean: Lean::Epoll,
        two_cores: true,
        ..PING_PONG
    },
    Shape {
        name: "(h) 10,000 connections x 1, two cores",
        connections: 10_000,
        lean: Lean::Epoll,
        two_cores: true,
        ..PING_PONG
    },
];

impl Shape {
    /// Or why this machine does not let it be played.
    pub(crate) fn possible(&self) -> Result<(), String> {
        processors(&Cpu { placement: self.placement(), ..Cpu::default() })
            .map_err(|error| error.to_string())?;
        let wanted = u64::from(self.connections) + OTHER_FILES;
        let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("the limit of open files");
        if wanted > hard {
            return Err(format!(
                "a side has to open {wanted} files and may open {hard}: raise the hard limit \
                 (`ulimit -Hn`)"
            ));
        }
        Ok(())
    }

    fn placement(&self) -> Placement {
        if self.two_cores { Placement::Split } else { Placement::Same }
    }

    /// The scenario, as `wirebench run` would read it.
    pub(crate) fn scenario(&self) -> String {
        format!(
            "schema = 1\nname = \"bench\"\nhandler = {{ plugin = \"echo\" }}\nframing = \"{framing}\"\n\
             transport = {{ kind = \"{kind}\", write = \"{write}\" }}\n\
             cpu = {{ placement = \"{placement}\", wait = \"{wait}\" }}\n\
             [load]\nin-flight = {in_flight}\nconnections = {connections}\npayload = \"{payload} B\"\n\
             timeout = \"10s\"\ndrain = \"10s\"\n\
             warmup = \"{WARMUP_MS}ms\"\nduration = \"{DURATION_MS}ms\"\nrounds = 1\n",
            framing = if self.over == Over::Udp { "raw" } else { "len32be" },
            kind = match self.over {
                Over::Tcp => "tcp",
                Over::Unix => "unix",
                Over::Udp => "udp",
            },
            write = if self.in_flight == 1 { "message" } else { "batch" },
            placement = if self.two_cores { "split" } else { "same" },
            wait = if self.spin { "spin" } else { "block" },
            in_flight = self.in_flight,
            connections = self.connections,
            payload = self.payload,
        )
    }

    /// The loop that is its reference, and the options of that.
    pub(crate) fn lean(&self) -> (&'static str, String) {
        let name = match self.lean {
            Lean::Stream => "stream",
            Lean::Compare => "compare",
            Lean::Epoll => "epoll",
            Lean::Datagrams => "datagrams",
        };
        // The processors that wirebench puts its sides on.
        let placed = processors(&Cpu { placement: self.placement(), ..Cpu::default() })
            .expect("it was asked whether they are there");
        let mut options = format!(
            "--connections {} --in-flight {} --payload {} --warmup-ms {WARMUP_MS} \
             --duration-ms {DURATION_MS} --server-cpu {} --client-cpu {}",
            self.connections,
            self.in_flight,
            self.payload,
            placed.server.expect("a processor"),
            placed.client.expect("a processor"),
        );
        if self.over == Over::Unix {
            options += " --transport unix";
        }
        if self.spin {
            options += " --wait spin";
        }
        (name, options)
    }
}
