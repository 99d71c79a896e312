//! From what a scenario says to a framing: defaults, units, mistakes and suggestions.

use serde_json::{Value, json};
use wirebench::framing::{FramingSpec, Role, SpecError, build, describe, names};

fn parse(kind: &str, settings: Value) -> Result<FramingSpec, Vec<SpecError>> {
    FramingSpec::parse(kind, settings.as_object().cloned().expect("a table"))
}

fn error(kind: &str, settings: Value) -> SpecError {
    let mut errors = parse(kind, settings.clone()).expect_err(&settings.to_string());
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors.remove(0)
}

#[test]
fn every_framing_needs_no_settings_and_fills_them_all_in() {
    for name in names() {
        let spec = parse(name, json!({})).unwrap_or_else(|errors| panic!("{name}: {}", errors[0]));
        let described = describe(name).expect("it is in the catalogue");
        assert_eq!(described.name, name);
        let settings: Vec<&str> = described.settings.iter().map(|setting| setting.name).collect();
        assert!(settings.iter().all(|key| spec.settings.contains_key(*key)), "{name}: {spec:?}");
        assert_eq!(settings.len(), spec.settings.len(), "{name}");
        let capabilities = build(&spec, Role::Server).expect("it was checked").capabilities();
        assert_eq!(spec.capabilities(), Ok(capabilities), "{name}");
    }
}

#[test]
fn a_specification_that_was_filled_in_means_the_same_again() {
    for name in names() {
        let spec = parse(name, json!({})).expect("defaults are right");
        let text = serde_json::to_string(&spec).expect("it is JSON");
        let back: FramingSpec = serde_json::from_str(&text).expect("it was written so");
        assert_eq!(FramingSpec::parse(name, back.settings), Ok(spec), "{name}");
    }
}

#[test]
fn sizes_and_durations_have_units_or_are_bytes_and_nanoseconds() {
    let spec = parse("len32be", json!({ "max": "4 KiB" })).expect("a size");
    assert_eq!(spec.settings["max"], 4096);
    assert_eq!(parse("len32be", json!({ "max": 4096 })), Ok(spec));
    let spec = parse("sleep", json!({ "gap": "1.5ms" })).expect("a duration");
    assert_eq!(spec.settings["gap"], 1_500_000);
}

#[test]
fn the_default_limit_follows_the_width() {
    let max = |kind: &str, settings| parse(kind, settings).expect(kind).settings["max"].clone();
    assert_eq!(max("len8", json!({})), 255);
    assert_eq!(max("len8", json!({ "signed": true })), 127);
    assert_eq!(max("len16be", json!({ "adjust": -2 })), 65_533);
    assert_eq!(max("len24le", json!({})), 16_777_215);
    assert_eq!(max("len64le", json!({})), 16_777_216);
}

#[test]
fn an_unknown_framing_is_told_with_a_similar_one() {
    let error = error("len32", json!({}));
    assert_eq!(error.pointer, "");
    assert!(error.suggestion.is_some_and(|name| name.starts_with("len32")));
    assert_eq!(self::error("netstrng", json!({})).suggestion.as_deref(), Some("netstring"));
    assert_eq!(self::error("qqq", json!({})).suggestion, None);
}

#[test]
fn an_unknown_setting_is_told_with_a_similar_one() {
    let error = error("line", json!({ "endng": "lf" }));
    assert_eq!(error.pointer, "/endng");
    assert_eq!(error.suggestion.as_deref(), Some("ending"));
    assert!(self::error("raw", json!({ "gap": 1 })).message.contains("no settings"));
    assert_eq!(self::error("raw", json!({ "a/b~c": 1 })).pointer, "/a~1b~0c");
}

#[test]
fn all_mistakes_are_told_at_once() {
    let settings = json!({ "max": "4 parsecs", "signed": 1, "strap": 0, "offset": -1 });
    let errors = parse("len32be", settings).expect_err("four mistakes");
    let pointers: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(pointers, ["/max", "/signed", "/strap", "/offset"]);
}

