//! The side that accepts: it answers itself, or passes on between members.

mod hall;
mod queue;
mod room;
mod talk;

use crate::config::{Config, Mode};
use room::RoomServer;
use talk::TalkServer;
use wirebench_sdk::{Backlog, Cx, Message, Result, Server};

/// The server of either mode.
pub struct ChatServer(Either);

enum Either {
    Talk(TalkServer),
    Room(Box<RoomServer>),
}

/// One session.
pub enum Seat {
    /// What still has to be answered.
    Talk(Backlog),
    /// The place of the member.
    Room(usize),
}

impl Server for ChatServer {
    type Config = Config;
    type Session = Seat;
    const COUNTS: &'static [&'static str] = &[
        "bad-name",
        "disconnected",
        "dropped",
        "name-taken",
        "no-such-member",
        "not-in-a-room",
        "quit",
        "too-long",
        "unknown-command",
    ];

    fn new(config: Config, _: &mut Cx<'_>) -> Result<Self> {
        config.check()?;
        Ok(Self(match config.mode {
            Mode::Talk => Either::Talk(TalkServer::new(config)),
            Mode::Room => Either::Room(Box::new(RoomServer::new(config))),
        }))
    }

    fn open(&mut self, cx: &mut Cx<'_>) -> Result<Seat> {
        Ok(match &mut self.0 {
            Either::Talk(_) => Seat::Talk(Backlog::new()),
            Either::Room(server) => Seat::Room(server.open(cx)),
        })
    }

    fn message(&mut self, seat: &mut Seat, cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        match (&mut self.0, seat) {
            (Either::Talk(server), Seat::Talk(out)) => server.message(out, cx, message)?,
            (Either::Room(server), Seat::Room(who)) => server.message(*who, cx, message),
            _ => {}
        }
        Ok(())
    }

    fn writable(&mut self, seat: &mut Seat, cx: &mut Cx<'_>) -> Result<()> {
        match (&mut self.0, seat) {
            (Either::Talk(_), Seat::Talk(out)) => out.flush(cx)?,
            (Either::Room(server), Seat::Room(who)) => server.writable(*who, cx),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, seat: Seat, cx: &mut Cx<'_>) -> Result<()> {
        if let (Either::Room(server), Seat::Room(who)) = (&mut self.0, seat) {
            server.close(who, cx);
        }
        Ok(())
    }
}
