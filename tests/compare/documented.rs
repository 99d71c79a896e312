//! `docs/compare.md` and the comparison say the same.

use crate::beside::{compared, planned};
use crate::fields;
use crate::made;
use crate::sample::measured;
use wirebench::result::document::RunInfo;

#[test]
fn every_field_is_documented_and_every_documented_field_is_there() {
    let run = RunInfo { id: "20261120T214500Z".into(), started: "2026-11-20T21:45:00Z".into() };
    let mut paired = compared(&planned(), 1.3, Some(run));
    paired.unfit = Some("most cells moved together".into());
    paired.baseline.plugins = measured().plugins;
    paired.baseline.files = measured().files;
    let paired = serde_json::to_value(paired).expect("it is JSON");
    fields::agree("compare.md", "comparison", &paired);
    let stored = made::compare(&made::usual(0..3), &made::usual(3..6));
    let stored = serde_json::to_value(stored).expect("it is JSON");
    let fields = |value: &serde_json::Value| -> Vec<String> {
        value.as_object().expect("an object").keys().cloned().collect()
    };
    assert_eq!(fields(&stored), fields(&paired));
    let row = |value: &serde_json::Value| fields(&value["cells"][0]["rows"][0]);
    assert_eq!(row(&stored), row(&paired));
}
