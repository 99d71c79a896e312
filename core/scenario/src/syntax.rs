//! Brackets and braces that are not closed: a parser notices on some later line. Here the place of the
//! mistake is found, and the text is mended, so that the rest of it is read as it was meant.

/// Mistakes that are mended at most.
const MOST: usize = 20;

/// Something that is not closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unclosed {
    /// Where it is opened, and where its end was expected.
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) message: String,
    pub(super) label: String,
    /// What is missing at the end.
    closers: String,
}

/// A text in which everything is closed.
#[derive(Debug, Default)]
pub(super) struct Mended {
    pub(super) text: String,
    pub(super) unclosed: Vec<Unclosed>,
    /// What was inserted: where in the original, and how many bytes.
    inserted: Vec<(usize, usize)>,
}

impl Mended {
    /// The place in the original text of byte `at` of the mended one.
    pub(super) fn original(&self, at: usize) -> usize {
        let mut shift = 0;
        for (place, len) in &self.inserted {
            if at < place + shift {
                break;
            }
            if at < place + shift + len {
                return *place;
            }
            shift += len;
        }
        at - shift
    }
}

/// Where the headers of tables stand.
pub(super) struct Headers(Vec<(usize, usize)>);

impl Headers {
    /// Those of `text`.
    pub(super) fn of(text: &str) -> Self {
        let mut at = 0;
        let lines = text.split_inclusive('\n').map(|line| {
            at += line.len();
            (line, (at - line.len(), at))
        });
        Self(lines.filter(|(line, _)| is_header(line.trim())).map(|(_, place)| place).collect())
    }

    /// Which header the line of byte `at` stands under; `None`: it is a header.
    pub(super) fn section(&self, at: usize) -> Option<usize> {
        let above = self.0.partition_point(|(start, _)| *start <= at);
        let within = above > 0 && at < self.0[above - 1].1;
        (!within).then_some(above)
    }

    /// The first header that says the same as the one at byte `at`, if that is another.
    pub(super) fn same(&self, text: &str, at: usize) -> Option<(usize, usize)> {
        let says = |place: &(usize, usize)| text[place.0..place.1].trim();
        let own = self.0.iter().find(|(start, end)| (*start..*end).contains(&at))?;
        let first =
            self.0.iter().find(|other| says(other) == says(own)).filter(|one| *one != own)?;
        let start = first.0 + text[first.0..first.1].find('[')?;
        Some((start, start + says(first).len()))
    }
}

/// Closes what is not closed in `text`; `None` when all of it is.
pub(super) fn mend(text: &str) -> Option<Mended> {
    let mut scanner = Scanner { text, at: 0, open: Vec::new(), last: 0, mended: Mended::default() };
    scanner.run();
    let Scanner { mut mended, .. } = scanner;
    if mended.unclosed.is_empty() {
        return None;
    }
    let mut from = 0;
    for (unclosed, (place, _)) in mended.unclosed.iter().zip(&mended.inserted) {
        mended.text.push_str(&text[from..*place]);
        mended.text.push_str(&unclosed.closers);
        from = *place;
    }
    mended.text.push_str(&text[from..]);
    Some(mended)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    /// Where each bracket or brace was opened that is open.
    open: Vec<usize>,
    /// The end of what was read last, blanks and comments aside.
    last: usize,
    mended: Mended,
}

