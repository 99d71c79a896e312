//! The declared commands, and what a request makes of them: a pure policy.

use crate::config::{Arguments, Config, Stdin};
use crate::reply::ERROR;
use regex::Regex;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use wirebench_encodings::Encoding;
use wirebench_sdk::{Error, Result};

const SHELL: &str = "/bin/sh";

/// What separates the words of a command line, for a shell as for `shlex`.
pub(crate) const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// Examples and errors show this much of a request.
const SHOWN: usize = 80;

/// What requests may run.
#[derive(Debug)]
pub(crate) struct Commands {
    /// By name; `None`: every request is a command line for the shell.
    declared: Option<BTreeMap<String, Command>>,
    request_end: String,
    max_request: usize,
    wire: Encoding,
    command: Encoding,
}

#[derive(Debug)]
struct Command {
    program: PathBuf,
    fixed: Vec<OsString>,
    /// How many words a request may add.
    max: usize,
    allow: Option<Vec<Regex>>,
    stdin: Stdin,
}

/// A process to start.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// How messages call it.
    pub(crate) name: String,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    /// What stands on its standard input, if anything.
    pub(crate) stdin: Option<Vec<u8>>,
}

impl Plan {
    /// What it takes besides itself, in bytes.
    pub(crate) fn memory(&self) -> usize {
        let arguments = self.arguments.iter().map(|one| size_of::<OsString>() + one.len());
        let stdin = self.stdin.as_ref().map_or(0, Vec::len);
        self.name.len() + self.program.as_os_str().len() + arguments.sum::<usize>() + stdin
    }
}

/// Why nothing is run: the kind under which it is counted, and what the peer is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) kind: &'static str,
    pub(crate) text: String,
}

impl Refusal {
    pub(crate) fn new(kind: &'static str, text: impl std::fmt::Display) -> Self {
        Self { kind, text: format!("{ERROR}{text}") }
    }
}

impl Commands {
    /// Finds every program. Relative paths start from `folder`; without one they are not looked for.
    pub(crate) fn new(config: &Config, folder: Option<&Path>) -> Result<Self> {
        if config.shell && !config.commands.is_empty() {
            let text = "with a shell every request is a command line of its own: drop `commands`";
            return Err(Error::at("/shell", text));
        }
        if !config.shell && config.commands.is_empty() {
            let text = "no command is declared; write some, such as \
                        `commands = { date = [\"date\", \"+%s\"] }`, or `shell = true`";
            return Err(Error::at("/commands", text));
        }
        let mut declared = BTreeMap::new();
        for (name, one) in &config.commands {
            let at = format!("/commands/{}", name.replace('~', "~0").replace('/', "~1"));
            if name.is_empty() || name.contains(|c: char| c.is_whitespace() || "'\"\\#".contains(c))
            {
                let text = "no request can name it: a name is one word without quotes";
                return Err(Error::at(at, text));
            }
            declared.insert(name.clone(), Command::new(&one.0, &at, folder)?);
        }
        Ok(Self {
            declared: (!config.shell).then_some(declared),
            request_end: config.request_end.clone(),
            max_request: config.max_request.bytes() as usize,
            wire: config.encoding.request,
            command: config.command_encoding,
        })
    }

    /// What a request asks to run.
    pub(crate) fn plan(&self, request: &[u8]) -> Result<Plan, Refusal> {
        let refused = |text: String| Refusal::new("refused", format_args!("refused: {text}"));
        if request.len() > self.max_request {
            let (len, most) = (request.len(), self.max_request);
            return Err(refused(format!("a request of {len} bytes; at most {most} are taken")));
        }
        let text = self.wire.read(request).map_err(|at| {
            let why = self.wire.complaint(request, at);
            Refusal::new("malformed-request", format_args!("refused: {why}"))
        })?;
        let line = self.line(&text)?;
        let Some(declared) = &self.declared else { return self.for_shell(line).map_err(refused) };
        let words = shlex::split(line).ok_or_else(|| refused("a quote is not closed".into()))?;
        let Some((name, words)) = words.split_first() else {
            return Err(refused("the request names no command".into()));
        };
        let Some(command) = declared.get(name) else {
            let text = format_args!("unknown command: {}", shown(name));
            return Err(Refusal::new("unknown-command", text));
        };
        command.accepts(words).map_err(|text| refused(format!("{name}: {text}")))?;
        let mut plan = Plan {
            name: name.clone(),
            program: command.program.clone(),
            arguments: command.fixed.clone(),
            stdin: None,
        };
        if command.stdin == Stdin::Arguments {
            let bytes = self.command.write(&words.join(" ")).map(|bytes| bytes.into_owned());
            plan.stdin = Some(bytes.ok_or_else(|| refused(self.unwritable()))?);
            return Ok(plan);
        }
        for word in words {
            plan.arguments.push(self.argument(word).map_err(&refused)?);
        }
        Ok(plan)
    }

