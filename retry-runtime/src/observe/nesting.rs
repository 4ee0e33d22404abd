//! The data of reports on retries inside retries.

use crate::sites::site::Site;

/// Retried calls of one site inside attempts of another.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "read for events"))]
pub(crate) struct NestedCall {
    pub(crate) outer: &'static Site,
    pub(crate) inner: &'static Site,
    /// The maximum number of attempts of each.
    pub(crate) attempts: (u32, u32),
    /// Number of attempts of the outer site inside which another site retried.
    pub(crate) count: u64,
    /// Whether this attempt was added to the count.
    pub(crate) is_counted: bool,
}

/// A client that retries inside the attempts of a site.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "read for events"))]
pub(crate) struct ClientRetries {
    pub(crate) site: &'static Site,
    /// The maximum number of attempts of each, the site first.
    pub(crate) attempts: (u32, u32),
    /// Number of requests inside attempts of the site so far.
    pub(crate) count: u64,
}
