//! What a plugin is can be read from its note: no code of it runs, and the note has to be true.

#[path = "fixtures/c_compiler.rs"]
mod c_compiler;
#[path = "fixtures/recorder.rs"]
mod recorder;

use c_compiler::{header, repository, shared_object};
use recorder::built;
use std::path::{Path, PathBuf};
use std::process::Command;
use wirebench::host::{ElfFault, Library, LoadFault, Note, Noted};

/// `noted.c`, compiled with these flags.
fn noted(folder: &Path, flags: &[&str]) -> PathBuf {
    shared_object(folder, "noted", flags)
}

fn note(file: &Path) -> Note {
    match Library::look(file) {
        Ok((_, Noted::Note(note))) => *note,
        other => panic!("{}: {other:?}", file.display()),
    }
}

/// What `wirebench list plugins` prints of the plugins in `folder`, and of those alone.
fn listed(folder: &Path, more: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_wirebench"))
        .args(["list", "plugins", "--plugin-dir"])
        .arg(folder)
        .args(more)
        .output()
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    // One line a plugin, and more behind each.
    let mut ours = false;
    let mut kept = Vec::new();
    for line in text.lines() {
        if !line.starts_with("    ") {
            ours = line.contains(folder.to_str().unwrap());
        }
        if ours {
            kept.push(line.trim_end());
        }
    }
    kept.join("\n")
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing in: {text}");
    }
}

#[test]
fn a_plugin_is_listed_without_running_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let define = format!("-DTRACE=\"{}\"", trace.display());
    // A file name of its own, so that the flag does not become a part of it.
    let made = noted(folder.path(), &["-DTRACED", &define]);
    let text = listed(folder.path(), &[]);
    assert_eq!(
        text,
        format!("  org.example.noted 3.0  {}\n    handler noted  does nothing", made.display())
    );
    assert!(!trace.exists(), "its constructor ran");
    // It would have shown.
    assert_eq!(listed(folder.path(), &["--load"]), text);
    assert!(trace.exists(), "its constructor did not run");
}

#[test]
fn a_plugin_without_a_note_is_loaded_only_when_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let define = format!("-DTRACE=\"{}\"", trace.display());
    noted(folder.path(), &["-DNO_NOTE", &define]);
    let text = listed(folder.path(), &[]);
    says(
        &text,
        &["not known: ", "notedNO_NOTE.so: it has no note", "`wirebench list plugins --load`"],
    );
    assert!(!text.contains("handler") && !trace.exists(), "{text}");
    says(&listed(folder.path(), &["--load"]), &["org.example.noted 3.0", "handler noted"]);
    assert!(trace.exists());
}

#[test]
fn a_note_of_another_format_is_told_and_keeps_nobody_from_loading_the_plugin() {
    let folder = tempfile::tempdir().unwrap();
    let file = noted(folder.path(), &["-DOTHER_FORMAT"]);
    let text = listed(folder.path(), &[]);
    says(&text, &["its note is of format 2, this wirebench reads format 1", "update wirebench"]);
    assert_eq!(Library::load(&file).unwrap().id(), "org.example.noted");
}

#[test]
fn a_plugin_for_another_machine_is_named_by_its_note() {
    let folder = tempfile::tempdir().unwrap();
    let file = noted(folder.path(), &[]);
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[18..20].copy_from_slice(&[243, 0]);
    std::fs::write(&file, bytes).unwrap();
    let error = Library::look(&file).unwrap_err();
    assert!(matches!(error.fault, LoadFault::Elf(ElfFault::Machine(_))), "{error}");
    assert_eq!(error.plugin, Some(("org.example.noted".into(), "3.0".into())));
    let text = listed(folder.path(), &[]);
    says(&text, &["broken: plugin ", "(org.example.noted 3.0): it is built for another machine"]);
    says(&text, &["RISC-V", "build it for this one"]);
}

