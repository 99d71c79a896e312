//! The client of rooms: how its members' sessions begin and end, and what they send.

use super::exchanges::{Exchange, Exchanges};
use super::members::{Attendance, Member, Members, Phase};
use super::order::Order;
use crate::config::Config;
use crate::protocol::{self, Notice};
use std::sync::Arc;
use wirebench_sdk::{Cx, Finish, SendError, Share, Token};

/// All sessions of the client, and everything they say to each other.
pub(super) struct RoomClient {
    pub(super) config: Config,
    pub(super) members: Members,
    pub(super) rooms: Vec<Room>,
    pub(super) exchanges: Exchanges,
    /// Something was said. Until then everybody waits for all members to be in their rooms, so
    /// that who must get the first messages is certain.
    begun: bool,
    /// Messages sent to rooms and members.
    sent: u64,
    /// A message that is being composed; its memory is used again.
    line: Vec<u8>,
    /// Messages on the way to members that came or went, not counted with the host yet.
    pub(super) unsure: u64,
    /// Deliveries that are not counted with the host yet.
    pub(super) deliveries: u64,
    /// Exchanges that everybody has who must, and whose end is to be told.
    pub(super) complete: Vec<Token>,
}

pub(super) struct Room {
    name: String,
    attendance: Attendance,
    speakers: u32,
    pub(super) order: Order,
}

impl RoomClient {
    pub(super) fn new(config: Config) -> Self {
        let room = |number: u32| Room {
            name: format!("room{number}"),
            attendance: Attendance::default(),
            speakers: 0,
            order: Order::default(),
        };
        Self {
            rooms: (1..=config.rooms).map(room).collect(),
            config,
            members: Members::default(),
            exchanges: Exchanges::default(),
            begun: false,
            sent: 0,
            line: Vec::new(),
            unsure: 0,
            deliveries: 0,
            complete: Vec::new(),
        }
    }

    pub(super) fn open(&mut self, cx: &mut Cx<'_>) -> usize {
        // Sessions that closed before this one begins did so in the middle of the round.
        self.count_unsure(cx);
        let session = cx.session();
        let name: Arc<str> = format!("{}{session}", self.config.name).into();
        let room = session as usize % self.rooms.len();
        let who = self.members.add(session, Arc::clone(&name), room);
        if self.rooms[room].speakers < self.config.speakers
            && let Some(member) = self.members.get_mut(who)
        {
            member.speaks = true;
            self.rooms[room].speakers += 1;
        }
        self.command(cx, who, format!("/name {name}"));
        who
    }

    pub(super) fn start(&mut self, who: usize, cx: &mut Cx<'_>, exchange: Token) {
        self.exchanges.reserve(exchange);
        let waits = !self.begun && self.members.new > 0;
        let who = self.speaker_for(who, exchange);
        if let Some(member) = self.members.get_mut(who) {
            member.deferred.push_back(exchange);
        }
        if !waits {
            self.say_deferred(cx, who);
        }
        self.settle(cx);
    }

    /// The member that sends the message of an exchange which was started for this one.
    fn speaker_for(&self, who: usize, token: Token) -> usize {
        let Some(member) = self.members.get(who) else { return who };
        if self.config.speakers == 0 || member.speaks {
            return who;
        }
        let speaks = |_, other: &Member| other.speaks && other.room == member.room;
        self.members.find_from(mix(token), speaks).unwrap_or(who)
    }

    pub(super) fn writable(&mut self, who: usize, cx: &mut Cx<'_>) {
        if let Some(member) = self.members.get_mut(who)
            && let Some(command) = member.command.take()
        {
            self.command(cx, who, command);
        }
        self.say_deferred(cx, who);
        self.settle(cx);
    }

    pub(super) fn close(&mut self, who: usize, cx: &mut Cx<'_>) {
        let Some(member) = self.members.remove(who) else { return };
        self.rooms[member.room].attendance.forget(who);
        self.rooms[member.room].speakers -= u32::from(member.speaks);
        self.unsure += self.excuse(who);
        for (_, exchange) in self.exchanges.all() {
            // The number will be another member's.
            for set in [&mut exchange.due, &mut exchange.got, &mut exchange.may, &mut exchange.also]
            {
                set.clear(who);
            }
        }
        self.count_deliveries(cx);
        self.begin(cx);
        self.settle(cx);
    }

