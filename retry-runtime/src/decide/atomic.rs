//! Where atomic numbers come from: the tests of interleavings put their own in this place.

pub(crate) use core::sync::atomic::{AtomicU64, AtomicU64 as AtomicTokens, Ordering};
