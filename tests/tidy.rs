//! The rules of the house that no compiler holds: who may know whom, where `unsafe` may stand, how
//! long a file may be, and that what is written down leads somewhere.

#[path = "tidy/processes.rs"]
mod processes;
#[path = "tidy/published.rs"]
mod published;
#[path = "tidy/rings.rs"]
mod rings;
#[path = "tidy/shape.rs"]
mod shape;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/transports.rs"]
mod transports;
#[path = "tidy/walls.rs"]
mod walls;
#[path = "tidy/ways_out.rs"]
mod ways_out;
#[path = "tidy/words.rs"]
mod words;
