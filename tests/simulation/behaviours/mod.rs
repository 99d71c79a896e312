//! What a side does with bytes, time, windows and damage, behaviour by behaviour.

mod conversations;
mod counted;
mod counts;
mod datagram_faults;
mod datagrams;
mod framings;
mod late;
mod link;
mod merging;
mod one_message;
mod open_loop;
mod packets;
mod payloads;
mod seeded;
mod sessions;
mod transports;
mod window;
