//! Framings that plugins bring: good ones, and what becomes of answers that break a rule.

#[path = "fixtures/c_compiler.rs"]
mod c_compiler;
#[path = "framings/driver.rs"]
#[allow(dead_code)] // it is there for all tests of framings
mod driver;
#[path = "fixtures/recorder.rs"]
mod recorder;

use c_compiler::shared_object;
use driver::receive;
use recorder::{Recorder, built, crumb};
use wirebench::framing::{DecodeError, Decoded, EncodeError, FrameWriter, Framing, Role};
use wirebench::handler::{FinishAs, Handler, Hook};
use wirebench::host::{Call, Crumb, Library, Watched};
use wirebench_faulty::{FaultyFraming, FaultyVarint};

fn faulty(fault: &str) -> Box<dyn Framing> {
    let config = format!(r#"{{"fault": "{fault}"}}"#);
    let library = Library::load(&built("faulty")).unwrap();
    library.framing("len8-faulty", &config, Role::Client, crumb()).unwrap()
}

fn c_library(name: &str) -> Library {
    let folder = tempfile::tempdir().unwrap();
    Library::load(&shared_object(folder.path(), name, &[])).unwrap()
}

fn encoded(framing: &mut dyn Framing, messages: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for message in messages {
        framing.encode(0, message, &mut FrameWriter::new(&mut bytes, usize::MAX)).unwrap();
    }
    bytes
}

/// Feeds `wire` in two parts and returns the messages.
fn cut_at(framing: &mut dyn Framing, wire: &[u8], cut: usize) -> Vec<Vec<u8>> {
    let outcome = receive(framing, wire, &[cut]);
    assert!(outcome.clean(), "{}", outcome.complaint());
    for (message, (at, end)) in outcome.messages.iter().zip(&outcome.spans) {
        assert!(wire[*at as usize..*end as usize].ends_with(message));
    }
    outcome.messages
}

#[test]
fn a_framing_from_rust_or_c_survives_every_cut() {
    let messages: [&[u8]; 7] = [b"one", b"", b"three", b"4", b"five", b"sixth", b"seven"];
    let library = c_library("c_framing");
    for cut in 0..=32 {
        let c = library.framing("c-len16", "{}", Role::Server, crumb()).unwrap();
        for mut framing in [faulty("none"), c] {
            let wire = encoded(&mut *framing, &messages);
            assert_eq!(cut_at(&mut *framing, &wire, cut.min(wire.len())), messages, "cut {cut}");
        }
    }
}

/// Has the kit of the SDK and a side read `wire`, cut at every place.
fn the_kit_reads_as_a_side_does<F: wirebench_sdk::PluginFraming>(config: &str, wire: &[u8]) {
    let library = Library::load(&built("faulty")).unwrap();
    for cut in 0..=wire.len() {
        let settings = serde_json::from_str(config).unwrap();
        let mut in_kit = F::new(settings, wirebench_sdk::Role::Server).unwrap();
        let kit = wirebench_sdk::kit::decode(&mut in_kit, &[&wire[..cut], &wire[cut..]]);
        let mut in_side = library.framing(F::NAME, config, Role::Server, crumb()).unwrap();
        let outcome = receive(&mut *in_side, wire, &[cut]);
        let side = outcome.error.or(outcome.end).map_or(Ok(outcome.messages), Err);
        assert_eq!(kit.map_err(|error| (error.at, error.text)), side, "{config} cut at {cut}");
    }
}

#[test]
fn the_kit_of_the_sdk_comes_to_what_a_side_comes_to() {
    for config in [r#"{"fault": "none"}"#, r#"{"fault": "answers-each"}"#] {
        the_kit_reads_as_a_side_does::<FaultyFraming>(config, b"\x01a\0\x02bc\x01d");
        the_kit_reads_as_a_side_does::<FaultyFraming>(config, b"\x01a\x02bc\x05ends");
    }
    for config in [r#"{"max": 9}"#, r#"{"fault": "delivers-the-rest"}"#] {
        the_kit_reads_as_a_side_does::<FaultyVarint>(config, b"\x01a\x02bc\x0adefghij");
        the_kit_reads_as_a_side_does::<FaultyVarint>(config, b"\x01a\xff\xff\xff\xff\xffb");
    }
}

#[test]
fn a_plugins_framing_is_called_again_when_it_asks_and_answers_come_in_order() {
    let outcome = receive(&mut *faulty("answers-each"), b"\x01a\0\x02bc", &[]);
    assert_eq!(outcome.messages, [&b"a"[..], b"", b"bc"]);
    assert_eq!((&outcome.control[..], &outcome.answered[..]), (&b"+++"[..], &[0, 1, 2][..]));
}

#[test]
fn a_framing_says_what_it_is_able_to_do() {
    let capabilities = c_library("c_framing").framing_nature("c-len16", "{}").unwrap();
    assert!(
        capabilities.invariant
            && capabilities.empty
            && capabilities.batchable
            && !capabilities.duplex
    );
    assert_eq!(capabilities.max, 65_535);
    assert_eq!(faulty("none").capabilities().max, 255);
}

#[test]
fn what_a_framing_cannot_carry_is_said_so_and_leaves_it_usable() {
    let mut framing = faulty("none");
    let mut bytes = Vec::new();
    let refused = framing.encode(0, &[0; 256], &mut FrameWriter::new(&mut bytes, usize::MAX));
    assert_eq!(refused, Err(EncodeError::TooLong { max: 255 }));
    assert!(bytes.is_empty());
    assert_eq!(encoded(&mut *framing, &[b"ab"]), b"\x02ab");
}

#[test]
fn a_stream_that_ends_inside_a_frame_is_an_error() {
    let mut framing = c_library("c_framing").framing("c-len16", "", Role::Server, crumb()).unwrap();
    assert!(framing.end_of_input(0, b"\x00", &mut Decoded::default()).is_err());
    assert!(framing.end_of_input(0, b"", &mut Decoded::default()).is_ok());
}

/// The error of feeding a framing that goes wrong, and of feeding it again.
fn feed_error(fault: &str) -> DecodeError {
    let mut framing = faulty(fault);
    let error = framing.feed(0, b"\x02ab", &mut Decoded::default()).unwrap_err();
    assert!(error.text.contains("`len8-faulty` of plugin wirebench.faulty"), "{}", error.text);
    let again = framing.feed(0, b"\x02ab", &mut Decoded::default()).unwrap_err();
    assert_eq!(again.text, error.text, "it is not called again");
    error
}

#[test]
fn answers_outside_the_input_are_not_believed() {
    for (fault, cause) in [
        ("message-outside", "a message stands outside the bytes there are"),
        ("wire-outside", "place on the wire is outside the input"),
        ("consume-too-much", "consumed more than there was"),
        ("control-too-long", "control bytes are over the limit"),
        ("too-many-messages", "more messages than the input can hold"),
        ("asks-for-ever", "asks to be called again but consumed nothing"),
    ] {
        let error = feed_error(fault);
        assert!(error.text.contains(cause), "{fault}: {}", error.text);
    }
}

#[test]
fn a_panic_in_a_framing_is_caught_and_ends_its_use() {
    let told = feed_error("panic-in-feed").text;
    let place = "(at tests/fixtures/faulty/src/framing.rs:";
    assert!(told.contains(&format!("panicked in `feed`: told to panic in feed {place}")), "{told}");
    let mut framing = faulty("panic-in-encode");
    let mut bytes = Vec::new();
    let refused =
        framing.encode(0, b"x", &mut FrameWriter::new(&mut bytes, usize::MAX)).unwrap_err();
    assert!(matches!(&refused, EncodeError::Failed { text } if text.contains("told to panic")));
    assert!(framing.feed(0, b"", &mut Decoded::default()).is_err());
    let library = Library::load(&built("faulty")).unwrap();
    let made =
        library.framing("len8-faulty", r#"{"fault": "panic-in-new"}"#, Role::Client, crumb());
    let told = made.err().unwrap().message;
    assert!(told.contains("panicked in `create`: told to panic in new"), "{told}");
    let made =
        library.framing("len8-faulty", r#"{"fault": "panic-in-nature"}"#, Role::Client, crumb());
    let told = made.err().unwrap().message;
    assert!(told.contains("panicked in `nature`"), "{told}");
}

#[test]
fn a_panic_where_nothing_can_be_answered_is_told_by_the_next_call() {
    let mut framing = faulty("panic-in-gate");
    assert_eq!(framing.gate(0), wirebench::framing::Gate::Open);
    let refused = framing.encode(0, b"x", &mut FrameWriter::new(&mut Vec::new(), 0)).unwrap_err();
    let EncodeError::Failed { text } = &refused else { panic!("{refused:?}") };
    assert!(text.contains("`gate` panicked before: told to panic in gate (at "), "{text}");
    let mut framing = faulty("panic-in-deadline");
    assert_eq!(framing.deadline(), None);
    let error = framing.feed(0, b"x", &mut Decoded::default()).unwrap_err();
    assert!(error.text.contains("`deadline` panicked before: told to panic"), "{}", error.text);
}

#[test]
fn what_breaks_a_framing_is_noted_with_its_plugin_and_session() {
    let library = Library::load(&built("faulty")).unwrap();
    let crumb = crumb();
    let watched = Watched { crumb, plugin: 3, session: Some(9) };
    let config = r#"{"fault": "panic-in-feed"}"#;
    let mut framing = library.framing("len8-faulty", config, Role::Client, watched).unwrap();
    assert_eq!(Crumb::read(crumb).failed, None);
    framing.feed(0, b"x", &mut Decoded::default()).unwrap_err();
    let call = Call { plugin: 3, hook: Hook::Feed, session: Some(9) };
    assert_eq!((Crumb::read(crumb).failed, Crumb::read(crumb).running), (Some(call), None));
}

#[test]
fn a_frame_far_beyond_its_payload_is_not_taken() {
    let mut bytes = Vec::new();
    let refused = faulty("frame-too-long").encode(0, b"x", &mut FrameWriter::new(&mut bytes, 0));
    assert!(matches!(refused, Err(EncodeError::Failed { .. })), "{refused:?}");
    assert!(bytes.is_empty());
}

#[test]
fn a_wrong_setting_of_a_framing_is_pointed_at() {
    let library = Library::load(&built("faulty")).unwrap();
    let made = library.framing("len8-faulty", r#"{"fault": 3}"#, Role::Client, crumb());
    assert_eq!(made.err().unwrap().pointer, "/fault");
    let made = library.framing("len8", "{}", Role::Client, crumb());
    assert!(made.err().unwrap().message.contains("it has `len8-faulty`"));
}

#[test]
fn a_handler_in_c_echoes() {
    let (library, mut side) = (c_library("c_echo"), Recorder::default());
    side.payload = b"seeded".to_vec();
    let mut server = library.server(Some("c-echo"), "{}", &mut side, crumb()).unwrap();
    let mut session = server.open(&mut side, 1).unwrap();
    server.message(&mut side, 1, &mut session, 8, b"hi").unwrap();
    server.close(&mut side, 1, session).unwrap();
    let mut client = library.client(None, "", &mut side, crumb()).unwrap();
    let mut session = client.open(&mut side, 2).unwrap();
    client.start(&mut side, 2, &mut session, 9).unwrap();
    client.timer(&mut side, 2, &mut session, 1).unwrap();
    client.message(&mut side, 2, &mut session, 9, b"hi").unwrap();
    client.close(&mut side, 2, session).unwrap();
    assert_eq!(side.sent, [(1, 8, b"hi".to_vec()), (2, 9, b"seeded".to_vec())]);
    assert_eq!(side.finished, [(9, FinishAs::Done, String::new())]);
    let error = library.client(None, r#"{"a": 1}"#, &mut side, crumb()).err().unwrap();
    assert_eq!(error.message, "c-echo takes no settings");
}
