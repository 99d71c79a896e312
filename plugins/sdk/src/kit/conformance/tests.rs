//! A handler that holds everything passes, and each that does not is told by the case that shows it.

use super::Conformance;
use crate::{
    Backlog, Client, Cx, Error, Finish, Handler, Message, Result, SendError, Server, Token,
};
use serde::de::IgnoredAny;
use std::collections::BTreeSet;

/// Generates a handler whose server answers as `$answer` says and whose client is `$client`.
macro_rules! handler {
    ($name:ident, $server:ident, $client:ident) => {
        struct $name;
        impl Handler for $name {
            const NAME: &'static str = stringify!($name);
            type Server = $server;
            type Client = $client;
        }
    };
}

handler!(Careful, CarefulServer, CarefulClient);
handler!(Forgetful, ForgetfulServer, CarefulClient);
handler!(Touchy, TouchyServer, CarefulClient);
handler!(Mute, MuteServer, CarefulClient);
handler!(Hasty, CarefulServer, HastyClient);
handler!(Brittle, BrittleServer, CarefulClient);
handler!(Closing, ClosingServer, CarefulClient);
handler!(Single, SingleServer, CarefulClient);
handler!(Choosy, ChoosyServer, CarefulClient);
handler!(Endless, CarefulServer, EndlessClient);

struct CarefulServer;

impl Server for CarefulServer {
    type Config = IgnoredAny;
    type Session = Backlog;
    fn new(_: IgnoredAny, _: &mut Cx<'_>) -> Result<Self> {
        Ok(Self)
    }
    fn open(&mut self, _: &mut Cx<'_>) -> Result<Backlog> {
        Ok(Backlog::new())
    }
    fn message(&mut self, out: &mut Backlog, cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        out.send(cx, message.token, message.bytes)
    }
    fn writable(&mut self, out: &mut Backlog, cx: &mut Cx<'_>) -> Result<()> {
        out.flush(cx)
    }
}

struct CarefulClient;

impl Client for CarefulClient {
    type Config = IgnoredAny;
    type Session = Backlog;
    fn new(_: IgnoredAny, _: &mut Cx<'_>) -> Result<Self> {
        Ok(Self)
    }
    fn open(&mut self, _: &mut Cx<'_>) -> Result<Backlog> {
        Ok(Backlog::new())
    }
    fn start(&mut self, out: &mut Backlog, cx: &mut Cx<'_>, exchange: Token) -> Result<()> {
        out.send_payload(cx, exchange)
    }
    fn message(&mut self, _: &mut Backlog, cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        cx.finish(message.token, Finish::Done);
        Ok(())
    }
    fn writable(&mut self, out: &mut Backlog, cx: &mut Cx<'_>) -> Result<()> {
        out.flush(cx)
    }
}

/// Takes a message that found no room for sent.
struct ForgetfulServer;

impl Server for ForgetfulServer {
    type Config = IgnoredAny;
    type Session = ();
    fn new(_: IgnoredAny, _: &mut Cx<'_>) -> Result<Self> {
        Ok(Self)
    }
    fn open(&mut self, _: &mut Cx<'_>) -> Result<()> {
        Ok(())
    }
    fn message(&mut self, (): &mut (), cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        match cx.send(message.token, message.bytes) {
            Ok(()) | Err(SendError::Full | SendError::Closed) => Ok(()),
            Err(error) => Err(Error::new(error.to_string())),
        }
    }
}

/// Takes a peer that is gone for a mistake of its own.
struct TouchyServer;

impl Server for TouchyServer {
    type Config = IgnoredAny;
    type Session = ();
    fn new(_: IgnoredAny, _: &mut Cx<'_>) -> Result<Self> {
        Ok(Self)
    }
    fn open(&mut self, _: &mut Cx<'_>) -> Result<()> {
        Ok(())
    }
    fn message(&mut self, (): &mut (), cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        cx.send(message.token, message.bytes).map_err(|error| Error::new(error.to_string()))
    }
}

/// Answers nothing.
struct MuteServer;

