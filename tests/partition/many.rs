//! A hundred parts of a hundred cells: the work grows with the cells, and memory does not hold them all.

use crate::harness::Bench;
use crate::parts::{cells, merge, play_all, result};
use serde_json::{Value, json};

const MANY: usize = 100;

#[test]
fn a_hundred_parts_of_a_hundred_cells_are_merged() {
    let bench = Bench::new();
    let parts = play_all(&bench, &[]);
    let template = result(&bench, &parts[0]);
    let mut cell = cells(&template)[0].clone();
    cell["gates"] = json!([]);
    cell["relative"] = Value::Null;
    cell["verdict"] = "pass".into();
    let id = |number: usize| format!("load.payload={number} B");
    let plan: Vec<Value> = (0..MANY * MANY)
        .map(|number| json!({ "id": id(number), "part": number / MANY + 1 }))
        .collect();
    let mut made = Vec::new();
    for part in 0..MANY {
        let mut document = template.clone();
        document["verdict"] = "pass".into();
        document["scenario"]["partition"] =
            json!({ "part": part + 1, "of": MANY, "cells": plan, "scenarios": ["divided"] });
        let its = (part * MANY..(part + 1) * MANY).map(|number| {
            let mut cell = cell.clone();
            cell["id"] = id(number).into();
            cell
        });
        document["cells"] = its.collect();
        let name = format!("made{part}.json");
        bench.write(&name, document.to_string());
        made.push(name);
    }
    let ran = merge(&bench, &made, &["--quiet"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let all = result(&bench, "all");
    assert_eq!(cells(&all).len(), MANY * MANY);
    assert_eq!(cells(&all)[MANY * MANY - 1]["id"], id(MANY * MANY - 1).as_str());
}
