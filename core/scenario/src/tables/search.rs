//! `[search]`: the highest value of a key of the load that keeps a limit. Here stand its keys; what they come to is put
//! together in [`crate::search`].

use crate::key::{Key, Kind, fixed, key};

/// What a search can vary: keys of numbers that are more load the higher they are.
pub(crate) const VARYING: &[&str] =
    &["load.rate", "load.in-flight", "load.connections", "load.payload"];

/// The keys, in the order of the reference.
pub(crate) const KEYS: &[Key] = &[
    fixed(key(
        "search.metric",
        Kind::Text(500),
        "",
        "what a point has to keep, as gates say it: `p99 < 1ms`; of several, joined by commas, each",
    )),
    fixed(key(
        "search.vary",
        Kind::Word(VARYING),
        "",
        "the key whose highest value is looked for that keeps it",
    )),
    fixed(key(
        "search.from",
        Kind::Bound,
        "",
        "the least value of that key, which is played first",
    )),
    fixed(key("search.to", Kind::Bound, "", "the highest value of that key")),
    fixed(key(
        "search.resolution",
        Kind::Share,
        r#""5%""#,
        "how far the values lie apart that are looked at, as a share of the lower one; they are rounded to three digits, below `\"2%\"` to six",
    )),
    fixed(key(
        "search.rounds",
        Kind::Integer(1, 1_000),
        "",
        "a point is decided when so many more of its rounds keep the limit than do not, or the other way round, and undecided after three times as many; without it `load.rounds`",
    )),
    fixed(key(
        "search.expect",
        Kind::Text(64),
        "",
        "a gate on what is found: `>= 100k/s` fails where the highest value that keeps the limit is surely below",
    )),
];
