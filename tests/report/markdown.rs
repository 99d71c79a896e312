//! Markdown in which others have written: hostile names come out as the text that they are.

use crate::sample::{Sample, document, scenario};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, TextMergeStream};
use wirebench::load::rng::SplitMix64;
use wirebench::report::markdown;
use wirebench::text::clean;

/// What markup is made of.
const PIECES: [&str; 48] = [
    "|",
    "\\",
    "`",
    "``",
    "*",
    "**",
    "_",
    "~~",
    "~",
    "<b>",
    "</b>",
    "<!--",
    "-->",
    "[x](y)",
    "![",
    "]",
    "(http://x.y)",
    "http://x.y/z",
    "HTTPS://X",
    "www.x.y",
    "ftp://x",
    "mailto:a@b.c",
    "a@b.cd",
    "@user",
    "#12",
    "# ",
    "$",
    "$`x`$",
    "$$",
    "&amp;",
    "&#64;",
    "&",
    ":smile:",
    "- ",
    "+ ",
    "> ",
    "1. ",
    "2) ",
    "=",
    "---",
    "    ",
    "[^1]",
    "[ ] ",
    "\u{1b}[1m",
    "\n",
    "\u{202e}",
    "word",
    "é",
];

fn hostile(random: &mut SplitMix64) -> String {
    let count = 1 + random.next_u64() % 7;
    let piece = |_| PIECES[(random.next_u64() % PIECES.len() as u64) as usize];
    (0..count).map(piece).collect()
}

/// What a reader sees: the heading, the fields of the first column of the table, and the paragraphs below it.
fn seen(text: &str) -> (String, Vec<String>, Vec<String>) {
    let mut options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_GFM;
    options |= Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_MATH;
    let (mut fields, mut paragraphs, mut open) = (Vec::new(), Vec::new(), String::new());
    let mut headings = Vec::new();
    let mut column = 0;
    for event in TextMergeStream::new(Parser::new_ext(text, options)) {
        match event {
            Event::Start(Tag::TableRow) => column = 0,
            Event::End(TagEnd::TableCell) => {
                let field = std::mem::take(&mut open);
                if column == 0 {
                    fields.push(field);
                }
                column += 1;
            }
            Event::End(TagEnd::Paragraph) => paragraphs.push(std::mem::take(&mut open)),
            Event::End(TagEnd::Heading(_)) => headings.push(std::mem::take(&mut open)),
            Event::End(TagEnd::Item) => open.clear(),
            Event::Start(
                Tag::Table(_) | Tag::TableHead | Tag::TableCell | Tag::Paragraph | Tag::Strong,
            )
            | Event::End(TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow | TagEnd::Strong)
            | Event::Start(Tag::Heading { .. } | Tag::List(None) | Tag::Item)
            | Event::End(TagEnd::List(false)) => {}
            Event::Code(code) => open.push_str(&code),
            Event::Text(plain) => {
                // GitHub looks at these once more.
                let named = |mark: char| {
                    let mut behind = plain.split(mark).skip(1);
                    behind.any(|rest| rest.starts_with(char::is_alphanumeric))
                };
                let address = ["://", "www.", "mailto:"].iter().any(|one| plain.contains(one));
                assert!(!address && !named('@') && !named('#'), "{plain:?} of {text}");
                assert!(!plain.contains('$') && !plain.contains(":smile:"), "{plain:?} of {text}");
                open.push_str(&plain);
            }
            other => panic!("{other:?} in {text}"),
        }
    }
    (headings.swap_remove(0), fields, paragraphs)
}

#[test]
fn hostile_names_are_shown_as_they_are() {
    let seed = 20_261_129;
    let mut random = SplitMix64::stream(seed, 0);
    for number in 0..300 {
        let mut scenario = scenario(&["raw", "line"], &[64]);
        let names: [String; 3] = std::array::from_fn(|_| hostile(&mut random));
        scenario.axes = vec!["axis.x".into()];
        for (cell, name) in scenario.cells.iter_mut().zip(&names) {
            cell.axes = vec![("axis.x".into(), name.clone())];
        }
        scenario.name.clone_from(&names[2]);
        scenario.cells[0].settings.handler.plugin.clone_from(&names[0]);
        let rounds = [Sample::intact(100, 64, 1, 10_000).round(0, 0)];
        let (heading, fields, paragraphs) = seen(&markdown(&document(&scenario, &rounds)));
        let told = format!("seed {seed}, number {number}: {names:?}");
        // Markdown has no blanks at the ends of fields and lines.
        let blank = |text: &str| clean(text).trim().to_owned();
        assert_eq!(fields[1..], [blank(&names[0]), blank(&names[1])], "{told}");
        let wanted = format!("{}: ", clean(&names[2]).trim_start());
        assert_eq!(heading, format!("{wanted}1 of 2 cells pass"), "{told}");
        assert!(paragraphs[0].starts_with(&wanted), "{told}: {paragraphs:?}");
        assert!(
            paragraphs[0].contains(&format!("handler {}", clean(&names[0]))),
            "{told}: {paragraphs:?}"
        );
    }
}
