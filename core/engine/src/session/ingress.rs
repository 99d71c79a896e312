//! What a connection receives: bytes, their framing, and the judge of its messages.

use crate::receive::Judging;
use wirebench_framings::Framing;
use wirebench_framings::driver::ReceiveBuffer;

/// The incoming direction of a connection.
pub(crate) struct Ingress {
    /// `None`: the encoder decodes too, because one framing serves both directions.
    decoder: Option<Box<dyn Framing>>,
    judge: Judging,
    buffer: ReceiveBuffer,
    /// It is not read before the peer has taken more of what waits for it.
    paused: bool,
    /// It may have unread bytes that no event will announce again.
    unread: bool,
    /// When a late reader reads, in nanoseconds.
    read_due_ns: Option<u64>,
}

impl Ingress {
    /// Nothing was received yet.
    #[inline]
    pub(super) fn new(decoder: Option<Box<dyn Framing>>, judge: Judging) -> Self {
        Self {
            decoder,
            judge,
            buffer: ReceiveBuffer::default(),
            paused: false,
            unread: false,
            read_due_ns: None,
        }
    }

    #[inline]
    pub(super) fn decoder(&mut self) -> Option<&mut Box<dyn Framing>> {
        self.decoder.as_mut()
    }

    /// Another one decodes from now on.
    #[inline]
    pub(crate) fn set_decoder(&mut self, decoder: Option<Box<dyn Framing>>) {
        self.decoder = decoder;
    }

    /// A framing of its own decodes.
    #[inline]
    pub(crate) fn has_decoder(&self) -> bool {
        self.decoder.is_some()
    }

    /// Memory that it keeps, in bytes.
    #[inline]
    pub(crate) fn framing_keeps(&self) -> usize {
        self.decoder.as_ref().map_or(0, |decoder| decoder.keeps())
    }

    /// Who judges what is received.
    #[inline]
    pub(crate) fn judge(&self) -> &Judging {
        &self.judge
    }

    /// The same, for the next message.
    #[inline]
    pub(crate) fn judge_mut(&mut self) -> &mut Judging {
        &mut self.judge
    }

    /// What was read and not consumed.
    #[inline]
    pub(crate) fn buffer(&self) -> &ReceiveBuffer {
        &self.buffer
    }

    /// The same, to be changed.
    #[inline]
    pub(crate) fn buffer_mut(&mut self) -> &mut ReceiveBuffer {
        &mut self.buffer
    }

    /// Takes it out while it is decoded.
    #[inline]
    pub(crate) fn take_buffer(&mut self) -> ReceiveBuffer {
        std::mem::take(&mut self.buffer)
    }

    /// It is decoded as far as it goes.
    #[inline]
    pub(crate) fn keep_buffer(&mut self, buffer: ReceiveBuffer) {
        self.buffer = buffer;
    }

    /// It is not read before the peer has taken more of what waits for it.
    #[inline]
    pub(crate) fn pause(&mut self) {
        self.paused = true;
    }

    /// It is read again.
    #[inline]
    pub(crate) fn resume(&mut self) {
        self.paused = false;
    }

    #[inline]
    pub(crate) fn is_paused(&self) -> bool {
        self.paused
    }

    /// It may have unread bytes that no event will announce again, or has none.
    #[inline]
    pub(crate) fn set_unread(&mut self, unread: bool) {
        self.unread = unread;
    }

    #[inline]
    pub(crate) fn has_unread(&self) -> bool {
        self.unread
    }

    /// It is read at this time, unless it is put off already. True: it was not.
    #[inline]
    pub(crate) fn put_off(&mut self, due_ns: u64) -> bool {
        let first = self.read_due_ns.is_none();
        if first {
            self.read_due_ns = Some(due_ns);
        }
        first
    }

    /// When it is read, if that is put off.
    #[inline]
    pub(crate) fn read_due_ns(&self) -> Option<u64> {
        self.read_due_ns
    }

    /// It is read now.
    #[inline]
    pub(crate) fn read_now(&mut self) {
        self.read_due_ns = None;
    }
}
