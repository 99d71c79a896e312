//! The server side: it answers itself, or passes on between members.

mod queue;
mod registry;
mod room;
mod talk;

use crate::config::{Config, Mode};
use room::RoomServer;
use talk::{Talk, TalkServer};
use wirebench_sdk::{Cx, Message, Result, Server};

/// The server of either mode.
pub struct ChatServer(Either);

enum Either {
    Talk(TalkServer),
    Room(Box<RoomServer>),
}

/// One session.
pub struct ChatSession(SessionState);

enum SessionState {
    Talk(Talk),
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
        "server-quit",
        "too-long",
        "undecodable",
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
        Ok(ChatSession(match &mut self.0 {
            Either::Talk(_) => SessionState::Talk(Talk::default()),
            Either::Room(server) => SessionState::Room(server.open(cx)),
        }))
    }

    fn message(
        &mut self,
        session: &mut ChatSession,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        match (&mut self.0, &mut session.0) {
            (Either::Talk(server), SessionState::Talk(talk)) => {
                server.message(talk, cx, message)?;
            }
            (Either::Room(server), SessionState::Room(who)) => server.message(*who, cx, message),
            _ => {}
        }
        Ok(())
    }

    fn writable(&mut self, session: &mut ChatSession, cx: &mut Cx<'_>) -> Result<()> {
        match (&mut self.0, &mut session.0) {
            (Either::Talk(server), SessionState::Talk(talk)) => server.writable(talk, cx)?,
            (Either::Room(server), SessionState::Room(who)) => server.writable(*who, cx),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, session: ChatSession, cx: &mut Cx<'_>) -> Result<()> {
        if let (Either::Room(server), SessionState::Room(who)) = (&mut self.0, session.0) {
            server.close(who, cx);
        }
        Ok(())
    }
}
