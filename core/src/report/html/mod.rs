//! The report as one page of HTML.

#![allow(dead_code, unused_imports, reason = "the page that shows the pictures is not here yet")]

pub(crate) mod picture;
