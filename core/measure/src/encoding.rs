//! HdrHistogram's portable form, version 2, compressed: what the implementations for other
//! languages read.
//!
//! ```text
//! cookie of the compressed form (4 bytes) | length of the rest (4) | zlib stream of:
//!     cookie (4) | length of the counts (4) | offset 0 (4) | digits (4)
//!     lowest value (8) | highest value (8) | ratio 1.0 (8) | counts
//! ```
//!
//! All numbers are big-endian. Counts are LEB128 numbers of at most 9 bytes, zig-zag: one that is
//! not negative counts for the next bucket, a negative one skips so many buckets.

use super::HistogramError;
use super::buckets::{BUCKETS, LONGEST_NS};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::bufread::{ZlibDecoder, ZlibEncoder};
use std::io::Read as _;

const COOKIE: u32 = 0x1c84_9313;
const COMPRESSED_COOKIE: u32 = 0x1c84_9314;

/// Significant digits.
const DIGITS: u32 = 3;

/// Bytes in front of the counts.
const HEADER: usize = 40;

/// The most bytes of one number.
const LONGEST_NUMBER: usize = 9;

/// The most that a whole histogram can be, in bytes, uncompressed.
const LONGEST: usize = HEADER + BUCKETS * LONGEST_NUMBER;

/// Encodes buckets and their counts; buckets ascend, counts are from 1 to `i64::MAX`.
#[inline]
pub(super) fn encode(counts: &[(u16, u64)]) -> String {
    let plain = plain(counts);
    let mut bytes = [COMPRESSED_COOKIE.to_be_bytes(), [0; 4]].concat();
    // Reading from memory and writing into it cannot fail.
    // The fastest way saves nearly as much: there is little to find in numbers.
    let _ = ZlibEncoder::new(plain.as_slice(), Compression::fast()).read_to_end(&mut bytes);
    let length = (bytes.len() - 8) as u32;
    bytes[4..8].copy_from_slice(&length.to_be_bytes());
    STANDARD.encode(bytes)
}

/// Decodes either form into buckets and counts, as [`encode`] takes them. At most [`LONGEST`] bytes
/// are inflated, whatever the header inside says.
#[inline]
pub(super) fn decode(text: &str) -> Result<Vec<(u16, u64)>, HistogramError> {
    let bytes = STANDARD.decode(text)?;
    match word(&bytes, 0) {
        Some(COOKIE) => counts(&bytes),
        Some(COMPRESSED_COOKIE) => counts(&inflated(&bytes)?),
        Some(_) => Err(HistogramError::Cookie),
        None => Err(HistogramError::Header),
    }
}

/// The uncompressed form.
fn plain(counts: &[(u16, u64)]) -> Vec<u8> {
    let mut bytes = header();
    let mut next = 0;
    for (bucket, count) in counts {
        match bucket - next {
            0 => {}
            // A single bucket is not skipped: it counts 0.
            1 => write_number(0, &mut bytes),
            skipped => write_number(-i64::from(skipped), &mut bytes),
        }
        write_number(*count as i64, &mut bytes);
        next = bucket + 1;
    }
    if counts.is_empty() {
        // As other implementations write it.
        write_number(0, &mut bytes);
    }
    let length = (bytes.len() - HEADER) as u32;
    bytes[4..8].copy_from_slice(&length.to_be_bytes());
    bytes
}

/// A header of this precision and these bounds, without the length.
fn header() -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER);
    for word in [COOKIE, 0, 0, DIGITS] {
        bytes.extend(word.to_be_bytes());
    }
    for long in [1, LONGEST_NS, 1.0_f64.to_bits()] {
        bytes.extend(long.to_be_bytes());
    }
    bytes
}

fn inflated(bytes: &[u8]) -> Result<Vec<u8>, HistogramError> {
    let length = word(bytes, 4).ok_or(HistogramError::Header)?;
    if length as usize != bytes.len() - 8 {
        return Err(HistogramError::Length);
    }
    let mut plain = Vec::new();
    let mut stream = ZlibDecoder::new(&bytes[8..]).take(LONGEST as u64 + 1);
    stream.read_to_end(&mut plain).map_err(|error| HistogramError::Zlib(error.to_string()))?;
    if plain.len() > LONGEST {
        return Err(HistogramError::TooLong);
    }
    if !stream.into_inner().into_inner().is_empty() {
        return Err(HistogramError::Trailing);
    }
    Ok(plain)
}

