//! What goes wrong on purpose: killed processes, broken plugins, full disks. The run survives what
//! it can, says what happened, and leaves nothing behind.

#[path = "fixtures/c_compiler.rs"]
mod c_compiler;
#[path = "harness/mod.rs"]
mod harness;

#[path = "faults/constructors.rs"]
mod constructors;
#[path = "faults/control.rs"]
mod control;
#[path = "faults/disk.rs"]
mod disk;
#[path = "faults/guard.rs"]
mod guard;
#[path = "faults/inherited.rs"]
mod inherited;
#[path = "faults/interrupts.rs"]
mod interrupts;
#[path = "faults/ledgers.rs"]
mod ledgers;
#[path = "faults/peers.rs"]
mod peers;
#[path = "faults/plugins.rs"]
mod plugins;
#[path = "faults/preflight.rs"]
mod preflight;
#[path = "faults/refused.rs"]
mod refused;
#[path = "faults/removed.rs"]
mod removed;
#[path = "faults/replaced.rs"]
mod replaced;
#[path = "faults/said.rs"]
mod said;
#[path = "faults/sanitizer.rs"]
mod sanitizer;
#[path = "faults/sides.rs"]
mod sides;
#[path = "faults/stopped.rs"]
mod stopped;
#[path = "faults/supervisor.rs"]
mod supervisor;
