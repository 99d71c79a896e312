//! The contenders of the file bench.

use blake3::{Hash, Hasher, OUT_LEN};
use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wirebench::result::{Outcome, Round};
use wirebench::run::{Plugins, Runner, Watcher};
use wirebench::scenario::{Overrides, load};

/// What a server process is told: how it copies, and where to.
pub(crate) const SERVER: &str = "WIREBENCH_BENCH_FILE_SERVER";

/// A chunk of both contenders.
const CHUNK: usize = 64 << 10;

/// How a reference moves the bytes.
#[derive(Clone, Copy)]
pub(crate) enum Copy {
    /// `std::io::copy`, which leaves them in the kernel.
    Kernel,
    /// Reads and writes of a chunk, through the program's own memory.
    Plain,
    /// The same, with the BLAKE3 of all bytes taken at both ends: it follows them, and is compared.
    Hashed,
}

impl Copy {
    const ALL: [Self; 3] = [Self::Kernel, Self::Plain, Self::Hashed];

    /// What the server is told.
    fn word(self) -> &'static str {
        match self {
            Self::Kernel => "kernel",
            Self::Plain => "plain",
            Self::Hashed => "hashed",
        }
    }
}

/// Makes a file of bytes that do not repeat at once.
pub(crate) fn make(path: &Path, size: u64) -> io::Result<()> {
    let mut file = File::create(path)?;
    let mut state = 42_u64;
    let mut block = vec![0; 1 << 20];
    for _ in 0..size.div_ceil(block.len() as u64) {
        for word in block.chunks_exact_mut(8) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            word.copy_from_slice(&state.to_le_bytes());
        }
        file.write_all(&block)?;
    }
    file.set_len(size)
}

/// wirebench itself: real rounds through the runner, in child processes.
pub(crate) struct Ours {
    runner: Runner,
    plugin: PathBuf,
    folder: PathBuf,
}

impl Ours {
    pub(crate) fn start(folder: &Path) -> Self {
        let program = Path::new(env!("CARGO_BIN_EXE_wirebench"));
        let plugin = program.with_file_name("deps").join("libwirebench_file.so");
        assert!(plugin.exists(), "{} is missing", plugin.display());
        let runner = Runner::start(program).expect("guard");
        Self { runner, plugin, folder: folder.to_owned() }
    }

