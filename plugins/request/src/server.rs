//! There is no side that accepts: a scenario that asks for one is refused.

use crate::config::Config;
use wirebench_sdk::{Cx, Error, Message, Result, Server};

/// Refuses to be made.
#[derive(Debug)]
pub enum RequestServer {}

impl Server for RequestServer {
    type Config = Config;
    type Session = ();

    fn new(_: Config, _: &mut Cx<'_>) -> Result<Self> {
        Err(Error::new(
            "`request` drives a server of your own and has none itself: say which, with \
             `[server] command = [\"my-server\", \"{port}\"]` or `address = \"127.0.0.1:4000\"` in the \
             scenario, or run `wirebench drive ADDRESS --handler request`",
        ))
    }

    fn open(&mut self, _: &mut Cx<'_>) -> Result<()> {
        match *self {}
    }

    fn message(&mut self, (): &mut (), _: &mut Cx<'_>, _: Message<'_>) -> Result<()> {
        match *self {}
    }
}
