//! wirebench: does every message arrive whole under this framing, and what does that cost?
//!
//! The pages for people are the book in `docs/` (`docs/SUMMARY.md`): how it is used, what its figures mean, and in
//! `docs/methods.md` how it measures and where that ends.
//!
//! The rings are the pipeline. Those that are handed bytes, numbers and time, and fetch none, are crates
//! below `core/`: their manifests say whom they know, and neither clippy nor the compiler lets them have
//! a socket, a file, a thread, a clock or unsafe code (but for `ledger`, which reads memory that others
//! write).
//!
//! | crate | what lives there |
//! |---|---|
//! | [`text`] | what others wrote, made safe to show |
//! | [`values`](wirebench_values) | sizes, durations, shares and rates as people write them |
//! | `framing` | what a framing is, and the driver that calls it: for plugins too |
//! | `framings`, here [`framing`] | those that ship, one file a strategy |
//! | [`load`] | when and what to send; time is an argument |
//! | [`judge`] | ledger records and received messages in, verdicts out |
//! | [`link`] | seeded impairments: what happens to which byte, and what that explains |
//! | [`torture`] | every cut and fault of a framing, shrunk to the smallest that shows it |
//! | [`measure`] | histograms, metrics, and what a side reports |
//! | `audit` | whether a load generator did what was planned, and whether a round was steady |
//! | [`search`](wirebench_search) | up to which load a limit is kept, as far as noisy rounds can tell |
//! | [`verdict`](wirebench_verdict) | whether one build is slower than another, as far as rounds can tell |
//! | [`ledger`] | the record of all that was handed over, in memory that both sides see |
//! | [`scenario`] | TOML to a typed plan |
//! | [`engine`] | one side of a round, without the world around it; what it and a handler say to each other |
//!
//! The others are the modules of this crate. Each knows only those that its row names, all of them above
//! it; a test reads this table and holds the code to it.
//!
//! | module | what lives there | knows |
//! |---|---|---|
//! | [`machine`] | what the kernel says of this machine | – |
//! | [`result`] | the result document and its gates | – |
//! | [`host`] | loading, checking and calling plugins | – |
//! | [`net`] | sockets, the shared clock and shared memory | host |
//! | [`side`] | the process of one side: an engine under an event loop | machine, host, net |
//! | [`run`] | guard, children, rounds | machine, result, host, net, side |
//! | [`doctor`] | whether this machine is fit to measure, and what should be changed | machine, host, net |
//! | [`compare`] | two builds side by side, and what is said of that | result |
//! | [`report`] | table, JSON, Markdown, and the formats of other programs | result, compare |
//! | [`events`] | what happens in a run, line by line, and results made of that again | result, compare |
//! | [`cli`] | one file a verb | machine, result, host, run, doctor, compare, report, events |

// They panic when nobody reads any more; `cli` has streams that do not.
#![deny(clippy::print_stdout, clippy::print_stderr)]

#[cfg(not(target_os = "linux"))]
compile_error!(
    "wirebench measures with Linux facilities (memfd, epoll, subreapers): build it on Linux"
);

pub use wirebench_audit as audit;
pub mod cli;
pub mod compare;
pub mod doctor;
pub use wirebench_engine as engine;
pub mod events;
pub use wirebench_engine::handler;
pub use wirebench_framings as framing;
pub mod host;
pub use wirebench_judge as judge;
pub use wirebench_ledger as ledger;
pub use wirebench_link as link;
pub use wirebench_load as load;
pub mod machine;
pub use wirebench_measure as measure;
pub mod net;
pub mod report;
pub mod result;
pub mod run;
pub use wirebench_scenario as scenario;
pub mod side;
pub use wirebench_text as text;
pub use wirebench_torture as torture;
