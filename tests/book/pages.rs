//! How a page is read: what is saved, typed, shown and left out.

use crate::page::{Page, Step};

fn page(text: &str) -> Page {
    Page::of("docs/a.md", text)
}

#[test]
fn a_page_is_followed_in_order() {
    let steps = page(
        "text\n\n```toml\n# a.toml\nschema = 1\n```\n\n```console\n$ wirebench run a.toml\nall  pass\n[…]\n$ echo $?\n100\n```\n\n\
         ```sh\n# a comment\nwirebench list  # another\nwirebench run \\\n  b.toml\n```\n\n<!-- not run: a reason -->\n```sh\nno\n```\n",
    )
    .steps();
    let typed = |command: &str, shown: &[&str], code| Step::Type {
        command: command.to_owned(),
        shown: shown.iter().map(|line| (*line).to_owned()).collect(),
        code,
    };
    let saved = Step::Save { name: "a.toml".to_owned(), text: "# a.toml\nschema = 1\n".to_owned() };
    assert_eq!(
        steps,
        [
            saved,
            typed("wirebench run a.toml", &["all  pass", "[…]"], 100),
            typed("wirebench list", &[], 0),
            typed("wirebench run b.toml", &[], 0),
        ]
    );
}

#[test]
fn what_is_not_run_has_its_reason() {
    let page = page("\n<!-- not run: needs a server -->\n```sh\nwirebench drive\n```\n");
    assert_eq!(page.all_blocks()[0].not_run, Some("needs a server"));
    assert_eq!(page.commands(), ["wirebench drive"]);
}
