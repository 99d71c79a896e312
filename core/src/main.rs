//! The `wirebench` program; everything it does is in the library.

/// Counts only while a framing's memory is watched, in a child process that does nothing else.
#[global_allocator]
static HEAP: wirebench::host::heap::Counting = wirebench::host::heap::Counting;

fn main() -> std::process::ExitCode {
    wirebench::cli::main().into()
}
