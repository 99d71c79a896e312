//! The order in which a run visits its cells.

use crate::harness::{measured, scenario};

#[test]
fn the_same_seed_plays_the_cells_in_the_same_order() {
    let order = || {
        let more = "\n[matrix]\n\"load.payload\" = [\"1 B\", \"2 B\", \"3 B\", \"4 B\", \"5 B\"]\n";
        let document = measured(&scenario("\"len32be\"", "messages = 5\nseed = 3\n", more));
        let mut began: Vec<(u64, String)> = document
            .cells()
            .map(|cell| (cell.count("/rounds/0/began_ns"), cell.id().to_owned()))
            .collect();
        began.sort();
        began.into_iter().map(|(_, id)| id).collect::<Vec<_>>()
    };
    assert_eq!(order(), order());
}
