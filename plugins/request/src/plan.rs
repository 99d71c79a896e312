//! What a scenario says, checked: every mistake is told with its place.

use crate::config::{Answer, Config, Order, Request};
use crate::correlate::Correlate;
use crate::ends::Ends;
use crate::expect::Expect;
use crate::random::choice;
use crate::template::{Names, Of, Template};
use std::path::Path;
use std::time::Duration;
use wirebench_sdk::{Error, Result, Secret, Size, Span};

/// Requests in a list.
const MOST_REQUESTS: usize = 1_000;

/// Heavier ones are only more of the same.
const MOST_WEIGHT: u32 = 1_000_000;

/// How long an answer that may not come is awaited.
const SHORTEST_WAIT: Span = Span::from_ns(1_000_000);
const LONGEST_WAIT: Span = Span::from_ns(3_600_000_000_000);

/// Bytes of an answer, unless the scenario says otherwise.
const ANSWER: Size = Size::from_bytes(1 << 20);
const MOST_ANSWER: Size = Size::from_bytes(256 << 20);

/// A checked configuration.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) requests: Vec<Ask>,
    /// For each request the weights up to it; `None`: in order.
    weights: Option<Vec<u64>>,
    pub(crate) ends: Ends,
    pub(crate) max_answer: usize,
    pub(crate) correlate: Correlate,
    /// What is no answer.
    pub(crate) ignore: Option<Expect>,
    pub(crate) greeting: Option<Expect>,
    pub(crate) before: Vec<Ask>,
    pub(crate) after: Vec<Ask>,
    /// `None`: this configuration is only checked.
    secrets: Option<Vec<Secret>>,
    /// A text with the scenario's payload in it is sent.
    pub(crate) speaks_text: bool,
}

/// One request, or one step before or after them.
#[derive(Debug)]
pub(crate) struct Ask {
    name: String,
    pub(crate) send: Template,
    pub(crate) expect: Expect,
    pub(crate) refused: Option<Expect>,
    pub(crate) answer: Awaited,
    pub(crate) ends: Option<Ends>,
}

/// Whether an answer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaited {
    Yes,
    No,
    /// If it comes within this time.
    Maybe(Duration),
}

/// Which list an [`Ask`] stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    Requests,
    Steps,
}

impl Plan {
    /// Refuses what cannot be or does not go together, with the place, and fetches the secrets.
    pub(crate) fn new(config: Config, scenario: Option<&Path>) -> Result<Self> {
        let max_answer = config.max_answer.unwrap_or(ANSWER);
        let max_answer = max_answer.within(Size::from_bytes(1), MOST_ANSWER);
        let max_answer = max_answer.map_err(|wrong| Error::at("/max-answer", wrong))?;
        let max_answer = usize::try_from(max_answer.bytes()).unwrap_or(usize::MAX);
        let ends = match config.ends {
            Some(written) => Ends::new(written, "/ends", max_answer)?,
            None => Ends::Messages { count: 1, until: None },
        };
        let correlate = Correlate::new(config.correlate)?;
        let greeting = config.greeting.map(|expected| Expect::new(expected, "/greeting"));
        let greeting = greeting.transpose()?;
        if greeting.as_ref().is_some_and(Expect::uses_payload) {
            return Err(Error::at("/greeting", "a greeting has no payload: it is of no exchange"));
        }
        let ignore = config.ignore.map(|expected| Expect::new(expected, "/ignore")).transpose()?;
        if ignore.as_ref().is_some_and(|ignore| ignore.is_any() || ignore.is_its_own()) {
            let why =
                "what is ignored is told by itself, and not everything is: a `prefix`, a `regex`";
            return Err(Error::at("/ignore", why));
        }
        let weights = weights(&config.requests, config.order)?;
        let is_text: Vec<bool> = config.requests.iter().map(|one| one.send.is_some()).collect();
        let (names, sources): (Vec<String>, Vec<_>) = config.secrets.into_iter().unzip();
        let reader = Reader { names: &names, max_answer, correlate: &correlate };
        let requests = reader.list(config.requests, "/requests", List::Requests)?;
        if requests.is_empty() {
            let text = "nothing is asked for: write `requests = [{ send = \"PING\\r\\n\" }]`";
            return Err(Error::at("/requests", text));
        }
        let mut texts = requests.iter().zip(is_text).filter(|(_, is_text)| *is_text);
        let speaks_text = texts.any(|(ask, _)| ask.send.says_payload());
        let before = reader.list(config.before, "/before", List::Steps)?;
        let after = reader.list(config.after, "/after", List::Steps)?;
        for (list, asks) in [("requests", &requests), ("before", &before), ("after", &after)] {
            end_alike(list, asks, &ends)?;
        }
        let mut secrets = Some(Vec::new());
        for (name, source) in names.iter().zip(sources) {
            if name.is_empty() || name.contains(|c: char| c.is_whitespace() || "{}".contains(c)) {
                let why = "the name of a secret stands in `{secret NAME}`: one word without braces";
                return Err(Error::at("/secrets", why));
            }
            let place = format!("/secrets/{}", name.replace('~', "~0").replace('/', "~1"));
            match (source.load(&place, scenario)?, &mut secrets) {
                (Some(secret), Some(all)) => all.push(secret),
                _ => secrets = None,
            }
        }
        Ok(Self {
            requests,
            weights,
            ends,
            max_answer,
            correlate,
            ignore,
            greeting,
            before,
            after,
            secrets,
            speaks_text,
        })
    }

