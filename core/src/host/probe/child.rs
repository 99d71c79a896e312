//! The child's part of a probe: it loads the plugin, describes it, and tries what it was asked.

use super::{Line, ProbeReport, ProbeRequests, ProbeSides};
use crate::framing::{Capabilities, Role};
use crate::handler::{FinishAs, Mailbox, Place, SendResult, Services, Token};
use crate::host::{Breadcrumb, ConfigError, Library, LoadError};
use crate::load::rng::SplitMix64;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;

/// The longest requests that are read, in bytes.
const MAX_REQUESTS: u64 = 64 << 20;

/// What the hidden verb does: reads [`ProbeRequests`] as JSON from the input, loads the plugin
/// `file`, and writes what came of it to the output. Returns the exit code: 0 whenever an answer
/// was written, also a refusal.
pub fn probe_child(file: &Path) -> i32 {
    // Failing is no reason not to answer.
    let _ = nix::sys::resource::setrlimit(nix::sys::resource::Resource::RLIMIT_CORE, 0, 0);
    // What the plugin prints must not mix with the answer: from here on its standard output is the
    // error output.
    let (answers, redirected) = match std::io::stdout().as_fd().try_clone_to_owned() {
        Ok(kept) => (kept, nix::unistd::dup2_stdout(std::io::stderr())),
        Err(_) => return 1,
    };
    if redirected.is_err() {
        return 1;
    }
    let mut answers = std::fs::File::from(answers);
    let mut say = |line: &Line| {
        let mut text = serde_json::to_string(line).unwrap_or_default();
        text.push('\n');
        answers.write_all(text.as_bytes()).is_ok()
    };
    let mut requests = String::new();
    if std::io::stdin().take(MAX_REQUESTS).read_to_string(&mut requests).is_err() {
        return 1;
    }
    let line = match serde_json::from_str(&requests) {
        Err(error) => Line::Refused(format!("the requests are not readable: {error}")),
        Ok(requests) => match answer(file, &requests, &mut |stage| {
            say(&Line::Stage(stage));
        }) {
            Ok(report) => Line::Report(Box::new(report)),
            Err(refusal) => Line::Refused(refusal.to_string()),
        },
    };
    if say(&line) { 0 } else { 1 }
}

/// What the plugin is and says to the requests; tells each `stage` before it is entered.
fn answer(
    file: &Path,
    requests: &ProbeRequests,
    stage: &mut dyn FnMut(String),
) -> Result<ProbeReport, LoadError> {
    static CRUMB: Breadcrumb = Breadcrumb::new();
    stage("while it was loaded (its constructors ran)".into());
    let library = Library::load(file)?;
    let mut handler_answers = Vec::new();
    let mut handler_counts = Vec::new();
    for request in &requests.handlers {
        let config = request.config.to_string();
        let name = request.handler.as_deref();
        let label = name.unwrap_or("its only one");
        let mut nobody = Nobody::default();
        let mut answer = Ok(());
        if request.sides != ProbeSides::Client {
            stage(format!("while the server side of handler {label} was made and freed"));
            answer = library.server(name, &config, &mut nobody, &CRUMB).map(drop);
        }
        if request.sides != ProbeSides::Server {
            stage(format!("while the client side of handler {label} was made and freed"));
            answer = answer.and(library.client(name, &config, &mut nobody, &CRUMB).map(drop));
        }
        handler_answers.push(answer.err());
        handler_counts.push(nobody.counts.into_iter().collect());
    }
    let mut framing_answers = Vec::new();
    for request in &requests.framings {
        stage(format!("while framing {} was made and freed", request.framing));
        framing_answers.push(capabilities(&library, &request.framing, &request.config.to_string()));
    }
    stage("while it was left".into());
    Ok(ProbeReport {
        file: library.file().to_owned(),
        id: library.id().to_owned(),
        version: library.version().to_owned(),
        sdk: library.sdk().to_owned(),
        abi: library.abi(),
        debug_build: library.debug_build(),
        handlers: library.handlers(),
        framings: library.framings(),
        handler_answers,
        handler_counts,
        framing_answers,
    })
}

fn capabilities(library: &Library, name: &str, config: &str) -> Result<Capabilities, ConfigError> {
    static CRUMB: Breadcrumb = Breadcrumb::new();
    library.framing(name, config, Role::Server, &CRUMB)?;
    library.framing_nature(name, config)
}

/// A side without sessions: all that a plugin can do while it is made is to log, and to say what it
/// will count.
struct Nobody {
    counts: BTreeSet<String>,
    random: SplitMix64,
}

impl Default for Nobody {
    fn default() -> Self {
        Self { counts: BTreeSet::new(), random: SplitMix64::new(0) }
    }
}

/// Kinds of counts that are noted.
const MAX_COUNTS: usize = 64;

impl Services for Nobody {
    fn send(&mut self, _: u32, _: Token, _: &[u8]) -> SendResult {
        SendResult::Closed
    }
    fn send_parts(&mut self, _: u32, _: Token, _: &[&[u8]]) -> SendResult {
        SendResult::Closed
    }
    fn send_payload(&mut self, _: u32, _: Token) -> SendResult {
        SendResult::Closed
    }
    fn payload(&mut self, _: Token) -> &[u8] {
        &[]
    }
    fn finish(&mut self, _: Token, _: FinishAs, _: &str) {}
    fn close(&mut self, _: u32) {}
    fn set_timer(&mut self, _: u32, _: u64, _: u64) {}
    fn sessions(&mut self, _: &mut dyn FnMut(u32)) {}
    fn now(&mut self) -> u64 {
        0
    }
    fn log(&mut self, _: u32, text: &str) {
        let _ = writeln!(std::io::stderr(), "{text}");
    }
    fn count(&mut self, kind: &str, _: u64, _: &str) {
        if self.counts.len() < MAX_COUNTS {
            self.counts.insert(kind.to_owned());
        }
    }
    fn place(&mut self, _: Place) -> Option<&Path> {
        None
    }
    fn random(&mut self) -> u64 {
        // No round, no seed; but a handler that draws until it likes what it gets must come to an end.
        self.random.next_u64()
    }
    fn mailbox(&mut self) -> Mailbox {
        Arc::new(|_, _| {})
    }
}
