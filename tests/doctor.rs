//! `wirebench doctor`: what it prints, what its document holds, and that the page says the same.

#[path = "harness/fields.rs"]
mod fields;
#[path = "harness/mod.rs"]
mod harness;

#[path = "doctor/codes.rs"]
mod codes;
#[path = "doctor/document.rs"]
mod document;
