//! What is known about an annotated function before it runs.

#[cfg(feature = "tokio")]
use core::sync::atomic::{AtomicBool, Ordering};

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
    /// How it is retried.
    pub policy: Policy,
    #[cfg(feature = "tokio")]
    warned: AtomicBool,
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
            #[cfg(feature = "tokio")]
            warned: AtomicBool::new(false),
        }
    }

    /// The `error.type` of an error that this selector matched, or that none did.
    #[cfg(feature = "tracing")]
    pub(crate) fn error_type(&self, selector: Option<usize>) -> &'static str {
        selector.and_then(|index| self.selectors.get(index)).copied().unwrap_or("_OTHER")
    }

    /// Whether the warning about the site's surroundings is out.
    #[cfg(all(feature = "tokio", feature = "tracing"))]
    pub(crate) fn was_warned(&self) -> bool {
        self.warned.load(Ordering::Relaxed)
    }

    /// True for the first caller only.
    #[cfg(feature = "tokio")]
    pub(crate) fn warns_now(&self) -> bool {
        !self.warned.swap(true, Ordering::Relaxed)
    }
}
