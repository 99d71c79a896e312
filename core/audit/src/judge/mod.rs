//! Judgements: reports against the plan, one file a subject.

pub(crate) mod dependent;
pub(crate) mod dispersion;
pub(crate) mod exponential;
pub(crate) mod gaps;
pub(crate) mod limited;
pub(crate) mod little;
pub(crate) mod rate;
pub(crate) mod slip;
pub(crate) mod steady;