    /// The server's answer to what a member asked for on its way into or out of its room.
    pub(super) fn notice(&mut self, cx: &mut Cx<'_>, who: usize, bytes: &[u8]) {
        let Some(member) = self.members.get_mut(who) else { return };
        let Room { name: room, attendance, .. } = &mut self.rooms[member.room];
        let text = protocol::without_ending(bytes);
        let is = |notice: Notice<'_>| notice.text().as_bytes() == text;
        match member.phase {
            Phase::Naming if is(Notice::YouAre(&member.name)) => {}
            // What was said before may still come: it may reach the server after the next `/join`.
            Phase::Leaving if is(Notice::YouLeft(room)) => {}
            Phase::Joining if is(Notice::YouAreIn(room)) => {
                attendance.enter(who);
                member.phase = Phase::In;
                member.last_received = 0;
                self.members.settle(who);
                if self.begun {
                    self.say_deferred(cx, who);
                } else {
                    self.begin(cx);
                }
                return;
            }
            _ => {
                if let Some((count, speaker)) = protocol::dropped(bytes) {
                    self.miss(cx, who, count, speaker);
                }
                return;
            }
        }
        attendance.set_in_transit(who);
        member.phase = Phase::Joining;
        let (number, command) = (member.room, format!("/join {room}"));
        self.command(cx, who, command);
        self.expect_perhaps(number, who);
        self.count_unsure(cx);
    }

    /// What nobody in the room has received yet may reach the server after a member that now joins.
    fn expect_perhaps(&mut self, room: usize, who: usize) {
        for (_, exchange) in self.exchanges.all() {
            let undelivered = exchange.got.is_empty() && exchange.also.is_empty();
            if undelivered && exchange.room == room && !exchange.private && !exchange.may.has(who) {
                exchange.may.set(who);
                self.unsure += u64::from(!exchange.ended);
            }
        }
    }

    /// The server does not let a member in.
    pub(super) fn refused(&mut self, cx: &mut Cx<'_>, who: usize, why: &str) {
        let Some(member) = self.members.get_mut(who) else { return };
        member.phase = Phase::Refused(why.to_owned());
        self.rooms[member.room].attendance.forget(who);
        self.members.settle(who);
        self.say_deferred(cx, who);
        self.begin(cx);
    }

    /// Once all members are where they should be, what has waited for that is said.
    fn begin(&mut self, cx: &mut Cx<'_>) {
        if !self.begun && self.members.new == 0 {
            for who in 0..self.members.places() {
                self.say_deferred(cx, who);
            }
        }
    }

    fn say_deferred(&mut self, cx: &mut Cx<'_>, who: usize) {
        while let Some(member) = self.members.get_mut(who)
            && let Some(exchange) = member.deferred.front().copied()
        {
            if !self.say(cx, who, exchange) {
                return;
            }
            if let Some(member) = self.members.get_mut(who) {
                member.deferred.pop_front();
            }
        }
    }

    /// Says the payload of an exchange; false: not now.
    fn say(&mut self, cx: &mut Cx<'_>, who: usize, token: Token) -> bool {
        let Some(member) = self.members.get_mut(who) else { return true };
        match &member.phase {
            Phase::In if member.command.is_none() => {}
            Phase::Refused(why) => {
                cx.finish(token, Finish::Rejected(why));
                return true;
            }
            _ => return false,
        }
        let (session, room, before) = (member.session, member.room, member.last_sent);
        let mut exchange = Exchange {
            sender: who,
            session,
            name: Arc::clone(&member.name),
            room,
            before,
            ..Exchange::default()
        };
        let to = self.private_recipient(who, token);
        match to {
            Some(to) => {
                exchange.private = true;
                exchange.due.set(to);
            }
            None => {
                let attendance = &self.rooms[room].attendance;
                exchange.due.copy(&attendance.inside);
                exchange.may.copy(&attendance.in_transit);
                if !self.config.echo {
                    exchange.due.clear(who);
                }
            }
        }
        exchange.left = exchange.due.count();
        if exchange.left == 0 {
            cx.finish(token, Finish::Rejected("nobody else is in the room"));
            return true;
        }
        match self.send(cx, session, token, to) {
            Ok(()) => {}
            Err(SendError::Full) => return false,
            // The host ends what belongs to a session that is gone.
            Err(SendError::Closed) => return true,
            Err(error @ SendError::TooLarge) => {
                cx.finish(token, Finish::Wrong(&error.to_string()));
                return true;
            }
        }
        self.unsure += u64::from(exchange.may.count());
        self.count_unsure(cx);
        if !self.exchanges.insert(token, exchange) {
            cx.finish(token, Finish::Wrong("too many exchanges were begun while this one waited"));
            return true;
        }
        if let Some(before) = self.exchanges.get_mut(before) {
            before.after = token;
        }
        if let Some(member) = self.members.get_mut(who) {
            member.last_sent = token;
            member.under_way += 1;
        }
        self.begun = true;
        self.sent += 1;
        if self.config.churn > 0 && self.sent.is_multiple_of(self.config.churn) {
            self.send_away(cx, who, token);
        }
        true
    }

