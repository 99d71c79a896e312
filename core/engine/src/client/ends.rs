//! Exchanges that end with the replies of a batch: their times, and the slots of the window that they
//! give back.

use crate::batch::Finished;
use crate::core::Core;
use crate::port::Port;
use wirebench_load::Finish;
use wirebench_measure::{Recorder, Window, WindowEnd};

/// A time that comes several times in a row, as it does in a batch, and is recorded once.
#[derive(Default)]
struct RunOfTimes {
    ns: u64,
    count: u64,
}

impl RunOfTimes {
    #[inline(always)]
    fn add(&mut self, ns: u64, into: &mut Recorder) {
        if ns != self.ns {
            self.end(into);
            *self = Self { ns, count: 0 };
        }
        self.count += 1;
    }

    /// The same for a latency, which belongs to the window's series, too.
    #[inline(always)]
    fn add_latency(&mut self, ns: u64, ended_ns: u64, into: &mut Recorder, window: &mut Window) {
        if ns != self.ns {
            self.end_latency(ended_ns, into, window);
            *self = Self { ns, count: 0 };
        }
        self.count += 1;
    }

    #[inline(always)]
    fn end_latency(&self, ended_ns: u64, into: &mut Recorder, window: &mut Window) {
        if self.count > 0 {
            into.record_n(self.ns, self.count);
            window.time(ended_ns, self.ns, self.count);
        }
    }

    #[inline(always)]
    fn end(&self, into: &mut Recorder) {
        if self.count > 0 {
            into.record_n(self.ns, self.count);
        }
    }
}

impl<P: Port> Core<P> {
    /// Books the exchanges that have ended in order, each with its reply.
    #[inline]
    pub(crate) fn end_finished(&mut self) {
        if let Some(finished) = self.together.batch.take_finished() {
            self.end_together(&finished);
        }
    }

    #[inline(never)]
    fn end_together(&mut self, finished: &Finished) {
        let Finished { first, count, len, slot, session } = *finished;
        let received = self.hook.received_ns();
        let service = first.handed_over_ns.wrapping_sub(first.cause_received_ns);
        let reply = received.wrapping_sub(first.handed_over_ns);
        let (mut freed, mut timed) = (0, 0);
        let (mut latency, mut requests) = (RunOfTimes::default(), RunOfTimes::default());
        for index in 0..count as u64 {
            let Some(client_state) = self.client.as_deref_mut() else { return };
            let token = first.exchange.wrapping_add(index);
            let Some(ended) = client_state.finish_exchange(token, Finish::Done) else {
                self.finished_in_vain(token);
                continue;
            };
            client_state.timed_out_in_a_row = 0;
            if client_state.open.is_some() {
                client_state.audit_end(&ended, received, 0, 0);
            }
            client_state.window.end(&WindowEnd {
                measured: ended.measured,
                done: true,
                unanswered: false,
                started_ns: ended.started_ns,
                ended_ns: received,
                payload_bytes: ended.payload_bytes + len as u64,
            });
            if ended.measured {
                latency.add_latency(
                    received.saturating_sub(ended.intended_ns),
                    received,
                    &mut client_state.times.latency,
                    &mut client_state.window,
                );
                if let Some(open) = &mut client_state.open {
                    open.time(&ended, received);
                }
                let request = first.cause_received_ns.wrapping_sub(ended.handed_over_ns);
                if first.cause_received_ns != 0 {
                    if (request | service | reply) >> 63 == 0 {
                        requests.add(request, &mut client_state.times.oneway_request);
                        timed += 1;
                    } else {
                        client_state.note_negative([request, service, reply]);
                    }
                }
            }
            if ended.session == session {
                freed += 1;
            } else {
                self.free_slot(&ended);
            }
        }
        let Some(client_state) = self.client.as_deref_mut() else { return };
        latency.end_latency(received, &mut client_state.times.latency, &mut client_state.window);
        requests.end(&mut client_state.times.oneway_request);
        if timed > 0 {
            client_state.times.service.record_n(service, timed);
            client_state.times.oneway_reply.record_n(reply, timed);
        }
        if let (1.., Some(connection)) = (freed, self.table.get_mut(slot)) {
            connection.free_window_slots(freed);
            client_state.freed.insert(slot);
        }
    }
}
