//! Closures that are retried because of what they return: `until` polls, `when_ok` picks failures.

use std::sync::Mutex;
use std::time::Duration;

use retry_runtime::observe::{EventKind, OwnedEvent};
use retry_runtime::testing::Scope;
use retry_runtime::{Budget, EndReason, Jitter, OnGiveUp, OnRetry, Policy, Retry, Stop};
use retry_tests::Recorder;
use tokio::time::Instant;
use tracing::Level;

const MS: Duration = Duration::from_millis(1);

/// Four attempts, with pauses of 100, 200 and 400 ms.
const POLICY: Policy = Policy::builder().max(4).jitter(Jitter::None).build();

/// Returns 1, 2, 3, ..
fn counter() -> impl FnMut() -> Result<u32, &'static str> {
    let mut calls = 0;
    move || {
        calls += 1;
        Ok(calls)
    }
}

/// The same, async.
fn async_counter() -> impl FnMut() -> std::future::Ready<Result<u32, &'static str>> {
    let mut count = counter();
    move || std::future::ready(count())
}

/// The kinds of the events, with their pauses.
fn kinds(scope: &Scope) -> Vec<String> {
    let kind = |event: &OwnedEvent| match event.kind() {
        EventKind::Retry { pause, .. } => format!("retry {pause:?}"),
        EventKind::NotYet { pause, .. } => format!("not yet {pause:?}"),
        EventKind::Recovered => "recovered".to_owned(),
        _ => "ended".to_owned(),
    };
    scope.events().iter().map(kind).collect()
}

mod until {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn goes_on_until_it_is_true() {
        let start = Instant::now();
        let call = Retry::new(&POLICY).until(|calls| *calls == 3).run(async_counter());
        assert_eq!(call.await, Ok(3));
        assert_eq!(start.elapsed(), 300 * MS);
    }

    #[test]
    fn goes_on_until_it_is_true_plain() {
        let scope = Scope::new();
        let call = || Retry::new(&POLICY).until(|calls| *calls == 3).run_blocking(counter());
        assert_eq!(scope.run_blocking(call), Ok(3));
        assert_eq!(scope.pauses(), [100 * MS, 200 * MS]);
    }

    #[tokio::test(start_paused = true)]
    async fn returns_the_last_value_at_the_end_of_the_attempts() {
        let call = Retry::new(&POLICY).until(|_| false).run(async_counter());
        assert_eq!(call.await, Ok(4));
    }

    #[test]
    fn returns_the_last_value_at_the_end_of_the_attempts_plain() {
        let scope = Scope::new();
        let call = || Retry::new(&POLICY).until(|_| false).run_blocking(counter());
        assert_eq!(scope.run_blocking(call), Ok(4));
        let end = scope.events().pop().expect("an event");
        assert!(matches!(end.kind(), EventKind::GaveUp { reason: EndReason::MaxAttempts, .. }));
        assert_eq!((end.error_type(), end.error()), (Some("not_yet"), Some("not yet")));
    }

    #[tokio::test(start_paused = true)]
    async fn takes_nothing_from_the_budget() {
        let budget = Budget::standard();
        for _ in 0..200 {
            let call = Retry::new(&POLICY).budget(&budget).until(|calls| *calls == 4);
            assert_eq!(call.run(async_counter()).await, Ok(4));
        }
        assert_eq!(budget.available(), 500);
    }

    #[test]
    fn takes_nothing_from_the_budget_plain() {
        let (budget, scope) = (Budget::standard(), Scope::new());
        for _ in 0..200 {
            let call = Retry::new(&POLICY).budget(&budget).until(|calls| *calls == 4);
            assert_eq!(scope.run_blocking(|| call.run_blocking(counter())), Ok(4));
        }
        assert_eq!(budget.available(), 500);
    }

    /// The budget that each place has of its own would pay for 100 retries.
    #[test]
    fn takes_nothing_from_the_budget_of_its_place_plain() {
        let scope = Scope::new();
        for _ in 0..200 {
            let call = || Retry::new(&POLICY).until(|calls| *calls == 4).run_blocking(counter());
            assert_eq!(scope.run_blocking(call), Ok(4));
        }
    }

