//! The notes that retried calls and clients leave, on their thread, for the attempt around them.

use core::cell::RefCell;

use crate::call::nesting::count;
use crate::call::nesting::given_up::GivenUp;
use crate::call::nesting::task::{self, Task};
use crate::error::failure::Failure;
use crate::error::seen::SeenError;
use crate::sites::site::Site;

thread_local! {
    /// What was left in the attempts that are running on this thread, the oldest first.
    static LEFT: RefCell<Vec<Left>> = const { RefCell::new(Vec::new()) };
}

/// The notes that one task left in one attempt.
struct Left {
    /// How many attempts were running around the calls.
    depth: i32,
    task: Task,
    notes: Notes,
}

/// Of how many tasks the notes in one attempt are kept. At most one of them is the attempt's own, but
/// which one is not known before the attempt ends.
const TASKS: usize = 16;

/// What was done inside one attempt.
#[derive(Default)]
pub(super) struct Notes {
    /// The sites that retried or gave up, with the maximum number of their attempts.
    pub(super) retried: Vec<(&'static Site, Option<u32>)>,
    pub(super) given_up: GivenUp,
    pub(super) requests: Requests,
}

impl Notes {
    fn retried(&mut self, inner: &'static Site, max: Option<u32>) {
        match self.retried.iter_mut().find(|(site, _)| core::ptr::eq(*site, inner)) {
            Some((_, before)) => *before = max,
            None => self.retried.push((inner, max)),
        }
    }
}

/// The requests inside an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Requests {
    pub(super) count: u32,
    /// The maximum number of requests that the client makes for one operation; 0 if it has not
    /// retried.
    pub(super) repeated: u32,
}

impl Requests {
    pub(super) const fn add(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        if other.repeated > self.repeated {
            self.repeated = other.repeated;
        }
    }
}

/// A call of `inner` made a retry.
pub(crate) fn retried(inner: &'static Site, max: Option<u32>) {
    leave(|notes| notes.retried(inner, max));
}

/// A call of `inner` gave up with an error that is known by [`seen`].
pub(crate) fn gave_up(inner: &'static Site, max: Option<u32>, error: Option<SeenError>) {
    leave(|notes| {
        notes.retried(inner, max);
        notes.given_up.extend(error);
    });
}

/// A call returned the error of a call inside it that gave up.
pub(crate) fn passed_on(error: Option<SeenError>) {
    leave(|notes| notes.given_up.extend(error));
}

/// What the attempt around a call needs to know of the error that the call returns; nothing if there
/// is no such attempt.
pub(crate) fn seen(failure: &Failure<'_>) -> Option<SeenError> {
    (count::running() > 0).then(|| SeenError::of(failure))
}

/// Adds to the notes for the attempt that is running now, if there is one.
#[cold]
pub(super) fn leave(add: impl FnOnce(&mut Notes)) {
    let depth = count::running();
    if depth == 0 {
        return;
    }
    let task = task::current();
    // Fails only while the thread ends.
    let is_left = LEFT.try_with(|all| {
        let mut all = all.borrow_mut();
        let is_same = |left: &Left| left.depth == depth && left.task == task;
        let mut left = match all.iter().position(is_same) {
            Some(before) => all.remove(before),
            None => Left { depth, task, notes: Notes::default() },
        };
        add(&mut left.notes);
        all.push(left);
        let is_of_a_task = |left: &Left| left.depth == depth && left.task.is_some();
        if all.iter().filter(|left| is_of_a_task(left)).count() > TASKS {
            let oldest = all.iter().position(is_of_a_task);
            oldest.map(|oldest| all.remove(oldest));
        }
    });
    count::are_noted(is_left.is_ok());
}

/// Takes the notes of the attempt that just ended. Those for the attempts around it stay; those of
/// other tasks, which were only polled inside it (by a runtime inside it), are discarded.
pub(super) fn take() -> Option<Notes> {
    let (around, task) = (count::running(), task::current());
    let (taken, is_any_left) = LEFT
        .try_with(|all| {
            let mut all = all.borrow_mut();
            let own = all.iter().position(|left| left.depth == around + 1 && left.task == task);
            let own = own.map(|own| all.remove(own).notes);
            all.retain(|left| left.depth <= around);
            (own, !all.is_empty())
        })
        .unwrap_or_default();
    count::are_noted(is_any_left);
    taken
}

/// Runs code that is not part of the attempt around it, such as an observer: as an attempt of its
/// own, of which nobody asks for the notes.
pub(crate) fn apart<R>(body: impl FnOnce() -> R) -> R {
    struct Apart;
    impl Drop for Apart {
        fn drop(&mut self) {
            if count::decrement() {
                let _ = take();
            }
        }
    }
    count::increment();
    let _apart = Apart;
    body()
}

#[cfg(all(test, feature = "aws"))]
mod tests;
