//! What an answer is worth, and whose it is.

use crate::client::RequestClient;
use crate::expect::Expect;
use crate::outstanding::Asked;
use crate::past::Past;
use crate::plan::{Ask, Plan};
use crate::session::{Phase, Reason, Session};
use crate::template::Facts;
use crate::told::{blotted, excerpt};
use wirebench_sdk::{Cx, Finish, Result, Secret};

impl RequestClient {
    /// A whole answer has come.
    pub(crate) fn answer(
        &mut self,
        session: &mut Session,
        cx: &mut Cx<'_>,
        bytes: &[u8],
    ) -> Result<()> {
        if let Some(ignore) = &self.plan.ignore
            && ignore.meets(bytes, &Facts::default(), &mut self.scratch)
        {
            let shown = blotted(bytes, self.plan.secrets()?);
            cx.count("ignored", 1, &excerpt(&shown));
            return Ok(());
        }
        match session.phase {
            Phase::Greeting => self.greeted(session, cx, bytes),
            Phase::Before(step) => self.let_in(session, cx, bytes, step),
            Phase::Talk => self.answered(session, cx, bytes),
            Phase::After(step) => self.let_go(session, cx, bytes, step),
            Phase::Over(_) => Ok(()),
        }
    }

    /// The server has spoken first.
    fn greeted(&mut self, session: &mut Session, cx: &mut Cx<'_>, bytes: &[u8]) -> Result<()> {
        let Self { plan, scratch } = self;
        let Some(greeting) = &plan.greeting else { return Ok(()) };
        let Some(how) = wrong(greeting, bytes, &session.facts(), plan.secrets()?, scratch) else {
            return self.before(session, cx, 0);
        };
        let text = format!("the greeting is wrong: {how}");
        cx.count("wrong-greeting", 1, &text);
        self.give_up(session, cx, Reason { text, is_refusal: false });
        Ok(())
    }

    /// A step before the first exchange is answered.
    fn let_in(
        &mut self,
        session: &mut Session,
        cx: &mut Cx<'_>,
        bytes: &[u8],
        index: usize,
    ) -> Result<()> {
        let Self { plan, scratch } = self;
        let Some(step) = plan.before.get(index) else { return Ok(()) };
        let Some(how) = failed(plan, step, session, bytes, scratch)? else {
            return self.before(session, cx, index + 1);
        };
        let text = format!("step `{}` before the first exchange failed: {how}", step.name());
        cx.count("failed-login", 1, &text);
        self.give_up(session, cx, Reason { text, is_refusal: true });
        Ok(())
    }

    /// A step after the last exchange is answered.
    fn let_go(
        &mut self,
        session: &mut Session,
        cx: &mut Cx<'_>,
        bytes: &[u8],
        index: usize,
    ) -> Result<()> {
        let Self { plan, scratch } = self;
        let Some(step) = plan.after.get(index) else { return Ok(()) };
        let Some(how) = failed(plan, step, session, bytes, scratch)? else {
            return self.after(session, cx, index + 1);
        };
        let text = format!("step `{}` after the last exchange failed: {how}", step.name());
        cx.count("failed-goodbye", 1, &text);
        session.phase = Phase::Over(None);
        cx.set_pending(false);
        Ok(())
    }

    /// No exchange can be played on this session. Closed first: the host begins nothing more on a
    /// session that closes.
    fn give_up(&self, session: &mut Session, cx: &mut Cx<'_>, reason: Reason) {
        cx.close();
        for token in session.waiting.drain(..) {
            cx.finish(token, reason.finish());
        }
        session.phase = Phase::Over(Some(reason));
    }

    /// An answer to one of the requests has come.
    fn answered(&mut self, session: &mut Session, cx: &mut Cx<'_>, bytes: &[u8]) -> Result<()> {
        let Self { plan, scratch } = self;
        let asked = if plan.correlate.is_order() {
            session.outstanding.take_oldest()
        } else {
            let key = plan.correlate.key_in(bytes);
            key.and_then(|key| Some((key, session.outstanding.take_number(key)?)))
        };
        let Some((id, asked)) = asked else {
            return unmatched(plan, session, cx, bytes, scratch);
        };
        if asked.may_be_mute {
            cx.cancel_timer(id)?;
        }
        let secrets = plan.secrets()?;
        let ask = &plan.requests[asked.request];
        let how = {
            let uses =
                ask.expect.uses_payload() || ask.refused.as_ref().is_some_and(Expect::uses_payload);
            let facts = facts(session.number, &asked, uses, cx);
            let refused = ask.refused.as_ref();
            if refused.is_some_and(|refused| refused.meets(bytes, &facts, scratch)) {
                let says = excerpt(&blotted(bytes, secrets));
                Worth::Refused(format!("request `{}`: the answer is {says}", ask.name()))
            } else {
                match wrong(&ask.expect, bytes, &facts, secrets, scratch) {
                    None => Worth::Right,
                    Some(how) => Worth::Wrong(how),
                }
            }
        };
        let was_right = matches!(how, Worth::Right);
        match how {
            Worth::Right => cx.finish(asked.token, Finish::Done),
            Worth::Refused(text) => cx.finish(asked.token, Finish::Rejected(&text)),
            Worth::Wrong(how) => {
                let mut text = format!("the answer to request `{}` is wrong: {how}", ask.name());
                let whose = of_another(plan, session, cx, bytes, Some(&asked), scratch);
                if let Some(back) = whose {
                    let whose = told(back);
                    text.push_str(&format!("; {whose}"));
                    cx.count("answer-of-another", 1, &format!("request `{}`: {whose}", ask.name()));
                }
                cx.finish(asked.token, Finish::Wrong(&text));
            }
        }
        session.past.note(asked, bytes, was_right);
        Ok(())
    }
}

