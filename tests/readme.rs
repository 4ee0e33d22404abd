//! Compiles and runs every Rust block of the README.
#![doc = include_str!("../README.md")]
