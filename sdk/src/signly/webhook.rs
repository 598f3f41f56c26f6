//! Callbacks of Signly.
