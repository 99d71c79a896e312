//! Named errors in whole rounds: counted in the result, told to the client, nothing left behind.

use super::{counted, names, run, scenario};

/// Every exchange ends in this way, and the kind is counted as often; intact all the same.
#[track_caller]
fn each(config: &str, kind: &str, end: &str) {
    let root = if config.contains("root =") { "" } else { "root = \"root\", " };
    let text = scenario("\"len32be\"", "messages = 5\n", &format!("{root}{config}"), "");
    let (bench, ran, document) = run(&text, |bench| {
        let root = bench.folder().join("root");
        std::fs::create_dir_all(root.join("dir")).expect("a folder");
        std::os::unix::fs::symlink("/etc/passwd", root.join("link")).expect("a link");
    });
    let cell = document.cell();
    assert_eq!(
        cell.count(&format!("/exchanges/{end}")),
        5,
        "{config}: {}\n{ran}",
        cell.complaints()
    );
    assert!(counted(cell, kind) >= 5, "{config}: {}", cell.0["counts"]);
    let errors = cell.list("errors").iter();
    // An offer is refused by one letter: there is no place for the reason.
    let told = if config.contains("offer") && end == "rejected" { "refused" } else { kind };
    let named = |error: &serde_json::Value| error["first"].as_str().unwrap_or("").contains(told);
    assert!(errors.clone().any(named), "{config}: {}", cell.complaints());
    assert_eq!(names(&bench, "root"), ["dir", "link"]);
    for direction in ["request", "reply"] {
        let sent = cell.count(&format!("/integrity/{direction}/sent"));
        assert_eq!(sent, cell.count(&format!("/integrity/{direction}/intact")), "{config}");
    }
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    each("name = \"../../x\", file = { size = \"200 KiB\" }", "bad-name", "rejected");
    each("do = \"download\", name = \"/etc/passwd\"", "bad-name", "rejected");
    each("do = \"offer\", name = \"../x\"", "bad-name", "rejected");
}

#[test]
fn what_stands_in_the_way_is_named() {
    each("name = \"link\"", "is-symlink", "rejected");
    each("do = \"download\", name = \"link\"", "is-symlink", "rejected");
    each("do = \"download\", name = \"dir\"", "not-a-file", "rejected");
    each("do = \"download\", name = \"none\"", "not-found", "rejected");
}

#[test]
fn a_file_too_large_is_refused_while_it_is_under_way() {
    each("max-size = \"1 MiB\", file = { size = \"3 MiB\" }", "too-large", "rejected");
    each("max-size = \"1 MiB\", claim = \"1000 GiB\", wait = true", "too-large", "rejected");
}

#[test]
fn a_spoilt_file_is_told_by_its_digest() {
    each("fault = \"flip\"", "digest-differs", "wrong");
    each("fault = \"flip\", digest-at = \"trailer\", digest = \"md5\"", "digest-differs", "wrong");
    each("do = \"offer\", fault = \"flip\"", "digest-differs", "wrong");
}

#[test]
fn a_file_that_ends_early_is_named() {
    each("fault = \"fewer\"", "size-lies", "wrong");
}