    /// The place of the request that has its turn.
    pub(crate) fn choose(&self, token: u64, seq: u64) -> usize {
        match &self.weights {
            None => (seq % self.requests.len() as u64) as usize,
            Some(sums) => {
                let chosen = choice(token, sums.last().copied().unwrap_or(1));
                sums.partition_point(|sum| *sum <= chosen)
            }
        }
    }

    /// The secrets; only a configuration that is really used needs them.
    pub(crate) fn secrets(&self) -> Result<&[Secret]> {
        self.secrets.as_deref().ok_or_else(|| {
            let text = "the path is relative, and there is no scenario's folder: make it absolute";
            Error::at("/secrets", text)
        })
    }
}

impl Ask {
    /// What it is called where something is said of it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// Checks that the weights go together with the order, and adds them up.
fn weights(requests: &[Request], order: Order) -> Result<Option<Vec<u64>>> {
    let mut sums = Vec::new();
    let mut sum = 0_u64;
    for (index, request) in requests.iter().enumerate() {
        let place = || format!("/requests/{index}/weight");
        let weight = request.weight.unwrap_or(1);
        if request.weight.is_some() && order == Order::InOrder {
            let why = "in order each has its turn: write `order = \"weighted\"`, or no weight";
            return Err(Error::at(place(), why));
        }
        if !(1..=MOST_WEIGHT).contains(&weight) {
            return Err(Error::at(place(), format!("1 to {MOST_WEIGHT}")));
        }
        sum += u64::from(weight);
        sums.push(sum);
    }
    Ok((order == Order::Weighted).then_some(sums))
}

/// What comes is cut into answers by messages or by bytes, and not by both in turn: what a read brings of two
/// answers could belong to neither.
fn end_alike(list: &str, asks: &[Ask], ends: &Ends) -> Result<()> {
    let by_messages = |ends: &Ends| matches!(ends, Ends::Messages { .. });
    let other = asks
        .iter()
        .position(|ask| ask.ends.as_ref().is_some_and(|own| by_messages(own) != by_messages(ends)));
    let Some(at) = other else { return Ok(()) };
    let why = "all answers end by messages of the framing, or all by their bytes, also what nobody has asked for, for which `ends` at the top speaks: write it there too";
    Err(Error::at(format!("/{list}/{at}/ends"), why))
}

/// Reads lists of requests.
struct Reader<'a> {
    names: &'a [String],
    max_answer: usize,
    correlate: &'a Correlate,
}

