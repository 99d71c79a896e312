//! The table of `docs/choose-a-framing.md` that says what each framing carries and adds.

use crate::driver::Subject;
use crate::generated;
use serde_json::{Value, json};
use wirebench::framing::{Alphabet, describe, names};

const GUIDE: &str = "docs/choose-a-framing.md";

/// Messages of these sizes, of letters.
const SIZES: [usize; 3] = [64, 1 << 10, 64 << 10];

#[test]
fn what_each_framing_carries_and_adds_is_documented() {
    let header = "| framing | carries | empty | 64 B | 1 KiB | 64 KiB | damage |";
    generated::holds(GUIDE, "traits", &generated::table(header, names().into_iter().map(row)));
}

/// The table is written by `python3 benches/instructions --framings --write`, which needs an optimised build.
#[test]
fn costs_are_shown_of_framings_that_ship_the_cheapest_first() {
    let page = include_str!("../../docs/choose-a-framing.md");
    let (_, rest) = page.split_once("<!-- begin costs: ").expect("a place for it");
    let (table, _) = rest.split_once("<!-- end costs -->").expect("it ends");
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.trim_matches('|').split('|').collect()).collect();
    let counted: Vec<u64> =
        rows.iter().map(|row| row[1].trim().replace(',', "").parse().expect("a count")).collect();
    assert!(rows.len() > 5 && counted.is_sorted(), "{counted:?}");
    for row in rows {
        let name = row[0].trim().trim_matches('`');
        assert!(names().contains(&name), "there is no framing {name}");
    }
}

fn row(name: &str) -> String {
    let capabilities = describe(name).expect("it is in the catalogue").capabilities;
    let carries = match capabilities.alphabet {
        Alphabet::Bytes => "any bytes",
        Alphabet::Text => "text",
    };
    let empty = if capabilities.empty { "yes" } else { "no" };
    let added =
        SIZES.map(|size| added(name, size).map_or("–".to_owned(), |more| more.to_string()));
    let damage = match (capabilities.resynchronises, capabilities.finds_corruption) {
        (true, true) => "finds, dropped",
        (true, false) => "dropped",
        (false, true) => "finds, ends",
        // What marks no boundary has nothing that could be wrong.
        (false, false) if !capabilities.batchable => "nothing",
        (false, false) => "ends",
    };
    format!("| `{name}` | {carries} | {empty} | {} | {damage} |", added.join(" | "))
}

/// Bytes that one message of this size has more on the wire than in itself; `None`: it is too long.
fn added(name: &str, size: usize) -> Option<usize> {
    // A frame of a fixed size is as long as the longest message needs: here, exactly this one.
    let settings = if name == "fixed" { json!({ "size": size + 4 }) } else { Value::Null };
    let subject = Subject::new(name, &settings);
    let message: Vec<u8> = (b'a'..=b'z').cycle().take(size).collect();
    let (stream, carried) = subject.stream(&[message]);
    let written = stream.len() - subject.opening_len();
    (!carried.is_empty()).then(|| written - size)
}
