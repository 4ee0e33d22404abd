//! The description of an annotated function, and the state that all its calls share.

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use crate::decide::budget::Tokens;
use crate::decide::budget_source::{BudgetReport, BudgetSource};
use crate::policy::Policy;
use crate::reason::EndReason;
use crate::sites::name;

/// One annotated function. It is a `static` in the expansion, so a call pays nothing for it.
#[derive(Debug)]
pub struct Site {
    /// Module path and function name, or the `name` in the attribute.
    written_name: &'static str,
    /// What tells the name of a method, if the attribute names none.
    method: Option<fn() -> &'static str>,
    /// The source file of the function.
    pub file: &'static str,
    /// Its line in the file.
    pub line: u32,
    /// The selectors as written, in the same order.
    pub selectors: &'static [&'static str],
    /// The policy, as far as it is known before a call.
    pub policy: Policy,
    /// Whether each call has a policy of its own: `policy` is what all of them have in common.
    pub(crate) is_set_per_call: bool,
    /// Whether it reads hints, which can make pauses longer.
    pub(crate) has_hint: bool,
    /// The arguments of its attribute.
    #[cfg_attr(
        not(feature = "support-case"),
        expect(dead_code, reason = "read for support cases")
    )]
    pub(crate) attribute: &'static str,
    /// The signature of the function; empty for a closure.
    #[cfg_attr(
        not(feature = "support-case"),
        expect(dead_code, reason = "read for support cases")
    )]
    pub(crate) signature: &'static str,
    /// The name and version of its package.
    #[cfg_attr(
        not(feature = "support-case"),
        expect(dead_code, reason = "read for support cases")
    )]
    pub(crate) package: Package,
    /// The site's own budget.
    pub(crate) budget: Tokens,
    /// The budget that its last calls used instead.
    pub(crate) last_budget: LastBudget,
    pub(crate) counters: Counters,
    /// Whether settings from outside replace its budget.
    pub(crate) has_budget_from_outside: AtomicBool,
    pub(super) is_reached: AtomicBool,
    /// Whether it is an async function that names a time limit, or `timeout = none`.
    pub(crate) has_time_limit: bool,
    warned: AtomicBool,
    warned_of_client_retries: AtomicBool,
    told_of_unmatched: AtomicBool,
}

/// The policies that calls brought along, by the address of their site: at most one for each site. Not
/// in the site, which is built in a constant.
static LAST_POLICIES: RwLock<BTreeMap<usize, Policy>> = RwLock::new(BTreeMap::new());

/// The name and version of a package, if Cargo built it.
type Package = (Option<&'static str>, Option<&'static str>);