    /// Plays one round of one upload; returns how long that took. Its digest is taken behind the
    /// bytes, so that each side reads or writes the file once, as the references do.
    pub(crate) fn run(&mut self, source: &Path, digest: &str) -> Duration {
        let at = if digest == "none" { "header" } else { "trailer" };
        let text = format!(
            "schema = 1\nname = \"bench\"\nframing = \"len32be\"\n\
             handler = {{ plugin = \"file\", config = {{ root = {root:?}, source = {source:?}, \
             digest = \"{digest}\", digest-at = \"{at}\" }} }}\n\
             transport = {{ read-size = \"256 KiB\" }}\ncpu = {{ placement = \"split\" }}\n\
             [load]\nmessages = 1\nrounds = 1\nwarmup = \"0ms\"\ntimeout = \"60s\"\ndrain = \"60s\"\n\
             ledger = \"16 MiB\"\n",
            root = self.folder.display().to_string(),
            source = source.display().to_string(),
        );
        let loaded = load("bench", &text, &Overrides::default(), &|_| Err("no files".into()))
            .unwrap_or_else(|errors| panic!("{}", errors.render(false)));
        let mut handlers = BTreeMap::new();
        handlers.insert(("file".to_owned(), None), self.plugin.clone());
        let plugins = Plugins { handlers, ..Plugins::default() };
        let mut last = Last(None);
        self.runner.run(&loaded.scenario, &plugins, 1, &mut last).expect("the round can be run");
        match last.0.expect("a round").outcome {
            Outcome::Finished { client, .. } => {
                assert_eq!(client.exchanges.done, 1, "{:?}", client.exchanges);
                Duration::from_nanos(client.latency.max().expect("a transfer"))
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Keeps the last round.
struct Last(Option<Round>);

impl Watcher for Last {
    fn begins(&mut self, _: usize, _: u32) {}
    fn ended(&mut self, round: Round) {
        self.0 = Some(round);
    }
}

/// A reference in two processes: this program again is the server. Returns the time from the
/// first byte read to the server's word that the last one is stored.
pub(crate) fn reference(source: &Path, folder: &Path, copy: Copy) -> Duration {
    let target = folder.join("target");
    let mut server = Command::new(std::env::current_exe().expect("this program"))
        .env(SERVER, format!("{} {}", copy.word(), target.display()))
        .stdout(Stdio::piped())
        .spawn()
        .expect("server process");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("pipe")).read_line(&mut line).expect("address");
    let address: std::net::SocketAddr = line.trim().parse().expect("address");
    let source = source.to_owned();
    // A thread of its own, so that the next contender does not inherit its processor.
    let drive = move || {
        pin(1);
        let mut socket = TcpStream::connect(address).expect("connect");
        socket.set_nodelay(true).expect("nodelay");
        let begun = Instant::now();
        let mut file = File::open(source).expect("the source");
        match copy {
            Copy::Kernel => io::copy(&mut file, &mut socket).map(drop),
            Copy::Plain => move_bytes(&mut file, &mut socket),
            Copy::Hashed => send_hashed(&mut file, &mut socket),
        }
        .expect("sending");
        socket.shutdown(Shutdown::Write).expect("shutdown");
        let mut word = [0];
        socket.read_exact(&mut word).expect("the server's word");
        begun.elapsed()
    };
    let took = std::thread::spawn(drive).join().expect("client");
    server.wait().expect("server process");
    took
}

/// The server of a reference.
pub(crate) fn serve(told: &str) {
    pin(0);
    let (word, target) = told.split_once(' ').expect("two words");
    let copy = Copy::ALL.into_iter().find(|copy| copy.word() == word).expect("a way to copy");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind");
    println!("{}", listener.local_addr().expect("address"));
    let mut socket = listener.accept().expect("accept").0;
    let mut file = File::create(target).expect("the target");
    match copy {
        Copy::Kernel => io::copy(&mut socket, &mut file).map(drop),
        Copy::Plain => move_bytes(&mut socket, &mut file),
        Copy::Hashed => receive_hashed(&mut socket, &mut file),
    }
    .expect("receiving");
    socket.write_all(b"!").expect("the word");
}

fn move_bytes<R: Read, W: Write>(from: &mut R, to: &mut W) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    loop {
        match from.read(&mut chunk)? {
            0 => return Ok(()),
            count => to.write_all(&chunk[..count])?,
        }
    }
}

/// The size, the bytes, their digest.
fn send_hashed(file: &mut File, socket: &mut TcpStream) -> io::Result<()> {
    let size = file.metadata()?.len();
    socket.write_all(&size.to_be_bytes())?;
    let digest = move_and_hash(file, socket, size)?;
    socket.write_all(digest.as_bytes())
}

fn receive_hashed(socket: &mut TcpStream, file: &mut File) -> io::Result<()> {
    let mut size = [0; 8];
    socket.read_exact(&mut size)?;
    let digest = move_and_hash(socket, file, u64::from_be_bytes(size))?;
    let mut told = [0; OUT_LEN];
    socket.read_exact(&mut told)?;
    if digest == told { Ok(()) } else { Err(io::Error::other("the digests differ")) }
}

/// Whole chunks, because a digest of many blocks at once is faster than one of what a read finds.
fn move_and_hash<R: Read, W: Write>(from: &mut R, to: &mut W, size: u64) -> io::Result<Hash> {
    let mut hasher = Hasher::new();
    let mut chunk = vec![0; CHUNK];
    let mut left = size;
    while left > 0 {
        let bytes = &mut chunk[..left.min(CHUNK as u64) as usize];
        from.read_exact(bytes)?;
        hasher.update(bytes);
        to.write_all(bytes)?;
        left -= bytes.len() as u64;
    }
    Ok(hasher.finalize())
}

fn pin(processor: usize) {
    let mut set = CpuSet::new();
    set.set(processor).expect("processor");
    sched_setaffinity(Pid::from_raw(0), &set).expect("pin");
}
