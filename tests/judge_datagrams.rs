//! What the judge says of datagrams that are lost, repeated, reordered, cut and changed.

#[path = "judge_datagrams/answers.rs"]
mod answers;
#[path = "judge_datagrams/bench.rs"]
mod bench;
#[path = "judge_datagrams/bounds.rs"]
mod bounds;
#[path = "judge_datagrams/damage.rs"]
mod damage;
#[path = "judge_datagrams/horizon.rs"]
mod horizon;
#[path = "judge_datagrams/matching.rs"]
mod matching;
#[path = "judge_datagrams/model.rs"]
mod model;
#[path = "judge_datagrams/schedules.rs"]
mod schedules;
