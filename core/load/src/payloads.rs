//! Seeded payloads: what the n-th exchange of a round sends.

use super::rng::{SplitMix64, mix, scale};
use super::{PayloadAlphabet, Sizes};
use std::collections::HashMap;

/// Different payloads start their body at different places of the pattern, this many of them.
/// Small enough for the pattern of short payloads to stay in the first-level cache.
const STARTS: u64 = 8 << 10;

/// Bytes of the stamp that makes a payload unique.
const STAMP: usize = 16;

/// The characters of text payloads: 64 of them, so that each takes exactly six random bits, and
/// none that a delimiter, a quote or an escape is likely to be.
const TEXT: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The payloads of one seed.
///
/// The payload of exchange `n` is a pure function of (seed, alphabet, sizes, `n`): it does not
/// matter in which order, or how often, payloads are asked for. It is a slice of a pattern made
/// once, with a stamp of `n` at its beginning: 8 bytes for [`PayloadAlphabet::Bytes`], 16 letters
/// for [`PayloadAlphabet::Text`]. The stamp is a bijection of `n`, so from 16 bytes up no two
/// payloads of a seed are equal; shorter ones hold the beginning of the stamp and may repeat.
///
/// With [`Sizes::File`] every payload is the content of the file, with [`Sizes::Lines`] the n-th
/// line of it (the first again after the last), both unstamped.
///
/// A script takes the place of all that where payloads come in while they are sent
/// ([`scripted`](Self::scripted)): then a payload is what was [given](Self::give) for its exchange.
#[derive(Clone, Debug)]
pub struct Payloads {
    /// What tells this seed's stamps from those of others.
    key: u64,
    sizes: Sizes,
    /// All of them are made of the seed, and as long as this.
    constant: Option<usize>,
    alphabet: PayloadAlphabet,
    /// The pattern, or the file's content.
    pattern: Vec<u8>,
    /// Where the pattern holds a stamp, and what stood there before.
    stamped: Option<(usize, [u8; STAMP])>,
    /// Where each line begins and ends in the file's content.
    lines: Vec<(usize, usize)>,
    /// What was given, by exchange.
    script: Option<HashMap<u64, Vec<u8>>>,
}

impl Payloads {
    /// Prepares the payloads. `file` is the content of the file that `sizes` names; without it
    /// such payloads are empty. Takes as much memory as the longest, and 8 KiB more.
    pub fn new(seed: u64, sizes: &Sizes, alphabet: PayloadAlphabet, file: Option<Vec<u8>>) -> Self {
        let longest = sizes.longest_seeded().unwrap_or(0);
        let pattern = match sizes {
            Sizes::File(_) | Sizes::Lines(_) => file.unwrap_or_default(),
            _ => {
                let longest = usize::try_from(longest).unwrap_or(usize::MAX);
                pattern(seed, alphabet, longest.saturating_add(STARTS as usize + STAMP))
            }
        };
        let lines = match sizes {
            Sizes::Lines(_) => lines_of(&pattern),
            _ => Vec::new(),
        };
        Self {
            key: mix(seed),
            sizes: sizes.clone(),
            constant: match sizes {
                Sizes::Constant(size) => usize::try_from(*size).ok(),
                _ => None,
            },
            alphabet,
            pattern,
            stamped: None,
            lines,
            script: None,
        }
    }

    /// Payloads that are [given](Self::give) while they are sent.
    #[inline]
    pub fn scripted() -> Self {
        let nothing = Self::new(0, &Sizes::Constant(0), PayloadAlphabet::Bytes, None);
        Self { script: Some(HashMap::new()), constant: None, ..nothing }
    }

    /// The longest of them, in bytes; `None`: they are not made of a seed.
    #[inline]
    pub fn longest_seeded(&self) -> Option<u64> {
        if self.script.is_some() { None } else { self.sizes.longest_seeded() }
    }

    /// The payload of exchange `n` will be `payload`, if this is a script.
    #[inline]
    pub fn give(&mut self, n: u64, payload: Vec<u8>) {
        if let Some(script) = &mut self.script {
            script.insert(n, payload);
        }
    }

    /// Nobody will ask for the payload of exchange `n` again.
    #[inline]
    pub fn forget(&mut self, n: u64) {
        if let Some(script) = &mut self.script {
            script.remove(&n);
        }
    }

    /// The payload of exchange `n`.
    #[inline]
    pub fn get(&mut self, n: u64) -> &[u8] {
        match self.constant {
            Some(size) => self.stamp(n, size),
            None => self.get_any(n),
        }
    }

    #[inline(never)]
    fn get_any(&mut self, n: u64) -> &[u8] {
        match self.sizes {
            Sizes::File(_) => return &self.pattern,
            Sizes::Lines(_) => {
                let (from, to) = self.line(n);
                return &self.pattern[from..to];
            }
            _ => {}
        }
        if self.script.is_some() {
            let given = self.script.as_ref().and_then(|script| script.get(&n));
            return given.map_or(&[], Vec::as_slice);
        }
        let size = self.size(n);
        self.stamp(n, size)
    }

