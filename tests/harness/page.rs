//! A page of the documentation as its tests read it: its fenced blocks, its tables, and the commands that
//! it shows, each with what it says of how that ends.
#![allow(dead_code, reason = "no test file uses all of it")]

/// A page: its name from the root of the repository, and its text.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    name: String,
    text: String,
}

/// A fenced block.
#[derive(Clone, Debug)]
pub(crate) struct Block<'a> {
    /// The word behind the fence; nothing where there is none.
    pub(crate) language: &'a str,
    /// What stands in it, without an end of line behind the last.
    pub(crate) text: &'a str,
    /// Why it is not to be run, as `<!-- not run: … -->` in the line before says.
    pub(crate) not_run: Option<&'a str>,
}

/// What somebody who follows a page does, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Saves a file: a block whose first line is a comment that holds nothing but its name.
    Save { name: String, text: String },
    /// Types a command, and sees this: lines of output, `[…]` for those that are left out.
    Type { command: String, shown: Vec<String>, code: i32 },
}

const NOT_RUN: &str = "<!-- not run: ";

impl Page {
    /// A page of the repository.
    #[track_caller]
    pub(crate) fn read(name: &str) -> Self {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { name: name.to_owned(), text }
    }

    /// A page that stands nowhere.
    pub(crate) fn of(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: text.to_owned() }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// All fenced blocks, in order.
    #[track_caller]
    pub(crate) fn all_blocks(&self) -> Vec<Block<'_>> {
        let mut blocks = Vec::new();
        let mut rest = self.text.as_str();
        while let Some((before, opened)) = rest.split_once("\n```") {
            let (language, opened) = opened.split_once('\n').expect("a fence ends its line");
            let closed = opened.split_once("\n```\n");
            let (text, behind) =
                closed.unwrap_or_else(|| panic!("{}: a block does not end", self.name));
            let above = before.rsplit('\n').next().unwrap_or_default();
            let not_run = above.strip_prefix(NOT_RUN).and_then(|why| why.strip_suffix(" -->"));
            blocks.push(Block { language, text, not_run });
            rest = behind;
        }
        blocks
    }

    /// The texts of the blocks of one language, of which there has to be one.
    #[track_caller]
    pub(crate) fn blocks(&self, language: &str) -> Vec<&str> {
        let blocks = self.all_blocks().into_iter().filter(|block| block.language == language);
        let blocks: Vec<&str> = blocks.map(|block| block.text).collect();
        assert!(!blocks.is_empty(), "{} has no block of {language}", self.name);
        blocks
    }

    /// The rows of the table under this header, each with its cells.
    #[track_caller]
    pub(crate) fn table(&self, header: &str) -> Vec<Vec<&str>> {
        let (_, rest) = self.text.split_once(header).expect("the table is there");
        let rows = rest.lines().skip(1).take_while(|line| line.starts_with('|'));
        rows.map(|row| row.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
    }

    /// What somebody does who follows the page; what it says not to run is left out.
    #[track_caller]
    pub(crate) fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for block in self.all_blocks().iter().filter(|block| block.not_run.is_none()) {
            match block.language {
                "sh" => steps.extend(commands(block.text).into_iter().map(|command| Step::Type {
                    command,
                    shown: Vec::new(),
                    code: 0,
                })),
                "console" => steps.extend(session(block.text)),
                _ => steps.extend(saved(block.text)),
            }
        }
        steps
    }

    /// All commands that it shows, also those that are not run here.
    #[track_caller]
    pub(crate) fn commands(&self) -> Vec<String> {
        let shown = |block: &Block<'_>| match block.language {
            "sh" => commands(block.text),
            "console" => typed(session(block.text)),
            _ => Vec::new(),
        };
        self.all_blocks().iter().flat_map(shown).collect()
    }
}

fn typed(steps: Vec<Step>) -> Vec<String> {
    let command = |step| match step {
        Step::Type { command, .. } => Some(command),
        Step::Save { .. } => None,
    };
    steps.into_iter().filter_map(command).collect()
}

/// The commands of a script, without comments; what a backslash continues is one.
fn commands(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut begun = String::new();
    for line in text.lines() {
        // A comment stands at the beginning, or behind two spaces.
        let code = if line.trim_start().starts_with('#') { "" } else { line };
        let code = code.split("  #").next().unwrap_or_default().trim();
        if let Some(head) = code.strip_suffix('\\') {
            begun.push_str(head);
        } else if !code.is_empty() {
            commands.push(std::mem::take(&mut begun) + code);
        }
    }
    commands
}

/// What is typed behind `$ `, and what is shown below. `$ echo $?` says how the command before it ends.
fn session(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut asked = false;
    for line in text.lines() {
        if line == "$ echo $?" {
            asked = true;
        } else if let Some(command) = line.strip_prefix("$ ") {
            let command = commands(command).concat();
            steps.push(Step::Type { command, shown: Vec::new(), code: 0 });
            asked = false;
        } else if let Some(Step::Type { shown, code, .. }) = steps.last_mut() {
            match asked {
                true => *code = line.trim().parse().expect("an exit code"),
                false => shown.push(line.to_owned()),
            }
        }
    }
    steps
}

/// The file that a block is, if its first line says its name.
fn saved(text: &str) -> Option<Step> {
    let name = text.lines().next()?.strip_prefix("# ")?;
    let is_name = !name.is_empty()
        && name.contains('.')
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    is_name.then(|| Step::Save { name: name.to_owned(), text: format!("{text}\n") })
}
