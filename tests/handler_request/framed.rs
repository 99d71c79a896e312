//! Framings that mark boundaries, datagrams, and binary fields.

use crate::play;

const ALL: &str = "[expect]\ndone = \"100%\"\nwrong = 0\n\"count.unmatched-answer\" = 0\n";

const PARTS: &str = r#"
requests = [{ send = "{seq} {payload}", expect = "begin {seq}{payload}end" }]
"#;

#[test]
fn an_answer_of_several_messages_is_one_answer() {
    for ends in ["ends = { messages = 3 }", "ends = { message = \"^end$\" }"] {
        let config = format!("{PARTS}{ends}\n");
        let (ran, bench) = play("framed.py", "len32be", &config, "in-flight = 5\n", ALL);
        assert_eq!(ran.code, Some(0), "{ends}: {ran}");
        assert_eq!(bench.document().cell().done(), 40, "{ran}");
    }
    let config = format!("{PARTS}ends = {{ messages = 2 }}\n");
    let (ran, _) = play("framed.py", "len32be", &config, "in-flight = 5\n", ALL);
    assert_eq!(ran.code, Some(100), "{ran}");
}

const BINARY: &str = r#"
requests  = [{ hex = "{u16le len payload} {u64le token} {payload}", expect = { hex = "?? 00 .." } }]
correlate = { field = "u64le", at = 2 }
"#;

#[test]
fn a_binary_protocol_is_written_and_read_by_its_fields() {
    let stream = format!("{BINARY}ends = {{ length = \"u16le\", beyond = 10 }}\n");
    let payload = "payload = { uniform = [\"1 B\", \"200 B\"] }\nin-flight = 9\n";
    let (ran, bench) = play("binary.py tcp", "raw", &stream, payload, ALL);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(bench.document().cell().done(), 40, "{ran}");
    let udp = "transport = { kind = \"udp\" }\n";
    let (ran, bench) = play("binary.py udp", "raw", BINARY, payload, &format!("{udp}{ALL}"));
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(bench.document().cell().done(), 40, "{ran}");
    let wrong = stream.replace("?? 00 ..", "?? 01 ..");
    let (ran, _) = play("binary.py tcp", "raw", &wrong, payload, ALL);
    assert_eq!(ran.code, Some(100), "{ran}");
}