/// What an answer is worth.
enum Worth {
    Right,
    Refused(String),
    Wrong(String),
}

/// Why a step failed, if it did.
fn failed(
    plan: &Plan,
    step: &Ask,
    session: &Session,
    bytes: &[u8],
    scratch: &mut Vec<u8>,
) -> Result<Option<String>> {
    let (facts, secrets) = (session.facts(), plan.secrets()?);
    let refused = step.refused.as_ref();
    if refused.is_some_and(|refused| refused.meets(bytes, &facts, scratch)) {
        let says = excerpt(&blotted(bytes, secrets));
        return Ok(Some(format!("the server refuses it: it says {says}")));
    }
    Ok(wrong(&step.expect, bytes, &facts, secrets, scratch))
}

/// What the placeholders of an exchange stand for.
fn facts<'a>(session: u32, asked: &Asked, uses_payload: bool, cx: &'a mut Cx<'_>) -> Facts<'a> {
    let payload = if uses_payload { cx.payload(asked.token) } else { &[] };
    Facts { token: asked.token, seq: asked.seq, session, payload, secrets: &[] }
}

/// What is wrong with an answer, with no secret in it.
fn wrong(
    expect: &Expect,
    bytes: &[u8],
    facts: &Facts<'_>,
    secrets: &[Secret],
    scratch: &mut Vec<u8>,
) -> Option<String> {
    let how = expect.wrong(bytes, facts, scratch)?;
    match blotted(bytes, secrets) {
        std::borrow::Cow::Borrowed(_) => Some(how),
        std::borrow::Cow::Owned(shown) => {
            let told = expect.wrong(&shown, facts, scratch);
            Some(told.unwrap_or_else(|| "it repeats a secret, and is not shown".to_owned()))
        }
    }
}

/// An answer belongs to no request that waits for one.
#[cold]
fn unmatched(
    plan: &Plan,
    session: &mut Session,
    cx: &mut Cx<'_>,
    bytes: &[u8],
    scratch: &mut Vec<u8>,
) -> Result<()> {
    let shown = blotted(bytes, plan.secrets()?);
    let mut text = format!("{} bytes: {}", bytes.len(), excerpt(&shown));
    if let Some(back) = of_another(plan, session, cx, bytes, None, scratch) {
        text.push_str(&format!("; {}", told(back)));
        cx.count("answer-of-another", 1, &text);
    }
    cx.count("unmatched-answer", 1, &text);
    Ok(())
}

fn told(back: usize) -> String {
    match back {
        1 => "this is the answer to the request before".to_owned(),
        back => format!("this is the answer to the request {back} before"),
    }
}

/// How many requests before the one `asked` had this answer, or should have had it; of those answered
/// lately.
#[cold]
fn of_another(
    plan: &Plan,
    session: &Session,
    cx: &mut Cx<'_>,
    bytes: &[u8],
    asked: Option<&Asked>,
    scratch: &mut Vec<u8>,
) -> Option<usize> {
    let past: &Past = &session.past;
    let repeats = past.latest().find(|(_, one)| one.was(bytes)).map(|(back, _)| back);
    repeats.or_else(|| {
        let mut latest = past.latest();
        let found = latest.find(|(_, one)| {
            let expect = &plan.requests[one.asked.request].expect;
            let differs = asked.is_none_or(|asked| asked.request != one.asked.request);
            if expect.is_any() || !(differs || expect.is_its_own()) {
                return false;
            }
            let facts = facts(session.number, &one.asked, expect.uses_payload(), cx);
            expect.meets(bytes, &facts, scratch)
        });
        found.map(|(back, _)| back)
    })
}
