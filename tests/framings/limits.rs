//! Every framing at exactly `max` and one byte over it, for every combination of its settings: `max`
//! bounds what is delivered, whatever was escaped, masked, cut into fragments or stripped on the way.

use crate::driver::{Subject, receive, send};
use serde_json::{Map, Value, json};
use wirebench::framing::{EncodeError, FramingSpec, Role, Setting, SettingKind, describe, names};

/// Values of a setting that are tried with all values of the others; null leaves it out.
fn values(kind: &str, setting: &Setting) -> Vec<Value> {
    let values = match setting.name {
        "max" if kind == "len8" => json!([1, 9, 60, null]),
        "max" => json!([1, 9, 300]),
        "size" => json!([5, 24, 304]),
        "offset" => json!([0, 3]),
        "adjust" => json!([-5, 0, 2]),
        "strip" => json!([null, 0, 1, 5, 13]),
        "prefix" if kind == "len16be" => json!(["none", "01 02"]),
        "copy" if kind == "len16be" => json!(["none", "complement"]),
        "suffix" if kind == "len16be" => json!(["none", "03"]),
        "trailer" if kind == "len16be" => json!(["none", "0d 0a"]),
        "prefix" | "copy" | "suffix" | "trailer" => json!([null]),
        "delimiter" if kind == "delimiter" => json!(["\\0", "||", "aba", "\\r\\n.\\r\\n"]),
        "delimiter" => json!(["\\n", "a", "\\0"]),
        "escape" => json!(["\\\\", "x"]),
        "key" => json!([null, "L"]),
        "header-max" => json!([null, 64]),
        "window" => json!([1, 3]),
        "resend" => json!(["1ms", "1s"]),
        "resends" => json!([0, 5]),
        "mask-seed" => json!([1, 77]),
        "fragment" => json!([null, 1, 7]),
        "chunk" | "piece" => json!([null, 1, 7]),
        "line-max" => json!([null, 16]),
        "magic" => json!([null, "aaaa"]),
        "opening" => json!(["none", "/chat"]),
        "host" | "protocol" | "fields" => json!([null]),
        other => match setting.kind {
            SettingKind::Flag => json!([false, true]),
            SettingKind::Choice(words) => json!(words),
            SettingKind::OneOf(numbers) => json!(numbers),
            _ => panic!("say here with which values of `{other}` the limits of {kind} are tried"),
        },
    };
    values.as_array().cloned().expect("a list")
}

/// All combinations of the values of a framing's settings, those that do not go together included.
fn combinations(kind: &str) -> Vec<Map<String, Value>> {
    let mut all = vec![Map::new()];
    for setting in describe(kind).expect("it is in the catalogue").settings {
        let values = values(kind, setting);
        all = all
            .into_iter()
            .flat_map(|others| values.iter().map(move |value| (others.clone(), value)))
            .map(|(mut settings, value)| {
                if !value.is_null() {
                    settings.insert(setting.name.to_owned(), value.clone());
                }
                settings
            })
            .collect();
    }
    all
}

/// The setting that bounds a message, and what it adds to the bound.
fn bound(kind: &str) -> (&'static str, u64) {
    if kind == "fixed" { ("size", 4) } else { ("max", 0) }
}

/// The same framing at a peer that takes one byte more; `None` where no such frame can be expressed.
fn peer_with_one_more(subject: &Subject) -> Option<Subject> {
    let (key, _) = bound(&subject.spec.kind);
    let mut settings = subject.spec.settings.clone();
    let more = settings[key].as_u64().expect("bytes") + 1;
    settings.insert(key.to_owned(), Value::from(more));
    FramingSpec::parse(&subject.spec.kind, settings).ok().map(|spec| Subject { spec })
}

/// Bytes of the header that stay in a delivered message, by the definition of `strip`.
fn kept(subject: &Subject) -> u64 {
    let of = |name| subject.spec.settings.get(name).and_then(Value::as_u64);
    let (Some(strip), Some(offset)) = (of("strip"), of("offset")) else { return 0 };
    let settings = &subject.spec.settings;
    let (copy, suffix) = (settings["copy"] != "none", settings["suffix"] != "none");
    let digits: String = subject.spec.kind.chars().filter(char::is_ascii_digit).collect();
    let width = digits.parse::<u64>().expect("bits") / 8;
    let header = offset + width + if copy { width } else { 0 } + u64::from(suffix);
    header.saturating_sub(strip)
}

