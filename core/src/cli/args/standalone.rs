//! The options of `serve` and `drive`.

use super::LogArgs;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use wirebench_values::{Size, Span};

/// What both verbs need to know: a cell of a scenario, or a handler with its framing.
#[derive(Args, Clone, Debug)]
pub struct StandaloneArgs {
    /// Which cell of the scenario: its id, or a part of it that no other cell has
    #[arg(long, value_name = "ID")]
    pub cell: Option<String>,

    /// The plugin whose handler plays (`handler.plugin`)
    #[arg(long, value_name = "PLUGIN")]
    pub handler: Option<String>,

    /// The handler's settings (`handler.config`), as JSON or as a TOML table: `{ verify = true }`
    #[arg(long, value_name = "CONFIG")]
    pub config: Option<String>,

    /// The framing of both directions: a name or a TOML table
    #[arg(long, value_name = "FRAMING")]
    pub framing: Option<String>,

    /// The framing from client to server, where the other direction has another
    #[arg(long, value_name = "FRAMING")]
    pub request_framing: Option<String>,

    /// The framing from server to client, where the other direction has another
    #[arg(long, value_name = "FRAMING")]
    pub reply_framing: Option<String>,

    /// The socket (`transport.kind`); without it the address says whether it is an IP address or a
    /// path
    #[arg(long, value_name = "KIND")]
    pub transport: Option<String>,

    /// Change any key of the scenario, as in `run`. Repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,

    /// Look for plugins in this folder first. Repeatable
    #[arg(long, value_name = "DIR")]
    pub plugin_dir: Vec<PathBuf>,

    /// What peers may make this side hold, all together: buffers, and what waits for them to read or
    /// to speak. Over it, the session that holds most is ended
    #[arg(long, value_name = "SIZE", default_value = "1 GiB")]
    pub max_memory: Size,

    /// The same for one session. Without it 64 MiB, or four of the framing's longest messages
    #[arg(long, value_name = "SIZE")]
    pub max_session_memory: Option<Size>,

    /// Allow an address that is not this machine's own
    #[arg(long)]
    pub allow_remote: bool,

    /// What to show of what is said.
    #[command(flatten)]
    pub log: LogArgs,
}

/// `wirebench serve`.
#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// A scenario whose server side to play; without it `--handler` and `--framing` say all
    #[arg(value_name = "SCENARIO")]
    pub scenario: Option<PathBuf>,

    /// What to play.
    #[command(flatten)]
    pub standalone: StandaloneArgs,

    /// Where to listen: an IP address and a port (0: any free one), or a path. Without it the
    /// scenario's port on a loopback address, or a path of its own
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,

    /// Sessions that may be open at the same time; more are closed at once
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_sessions: u32,

    /// End sessions in which nothing comes and nothing is taken for this long, such as 30s. Without it
    /// they last
    #[arg(long, value_name = "TIME")]
    pub idle_timeout: Option<Span>,

    /// Print what arrives, a line a message, and which reads it came in. What the output does not take at
    /// once is left out, and counted
    #[arg(long)]
    pub show: bool,

    /// End when this many sessions have been served, instead of at SIGINT or SIGTERM
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub sessions: Option<u64>,
}

/// `wirebench drive`.
#[derive(Args, Clone, Debug)]
pub struct DriveArgs {
    /// The server: an IP address and a port (`127.0.0.1:4000`, `[::1]:4000`), or a path
    #[arg(value_name = "ADDRESS")]
    pub address: String,

    /// A scenario whose client side to play; without it `--handler` and `--framing` say all
    #[arg(value_name = "SCENARIO")]
    pub scenario: Option<PathBuf>,

    /// What to play.
    #[command(flatten)]
    pub standalone: StandaloneArgs,

    /// End after this many exchanges (`load.messages`)
    #[arg(long, value_name = "N", conflicts_with = "input")]
    pub messages: Option<u64>,

    /// End after this time, such as 300ms (`load.duration`)
    #[arg(long, value_name = "TIME", conflicts_with_all = ["messages", "input"])]
    pub duration: Option<String>,

    /// Start exchanges at this rate, such as 20k/s, whatever has become of those before, and count latency from when
    /// each was due (`load.rate`)
    #[arg(long, value_name = "RATE", conflicts_with = "input")]
    pub rate: Option<String>,

    /// With `--rate`: constant, poisson, or '{ burst = 32 }' (`load.arrivals`)
    #[arg(long, value_name = "HOW", requires = "rate")]
    pub arrivals: Option<String>,

    /// Unanswered exchanges per connection (`load.in-flight`)
    #[arg(long, value_name = "N")]
    pub in_flight: Option<u32>,

    /// Connections (`load.connections`)
    #[arg(long, value_name = "N")]
    pub connections: Option<u32>,

    /// Size of the requests, such as 64B (`load.payload`)
    #[arg(long, value_name = "SIZE", conflicts_with = "input")]
    pub payload: Option<String>,

    /// Send the lines of this file (`-`: standard input, as they come), one exchange a line, and
    /// print what is received; for handlers that send the scenario's payload
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,

    /// How to print what came of it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = DriveFormat::Text)]
    pub format: DriveFormat,
}

/// `--format` of `drive`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DriveFormat {
    /// Lines for people.
    Text,
    /// A result document of one cell and one round, as of `run --format json`.
    Json,
}

/// Shown below the options of `serve`.
pub(super) const SERVE_EXAMPLES: &str = "\
Examples:
  wirebench serve --handler echo --framing len32le
  wirebench serve --handler echo --request-framing raw --reply-framing len32le --listen 127.0.0.1:4000
  wirebench serve --handler echo --framing line --listen /tmp/echo.sock
  wirebench serve --handler echo --framing line --listen 127.0.0.1:4000 --show
  wirebench serve scenarios/sticky.toml --cell framing=line --sessions 1

The first line on standard output is the address, and with --show what arrives stands behind it. SIGINT or SIGTERM ends it: open sessions have
`load.drain` (500 ms without a scenario) to end by themselves, then a summary is printed. Exit codes: 0 ended as told,
100 the side crashed or could not serve, 2 wrong usage, 104 a scenario or plugin is invalid,
108 standard output took not everything.";

/// Shown below the options of `drive`.
pub(super) const DRIVE_EXAMPLES: &str = "\
Examples:
  wirebench drive 127.0.0.1:4000 --handler echo --config '{ verify = true }' --framing len32le
  wirebench drive '[::1]:4000' --handler echo --framing line --messages 1000 --connections 4
  wirebench drive /tmp/echo.sock --handler echo --framing line --input -
  wirebench drive 127.0.0.1:4000 scenarios/sticky.toml --cell framing=line --duration 5s
  wirebench drive 127.0.0.1:4000 --handler echo --framing line --format json > driven.json

Nobody keeps a ledger. With `verify = true` of echo every answer is looked up among the requests; otherwise
integrity is handler-only: only what the handler checks is checked.
Exit codes: 0 every exchange was done or rejected, 100 an exchange was wrong or unanswered, a
connection failed or the side crashed, 105 interrupted, 2 wrong usage, 104 a scenario or plugin is
invalid, 108 standard output took not everything.";
