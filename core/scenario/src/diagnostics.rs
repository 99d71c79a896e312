//! What is wrong with a scenario, each with the line it stands on.

use super::secrets::{self, Masked, Secret, Secrets};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;
use wirebench_text::{Page, clean, is_plain};
use wirebench_values::similar;

/// How many problems are kept; the rest are counted.
const KEPT: usize = 100;

/// A range of bytes in one of the sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Place {
    source: u32,
    start: u32,
    end: u32,
}

impl Place {
    pub(super) fn new(source: u32, start: usize, end: usize) -> Self {
        // Sources are far below 4 GiB: `load` refuses longer ones first.
        Self { source, start: start as u32, end: end.max(start) as u32 }
    }

    /// The very start of a source: for what is missing.
    pub(super) fn start_of(source: u32) -> Self {
        Self { source, start: 0, end: 0 }
    }

    /// From here to the end of `other`, when that follows closely in the same source.
    pub(super) fn to(self, other: Self) -> Self {
        let close = other.source == self.source && other.start >= self.end;
        if close && other.start - self.end <= 16 { Self { end: other.end, ..self } } else { self }
    }

    /// True when `other` begins within this.
    fn holds(self, other: Self) -> bool {
        self.source == other.source && (self.start..self.end).contains(&other.start)
    }

    /// True when it is in this source.
    pub(super) fn is_in(self, source: u32) -> bool {
        self.source == source
    }

    /// The byte at which it starts.
    pub(super) fn start(self) -> usize {
        self.start as usize
    }

    /// Length in bytes.
    pub(super) fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Which bytes of its source it is.
    pub(super) fn bytes(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A text that places point into.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) text: String,
    /// What in it is not to be shown.
    pub(super) secrets: Vec<Secret>,
}

impl Source {
    /// A text without secrets, as far as is known.
    pub(super) fn new(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: text.to_owned(), secrets: Vec::new() }
    }

    /// The secret that a place is, its key included.
    fn secret_at(&self, place: Place) -> Option<&str> {
        let ends = |secret: &&Secret| secret.bytes().end == place.end as usize;
        let secret = self.secrets.iter().find(ends).filter(|_| place.len() > 0)?;
        self.text.get(secret.bytes())
    }
}

/// One problem.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    message: String,
    place: Place,
    label: String,
    related: Vec<(Place, String)>,
    help: Vec<String>,
}

impl Diagnostic {
    pub(super) fn new(place: Place, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            place,
            label: String::new(),
            related: Vec::new(),
            help: Vec::new(),
        }
    }

    /// A remark under the place itself.
    pub(super) fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Points out a second place.
    pub(super) fn related(mut self, place: Place, text: impl Into<String>) -> Self {
        if place != self.place {
            self.related.push((place, text.into()));
        }
        self
    }

    /// What to do next.
    pub(super) fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// "did you mean" under the place, if any of `candidates` is close to `wrong`.
    pub(super) fn suggest<'a>(
        self,
        wrong: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        match similar(wrong, candidates) {
            Some(name) => self.label(format!("did you mean `{name}`?")),
            None => self,
        }
    }

    /// The same in words that may be shown: it quotes what files and plugins say.
    fn cleaned(&self, known: &Secrets, sources: &[Source]) -> Self {
        let secret =
            sources.get(self.place.source as usize).and_then(|source| source.secret_at(self.place));
        let clean = |text: &String| {
            let text = known.redact(text);
            clean(&secret.map_or_else(
                || text.clone().into_owned(),
                |secret| secrets::hide_quotes(&text, secret),
            ))
        };
        let related = self.related.iter().map(|(place, text)| (*place, clean(text)));
        Self {
            message: clean(&self.message),
            place: self.place,
            label: clean(&self.label),
            related: related.collect(),
            help: self.help.iter().map(clean).collect(),
        }
    }

    /// What is wrong, in one sentence.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// Collects problems: the same problem at the same place counts once, whatever the cell.
#[derive(Debug, Default)]
pub(super) struct Sink {
    list: Vec<Diagnostic>,
    syntax: Vec<Diagnostic>,
    seen: HashSet<(Place, String)>,
    omitted: usize,
}

impl Sink {
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        if self.list.len() >= KEPT {
            self.omitted += 1;
        } else if self.seen.insert((diagnostic.place, diagnostic.message.clone())) {
            self.list.push(diagnostic);
        }
    }

    /// Like [`push`](Self::push), for problems that are costly to word: once nothing more is kept,
    /// they are only counted.
    pub(super) fn push_with(&mut self, word: impl FnOnce() -> Diagnostic) {
        if self.is_full() {
            self.omitted += 1;
        } else {
            self.push(word());
        }
    }

    /// An error of the TOML itself.
    pub(super) fn syntax(&mut self, diagnostic: Diagnostic) {
        if self.syntax.len() >= KEPT {
            self.omitted += 1;
        } else if self.seen.insert((diagnostic.place, diagnostic.message.clone())) {
            self.syntax.push(diagnostic);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty() && self.syntax.is_empty()
    }

    /// True when the text is not TOML throughout.
    pub(super) fn has_syntax(&self) -> bool {
        !self.syntax.is_empty()
    }

    /// True when nothing more is kept: going on finds nothing that would be shown.
    pub(super) fn is_full(&self) -> bool {
        self.list.len() >= KEPT
    }

    /// All problems in file order. What stands on a line that is not TOML or holds one, and what is
    /// missing from a file that could not be read whole, is a consequence and left out.
    pub(super) fn finish(mut self, sources: Arc<Vec<Source>>) -> Diagnostics {
        if !self.syntax.is_empty() {
            let broken: HashSet<(u32, usize)> =
                self.syntax.iter().map(|d| line_of(&sources, d.place)).collect();
            self.list.retain(|d| {
                let around = self.syntax.iter().any(|syntax| d.place.holds(syntax.place));
                d.place.len() > 0 && !around && !broken.contains(&line_of(&sources, d.place))
            });
            self.list.append(&mut self.syntax);
        }
        self.list.sort_by_key(|diagnostic| diagnostic.place);
        Diagnostics { sources, list: self.list, omitted: self.omitted }
    }
}

