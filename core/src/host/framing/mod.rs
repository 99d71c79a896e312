//! A plugin's framing as one of ours. Everything it answers is checked before it is believed.
#![allow(unsafe_code)] // calls through the plugin's table

mod answers;
mod encoded;

use super::plugin_error::{PluginError, kind_of};
use super::{ConfigError, Watched};
use crate::framing::{
    Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Gate, Nanos, Role,
};
use crate::handler::Hook;
use crate::handler::HookErrorKind;
use answers::{EMPTY, adopt, capabilities};
use encoded::{EMPTY_FRAME, frame_of, refusal};
use std::ffi::c_void;
use std::ptr::null_mut;
use wirebench_abi as abi;
use wirebench_abi::status;

/// One end of a connection framed by a plugin.
pub(super) struct PluginFraming {
    table: &'static abi::Framing,
    raw: *mut c_void,
    label: String,
    watched: Watched,
    /// Why it cannot be called any more.
    broken: Option<String>,
    /// The same, where it is the plugin's own fault and not the peer's.
    fault: Option<String>,
    capabilities: Capabilities,
}

// SAFETY: the interface says that an instance may be called from any thread, one at a time, and
// all calls that change something need `&mut self`.
unsafe impl Send for PluginFraming {}

/// Where a call sets its error; the plugin sees the first field alone.
#[repr(C)]
struct Reporter {
    report: abi::Report,
    error: PluginError,
}

impl Reporter {
    fn new() -> Self {
        let struct_size = size_of::<abi::Report>() as u32;
        let report = abi::Report { struct_size, reserved: 0, set_error };
        Self { report, error: PluginError::default() }
    }

    fn as_report(&mut self) -> *mut abi::Report {
        // From the whole, so that the way back to `error` is open.
        (&raw mut *self).cast()
    }
}

unsafe extern "C" fn set_error(
    report: *mut abi::Report,
    pointer: *const u8,
    pointer_len: usize,
    text: *const u8,
    text_len: usize,
) {
    // SAFETY: the report is the first field of a `Reporter` that lives until the call returns and
    // that nobody else touches meanwhile; the plugin lends the texts.
    unsafe {
        (*report.cast::<Reporter>()).error.set((pointer, pointer_len), (text, text_len));
    }
}

impl PluginFraming {
    /// Makes one; `table` passed the checks of the loader.
    pub(super) fn create(
        table: &'static abi::Framing,
        label: String,
        config_json: &str,
        role: Role,
        watched: Watched,
    ) -> Result<Self, ConfigError> {
        let role = match role {
            Role::Client => abi::role::CLIENT,
            Role::Server => abi::role::SERVER,
        };
        let (config, len) = (config_json.as_ptr(), config_json.len());
        let mut reporter = Reporter::new();
        let mut raw = null_mut();
        let create = table.create.expect("checked at load");
        // SAFETY: all arguments outlive the call.
        let answer = noted(&watched, Hook::Create, || unsafe {
            create(reporter.as_report(), role, config, len, &mut raw)
        });
        if answer != status::OK {
            let error = reporter.error.take(answer);
            watched.crumb.fail(watched.call(Hook::Create).pack());
            let message = match kind_of(answer) {
                HookErrorKind::Panic => format!("{label} panicked in `create`: {}", error.text),
                _ => error.text,
            };
            return Err(ConfigError { pointer: error.pointer, message });
        }
        let capabilities =
            noted(&watched, Hook::Nature, || capabilities(table, raw)).map_err(|text| {
                watched.crumb.fail(watched.call(Hook::Nature).pack());
                ConfigError::whole(format!("{label} {text}"))
            })?;
        Ok(Self { table, raw, label, watched, broken: None, fault: None, capabilities })
    }

    /// Calls one of the three functions that find messages, and takes over what it found.
    fn decode(
        &mut self,
        hook: Hook,
        input: &[u8],
        out: &mut Decoded,
        call: impl Fn(&Self, *mut abi::Report, &[u8], *mut abi::Decoded) -> i32,
    ) -> Result<(), DecodeError> {
        self.alive().map_err(|text| DecodeError { at: 0, text })?;
        let mut found = EMPTY;
        let mut reporter = Reporter::new();
        let answer =
            noted(&self.watched, hook, || call(self, reporter.as_report(), input, &mut found));
        if answer != status::OK && answer != status::MALFORMED {
            let text = self.fail(hook, answer, &mut reporter.error);
            return Err(DecodeError { at: 0, text });
        }
        if let Err(cause) = adopt(&found, &self.capabilities, input, out) {
            let text = self.breaks(hook, format!("broke a rule in `{}`: {cause}", hook.name()));
            return Err(DecodeError { at: 0, text });
        }
        if answer == status::MALFORMED {
            let text = reporter.error.take(answer).text;
            self.broken = Some(format!("{} was called after an error", self.label));
            return Err(DecodeError { at: found.error_at.min(input.len()), text });
        }
        if out.again && found.consumed == 0 {
            let text = self.breaks(hook, "asks to be called again but consumed nothing".into());
            return Err(DecodeError { at: 0, text });
        }
        Ok(())
    }

    fn alive(&self) -> Result<(), String> {
        self.broken.clone().map_or(Ok(()), Err)
    }

