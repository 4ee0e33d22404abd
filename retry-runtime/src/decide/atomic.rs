//! The atomic types; tests of thread interleavings replace this file by one with checked types.

pub(crate) use core::sync::atomic::{AtomicU64, AtomicU64 as AtomicTokens, Ordering};
