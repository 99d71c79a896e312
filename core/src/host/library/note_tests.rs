//! Texts of notes, right and wrong.

use super::*;

/// A note as `export_plugin!` writes it, with one entry in the place of another.
fn with(old: &str, new: &str) -> String {
    let text = "note=1\0abi=1.4\0id=org.example.shout\0version=1.0\0sdk=wirebench-sdk 0.1.0\0\
                build=release\0arch=x86_64\0target=x86_64-unknown-linux-gnu\0\
                handler=shout every message comes back in upper case\0framing=len8\0\0\0";
    assert!(text.contains(old), "{old}");
    text.replace(old, new)
}

fn read(text: &str) -> Note {
    match Noted::of(Some(text.as_bytes())) {
        Ok(Noted::Note(note)) => *note,
        other => panic!("{text:?}: {other:?}"),
    }
}

fn refused(text: impl AsRef<[u8]>) -> String {
    Noted::of(Some(text.as_ref())).expect_err("it is broken").to_string()
}

#[test]
fn a_note_says_what_the_plugin_is() {
    let note = read(&with("", ""));
    assert_eq!(note.plugin(), ("org.example.shout".into(), "1.0".into()));
    assert_eq!((note.abi, note.debug_build), ((1, 4), Some(false)));
    assert_eq!(note.sdk, "wirebench-sdk 0.1.0");
    assert_eq!(note.target.as_deref(), Some("x86_64-unknown-linux-gnu"));
    assert_eq!(note.handlers[0].about, "every message comes back in upper case");
    assert_eq!((&*note.framings[0].name, &*note.framings[0].about), ("len8", ""));
}

#[test]
fn what_only_later_readers_know_is_passed_over() {
    let note = read(&with("build=release", "speed=fast\0build=quick"));
    assert_eq!(note.debug_build, None);
    let other = with("note=1", "note=2").into_bytes();
    assert_eq!(Noted::of(Some(&other)), Ok(Noted::OtherFormat("2".into())));
    assert_eq!(Noted::of(None), Ok(Noted::Nothing));
}

#[test]
fn what_is_wrong_with_a_note_is_told_with_the_next_step() {
    let cases = [
        (with("note=1\0", ""), "does not begin with its format"),
        (with("abi=1.4\0", ""), "does not say `abi`"),
        (with("abi=1.4", "abi=one"), "says abi=\"one\", which is no major and minor"),
        (with("id=org.example.shout\0", ""), "does not say `id`"),
        (with("version=1.0\0", ""), "does not say `version`"),
        (with("version=1.0", "version=1.0\0version=2.0"), "says `version` twice"),
        (with("framing=len8", "nonsense"), "has an entry without `=`: \"nonsense\""),
    ];
    for (text, cause) in cases {
        let told = refused(&text);
        assert!(told.starts_with("its note (.note.wirebench) ") && told.contains(cause), "{told}");
        assert!(told.ends_with("and rebuild it"), "{told}");
    }
    assert!(refused([b"note=1\0id=".as_slice(), b"\xff\0"].concat()).contains("is not UTF-8"));
    assert!(refused([]).contains("does not begin with its format"));
}

#[test]
fn names_and_texts_keep_the_rules_of_a_descriptor() {
    let long = "x".repeat(1_025);
    let cases = [
        (with("id=org", "id=o rg"), "its id in its note (`o rg"),
        (with("id=org.example.shout", "id="), "its id in its note is empty"),
        (with("version=1.0", "version=\u{1b}[2J"), "version in its note holds control characters"),
        (with("handler=shout", "handler=sh/out"), "name of a handler in its note (`sh/out`)"),
        (with("every", &long), "description of handler `shout` in its note is "),
        (with("framing=len8", "framing=a\0framing=a"), "two framings in its note called `a`"),
        (with("framing=len8", &"framing=a\0".repeat(65)), "65 framings in its note"),
    ];
    for (text, cause) in cases {
        let told = refused(&text);
        assert!(told.contains(cause), "{cause}: {told}");
        assert!(!told.chars().any(char::is_control), "{told:?}");
    }
}

#[test]
fn a_plugin_of_another_major_or_architecture_is_told_with_both() {
    let other = read(&with("abi=1.4", "abi=2.0")).suits().expect_err("another major").to_string();
    assert!(other.contains("interface 2.0") && other.contains("speaks 1."), "{other}");
    let here = std::env::consts::ARCH;
    let lie = read(&with("arch=x86_64", "arch=sparc")).suits().expect_err("it lies").to_string();
    assert!(lie.contains("says `sparc`") && lie.contains(&format!("is for `{here}`")), "{lie}");
}

#[test]
fn no_changed_byte_makes_the_reader_fail() {
    let whole = with("", "").into_bytes();
    let mut seed = 7u64;
    for _ in 0..4_000 {
        let mut bytes = whole.clone();
        for _ in 0..3 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = (seed >> 33) as usize % bytes.len();
            bytes[at] = (seed >> 24) as u8;
        }
        if let Err(fault) = Noted::of(Some(&bytes)) {
            let told = fault.to_string();
            assert!(told.len() < 1_000 && !told.chars().any(char::is_control), "{told:?}");
        }
    }
}
