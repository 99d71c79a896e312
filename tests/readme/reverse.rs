//! Every message comes back reversed.

use serde::Deserialize;
use wirebench_sdk::{Client, Cx, Finish, Handler, Message, Result, Server, Token, export_plugin};

pub struct Reverse;
impl Handler for Reverse {
    const NAME: &'static str = "reverse";
    type Server = Reverser;
    type Client = Asker;
}
export_plugin! { id: "org.example.reverse", handlers: [Reverse], framings: [] }

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {}

pub struct Reverser;
impl Server for Reverser {
    type Config = Config;
    type Session = (); // the state of one connection
    fn new(_: Config, _: &mut Cx<'_>) -> Result<Self> { Ok(Self) }
    fn open(&mut self, _: &mut Cx<'_>) -> Result<()> { Ok(()) }
    fn message(&mut self, _: &mut (), cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        let reversed: Vec<u8> = message.bytes.iter().rev().copied().collect();
        Ok(cx.send(message.token, &reversed)?)
    }
}

pub struct Asker;
impl Client for Asker {
    type Config = Config;
    type Session = ();
    fn new(_: Config, _: &mut Cx<'_>) -> Result<Self> { Ok(Self) }
    fn open(&mut self, _: &mut Cx<'_>) -> Result<()> { Ok(()) }
    fn start(&mut self, _: &mut (), cx: &mut Cx<'_>, exchange: Token) -> Result<()> {
        Ok(cx.send_payload(exchange)?) // the scenario's payload
    }
    fn message(&mut self, _: &mut (), cx: &mut Cx<'_>, message: Message<'_>) -> Result<()> {
        let right = cx.payload(message.token).iter().rev().eq(message.bytes);
        cx.finish(message.token, if right { Finish::Done } else { Finish::Wrong("not reversed") });
        Ok(())
    }
}