/// Payloads of `len` bytes of which some have to be escaped, or look like boundaries.
fn payloads(len: u64) -> impl Iterator<Item = Vec<u8>> {
    [b'x', b'\n', b'a', 0, 0x7e, 0xc0].into_iter().map(move |byte| vec![byte; len as usize])
}

/// Tries one combination in the direction of `sender`.
fn holds(subject: &Subject, sender: Role) {
    let what = format!("{} {:?} from a {sender:?}", subject.spec.kind, subject.spec.settings);
    let receiver = if sender == Role::Client { Role::Server } else { Role::Client };
    let (key, fixed) = bound(&subject.spec.kind);
    let most = subject.spec.settings[key].as_u64().expect("bytes") - fixed;
    let longest = most - kept(subject);
    assert_eq!(subject.capabilities().max, longest, "{what}");
    let mut arrived = 0;
    for payload in payloads(longest) {
        let mut stream = Vec::new();
        match send(&mut *subject.framing(sender), &payload, &mut stream) {
            Ok(()) => {}
            Err(EncodeError::Forbidden { .. } | EncodeError::NotText { .. }) => continue,
            Err(EncodeError::Empty) if longest == 0 => continue,
            Err(why) => panic!("{what}: {why}"),
        }
        let outcome = receive(&mut *subject.framing(receiver), &stream, &[]);
        assert!(outcome.clean(), "{what}: {}", outcome.complaint());
        assert_eq!(outcome.messages.len(), 1, "{what}");
        assert_eq!(outcome.messages[0].len() as u64, most, "{what}");
        assert!(outcome.messages[0].ends_with(&payload), "{what}");
        arrived += 1;
    }
    assert!(arrived > 0 || longest == 0, "{what}: nothing can be sent");
    let more = peer_with_one_more(subject);
    for payload in payloads(longest + 1) {
        let refused = send(&mut *subject.framing(sender), &payload, &mut Vec::new());
        assert_eq!(refused, Err(EncodeError::TooLong { max: longest }), "{what}");
        let (Some(peer), mut stream) = (&more, Vec::new()) else { continue };
        if send(&mut *peer.framing(sender), &payload, &mut stream).is_ok() {
            let whole = receive(&mut *subject.framing(receiver), &stream, &[]);
            assert_eq!(whole.messages, [b""; 0], "{what}: over the limit");
            assert!(whole.error.is_some() || whole.dropped_count == 1, "{what}: not told");
        }
    }
}

#[test]
fn every_framing_delivers_at_most_max_bytes_whatever_its_settings() {
    for kind in names() {
        let bounded = describe(kind).expect("it is in the catalogue").settings;
        if !bounded.iter().any(|setting| setting.name == bound(kind).0) {
            assert!(matches!(kind, "raw" | "sleep"), "{kind} has no limit");
            continue;
        }
        let mut tried = 0;
        for settings in combinations(kind) {
            let Ok(spec) = FramingSpec::parse(kind, settings) else { continue };
            tried += 1;
            let subject = Subject { spec };
            holds(&subject, Role::Client);
            // Behind an opening a server sends as it does without.
            if kind == "websocket" && subject.spec.settings["opening"] == "none" {
                holds(&subject, Role::Server);
            }
        }
        assert!(tried > 2, "only {tried} combinations of {kind} go together");
    }
}

#[test]
fn what_strip_leaves_of_the_header_counts() {
    let subject = Subject::new("len32be", &json!({ "strip": 0, "max": 10 }));
    assert_eq!(subject.receive(b"\0\0\0\x06sixsix", &[]).messages, [b"\0\0\0\x06sixsix"]);
    let outcome = subject.receive(b"\0\0\0\x07seven77", &[]);
    let (at, text) = outcome.error.expect("11 bytes are too many");
    assert_eq!(at, 0);
    assert!(text.contains("the length is 7, over the limit of 6"), "{text}");
}

#[test]
fn a_limit_that_the_rest_of_the_header_fills_is_refused() {
    let settings = json!({ "strip": 0, "offset": 2, "max": 5 });
    let settings = settings.as_object().cloned().expect("a table");
    let errors = FramingSpec::parse("len32be", settings).expect_err("no message fits");
    assert_eq!((errors.len(), errors[0].pointer.as_str()), (1, "/max"));
    let text = &errors[0].message;
    assert!(text.contains("`strip = 0` leaves 6 bytes of the header in every message"), "{text}");
}