    #[test]
    fn is_told_at_debug_and_the_end_at_error_plain() {
        let (scope, log) = (Scope::new(), Recorder::start());
        let call = || Retry::new(&POLICY).name("poll").until(|_| false).run_blocking(counter());
        scope.run_blocking(call).unwrap();
        let events = log.events();
        let expected = [
            (Level::DEBUG, "attempt 1 of 4: not yet"),
            (Level::DEBUG, "attempt 2 of 4: not yet"),
            (Level::DEBUG, "attempt 3 of 4: not yet"),
            (Level::ERROR, "gave up after attempt 4"),
        ];
        assert_eq!(events.len(), expected.len(), "{events:?}");
        for (event, (level, start)) in events.iter().zip(expected) {
            assert!(event.level == level && event.message.starts_with(start), "{event}");
        }
    }

    #[test]
    fn is_an_event_and_a_count_of_its_own_plain() {
        let scope = Scope::new();
        let call = || {
            let retry = Retry::new(&POLICY).name("a poll that is counted");
            retry.until(|calls| *calls == 3).run_blocking(counter())
        };
        scope.run_blocking(call).unwrap();
        assert_eq!(kinds(&scope), ["not yet 100ms", "not yet 200ms", "recovered"]);
        let sites = retry_runtime::sites();
        let site = sites.get("a poll that is counted");
        let site = site.expect("it is on the list");
        assert_eq!((site.not_yet(), site.retries()), (2, 0));
    }

    #[test]
    fn calls_no_hook_of_failures_but_that_of_the_end_plain() {
        let (scope, ends) = (Scope::new(), Mutex::new(Vec::new()));
        let retry = Retry::new(&POLICY)
            .until(|_| false)
            .on_retry(|_: &OnRetry<'_, &str>| unreachable!("nothing has failed"))
            .on_give_up(|end: &OnGiveUp<'_, &str>| {
                assert_eq!((end.error(), end.error_type()), (None, "not_yet"));
                ends.lock().unwrap().push(end.attempt());
            });
        scope.run_blocking(|| retry.run_blocking(counter())).unwrap();
        assert_eq!(ends.into_inner().unwrap(), [4]);
    }

    /// As without it: they cost what they cost, and count for the same attempts.
    #[test]
    fn leaves_errors_in_between_what_they_are_plain() {
        let (scope, budget, mut count) = (Scope::new(), Budget::standard(), counter());
        let retry = Retry::new(&POLICY).budget(&budget).until(|calls| *calls == 3);
        let call = || {
            retry.run_blocking(|| {
                count().and_then(|calls| match calls {
                    2 => Err("busy"),
                    calls => Ok(calls),
                })
            })
        };
        assert_eq!(scope.run_blocking(call), Ok(3));
        let types: Vec<_> = scope.events().iter().map(OwnedEvent::error_type).collect();
        assert_eq!(types, [Some("not_yet"), Some("_"), None]);
        assert_eq!(budget.available(), 500, "the retry after the error was given back");
    }

    /// A stop ends the pause, and the last value comes back.
    #[tokio::test(start_paused = true)]
    async fn ends_where_a_stop_is_requested() {
        let (stop, start) = (Stop::new(), Instant::now());
        let call = stop.scope(Retry::new(&POLICY).until(|_| false).run(async_counter()));
        let (call, ()) = tokio::join!(call, async {
            tokio::time::sleep(150 * MS).await;
            stop.request();
        });
        assert_eq!(call, Ok(2));
        assert_eq!(start.elapsed(), 150 * MS);
    }

    #[test]
    fn ends_where_a_stop_is_requested_plain() {
        let (stop, scope) = (Stop::new(), Scope::new());
        let retry = Retry::new(&POLICY).until(|calls| {
            if *calls == 2 {
                stop.request();
            }
            false
        });
        let call = || stop.scope_blocking(|| retry.run_blocking(counter()));
        assert_eq!(scope.run_blocking(call), Ok(2));
    }
}

mod when_ok {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn retries_a_value_as_a_failure() {
        let (budget, start) = (Budget::standard_2_0(), Instant::now());
        let retry = Retry::new(&POLICY).budget(&budget).when_ok(|_| true);
        assert_eq!(retry.run(async_counter()).await, Ok(4));
        assert_eq!(start.elapsed(), 700 * MS);
        assert_eq!(budget.available(), 500 - 3 * 5);
    }

