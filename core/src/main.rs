//! The program.

fn main() {
    let arguments: Vec<_> = std::env::args_os().collect();
    if let [_, verb, file] = arguments.as_slice()
        && verb == wirebench::host::probe::VERB
    {
        std::process::exit(wirebench::host::probe::probe_child(file.as_ref()));
    }
}
