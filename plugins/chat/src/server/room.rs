//! The server of rooms: what a member sends goes to the others of its room.

use super::queue::{Outgoing, Passed};
use super::registry::{Refusal, Registry};
use crate::config::{Config, Slow};
use crate::protocol::{self, NAME_RULE, Notice};
use std::sync::Arc;
use wirebench_sdk::{Cx, Message, Token};

/// Passes messages on between members.
pub(super) struct RoomServer {
    config: Config,
    registry: Registry,
    /// The delivery at hand; its memory is used again.
    delivery: Vec<u8>,
    /// The longest message that a member can be sent, in bytes.
    longest: usize,
    /// The server as a speaker.
    itself: Arc<str>,
    /// Members whose backlog the message at hand did not fit into.
    over: Vec<usize>,
}

impl RoomServer {
    pub(super) fn new(config: Config) -> Self {
        Self {
            config,
            registry: Registry::default(),
            delivery: Vec::new(),
            longest: usize::MAX,
            itself: "".into(),
            over: Vec::new(),
        }
    }

    pub(super) fn open(&mut self, cx: &mut Cx<'_>) -> usize {
        self.longest = cx.longest_message().unwrap_or(usize::MAX);
        let who = self.registry.register(cx.session());
        self.announce(cx, who, |name| Notice::Joined(name).text());
        self.settle(cx);
        who
    }

    pub(super) fn writable(&mut self, who: usize, cx: &mut Cx<'_>) {
        let session = cx.session();
        if let Some(member) = self.registry.member_mut(who) {
            member.queue.flush(cx, session, &self.config.ending);
        }
    }

    pub(super) fn close(&mut self, who: usize, cx: &mut Cx<'_>) {
        // The number may have been given to another session since.
        if self.registry.member(who).is_some_and(|member| member.session == cx.session()) {
            self.remove(cx, who);
            self.settle(cx);
        }
    }

    #[inline]
    pub(super) fn message(&mut self, who: usize, cx: &mut Cx<'_>, message: Message<'_>) {
        self.execute(who, cx, message);
        if !self.over.is_empty() {
            self.settle(cx);
        }
    }

    #[inline]
    fn execute(&mut self, who: usize, cx: &mut Cx<'_>, message: Message<'_>) {
        // Disconnected, but not yet gone.
        if self.registry.member(who).is_none_or(|member| member.session != cx.session()) {
            return;
        }
        let (token, bytes) = (message.token, message.bytes);
        if bytes.len() > self.config.max_text.bytes() as usize {
            return self.too_long(
                cx,
                who,
                token,
                bytes.len(),
                self.config.max_text.bytes() as usize,
            );
        }
        match protocol::parse(bytes) {
            protocol::Command::Say(text) => self.say(cx, who, token, text),
            protocol::Command::To { name, text } => self.say_to(cx, who, token, name, text),
            protocol::Command::Quit => {
                cx.count("quit", 1, "a session that said q");
                if let Some(goodbye) = self.config.goodbye.clone() {
                    self.tell(cx, who, token, &goodbye);
                }
                self.remove(cx, who);
                cx.close();
            }
            protocol::Command::Name(name) => match self.registry.rename(who, name) {
                Ok(name) => self.tell(cx, who, token, &Notice::YouAre(&name).text()),
                Err(refusal) => self.refuse_name(cx, who, token, name, refusal),
            },
            protocol::Command::Join(room) => self.join(cx, who, token, room),
            protocol::Command::Leave => match self.leave(cx, who) {
                Some(room) => self.tell(cx, who, token, &Notice::YouLeft(&room).text()),
                None => self.not_in_a_room(cx, who, token),
            },
            protocol::Command::Unknown => {
                cx.count("unknown-command", 1, &shown(bytes));
                let text = "! there is no such command: /name, /join, /leave, /to, /say, or q";
                self.tell(cx, who, token, text);
            }
        }
    }

    #[inline]
    fn say(&mut self, cx: &mut Cx<'_>, who: usize, token: Token, text: &[u8]) {
        let Some(room) = self.registry.room_of(who) else {
            return self.not_in_a_room(cx, who, token);
        };
        let Some(member) = self.registry.member(who) else { return };
        let speaker = Arc::clone(&member.name);
        protocol::write_delivery(&mut self.delivery, &speaker, false, text);
        let (echo, limit) = (self.config.echo, self.config.backlog.bytes() as usize);
        let from = (cx.session(), &speaker);
        let mut outgoing = Outgoing::new(token, &self.delivery, from, &self.config.ending);
        // The text came in one message, but the sender's name stands before it now.
        let mut too_long = self.delivery.len() > self.longest;
        let over = &mut self.over;
        self.registry.each_of_room(room, |to, member| {
            if (to == who && !echo) || too_long {
                return;
            }
            match member.queue.pass(cx, member.session, &mut outgoing, limit) {
                Passed::On => {}
                Passed::Dropped => over.push(to),
                Passed::TooLong => too_long = true,
            }
        });
        if too_long {
            self.too_long(cx, who, token, text.len(), 0);
        }
    }

