//! What does not go together with datagrams: framings that need a stream, settings of streams, and
//! frames that no datagram can hold.

use super::diagnostics::{Diagnostic, Place, Sink};
use super::framings::{ChosenFraming, FramingPair};
use super::key::grouped;
use super::layered::{Layered, Values};
use super::partial::PartialSettings;
use super::plan::{Transport, WritePolicy};
use super::transports::TransportList;
use super::validate::Extent;
use wirebench_framings::driver::encode;
use wirebench_framings::{FramingSpec, Role, build};
use wirebench_values::Size;

/// What a cell over datagrams has where nothing is said: `raw`. Errors show the transport.
pub(super) fn default_framing(values: &Values) -> Option<FramingPair> {
    let spec = FramingSpec::parse("raw", serde_json::Map::new()).ok()?;
    let place = values.get("transport.kind").map_or(Place::start_of(0), |kind| kind.node.place);
    let chosen = ChosenFraming { capabilities: spec.nature_on_datagrams().ok(), spec, place };
    Some(FramingPair { request: chosen.clone(), reply: chosen })
}

/// Reports everything that does not go together with the transport's datagrams, and what only one
/// that may lose them has.
pub(super) fn check(values: &Values, partial: &PartialSettings, sink: &mut Sink) {
    let kind = partial.settings.transport.kind;
    if kind.has_datagrams() {
        framings(values, partial, sink);
        writes(values, partial, sink);
    }
    if kind.is_reliable() {
        horizon(values, sink);
    }
}

/// Reports a key whose frames are longer than a datagram can be.
pub(super) fn fits(
    values: &Values,
    key: &str,
    given: &Layered,
    extent: Extent,
    framing: &ChosenFraming,
    transport: &Transport,
    sink: &mut Sink,
) {
    let Some(limit) = transport.longest_write() else { return };
    let longest_frame = if extent.largest > limit {
        extent.largest
    } else {
        frame_length(&framing.spec, extent.largest).unwrap_or(extent.largest)
    };
    if longest_frame <= limit {
        return;
    }
    let (place, frame) = (given.node.place, longest_frame - extent.largest);
    let around = match frame {
        0 => String::new(),
        more => format!(", {} B with the framing", grouped(extent.largest + more)),
    };
    let message = format!(
        "`{key}` reaches {}{around}, but a datagram holds at most {} B here",
        Size::from_bytes(extent.largest),
        grouped(limit)
    );
    let buffer = values.get("transport.send-buffer");
    let by_buffer = transport.kind.is_bound_by_send_buffer();
    let cause = buffer.filter(|_| by_buffer).or(values.get("transport.kind"));
    let help = if by_buffer {
        "send smaller messages, or set a larger `transport.send-buffer`"
    } else {
        "send smaller messages, or use a stream"
    };
    sink.push(
        Diagnostic::new(place, message)
            .related(cause.map_or(place, |given| given.node.place), "the transport")
            .help(help),
    );
}

/// The length of a message's frame; `None` where only a plugin knows it.
pub(super) fn frame_length(spec: &FramingSpec, len: u64) -> Option<u64> {
    if spec.is_raw() {
        return Some(len);
    }
    let mut framing = build(spec, Role::Client).ok()?;
    let message = vec![b'x'; usize::try_from(len).ok()?];
    let frame = encode(&mut *framing, 0, &message, &mut Vec::new(), 1).ok()?;
    let left_out = frame.borrowed_at.map_or(0, |_| message.len());
    Some((frame.own_bytes + left_out) as u64)
}

fn framings(values: &Values, partial: &PartialSettings, sink: &mut Sink) {
    let (request, reply) = (&partial.framings.request, &partial.framings.reply);
    let same = request.place == reply.place;
    for chosen in [Some(request), Some(reply).filter(|_| !same)].into_iter().flatten() {
        let Some(capabilities) = chosen.capabilities else { continue };
        if !capabilities.stream_only && !capabilities.duplex {
            continue;
        }
        let why = if capabilities.duplex {
            "it waits for the peer's word, which may be lost"
        } else {
            "it marks a boundary in a stream, and every datagram has its own"
        };
        let message = format!("`{}` cannot be used over datagrams: {why}", chosen.spec.kind);
        sink.push(
            Diagnostic::new(chosen.place, message)
                .related(transport(values, chosen.place), "the transport has datagrams")
                .help("use `raw`, or a framing that marks every boundary in its bytes"),
        );
    }
}

fn writes(values: &Values, partial: &PartialSettings, sink: &mut Sink) {
    if partial.settings.transport.write != WritePolicy::HeaderBody {
        return;
    }
    let Some(write) = values.get("transport.write") else { return };
    let message = "`write = \"header-body\"` cannot be used over datagrams: each write would be a \
                   datagram of its own";
    sink.push(
        Diagnostic::new(write.node.place, message)
            .related(transport(values, write.node.place), "the transport has datagrams")
            .help("use `\"message\"` or `\"batch\"`"),
    );
}

/// A setting of those that may lose something, on a transport that does not.
fn horizon(values: &Values, sink: &mut Sink) {
    let Some(given) = values.get("transport.horizon").filter(|given| given.layer > 0) else {
        return;
    };
    let TransportList { spoken, toml } = TransportList::with(|kind| !kind.is_reliable());
    let message =
        format!("`horizon` is a setting of {spoken}: all others keep the order and lose nothing");
    sink.push(
        Diagnostic::new(given.key_place, message)
            .related(
                transport(values, given.key_place),
                format!("the transport is not {spoken} here"),
            )
            .help(format!(
                "remove it; if only some cells use {spoken}, put it into an `[[override]]` with \
                 `when = {{ \"transport.kind\" = {toml} }}`"
            )),
    );
}

fn transport(values: &Values, otherwise: Place) -> Place {
    values.get("transport.kind").map_or(otherwise, |kind| kind.node.place)
}
