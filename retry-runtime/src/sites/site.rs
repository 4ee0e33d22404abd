//! What is known about an annotated function before it runs, and what all its calls share.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::decide::budget::Tokens;
use crate::decide::budget_source::{BudgetReport, BudgetSource};
use crate::policy::Policy;
use crate::reason::Reason;

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
    /// The arguments of its attribute.
    #[cfg_attr(not(feature = "support-case"), expect(dead_code, reason = "read for support"))]
    pub(crate) attribute: &'static str,
    /// The function as it is declared; empty for a closure.
    #[cfg_attr(not(feature = "support-case"), expect(dead_code, reason = "read for support"))]
    pub(crate) signature: &'static str,
    /// The name and the version of the package that it is in.
    #[cfg_attr(not(feature = "support-case"), expect(dead_code, reason = "read for support"))]
    pub(crate) package: Package,
    /// Its own budget.
    pub(crate) budget: Tokens,
    /// The one that its last calls used instead.
    pub(crate) last_budget: LastBudget,
    pub(crate) counters: Counters,
    /// Whether settings from outside put another budget in the place of its own.
    pub(crate) has_budget_from_outside: AtomicBool,
    pub(super) is_reached: AtomicBool,
    warned: AtomicBool,
    warned_of_client_retries: AtomicBool,
}

/// The name and the version of a package, where it was built by Cargo.
type Package = (Option<&'static str>, Option<&'static str>);

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
        Self { name, file, line, selectors, policy, ..Self::BLANK }
    }

    /// Evaluated once, and not for each function.
    #[expect(clippy::declare_interior_mutable_const, reason = "each site starts as a copy")]
    const BLANK: Self = Self {
        name: "",
        file: "",
        line: 0,
        selectors: &[],
        policy: Policy::DEFAULT,
        attribute: "",
        signature: "",
        package: (None, None),
        // Until its first call: then it is known who wants to be told.
        budget: Tokens::STANDARD.watched(),
        last_budget: LastBudget::new(),
        counters: Counters::new(),
        has_budget_from_outside: AtomicBool::new(false),
        is_reached: AtomicBool::new(false),
        warned: AtomicBool::new(false),
        warned_of_client_retries: AtomicBool::new(false),
    };

    /// The same, with what stands in the source.
    #[must_use]
    #[cfg(feature = "support-case")]
    pub const fn declared(
        self,
        attribute: &'static str,
        signature: &'static str,
        package: Package,
    ) -> Self {
        Self { attribute, signature, package, ..self }
    }

    /// Whether to say that the client inside repeats requests too: true for the first caller only.
    pub(crate) fn warns_of_client_retries(&self) -> bool {
        !self.warned_of_client_retries.swap(true, Ordering::Relaxed)
    }

    /// Whether the warning about the site's surroundings is out.
    pub(crate) fn was_warned(&self) -> bool {
        self.warned.load(Ordering::Relaxed)
    }

    /// True for the first caller only.
    pub(crate) fn warns_now(&self) -> bool {
        !self.warned.swap(true, Ordering::Relaxed)
    }
}

/// What a call has seen of the budget that it names, written down for the list of sites.
#[derive(Debug)]
pub(crate) struct LastBudget(AtomicU64);

impl LastBudget {
    const NOT_SEEN: u64 = 0;
    const UNLIMITED: u64 = 1 << 32;
    const SHARED: u64 = 2 << 32;

    const fn new() -> Self {
        Self(AtomicU64::new(Self::NOT_SEEN))
    }

    pub(crate) fn see(&self, source: &BudgetSource<'_>) {
        let seen = match source {
            BudgetSource::Own => Self::NOT_SEEN,
            BudgetSource::Unlimited => Self::UNLIMITED,
            BudgetSource::Shared(budget) => Self::SHARED | u64::from(budget.available()),
        };
        self.0.store(seen, Ordering::Relaxed);
    }

    /// None where the calls use that of the site.
    #[expect(clippy::cast_possible_truncation, reason = "the upper half says of which kind it is")]
    pub(crate) fn report(&self) -> Option<BudgetReport> {
        match self.0.load(Ordering::Relaxed) {
            Self::NOT_SEEN => None,
            Self::UNLIMITED => Some(BudgetReport::None),
            seen => Some(BudgetReport::Shared { available: seen as u32 }),
        }
    }
}

/// What has happened to the calls of a site, counted where a call has failed.
#[derive(Debug)]
pub(crate) struct Counters {
    pub(crate) retries: AtomicU64,
    pub(crate) recovered: AtomicU64,
    /// Calls that ended with an error, by [`Reason`].
    ended: [AtomicU64; Reason::EVERY.len()],
    /// Attempts within which another site retried.
    pub(crate) nested: AtomicU64,
    /// Requests that a client made inside its attempts, where the client counts them.
    pub(crate) requests: AtomicU64,
}

impl Counters {
    const fn new() -> Self {
        Self {
            retries: AtomicU64::new(0),
            recovered: AtomicU64::new(0),
            ended: [const { AtomicU64::new(0) }; Reason::EVERY.len()],
            nested: AtomicU64::new(0),
            requests: AtomicU64::new(0),
        }
    }

    /// Calls that ended for this reason.
    pub(crate) const fn ended(&self, reason: Reason) -> &AtomicU64 {
        &self.ended[reason as usize]
    }
}
