//! Cells that fail: played again, or the end of the run, and what a log shows meanwhile.

mod harness;
#[path = "report/sample.rs"]
mod sample;

#[path = "retries/aborted.rs"]
mod aborted;
#[path = "retries/attempts.rs"]
mod attempts;
#[path = "retries/drawn.rs"]
mod drawn;
#[path = "retries/flaky.rs"]
mod flaky;
#[path = "retries/journals.rs"]
mod journals;
#[path = "retries/progress.rs"]
mod progress;
#[path = "retries/refused.rs"]
mod refused;
#[path = "retries/servers.rs"]
mod servers;
