//! The data of reports on retries inside retries.

use core::fmt;

use crate::sites::site::Site;

/// Retried calls of one site inside attempts of another.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "tracing"), expect(dead_code, reason = "read for events"))]
pub(crate) struct NestedCall {
    pub(crate) outer: &'static Site,
    pub(crate) inner: &'static Site,
    /// How many calls they can make together.
    pub(crate) product: Product,
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
    /// How many requests they can make together.
    pub(crate) product: Product,
    /// Number of requests inside attempts of the site so far.
    pub(crate) count: u64,
}

/// The maximum number of attempts of an outer call and of one inside it; `None` without a limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Product(pub(crate) Option<u32>, pub(crate) Option<u32>);

impl Product {
    /// All attempts together.
    pub(crate) fn worst_case(self) -> Option<u64> {
        Some(u64::from(self.0?) * u64::from(self.1?))
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0, self.1, self.worst_case()) {
            (Some(outer), Some(inner), Some(product)) => {
                write!(f, "{outer} x {inner} = {product}")
            }
            _ => f.write_str("any number of"),
        }
    }
}
