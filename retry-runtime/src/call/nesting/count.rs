//! Counts the attempts that are running on this thread.

use core::cell::Cell;

/// The sign bit of the count: set while there are notes.
const NOTED: i32 = i32::MIN;

thread_local! {
    /// The attempts that are running on this thread, one inside the other.
    static RUNNING: Cell<i32> = const { Cell::new(0) };
}

#[inline]
pub(super) fn increment() {
    RUNNING.set(RUNNING.get() + 1);
}

/// Returns whether there are notes.
#[inline]
pub(super) fn decrement() -> bool {
    let running = RUNNING.get().wrapping_sub(1);
    RUNNING.set(running);
    running < 0
}

/// How many attempts are running.
pub(super) fn running() -> i32 {
    RUNNING.get() & !NOTED
}

/// Records whether there are notes.
pub(super) fn are_noted(is_any: bool) {
    RUNNING.set(if is_any { running() | NOTED } else { running() });
}
