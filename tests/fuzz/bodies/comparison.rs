//! A comparison of builds, and what is shown of it.
//!
//! The input is the file. A comparison that is read is no better than its cells, is the same when it is
//! written and read again, and can be shown in every format.

use wirebench::compare::{Comparison, Standing, Verdict, read};
use wirebench::report::{comparison, comparison_in_markdown, reason};

/// Runs the target.
pub fn run(data: &[u8]) {
    let compared = match read(data) {
        Ok(compared) => compared,
        Err(why) => return assert!(!why.is_empty()),
    };
    let rows = || compared.cells.iter().flat_map(|cell| &cell.rows);
    let worse = rows().any(|row| row.decides && row.verdict == Verdict::Regressed);
    assert!(!worse || compared.standing == Standing::Regressed || compared.unfit.is_some());
    for row in rows().filter(|row| !row.exact && row.verdict == Verdict::Regressed) {
        assert!(row.low.is_some_and(|low| low > 1.0) || row.high.is_some_and(|high| high < 1.0));
    }
    let written = written(&compared);
    let again = read(written.as_slice()).expect("what was read can be written and read again");
    assert_eq!(self::written(&again), written);
    let text = comparison(&compared, false, None);
    assert!(!text.contains('\u{1b}'), "an escape sequence in a table without colors");
    comparison_in_markdown(&compared);
    reason(&compared);
    compared.lost_the_baseline();
}

fn written(compared: &Comparison) -> Vec<u8> {
    let mut text = Vec::new();
    compared.write(&mut text).expect("memory can be written to");
    text
}
