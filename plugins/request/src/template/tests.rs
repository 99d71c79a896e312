//! What placeholders become, and which are refused.

use super::{Facts, Names, Of, Template};
use wirebench_sdk::Secret;

const NONE: Names<'_> = Names { secrets: None };

fn facts(payload: &[u8]) -> Facts<'_> {
    Facts { token: 258, seq: 3, session: 5, payload, secrets: &[] }
}

fn rendered(template: &Template, facts: &Facts<'_>) -> Vec<u8> {
    let mut out = b"left over".to_vec();
    template.render(facts, &mut out).unwrap();
    out
}

#[test]
fn text_is_filled_in() {
    for (text, expected) in [
        ("", &b""[..]),
        ("PING\r\n", b"PING\r\n"),
        ("{token} {seq} {session}", b"258 3 5"),
        ("{{{token}}} ü", "{258} ü".as_bytes()),
        ("<{payload}|{payload}>", b"<abc|abc>"),
        ("${dec len payload}\r\n{payload}", b"$3\r\nabc"),
        ("{u16be token}{u16le token}{u8 0xff}{u8 7}", b"\x01\x02\x02\x01\xff\x07"),
        ("{u32be len}ab{u8 len}{payload}", b"\0\0\0\x06ab\x03abc"),
        ("{dec len}12345678{payload}", b"1112345678abc"),
        ("{dec len mark}: {mark}{payload}!", b"4: abc!"),
        ("{dec 010}{dec 0}", b"100"),
    ] {
        let template = Template::text(text, NONE).unwrap_or_else(|why| panic!("{text}: {why}"));
        assert_eq!(rendered(&template, &facts(b"abc")), expected, "{text}");
    }
}

#[test]
fn the_lowest_bits_of_a_number_stand_in_a_narrow_field() {
    let template = Template::text("{u8 token}", NONE).unwrap();
    assert_eq!(rendered(&template, &facts(b"")), [2]);
}

#[test]
fn hexadecimal_digits_stand_for_bytes_between_placeholders() {
    let template = Template::hex("01 fF {u16be len}{payload} 0a0b", NONE).unwrap();
    assert_eq!(rendered(&template, &facts(b"abc")), b"\x01\xff\0\x05abc\x0a\x0b");
    for (text, told) in [("0", "second one"), ("0g", "`g` is no"), ("{{", "`{` is no")] {
        let why = Template::hex(text, NONE).unwrap_err();
        assert!(why.contains(told), "{text}: {why}");
    }
}

#[test]
fn a_length_without_room_is_told() {
    let template = Template::text("{u8 len}{payload}", NONE).unwrap();
    let mut out = Vec::new();
    assert!(template.render(&facts(&[0; 255]), &mut out).is_ok());
    let why = template.render(&facts(&[0; 256]), &mut out).unwrap_err();
    assert!(why.contains("a length of 256 has no room in a u8"), "{why}");
    let why = Template::text(&format!("{{u8 len}}{}", "x".repeat(256)), NONE).unwrap_err();
    assert!(why.contains("no room"), "found when it is read: {why}");
}

#[test]
fn what_is_no_placeholder_is_refused() {
    for (text, told) in [
        ("{tokn}", "there is no placeholder `{tokn}`"),
        ("{}", "there is no placeholder `{}`"),
        ("{token", "a single `{`"),
        ("token}", "a single `}`"),
        ("{random}", "no placeholder"),
        ("{random 0}", "1 to 65536"),
        ("{random 65537}", "1 to 65536"),
        ("{u8}", "a field holds"),
        ("{u8 256}", "at most 255"),
        ("{u8 -1}", "no number"),
        ("{u16be len body}", "a field holds"),
        ("{dec len mark}", "there is none"),
        ("{mark}{mark}", "twice"),
        ("{mark}{u8 len mark}", "count itself"),
        ("{secret key}", "only in what is sent"),
    ] {
        let why = Template::text(text, NONE).unwrap_err();
        assert!(why.contains(told), "{text}: {why}");
    }
}

#[test]
fn secrets_are_named() {
    let known = ["user".to_owned(), "key".to_owned()];
    let names = Names { secrets: Some(&known) };
    let template = Template::text("AUTH {secret key}\r\n", names).unwrap();
    let secrets = [Secret::new(b"ann".to_vec()), Secret::new(b"hunter2".to_vec())];
    let facts = Facts { secrets: &secrets, ..Facts::default() };
    assert_eq!(rendered(&template, &facts), b"AUTH hunter2\r\n");
    assert!(!format!("{template:?}").contains("hunter2"));
    let why = Template::text("{secret other}", names).unwrap_err();
    assert!(why.contains("no secret `other`"), "{why}");
}

#[test]
fn random_letters_are_those_of_the_exchange_wherever_they_stand() {
    let send = Template::text("SET {random 12} {random 12}", NONE).unwrap();
    let expect = Template::text("{random 12}", NONE).unwrap();
    let (sent, expected) = (rendered(&send, &facts(b"")), rendered(&expect, &facts(b"")));
    assert_eq!(&sent[4..16], expected);
    assert_ne!(&sent[17..], expected);
}

#[test]
fn what_a_template_holds_is_known() {
    let of = |text| Template::text(text, NONE).unwrap();
    assert!(of("{u8 len payload}").uses_payload() && !of("{u8 len}").uses_payload());
    assert!(of("a{u8 1}").is_constant() && !of("{random 1}").is_constant());
    assert!(of("{u32be seq}").carries(Of::Seq) && !of("{u32be seq}").carries(Of::Token));
    assert!(of("").is_empty() && of("{mark}").is_empty() && !of(" ").is_empty());
}
