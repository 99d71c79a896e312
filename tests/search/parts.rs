//! A group of a search is played in one part; together the parts are the whole.

use crate::found::{ENDS, OVERHEAD, group};
use crate::harness::{Bench, plugin_folder};

#[test]
fn parts_have_whole_groups_and_their_answers_go_together() {
    let bench = Bench::new();
    bench.write("scenario.toml", OVERHEAD);
    for part in ["1", "2"] {
        let (of, out) = (format!("{part}/2"), format!("out{part}"));
        let arguments = [
            "run",
            "scenario.toml",
            "--partition",
            &of,
            "--out",
            &out,
            "--plugin-dir",
            plugin_folder(),
        ];
        let ran = bench.start(&arguments).wait();
        assert_eq!(ran.code, Some(0), "{ran}");
        let text =
            std::fs::read_to_string(bench.folder().join(&out).join("test/latest/result.json"));
        let document: serde_json::Value =
            serde_json::from_str(&text.expect("a result")).expect("JSON");
        assert_eq!(document["search"]["groups"].as_array().map(Vec::len), Some(1), "{document}");
    }
    let both = ["out1/test/latest", "out2/test/latest"];
    let ran =
        bench.start(&["merge", both[0], both[1], "--out", "whole", "--json", "whole.json"]).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    let text = std::fs::read_to_string(bench.folder().join("whole.json")).expect("it was written");
    let whole: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for (name, _) in ENDS {
        assert!(group(&whole, name)["holds"].is_object(), "{whole}");
    }
    let alone = bench.start(&["merge", both[0], "--out", "half"]).wait();
    assert!(
        alone.code != Some(0) && alone.stderr.contains("missing"),
        "a part is missing: {alone}"
    );
}
