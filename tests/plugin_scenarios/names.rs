//! How a scenario names plugins, their handlers and their framings.

use crate::harness::{Bench, plugin_folder};
use crate::support::{HEAD, errors, is_one, one_error, valid};

const FAULTY: &str = "libwirebench_faulty.so";

#[test]
fn a_framing_comes_from_the_file_that_is_named() {
    let bench = Bench::new();
    let text = format!(
        "{HEAD}framing = {{ kind = \"len8-faulty\", plugin = \"mine\", path = \"my/own.so\" }}\n\
         load = {{ duration = \"20ms\", rounds = 1, warmup = \"0ms\" }}\n"
    );
    is_one(
        &errors(&bench, &text),
        &["error: plugin my/own.so: No such file or directory (os error 2)", " --> t.toml:4:52"],
        &["path = \"my/own.so\""],
    );
    std::fs::create_dir(bench.folder().join("my")).expect("a folder");
    let there = std::path::Path::new(plugin_folder()).join(FAULTY);
    std::fs::copy(there, bench.folder().join("my/own.so")).expect("a copy");
    valid(&bench, &text);
    let ran = bench.run(&text, &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let used = &bench.document().0["plugins"];
    let ids: Vec<&str> =
        used.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"wirebench.faulty") && ids.len() == 2, "{used}");
}

#[test]
fn a_path_without_its_plugin_is_no_setting_of_a_built_in_framing() {
    one_error(
        &format!("{HEAD}framing = {{ kind = \"len8\", path = \"x.so\" }}\n"),
        &[
            "error: `path` is the file of a plugin, and `plugin` does not name it",
            " --> t.toml:4:28",
        ],
        &[],
    );
}

#[test]
fn a_plugin_that_is_nowhere_is_answered_by_what_is_alike_and_what_is_there() {
    let framing = "framing = { kind = \"len8-faulty\", plugin = \"faulti\" }\n";
    one_error(
        &format!("{HEAD}{framing}"),
        &["error: there is no plugin `faulti`", " --> t.toml:4:35"],
        &[
            "did you mean `faulty`?",
            "= help: found were ",
            "= help: looked for libwirebench_faulti.so",
        ],
    );
    one_error(
        "schema = 1\nname = \"t\"\nframing = \"raw\"\nhandler = { plugin = \"ecko\" }\n",
        &["error: there is no plugin `ecko`", " --> t.toml:4:22"],
        &["did you mean `echo`?"],
    );
}

#[test]
fn a_framing_or_handler_that_a_plugin_does_not_have_is_answered_by_what_it_has() {
    one_error(
        &format!("{HEAD}framing = {{ kind = \"len8-fautly\", plugin = \"faulty\" }}\n"),
        &["error: plugin `wirebench.faulty` has no framing `len8-fautly`", " --> t.toml:4:13"],
        &["did you mean `len8-faulty`?", "it has len8-faulty, varint-faulty"],
    );
    one_error(
        "schema = 1\nname = \"t\"\nframing = \"raw\"\n\
         handler = { plugin = \"echo\", handler = \"eccho\" }\n",
        &["error: plugin `wirebench.echo` has no handler `eccho`", " --> t.toml:4:40"],
        &["did you mean `echo`?", "it has echo"],
    );
}

#[test]
fn an_id_means_the_plugin_that_has_it() {
    valid(
        &Bench::new(),
        &HEAD.replace("echo", "wirebench.echo").replace('}', "}\nframing = \"raw\""),
    );
    let said = errors(
        &Bench::new(),
        &HEAD.replace("echo", "org.example.echo").replace('}', "}\nframing = \"raw\""),
    );
    assert!(
        said.contains("is `wirebench.echo`, not `org.example.echo`\n --> t.toml:3:22"),
        "{said}"
    );
}

#[test]
fn torture_takes_the_file_of_a_framing_as_scenarios_do() {
    let bench = Bench::new();
    let file = std::path::Path::new(plugin_folder()).join(FAULTY);
    let framing =
        format!("{{ kind = \"varint-faulty\", plugin = \"mine\", path = \"{}\" }}", file.display());
    let ran = bench.start(&["torture", &framing, "--only", "round-trip"]).wait();
    assert_eq!(ran.code, Some(0), "{ran}");
    let ran = bench.start(&["torture", "{ kind = \"line\", path = \"x.so\" }"]).wait();
    assert_eq!(ran.code, Some(104), "{ran}");
    assert!(ran.stderr.contains("`path` is the file of a plugin"), "{ran}");
}
