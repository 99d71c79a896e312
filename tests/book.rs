//! The pages of `docs/` are a book, and what a reader is told to type does what the page says.

#[path = "harness/mod.rs"]
mod harness;
#[path = "harness/page.rs"]
mod page;

#[path = "book/claims.rs"]
mod claims;
#[path = "book/commands.rs"]
mod commands;
#[path = "book/followed.rs"]
mod followed;
#[path = "book/pages.rs"]
mod pages;
#[path = "book/shown.rs"]
mod shown;
#[path = "book/site.rs"]
mod site;
#[path = "book/summary.rs"]
mod summary;
