//! The side that asks: what it says when, and what it hears.

use crate::config::Config;
use crate::ends::Ends;
use crate::outstanding::Asked;
use crate::plan::{Ask, Awaited, Plan};
use crate::session::{Next, Phase, Reason, Session, too_long};
use crate::template::Facts;
use crate::told::{blotted, excerpt};
use wirebench_sdk::{Client, Cx, Finish, Message, Result, Token};

/// Says what the scenario lists, and holds what comes back against it.
#[derive(Debug)]
pub struct RequestClient {
    pub(crate) plan: Plan,
    /// Holds what is being said or was expected: its memory is used again.
    pub(crate) scratch: Vec<u8>,
}

impl Client for RequestClient {
    type Config = Config;
    type Session = Session;
    const COUNTS: &'static [&'static str] = &[
        "wrong-greeting",
        "failed-login",
        "failed-goodbye",
        "unmatched-answer",
        "answer-of-another",
        "too-long",
        "malformed",
        "unfinished",
        "number-used-again",
        "ignored",
    ];

    fn new(config: Config, cx: &mut Cx<'_>) -> Result<Self> {
        let plan = Plan::new(config, cx.scenario_dir().as_deref())?;
        if plan.speaks_text {
            cx.count("speaks-text", 0, "");
        }
        Ok(Self { plan, scratch: Vec::new() })
    }

    fn open(&mut self, cx: &mut Cx<'_>) -> Result<Session> {
        self.plan.secrets()?;
        let mut session = Session { number: cx.session(), ..Session::default() };
        if self.plan.greeting.is_none() {
            self.before(&mut session, cx, 0)?;
        }
        Ok(session)
    }

    fn start(&mut self, session: &mut Session, cx: &mut Cx<'_>, token: Token) -> Result<()> {
        match &session.phase {
            Phase::Talk => self.begin(session, cx, token),
            Phase::Greeting | Phase::Before(_) => {
                session.wait(token);
                Ok(())
            }
            Phase::Over(Some(reason)) => {
                cx.finish(token, reason.finish());
                Ok(())
            }
            // The host ends it with the session.
            Phase::Over(None) | Phase::After(_) => Ok(()),
        }
    }

    fn message(
        &mut self,
        session: &mut Session,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        if session.is_over() {
            return Ok(());
        }
        if let Ends::Messages { count, until } = self.ends_of(session) {
            let most = self.plan.max_answer;
            let mut gather = std::mem::take(&mut session.gather);
            let answer = gather.message((*count, until.as_ref()), most, message.bytes);
            let heard = match answer {
                Ok(Some(answer)) => self.answer(session, cx, &answer),
                Ok(None) => Ok(()),
                Err(why) => self.broken(session, cx, "too-long", &why, message.bytes),
            };
            session.gather = gather;
            return heard;
        }
        let mut held = session.gather.take();
        if held.is_empty() {
            let used = self.hear(session, cx, message.bytes)?;
            held.extend_from_slice(&message.bytes[used..]);
        } else {
            held.extend_from_slice(message.bytes);
            let used = self.hear(session, cx, &held)?;
            held.drain(..used);
        }
        session.gather.hold(held);
        Ok(())
    }

    fn timer(&mut self, session: &mut Session, cx: &mut Cx<'_>, id: u64) -> Result<()> {
        let by_number = !self.plan.correlate.is_order();
        let due = session.outstanding.get(id, by_number).filter(|asked| asked.may_be_mute);
        let Some((token, request)) = due.map(|asked| (asked.token, asked.request)) else {
            return Ok(());
        };
        // What has come already may be its answer: then it is awaited to its end. If that turns out to be
        // something else, its time is over at the next look.
        let is_next = session.outstanding.oldest().is_some_and(|oldest| oldest.token == token);
        if !by_number
            && is_next
            && session.gather.has_begun()
            && let Awaited::Maybe(wait) = self.plan.requests[request].answer
        {
            cx.set_timer(id, wait)?;
            return Ok(());
        }
        session.outstanding.take(id, by_number);
        cx.finish(token, Finish::Done);
        Ok(())
    }

    fn writable(&mut self, session: &mut Session, cx: &mut Cx<'_>) -> Result<()> {
        session.out.flush(cx)?;
        if session.out.is_empty() {
            if session.is_over() {
                cx.set_pending(false);
            }
            for token in session.unsent.drain(..) {
                cx.finish(token, Finish::Done);
            }
        }
        Ok(())
    }

    fn ending(&mut self, session: &mut Session, cx: &mut Cx<'_>) -> Result<()> {
        match session.phase {
            Phase::Talk => self.after(session, cx, 0),
            _ => Ok(()),
        }
    }

    fn close(&mut self, session: Session, cx: &mut Cx<'_>) -> Result<()> {
        if let Phase::After(step) = session.phase
            && let Some(step) = self.plan.after.get(step)
        {
            let text = format!("step `{}` after the last exchange had no answer", step.name());
            cx.count("failed-goodbye", 1, &text);
        }
        if !session.is_over() && session.gather.has_begun() {
            cx.count("unfinished", 1, &session.gather.progress(self.plan.secrets()?));
        }
        Ok(())
    }
}

