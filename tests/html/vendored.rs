//! What others have written and we hand on is what they have published.

use base16ct::lower::encode_string;
use sha2::{Digest as _, Sha256};
use std::path::Path;

#[test]
fn the_files_of_uplot_are_those_that_its_page_names() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vendor/uplot");
    let page = std::fs::read_to_string(folder.join("README.md")).expect("it is there");
    let mut files = 0;
    for line in page.lines() {
        let [_, file, hash, _] =
            line.split('|').map(|part| part.trim_matches([' ', '`'])).collect::<Vec<_>>()[..]
        else {
            continue;
        };
        let Ok(text) = std::fs::read(folder.join(file)) else { continue };
        assert_eq!(encode_string(&Sha256::digest(text)), hash, "{file}");
        files += 1;
    }
    assert_eq!(files, 2, "{page}");
    assert!(folder.join("LICENSE").is_file());
}
