//! What a plugin's framing can say since minor 2 of the interface, and that those built before load.

#[path = "fixtures/c_compiler.rs"]
mod c_compiler;
#[path = "framings/driver.rs"]
#[allow(dead_code)] // it is there for all tests of framings
mod driver;
#[path = "fixtures/recorder.rs"]
mod recorder;

use c_compiler::{repository, shared_object_against};
use driver::receive;
use recorder::{built, crumb};
use wirebench::framing::{Decoded, EncodeError, FrameWriter, Framing, Role};
use wirebench::host::Library;

fn checked(fault: &str) -> Box<dyn Framing> {
    let config = format!(r#"{{"fault": "{fault}"}}"#);
    let library = Library::load(&built("faulty")).unwrap();
    library.framing("checked-faulty", &config, Role::Client, crumb()).unwrap()
}

fn frame(payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = FrameWriter::new(&mut bytes, usize::MAX);
    checked("none").encode(0, payload, &mut writer).unwrap();
    bytes
}

/// A good frame, one whose payload is damaged, some rubbish, a good frame.
fn damaged() -> Vec<u8> {
    let mut wire =
        [frame(b"first"), frame(b"damaged"), b"rubbish".to_vec(), frame(b"last")].concat();
    wire[frame(b"first").len() + 4] ^= 0x40;
    wire
}

#[test]
fn a_framing_of_a_plugin_drops_what_is_damaged_and_goes_on() {
    let wire = damaged();
    let dropped = frame(b"first").len() as i64..(wire.len() - frame(b"last").len()) as i64;
    for cut in 0..=wire.len() {
        let outcome = receive(&mut *checked("none"), &wire, &[cut]);
        assert_eq!(outcome.messages, [&b"first"[..], b"last"], "cut at {cut}");
        assert_eq!((&outcome.error, &outcome.end), (&None, &None), "cut at {cut}");
        let text = "the checksum is wrong".to_owned();
        assert_eq!(outcome.dropped, [(dropped.start, dropped.end, text)], "cut at {cut}");
        assert_eq!(outcome.dropped_count, 1, "cut at {cut}");
    }
}

#[test]
fn it_says_that_it_can_and_how_much_it_keeps() {
    let mut framing = checked("none");
    let able = framing.capabilities();
    assert!(able.resynchronises && able.finds_corruption && !able.per_connection);
    assert_eq!(framing.keeps(), 0);
    let mut found = Decoded::default();
    framing.feed(0, b"\x02\x09four", &mut found).unwrap();
    assert_eq!((found.need, found.need_is_exact), (6, true));
    assert_eq!(framing.keeps(), 6);
}

#[test]
fn a_message_that_is_refused_is_refused_in_its_words() {
    let mut bytes = Vec::new();
    let mut refusal = |payload: &[u8]| {
        checked("none").encode(0, payload, &mut FrameWriter::new(&mut bytes, usize::MAX))
    };
    assert_eq!(refusal(b"1"), Err(EncodeError::TooShort { min: 2 }));
    let mark = "three question marks".into();
    assert_eq!(refusal(b"ab???"), Err(EncodeError::Forbidden { at: 2, mark }));
}

#[track_caller]
fn is_not_believed(fault: &str, cause: &str) {
    let mut framing = checked(fault);
    let error = framing.feed(0, &damaged(), &mut Decoded::default()).unwrap_err();
    assert!(error.text.contains(cause), "{fault}: {}", error.text);
    assert!(framing.fault().is_some(), "{fault}");
}

#[test]
fn what_it_says_of_dropped_and_repeated_frames_is_checked() {
    is_not_believed("silent", "it dropped a stretch, but does not say that it resynchronises");
    is_not_believed("drops-too-far", "a dropped stretch is outside the input");
    is_not_believed("drops-from-nowhere", "a dropped stretch is outside the input");
    is_not_believed("counts-too-few", "it describes more dropped stretches than there may be");
    is_not_believed("resends-nothing", "it sent more frames again than its control bytes can hold");
}

#[test]
fn a_stream_that_it_ends_without_having_said_so_is_its_fault() {
    let mut framing = checked("ends-the-stream");
    let mut bytes = Vec::new();
    let refused = framing.encode(0, b"last", &mut FrameWriter::new(&mut bytes, usize::MAX));
    let Err(EncodeError::Failed { text }) = refused else { panic!("{refused:?}") };
    assert!(text.contains("ends the stream behind a frame"), "{text}");
    assert!(framing.fault().is_some());
    assert!(bytes.is_empty());
}

/// The header as it was in minor 1 stands beside the fixtures.
#[test]
fn a_plugin_that_was_built_for_minor_1_loads_and_frames() {
    let folder = tempfile::tempdir().unwrap();
    let header = repository().join("tests/fixtures/c/minor_1");
    let file = shared_object_against(&header, folder.path(), "c_framing");
    let library = Library::load(&file).unwrap();
    assert_eq!(library.abi(), (1, 1));
    let framing = || library.framing("c-len16", "", Role::Server, crumb()).unwrap();
    let able = framing().capabilities();
    assert!(!able.resynchronises && !able.finds_corruption && !able.per_connection);
    let wire = b"\0\x03abc\0\0\0\x01d";
    for cut in 0..=wire.len() {
        let outcome = receive(&mut *framing(), wire, &[cut]);
        assert_eq!(outcome.messages, [&b"abc"[..], b"", b"d"], "cut at {cut}");
        assert!(outcome.clean(), "{}", outcome.complaint());
    }
    let mut framing = framing();
    framing.feed(0, b"\0\x09part", &mut Decoded::default()).unwrap();
    assert_eq!(framing.keeps(), 0, "it has no such function");
}

/// A table may be longer than the host's, but not shorter than in minor 1.
#[test]
fn a_handler_that_was_built_for_minor_1_loads() {
    let folder = tempfile::tempdir().unwrap();
    let header = repository().join("tests/fixtures/c/minor_1");
    let file = shared_object_against(&header, folder.path(), "c_echo");
    assert_eq!(Library::load(&file).unwrap().abi(), (1, 1));
}