impl Scanner<'_> {
    fn run(&mut self) {
        let mut fresh_line = true;
        while self.mended.unclosed.len() < MOST {
            if fresh_line && self.line_begins() {
                continue;
            }
            fresh_line = false;
            let Some(&byte) = self.text.as_bytes().get(self.at) else {
                if self.open.is_empty() {
                    break;
                }
                // Nothing tells where it was meant to end but its own line.
                let line = self.line_end(self.open[0]);
                self.forget_from(self.open[0]);
                self.close_at(self.content_end(self.open[0], line));
                self.at = line;
                fresh_line = true;
                continue;
            };
            match byte {
                b'\n' => fresh_line = true,
                b' ' | b'\t' | b'\r' => {}
                b'#' => {
                    self.at = self.line_end(self.at);
                    continue;
                }
                b'"' | b'\'' => {
                    self.at = string_end(self.text, self.at);
                    self.last = self.at;
                    continue;
                }
                b'{' | b'[' => self.open.push(self.at),
                b'}' | b']' => self.closed_by(byte),
                _ => {}
            }
            self.at += 1;
            if !byte.is_ascii_whitespace() {
                self.last = self.at;
            }
        }
    }

    /// Looks at a line as a whole; true when it was dealt with.
    fn line_begins(&mut self) -> bool {
        let end = self.line_end(self.at);
        let line = &self.text[self.at..end];
        if self.open.is_empty() {
            return self.header(line, end);
        }
        let in_list = self.open.last().is_some_and(|at| self.text.as_bytes()[*at] == b'[');
        let is_key = is_assignment(line.trim_start());
        // Within a table on several lines, keys are indented.
        let begins =
            is_header(line.trim()) || (is_key && (in_list || !line.starts_with([' ', '\t'])));
        if begins {
            self.close_at(self.last);
        }
        begins
    }

    /// `[load]`, or what lacks its end.
    fn header(&mut self, line: &str, end: usize) -> bool {
        let Some(brackets) = line.trim_start().strip_prefix('[') else { return false };
        let (double, name) = match brackets.strip_prefix('[') {
            Some(name) => (true, name),
            None => (false, brackets),
        };
        let start = self.at + (line.len() - line.trim_start().len());
        let until = self.content_end(start, end);
        let blanks = name.len() - name.trim_start().len();
        let name = &self.text[(start + 1 + usize::from(double) + blanks).min(until)..until];
        let (bare, found) = match name.find(']') {
            Some(at) => (&name[..at], name[at..].bytes().take_while(|byte| *byte == b']').count()),
            None => (name, 0),
        };
        let wanted = 1 + usize::from(double);
        if found < wanted && is_name(bare) && name.len() == bare.len() + found {
            let closers = &"]]"[found..wanted];
            let written = &self.text[start..until];
            self.mended.inserted.push((until, closers.len()));
            self.mended.unclosed.push(Unclosed {
                start,
                end: until,
                message: format!("this header is not closed: it lacks `{closers}`"),
                label: format!("did you mean `{written}{closers}`?"),
                closers: closers.to_owned(),
            });
        }
        self.at = (end + 1).min(self.text.len());
        self.last = until;
        self.at < self.text.len()
    }

    /// A closer: of what was opened last, or of something around it.
    fn closed_by(&mut self, byte: u8) {
        let opener = if byte == b'}' { b'{' } else { b'[' };
        let bytes = self.text.as_bytes();
        let Some(depth) = self.open.iter().rposition(|at| bytes[*at] == opener) else { return };
        let inner = self.open.split_off(depth);
        if inner.len() > 1 {
            let outer = std::mem::replace(&mut self.open, inner[1..].to_vec());
            self.close_at(self.last);
            self.open = outer;
        }
    }

    /// Forgets what was mended behind `place`: it is read again.
    fn forget_from(&mut self, place: usize) {
        let kept = self.mended.inserted.iter().take_while(|(at, _)| *at <= place).count();
        self.mended.inserted.truncate(kept);
        self.mended.unclosed.truncate(kept);
    }

    /// Ends all that is open at `place`.
    fn close_at(&mut self, place: usize) {
        let closer = |at: &usize| if self.text.as_bytes()[*at] == b'{' { '}' } else { ']' };
        let closers: String = self.open.iter().rev().map(closer).collect();
        let start = self.open[0];
        let what = if closers.ends_with('}') { "table" } else { "list" };
        self.mended.inserted.push((place, closers.len()));
        self.mended.unclosed.push(Unclosed {
            start,
            end: place.max(start + 1),
            message: format!("this {what} is not closed: it lacks `{closers}`"),
            label: "it begins here".to_owned(),
            closers,
        });
        self.open.clear();
    }

    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |len| at + len)
    }

    /// Where a line's content ends that begins at `at`: before its comment and the blanks.
    fn content_end(&self, at: usize, end: usize) -> usize {
        let (mut place, mut last) = (at, at);
        while place < end {
            match self.text.as_bytes()[place] {
                b'#' => break,
                b'"' | b'\'' => {
                    place = string_end(self.text, place).min(end);
                    last = place;
                    continue;
                }
                byte if byte.is_ascii_whitespace() => {}
                _ => last = place + 1,
            }
            place += 1;
        }
        last
    }
}