impl Server for MuteServer {
    type Config = IgnoredAny;
    type Session = ();
    fn new(_: IgnoredAny, _: &mut Cx<'_>) -> Result<Self> {
        Ok(Self)
    }
    fn open(&mut self, _: &mut Cx<'_>) -> Result<()> {
        Ok(())
    }
    fn message(&mut self, (): &mut (), _: &mut Cx<'_>, _: Message<'_>) -> Result<()> {
        Ok(())
    }
}

/// Ends each exchange when it begins, and once more when it is answered.
struct HastyClient;

impl Client for HastyClient {
    type Config = IgnoredAny;
    type Session = Backlog;
    fn new(_: IgnoredAny, _: &mut Cx<'_>) -> Result<Self> {
        Ok(Self)
    }
    fn open(&mut self, _: &mut Cx<'_>) -> Result<Backlog> {
        Ok(Backlog::new())
    }
    fn start(&mut self, out: &mut Backlog, cx: &mut Cx<'_>, exchange: Token) -> Result<()> {
        cx.finish(exchange, Finish::Done);
        out.send_payload(cx, exchange)
    }
    fn message(&mut self, _: &mut Backlog, cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        cx.finish(message.token, Finish::Done);
        Ok(())
    }
    fn writable(&mut self, out: &mut Backlog, cx: &mut Cx<'_>) -> Result<()> {
        out.flush(cx)
    }
}

/// Panics over a message that it has seen before.
#[derive(Default)]
struct BrittleServer {
    seen: BTreeSet<Token>,
}

impl Server for BrittleServer {
    type Config = IgnoredAny;
    type Session = Backlog;
    fn new(_: IgnoredAny, _: &mut Cx<'_>) -> Result<Self> {
        Ok(Self::default())
    }
    fn open(&mut self, _: &mut Cx<'_>) -> Result<Backlog> {
        Ok(Backlog::new())
    }
    fn message(&mut self, out: &mut Backlog, cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        let is_new = message.token != 0 && self.seen.insert(message.token);
        assert!(is_new, "seen before");
        out.send(cx, message.token, message.bytes)
    }
    fn writable(&mut self, out: &mut Backlog, cx: &mut Cx<'_>) -> Result<()> {
        out.flush(cx)
    }
}

/// Ends the session instead of answering.
struct ClosingServer;

impl Server for ClosingServer {
    type Config = IgnoredAny;
    type Session = ();
    fn new(_: IgnoredAny, _: &mut Cx<'_>) -> Result<Self> {
        Ok(Self)
    }
    fn open(&mut self, _: &mut Cx<'_>) -> Result<()> {
        Ok(())
    }
    fn message(&mut self, (): &mut (), cx: &mut Cx<'_>, _: Message<'_>) -> Result<()> {
        cx.close();
        Ok(())
    }
}

/// Has a place for one message that found no room, and puts each into it.
struct SingleServer;

impl Server for SingleServer {
    type Config = IgnoredAny;
    type Session = Option<(Token, Vec<u8>)>;
    fn new(_: IgnoredAny, _: &mut Cx<'_>) -> Result<Self> {
        Ok(Self)
    }
    fn open(&mut self, _: &mut Cx<'_>) -> Result<Self::Session> {
        Ok(None)
    }
    fn message(
        &mut self,
        kept: &mut Self::Session,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        if cx.send(message.token, message.bytes) == Err(SendError::Full) {
            *kept = Some((message.token, message.bytes.to_vec()));
        }
        Ok(())
    }
    fn writable(&mut self, kept: &mut Self::Session, cx: &mut Cx<'_>) -> Result<()> {
        if let Some((token, bytes)) = kept.take()
            && cx.send(token, &bytes) == Err(SendError::Full)
        {
            *kept = Some((token, bytes));
        }
        Ok(())
    }
}

/// Takes two sessions at a time, and closes every other one at once.
#[derive(Default)]
struct ChoosyServer {
    open: usize,
}