fn counts(bytes: &[u8]) -> Result<Vec<(u16, u64)>, HistogramError> {
    let (Some(found), own) = (bytes.get(..HEADER), header()) else {
        return Err(HistogramError::Header);
    };
    if found[..4] != own[..4] {
        return Err(HistogramError::Cookie);
    }
    if found[8..] != own[8..] {
        return Err(HistogramError::Bounds);
    }
    let mut rest = &bytes[HEADER..];
    if word(bytes, 4).is_none_or(|length| length as usize != rest.len()) {
        return Err(HistogramError::Length);
    }
    let (mut counts, mut next) = (Vec::new(), 0usize);
    while !rest.is_empty() {
        let number = read_number(&mut rest).ok_or(HistogramError::CutCount)?;
        if number < 0 {
            let skipped = usize::try_from(number.unsigned_abs()).unwrap_or(usize::MAX);
            next = next.saturating_add(skipped);
        } else {
            if number > 0 {
                counts.push((bucket(next)?, number.unsigned_abs()));
            }
            next = next.saturating_add(1);
        }
    }
    counts.shrink_to_fit();
    Ok(counts)
}

fn bucket(index: usize) -> Result<u16, HistogramError> {
    let inside = u16::try_from(index).ok().filter(|bucket| usize::from(*bucket) < BUCKETS);
    inside.ok_or(HistogramError::Bucket)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes(word.try_into().ok()?))
}

