//! Tests only: see `closures.rs`.
