//! The framings through their public interface. Each file under `framings/` is one behaviour.

#[path = "framings/boundaries.rs"]
mod boundaries;
#[path = "framings/driver.rs"]
mod driver;
#[path = "framings/handshakes.rs"]
mod handshakes;
#[path = "framings/json_headers.rs"]
mod json_headers;
#[path = "framings/lengths.rs"]
mod lengths;
#[path = "framings/mounts.rs"]
mod mounts;
#[path = "framings/numerals.rs"]
mod numerals;
#[path = "framings/properties.rs"]
mod properties;
#[path = "framings/read_bound.rs"]
mod read_bound;
#[path = "framings/reference.rs"]
mod reference;
#[path = "framings/seeded.rs"]
mod seeded;
#[path = "framings/settings.rs"]
mod settings;
