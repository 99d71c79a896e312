//! Text of a hostile peer, plugin, scenario or file name is shown, and does nothing.

use crate::documents::{hostile, passing, without_own};
use crate::parsed::{Parsed, page, parsed};
use wirebench::text::is_plain;

/// What would run, open or hide something in one place or another of a page.
const ATTACKS: &[&str] = &[
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title></style></pre></textarea><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' autofocus onfocus='alert(1)",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% include 'x' %}",
    "<!-- ",
    "]]>",
    "\u{1b}[2J\u{1b}]8;;http://x\u{7}",
    "\u{202e}gnp.exe\u{2066}",
    "`${alert(1)}`",
];

/// A document that says this wherever it says anything.
fn saying(attack: &str) -> wirebench::result::Document {
    let mut document = passing();
    document.scenario.name = attack.into();
    document.scenario.about = attack.into();
    document.scenario.source = attack.into();
    document.scenario.changes = vec![attack.into()];
    document.scenario.axes = vec![attack.into(), "load.payload".into()];
    document.host.cpu = Some(attack.into());
    for (number, cell) in document.cells.iter_mut().enumerate() {
        cell.id = format!("{attack}{number}");
        cell.axes = serde_json::Map::from_iter([
            (attack.to_owned(), format!("{attack}{number}").into()),
            ("load.payload".to_owned(), attack.into()),
        ]);
        cell.notes.push(attack.into());
        cell.setup.handler = attack.into();
        cell.gates.iter_mut().for_each(|gate| gate.limit = attack.into());
    }
    document
}

#[test]
fn nothing_that_others_have_written_becomes_markup() {
    let elements = |mut parsed: Parsed| {
        // A picture has one for each name that it has no room for.
        parsed.tags.remove("title");
        parsed.tags
    };
    let harmless = elements(parsed(&page(saying("harmless"))));
    for attack in ATTACKS {
        let parsed = parsed(&page(saying(attack)));
        assert_eq!(parsed.problems, Vec::<String>::new(), "{attack:?}");
        assert_eq!(parsed.scripts, ["application/json", ""], "{attack:?}");
        assert_eq!(elements(parsed), harmless, "{attack:?}");
    }
}

#[test]
fn what_others_have_written_is_shown_as_it_is() {
    let parsed = parsed(&page(saying("<script>alert('é')</script>")));
    assert!(parsed.text.contains("<script>alert('é')</script>"), "{}", parsed.text);
}

#[test]
fn nothing_that_a_terminal_obeys_or_that_nobody_sees_is_in_a_page() {
    for document in ATTACKS.iter().map(|attack| saying(attack)).chain([hostile()]) {
        let page = without_own(&page(document));
        let bad = page.chars().find(|c| *c != '\n' && *c != '\u{a0}' && !is_plain(*c));
        assert_eq!(bad, None);
    }
}

#[test]
fn the_figures_for_the_script_end_nothing_either() {
    for attack in ATTACKS {
        let page = page(saying(attack));
        let (_, behind) = page.split_once("data-figures>").expect("they are there");
        let (json, _) = behind.split_once("</script>").expect("they end");
        let figures: serde_json::Value = serde_json::from_str(json).expect("they are JSON");
        assert_eq!(figures["cells"].as_array().map(Vec::len), Some(2), "{attack:?}");
        assert!(!json.contains('<'), "{attack:?}");
    }
}
