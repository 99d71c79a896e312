//! The program as its users and their scripts meet it: exit codes, formats, options.

#[path = "harness/mod.rs"]
mod harness;

#[path = "cli/again.rs"]
mod again;
#[path = "cli/attach.rs"]
mod attach;
#[path = "cli/chosen.rs"]
mod chosen;
#[path = "cli/closed.rs"]
mod closed;
#[path = "cli/codes.rs"]
mod codes;
#[path = "cli/formats.rs"]
mod formats;
#[path = "cli/hostile_text.rs"]
mod hostile_text;
#[path = "cli/kept.rs"]
mod kept;
#[path = "cli/live.rs"]
mod live;
#[path = "cli/options.rs"]
mod options;
#[path = "cli/recomputed.rs"]
mod recomputed;
#[path = "cli/relative.rs"]
mod relative;
#[path = "cli/secrets.rs"]
mod secrets;
#[path = "cli/shipped.rs"]
mod shipped;
#[path = "cli/streams.rs"]
mod streams;
#[path = "cli/terminal.rs"]
mod terminal;
#[path = "cli/tmux.rs"]
mod tmux;
