//! The `wirebench` program; everything it does is in the library.

fn main() -> std::process::ExitCode {
    wirebench::cli::main().into()
}
