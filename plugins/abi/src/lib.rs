//! The C interface between wirebench and its plugins.
