//! What templates show of one result, worked out: plain texts, figures and places.

mod answer;
mod audit;
mod by_latency;
mod cell;
mod choice;
mod compared;
mod data;
mod environment;
mod figures;
mod findings;
mod heat;
mod open;
mod result;
mod table;

pub(super) use answer::Standing;
pub(super) use compared::ComparedView;
pub(super) use result::ResultView;
