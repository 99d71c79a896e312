//! Results that were kept, held against each other: `wirebench compare`, and the comparison of a paired run that
//! `wirebench report` prints again.

#[path = "harness/fields.rs"]
mod fields;
mod harness;
#[path = "report/sample.rs"]
mod sample;

#[path = "compare/beside.rs"]
mod beside;
#[path = "compare/counts.rs"]
mod counts;
#[path = "compare/decided.rs"]
mod decided;
#[path = "compare/documented.rs"]
mod documented;
#[path = "compare/laws.rs"]
mod laws;
#[path = "compare/made.rs"]
mod made;
#[path = "compare/many.rs"]
mod many;
#[path = "compare/matched.rs"]
mod matched;
#[path = "compare/noted.rs"]
mod noted;
#[path = "compare/printed.rs"]
mod printed;
#[path = "compare/refused.rs"]
mod refused;
#[path = "compare/runs.rs"]
mod runs;
#[path = "compare/together.rs"]
mod together;