#[test]
fn another_major_is_refused_and_a_newer_minor_told_before_anything_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let define = format!("-DTRACE=\"{}\"", trace.display());
    let major = noted(folder.path(), &["-DOTHER_MAJOR", &define]);
    let error = Library::load(&major).unwrap_err();
    assert_eq!(error.fault, LoadFault::Major { major: 2, minor: 4 });
    says(&error.to_string(), &["(org.example.noted 3.0)", "interface 2.4", "speaks 1.4", "update"]);
    let minor = noted(folder.path(), &["-DNEWER_MINOR", &define]);
    let text = listed(folder.path(), &[]);
    says(&text, &["(org.example.noted 3.0): it is built for plugin interface 2.4"]);
    says(&text, &["built for plugin interface 1.9, this wirebench speaks 1.4", "update wirebench"]);
    assert!(!trace.exists(), "a constructor ran");
    assert_eq!(Library::load(&minor).unwrap().abi(), (1, 9));
}

#[test]
fn a_note_that_lies_is_refused_with_what_both_say() {
    let folder = tempfile::tempdir().unwrap();
    let lies = [
        (
            "-DLIE_ID",
            "of its id the note says `org.example.other`, its descriptor says `org.example.noted`",
        ),
        ("-DLIE_VERSION", "of its version the note says `4.0`, its descriptor says `3.0`"),
        (
            "-DLIE_ABOUT",
            "the note says `noted does much`, its descriptor says `noted does nothing`",
        ),
        (
            "-DLIE_FRAMING",
            "of its framing the note says `len9 `, its descriptor says there is no `len9`",
        ),
        ("-DLIE_ARCH", "of its architecture the note says `sparc`, the file is for `"),
        ("-DWB_SDK=\"another\"", ""),
    ];
    for (flag, told) in lies {
        let file = noted(folder.path(), &[flag]);
        let loaded = Library::load(&file);
        if told.is_empty() {
            // Both say what the header was told: no lie.
            assert_eq!(loaded.unwrap().sdk(), "another");
            continue;
        }
        let error = loaded.unwrap_err();
        assert!(matches!(error.fault, LoadFault::Lie(_)), "{error}");
        says(&error.to_string(), &["its note lies: ", told, "rebuild it"]);
    }
}

#[test]
fn a_note_survives_strip_and_the_optimisers() {
    let folder = tempfile::tempdir().unwrap();
    let small = ["-O2", "-flto", "-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections"];
    let all = [noted(folder.path(), &[]), noted(folder.path(), &small), built("echo")];
    for (number, file) in all.iter().enumerate() {
        let before = note(file);
        for arguments in [&[][..], &["--strip-all"], &["--strip-unneeded", "-R", ".comment"]] {
            let stripped = folder.path().join(format!("{number}-{}.so", arguments.len()));
            let mut strip = Command::new("strip");
            let Ok(done) = strip.args(arguments).arg("-o").arg(&stripped).arg(file).status() else {
                eprintln!("there is no `strip` here: not tried");
                return;
            };
            assert!(done.success(), "{arguments:?}");
            assert_eq!(note(&stripped), before, "{arguments:?}");
            Library::load(&stripped).unwrap();
        }
    }
}

#[test]
fn a_note_is_written_in_cpp_as_in_c() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("noted.so");
    let made = Command::new("c++")
        .args(["-x", "c++", "-std=c++17", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Werror"])
        .args(["-shared", "-fPIC", "-I"])
        .arg(header())
        .arg("-o")
        .arg(&file)
        .arg(repository().join("tests/fixtures/c/noted.c"))
        .output()
        .expect("a C++ compiler runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert_eq!(note(&file), note(&noted(folder.path(), &[])));
    assert_eq!(Library::load(&file).unwrap().id(), "org.example.noted");
}

#[test]
fn every_plugin_that_ships_says_in_its_note_what_its_descriptor_says() {
    for name in ["auth", "chat", "echo", "exec", "file", "request", "faulty"] {
        let note = note(&built(name));
        let library = Library::load(&built(name)).unwrap();
        assert_eq!(note.plugin(), (library.id().to_owned(), library.version().to_owned()));
        assert_eq!((note.abi, note.debug_build), (library.abi(), library.debug_build()));
        assert_eq!((&note.handlers, &note.framings), (&library.handlers(), &library.framings()));
        assert_eq!(note.arch.as_deref(), Some(std::env::consts::ARCH));
        assert!(note.target.is_some_and(|target| target.contains("linux")));
    }
}
