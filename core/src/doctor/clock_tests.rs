//! Clocks that are slow, dear, coarse or wrong, and this one.

use super::*;
use crate::doctor::finding::State::{self, ChangeThis, Fine, NotKnown, WorthKnowing};
use crate::doctor::fixture::says;
use crate::machine::affinity;
use nix::unistd::Pid;

const GOOD: Measured = Measured {
    counter: true,
    cost_ns: 12.0,
    resolution_ns: Some(1),
    processors: 2,
    backwards: 0,
    compared: 1,
    apart_ns: 0,
};

const CURRENT: &str = "sys/devices/system/clocksource/clocksource0/current_clocksource";
const AVAILABLE: &str = "sys/devices/system/clocksource/clocksource0/available_clocksource";

#[track_caller]
fn is(finding: &Finding, state: State, word: &str) {
    let said = format!("{} | {:?}", finding.found, finding.advice);
    assert!(finding.state == state && said.contains(word), "{:?}: {said}", finding.state);
}

#[test]
fn a_slow_source_is_to_be_changed_and_says_why_it_is_used() {
    let kernels = Measured { counter: false, ..GOOD };
    says(|root| source(root, &GOOD), &[(CURRENT, "tsc\n")], Fine, &["cycle counter"]);
    let given_up = [(CURRENT, "hpet\n"), (AVAILABLE, "tsc hpet acpi_pm \n")];
    says(|root| source(root, &kernels), &given_up, ChangeThis, &["hpet", "dmesg"]);
    let none = [(CURRENT, "acpi_pm\n"), (AVAILABLE, "acpi_pm\n")];
    says(|root| source(root, &kernels), &none, ChangeThis, &["acpi_pm", "constant_tsc"]);
    let guest = [(CURRENT, "kvm-clock\n")];
    says(|root| source(root, &kernels), &guest, WorthKnowing, &["kvm-clock"]);
    says(|root| source(root, &kernels), &[], NotKnown, &["CLOCK_MONOTONIC"]);
}

#[test]
fn a_dear_or_coarse_reading_is_to_be_changed() {
    is(&cost(&GOOD), Fine, "12 ns a reading");
    is(&cost(&Measured { cost_ns: 800.0, ..GOOD }), ChangeThis, "800 ns");
    is(&cost(&Measured { resolution_ns: Some(4_000_000), ..GOOD }), ChangeThis, "4,000,000 ns");
    is(&cost(&Measured { resolution_ns: None, ..GOOD }), ChangeThis, "never moved");
}

#[test]
fn a_clock_that_goes_backwards_or_differs_between_processors_is_told() {
    is(&monotonic(&GOOD), Fine, "40,000 readings on 2 processors");
    is(&monotonic(&Measured { backwards: 3, ..GOOD }), ChangeThis, "3 of 40,000");
    is(&monotonic(&Measured { processors: 0, ..GOOD }), NotKnown, "");
    is(&agreement(&GOOD), Fine, "2 processors");
    is(&agreement(&Measured { apart_ns: 90, ..GOOD }), WorthKnowing, "90 ns");
    is(&agreement(&Measured { apart_ns: 9_000, ..GOOD }), ChangeThis, "9000 ns");
    is(&agreement(&Measured { compared: 0, ..GOOD }), NotKnown, "");
}

#[test]
fn this_clock_is_read_on_every_processor() {
    let usable = affinity(Pid::from_raw(0)).unwrap();
    let measured = measure(Clock::calibrate(), usable.numbers());
    let looked = usable.numbers().len().min(MOST);
    assert_eq!((measured.processors, measured.compared), (looked, looked - 1));
    assert!(measured.resolution_ns.is_some());
    // A processor that is not there is not counted.
    let none = measure(Clock::calibrate(), &[1_023]);
    assert_eq!((none.processors, none.compared), (0, 0));
}