impl Reason {
    pub(crate) fn finish(&self) -> Finish<'_> {
        match self.is_refusal {
            true => Finish::Rejected(&self.text),
            false => Finish::Wrong(&self.text),
        }
    }
}

impl RequestClient {
    /// Says the request of an exchange.
    pub(crate) fn begin(
        &mut self,
        session: &mut Session,
        cx: &mut Cx<'_>,
        token: Token,
    ) -> Result<()> {
        let Self { plan, scratch } = self;
        let seq = session.seq;
        session.seq += 1;
        let request = plan.choose(token, seq);
        let ask = &plan.requests[request];
        let secrets = plan.secrets()?;
        let payload = if ask.send.uses_payload() { cx.payload(token) } else { &[] };
        let facts = Facts { token, seq, session: session.number, payload, secrets };
        if let Err(why) = ask.send.render(&facts, scratch) {
            let why = format!("request `{}` cannot be written: {why}", ask.name());
            cx.finish(token, Finish::Wrong(&why));
            return Ok(());
        }
        if ask.answer == Awaited::No {
            match session.out.send(cx, 0, scratch) {
                Err(error) => cx.finish(token, Finish::Wrong(error.text())),
                Ok(()) if session.out.is_empty() => cx.finish(token, Finish::Done),
                Ok(()) => session.unsent.push(token),
            }
            return Ok(());
        }
        let may_be_mute = ask.answer != Awaited::Yes;
        let asked = Asked { token, seq, request, may_be_mute };
        let key = plan.correlate.key_of(token, seq);
        let (id, earlier) = session.outstanding.add(key, asked);
        if let Some(earlier) = earlier {
            let why = "its number was used again before it was answered: fewer in flight, or a wider \
                       field, tell answers apart";
            cx.count("number-used-again", 1, &format!("number {id}"));
            cx.finish(earlier.token, Finish::Wrong(why));
        }
        if let Err(error) = session.out.send(cx, token, scratch) {
            session.outstanding.take(id, key.is_some());
            cx.finish(token, Finish::Wrong(error.text()));
        } else if let Awaited::Maybe(wait) = ask.answer {
            cx.set_timer(id, wait)?;
        }
        Ok(())
    }

    /// How the next answer of a session ends.
    pub(crate) fn ends_of(&self, session: &Session) -> &Ends {
        let plan = &self.plan;
        let ask: Option<&Ask> = match &session.phase {
            Phase::Before(step) => plan.before.get(*step),
            Phase::After(step) => plan.after.get(*step),
            Phase::Talk => {
                session.outstanding.oldest().and_then(|asked| plan.requests.get(asked.request))
            }
            Phase::Greeting | Phase::Over(_) => None,
        };
        ask.and_then(|ask| ask.ends.as_ref()).unwrap_or(&plan.ends)
    }

    /// Splits what has come of a stream into answers; returns how many bytes belong to whole ones.
    fn hear(&mut self, session: &mut Session, cx: &mut Cx<'_>, bytes: &[u8]) -> Result<usize> {
        let mut used = 0;
        while used < bytes.len() {
            let rest = &bytes[used..];
            match session.gather.next(self.ends_of(session), self.plan.max_answer, rest) {
                Next::Answer(len) => {
                    self.answer(session, cx, &rest[..len])?;
                    used += len;
                }
                Next::Rest => break,
                Next::TooLong => {
                    let why = too_long(self.plan.max_answer);
                    self.broken(session, cx, "too-long", &why, rest)?;
                }
                Next::Malformed(why) => self.broken(session, cx, "malformed", &why, rest)?,
            }
            if session.is_over() {
                return Ok(bytes.len());
            }
        }
        Ok(used)
    }

    /// Nobody can tell where the answer that came ends: nothing more is heard of this session.
    fn broken(
        &self,
        session: &mut Session,
        cx: &mut Cx<'_>,
        kind: &str,
        why: &str,
        bytes: &[u8],
    ) -> Result<()> {
        let says = excerpt(&blotted(bytes, self.plan.secrets()?));
        let text = format!("{why}; it begins with {says}");
        cx.count(kind, 1, &text);
        cx.close();
        if let Some((_, asked)) = session.outstanding.take_oldest() {
            cx.finish(asked.token, Finish::Wrong(&text));
        }
        for token in session.waiting.drain(..) {
            cx.finish(token, Finish::Wrong(&text));
        }
        session.phase = Phase::Over(Some(Reason { text, is_refusal: false }));
        Ok(())
    }
}
