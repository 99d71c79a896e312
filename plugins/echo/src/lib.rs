//! The echo handler.