    /// Puts the stamp of exchange `n` into the pattern; returns its payload of `size` bytes.
    #[inline(always)]
    fn stamp(&mut self, n: u64, size: usize) -> &[u8] {
        let scrambled = mix(n ^ self.key);
        let start = (scrambled >> 51) as usize; // 13 bits: below STARTS
        // The stamp is written into the pattern itself and taken out before the next one, so a
        // payload of any size costs the same.
        self.take_stamp_out();
        let Some(place) = self.pattern[start..].first_chunk_mut::<STAMP>() else { return &[] };
        self.stamped = Some((start, *place));
        match self.alphabet {
            PayloadAlphabet::Bytes => place[..8].copy_from_slice(&scrambled.to_le_bytes()),
            PayloadAlphabet::Text => *place = letters(scrambled),
        }
        &self.pattern[start..start + size]
    }

    /// Whether `bytes` are the payload of exchange `n`. Nothing is copied, and what differs at its
    /// beginning costs no more than that.
    #[inline(always)]
    pub fn is(&mut self, n: u64, bytes: &[u8]) -> bool {
        let size = match self.constant {
            Some(size) => size,
            None if self.sizes.are_seeded() && self.script.is_none() => self.size(n),
            None => return self.get(n) == bytes,
        };
        if bytes.len() != size {
            return false;
        }
        if self.stamped.is_some() {
            self.take_stamp_out();
        }
        let scrambled = mix(n ^ self.key);
        let start = (scrambled >> 51) as usize;
        let unstamped = &self.pattern[start..start + bytes.len()];
        match self.alphabet {
            PayloadAlphabet::Bytes => begins_with(bytes, unstamped, scrambled.to_le_bytes()),
            PayloadAlphabet::Text => begins_with(bytes, unstamped, letters(scrambled)),
        }
    }

    /// The pattern is as it was made.
    #[inline]
    fn take_stamp_out(&mut self) {
        if let Some((at, before)) = self.stamped.take() {
            self.pattern[at..at + STAMP].copy_from_slice(&before);
        }
    }

    /// Length of the payload of exchange `n`, in bytes. A cycle of sizes begins at `n` = 1.
    #[inline]
    pub fn size(&self, n: u64) -> usize {
        let size = match &self.sizes {
            Sizes::Constant(size) => *size,
            Sizes::Cycle(sizes) if sizes.is_empty() => 0,
            Sizes::Cycle(sizes) => sizes[(n.wrapping_sub(1) % sizes.len() as u64) as usize],
            Sizes::Uniform(one, other) => {
                let (low, high) = (*one.min(other), *one.max(other));
                // Not the bits that the stamp is made of: size and content are independent.
                let bits = mix(mix(n ^ self.key) ^ 0x73_697a_6573);
                low + scale(bits, (high - low).saturating_add(1))
            }
            Sizes::File(_) => self.pattern.len() as u64,
            Sizes::Lines(_) => {
                let (from, to) = self.line(n);
                (to - from) as u64
            }
        };
        size as usize
    }

    /// Where the line of exchange `n` begins and ends.
    fn line(&self, n: u64) -> (usize, usize) {
        match self.lines.len() as u64 {
            0 => (0, 0),
            count => self.lines[(n.wrapping_sub(1) % count) as usize],
        }
    }
}

/// Whether `bytes` are `stamp`, as far as they go, and then what `unstamped` has behind it.
#[inline(always)]
fn begins_with<const N: usize>(bytes: &[u8], unstamped: &[u8], stamp: [u8; N]) -> bool {
    match bytes.split_first_chunk::<N>() {
        Some((first, rest)) => *first == stamp && unstamped.get(N..) == Some(rest),
        None => stamp.starts_with(bytes),
    }
}

/// Where the lines of `text` begin and end, their ends (LF or CR LF) left out. What follows the last
/// line feed is a line unless it is empty.
fn lines_of(text: &[u8]) -> Vec<(usize, usize)> {
    let mut lines = Vec::new();
    let mut from = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
        lines.push((from, from + bare.len()));
        from += line.len();
    }
    lines
}

/// The first `length` bytes of the endless pattern of `seed`.
fn pattern(seed: u64, alphabet: PayloadAlphabet, length: usize) -> Vec<u8> {
    let mut rng = SplitMix64::new(seed);
    let mut pattern = Vec::with_capacity(length.saturating_add(8));
    while pattern.len() < length {
        let word = rng.next_u64().to_le_bytes();
        match alphabet {
            PayloadAlphabet::Bytes => pattern.extend_from_slice(&word),
            PayloadAlphabet::Text => {
                pattern.extend_from_slice(&word.map(|byte| TEXT[usize::from(byte & 63)]));
            }
        }
    }
    pattern.truncate(length);
    pattern
}

/// 64 bits as 16 letters from `a` to `p`, four bits each, the lowest first.
#[inline]
fn letters(bits: u64) -> [u8; STAMP] {
    let mut letters = [0; STAMP];
    letters[..8].copy_from_slice(&eight_letters(bits as u32).to_le_bytes());
    letters[8..].copy_from_slice(&eight_letters((bits >> 32) as u32).to_le_bytes());
    letters
}

/// Spreads eight half-bytes over eight bytes, all at once.
#[inline]
fn eight_letters(bits: u32) -> u64 {
    let spread = u64::from(bits);
    let spread = (spread | (spread << 16)) & 0x0000_FFFF_0000_FFFF;
    let spread = (spread | (spread << 8)) & 0x00FF_00FF_00FF_00FF;
    let spread = (spread | (spread << 4)) & 0x0F0F_0F0F_0F0F_0F0F;
    spread + u64::from_le_bytes([b'a'; 8])
}
