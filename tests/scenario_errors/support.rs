//! A scenario to spoil, and what its errors say.

use wirebench::scenario::{FileFacts, Loaded, Overrides, Scenario, load};

/// Four lines that every scenario needs; what a test adds begins in line 5.
pub(crate) const HEAD: &str =
    "schema = 1\nname = \"t\"\nhandler = { plugin = \"echo\" }\nframing = \"len32be\"\n";

/// The same without a framing (three lines), for scenarios with a matrix of framings.
pub(crate) const BARE: &str = "schema = 1\nname = \"t\"\nhandler = { plugin = \"echo\" }\n";

/// Loads a text as the file `t.toml`; one file, `big.bin` of 3 MiB, can be sent. What is valid by itself
/// has to be so for the schema, too.
pub(crate) fn load_text(text: &str, overrides: &Overrides) -> Result<Loaded, String> {
    let find = |path: &str| match path {
        "big.bin" => Ok(FileFacts { absolute: "/data/big.bin".to_owned(), bytes: 3 << 20 }),
        _ => Err("there is no such file".to_owned()),
    };
    let loaded = load("t.toml", text, overrides, &find);
    if loaded.is_ok() && *overrides == Overrides::default() {
        crate::schema::takes(text);
    }
    loaded.map_err(|diagnostics| diagnostics.render(false))
}

/// Loads a scenario that must be valid.
pub(crate) fn valid(text: &str) -> Scenario {
    match load_text(text, &Overrides::default()) {
        Ok(loaded) => loaded.scenario,
        Err(rendered) => panic!("not valid:\n{rendered}\n{text}"),
    }
}

/// The errors of a scenario that must not be valid.
pub(crate) fn errors(text: &str) -> String {
    match load_text(text, &Overrides::default()) {
        Ok(_) => panic!("valid, but should not be:\n{text}"),
        Err(rendered) => rendered,
    }
}

/// `--set` options.
pub(crate) fn set(entries: &[&str]) -> Overrides {
    let set = entries.iter().map(|entry| (*entry).to_owned()).collect();
    Overrides { set, ..Overrides::default() }
}

/// How many errors are shown.
pub(crate) fn count(rendered: &str) -> usize {
    rendered.lines().filter(|line| line.starts_with("error: ")).count()
}

/// The only error of `text` stands at `line:column` and says all of `fragments`.
#[track_caller]
pub(crate) fn one_error(text: &str, at: &str, fragments: &[&str]) {
    let rendered = errors(text);
    assert_eq!(count(&rendered), 1, "one error is expected:\n{rendered}");
    says(&rendered, at, fragments);
}

/// An error stands at `line:column`, and all of `fragments` are said.
#[track_caller]
pub(crate) fn says(rendered: &str, at: &str, fragments: &[&str]) {
    let place = format!("--> t.toml:{at}\n");
    assert!(rendered.contains(&place), "no error stands at {at}:\n{rendered}");
    for fragment in fragments {
        assert!(rendered.contains(fragment), "`{fragment}` is not said:\n{rendered}");
    }
}
