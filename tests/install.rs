//! wirebench as it is installed: the program below a prefix, with plugins, scenarios, completions and manual
//! around it, used from any folder.

#[path = "harness/mod.rs"]
mod harness;

#[path = "install/completions.rs"]
mod completions;
#[path = "install/manual.rs"]
mod manual;
#[path = "install/names.rs"]
mod names;
#[path = "install/page.rs"]
mod page;
#[path = "install/plugins.rs"]
mod plugins;
#[path = "install/support.rs"]
mod support;