impl Server for ChoosyServer {
    type Config = IgnoredAny;
    type Session = Backlog;
    fn new(_: IgnoredAny, _: &mut Cx<'_>) -> Result<Self> {
        Ok(Self::default())
    }
    fn open(&mut self, cx: &mut Cx<'_>) -> Result<Backlog> {
        self.open += 1;
        if self.open > 2 {
            cx.close();
        }
        Ok(Backlog::new())
    }
    fn message(&mut self, out: &mut Backlog, cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        out.send(cx, message.token, message.bytes)
    }
    fn writable(&mut self, out: &mut Backlog, cx: &mut Cx<'_>) -> Result<()> {
        out.flush(cx)
    }
    fn close(&mut self, _: Backlog, _: &mut Cx<'_>) -> Result<()> {
        self.open -= 1;
        Ok(())
    }
}

/// Answers every answer.
struct EndlessClient;

impl Client for EndlessClient {
    type Config = IgnoredAny;
    type Session = Backlog;
    fn new(_: IgnoredAny, _: &mut Cx<'_>) -> Result<Self> {
        Ok(Self)
    }
    fn open(&mut self, _: &mut Cx<'_>) -> Result<Backlog> {
        Ok(Backlog::new())
    }
    fn start(&mut self, out: &mut Backlog, cx: &mut Cx<'_>, exchange: Token) -> Result<()> {
        out.send_payload(cx, exchange)
    }
    fn message(&mut self, out: &mut Backlog, cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        out.send(cx, message.token, message.bytes)
    }
    fn writable(&mut self, out: &mut Backlog, cx: &mut Cx<'_>) -> Result<()> {
        out.flush(cx)
    }
}

/// The cases in which a handler is found out.
fn found<H: Handler>() -> Vec<String> {
    let found = Conformance::new("{}").payloads(&[b"sixteen bytes it"]).findings::<H>();
    println!("{found:#?}");
    found
}

#[track_caller]
fn one_of(found: &[String], case: &str, what: &str) {
    let found = found.iter().any(|one| one.starts_with(case) && one.contains(what));
    assert!(found, "{case}: {what}");
}

#[test]
fn a_handler_that_holds_everything_passes_whatever_the_seed() {
    for seed in 0..20 {
        Conformance::new("{}").seed(seed).check::<Careful>();
    }
}

#[test]
fn a_message_that_found_no_room_and_was_dropped_is_an_exchange_that_never_ends() {
    let found = found::<Forgetful>();
    one_of(&found, "sends that find no room (Full)", "exchanges never ended");
    assert_eq!(found.len(), 1);
}

#[test]
fn who_takes_a_closed_session_for_an_error_is_told_so() {
    let found = found::<Touchy>();
    one_of(&found, "a server whose peer is gone (Closed)", "hook `message`: the session is closed");
    one_of(&found, "sends that find no room (Full)", "too much is unsent");
}

#[test]
fn a_server_that_says_nothing_leaves_every_exchange_open() {
    one_of(&found::<Mute>(), "one message at a time", "exchanges never ended, the first is 1");
}

#[test]
fn an_exchange_that_is_ended_twice_is_told() {
    one_of(&found::<Hasty>(), "one message at a time", "exchange 1 was ended twice");
}

#[test]
fn a_panic_over_a_message_that_comes_twice_is_told_with_its_place() {
    let found = found::<Brittle>();
    one_of(&found, "messages that come twice", "seen before (at ");
    assert_eq!(found.len(), 1);
}

#[test]
#[should_panic(expected = "Mute does not hold what a handler has to (seed 7)")]
fn a_check_that_fails_says_of_whom_and_with_which_seed() {
    Conformance::new("{}").seed(7).exchanges(2).check::<Mute>();
}

#[test]
fn a_server_that_closes_instead_of_answering_is_told_so() {
    one_of(&found::<Closing>(), "one message at a time", "exchanges never ended");
}

#[test]
fn of_two_messages_that_found_no_room_neither_may_be_lost() {
    let found = found::<Single>();
    one_of(&found, "sends that find no room (Full)", "exchanges never ended");
    assert_eq!(found.len(), 1);
}

#[test]
fn a_server_that_takes_few_sessions_at_a_time_passes() {
    Conformance::new("{}").check::<Choosy>();
}

#[test]
fn two_sides_that_answer_each_other_for_ever_are_stopped() {
    one_of(&found::<Endless>(), "one message at a time", "still talk after 100000 messages");
}
