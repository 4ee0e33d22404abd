//! How many attempts are running on this thread.

use core::cell::Cell;

/// The sign of the count: somebody left a note.
pub(super) const NOTED: i32 = i32::MIN;

thread_local! {
    /// Attempts that are running on this thread, one inside the other.
    pub(super) static RUNNING: Cell<i32> = const { Cell::new(0) };
}
