//! One thing that was tried, as text that a command line can carry.

use base16ct::lower::encode_string;
use base16ct::mixed::decode_vec;
use wirebench_framings::Role;

/// Something to try on a framing, whole in itself: it needs no seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Case {
    /// These bytes, read in the pieces between the cuts (ascending, inside the bytes), by this end.
    /// Written `8001@1`, with `/client` behind when the end that connected reads.
    Stream {
        /// What arrives.
        bytes: Vec<u8>,
        /// Where one read ends and the next begins.
        cuts: Vec<usize>,
        /// Which end reads.
        role: Role,
    },
    /// These messages, sent over one connection. Written `m:6869,,00`.
    Messages(Vec<Vec<u8>>),
    /// Both ends send at once, and chance decides who moves and how much a read takes. Written
    /// `t:7:6869,00:6a`: seed, messages of the client, messages of the server.
    Talk {
        /// What decides.
        seed: u64,
        /// What the end that connected sends.
        client: Vec<Vec<u8>>,
        /// What the end that accepted sends.
        server: Vec<Vec<u8>>,
    },
}

/// The longest text of a case that is read, in bytes.
const LONGEST: usize = 1 << 20;

impl Case {
    /// A stream that the server reads.
    pub fn stream(bytes: &[u8], cuts: &[usize]) -> Self {
        Self::Stream { bytes: bytes.to_vec(), cuts: cuts.to_vec(), role: Role::Server }
    }

    /// The case that `text` writes; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("a case is at most {LONGEST} bytes of text"));
        }
        if let Some(list) = text.strip_prefix("m:") {
            return Ok(Self::Messages(messages(list)?));
        }
        if let Some(rest) = text.strip_prefix("t:") {
            let mut parts = rest.splitn(3, ':');
            let mut part = || parts.next().ok_or("a talk is written `t:SEED:HEX,HEX:HEX,HEX`");
            let seed = part()?.parse().map_err(|_| "the seed of a talk is a number")?;
            // Here nothing at all is no message, since an end may be silent.
            let mut side = || -> Result<Vec<Vec<u8>>, String> {
                match part()? {
                    "" => Ok(Vec::new()),
                    list => messages(list),
                }
            };
            return Ok(Self::Talk { seed, client: side()?, server: side()? });
        }
        let (text, role) = match text.strip_suffix("/client") {
            Some(text) => (text, Role::Client),
            None => (text, Role::Server),
        };
        let (hex, places) = text.split_once('@').unwrap_or((text, ""));
        let bytes = from_hex(hex)?;
        let mut cuts = Vec::new();
        for place in places.split(',').filter(|place| !place.is_empty()) {
            let cut: usize =
                place.parse().map_err(|_| format!("`{place}` is no place of a cut"))?;
            let after = cuts.last().copied().unwrap_or(0);
            if cut <= after || cut >= bytes.len() {
                let len = bytes.len();
                return Err(format!("a cut at {cut} does not lie between {after} and {len}"));
            }
            cuts.push(cut);
        }
        Ok(Self::Stream { bytes, cuts, role })
    }
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stream { bytes, cuts, role } => {
                f.write_str(&encode_string(bytes))?;
                for (index, cut) in cuts.iter().enumerate() {
                    write!(f, "{}{cut}", if index == 0 { '@' } else { ',' })?;
                }
                f.write_str(if *role == Role::Client { "/client" } else { "" })
            }
            Self::Messages(messages) => write!(f, "m:{}", list(messages)),
            Self::Talk { seed, client, server } => {
                write!(f, "t:{seed}:{}:{}", talk_list(client), talk_list(server))
            }
        }
    }
}

fn list(messages: &[Vec<u8>]) -> String {
    let messages: Vec<String> = messages.iter().map(|message| encode_string(message)).collect();
    messages.join(",")
}

/// One empty message is written `-`, so that it is not taken for none.
fn talk_list(messages: &[Vec<u8>]) -> String {
    if messages.len() == 1 && messages[0].is_empty() { "-".into() } else { list(messages) }
}

fn messages(list: &str) -> Result<Vec<Vec<u8>>, String> {
    if list == "-" {
        return Ok(vec![Vec::new()]);
    }
    list.split(',').map(from_hex).collect()
}

/// The bytes that hexadecimal text writes; the error says what it is instead.
pub(super) fn from_hex(text: &str) -> Result<Vec<u8>, String> {
    decode_vec(text).map_err(|_| format!("`{}` is not bytes in hexadecimal", text.escape_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_is_read_back() {
        let talk = |client: &[&[u8]], server: &[&[u8]]| Case::Talk {
            seed: 7,
            client: client.iter().map(|message| message.to_vec()).collect(),
            server: server.iter().map(|message| message.to_vec()).collect(),
        };
        for case in [
            Case::stream(b"\x80\x01a", &[1]),
            Case::stream(b"", &[]),
            Case::Stream { bytes: b"abc".to_vec(), cuts: vec![1, 2], role: Role::Client },
            Case::Messages(vec![b"hi".to_vec(), Vec::new(), b"\0".to_vec()]),
            Case::Messages(vec![Vec::new()]),
            talk(&[b"a", b""], &[]),
            talk(&[], &[b""]),
            talk(&[b""], &[b"", b""]),
        ] {
            assert_eq!(Case::parse(&case.to_string()), Ok(case));
        }
    }

    #[test]
    fn what_is_no_case_is_refused_with_a_reason() {
        for (text, reason) in [
            ("8", "hexadecimal"),
            ("zz", "hexadecimal"),
            ("ü", "hexadecimal"),
            ("8001@2", "does not lie between 0 and 2"),
            ("800100@2,1", "does not lie between 2 and 3"),
            ("8001@x", "no place"),
            ("m:6", "hexadecimal"),
            ("t:x::", "number"),
            ("t:1", "written"),
        ] {
            let error = Case::parse(text).expect_err(text);
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