    #[cold]
    fn fail(&mut self, hook: Hook, answer: i32, error: &mut PluginError) -> String {
        let text = error.take(answer).text;
        let name = hook.name();
        let how = match kind_of(answer) {
            HookErrorKind::Panic => format!("panicked in `{name}`: {text}"),
            HookErrorKind::Poisoned => format!("was not called in `{name}`: {text}"),
            _ => format!("failed in `{name}` (status {answer}): {text}"),
        };
        self.breaks(hook, how)
    }

    #[cold]
    fn breaks(&mut self, hook: Hook, how: String) -> String {
        self.watched.crumb.fail(self.watched.call(hook).pack());
        let text = format!("{} {how}", self.label);
        self.broken = Some(text.clone());
        self.fault = Some(text.clone());
        text
    }
}

impl Framing for PluginFraming {
    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn gate(&self, now: Nanos) -> Gate {
        let (Some(gate), None) = (self.table.gate, &self.broken) else { return Gate::Open };
        let mut until = now;
        // SAFETY: the instance is alive; `until` outlives the call.
        let answer =
            noted(&self.watched, Hook::Gate, || unsafe { gate(self.raw, now, &mut until) });
        match answer {
            abi::gate::UNTIL if until > now => Gate::Until(until),
            abi::gate::BLOCKED => Gate::Blocked,
            _ => Gate::Open,
        }
    }

    fn encode(
        &mut self,
        now: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        self.alive().map_err(|text| EncodeError::Failed { text })?;
        let encode = self.table.encode.expect("checked at load");
        let mut reporter = Reporter::new();
        let mut frame = EMPTY_FRAME;
        let (ptr, len) = (payload.as_ptr(), payload.len());
        // SAFETY: the instance is alive; the arguments outlive the call.
        let answer = noted(&self.watched, Hook::Encode, || unsafe {
            encode(self.raw, reporter.as_report(), now, ptr, len, &mut frame)
        });
        if answer != status::OK {
            if let Some(why) = refusal(answer, &frame, len) {
                return Err(why);
            }
            let text = self.fail(Hook::Encode, answer, &mut reporter.error);
            return Err(EncodeError::Failed { text });
        }
        let (header, rest) = match frame_of(&frame, &self.capabilities, len) {
            Ok(parts) => parts,
            Err(how) => {
                let text = self.breaks(Hook::Encode, how);
                return Err(EncodeError::Failed { text });
            }
        };
        out.header(header);
        if frame.payload != 0 {
            out.payload(payload);
        }
        out.bytes(rest);
        out.later = frame.later;
        out.close = frame.close != 0;
        Ok(())
    }

    fn feed(&mut self, now: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let feed = self.table.feed.expect("checked at load");
        self.decode(Hook::Feed, input, out, |this, report, input, found| {
            // SAFETY: the instance is alive; the arguments outlive the call.
            unsafe { feed(this.raw, report, now, input.as_ptr(), input.len(), found) }
        })
    }

    fn end_of_input(
        &mut self,
        now: Nanos,
        input: &[u8],
        out: &mut Decoded,
    ) -> Result<(), DecodeError> {
        let Some(end) = self.table.end_of_input else {
            if input.is_empty() {
                return Ok(());
            }
            return Err(DecodeError::ended_inside(input));
        };
        self.decode(Hook::EndOfInput, input, out, |this, report, input, found| {
            // SAFETY: the instance is alive; the arguments outlive the call.
            unsafe { end(this.raw, report, now, input.as_ptr(), input.len(), found) }
        })
    }

    fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    fn keeps(&self) -> usize {
        let (Some(keeps), None) = (self.table.keeps, &self.broken) else { return 0 };
        // SAFETY: the instance is alive.
        let bytes = noted(&self.watched, Hook::Keeps, || unsafe { keeps(self.raw) });
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }

    fn deadline(&self) -> Option<Nanos> {
        let (Some(deadline), None) = (self.table.deadline, &self.broken) else { return None };
        let mut at = 0;
        // SAFETY: the instance is alive; `at` outlives the call.
        let answer =
            noted(&self.watched, Hook::Deadline, || unsafe { deadline(self.raw, &mut at) });
        (answer == 1).then_some(at)
    }

    fn timeout(&mut self, now: Nanos, out: &mut Decoded) -> Result<(), DecodeError> {
        let Some(timeout) = self.table.timeout else { return Ok(()) };
        self.decode(Hook::Timeout, &[], out, |this, report, _, found| {
            // SAFETY: the instance is alive; the arguments outlive the call.
            unsafe { timeout(this.raw, report, now, found) }
        })
    }
}

impl Drop for PluginFraming {
    fn drop(&mut self) {
        let destroy = self.table.destroy.expect("checked at load");
        // SAFETY: the instance was made by this table's `create` and is used for the last time.
        noted(&self.watched, Hook::Destroy, || unsafe { destroy(self.raw) });
    }
}

/// Makes a call that can be seen from outside.
#[inline]
fn noted<T>(watched: &Watched, hook: Hook, call: impl FnOnce() -> T) -> T {
    let outer = watched.crumb.enter_within(watched.call(hook).pack());
    let answer = call();
    watched.crumb.leave_for(outer);
    answer
}
