//! The framings through their public interface. Each file under `framings/` is one behaviour.

#[path = "framings/driver.rs"]
mod driver;
#[path = "framings/mounts.rs"]
mod mounts;
#[path = "framings/properties.rs"]
mod properties;
#[path = "framings/seeded.rs"]
mod seeded;
