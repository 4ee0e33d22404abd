//! What is known about an annotated function before it runs, and what all its calls share.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::budget::Tokens;
use crate::call::Terms;
use crate::policy::Policy;

/// One annotated function: a `static` in its expansion, so describing it costs a call nothing.
#[derive(Debug)]
pub struct Site {
    /// Module path and function, unless the attribute names it.
    pub name: &'static str,
    /// Where the function stands.
    pub file: &'static str,
    /// Where the function stands.
    pub line: u32,
    /// The selectors as they were written, in their order.
    pub selectors: &'static [&'static str],
    /// How it is retried, as far as that is known before it is called.
    pub policy: Policy,
    /// Its own budget.
    pub(crate) budget: Tokens,
    /// Attempts within which another site retried.
    nested: AtomicU64,
    /// Requests that a client made inside its attempts, where the client counts them.
    requests: AtomicU64,
    warned: AtomicBool,
    warned_of_layers: AtomicBool,
}

impl Site {
    /// `selectors` are the names that a matching error is logged under.
    #[must_use]
    pub const fn new(
        name: &'static str,
        file: &'static str,
        line: u32,
        selectors: &'static [&'static str],
        policy: Policy,
    ) -> Self {
        Self {
            name,
            file,
            line,
            selectors,
            policy,
            budget: Tokens::STANDARD,
            nested: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            warned: AtomicBool::new(false),
            warned_of_layers: AtomicBool::new(false),
        }
    }

    /// Attempts within which another site retried, with this one where it is new.
    pub(crate) fn nested_attempts(&self, is_new: bool) -> u64 {
        let new = u64::from(is_new);
        self.nested.fetch_add(new, Ordering::Relaxed) + new
    }

    /// Requests that a client made inside its attempts, with these.
    pub(crate) fn requested(&self, new: u32) -> u64 {
        let new = u64::from(new);
        self.requests.fetch_add(new, Ordering::Relaxed) + new
    }

    /// Whether to say that the client inside repeats requests too: true for the first caller only.
    pub(crate) fn warns_of_layers_now(&self) -> bool {
        !self.warned_of_layers.swap(true, Ordering::Relaxed)
    }

    /// Whether the warning about the site's surroundings is out.
    #[cfg(all(feature = "tokio", feature = "tracing"))]
    pub(crate) fn was_warned(&self) -> bool {
        self.warned.load(Ordering::Relaxed)
    }

    /// True for the first caller only.
    pub(crate) fn warns_now(&self) -> bool {
        !self.warned.swap(true, Ordering::Relaxed)
    }
}

/// Leads to a site, at once or by a search that only a failing call makes.
pub trait Located: Copy {
    /// The site.
    fn site(self) -> &'static Site;

    /// The policy of the call.
    fn policy(self) -> Policy {
        self.site().policy
    }

    /// Whether its own budget wants to know of a success at once.
    fn budget_listens(self) -> bool {
        self.site().budget.listens()
    }
}

impl Located for &'static Site {
    #[inline]
    fn site(self) -> &'static Site {
        self
    }

    #[inline]
    fn budget_listens(self) -> bool {
        self.budget.listens()
    }
}

/// A site, and what the call is retried by where that is not the site's.
impl Located for (&'static Site, &Terms<'_>) {
    fn site(self) -> &'static Site {
        self.0
    }

    fn policy(self) -> Policy {
        self.1.policy(self.0)
    }
}
