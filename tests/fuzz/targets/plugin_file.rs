//! Fuzzes `bodies/plugin_file.rs`, which says what must hold.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| wirebench_fuzz::check("plugin_file", data));