    #[test]
    fn retries_a_value_as_a_failure_plain() {
        let (budget, scope) = (Budget::standard_2_0(), Scope::new());
        let retry = Retry::new(&POLICY).budget(&budget).when_ok(|_| true);
        assert_eq!(scope.run_blocking(|| retry.run_blocking(counter())), Ok(4));
        assert_eq!(scope.pauses(), [100 * MS, 200 * MS, 400 * MS]);
        assert_eq!(budget.available(), 500 - 3 * 5);
    }

    #[tokio::test(start_paused = true)]
    async fn returns_a_value_that_it_does_not_pick() {
        let call = Retry::new(&POLICY).when_ok(|calls| *calls < 3).run(async_counter());
        assert_eq!(call.await, Ok(3));
    }

    #[test]
    fn is_told_at_warn_and_to_hooks_plain() {
        let (scope, log, hooks) = (Scope::new(), Recorder::start(), Mutex::new(Vec::new()));
        let retry = Retry::new(&POLICY).when_ok(|calls| *calls < 3).on_retry(|retry| {
            hooks.lock().unwrap().push((retry.attempt(), retry.error().is_none()));
        });
        scope.run_blocking(|| retry.run_blocking(counter())).unwrap();
        let levels: Vec<_> = log.events().iter().map(|event| event.level).collect();
        assert_eq!(levels, [Level::WARN, Level::WARN, Level::INFO]);
        assert_eq!(hooks.into_inner().unwrap(), [(1, true), (2, true)]);
    }

    /// A failure comes first.
    #[test]
    fn goes_before_until_plain() {
        let scope = Scope::new();
        let retry = Retry::new(&POLICY).when_ok(|calls| *calls == 2).until(|calls| *calls > 1);
        assert_eq!(scope.run_blocking(|| retry.run_blocking(counter())), Ok(3));
        assert_eq!(kinds(&scope)[..2], ["not yet 100ms", "retry 200ms"]);
    }
}

mod an_error_without_display {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Busy(u32);

    fn texts(scope: &Scope) -> Vec<String> {
        scope.events().iter().filter_map(|event| event.error().map(str::to_owned)).collect()
    }

    #[test]
    fn is_printed_as_it_is_said_plain() {
        let scope = Scope::new();
        let retry = Retry::with_text(&POLICY, |busy: &Busy, f| write!(f, "busy {}", busy.0));
        let mut count = counter();
        let call = || retry.run_blocking(|| -> Result<(), _> { Err(Busy(count().unwrap())) });
        assert_eq!(scope.run_blocking(call), Err(Busy(4)));
        assert_eq!(texts(&scope), ["busy 1", "busy 2", "busy 3", "busy 4"]);
    }

    #[tokio::test]
    async fn can_be_printed_as_debug_does() {
        let scope = Scope::new();
        let retry = Retry::with_text(&POLICY, std::fmt::Debug::fmt).when(|busy: &Busy| busy.0 < 2);
        let mut count = counter();
        let call = retry.run(|| {
            let calls = count();
            async move { Err::<(), _>(Busy(calls.unwrap())) }
        });
        assert_eq!(scope.run(call).await, Err(Busy(2)));
        assert_eq!(texts(&scope), ["Busy(1)", "Busy(2)"]);
    }
}

/// What the closure does before it returns its future belongs to the attempt.
#[tokio::test]
async fn retries_made_before_the_future_is_returned_are_inside_the_attempt() {
    use retry_runtime::{NestedRetries, retry_blocking};

    const INNER: Policy = POLICY.to_builder().nested(NestedRetries::Inner).without_budget().build();
    let (scope, mut calls) = (Scope::new(), 0);
    let call = Retry::new(&INNER).run(|| {
        let result = retry_blocking(&INNER, || {
            calls += 1;
            Err::<(), _>("busy")
        });
        async move { result }
    });
    assert_eq!(scope.run(call).await, Err("busy"));
    assert_eq!(calls, 4, "the inner call alone retries");
}
