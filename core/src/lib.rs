//! wirebench: does every message arrive whole under this framing, and what does that cost?
//!
//! The folders are the pipeline. Each knows only those that its row names, all of them above it; a
//! test reads this table and holds the code to it.
//!
//! | module | what lives there | knows |
//! |---|---|---|
//! | [`text`] | what others wrote, made safe to show | – |
//! | [`mutants`] | lists of mistakes that tests have to find | – |
//! | [`framing`] | sans-IO encode and decode, one file a strategy, and the driver that calls them | – |
//! | [`judge`] | ledger records and received messages in, verdicts out | mutants |
//! | [`load`] | when and what to send; time is an argument | – |
//! | [`link`] | seeded impairments: what happens to which byte, and what that explains | judge, load |
//! | [`torture`] | every cut and fault of a framing, shrunk to the smallest that shows it | framing, load |
//! | [`measure`] | histograms, metrics, and what a side reports | judge, link |
//! | [`ledger`] | the record of all that was handed over, in memory that both sides see | judge, link, measure |
//! | [`scenario`] | TOML to a typed plan | text, framing, load, link, measure |
//! | [`result`] | the result document and its gates | text, framing, judge, link, measure, scenario |
//! | [`handler`] | what a handler and its side say to each other | – |
//! | [`engine`] | one side of a round, without the world around it | text, mutants, framing, judge, load, link, measure, ledger, scenario, handler |
//! | [`host`] | loading, checking and calling plugins | text, framing, ledger, handler |
//! | [`net`] | sockets, the shared clock and shared memory | ledger, scenario, engine, host |
//! | [`side`] | the process of one side: an engine under an event loop | text, framing, load, measure, ledger, scenario, handler, engine, host, net |
//! | [`run`] | guard, children, rounds | text, load, measure, ledger, scenario, result, host, net, side |
//! | [`report`] | table, JSON, Markdown | text, framing, judge, load, link, torture, measure, scenario, result |
//! | [`cli`] | one file a verb | text, framing, torture, scenario, result, handler, host, run, report |

// They panic when nobody reads any more; `cli` has streams that do not.
#![deny(clippy::print_stdout, clippy::print_stderr)]

#[cfg(not(target_os = "linux"))]
compile_error!(
    "wirebench measures with Linux facilities (memfd, epoll, subreapers): build it on Linux"
);

pub mod cli;
pub mod engine;
pub mod framing;
pub mod handler;
pub mod host;
pub mod judge;
pub mod ledger;
pub mod link;
pub mod load;
pub mod measure;
pub mod mutants;
pub mod net;
pub mod report;
pub mod result;
pub mod run;
pub mod scenario;
pub mod side;
pub mod text;
pub mod torture;