fn write_number(number: i64, bytes: &mut Vec<u8>) {
    let mut rest = ((number << 1) ^ (number >> 63)) as u64;
    for _ in 1..LONGEST_NUMBER {
        if rest < 0x80 {
            break;
        }
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    // The ninth byte has eight bits of the number.
    bytes.push(rest as u8);
}

/// `None` when the bytes end inside it.
fn read_number(bytes: &mut &[u8]) -> Option<i64> {
    let mut number = 0u64;
    for at in 0..LONGEST_NUMBER {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        let last = at == LONGEST_NUMBER - 1;
        number |= u64::from(if last { *byte } else { byte & 0x7f }) << (7 * at);
        if last || byte & 0x80 == 0 {
            break;
        }
    }
    Some((number >> 1) as i64 ^ -((number & 1) as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Histogram;
    use hdrhistogram::serialization::{
        Deserializer, Serializer as _, V2DeflateSerializer, V2Serializer,
    };
    use proptest::prelude::*;

    /// Buckets and counts of every length.
    fn some_counts() -> impl Strategy<Value = Vec<(u16, u64)>> {
        let count = (1u64..1 << 50, 0..50u32).prop_map(|(count, shift)| (count >> shift).max(1));
        proptest::collection::btree_map(0..BUCKETS as u16, count, 0..60)
            .prop_map(|all| all.into_iter().collect())
    }

    fn dense(counts: &[(u16, u64)]) -> hdrhistogram::Histogram<u64> {
        let mut dense = hdrhistogram::Histogram::new_with_bounds(1, LONGEST_NS, 3).expect("bounds");
        for (bucket, count) in counts {
            let ns = super::super::buckets::lowest((*bucket).into());
            dense.record_n(ns, *count).expect("it is within the bounds");
        }
        dense
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_hdrhistogram_crate_writes_and_reads_the_same(some in some_counts()) {
            let (theirs, text) = (dense(&some), encode(&some));
            let (mut uncompressed, mut compressed) = (Vec::new(), Vec::new());
            V2Serializer::new().serialize(&theirs, &mut uncompressed).expect("it fits");
            V2DeflateSerializer::new().serialize(&theirs, &mut compressed).expect("it fits");
            prop_assert_eq!(plain(&some), uncompressed.clone());
            for written in [uncompressed, compressed] {
                prop_assert_eq!(decode(&STANDARD.encode(written)), Ok(some.clone()));
            }
            let bytes = STANDARD.decode(text).expect("it is base64");
            let read: hdrhistogram::Histogram<u64> =
                Deserializer::new().deserialize(&mut bytes.as_slice()).expect("it is read");
            prop_assert_eq!(theirs, read);
        }

        #[test]
        fn any_number_is_read_back(number: i64) {
            let mut bytes = Vec::new();
            write_number(number, &mut bytes);
            prop_assert!(bytes.len() <= LONGEST_NUMBER);
            prop_assert_eq!(read_number(&mut bytes.as_slice()), Some(number));
        }
    }

    /// The compressed form of any bytes.
    fn compressed(plain: &[u8], behind: &[u8]) -> String {
        let mut stream = Vec::new();
        ZlibEncoder::new(plain, Compression::best()).read_to_end(&mut stream).expect("memory");
        stream.extend(behind);
        let length = (stream.len() as u32).to_be_bytes();
        STANDARD.encode([&COMPRESSED_COOKIE.to_be_bytes()[..], &length, &stream].concat())
    }

    fn sample() -> Vec<(u16, u64)> {
        vec![(0, 1), (1, 2), (3, 300), (999, 1), (20_000, u64::from(u32::MAX)), (33_000, 1)]
    }

    #[test]
    fn a_bomb_takes_no_memory() {
        // 8 MiB of zeros: as counts behind a right header, and with none.
        let zeros = vec![0; 8 << 20];
        for bomb in [compressed(&zeros, &[]), compressed(&[header(), zeros].concat(), &[])] {
            let mut told = Ok(Vec::new());
            let taken = allocation_counter::measure(|| told = decode(&bomb)).bytes_max;
            assert_eq!(told, Err(HistogramError::TooLong));
            assert!(taken < 2 << 20, "{taken} bytes were taken");
        }
    }

    #[test]
    fn no_memory_is_reserved_on_the_word_of_a_header() {
        let whole = plain(&sample());
        for (at, byte) in [(4, 0xff), (15, 5), (3, 0x03), (24, 0x7f), (11, 1), (32, 0x40)] {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            assert!(decode(&STANDARD.encode(&bytes)).is_err(), "byte {at}");
            assert!(decode(&compressed(&bytes, &[])).is_err(), "byte {at}, compressed");
        }
    }

    #[test]
    fn what_follows_or_is_missing_is_refused() {
        let whole = plain(&sample());
        let longer = [&whole[..], &[0]].concat();
        assert!(decode(&STANDARD.encode(&longer)).is_err());
        assert!(decode(&compressed(&longer, &[])).is_err());
        assert_eq!(decode(&compressed(&whole, &[0])), Err(HistogramError::Trailing));
        let bytes = STANDARD.decode(encode(&sample())).expect("it is base64");
        for cut in 0..bytes.len() {
            assert!(decode(&STANDARD.encode(&bytes[..cut])).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn a_count_beyond_the_bounds_or_too_high_is_refused() {
        let with = |numbers: &[i64]| {
            let mut bytes = header();
            numbers.iter().for_each(|number| write_number(*number, &mut bytes));
            let length = (bytes.len() - HEADER) as u32;
            bytes[4..8].copy_from_slice(&length.to_be_bytes());
            Histogram::decode(&STANDARD.encode(bytes))
        };
        let last = BUCKETS as i64 - 1;
        assert_eq!(with(&[-last, 1]).map(|histogram| histogram.count()), Ok(1));
        assert!(with(&[-last, 0, 1]).is_err());
        assert!(with(&[i64::MIN, 1]).is_err());
        assert!(with(&[i64::MIN, i64::MIN, i64::MIN, 7]).is_err());
        assert_eq!(with(&[i64::MAX, 1]), Err(HistogramError::Samples));
    }

    #[test]
    fn no_damaged_histogram_panics() {
        let whole = STANDARD.decode(encode(&sample())).expect("it is base64");
        for bytes in [plain(&sample()), whole] {
            for at in 0..bytes.len() {
                for byte in [0x00, 0x01, 0x7f, 0x80, 0xff] {
                    let mut damaged = bytes.clone();
                    damaged[at] = byte;
                    if let Ok(mut read) = Histogram::decode(&STANDARD.encode(&damaged)) {
                        read.merge(&Histogram::of(sample()));
                        let _ = (read.mean(), read.percentile(99.0), read.encode());
                    }
                }
            }
        }
    }
}
