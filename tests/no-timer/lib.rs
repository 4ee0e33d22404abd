//! Tests only: see `ui.rs`.
