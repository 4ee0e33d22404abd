//! Counts the attempts that are running on this thread.

use core::cell::Cell;

/// The sign bit of the count: set if a note was left.
pub(super) const NOTED: i32 = i32::MIN;

thread_local! {
    /// The attempts that are running on this thread, one inside the other.
    pub(super) static RUNNING: Cell<i32> = const { Cell::new(0) };
}
