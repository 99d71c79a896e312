//! Safe traits for wirebench plugins.
