//! The negative control: a bench that cannot see messages merge is broken.

use crate::harness::{measured, scenario};

#[test]
fn raw_merges_pipelined_messages() {
    let document = measured(&scenario("\"raw\"", "in-flight = 32\nmessages = 2000\n", ""));
    let cell = document.cell();
    assert!(cell.request("merged") > 0, "{}", cell.complaints());
    assert!(cell.count("/exchanges/damaged") > 0, "{}", cell.complaints());
    let example = &cell.0["integrity"]["examples"][0];
    assert!(example["read"].as_array().is_some_and(|read| !read.is_empty()), "{example}");
    assert!(example["written"].as_array().is_some_and(|written| !written.is_empty()), "{example}");
}
