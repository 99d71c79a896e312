//! The SDK as a handler sees it.

use super::{Answer, client, server};
use crate::{Backlog, Client, Cx, Finish, Handler, Level, Mailbox, Message, Result, Server, Token};
use std::time::Duration;
use wirebench_abi::status;

/// Does what the message says.
struct Obedient;

impl Handler for Obedient {
    const NAME: &'static str = "obedient";
    type Server = Obeys;
    type Client = Asks;
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(default)]
    greeting: Option<u8>,
}

struct Obeys {
    greeting: Option<u8>,
    mailbox: Mailbox,
}

impl Server for Obeys {
    type Config = Config;
    type Session = Backlog;

    fn new(config: Config, cx: &mut Cx<'_>) -> Result<Self> {
        Ok(Self { greeting: config.greeting, mailbox: cx.mailbox()? })
    }
    fn open(&mut self, cx: &mut Cx<'_>) -> Result<Backlog> {
        if let Some(greeting) = self.greeting {
            cx.send(0, &[greeting])?;
        }
        Ok(Backlog::new())
    }
    fn message(&mut self, out: &mut Backlog, cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        match message.bytes {
            b"panic" => panic!("as told"),
            b"fail" => Err(std::io::Error::other("as told"))?,
            b"timers" => {
                cx.set_timer(1, Duration::from_secs(2))?;
                cx.set_timer(2, Duration::from_secs(1))?;
                cx.set_timer(3, Duration::from_secs(1))?;
                cx.cancel_timer(3)?;
            }
            b"thread" => {
                let (mailbox, session) = (self.mailbox.clone(), cx.session());
                std::thread::spawn(move || mailbox.post(session, b"from a thread"));
            }
            b"all" => {
                cx.broadcast(0, b"to all");
            }
            b"parts" => cx.send_parts(message.token, &[b"a", b"", b"bc"])?,
            b"close" => cx.close(),
            b"close behind it" => out.close(cx),
            b"log" => cx.log(Level::Info, "as told"),
            bytes => out.send(cx, message.token, bytes)?,
        }
        Ok(())
    }
    fn timer(&mut self, _: &mut Backlog, cx: &mut Cx<'_>, id: u64) -> Result<()> {
        let now = cx.now();
        Ok(cx.send(id, &now.to_be_bytes())?)
    }
    fn mail(&mut self, _: &mut Backlog, cx: &mut Cx<'_>, bytes: &[u8]) -> Result<()> {
        Ok(cx.send(0, bytes)?)
    }
    fn writable(&mut self, out: &mut Backlog, cx: &mut Cx<'_>) -> Result<()> {
        out.flush(cx)
    }
}

struct Asks;

/// The exchange that `Asks` does not begin.
const REFUSED: Token = 1_000;

impl Client for Asks {
    type Config = Config;
    type Session = ();

    fn new(_: Config, _: &mut Cx<'_>) -> Result<Self> {
        Ok(Self)
    }
    fn open(&mut self, _: &mut Cx<'_>) -> Result<()> {
        Ok(())
    }
    fn start(&mut self, _: &mut (), cx: &mut Cx<'_>, exchange: Token) -> Result<()> {
        if exchange == REFUSED {
            Err(std::io::Error::other("as told"))?;
        }
        Ok(cx.send_payload(exchange)?)
    }
    fn message(&mut self, _: &mut (), cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        let same = cx.payload(message.token) == message.bytes;
        cx.finish(message.token, if same { Finish::Done } else { Finish::Wrong("it differs") });
        Ok(())
    }
}

