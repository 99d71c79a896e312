//! What holds in every page.

use crate::documents::{of_every_kind, slower, without_own};
use crate::parsed::{page, pages, parsed};
use base64::Engine as _;
use sha2::{Digest as _, Sha256};

#[test]
fn every_page_is_whole_and_leads_nowhere_but_to_itself() {
    for (kind, document) in of_every_kind() {
        let cells = document.cells.len();
        let parsed = parsed(&page(document));
        assert_eq!(parsed.problems, Vec::<String>::new(), "{kind}");
        let places = parsed.ids.iter().filter(|id| id.starts_with("cell=") && !id.contains('/'));
        assert!(cells == 0 || places.count() <= cells, "{kind}");
    }
}

#[test]
fn the_page_of_a_paired_run_is_whole() {
    let parsed = parsed(&pages(&[slower()]));
    assert_eq!(parsed.problems, Vec::<String>::new());
    assert!(parsed.text.contains("regressed"), "{}", parsed.text);
}

#[test]
fn a_page_of_all_of_them_is_whole_too() {
    let all: Vec<_> = of_every_kind().into_iter().map(|(_, document)| (document, None)).collect();
    let parsed = parsed(&pages(&all));
    assert_eq!(parsed.problems, Vec::<String>::new());
}

#[test]
fn only_its_own_script_and_style_may_run_and_nothing_may_be_fetched() {
    for (kind, document) in of_every_kind() {
        let page = page(document);
        let parsed = parsed(&page);
        // The other holds figures in JSON.
        assert_eq!(parsed.scripts, ["application/json", ""], "{kind}");
        let element = |name: &str| {
            let (_, behind) = page.rsplit_once(&format!("<{name}>")).expect("it is there");
            let (text, _) = behind.split_once(&format!("</{name}>")).expect("it ends");
            let hash = Sha256::digest(text.as_bytes());
            format!("'sha256-{}'", base64::engine::general_purpose::STANDARD.encode(hash))
        };
        let expected = format!(
            "default-src 'none'; style-src {}; script-src {}",
            element("style"),
            element("script")
        );
        assert_eq!(parsed.policy, expected, "{kind}");
    }
}

#[test]
fn every_cell_is_in_the_table_and_has_its_place() {
    let (_, document) = of_every_kind().remove(1);
    let ids: Vec<String> = document.cells.iter().map(|cell| cell.id.clone()).collect();
    let page = page(document);
    let parsed = parsed(&page);
    for id in ids {
        let place = format!("cell={}", id.replace(' ', "_"));
        assert!(parsed.ids.contains(&place), "{place}: {:?}", parsed.ids);
        assert!(parsed.ids.contains(&format!("cell=sticky/{}", id.replace(' ', "_"))));
        assert!(page.contains(&format!("data-id=\"{id}\"")), "{id}");
    }
}

#[test]
fn the_same_results_are_the_same_page() {
    for (kind, document) in of_every_kind() {
        assert_eq!(page(document.clone()), page(document), "{kind}");
    }
}

#[test]
fn what_is_not_known_is_never_a_number() {
    for (kind, document) in of_every_kind() {
        let page = without_own(&page(document));
        for word in page.split(|c: char| !c.is_ascii_alphanumeric()) {
            assert!(!["NaN", "nan", "inf", "Infinity"].contains(&word), "{kind}");
        }
    }
}
