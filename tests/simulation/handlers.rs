//! What the two ends do with a message: small handlers that each use another part of the interface.

use std::collections::BTreeSet;
use wirebench::handler::{FinishAs, Handler, HookError, Mailbox, SendResult, Services, Token};

/// How a server answers, or a client asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// The client: it sends the payload, and is done with the first answer.
    Asks,
    /// The client: it sends the first answer back, and is done with the second.
    AsksTwice,
    /// The client: it asks, says goodbye when the load is over, and awaits the answer to that.
    SaysGoodbye,
    /// The server answers in the hook of the request.
    Echoes,
    /// From a timer, some time later.
    EchoesLater,
    /// From a letter of a thread.
    EchoesByMail,
    /// It sends unsolicited messages besides, until there is no room, and goes on when there is.
    Floods,
    /// It closes each session after so many requests.
    ClosesAfter(u32),
    /// It leaves every so many-th request unanswered.
    Forgets(u32),
    /// It answers nothing.
    IsMute,
}

/// A handler of that manner.
pub(crate) struct Simulated {
    manner: Manner,
    mailbox: Option<Mailbox>,
    /// Sessions opened and not closed.
    pub(crate) open: u64,
    /// Messages that were taken.
    pub(crate) sent: u64,
}

/// What it keeps for a session.
#[derive(Default)]
pub(crate) struct Kept {
    requests: u32,
    waiting: Vec<(Token, Vec<u8>)>,
    /// Exchanges of which one answer has come.
    half_done: BTreeSet<Token>,
    /// Messages that found no room.
    unsent: Vec<(Token, Vec<u8>)>,
    flood: u32,
}

/// Unsolicited messages of a session at most, and how long they are, in bytes: together more than may
/// wait to be written.
const FLOOD: u32 = 40;
const FLOODS: usize = 60_000;

impl Simulated {
    pub(crate) fn new<S: Services>(manner: Manner, services: &mut S) -> Self {
        let mailbox = (manner == Manner::EchoesByMail).then(|| services.mailbox());
        Self { manner, mailbox, open: 0, sent: 0 }
    }

    fn send<S: Services>(
        &mut self,
        services: &mut S,
        session: u32,
        token: Token,
        bytes: &[u8],
    ) -> SendResult {
        let result = services.send(session, token, bytes);
        self.sent += u64::from(result == SendResult::Sent);
        result
    }

    fn answer<S: Services>(
        &mut self,
        services: &mut S,
        session: u32,
        kept: &mut Kept,
        token: Token,
        bytes: &[u8],
    ) {
        let has_room = kept.unsent.is_empty();
        if !has_room || self.send(services, session, token, bytes) == SendResult::Full {
            kept.unsent.push((token, bytes.to_vec()));
        }
    }

    fn flood<S: Services>(&mut self, services: &mut S, session: u32, kept: &mut Kept) {
        while kept.flood < FLOOD {
            let bytes = vec![kept.flood as u8; FLOODS];
            if self.send(services, session, 0, &bytes) != SendResult::Sent {
                break;
            }
            kept.flood += 1;
        }
    }
}

impl<S: Services> Handler<S> for Simulated {
    type Session = Kept;

    fn open(&mut self, _: &mut S, _: u32) -> Result<Kept, HookError> {
        self.open += 1;
        Ok(Kept::default())
    }

    fn message(
        &mut self,
        services: &mut S,
        session: u32,
        kept: &mut Kept,
        token: Token,
        bytes: &[u8],
    ) -> Result<(), HookError> {
        kept.requests += 1;
        match self.manner {
            Manner::SaysGoodbye if token == 0 => services.set_pending(session, false),
            Manner::Asks | Manner::SaysGoodbye => services.finish(token, FinishAs::Done, ""),
            Manner::AsksTwice if kept.half_done.insert(token) => {
                self.answer(services, session, kept, token, bytes);
            }
            Manner::AsksTwice => services.finish(token, FinishAs::Done, ""),
            Manner::IsMute => {}
            Manner::Echoes => self.answer(services, session, kept, token, bytes),
            Manner::EchoesLater => {
                kept.waiting.push((token, bytes.to_vec()));
                services.set_timer(session, kept.requests.into(), 20_000);
            }
            Manner::EchoesByMail => {
                if let Some(mailbox) = &self.mailbox {
                    mailbox(session, &[&token.to_le_bytes(), bytes].concat());
                }
            }
            Manner::Floods => {
                self.answer(services, session, kept, token, bytes);
                self.flood(services, session, kept);
            }
            Manner::ClosesAfter(count) => {
                self.answer(services, session, kept, token, bytes);
                if kept.requests >= count {
                    services.close(session);
                }
            }
            Manner::Forgets(count) => {
                if !kept.requests.is_multiple_of(count) {
                    self.answer(services, session, kept, token, bytes);
                }
            }
        }
        Ok(())
    }

    fn start(
        &mut self,
        services: &mut S,
        session: u32,
        _: &mut Kept,
        token: Token,
    ) -> Result<(), HookError> {
        self.sent += u64::from(services.send_payload(session, token) == SendResult::Sent);
        Ok(())
    }

    fn timer(
        &mut self,
        services: &mut S,
        session: u32,
        kept: &mut Kept,
        _: u64,
    ) -> Result<(), HookError> {
        if !kept.waiting.is_empty() {
            let (token, bytes) = kept.waiting.remove(0);
            self.answer(services, session, kept, token, &bytes);
        }
        Ok(())
    }

    fn mail(
        &mut self,
        services: &mut S,
        session: u32,
        kept: &mut Kept,
        bytes: &[u8],
    ) -> Result<(), HookError> {
        if let Some((token, bytes)) = bytes.split_first_chunk() {
            self.answer(services, session, kept, u64::from_le_bytes(*token), bytes);
        }
        Ok(())
    }

    fn writable(
        &mut self,
        services: &mut S,
        session: u32,
        kept: &mut Kept,
    ) -> Result<(), HookError> {
        for (token, bytes) in std::mem::take(&mut kept.unsent) {
            self.answer(services, session, kept, token, &bytes);
        }
        if self.manner == Manner::Floods && kept.unsent.is_empty() {
            self.flood(services, session, kept);
        }
        Ok(())
    }

    fn ending(&mut self, services: &mut S, session: u32, kept: &mut Kept) -> Result<(), HookError> {
        if self.manner == Manner::SaysGoodbye {
            self.answer(services, session, kept, 0, b"goodbye");
            services.set_pending(session, true);
        }
        Ok(())
    }

    fn close(&mut self, _: &mut S, _: u32, _: Kept) -> Result<(), HookError> {
        self.open -= 1;
        Ok(())
    }
}
