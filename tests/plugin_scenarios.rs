//! What a scenario asks of its plugins, and what is said of that before anything runs.

#[path = "fixtures/c_compiler.rs"]
mod c_compiler;
#[path = "plugin_scenarios/configurations.rs"]
mod configurations;
#[path = "plugin_scenarios/files.rs"]
mod files;
#[path = "plugin_scenarios/framings.rs"]
mod framings;
#[path = "harness/mod.rs"]
mod harness;
#[path = "plugin_scenarios/names.rs"]
mod names;
#[path = "plugin_scenarios/support.rs"]
mod support;
