//! Identifies the task that is running on this thread.

#[cfg(feature = "tokio")]
mod running {
    /// The task's id, if tokio runs it.
    pub(in crate::call::nesting) type Task = Option<tokio::task::Id>;

    pub(in crate::call::nesting) fn current() -> Task {
        tokio::task::try_id()
    }
}

#[cfg(not(feature = "tokio"))]
mod running {
    /// Without tokio, tasks cannot be distinguished.
    pub(in crate::call::nesting) type Task = Option<()>;

    pub(in crate::call::nesting) const fn current() -> Task {
        None
    }
}

pub(super) use running::{Task, current};