    fn say_to(&mut self, cx: &mut Cx<'_>, who: usize, token: Token, name: &[u8], text: &[u8]) {
        let Some(to) = self.registry.find(name) else {
            cx.count("no-such-member", 1, &shown(name));
            let text = format!("! nobody is called {}", shown(name));
            return self.tell(cx, who, token, &text);
        };
        let Some(member) = self.registry.member(who) else { return };
        let speaker = Arc::clone(&member.name);
        protocol::write_delivery(&mut self.delivery, &speaker, true, text);
        if self.delivery.len() > self.longest {
            return self.too_long(cx, who, token, text.len(), 0);
        }
        let Some(member) = self.registry.member_mut(to) else { return };
        let from = (cx.session(), &speaker);
        let mut outgoing = Outgoing::new(token, &self.delivery, from, &self.config.ending);
        match member.queue.pass(
            cx,
            member.session,
            &mut outgoing,
            self.config.backlog.bytes() as usize,
        ) {
            Passed::On => {}
            Passed::TooLong => self.too_long(cx, who, token, text.len(), 0),
            Passed::Dropped => self.over.push(to),
        }
    }

    fn join(&mut self, cx: &mut Cx<'_>, who: usize, token: Token, room: &[u8]) {
        if protocol::check_name(&String::from_utf8_lossy(room)).is_err() {
            return self.refuse_name(cx, who, token, room, Refusal::Bad);
        }
        self.leave(cx, who);
        match self.registry.join_by_name(who, room) {
            Ok(room) => {
                self.tell(cx, who, token, &Notice::YouAreIn(&room).text());
                self.announce(cx, who, |name| Notice::Joined(name).text());
            }
            Err(refusal) => self.refuse_name(cx, who, token, room, refusal),
        }
    }

    fn leave(&mut self, cx: &mut Cx<'_>, who: usize) -> Option<Arc<str>> {
        self.announce(cx, who, |name| Notice::Left(name).text());
        self.registry.leave(who)
    }

    fn remove(&mut self, cx: &mut Cx<'_>, who: usize) {
        self.leave(cx, who);
        self.registry.remove(who);
    }

    /// Tells the others of a member's room something about it.
    fn announce(&mut self, cx: &mut Cx<'_>, who: usize, what: impl Fn(&str) -> String) {
        if !self.config.announce {
            return;
        }
        let Some(room) = self.registry.room_of(who) else { return };
        let Some(member) = self.registry.member(who) else { return };
        let text = what(&member.name) + &self.config.ending;
        let (mut outgoing, limit) = (
            Outgoing::new(0, text.as_bytes(), (0, &self.itself), &self.config.ending),
            self.config.backlog.bytes() as usize,
        );
        let over = &mut self.over;
        self.registry.each_of_room(room, |to, member| {
            if to != who
                && member.queue.pass(cx, member.session, &mut outgoing, limit) == Passed::Dropped
            {
                over.push(to);
            }
        });
    }

    /// The server's own words to a member.
    fn tell(&mut self, cx: &mut Cx<'_>, who: usize, token: Token, text: &str) {
        let text = [text, &self.config.ending].concat();
        let Some(member) = self.registry.member_mut(who) else { return };
        let from = (0, &self.itself);
        let mut outgoing = Outgoing::new(token, text.as_bytes(), from, &self.config.ending);
        let passed = member.queue.pass(
            cx,
            member.session,
            &mut outgoing,
            self.config.backlog.bytes() as usize,
        );
        if passed == Passed::Dropped {
            self.over.push(who);
        }
    }

    /// What becomes of the members in `over`: at the end of a hook, because a disconnected
    /// member's leaving may be one message too many for others.
    #[cold]
    fn settle(&mut self, cx: &mut Cx<'_>) {
        while let Some(who) = self.over.pop() {
            let Some(member) = self.registry.member(who) else { continue };
            let (session, name) = (member.session, member.name.clone());
            let example = format!("{name} had {} B waiting", member.queue.bytes());
            match self.config.slow {
                Slow::Drop => cx.count("dropped", 1, &example),
                Slow::Disconnect => {
                    cx.count("disconnected", 1, &example);
                    self.remove(cx, who);
                    cx.close_session(session);
                }
            }
        }
    }

    #[cold]
    fn too_long(&mut self, cx: &mut Cx<'_>, who: usize, token: Token, len: usize, most: usize) {
        cx.count("too-long", 1, &format!("{len} B"));
        let text = match most {
            0 => protocol::TOO_LONG.to_owned(),
            most => format!("! a message has at most {most} B"),
        };
        self.tell(cx, who, token, &text);
    }

    fn not_in_a_room(&mut self, cx: &mut Cx<'_>, who: usize, token: Token) {
        cx.count("not-in-a-room", 1, "a member without a room spoke or left");
        self.tell(cx, who, token, "! you are in no room: /join one first");
    }

    fn refuse_name(
        &mut self,
        cx: &mut Cx<'_>,
        who: usize,
        token: Token,
        name: &[u8],
        refusal: Refusal,
    ) {
        let (kind, text) = match refusal {
            Refusal::Bad => ("bad-name", format!("! a name has {NAME_RULE}")),
            Refusal::Taken => ("name-taken", format!("! the name {} is taken", shown(name))),
        };
        cx.count(kind, 1, &shown(name));
        self.tell(cx, who, token, &text);
    }
}

/// The beginning of what a peer wrote, fit to be shown.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(64)]);
    text.chars().map(|letter| if letter.is_control() { '?' } else { letter }).collect()
}
