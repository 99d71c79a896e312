//! Many cells: the answer that stands above them, and what of them is shown.

#[path = "report/many/answer.rs"]
mod answer;
#[path = "report/many/grid.rs"]
mod grid;
#[path = "report/many/hostile.rs"]
mod hostile;
#[path = "report/many/order.rs"]
mod order;
#[path = "report/many/pivot.rs"]
mod pivot;
#[path = "report/sample.rs"]
mod sample;
