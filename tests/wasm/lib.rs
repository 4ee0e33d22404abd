//! Tests only: see `wasm.rs`.
