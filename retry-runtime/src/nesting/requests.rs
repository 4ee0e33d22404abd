//! Requests that a client makes inside an attempt, as the client itself counts them.
//!
//! They travel like notes, and only where a client is made to count: an attempt within which nobody
//! counted pays nothing for it.

use core::cell::{Cell, RefCell};

use super::{NOTED, RUNNING};

thread_local! {
    /// One entry for each attempt that has not been counted out since; no deeper than attempts are
    /// running on this thread.
    static MADE: RefCell<Vec<Made>> = const { RefCell::new(Vec::new()) };
    /// Those of the attempt that just ended, or is still pending.
    static LAST: Cell<u32> = const { Cell::new(0) };
}

#[cfg(feature = "tokio")]
type Task = Option<tokio::task::Id>;

#[cfg(feature = "tokio")]
fn task() -> Task {
    tokio::task::try_id()
}

/// Without tokio there are no tasks to tell apart.
#[cfg(not(feature = "tokio"))]
type Task = Option<()>;

#[cfg(not(feature = "tokio"))]
const fn task() -> Task {
    None
}

/// What was requested inside an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Requests {
    pub(super) count: u32,
    /// How many the client makes at most where one is meant; 0 where it has not repeated any.
    pub(super) repeated: u32,
}

impl Requests {
    const fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        if other.repeated > self.repeated {
            self.repeated = other.repeated;
        }
    }
}

struct Made {
    /// How many attempts were running around it.
    depth: i32,
    task: Task,
    requests: Requests,
}

/// A client makes a request: which attempt of its own that is, from 1, and how many it makes at most.
#[cfg(feature = "aws")]
pub(crate) fn requested(number: u32, max: u32) {
    leave(Requests { count: 1, repeated: if number > 1 { max.max(number) } else { 0 } });
}

/// Leaves a note for the attempt that is running now, if there is one.
#[cold]
pub(super) fn leave(requests: Requests) {
    let (depth, task) = (RUNNING.get() & !NOTED, task());
    if depth == 0 {
        return;
    }
    let is_left = MADE.try_with(|all| {
        let mut all = all.borrow_mut();
        match all.iter_mut().find(|made| made.depth == depth && made.task == task) {
            Some(made) => made.requests.add(requests),
            None => all.push(Made { depth, task, requests }),
        }
    });
    if is_left.is_ok() {
        RUNNING.set(depth | NOTED);
    }
}

/// Takes what was left deeper than `around`; what another task left there is nobody's.
pub(super) fn take(around: i32) -> Requests {
    let mut taken = Requests::default();
    let task = task();
    let _ = MADE.try_with(|all| {
        all.borrow_mut().retain(|made| {
            let is_for_another = made.depth <= around;
            if !is_for_another && made.task == task {
                taken.add(made.requests);
            }
            is_for_another
        });
    });
    taken
}

pub(super) fn is_any_left() -> bool {
    MADE.try_with(|all| !all.borrow().is_empty()).unwrap_or(false)
}

/// For the one who asks right after the attempt.
pub(super) fn remember(count: u32) {
    LAST.set(count);
}

/// How many requests were counted inside the attempt that just failed; asked once, right after it.
pub(crate) fn made_inside() -> u32 {
    LAST.take()
}
