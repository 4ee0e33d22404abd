use core::future::{pending, poll_fn};
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use super::*;
use crate::call::Call;
use crate::call::async_call::AsyncCall;
use crate::call::nesting::{attempt, attempting};
use crate::call::plain::PlainCall;
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

fn made_inside(call: &mut impl Call) -> u32 {
    call.take_inside().requests
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
fn are_returned_once() {
    let (site, mut call) = (site!(), PlainCall::new());
    attempt(&mut call, site, client);
    assert_eq!((made_inside(&mut call), made_inside(&mut call), total(site)), (3, 0, 3));
}

#[test]
fn are_those_of_the_call() {
    let (site, mut call, mut other) = (site!(), PlainCall::new(), PlainCall::new());
    attempt(&mut call, site, client);
    attempt(&mut other, site, || {});
    assert_eq!((made_inside(&mut other), made_inside(&mut call), total(site)), (0, 3, 3));
}

#[test]
fn outside_of_attempts_are_not_counted() {
    let (site, mut call) = (site!(), PlainCall::new());
    client();
    attempt(&mut call, site, || {});
    client();
    assert_eq!((made_inside(&mut call), total(site)), (0, 0));
}

#[test]
fn count_for_the_attempt_around_as_well() {
    let (outer, inner) = (site!(), site!());
    let (mut outer_call, mut inner_call) = (PlainCall::new(), PlainCall::new());
    attempt(&mut outer_call, outer, || {
        requested(1, 1);
        attempt(&mut inner_call, inner, client);
        attempt(&mut PlainCall::new(), inner, client);
    });
    assert_eq!((made_inside(&mut inner_call), made_inside(&mut outer_call)), (3, 7));
    assert_eq!((total(outer), total(inner)), (7, 6));
}

#[test]
fn are_kept_from_poll_to_poll_on_any_thread() {
    let (site, mut call) = (site!(), AsyncCall::new());
    let polls = std::sync::atomic::AtomicU32::new(0);
    let body = poll_fn(|_| {
        requested(1, 1);
        let number = polls.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if number < 2 { Poll::Pending } else { Poll::Ready(()) }
    });
    let mut running = Box::pin(attempting(&mut call, site, body));
    assert!(!poll(running.as_mut()));
    thread::scope(|scope| {
        scope.spawn(|| assert!(!poll(running.as_mut())));
    });
    assert!(poll(running.as_mut()));
    drop(running);
    assert_eq!((made_inside(&mut call), total(site)), (3, 3));
}

#[test]
fn are_known_of_an_attempt_that_is_cut_off() {
    let (site, mut call) = (site!(), AsyncCall::new());
    let mut running = Box::pin(attempting(&mut call, site, async {
        client();
        pending::<()>().await;
    }));
    assert!(!poll(running.as_mut()));
    drop(running);
    assert_eq!((made_inside(&mut call), total(site)), (3, 3));
}

#[test]
fn of_attempts_that_are_polled_in_turn_are_kept_apart() {
    let (one, other) = (site!(), site!());
    let (mut one_call, mut other_call) = (AsyncCall::new(), PlainCall::new());
    let mut waiting = pin!(attempting(&mut one_call, one, async {
        requested(1, 1);
        pending::<()>().await;
    }));
    assert!(!poll(waiting.as_mut()));
    attempt(&mut other_call, other, || {});
    assert_eq!(made_inside(&mut other_call), 0);
    attempt(&mut other_call, other, client);
    assert_eq!(made_inside(&mut other_call), 3);
    assert!(!poll(waiting.as_mut()));
    assert_eq!((total(one), total(other)), (1, 3));
}

#[test]
fn of_an_attempt_that_panics_are_discarded() {
    let (outer, inner) = (site!(), site!());
    let mut call = PlainCall::new();
    attempt(&mut call, outer, || {
        let panics = AssertUnwindSafe(|| {
            attempt(&mut PlainCall::new(), inner, || {
                client();
                panic!("expected by the test");
            });
        });
        catch_unwind(panics).unwrap_err();
    });
    assert_eq!((made_inside(&mut call), total(outer), total(inner)), (0, 0, 0));
}

#[test]
fn saturate() {
    let (site, mut call) = (site!(), PlainCall::new());
    attempt(&mut call, site, || {
        leave(Requests { count: u32::MAX, repeated: u32::MAX });
        leave(Requests { count: u32::MAX, repeated: 0 });
    });
    attempt(&mut call, site, client);
    assert_eq!((made_inside(&mut call), total(site)), (u32::MAX, u64::from(u32::MAX) + 3));
}
