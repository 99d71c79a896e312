//! The example repository (`docs/example`), used as its README says: its gates pass, and what is made wrong in
//! it fails with the right code and says why in each output.

mod harness;

#[path = "example/broken.rs"]
mod broken;
#[path = "example/parts.rs"]
mod parts;
#[path = "example/passes.rs"]
mod passes;
#[path = "example/repository.rs"]
mod repository;
#[path = "example/slower.rs"]
mod slower;
#[path = "example/workflows.rs"]
mod workflows;