impl Reader<'_> {
    fn list(&self, written: Vec<Request>, pointer: &str, list: List) -> Result<Vec<Ask>> {
        if written.len() > MOST_REQUESTS {
            return Err(Error::at(pointer, format!("at most {MOST_REQUESTS}")));
        }
        let numbered = written.into_iter().enumerate();
        numbered.map(|(at, one)| self.one(one, at, &format!("{pointer}/{at}"), list)).collect()
    }

    fn one(&self, written: Request, index: usize, pointer: &str, list: List) -> Result<Ask> {
        let at = |key: &str, why: &str| Error::at(format!("{pointer}/{key}"), why);
        let names = Names { secrets: Some(self.names) };
        let (send, key) = match (&written.send, &written.hex) {
            (Some(text), None) => (Template::text(text, names), "send"),
            (None, Some(text)) => (Template::hex(text, names), "hex"),
            _ => {
                let why =
                    "it says nothing, or two things: write `send = \"text\"` or `hex = \"01 02\"`";
                return Err(Error::at(pointer, why));
            }
        };
        let send = send.map_err(|why| at(key, &why))?;
        if send.is_empty() {
            return Err(at(key, "an empty message asks for nothing"));
        }
        let expect = |expected, key: &str| match expected {
            Some(expected) => Expect::new(expected, &format!("{pointer}/{key}")).map(Some),
            None => Ok(None),
        };
        let (awaits, refuses) = (written.expect.is_some(), written.refused.is_some());
        let (wanted, refused) =
            (expect(written.expect, "expect")?, expect(written.refused, "refused")?);
        let wanted = wanted.unwrap_or_default();
        let answer = match (written.answer.unwrap_or(Answer::Always), written.wait) {
            (Answer::Always, None) => Awaited::Yes,
            (Answer::None, None) if awaits || refuses => {
                return Err(at("answer", "no answer comes: leave `expect` and `refused` out"));
            }
            (Answer::None, None) => Awaited::No,
            (Answer::Maybe, Some(wait)) => {
                let wait = wait.within(SHORTEST_WAIT, LONGEST_WAIT);
                Awaited::Maybe(wait.map_err(|wrong| at("wait", &wrong.to_string()))?.duration())
            }
            (Answer::Maybe, None) => {
                return Err(at("answer", "say how long one is awaited, such as `wait = \"50ms\"`"));
            }
            (_, Some(_)) => {
                return Err(at(
                    "wait",
                    "only an answer that may come has a time: `answer = \"maybe\"`",
                ));
            }
        };
        if list == List::Steps {
            let payload = wanted.uses_payload() || send.uses_payload();
            if payload || refused.as_ref().is_some_and(Expect::uses_payload) {
                return Err(Error::at(pointer, "a payload is of an exchange, and this is of none"));
            }
            if written.weight.is_some() {
                return Err(at("weight", "these are said one after the other, each once"));
            }
            if let Awaited::Maybe(_) = answer {
                return Err(at(
                    "answer",
                    "these are said one after the other: \"always\" or \"none\"",
                ));
            }
        } else if let Correlate::Number { of, .. } = self.correlate {
            if written.ends.is_some() {
                let why = "whose answer comes next is not known: `ends` stands once for all";
                return Err(at("ends", why));
            }
            if answer != Awaited::No && !send.carries(*of) {
                let placeholder = match of {
                    Of::Token => "{token}",
                    Of::Seq => "{seq}",
                };
                let why = format!(
                    "answers are told apart by a number that this request does not carry: put \
                     `{placeholder}` into it"
                );
                return Err(at(key, &why));
            }
        }
        let ends =
            written.ends.map(|ends| Ends::new(ends, &format!("{pointer}/ends"), self.max_answer));
        let name = written.name.unwrap_or_else(|| format!("{}", index + 1));
        if !(1..=64).contains(&name.len()) || name.contains(char::is_control) {
            return Err(at("name", "1 to 64 bytes of text in one line"));
        }
        Ok(Ask { name, send, expect: wanted, refused, answer, ends: ends.transpose()? })
    }
}
