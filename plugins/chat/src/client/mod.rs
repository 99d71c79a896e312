//! The client side: it talks alone, or its sessions are members of rooms.

mod bits;
mod exchanges;
mod members;
mod order;
mod receive;
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

/// What is kept for one session.
pub struct ChatSession(SessionState);

enum SessionState {
    Talk(Box<Talk>),
    /// The number of the member.
    Room(usize),
}

impl Client for ChatClient {
    type Config = Config;
    type Session = ChatSession;
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
        "server-quit",
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

    fn open(&mut self, cx: &mut Cx<'_>) -> Result<ChatSession> {
        Ok(ChatSession(match &mut self.0 {
            Either::Talk(_) => SessionState::Talk(Box::default()),
            Either::Room(client) => SessionState::Room(client.open(cx)),
        }))
    }

    fn start(&mut self, session: &mut ChatSession, cx: &mut Cx<'_>, exchange: Token) -> Result<()> {
        match (&mut self.0, &mut session.0) {
            (Either::Talk(client), SessionState::Talk(talk)) => client.start(talk, cx, exchange)?,
            (Either::Room(client), SessionState::Room(who)) => client.start(*who, cx, exchange),
            _ => {}
        }
        Ok(())
    }

    #[inline]
    fn message(
        &mut self,
        session: &mut ChatSession,
        cx: &mut Cx<'_>,
        message: Message<'_>,
    ) -> Result<()> {
        match (&mut self.0, &mut session.0) {
            (Either::Talk(client), SessionState::Talk(talk)) => {
                client.message(talk, cx, message)?
            }
            (Either::Room(client), SessionState::Room(who)) => client.message(*who, cx, message),
            _ => {}
        }
        Ok(())
    }

    fn writable(&mut self, session: &mut ChatSession, cx: &mut Cx<'_>) -> Result<()> {
        match (&mut self.0, &mut session.0) {
            (Either::Talk(client), SessionState::Talk(talk)) => client.writable(talk, cx)?,
            (Either::Room(client), SessionState::Room(who)) => client.writable(*who, cx),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, session: ChatSession, cx: &mut Cx<'_>) -> Result<()> {
        if let (Either::Room(client), SessionState::Room(who)) = (&mut self.0, session.0) {
            client.close(who, cx);
        }
        Ok(())
    }
}
