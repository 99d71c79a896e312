//! The server side: it answers itself, or passes on between members.

mod queue;
mod registry;
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
pub enum ChatSession {
    /// What still has to be answered.
    Talk(Backlog),
    /// The number of the member.
    Room(usize),
}

impl Server for ChatServer {
    type Config = Config;
    type Session = ChatSession;
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

    fn open(&mut self, cx: &mut Cx<'_>) -> Result<ChatSession> {
        Ok(match &mut self.0 {
            Either::Talk(_) => ChatSession::Talk(Backlog::new()),
            Either::Room(server) => ChatSession::Room(server.open(cx)),
        })
    }

    fn message(
        &mut self,
        session: &mut ChatSession,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        match (&mut self.0, session) {
            (Either::Talk(server), ChatSession::Talk(out)) => server.message(out, cx, message)?,
            (Either::Room(server), ChatSession::Room(who)) => server.message(*who, cx, message),
            _ => {}
        }
        Ok(())
    }

    fn writable(&mut self, session: &mut ChatSession, cx: &mut Cx<'_>) -> Result<()> {
        match (&mut self.0, session) {
            (Either::Talk(_), ChatSession::Talk(out)) => out.flush(cx)?,
            (Either::Room(server), ChatSession::Room(who)) => server.writable(*who, cx),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, session: ChatSession, cx: &mut Cx<'_>) -> Result<()> {
        if let (Either::Room(server), ChatSession::Room(who)) = (&mut self.0, session) {
            server.close(who, cx);
        }
        Ok(())
    }
}
