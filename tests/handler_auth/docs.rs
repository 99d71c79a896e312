//! What `docs/handlers.md` says of auth is true.

use wirebench_auth::{Auth, AuthClient, AuthServer};
use wirebench_sdk::{Client, Server, kit};

const DOCS: &str = include_str!("../../docs/handlers.md");

/// The section of auth.
fn section() -> &'static str {
    let (_, rest) = DOCS.split_once("\n## auth\n").expect("the section begins");
    rest.split_once("\n## ").map_or(rest, |(section, _)| section)
}

/// The first cells of the tables that begin with this heading, each name in backquotes.
fn names(heading: &str) -> Vec<&'static str> {
    let heading = format!("\n| {heading}");
    let rows = section().split(&heading).skip(1).flat_map(|table| {
        let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
        rows.filter_map(|line| line.split('|').nth(1))
    });
    rows.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn every_count_is_documented_and_every_documented_count_is_there() {
    let declared = [<AuthServer as Server>::COUNTS, <AuthClient as Client>::COUNTS].concat();
    let mut documented = names("count |");
    documented.sort_unstable();
    let mut expected = declared;
    expected.sort_unstable();
    assert_eq!(documented, expected);
}

#[test]
fn every_documented_setting_exists_and_every_setting_is_documented() {
    // The refusal of an unknown key names all there are.
    let refused = kit::server::<Auth>(r#"{"no-such-key": 1}"#).err().expect("it is refused").text;
    let known: Vec<&str> = refused.split('`').skip(3).step_by(2).collect();
    assert!(known.len() > 15, "{refused}");
    let documented = names("setting");
    for key in &known {
        assert!(documented.contains(key), "`{key}` is not documented");
    }
    for key in &documented {
        assert!(known.contains(key), "`{key}` does not exist");
    }
}
