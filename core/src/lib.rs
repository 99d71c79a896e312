//! wirebench: does every message arrive whole under this framing, and what does that cost?
//!
//! The folders are the pipeline. Each knows only those above it in this list:
//!
//! | module | what lives there | knows |
//! |---|---|---|
//! | [`framing`] | sans-IO encode and decode, one file a strategy | bytes only |
//! | [`judge`] | ledger records and received messages in, verdicts out | bytes only |
//! | [`load`] | when and what to send; time is an argument | numbers only |
//! | [`measure`] | histograms and counters | numbers only |
//! | [`scenario`] | TOML to a typed plan | the four above |
//! | [`host`] | loading, checking and calling plugins | the C interface |
//! | [`net`] | sockets and the shared-memory ledger | framing, judge |
//! | [`side`] | the event loop of one side | all above |
//! | [`run`] | guard, children, rounds | all above |
//! | [`result`] | the result document and its gates | measure, scenario |
//! | [`report`] | table, JSON, Markdown | result |
//! | [`cli`] | one file a verb | run, result, report |

#[cfg(not(target_os = "linux"))]
compile_error!(
    "wirebench measures with Linux facilities (memfd, epoll, subreapers): build it on Linux"
);

pub mod cli;
pub mod framing;
pub mod host;
pub mod judge;
pub mod load;
pub mod measure;
pub mod net;
pub mod report;
pub mod result;
pub mod run;
pub mod scenario;
pub mod side;