#[test]
fn a_server_may_speak_first() {
    let mut kit = server::<Obedient>(r#"{"greeting": 7}"#).unwrap();
    let session = kit.open().unwrap();
    assert_eq!((kit.sent()[0].session, &*kit.sent()[0].bytes), (session, &[7][..]));
}

#[test]
fn a_wrong_configuration_is_pointed_at() {
    let failure = server::<Obedient>(r#"{"greeting": 700}"#).err().unwrap();
    assert_eq!((failure.status, failure.pointer.as_str()), (status::ERROR, "/greeting"));
}

#[test]
fn a_client_compares_with_the_payload() {
    let mut kit = client::<Obedient>("").unwrap();
    kit.set_payload(b"abc");
    let session = kit.open().unwrap();
    kit.start(session, 4).unwrap();
    kit.message(session, 4, b"abc").unwrap();
    kit.message(session, 5, b"abd").unwrap();
    assert_eq!(kit.sent()[0].bytes, b"abc");
    assert_eq!((kit.finished()[0].how, kit.finished()[1].how), (0, 1));
    assert_eq!(kit.finished()[1].why, "it differs");
}

#[test]
fn timers_come_in_order_of_time_and_cancelled_ones_do_not() {
    let mut kit = server::<Obedient>("").unwrap();
    let session = kit.open().unwrap();
    kit.message(session, 0, b"timers").unwrap();
    kit.advance(Duration::from_millis(999)).unwrap();
    assert_eq!(kit.sent_count(), 0);
    kit.advance(Duration::from_secs(5)).unwrap();
    let ids: Vec<_> = kit.sent().iter().map(|sent| sent.token).collect();
    assert_eq!(ids, [2, 1]);
    assert_eq!(kit.sent()[1].bytes, 2_000_000_000_u64.to_be_bytes());
}

#[test]
fn a_thread_reaches_the_loop_through_the_mailbox() {
    let mut kit = server::<Obedient>("").unwrap();
    let session = kit.open().unwrap();
    kit.message(session, 0, b"thread").unwrap();
    assert!(kit.deliver_mail(Duration::from_secs(60)).unwrap());
    assert_eq!(kit.sent()[0].bytes, b"from a thread");
}

#[test]
fn a_broadcast_reaches_every_open_session() {
    let mut kit = server::<Obedient>("").unwrap();
    let (one, two, three) = (kit.open().unwrap(), kit.open().unwrap(), kit.open().unwrap());
    kit.close(two).unwrap();
    kit.message(one, 0, b"all").unwrap();
    let to: Vec<_> = kit.sent().iter().map(|sent| sent.session).collect();
    assert_eq!(to, [one, three]);
}

#[test]
fn parts_make_one_message_and_closing_and_logging_reach_the_host() {
    let mut kit = server::<Obedient>("").unwrap();
    let session = kit.open().unwrap();
    for told in ["parts", "close", "log"] {
        kit.message(session, 3, told.as_bytes()).unwrap();
    }
    assert_eq!((kit.sent()[0].token, &*kit.sent()[0].bytes), (3, &b"abc"[..]));
    assert_eq!(kit.closed(), [session]);
    assert_eq!(kit.logged(), ["as told"]);
}

#[test]
fn a_backlog_keeps_the_order_until_there_is_room() {
    let mut kit = server::<Obedient>("").unwrap();
    let session = kit.open().unwrap();
    kit.answer(Answer::Full);
    kit.message(session, 1, b"first").unwrap();
    kit.writable(session).unwrap();
    kit.answer(Answer::Sent);
    kit.message(session, 2, b"second").unwrap();
    assert_eq!(kit.sent_count(), 0);
    kit.writable(session).unwrap();
    let tokens: Vec<_> = kit.sent().iter().map(|sent| sent.token).collect();
    assert_eq!(tokens, [1, 2]);
}

#[test]
fn a_backlog_closes_its_session_behind_what_it_keeps() {
    let mut kit = server::<Obedient>("").unwrap();
    let session = kit.open().unwrap();
    kit.answer(Answer::Full);
    kit.message(session, 1, b"the last word").unwrap();
    kit.message(session, 2, b"close behind it").unwrap();
    kit.writable(session).unwrap();
    assert_eq!((kit.sent_count(), kit.closed()), (0, &[][..]));
    kit.answer(Answer::Sent);
    kit.writable(session).unwrap();
    assert_eq!((kit.sent_count(), kit.closed()), (1, &[session][..]));
}

#[test]
fn the_host_is_told_what_a_backlog_keeps() {
    let mut kit = server::<Obedient>("").unwrap();
    let session = kit.open().unwrap();
    kit.message(session, 1, b"sent at once").unwrap();
    assert_eq!(kit.kept(session), 0);
    kit.answer(Answer::Full);
    for _ in 0..1_000 {
        kit.message(session, 2, b"").unwrap();
    }
    assert!(kit.kept(session) >= 32_000, "empty messages have a price: {}", kit.kept(session));
    kit.answer(Answer::Sent);
    kit.writable(session).unwrap();
    assert_eq!(kit.kept(session), 0);
}

#[test]
fn a_session_that_is_gone_swallows_and_a_message_too_long_fails() {
    let mut kit = server::<Obedient>("").unwrap();
    let session = kit.open().unwrap();
    kit.answer(Answer::Closed);
    kit.message(session, 1, b"x").unwrap();
    kit.answer(Answer::TooLarge);
    assert_eq!(kit.message(session, 1, b"x").unwrap_err().status, status::ERROR);
}

#[test]
fn an_error_carries_its_text_and_the_next_message_is_served() {
    let mut kit = server::<Obedient>("").unwrap();
    let session = kit.open().unwrap();
    let failure = kit.message(session, 1, b"fail").unwrap_err();
    assert_eq!((failure.status, failure.text.as_str()), (status::ERROR, "as told"));
    kit.message(session, 2, b"x").unwrap();
    assert_eq!(kit.sent_count(), 1);
}

#[test]
fn a_panic_is_caught_and_poisons_the_instance() {
    let mut kit = server::<Obedient>("").unwrap();
    let session = kit.open().unwrap();
    let failure = kit.message(session, 1, b"panic").unwrap_err();
    let place = format!("as told (at {}:", file!());
    assert_eq!(failure.status, status::PANIC);
    assert!(failure.text.starts_with(&place), "{}", failure.text);
    assert_eq!(kit.message(session, 2, b"x").unwrap_err().status, status::POISONED);
    assert_eq!(kit.open().unwrap_err().status, status::POISONED);
}

#[test]
fn a_hook_called_while_another_one_runs_is_refused() {
    let mut kit = server::<Obedient>("").unwrap();
    let session = kit.open().unwrap();
    kit.reenter(session);
    kit.message(session, 1, b"x").unwrap();
    // The refused inner call stood for the send and was answered as a closed session.
    assert_eq!(kit.sent_count(), 0);
    assert_eq!(kit.host.error.1, "a hook was called while another one runs");
    kit.message(session, 2, b"x").unwrap();
    assert_eq!(kit.sent_count(), 1);
}

/// These texts as messages of the exchanges 1, 2 and so on.
fn together<'a>(texts: &[&'a str]) -> Vec<Message<'a>> {
    (1..).zip(texts).map(|(token, text)| Message { bytes: text.as_bytes(), token }).collect()
}

