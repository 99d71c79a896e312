//! The framings of a side's connections, built in or from a plugin.

use super::config::Config;
use std::cell::OnceCell;
use std::rc::Rc;
use wirebench_framings::driver::encode;
use wirebench_framings::{
    Framing, FramingSpec, PluginName, Prepared, Role, raw_datagrams, together,
};
use wirebench_link::ReadBound;

/// Makes a framing that a plugin brings, by its spec and the plugin's name, for a session or for none.
pub type PluginFramings =
    Rc<dyn Fn(&FramingSpec, &PluginName, Role, Option<u32>) -> Result<Box<dyn Framing>, String>>;

/// The framing that encodes, and the one that decodes unless it is the same.
type Pair = (Box<dyn Framing>, Option<Box<dyn Framing>>);

/// Who makes the framing of a direction.
enum Maker {
    /// Its settings are checked once, however many connections there will be.
    BuiltIn(Result<Prepared, String>),
    Plugin(PluginName),
}

/// The framing of one direction.
struct Direction {
    spec: FramingSpec,
    maker: Maker,
}

impl Direction {
    fn new(spec: FramingSpec) -> Self {
        let maker = match spec.brought_by() {
            None => Maker::BuiltIn(Prepared::new(&spec).map_err(|error| error.message)),
            Some(plugin) => Maker::Plugin(plugin),
        };
        Self { spec, maker }
    }
}

/// Makes the framings of new connections. A copy does without checking the settings anew.
#[derive(Clone)]
pub struct Framings {
    outgoing: Rc<Direction>,
    incoming: Rc<Direction>,
    role: Role,
    /// Every frame is a datagram.
    datagrams: bool,
    /// The kernel lets go what a read does not take of a packet.
    packets: bool,
    plugins: PluginFramings,
    /// What [`longest_in`](Self::longest_in) has found.
    longest: OnceCell<usize>,
}

impl Framings {
    /// Those of the round; `plugins` makes what is not built in.
    #[inline]
    pub fn new(config: &Config, plugins: PluginFramings) -> Self {
        let settings = &config.settings;
        let (outgoing, incoming) = match config.role {
            Role::Client => (&settings.request_framing, &settings.reply_framing),
            Role::Server => (&settings.reply_framing, &settings.request_framing),
        };
        let role = config.role;
        let [outgoing, incoming] =
            [outgoing, incoming].map(|spec| Rc::new(Direction::new(spec.clone())));
        let kind = settings.transport.kind;
        let (datagrams, packets) = (kind.has_datagrams(), kind.has_packets());
        Self { outgoing, incoming, role, datagrams, packets, plugins, longest: OnceCell::new() }
    }

    /// The framings of the connection of `session`.
    #[inline]
    pub(super) fn make(&self, session: u32) -> Result<Pair, String> {
        if let Some(both) = self.both()? {
            return Ok((both, None));
        }
        let encoder = self.one(&self.outgoing, Some(session))?;
        if encoder.capabilities().duplex {
            return Ok((encoder, None));
        }
        Ok((encoder, Some(self.one(&self.incoming, Some(session))?)))
    }

    /// One framing for two directions that differ and cannot do without each other.
    fn both(&self) -> Result<Option<Box<dyn Framing>>, String> {
        match (&self.outgoing.maker, &self.incoming.maker) {
            (Maker::BuiltIn(Ok(outgoing)), Maker::BuiltIn(Ok(incoming))) if !self.datagrams => {
                together(outgoing, incoming, self.role).map_err(|error| error.message)
            }
            _ => Ok(None),
        }
    }

    /// Of which directions the framing delivers what the reads make of it. Of packets it always does: a
    /// read that is too short loses the rest.
    #[inline]
    pub(super) fn read_bound(&self) -> ReadBound {
        let of = |direction: &Direction| {
            !self.datagrams
                && self.one(direction, None).is_ok_and(|framing| !framing.capabilities().invariant)
        };
        ReadBound { incoming: self.packets || of(&self.incoming), outgoing: of(&self.outgoing) }
    }

    /// The longest message that the outgoing direction carries, in bytes.
    #[inline]
    pub fn longest_outgoing(&self) -> Result<usize, String> {
        let max = self.one(&self.outgoing, None)?.capabilities().max;
        Ok(usize::try_from(max).unwrap_or(usize::MAX))
    }

    /// The longest message of the outgoing direction; with `room`, the longest one of plain text whose
    /// frame takes so many bytes at most. `room` does not change.
    #[inline]
    pub(super) fn longest_in(&self, room: Option<usize>) -> Result<usize, String> {
        if let Some(longest) = self.longest.get() {
            return Ok(*longest);
        }
        let longest = match room {
            None => self.longest_outgoing()?,
            Some(room) => self.fitting(room)?,
        };
        Ok(*self.longest.get_or_init(|| longest))
    }

    fn fitting(&self, room: usize) -> Result<usize, String> {
        let mut longest = room.min(self.longest_outgoing()?);
        // A header may be shorter once the message is.
        for _ in 0..2 {
            let mut framing = self.one(&self.outgoing, None)?;
            let (message, mut bytes) = (vec![b'x'; longest], Vec::new());
            if encode(&mut *framing, 0, &message, &mut bytes, usize::MAX).is_err() {
                break;
            }
            longest = longest.saturating_sub(bytes.len().saturating_sub(room));
        }
        Ok(longest)
    }

    /// The longest message of either direction that does not depend on reads, in bytes.
    #[inline]
    pub(super) fn longest(&self) -> Result<usize, String> {
        let of = |direction: &Direction| {
            let capabilities = self.one(direction, None)?.capabilities();
            Ok::<_, String>(if capabilities.invariant { capabilities.max } else { 0 })
        };
        let longest = of(&self.incoming)?.max(of(&self.outgoing)?);
        Ok(usize::try_from(longest).unwrap_or(usize::MAX))
    }

    /// The framing of the incoming direction, at its beginning.
    #[inline]
    pub(super) fn incoming(&self) -> Result<Box<dyn Framing>, String> {
        self.one(&self.incoming, None)
    }

    fn one(&self, of: &Direction, session: Option<u32>) -> Result<Box<dyn Framing>, String> {
        if !self.datagrams {
            return self.any(of, session);
        }
        if of.spec.is_raw() {
            return Ok(raw_datagrams());
        }
        let framing = self.any(of, session)?;
        let capabilities = framing.capabilities();
        // Of a plugin's framing this is not known any earlier.
        if capabilities.duplex || capabilities.stream_only {
            return Err(format!(
                "the framing `{}` needs a stream: it cannot be used over datagrams",
                of.spec.kind
            ));
        }
        Ok(framing)
    }

    fn any(&self, of: &Direction, session: Option<u32>) -> Result<Box<dyn Framing>, String> {
        match &of.maker {
            Maker::BuiltIn(prepared) => {
                let prepared = prepared.as_ref().map_err(Clone::clone)?;
                prepared.framing(self.role).map_err(|error| error.message)
            }
            Maker::Plugin(plugin) => (self.plugins)(&of.spec, plugin, self.role, session),
        }
    }
}