/// The byte at which the line of `place` starts.
fn line_of(sources: &[Source], place: Place) -> (u32, usize) {
    let text = sources.get(place.source as usize).map_or("", |source| &source.text);
    let start = floor_boundary(text, place.start as usize);
    (place.source, text[..start].rfind('\n').map_or(0, |at| at + 1))
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Everything that is wrong with a scenario. Never empty.
#[derive(Clone, Debug)]
pub struct Diagnostics {
    sources: Arc<Vec<Source>>,
    list: Vec<Diagnostic>,
    omitted: usize,
}

impl Diagnostics {
    /// Why a scenario could not even be read: a sentence about `source_name` as a whole.
    pub fn unreadable(source_name: &str, message: &str) -> Self {
        let source = Source::new(source_name, "");
        let list = vec![Diagnostic::new(Place::start_of(0), message)];
        Self { sources: Arc::new(vec![source]), list, omitted: 0 }
    }

    /// The problems, in file order; options of the command line come last.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// How many problems there are, those not kept included.
    pub fn count(&self) -> usize {
        self.list.len() + self.omitted
    }

    /// [`render`](Self::render), to print.
    pub fn page(&self, color: bool) -> Page {
        // Titles, labels and names are cleaned first, and then the lines of the source.
        Page::of_clean(self.render(color))
    }

    /// The problems for a person: source, line, column, the line itself and what to do.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.term_width(120);
        let mut out = String::new();
        let known = secrets::known(&self.sources);
        for diagnostic in self.list.iter().map(|one| one.cleaned(&known, &self.sources)) {
            out.extend(renderer.render(&[self.group(&diagnostic)]).chars().map(tame));
            out.push_str("\n\n");
        }
        if self.omitted > 0 {
            out.push_str(&format!("… and {} more problems\n\n", self.omitted));
        }
        out
    }

    fn group<'a>(&'a self, diagnostic: &'a Diagnostic) -> Group<'a> {
        let mut group = Group::with_title(Level::ERROR.primary_title(&diagnostic.message));
        let mut related: Vec<&(Place, String)> = diagnostic.related.iter().collect();
        let here = diagnostic.place.source;
        let (same, elsewhere): (Vec<_>, Vec<_>) =
            related.drain(..).partition(|(place, _)| place.source == here);
        let mut marks = vec![(diagnostic.place, diagnostic.label.as_str(), true)];
        marks.extend(same.iter().map(|(place, text)| (*place, text.as_str(), false)));
        group = self.snippet(group, &marks);
        for (place, text) in elsewhere {
            group = self.snippet(group, &[(*place, text.as_str(), false)]);
        }
        for help in &diagnostic.help {
            group = group.element(Level::HELP.message(help));
        }
        group
    }

    /// Shows the lines of `marks`, which all stand in one source.
    fn snippet<'a>(&'a self, group: Group<'a>, marks: &[(Place, &'a str, bool)]) -> Group<'a> {
        let Some(source) = marks.first().and_then(|mark| self.sources.get(mark.0.source as usize))
        else {
            return group;
        };
        let text = source.text.as_str();
        if text.is_empty() {
            return group.element(annotate_snippets::Origin::path(clean(&source.name)));
        }
        // Only the lines between the first and the last mark are handed over, so that the work
        // does not grow with the file.
        let first = marks.iter().map(|(place, ..)| place.start as usize).min().unwrap_or(0);
        let last = marks.iter().map(|(place, ..)| first_line_end(text, *place)).max().unwrap_or(0);
        let first = floor_boundary(text, first);
        let last = floor_boundary(text, last).max(first);
        let from = text[..first].rfind('\n').map_or(0, |at| at + 1);
        let to = text[last..].find('\n').map_or(text.len(), |at| last + at);
        let line = text[..from].matches('\n').count() + 1;
        let shown = Masked::new(text, from..to, &source.secrets);
        let annotations = marks.iter().map(|(place, label, primary)| {
            let kind = if *primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            let start = floor_boundary(text, place.start as usize) - from;
            let end = floor_boundary(text, first_line_end(text, *place)).max(from + start) - from;
            let annotation = kind.span(shown.moved(start..end));
            if label.is_empty() { annotation } else { annotation.label(*label) }
        });
        group.element(
            Snippet::source(shown.text().to_owned())
                .path(clean(&source.name))
                .line_start(line)
                .annotations(annotations),
        )
    }
}

/// The renderer shows the control characters of ASCII in lines of the source as pictures, and its own
/// escapes are colours; other characters that are not to be shown it leaves.
fn tame(character: char) -> char {
    let ours = matches!(character, '\n' | '\x1b');
    if ours || is_plain(character) { character } else { char::REPLACEMENT_CHARACTER }
}

/// The end of `place`, or of its first line when it spans several.
fn first_line_end(text: &str, place: Place) -> usize {
    let start = floor_boundary(text, place.start as usize);
    let end = floor_boundary(text, place.end as usize).max(start);
    text[start..end].find('\n').map_or(end, |at| start + at)
}
