//! The text of the scenario that a run was kept with.

use crate::result::Stored;
use crate::result::journal::regular_file;
use crate::scenario::LONGEST_FILE;
use base16ct::lower::encode_string;
use sha2::{Digest as _, Sha256};
use std::io::Read as _;
use std::path::Path;

/// What it is called in the run's folder.
const SCENARIO_FILE: &str = "scenario.toml";

/// Adds the text that stands beside `file`, which the result was read from, if it is still the one that was run.
pub(super) fn add(file: &Path, result: &mut Stored<'_>) {
    let Some(wanted) = result.document().scenario.text_sha256.clone() else { return };
    let Some(text) = beside(file) else { return };
    if encode_string(&Sha256::digest(text.as_bytes())) == wanted {
        result.set_scenario_text(&text);
    }
}

/// The copy of the scenario's file in the folder of a run that has this file; `None`: there is none that could be
/// a scenario.
pub(super) fn beside(file: &Path) -> Option<String> {
    let copy = regular_file(&file.with_file_name(SCENARIO_FILE)).ok()?;
    let mut text = String::new();
    copy.take(LONGEST_FILE as u64 + 1).read_to_string(&mut text).ok()?;
    (text.len() <= LONGEST_FILE).then_some(text)
}
