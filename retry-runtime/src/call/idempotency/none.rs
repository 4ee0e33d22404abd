//! A call has no key, without the feature `idempotency`.

/// No identity is needed.
#[derive(Clone, Debug, Default)]
pub struct Identity;

impl Identity {
    /// The identity of any call.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}
