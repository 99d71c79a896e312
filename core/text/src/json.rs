//! JSON that may be looked at.

use super::is_plain;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes JSON, which comes in whole characters. Its texts stay exact: what may not stand on a
/// terminal is written as `\uNNNN`, which says the same.
pub struct Json<W>(pub W);

impl<W: Write> Write for Json<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.iter().all(|byte| byte.is_ascii_graphic() || b" \n".contains(byte)) {
            return self.0.write(bytes);
        }
        let text = str::from_utf8(bytes).map_err(io::Error::other)?;
        self.0.write_all(escaped(text).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn escaped(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        // JSON has line feeds between its texts only.
        if character == '\n' || is_plain(character) {
            escaped.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing into a string cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_says_the_same_in_letters_that_a_terminal_does_not_obey() {
        let value = serde_json::json!({"\u{9b}": "\u{202e}\u{e0041}ä\n\u{7f}"});
        let mut written = Json(Vec::new());
        serde_json::to_writer(&mut written, &value).expect("a vector takes everything");
        let text = String::from_utf8(written.0).expect("it is text");
        assert_eq!(text, r#"{"\u009b":"\u202e\udb40\udc41ä\n\u007f"}"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).ok(), Some(value));
    }
}