impl Site {
    /// Describes a function. `selectors` are the names under which matching errors are logged.
    #[must_use]
    pub const fn new(
        name: &'static str,
        file: &'static str,
        line: u32,
        selectors: &'static [&'static str],
        policy: Policy,
    ) -> Self {
        Self { written_name: name, file, line, selectors, policy, ..Self::BLANK }
    }

    /// Evaluated once, not for each function.
    #[expect(clippy::declare_interior_mutable_const, reason = "each site starts as a copy")]
    const BLANK: Self = Self {
        written_name: "",
        method: None,
        file: "",
        line: 0,
        selectors: &[],
        policy: Policy::DEFAULT,
        is_set_per_call: false,
        has_hint: false,
        attribute: "",
        signature: "",
        package: (None, None),
        // Until its first call, which finds out whether successes are recorded.
        budget: Tokens::OWN.watched(),
        last_budget: LastBudget::new(),
        counters: Counters::new(),
        has_budget_from_outside: AtomicBool::new(false),
        is_reached: AtomicBool::new(false),
        has_time_limit: false,
        warned: AtomicBool::new(false),
        warned_of_client_retries: AtomicBool::new(false),
        told_of_unmatched: AtomicBool::new(false),
    };

    /// Marks an async function that names a time limit, or `timeout = none`.
    #[must_use]
    pub const fn with_time_limit(self) -> Self {
        Self { has_time_limit: true, ..self }
    }

    /// Marks a function whose calls have policies of their own.
    #[must_use]
    pub const fn set_per_call(self) -> Self {
        Self { is_set_per_call: true, ..self }
    }

    /// Marks a function that reads hints.
    #[must_use]
    pub const fn with_hint(self) -> Self {
        Self { has_hint: true, ..self }
    }

    /// Names a method: `named` returns the name of its own type.
    #[must_use]
    pub const fn of_method(self, named: fn() -> &'static str) -> Self {
        Self { method: Some(named), ..self }
    }

    /// The name in logs: that of the attribute, or module path, type of a method, and function.
    pub(crate) fn name(&self) -> &'static str {
        match self.method {
            None => self.written_name,
            Some(named) => name::of_method(named()),
        }
    }

    /// Adds the source text of the attribute and the signature.
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

    /// Whether to tell of an error that no selector matches. True only the first time.
    pub(crate) fn tells_of_unmatched(&self) -> bool {
        !self.told_of_unmatched.load(Ordering::Relaxed)
            && !self.told_of_unmatched.swap(true, Ordering::Relaxed)
    }

    /// Records the policy of a call that failed, where calls have their own.
    pub(crate) fn see_policy(&self, policy: &Policy) {
        let key = core::ptr::from_ref(self).addr();
        let last = LAST_POLICIES.read().unwrap_or_else(PoisonError::into_inner);
        if last.get(&key) == Some(policy) {
            return;
        }
        drop(last);
        let mut last = LAST_POLICIES.write().unwrap_or_else(PoisonError::into_inner);
        last.insert(key, policy.clone());
    }

    /// The policy of the last call that failed, if it was the call's own.
    pub(crate) fn last_policy(&self) -> Option<Policy> {
        let last = LAST_POLICIES.read().unwrap_or_else(PoisonError::into_inner);
        last.get(&core::ptr::from_ref(self).addr()).cloned()
    }

    /// Whether to warn that the client inside retries too. True only the first time.
    pub(crate) fn warns_of_client_retries(&self) -> bool {
        !self.warned_of_client_retries.swap(true, Ordering::Relaxed)
    }

    /// Whether the warning about the context of the site has been logged.
    pub(crate) fn was_warned(&self) -> bool {
        self.warned.load(Ordering::Relaxed)
    }

    /// Whether to log that warning now. True only the first time.
    pub(crate) fn warns_now(&self) -> bool {
        !self.warned.swap(true, Ordering::Relaxed)
    }
}

/// The state of the budget that a call uses instead of the site's own, recorded for the list of
/// sites.
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

    /// Returns `None` if the calls use the site's own budget.
    #[expect(clippy::cast_possible_truncation, reason = "the upper half is the kind")]
    pub(crate) fn report(&self) -> Option<BudgetReport> {
        match self.0.load(Ordering::Relaxed) {
            Self::NOT_SEEN => None,
            Self::UNLIMITED => Some(BudgetReport::None),
            seen => Some(BudgetReport::Shared { available: seen as u32 }),
        }
    }
}

/// The counters of a site, updated by calls that have failed.
#[derive(Debug)]
pub(crate) struct Counters {
    pub(crate) retries: AtomicU64,
    /// Values before those that are polled for.
    pub(crate) not_yet: AtomicU64,
    pub(crate) recovered: AtomicU64,
    /// Calls that ended with an error, by [`EndReason`].
    ended: [AtomicU64; EndReason::EVERY.len()],
    /// Attempts inside which another site retried.
    pub(crate) nested: AtomicU64,
    /// Requests that a client made inside its attempts, if the client counts them.
    pub(crate) requests: AtomicU64,
}

impl Counters {
    const fn new() -> Self {
        Self {
            retries: AtomicU64::new(0),
            not_yet: AtomicU64::new(0),
            recovered: AtomicU64::new(0),
            ended: [const { AtomicU64::new(0) }; EndReason::EVERY.len()],
            nested: AtomicU64::new(0),
            requests: AtomicU64::new(0),
        }
    }

    /// Returns the counter of calls that ended for this reason.
    pub(crate) const fn ended(&self, reason: EndReason) -> &AtomicU64 {
        &self.ended[reason as usize]
    }
}
