//! The system's clock, used without the feature `tokio`.

#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(super) fn now() -> std::time::Instant {
    std::time::Instant::now()
}

pub(crate) const fn is_polling_a_task() -> bool {
    false
}
