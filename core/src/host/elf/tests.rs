//! Tests of the reader, on the C library that they run with and on damaged copies of it.

use super::machine::here;
use super::{Elf, ElfFault, Kind, Tables};
use std::io::Write as _;

/// The C library that this test runs with: a shared object for this machine, without a descriptor.
fn c_library() -> Vec<u8> {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("it is Linux");
    let path = maps.split_whitespace().find(|word| word.contains("/libc.so"));
    std::fs::read(path.expect("the test is linked with a C library")).expect("it is readable")
}

fn read(bytes: &[u8]) -> Result<Elf, ElfFault> {
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(bytes).expect("it is writable");
    Elf::read(file, bytes.len() as u64)
}

fn fault(bytes: &[u8]) -> ElfFault {
    read(bytes).err().expect("it is refused")
}

#[test]
fn exports_are_found_by_either_table_and_nothing_else_is() {
    let mut elf = read(&c_library()).expect("it is loaded here");
    let tables = std::mem::take(&mut elf.tables);
    assert_eq!(elf.exports("malloc"), None);
    for hash in [0, tables.hash] {
        elf.tables = Tables { hash, gnu_hash: tables.gnu_hash, ..tables };
        for (name, exported) in [("malloc", true), ("mallo", false), ("wirebench", false)] {
            assert_eq!(elf.exports(name), Some(exported), "{name}");
        }
        if hash > 0 {
            elf.tables.gnu_hash = 0;
            assert_eq!(elf.exports("malloc"), Some(true));
        }
    }
}

#[test]
fn a_file_that_ends_too_early_is_told_with_both_lengths() {
    let whole = c_library();
    for length in [64, 100, 1_000, whole.len() / 2, whole.len() - 1] {
        match fault(&whole[..length]) {
            ElfFault::CutOff { ends, length: told, .. } => {
                assert!(told == length as u64 && ends > told, "{length}: {ends}");
            }
            other => panic!("{length}: {other}"),
        }
    }
    assert_eq!(fault(&[]), ElfFault::Other(vec![]));
    assert_eq!(fault(&whole[..63]), ElfFault::CutOff { part: "header", ends: 64, length: 63 });
}

#[test]
fn no_changed_byte_of_the_tables_leads_out_of_the_file() {
    let whole = c_library();
    let mut seed = 42u64;
    for _ in 0..400 {
        let mut bytes = whole.clone();
        for _ in 0..4 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = (seed >> 33) as usize % 4_096;
            bytes[at] = (seed >> 24) as u8;
        }
        if let Ok(elf) = read(&bytes) {
            let _ = elf.exports("malloc");
        }
    }
}

#[test]
fn what_is_no_shared_object_is_told_as_what_it_is() {
    let whole = c_library();
    let with = |at: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[at] = byte;
        fault(&bytes).to_string()
    };
    assert_eq!(
        fault(b"#!/bin/sh\necho\n").to_string(),
        r##"it begins with "#!/bin/sh\necho\n" (a script), a shared object for Linux with "\x7fELF"; name the .so file that the build made"##
    );
    assert_eq!(
        with(4, 1),
        format!(
            "it is built for another machine ({}), this one needs {}; build it for this one",
            here().replace("64-bit", "32-bit"),
            here()
        )
    );
    assert!(with(18, 0xf3).contains("64-bit little-endian RISC-V"));
    assert!(with(16, 1).starts_with("it is an object file that is not linked yet, not a"));
    assert!(with(16, 2).starts_with("it is a program, not a shared object; link it as one"));
    let own = std::fs::read("/proc/self/exe").expect("the test itself");
    assert!(matches!(fault(&own), ElfFault::Kind(Kind::Executable)));
}