#[test]
fn messages_that_arrive_together_are_handled_in_order() {
    let mut kit = server::<Obedient>("").unwrap();
    let session = kit.open().unwrap();
    assert_eq!(kit.messages(session, &together(&["a", "log", "b"])), Ok(3));
    let sent: Vec<_> = kit.sent().iter().map(|sent| (sent.token, &*sent.bytes)).collect();
    assert_eq!(sent, [(1, &b"a"[..]), (3, b"b")]);
    assert_eq!(kit.logged(), ["as told"]);
    assert_eq!(kit.messages(session, &[]), Ok(0));
}

#[test]
fn of_messages_together_the_one_that_failed_is_named_and_none_behind_it_handled() {
    let mut kit = server::<Obedient>("").unwrap();
    let session = kit.open().unwrap();
    let failure = kit.messages(session, &together(&["a", "b", "fail", "c"])).unwrap_err();
    assert_eq!((failure.status, &*failure.text, failure.at), (status::ERROR, "as told", 2));
    assert_eq!(kit.sent_count(), 2);
    assert_eq!(kit.messages(session, &together(&["d"])), Ok(1));
}

#[test]
fn of_messages_together_the_one_that_panicked_is_named_and_poisons_the_instance() {
    let mut kit = server::<Obedient>("").unwrap();
    let session = kit.open().unwrap();
    let failure = kit.messages(session, &together(&["a", "panic", "b"])).unwrap_err();
    assert_eq!((failure.status, failure.at), (status::PANIC, 1));
    let failure = kit.messages(session, &together(&["c", "d"])).unwrap_err();
    assert_eq!((failure.status, failure.at), (status::POISONED, 0));
    assert_eq!(kit.sent_count(), 1);
}

#[test]
fn messages_behind_the_one_that_closed_the_session_are_not_handled() {
    let mut kit = server::<Obedient>("").unwrap();
    let session = kit.open().unwrap();
    assert_eq!(kit.messages(session, &together(&["a", "close", "b"])), Ok(2));
    assert_eq!((kit.sent_count(), kit.closed()), (1, &[session][..]));
}

#[test]
fn exchanges_that_begin_together_have_consecutive_tokens() {
    let mut kit = client::<Obedient>("").unwrap();
    let session = kit.open().unwrap();
    assert_eq!(kit.starts(session, 7, 3), Ok(3));
    let tokens: Vec<_> = kit.sent().iter().map(|sent| sent.token).collect();
    assert_eq!(tokens, [7, 8, 9]);
    let failure = kit.starts(session, REFUSED - 2, 5).unwrap_err();
    assert_eq!((failure.status, failure.at, kit.sent_count()), (status::ERROR, 2, 5));
}
