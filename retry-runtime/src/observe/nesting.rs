//! What is told of retries inside retries.

use crate::sites::site::Site;

/// Retried calls of one site inside attempts of another.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "read for events"))]
pub(crate) struct NestedCall {
    pub(crate) outer: &'static Site,
    pub(crate) inner: &'static Site,
    /// How many attempts each makes at most.
    pub(crate) attempts: (u32, u32),
    /// Attempts of the outer one within which another site retried.
    pub(crate) count: u64,
    /// Whether this attempt has just been counted.
    pub(crate) is_counted: bool,
}

/// A client that repeats requests inside attempts that are repeated too.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "read for events"))]
pub(crate) struct ClientRetries {
    pub(crate) site: &'static Site,
    /// How many attempts each makes at most, the site first.
    pub(crate) attempts: (u32, u32),
    /// Requests inside attempts of the site so far.
    pub(crate) count: u64,
}
