//! The side that connects: it talks, or its sessions are members of rooms.

mod bits;
mod book;
mod hearing;
mod members;
mod order;
mod room;
mod talk;

use crate::config::{Config, Mode};
use room::RoomClient;
use talk::{Talk, TalkClient};
use wirebench_sdk::{Client, Cx, Message, Result, Token};

/// The client of either mode.
pub struct ChatClient(Either);

enum Either {
    Talk(TalkClient),
    Room(Box<RoomClient>),
}

/// One session.
pub struct Seat(Place);

enum Place {
    Talk(Box<Talk>),
    /// The place of the member.
    Room(usize),
}

impl Client for ChatClient {
    type Config = Config;
    type Session = Seat;
    const COUNTS: &'static [&'static str] = &[
        "deliveries",
        "duplicate",
        "foreign",
        "indeterminate",
        "order-disagrees",
        "order-unjudged",
        "out-of-order",
        "quit",
        "refused",
        "unreadable",
    ];

    fn new(config: Config, cx: &mut Cx<'_>) -> Result<Self> {
        config.check()?;
        cx.count("speaks-text", 0, "");
        Ok(Self(match config.mode {
            Mode::Talk => Either::Talk(TalkClient::new(config)),
            Mode::Room => Either::Room(Box::new(RoomClient::new(config))),
        }))
    }

    fn open(&mut self, cx: &mut Cx<'_>) -> Result<Seat> {
        Ok(Seat(match &mut self.0 {
            Either::Talk(_) => Place::Talk(Box::default()),
            Either::Room(client) => Place::Room(client.open(cx)),
        }))
    }

    fn start(&mut self, seat: &mut Seat, cx: &mut Cx<'_>, exchange: Token) -> Result<()> {
        match (&mut self.0, &mut seat.0) {
            (Either::Talk(client), Place::Talk(talk)) => client.start(talk, cx, exchange)?,
            (Either::Room(client), Place::Room(who)) => client.start(*who, cx, exchange),
            _ => {}
        }
        Ok(())
    }

    #[inline]
    fn message(&mut self, seat: &mut Seat, cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        match (&mut self.0, &mut seat.0) {
            (Either::Talk(client), Place::Talk(talk)) => client.message(talk, cx, message)?,
            (Either::Room(client), Place::Room(who)) => client.message(*who, cx, message),
            _ => {}
        }
        Ok(())
    }

    fn writable(&mut self, seat: &mut Seat, cx: &mut Cx<'_>) -> Result<()> {
        match (&mut self.0, &mut seat.0) {
            (Either::Talk(client), Place::Talk(talk)) => client.writable(talk, cx)?,
            (Either::Room(client), Place::Room(who)) => client.writable(*who, cx),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, seat: Seat, cx: &mut Cx<'_>) -> Result<()> {
        if let (Either::Room(client), Place::Room(who)) = (&mut self.0, seat.0) {
            client.close(who, cx);
        }
        Ok(())
    }
}
