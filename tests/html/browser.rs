//! What a real browser makes of pages: `tests/browser/` drives it.

use crate::bounds::thousand;
use crate::documents::{of_every_kind, passing, slower};
use crate::parsed::{page, pages};
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
#[ignore = "needs Debian's chromium and npm's playwright-core, which .ci/run installs"]
fn every_kind_of_page_opens_sorts_filters_leads_prints_and_needs_no_network() {
    assert!(
        std::env::var_os("WIREBENCH_TEST_BROWSER").is_some(),
        "WIREBENCH_TEST_BROWSER names the folder that tests/browser/install was given"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, page: String| {
        fs::write(folder.path().join(format!("{name}.html")), page).expect("it can be written");
    };
    for (kind, document) in of_every_kind() {
        write(&kind.replace(' ', "-"), page(document));
    }
    write("paired", pages(&[slower()]));
    write("thousand", page(thousand()));
    let mut second = passing();
    second.cells[0].rounds.iter_mut().for_each(|round| round.began_ns += 1);
    write("two", pages(&[(passing(), None), (second, None)]));
    let check = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/browser/check");
    let checked = Command::new(check).arg(folder.path()).output().expect("bash");
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success(), "{said}{}", String::from_utf8_lossy(&checked.stderr));
}
