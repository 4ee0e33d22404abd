//! A call that goes on under another tokio runtime than the one in which its pauses began, as in a
//! test, a bridge to blocking code or a program that replaces its runtime.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use retry_runtime::{Jitter, Policy, Retry, retry_on};
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};

const POLICY: Policy = Policy::builder()
    .max(3)
    .delay(Duration::from_hours(1))
    .factor(1.0)
    .max_delay(Duration::from_hours(1))
    .jitter(Jitter::None)
    .build();

/// Its clock stands still while something runs and jumps to the next timer when nothing does.
fn paused() -> Runtime {
    Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime")
}

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

/// Fails twice. The second attempt waits until the runtime has changed.
async fn fail_twice() -> Result<u32, &'static str> {
    let calls = CALLS.get() + 1;
    CALLS.set(calls);
    if calls == 2 {
        yield_now().await;
    }
    if calls < 3 { Err("busy") } else { Ok(calls) }
}

#[retry_on(_, policy = &POLICY)]
async fn annotated() -> Result<u32, &'static str> {
    fail_twice().await
}

/// Polls the call in the runtime until its second attempt waits.
fn begin<F: Future>(runtime: &Runtime, call: &mut Pin<Box<F>>) {
    runtime.block_on(async {
        while CALLS.get() < 2 {
            let is_over = poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_ready()));
            assert!(!is_over.await, "it is over too early");
            sleep(Duration::from_hours(1)).await;
        }
    });
}

/// The first pause passes in the first runtime, the second one in the other.
fn goes_on_under_another<F>(call: F, is_first_gone: bool)
where
    F: Future<Output = Result<u32, &'static str>>,
{
    let (first, second) = (paused(), paused());
    let mut call = Box::pin(call);
    begin(&first, &mut call);
    if is_first_gone {
        drop(first);
    }
    let start = second.block_on(async { Instant::now() });
    assert_eq!(second.block_on(call), Ok(3));
    let took = second.block_on(async { start.elapsed() });
    assert_eq!(took, Duration::from_hours(1));
}

#[test]
fn an_annotated_function_goes_on_under_another_runtime() {
    goes_on_under_another(annotated(), false);
}

#[test]
fn an_annotated_function_goes_on_where_the_first_runtime_is_gone() {
    goes_on_under_another(annotated(), true);
}

#[test]
fn a_closure_goes_on_under_another_runtime() {
    goes_on_under_another(Retry::new(&POLICY).run(async || fail_twice().await), false);
}

#[test]
fn a_closure_goes_on_where_the_first_runtime_is_gone() {
    goes_on_under_another(Retry::new(&POLICY).run(async || fail_twice().await), true);
}

#[test]
fn a_call_can_be_dropped_after_its_runtime() {
    let runtime = paused();
    let mut call = Box::pin(annotated());
    begin(&runtime, &mut call);
    drop(runtime);
    drop(call);
    assert_eq!(CALLS.get(), 2);
}

/// Polled by hand, outside of a runtime, the attempt itself needs none.
#[test]
fn a_call_that_succeeds_at_once_needs_no_runtime() {
    let calls = AtomicU32::new(0);
    let mut call = std::pin::pin!(
        Retry::new(&POLICY)
            .run(async || { Ok::<_, &'static str>(calls.fetch_add(1, Ordering::Relaxed)) })
    );
    let mut context = Context::from_waker(Waker::noop());
    assert_eq!(call.as_mut().poll(&mut context), Poll::Ready(Ok(0)));
}