/// Where the string ends that begins at `at`. One on a single line ends with it, closed or not.
fn string_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let quote = bytes[at];
    let is_long = bytes[at..].starts_with(&[quote; 3]);
    let mut place = at + if is_long { 3 } else { 1 };
    while place < bytes.len() {
        match bytes[place] {
            b'\\' if quote == b'"' && bytes.get(place + 1) != Some(&b'\n') => place += 1,
            b'\n' if !is_long => return place,
            byte if byte == quote && !is_long => return place + 1,
            byte if byte == quote && bytes[place..].starts_with(&[quote; 3]) => return place + 3,
            _ => {}
        }
        place += 1;
    }
    bytes.len()
}

/// A name as headers have it: `load`, `override`, `link.request`.
fn is_name(text: &str) -> bool {
    let is_part = |part: &str| {
        let part = part.trim();
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    text.split('.').all(is_part) && text.trim().starts_with(|c: char| c.is_ascii_alphabetic())
}

/// True for a line that is a header and no list: values without quotes are few.
fn is_header(line: &str) -> bool {
    let line = line.split('#').next().unwrap_or_default().trim_end();
    let name = line.trim_start_matches('[');
    let brackets = line.len() - name.len();
    let name = name.trim_end_matches(']').trim();
    (1..=2).contains(&brackets) && is_name(name) && !["true", "false", "inf", "nan"].contains(&name)
}

/// True for a line that begins with a key and `=`.
fn is_assignment(line: &str) -> bool {
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        let end = match rest.as_bytes().first() {
            Some(b'"' | b'\'') => string_end(rest, 0),
            _ => rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-'))
                .unwrap_or(rest.len()),
        };
        if end == 0 {
            return false;
        }
        rest = rest[end..].trim_start_matches([' ', '\t']);
        match rest.strip_prefix('.') {
            Some(more) => rest = more,
            None => return rest.starts_with('='),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn mended(text: &str, right: &str, marked: &[&str]) {
        let found = mend(text).expect("something is open");
        assert_eq!(found.text, right);
        let places: Vec<&str> =
            found.unclosed.iter().map(|one| &text[one.start..one.end]).collect();
        assert_eq!(places, marked);
        // Every byte that stands in both has the place that it had.
        let kept = (0..right.len())
            .filter(|at| text.as_bytes().get(found.original(*at)) == right.as_bytes().get(*at));
        assert!(kept.count() >= text.len());
    }

    #[test]
    fn a_table_or_list_ends_where_its_line_does() {
        mended("a = { b = 1\nc = 2\n", "a = { b = 1}\nc = 2\n", &["{ b = 1"]);
        mended("a = { b = 1 # {\n[c]\nd = 2", "a = { b = 1} # {\n[c]\nd = 2", &["{ b = 1"]);
        mended("a = [1, 2\n\"b.c\" = [3]\n", "a = [1, 2]\n\"b.c\" = [3]\n", &["[1, 2"]);
        mended("a = { b = { c = 1\nd = 2", "a = { b = { c = 1}}\nd = 2", &["{ b = { c = 1"]);
        mended("a = { b = [1 }\nd = 2", "a = { b = [1] }\nd = 2", &["[1"]);
        mended("a = { b = \"}\"\n", "a = { b = \"}\"}\n", &["{ b = \"}\""]);
        mended("a = [\n 1,\n 2,\nb = 3\n", "a = [\n 1,\n 2,]\nb = 3\n", &["[\n 1,\n 2,"]);
        mended("a = [1\nb = [2\n", "a = [1]\nb = [2]\n", &["[1", "[2"]);
    }

    #[test]
    fn a_header_ends_with_its_line() {
        mended("[a\nb = 1\n", "[a]\nb = 1\n", &["[a"]);
        mended("[[a] # x\nb = 1", "[[a]] # x\nb = 1", &["[[a]"]);
        mended("[[a.b\n[c", "[[a.b]]\n[c]", &["[[a.b", "[c"]);
    }

    #[test]
    fn what_is_closed_is_left_alone() {
        for text in [
            "",
            "a = [\n  [1, 2],\n  [true],\n]\nb = { c = 1,\n  d = 2 }\n[e]\nf = 1\n",
            "a = \"[{\"\nb = '''\n[x\n'''\nc = \"\"\"{\"\"\" # [\n",
            "a = ]\n}\n",
            "[",
            "[  # x\n",
            "a = \"\\\n",
        ] {
            assert!(mend(text).is_none(), "{text}");
        }
    }
}
