//! The templates, and how a text comes into them: cleaned of what a terminal obeys and of what nobody sees, and
//! escaped, so that nothing of a peer, a plugin, a scenario or a file name becomes markup.

use crate::text::{clean, is_plain};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, Output, State, Value, escape_formatter};
use serde::Serialize;
use std::borrow::Cow;
use std::io;

/// The templates by their names. What ends in `.html` is escaped.
const TEMPLATES: &[(&str, &str)] = &[
    ("answer.html", include_str!("templates/answer.html")),
    ("cell.html", include_str!("templates/cell.html")),
    ("compared.html", include_str!("templates/compared.html")),
    ("head.html", include_str!("templates/head.html")),
    ("heat.html", include_str!("templates/heat.html")),
    ("result.html", include_str!("templates/result.html")),
    ("table.html", include_str!("templates/table.html")),
    ("tail.html", include_str!("templates/tail.html")),
];

/// All of them.
///
/// # Panics
///
/// When one of them cannot be read, which every test of a page would show.
pub(super) fn all() -> Environment<'static> {
    let mut all = Environment::new();
    all.set_formatter(written);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    all.set_syntax(syntax.expect("its marks are the usual ones"));
    for (name, text) in TEMPLATES {
        all.add_template(name, text).expect("the template is tested");
    }
    super::picture::add_templates(&mut all).expect("the template is tested");
    all
}

/// What a template makes of this.
pub(super) fn render(
    templates: &Environment<'_>,
    name: &str,
    view: impl Serialize,
) -> io::Result<String> {
    let template = templates.get_template(name).map_err(io::Error::other)?;
    template.render(Serde(view)).map_err(io::Error::other)
}

/// Writes a value where a template names it.
fn written(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if *state.auto_escape() == AutoEscape::Html && !value.is_safe() => {
            for part in split_escaped(&shown(text)) {
                out.write_str(part)?;
            }
            Ok(())
        }
        _ => escape_formatter(out, state, value),
    }
}

/// A text as it is shown; line feeds stay, for texts of several lines.
fn shown(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c == '\n' || is_plain(c)) {
        return Cow::Borrowed(text);
    }
    let lines: Vec<String> = text.split('\n').map(clean).collect();
    Cow::Owned(lines.join("\n"))
}

/// The text in parts, with references for the characters that markup is made of, within quotes too.
fn split_escaped(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['<', '>', '&', '"', '\'']).flat_map(|part| {
        let escape = match part.as_bytes().last() {
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            Some(b'&') => "&amp;",
            Some(b'"') => "&quot;",
            Some(b'\'') => "&#39;",
            _ => return [part, ""],
        };
        [&part[..part.len() - 1], escape]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        let mut templates = Environment::new();
        templates.set_formatter(written);
        templates
            .add_template("one.html", "<p title=\"{{ text }}\">{{ text }}</p>")
            .expect("valid");
        for (text, shown) in [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("\" onload='x'", "&quot; onload=&#39;x&#39;"),
            ("&lt;\u{1b}[2J\u{202e}x", "&amp;lt;\\u{1b}[2J\\u{202e}x"),
            ("one\ntwo\r", "one\ntwo\\r"),
        ] {
            let view = std::collections::BTreeMap::from([("text", text)]);
            let page = render(&templates, "one.html", view).expect("it renders");
            assert_eq!(page, format!("<p title=\"{shown}\">{shown}</p>"));
        }
    }
}