    /// The command line without what ends it. One that holds several is not run at all: requests
    /// that have merged must not become one wrong command.
    fn line<'a>(&self, text: &'a str) -> Result<&'a str, Refusal> {
        let refused = |kind, text: &str| Err(Refusal::new(kind, format_args!("refused: {text}")));
        let line = if self.request_end.is_empty() {
            let line = text.strip_suffix('\n').unwrap_or(text);
            line.strip_suffix('\r').unwrap_or(line)
        } else {
            let Some(line) = text.strip_suffix(&self.request_end) else {
                return refused("cut-request", "the request does not end as agreed");
            };
            if line.contains(&self.request_end) {
                return refused("merged-request", "several requests have merged into one");
            }
            line
        };
        if self.declared.is_some() && line.contains(['\n', '\r']) {
            return refused("merged-request", "a request is one line");
        }
        if line.contains('\0') {
            return refused("refused", "a command line has no NUL");
        }
        Ok(line)
    }

    fn for_shell(&self, line: &str) -> Result<Plan, String> {
        if line.trim_matches(BLANKS).is_empty() {
            return Err("the request names no command".into());
        }
        Ok(Plan {
            name: shown(line.split(BLANKS).find(|word| !word.is_empty()).unwrap_or_default()),
            program: SHELL.into(),
            arguments: vec!["-c".into(), self.argument(line)?],
            stdin: None,
        })
    }

    fn argument(&self, word: &str) -> Result<OsString, String> {
        let bytes = self.command.write(word).ok_or_else(|| self.unwritable())?;
        Ok(OsString::from_vec(bytes.into_owned()))
    }

    fn unwritable(&self) -> String {
        format!("a character that {} does not have", self.command.name())
    }
}

impl Command {
    fn new(told: &crate::config::Command, at: &str, folder: Option<&Path>) -> Result<Self> {
        let Some((program, fixed)) = told.run.split_first() else {
            return Err(Error::at(format!("{at}/run"), "a command needs at least a program"));
        };
        if let Some(word) = told.run.iter().find(|word| word.contains('\0')) {
            let text = format!("{word:?} holds a NUL, which no program can be given");
            return Err(Error::at(at, text));
        }
        let program = find(program, folder).map_err(|text| Error::at(at, text))?;
        let (mut max, mut allow) = (0, None);
        if let Arguments::Words(words) = &told.arguments {
            max = words.max;
            let patterns = words.allow.as_ref().map(|patterns| {
                let compiled = patterns.iter().enumerate().map(|(number, pattern)| {
                    Regex::new(&format!("^(?:{pattern})$")).map_err(|error| {
                        Error::at(format!("{at}/arguments/allow/{number}"), error.to_string())
                    })
                });
                compiled.collect::<Result<Vec<_>>>()
            });
            allow = patterns.transpose()?;
        } else if told.stdin == Stdin::Arguments {
            let text = "its standard input are the arguments, and none are allowed";
            return Err(Error::at(format!("{at}/stdin"), text));
        }
        let fixed = fixed.iter().map(OsString::from).collect();
        Ok(Self { program, fixed, max, allow, stdin: told.stdin })
    }

    fn accepts(&self, words: &[String]) -> Result<(), String> {
        if words.len() > self.max {
            return Err(match self.max {
                0 => "takes no arguments".into(),
                most => format!("takes at most {most} arguments"),
            });
        }
        for word in words {
            match &self.allow {
                Some(allow) if allow.iter().any(|one| one.is_match(word)) => {}
                Some(_) => return Err(format!("the argument `{}` is not allowed", shown(word))),
                // An option can make a harmless program do anything.
                None if word.starts_with('-') && self.stdin == Stdin::None => {
                    return Err(format!("the option `{}` is not allowed", shown(word)));
                }
                None => {}
            }
        }
        Ok(())
    }
}

/// Where a program is, so that starting one does not search for it every time.
fn find(program: &str, folder: Option<&Path>) -> Result<PathBuf, String> {
    if program.contains('/') {
        let path = match folder {
            _ if program.starts_with('/') => PathBuf::from(program),
            Some(folder) => folder.join(program),
            None => return Ok(program.into()),
        };
        return if runs(&path) { Ok(path) } else { Err(missing(&path.to_string_lossy())) };
    }
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into());
    let found = std::env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(program))
        .find(|file| !program.is_empty() && runs(file));
    found.ok_or_else(|| missing(program))
}

fn missing(program: &str) -> String {
    format!("no program `{program}` is there; give a path, or install it where PATH says")
}

