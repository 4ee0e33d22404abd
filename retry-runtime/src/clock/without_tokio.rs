//! The system's clock, used without the feature `tokio`.

use std::time::Instant;

pub(super) fn now() -> Instant {
    Instant::now()
}

pub(crate) const fn is_polling_a_task() -> bool {
    false
}
