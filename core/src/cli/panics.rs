//! Panics of this program, told as everything else is: cleaned, because they quote what led to them.

use super::screen::Screen;
use crate::text::Page;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::PanicHookInfo;

/// Has every panic of this process printed through the screen.
pub(super) fn clean_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let (_, mut err) = Screen::both();
        let place = panic.location().map(ToString::to_string);
        let backtrace = Backtrace::capture();
        let backtrace = match backtrace.status() {
            BacktraceStatus::Captured => backtrace.to_string(),
            _ => String::new(),
        };
        // Who cannot be told is not told.
        let _ = err.page(&page(message(panic), place.as_deref(), &backtrace));
    }));
}

fn message<'a>(panic: &'a PanicHookInfo<'_>) -> &'a str {
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it has no words")
}

fn page(message: &str, place: Option<&str>, backtrace: &str) -> Page {
    let mut page = Page::new();
    let place = place.unwrap_or("an unknown place");
    page.line(format_args!("error: internal error (a bug of wirebench) at {place}: {message}"));
    if backtrace.is_empty() {
        page.line("RUST_BACKTRACE=1 in the environment shows how it came there");
    }
    backtrace.lines().for_each(|line| page.line(line));
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_panic_quotes_is_cleaned() {
        let told = page("no \u{1b}]0;x\u{7}\nline", Some("a.rs:1:2"), "");
        let first = told.lines().next();
        let wanted =
            "error: internal error (a bug of wirebench) at a.rs:1:2: no \\u{1b}]0;x\\u{7}\\nline";
        assert_eq!(first, Some(wanted));
        let told = page("x", None, "  0: one\r\n  1: two\u{9b}");
        assert!(told.ends_with("  0: one\n  1: two\\u{9b}\n"), "{told}");
    }
}
