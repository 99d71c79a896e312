//! Exchanges that end with the replies of a batch: their times, and the slots of the window that they
//! give back.

use crate::batch::Finished;
use crate::core::Core;
use crate::port::Port;
use wirebench_load::Finish;
use wirebench_measure::{Recorder, WindowEnd};

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
            client_state.window.end(&WindowEnd {
                measured: ended.measured,
                done: true,
                started_ns: ended.intended_ns,
                ended_ns: received,
                payload_bytes: ended.payload_bytes + len as u64,
            });
            if ended.measured {
                latency.add(
                    received.saturating_sub(ended.intended_ns),
                    &mut client_state.times.latency,
                );
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
        latency.end(&mut client_state.times.latency);
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