fn runs(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

/// The beginning of a text, for messages.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String =
        text.chars().take(SHOWN).map(|c| if c.is_control() { '.' } else { c }).collect();
    if shown.len() < text.len() {
        shown.push('\u{2026}');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(config: &str) -> Result<Commands> {
        Commands::new(&serde_json::from_str(config).unwrap(), None)
    }

    fn declared(more: &str) -> Commands {
        let commands_text = r#"{
            "plain": ["echo", "-n"],
            "words": { "run": ["echo"], "arguments": "append" },
            "numbers": { "run": ["echo"], "arguments": { "max": 2, "allow": ["[0-9]+", "-n"] } },
            "upper": { "run": ["tr", "a-z", "A-Z"], "arguments": "append", "stdin": "arguments" }
        }"#;
        commands(&format!("{{ \"commands\": {commands_text}{more} }}")).unwrap()
    }

    fn refused(commands: &Commands, request: &[u8]) -> (&'static str, String) {
        let refusal = commands.plan(request).expect_err("it is refused");
        (refusal.kind, refusal.text)
    }

    #[test]
    fn the_first_word_names_the_command_and_the_rest_are_its_arguments() {
        let commands = declared("");
        let plan = commands.plan(b"words 'a b' c\\ d \"e\"\r\n").unwrap();
        assert_eq!(plan.arguments, ["a b", "c d", "e"]);
        assert!(plan.program.is_absolute() && plan.program.ends_with("echo"));
        assert_eq!(commands.plan(b"plain").unwrap().arguments, ["-n"]);
        let upper = commands.plan(b"upper -x y").unwrap();
        assert_eq!((upper.arguments.len(), upper.stdin), (2, Some(b"-x y".to_vec())));
    }

    #[test]
    fn what_is_not_allowed_is_refused_by_name() {
        let commands = declared("");
        assert_eq!(
            refused(&commands, b"rm -rf /"),
            ("unknown-command", "exec: unknown command: rm".into())
        );
        let cases: [(&[u8], &str); 7] = [
            (b"plain x", "exec: refused: plain: takes no arguments"),
            (b"words -e", "exec: refused: words: the option `-e` is not allowed"),
            (b"numbers 1 2 3", "exec: refused: numbers: takes at most 2 arguments"),
            (b"numbers 1a", "exec: refused: numbers: the argument `1a` is not allowed"),
            (b"words 'a", "exec: refused: a quote is not closed"),
            (b" ", "exec: refused: the request names no command"),
            (b"words a\0b", "exec: refused: a command line has no NUL"),
        ];
        for (request, text) in cases {
            assert_eq!(refused(&commands, request), ("refused", text.into()));
        }
        assert!(commands.plan(b"numbers 1 -n").is_ok());
        assert_eq!(refused(&commands, b"words \xff").0, "malformed-request");
        assert!(refused(&commands, &[b'a'; 5_000]).1.contains("at most 4096"));
    }

    #[test]
    fn requests_that_have_merged_are_not_run() {
        let commands = declared(r#", "request-end": ";""#);
        assert_eq!(commands.plan(b"words a;").unwrap().arguments, ["a"]);
        assert_eq!(refused(&commands, b"words a;words b;").0, "merged-request");
        assert_eq!(refused(&commands, b"words a").0, "cut-request");
        assert_eq!(refused(&declared(""), b"words a\nwords b").0, "merged-request");
    }

    #[test]
    fn a_shell_gets_the_line_as_it_is() {
        let commands = commands(r#"{ "shell": true }"#).unwrap();
        let plan = commands.plan(b"echo $((1+2)) | cat\n").unwrap();
        assert_eq!(plan.arguments, ["-c", "echo $((1+2)) | cat"]);
        assert_eq!(plan.program, Path::new("/bin/sh"));
    }

    #[test]
    fn arguments_are_written_as_the_command_reads_them() {
        let commands = declared(r#", "command-encoding": "gbk""#);
        let plan = commands.plan("words \u{4f60}".as_bytes()).unwrap();
        assert_eq!(plan.arguments[0].as_encoded_bytes(), b"\xc4\xe3");
    }

    #[test]
    fn a_wrong_declaration_is_pointed_at() {
        let pointer = |config: &str| commands(config).unwrap_err().pointer().to_owned();
        assert_eq!(pointer("{}"), "/commands");
        assert_eq!(pointer(r#"{ "commands": { "a": [] } }"#), "/commands/a/run");
        assert_eq!(pointer(r#"{ "commands": { "a": ["no such program"] } }"#), "/commands/a");
        assert_eq!(pointer(r#"{ "commands": { "a b": ["echo"] } }"#), "/commands/a b");
        assert_eq!(pointer(r#"{ "shell": true, "commands": { "a": ["echo"] } }"#), "/shell");
        let allow =
            r#"{ "commands": { "a": { "run": ["echo"], "arguments": { "allow": ["("] } } } }"#;
        assert_eq!(pointer(allow), "/commands/a/arguments/allow/0");
        let stdin = r#"{ "commands": { "a": { "run": ["echo"], "stdin": "arguments" } } }"#;
        assert_eq!(pointer(stdin), "/commands/a/stdin");
    }
}
