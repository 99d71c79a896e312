//! What the client says and awaits in one exchange: no session, no clock, no secret but what it is
//! given.

use crate::config::{Challenge, Login, Verdict};
use crate::mac::{CHALLENGE, Key};
use crate::shares::Intent;
use wirebench_sdk::Secret;

/// What to do after a message of the server.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Say this.
    Say(Vec<u8>),
    /// Say this, and then send the scenario's payload.
    SayAndSendPayload(Vec<u8>),
    /// Wait for the next message.
    Wait,
    /// The exchange is over; the session goes on.
    End(End),
    /// The exchange is over, and so is the session: it cannot be said what comes next on it.
    EndSession(End),
}

/// How an exchange ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Done,
    Rejected(&'static str),
    Wrong(&'static str),
}

/// The keys of a client that answers challenges.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) right: Key,
    pub(crate) wrong: Key,
    /// The latest answer under the right key: what a replay repeats.
    pub(crate) previous: Option<Vec<u8>>,
}

/// One exchange of challenge and response.
#[derive(Debug)]
pub(crate) struct Response {
    intent: Intent,
    awaits: AwaitsVerdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AwaitsVerdict {
    /// The challenge comes first.
    NotYet,
    Verdict,
    /// The server is silent when it is content: the payload comes back.
    Payload,
    /// The server never speaks of it: only the connection's end may come.
    End,
}

impl Response {
    pub(crate) fn new(intent: Intent) -> Self {
        Self { intent, awaits: AwaitsVerdict::NotYet }
    }

    /// It knows the secret, or pretends to.
    pub(crate) fn intent(&self) -> Intent {
        self.intent
    }

    /// The answer is sent, and nothing but the connection's end can tell what it was worth.
    pub(crate) fn awaits_end(&self) -> bool {
        self.awaits == AwaitsVerdict::End
    }

    /// The server has spoken. `payload` is the scenario's for this exchange.
    pub(crate) fn hear(
        &mut self,
        plan: &Challenge,
        keys: &mut Keys,
        bytes: &[u8],
        payload: &[u8],
    ) -> Step {
        if self.awaits == AwaitsVerdict::NotYet {
            return match plan.encoding.decode(bytes) {
                Some(challenge) if challenge.len() == CHALLENGE => {
                    self.answer(plan, keys, &challenge)
                }
                _ => Step::EndSession(End::Wrong("what should be the challenge is not 32 bytes")),
            };
        }
        if self.awaits_end() {
            let why = "the server spoke where only the connection's end is a verdict";
            return Step::EndSession(End::Wrong(why));
        }
        let rejected = plan.rejected.as_deref() == Some(bytes);
        let accepted = match self.awaits {
            AwaitsVerdict::Payload => payload == bytes,
            _ => plan.accepted.as_deref() == Some(bytes),
        };
        // A payload may happen to be the text of a refusal; whoever is right knows better.
        let accepted = accepted && (!rejected || self.intent == Intent::Right);
        Step::End(match (accepted, rejected, self.intent) {
            (true, _, Intent::Right) => End::Done,
            (true, _, Intent::WrongKey) => End::Wrong("an answer under a wrong key was accepted"),
            (true, _, Intent::Odd) => End::Wrong("a repeated answer was accepted"),
            (_, true, Intent::Right) => End::Wrong("the right answer was rejected"),
            (_, true, Intent::WrongKey) => End::Rejected("a wrong key"),
            (_, true, Intent::Odd) => End::Rejected("a repeated answer"),
            _ => {
                return Step::EndSession(End::Wrong("the verdict is no text of the configuration"));
            }
        })
    }

    fn answer(&mut self, plan: &Challenge, keys: &mut Keys, challenge: &[u8]) -> Step {
        let answer = match self.intent {
            Intent::Right => {
                let answer = keys.right.answer(challenge);
                keys.previous = Some(answer.clone());
                answer
            }
            Intent::WrongKey => keys.wrong.answer(challenge),
            // Before there was any answer: one to a challenge that no server ever sends.
            Intent::Odd => {
                let old = keys.previous.clone();
                old.unwrap_or_else(|| keys.right.answer(&[0; CHALLENGE]))
            }
        };
        let answer = plan.encoding.encode(&answer);
        if plan.verdict == Verdict::End {
            self.awaits = AwaitsVerdict::End;
            Step::Say(answer)
        } else if plan.accepted.is_some() {
            self.awaits = AwaitsVerdict::Verdict;
            Step::Say(answer)
        } else {
            self.awaits = AwaitsVerdict::Payload;
            Step::SayAndSendPayload(answer)
        }
    }
}

/// One exchange of a login.
#[derive(Debug)]
pub(crate) struct Visit {
    intent: Intent,
    awaits: Prompt,
    refused: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prompt {
    Name,
    Password,
    Verdict,
}

impl Visit {
    pub(crate) fn new(intent: Intent) -> Self {
        Self { intent, awaits: Prompt::Name, refused: 0 }
    }

    /// The server has spoken. After `attempts` refusals the client gives up by itself.
    pub(crate) fn hear(
        &mut self,
        plan: &Login,
        password: &Secret,
        attempts: u32,
        bytes: &[u8],
    ) -> Step {
        let wrong = |why| Step::EndSession(End::Wrong(why));
        match self.awaits {
            Prompt::Name if bytes == plan.ask_name => {
                self.awaits = Prompt::Password;
                Step::Say(plan.name.clone())
            }
            Prompt::Name => wrong("the server did not ask for the name"),
            Prompt::Password if bytes == plan.ask_password => {
                self.awaits = Prompt::Verdict;
                Step::Say(self.password(password))
            }
            Prompt::Password => wrong("the server did not ask for the password"),
            Prompt::Verdict if bytes == plan.welcome => match self.knows() {
                true => Step::End(End::Done),
                false => wrong("a wrong password was accepted"),
            },
            Prompt::Verdict if bytes == plan.again || bytes == plan.locked => {
                if self.knows() {
                    return wrong("the right password was refused");
                }
                self.refused += 1;
                if bytes == plan.locked || self.refused >= attempts {
                    return Step::EndSession(End::Rejected("refused for the last time"));
                }
                self.awaits = Prompt::Name;
                Step::Wait
            }
            Prompt::Verdict if bytes == plan.busy => wrong("the server was too busy"),
            Prompt::Verdict => wrong("the verdict is no text of the configuration"),
        }
    }

    /// True when the attempt under way uses the right password.
    fn knows(&self) -> bool {
        match self.intent {
            Intent::Right => true,
            Intent::WrongKey => false,
            Intent::Odd => self.refused > 0,
        }
    }

    fn password(&self, right: &Secret) -> Vec<u8> {
        let wrong: &[u8] = if right.bytes() == b"wrong" { b"wrong!" } else { b"wrong" };
        if self.knows() { right.bytes().to_vec() } else { wrong.to_vec() }
    }
}
