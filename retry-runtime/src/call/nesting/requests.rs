//! The requests that a client makes inside an attempt, as counted by the client itself.
//!
//! They are passed on like notes, and only if the client counts. Otherwise an attempt pays nothing.

use core::cell::{Cell, RefCell};

use crate::call::nesting::count::{NOTED, RUNNING};
use crate::call::nesting::task::{self, Task};

thread_local! {
    /// One entry for each attempt that has not ended yet; never more than attempts are running on
    /// this thread.
    static MADE: RefCell<Vec<Made>> = const { RefCell::new(Vec::new()) };
    /// Requests of the attempt that just ended, or is still pending.
    static LAST: Cell<u32> = const { Cell::new(0) };
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

/// Records a client's request: the number of its own attempt, from 1, and their maximum.
#[cfg(feature = "aws")]
pub(crate) fn requested(number: u32, max: u32) {
    leave(Requests { count: 1, repeated: if number > 1 { max.max(number) } else { 0 } });
}

/// Records requests for the attempt that is running now, if there is one.
#[cold]
pub(super) fn leave(requests: Requests) {
    let (depth, task) = (RUNNING.get() & !NOTED, task::current());
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

/// Takes what was recorded deeper than `around`. What another task recorded there is discarded.
pub(super) fn take(around: i32) -> Requests {
    let mut taken = Requests::default();
    let task = task::current();
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

/// What was counted on this thread, saved for later.
pub(super) struct Aside {
    made: Vec<Made>,
    last: u32,
}

impl Aside {
    pub(super) fn new() -> Self {
        let made = MADE.try_with(|all| core::mem::take(&mut *all.borrow_mut()));
        Self { made: made.unwrap_or_default(), last: LAST.take() }
    }

    pub(super) fn put_back(&mut self) {
        let made = core::mem::take(&mut self.made);
        let _ = MADE.try_with(|all| *all.borrow_mut() = made);
        LAST.set(self.last);
    }
}

pub(super) fn is_any_left() -> bool {
    MADE.try_with(|all| !all.borrow().is_empty()).unwrap_or(false)
}

/// Stores the count that is read right after the attempt.
pub(super) fn remember(count: u32) {
    LAST.set(count);
}

/// The number of requests inside the attempt that just failed. Asked once, right after the attempt.
pub(crate) fn made_inside() -> u32 {
    LAST.take()
}

#[cfg(all(test, feature = "aws"))]
mod tests {
    use core::cell::Cell;
    use core::future::{pending, poll_fn};
    use core::pin::pin;
    use core::task::{Context, Poll, Waker};
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::thread;

    use super::*;
    use crate::call::nesting::{attempt, attempting};
    use crate::policy::Policy;
    use crate::sites::site::Site;

    /// Makes a site of its own for each test.
    macro_rules! site {
        () => {{
            static SITE: Site = Site::new("site", file!(), line!(), &["_"], Policy::DEFAULT);
            &SITE
        }};
    }

    fn total(site: &Site) -> u64 {
        site.counters.requests.load(core::sync::atomic::Ordering::Relaxed)
    }

    /// A client that makes three requests.
    fn client() {
        for number in 1..=3 {
            requested(number, 3);
        }
    }

    fn poll(future: core::pin::Pin<&mut impl Future<Output = ()>>) -> bool {
        future.poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    #[test]
    fn are_returned_once_right_after_the_attempt() {
        let site = site!();
        attempt(site, client);
        assert_eq!((made_inside(), made_inside(), total(site)), (3, 0, 3));
    }

    #[test]
    fn that_were_not_asked_for_are_not_added_to_the_next_attempt() {
        let site = site!();
        attempt(site, client);
        attempt(site, || {});
        assert_eq!((made_inside(), total(site)), (0, 3));
    }

    #[test]
    fn outside_of_attempts_are_not_counted() {
        let site = site!();
        client();
        attempt(site, || {});
        client();
        assert_eq!((made_inside(), total(site)), (0, 0));
    }

    #[test]
    fn count_for_the_attempt_around_as_well() {
        let (outer, inner) = (site!(), site!());
        let inside = Cell::new(0);
        attempt(outer, || {
            requested(1, 1);
            attempt(inner, client);
            inside.set(made_inside());
            attempt(inner, client);
        });
        assert_eq!((inside.get(), made_inside()), (3, 7));
        assert_eq!((total(outer), total(inner)), (7, 6));
    }

    #[test]
    fn are_kept_from_poll_to_poll_on_any_thread() {
        let site = site!();
        let polls = std::sync::atomic::AtomicU32::new(0);
        let body = poll_fn(|_| {
            requested(1, 1);
            let number = polls.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            if number < 2 { Poll::Pending } else { Poll::Ready(()) }
        });
        let mut running = Box::pin(attempting(site, body));
        assert!(!poll(running.as_mut()));
        thread::scope(|scope| {
            scope.spawn(|| {
                assert!(!poll(running.as_mut()));
                // An attempt that is cut off now has its requests so far.
                assert_eq!(made_inside(), 2);
            });
        });
        assert!(poll(running.as_mut()));
        assert_eq!((made_inside(), total(site)), (3, 3));
    }

    #[test]
    fn of_attempts_that_are_polled_in_turn_are_kept_apart() {
        let (one, other) = (site!(), site!());
        let mut waiting = pin!(attempting(one, async {
            requested(1, 1);
            pending::<()>().await;
        }));
        assert!(!poll(waiting.as_mut()));
        attempt(other, || {});
        assert_eq!(made_inside(), 0);
        attempt(other, client);
        assert_eq!(made_inside(), 3);
        assert!(!poll(waiting.as_mut()));
        assert_eq!((total(one), total(other)), (1, 3));
    }

    #[test]
    fn of_an_attempt_that_panics_are_discarded() {
        let (outer, inner) = (site!(), site!());
        attempt(outer, || {
            let panics = AssertUnwindSafe(|| {
                attempt(inner, || {
                    client();
                    panic!("expected by the test");
                });
            });
            catch_unwind(panics).unwrap_err();
        });
        assert_eq!((made_inside(), total(outer), total(inner)), (0, 0, 0));
    }

    #[test]
    fn saturate() {
        let site = site!();
        attempt(site, || {
            leave(Requests { count: u32::MAX, repeated: u32::MAX });
            leave(Requests { count: u32::MAX, repeated: 0 });
        });
        assert_eq!((made_inside(), total(site)), (u32::MAX / 4, u32::MAX.into()));
    }
}