#[test]
fn wrong_types_and_ranges_are_told_with_what_would_be_right() {
    for (kind, settings, told) in [
        ("len32be", json!({ "max": true }), "a boolean is not a size"),
        ("len32be", json!({ "max": -1 }), "`-1` is not a size"),
        ("len32be", json!({ "max": 0 }), "1 B to 2147483647 B is allowed"),
        ("len32be", json!({ "max": "3 GiB" }), "1 B to 2147483647 B is allowed"),
        ("len32be", json!({ "adjust": 1.5 }), "must be an integer"),
        ("len32be", json!({ "signed": "yes" }), "true or false"),
        ("sleep", json!({ "gap": [] }), "a list is not a duration"),
        ("sleep", json!({ "gap": "2" }), "has no unit"),
        ("line", json!({ "ending": "cr" }), "\"lf\", \"crlf\""),
        ("delimiter", json!({ "delimiter": "" }), "from 1"),
        ("delimiter", json!({ "delimiter": "\\y" }), "write `\\\\`"),
        ("fixed", json!({ "size": 4 }), "5 B to"),
        ("json-header", json!({ "key": 1 }), "must be text"),
        ("resp-bulk", json!({ "max": "513 MiB" }), "1 B to 512 MiB is allowed"),
        ("slip", json!({ "max": "2 GB" }), "1 B to 1 GiB is allowed"),
        ("hdlc", json!({ "fcs": 24 }), "must be 16 or 32"),
        ("hdlc", json!({ "fcs": 8 }), "must be 16 or 32"),
        ("chunked", json!({ "chunk": 0 }), "1 B to"),
        ("websocket", json!({ "payload": "texts" }), "\"binary\", \"text\""),
        ("websocket", json!({ "opening": "chat" }), "a path from `/` on"),
        ("websocket", json!({ "opening": "/a b" }), "a path from `/` on"),
        ("websocket", json!({ "opening": "/a#b" }), "a path from `/` on"),
        ("websocket", json!({ "opening": "/", "host": "a\r\nb" }), "`host` is a name"),
        ("websocket", json!({ "opening": "/", "protocol": "a, b" }), "`protocol` is one name"),
        ("websocket", json!({ "opening": "/", "fields": "a" }), "no `Name: value`"),
        ("websocket", json!({ "opening": "/", "fields": "a: b\rc" }), "no `Name: value`"),
        ("websocket", json!({ "opening": "/", "fields": "Host: a" }), "the opening itself decides"),
        (
            "websocket",
            json!({ "opening": "/", "fields": "SEC-WebSocket-Key: a" }),
            "itself decides",
        ),
        ("websocket", json!({ "protocol": "chat" }), "set `opening = \"/\"`"),
        ("websocket", json!({ "host": "a" }), "set `opening = \"/\"`"),
        ("varint", json!({ "prefix": "3" }), "hexadecimal digits"),
        (
            "varint",
            json!({ "prefix": "30 31", "offset": 1 }),
            "`offset` leaves 1 before the length",
        ),
        ("len8", json!({ "copy": "twice" }), "\"none\", \"same\", \"complement\""),
        ("websocket", json!({ "fragment": 0 }), "1 B to"),
        ("len-ack", json!({ "window": 0 }), "from 1 to 1024"),
        ("len-ack", json!({ "resend": "1us" }), "1 ms to"),
        ("content-length", json!({ "key": "Content Length" }), "must be letters"),
        ("magic-len-crc32c", json!({ "magic": "abc" }), "stands for 3 bytes"),
        ("magic-len-crc32c", json!({ "magic": "\\q" }), "write `\\\\`"),
        ("delimiter-escaped", json!({ "escape": "ab" }), "stands for 2 bytes"),
        ("delimiter-escaped", json!({ "delimiter": "ü" }), "stands for 2 bytes"),
    ] {
        let error = error(kind, settings);
        assert!(error.message.contains(told), "{}", error.message);
    }
}

#[test]
fn settings_that_do_not_go_together_are_told() {
    let too_much = error("len8", json!({ "max": "1 KiB" }));
    assert_eq!(too_much.pointer, "/max");
    assert!(too_much.message.contains("at most 255"), "{}", too_much.message);
    assert!(error("len8", json!({ "signed": true, "max": 128 })).message.contains("127"));
    assert_eq!(error("len8", json!({ "adjust": -300 })).pointer, "/max");
    assert_eq!(error("len32be", json!({ "adjust": 9, "max": 8 })).pointer, "/adjust");
    assert_eq!(error("delimiter-escaped", json!({ "escape": "\\n" })).pointer, "/escape");
    let turned = error("delimiter-escaped", json!({ "escape": "*" }));
    assert!(turned.message.contains("bit 5 turned over"), "{}", turned.message);
    let header_max = error("content-length", json!({ "header-max": 20 }));
    assert_eq!(header_max.pointer, "/header-max");
    let key = "k".repeat(100);
    assert_eq!(
        error("json-header", json!({ "key": key, "header-max": 50 })).pointer,
        "/header-max"
    );
}

#[test]
fn a_specification_from_outside_is_checked_when_it_is_built() {
    let mut spec = parse("line", json!({})).expect("defaults are right");
    spec.settings.insert("max".to_owned(), json!("endless"));
    assert_eq!(build(&spec, Role::Client).err().map(|error| error.pointer), Some("/max".into()));
    spec.plugin = Some("mine".to_owned());
    assert!(build(&spec, Role::Client).is_err_and(|error| error.message.contains("not built in")));
}
