//! Two runs of bytes side by side, so that an eye finds what differs.

/// Bytes of each side in one line.
const IN_A_LINE: usize = 8;

/// Lines of `expected` beside `received`, eight bytes of each, numbered from `start`:
///
/// ```text
///        sent                                    received
/// 0x0008 61 62 63 64 65 66 67 68  abcdefgh  |  61 62 58 64              abXd     <
/// ```
/// Lines in which the two differ end with ` <`.
pub fn side_by_side(start: u64, expected: &[u8], received: &[u8]) -> Vec<String> {
    let lines = expected.len().max(received.len()).div_ceil(IN_A_LINE);
    let mut dump = vec![format!("{:6} {:35}     {}", "", "sent", "received")];
    for line in 0..lines {
        let left = part(expected, line);
        let right = part(received, line);
        let at = format!("0x{:04x}", start.saturating_add((line * IN_A_LINE) as u64));
        let mark = if left == right { "" } else { " <" };
        dump.push(format!("{at} {}  |  {}{mark}", columns(left), columns(right)).trim_end().into());
    }
    dump
}

/// Lines of `bytes`, eight of them in each, with `|` where a read ends and the next begins (a cut
/// at a place lies before the byte of that number):
///
/// ```text
/// 0x0000  80|01 61                  .|.a
/// ```
pub(super) fn with_cuts(bytes: &[u8], cuts: &[usize]) -> Vec<String> {
    let mut dump = Vec::new();
    for (line, part) in bytes.chunks(IN_A_LINE).enumerate() {
        let start = line * IN_A_LINE;
        let (mut hex, mut text) = (String::new(), String::new());
        for (index, byte) in part.iter().enumerate() {
            let cut = cuts.contains(&(start + index));
            hex.push(if cut { '|' } else { ' ' });
            hex.push_str(&format!("{byte:02x}"));
            text.push_str(if cut { "|" } else { "" });
            text.push(printed(*byte));
        }
        // A cut at the line's end stands there and not only before the next line.
        hex.push(if cuts.contains(&(start + part.len())) { '|' } else { ' ' });
        dump.push(format!("{:#06x} {hex:26} {text}", start).trim_end().to_owned());
    }
    dump
}

fn part(bytes: &[u8], line: usize) -> &[u8] {
    let start = (line * IN_A_LINE).min(bytes.len());
    &bytes[start..(start + IN_A_LINE).min(bytes.len())]
}

fn columns(bytes: &[u8]) -> String {
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let text: String = bytes.iter().map(|byte| printed(*byte)).collect();
    format!("{:23}  {text:8}", hex.join(" "))
}

fn printed(byte: u8) -> char {
    if byte.is_ascii_graphic() || byte == b' ' { byte as char } else { '.' }
}

/// The bytes that a document writes in hexadecimal; anything else in it ends them.
pub(crate) fn from_hex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16).map(|digit| digit as u8);
    text.as_bytes()
        .chunks_exact(2)
        .map_while(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_stand_beside_each_other() {
        let dump = side_by_side(8, b"abcdefghij", b"abXdefgh\x00\xff");
        assert_eq!(
            dump,
            [
                "       sent                                    received",
                "0x0008 61 62 63 64 65 66 67 68  abcdefgh  |  61 62 58 64 65 66 67 68  abXdefgh <",
                "0x0010 69 6a                    ij        |  00 ff                    ..       <",
            ]
        );
    }

    #[test]
    fn a_missing_end_is_left_blank() {
        let dump = side_by_side(0, b"abc", b"");
        assert_eq!(dump[1], format!("0x0000 61 62 63{:17}abc       |  {:33} <", "", ""));
    }

    #[test]
    fn cuts_stand_before_their_bytes() {
        assert_eq!(with_cuts(b"\x80\x01a", &[1]), ["0x0000  80|01 61                  .|.a"]);
        assert_eq!(
            with_cuts(b"abcdefghij", &[8, 9]),
            [
                "0x0000  61 62 63 64 65 66 67 68|  abcdefgh",
                "0x0008 |69|6a                     |i|j"
            ]
        );
        assert!(with_cuts(b"", &[]).is_empty());
    }

    #[test]
    fn hexadecimal_is_read_back() {
        assert_eq!(from_hex("00ff7a"), [0, 255, 122]);
        assert_eq!(from_hex("00zz7a"), [0]);
        assert_eq!(from_hex("é"), [] as [u8; 0]);
    }
}
