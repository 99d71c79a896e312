//! Files that a round brings along: their bytes follow from a seed.

use crate::config::FileSpec;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Makes a file.
pub(crate) fn file(path: &Path, spec: &FileSpec) -> io::Result<()> {
    let mut file = File::create(path)?;
    if spec.sparse {
        return file.set_len(spec.size.bytes());
    }
    let mut state = spec.seed;
    let mut left = spec.size.bytes();
    let mut block = vec![0; 64 << 10];
    while left > 0 {
        for word in block.chunks_exact_mut(8) {
            word.copy_from_slice(&next(&mut state).to_le_bytes());
        }
        let len = left.min(block.len() as u64);
        file.write_all(&block[..len as usize])?;
        left -= len;
    }
    Ok(())
}

/// Makes directories (their paths end with `/`) and small files in them.
pub(crate) fn tree(root: &Path, paths: &[String]) -> io::Result<()> {
    for path in paths {
        match path.strip_suffix('/') {
            Some(directory) => std::fs::create_dir_all(root.join(directory))?,
            None => {
                let file = root.join(path);
                if let Some(parent) = file.parent() {
                    std::fs::create_dir_all(parent)?;
                }
                std::fs::write(file, path)?;
            }
        }
    }
    Ok(())
}

/// Printable text of `len` bytes.
pub(crate) fn text(len: u64, seed: u64) -> String {
    const LETTERS: &[u8; 64] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .";
    let mut state = seed;
    (0..len).map(|_| char::from(LETTERS[(next(&mut state) % 64) as usize])).collect()
}

/// SplitMix64 (Steele, Lea, Flood 2014).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut word = *state;
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wirebench_sdk::Size;

    #[test]
    fn the_same_seed_makes_the_same_bytes_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        file(&path, &FileSpec { size: Size::from_bytes(70_001), seed: 42, sparse: false }).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(bytes.len(), 70_001);
        assert_eq!(blake3::hash(&bytes).to_hex()[..16], *"d43743efbbb17da8");
        assert_eq!(text(7, 42).len(), 7);
        assert_ne!(text(20, 1), text(20, 2));
    }

    #[test]
    fn a_sparse_file_reads_as_zeros() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        file(&path, &FileSpec { size: Size::from_bytes(100), seed: 42, sparse: true }).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), [0; 100]);
    }
}
