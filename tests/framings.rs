//! The framings through their public interface. Each file under `framings/` is one behaviour.

#[path = "framings/boundaries.rs"]
mod boundaries;
#[path = "framings/complaints.rs"]
mod complaints;
#[path = "framings/corruption.rs"]
mod corruption;
#[path = "framings/differential.rs"]
mod differential;
#[path = "framings/disagreements/mod.rs"]
mod disagreements;
#[path = "framings/driver.rs"]
mod driver;
#[path = "framings/ends.rs"]
mod ends;
#[path = "framings/escapes.rs"]
mod escapes;
#[path = "framings/fragments.rs"]
mod fragments;
#[path = "harness/generated.rs"]
mod generated;
#[path = "framings/guide.rs"]
mod guide;
#[path = "framings/handshakes.rs"]
mod handshakes;
#[path = "framings/json_headers.rs"]
mod json_headers;
#[path = "framings/len_acks.rs"]
mod len_acks;
#[path = "framings/length_marks.rs"]
mod length_marks;
#[path = "framings/lengths.rs"]
mod lengths;
#[path = "framings/lengths_elsewhere.rs"]
mod lengths_elsewhere;
#[path = "framings/limits.rs"]
mod limits;
#[path = "framings/mounts.rs"]
mod mounts;
#[path = "framings/numerals.rs"]
mod numerals;
#[path = "framings/octet_counts.rs"]
mod octet_counts;
#[path = "framings/one_way_handshakes.rs"]
mod one_way_handshakes;
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
#[path = "framings/text_lengths.rs"]
mod text_lengths;
#[path = "framings/websocket_openings.rs"]
mod websocket_openings;
#[path = "framings/websocket_texts.rs"]
mod websocket_texts;
#[path = "framings/websockets.rs"]
mod websockets;