    /// The one member that the message of an exchange is for; `None`: the whole room.
    fn private_recipient(&self, who: usize, token: Token) -> Option<usize> {
        // 53 bits make a number below 1 without rounding.
        let chance = (mix(token) >> 11) as f64 / (1_u64 << 53) as f64;
        if self.config.private == Share::NONE || chance >= self.config.private.fraction() {
            return None;
        }
        self.members
            .find_from(mix(!token), |other, member| other != who && member.phase == Phase::In)
    }

    fn send(
        &mut self,
        cx: &mut Cx<'_>,
        session: u32,
        token: Token,
        to: Option<usize>,
    ) -> Result<(), SendError> {
        let payload = cx.payload(token);
        let escape = protocol::reads_as_command(payload);
        let as_it_is = to.is_none() && !escape && self.config.ending.is_empty();
        if as_it_is && session == cx.session() {
            return cx.send_payload(token);
        }
        let payload = cx.payload(token);
        self.line.clear();
        match to.and_then(|to| self.members.get(to)) {
            Some(to) => {
                self.line.extend_from_slice(b"/to ");
                self.line.extend_from_slice(to.name.as_bytes());
                self.line.push(b' ');
            }
            None if escape => self.line.extend_from_slice(b"/say "),
            None => {}
        }
        self.line.extend_from_slice(payload);
        self.line.extend_from_slice(self.config.ending.as_bytes());
        cx.send_to(session, token, &self.line)
    }

    /// True when a member may go. One at a time, and not the last but one: so there is always
    /// somebody who must get what is said.
    pub(super) fn can_spare(&self, room: usize) -> bool {
        let attendance = &self.rooms[room].attendance;
        attendance.in_transit_count == 0 && attendance.inside_count > 2
    }

    /// Some member of the sender's room leaves it and joins again.
    fn send_away(&mut self, cx: &mut Cx<'_>, sender: usize, token: Token) {
        let Some(room) = self.members.get(sender).map(|member| member.room) else { return };
        if !self.can_spare(room) {
            return;
        }
        let goes = self.members.find_from(mix(token.rotate_left(32)), |who, member| {
            who != sender && member.room == room && member.phase == Phase::In
        });
        let Some(who) = goes else { return };
        // Where there is no room for the word, it goes at a later occasion.
        let _ = self.step_out(cx, who, "/leave", Phase::Leaving);
    }

    /// A member asks to leave its room, or to end its session.
    pub(super) fn step_out(
        &mut self,
        cx: &mut Cx<'_>,
        who: usize,
        command: &str,
        phase: Phase,
    ) -> Result<(), SendError> {
        let Some(member) = self.members.get_mut(who) else { return Err(SendError::Closed) };
        let token = match phase {
            Phase::Quitting(exchange) => exchange,
            _ => 0,
        };
        let text = [command, &self.config.ending].concat();
        cx.send_to(member.session, token, text.as_bytes())?;
        member.phase = phase;
        self.rooms[member.room].attendance.set_in_transit(who);
        self.unsure += self.excuse(who);
        self.count_unsure(cx);
        Ok(())
    }

    /// What is under way to a member may reach it or not: how many messages that are.
    fn excuse(&mut self, who: usize) -> u64 {
        let mut unsure = 0;
        for (token, exchange) in self.exchanges.all() {
            if exchange.got.has(who) || !exchange.due.clear(who) {
                continue;
            }
            exchange.may.set(who);
            exchange.left -= 1;
            if !exchange.ended {
                unsure += 1;
                if exchange.left == 0 {
                    self.complete.push(token);
                }
            }
        }
        unsure
    }

    pub(super) fn count_unsure(&mut self, cx: &mut Cx<'_>) {
        if self.unsure > 0 {
            let example = "on the way to a member when it joined or left";
            cx.count("indeterminate", std::mem::take(&mut self.unsure), example);
        }
    }

    /// Sends a command, now or when there is room.
    fn command(&mut self, cx: &mut Cx<'_>, who: usize, command: String) {
        let Some(member) = self.members.get_mut(who) else { return };
        let text = [command.as_str(), &self.config.ending].concat();
        if cx.send_to(member.session, 0, text.as_bytes()) == Err(SendError::Full) {
            member.command = Some(command);
        }
    }
}

/// Spreads the bits of a number (the finishing step of SplitMix64).
fn mix(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ bits >> 31
}
