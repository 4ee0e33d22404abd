//! Closures in place of functions.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::future::pending;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use retry_runtime::testing::{ManualClock, Scope};
use retry_runtime::{
    Budget, ErrorCode, GaveUp, Jitter, Policy, Reason, Retry, Retrying, TimedOut, retry,
    retry_blocking,
};
use retry_tests::{Busy, LogEvent, MS, Recorder, Service, block_on};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};

const fn built(builder: retry_runtime::PolicyBuilder) -> Policy {
    match builder.build() {
        Ok(policy) => policy,
        Err(_) => panic!("refused"),
    }
}

/// Four attempts, with pauses of 100, 200 and 400 ms.
const POLICY: Policy = built(Policy::builder().max(4).jitter(Jitter::None).without_budget());

mod an_async_closure {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn is_called_until_it_succeeds() {
        let (service, start) = (Service::failing(3), Instant::now());
        assert_eq!(retry(&POLICY, async || service.call()).await, Ok(4));
        assert_eq!(start.elapsed(), 700 * MS);
    }

    #[tokio::test(start_paused = true)]
    async fn is_called_as_often_as_the_policy_says_and_its_last_error_comes_back() {
        let service = Service::down();
        assert_eq!(retry(&POLICY, async || service.call()).await, Err(Busy { call: 4 }));
    }

    #[tokio::test(start_paused = true)]
    async fn may_borrow_mutably() {
        let (service, mut log) = (Service::failing(2), Vec::new());
        let call = retry(&POLICY, async || {
            log.push("start");
            yield_now().await;
            log.push("end");
            service.call()
        });
        assert_eq!(call.await, Ok(3));
        assert_eq!(log, ["start", "end"].repeat(3));
    }

    #[tokio::test(start_paused = true)]
    async fn may_return_what_it_borrows() {
        let (service, name) = (Service::failing(1), "Ada".to_owned());
        let call = retry(&POLICY, async || service.call().map(|_| name.as_str()));
        assert_eq!(call.await, Ok("Ada"));
    }

    #[tokio::test(start_paused = true)]
    async fn does_nothing_before_it_is_polled() {
        let service = Service::down();
        drop(retry(&POLICY, async || service.call()));
        assert_eq!(service.calls(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn ends_where_its_future_is_dropped() {
        let service = Service::down();
        let call = retry(&POLICY, async || service.call());
        tokio::time::timeout(150 * MS, call).await.unwrap_err();
        sleep(60_000 * MS).await;
        assert_eq!(service.calls(), 2);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn can_be_spawned() {
        const QUICK: Policy = built(POLICY.to_builder().delay(Duration::from_millis(1)));
        let service = Arc::new(Service::failing(3));
        let call = tokio::spawn(retry(&QUICK, async move || {
            yield_now().await;
            service.call()
        }));
        assert_eq!(call.await.unwrap(), Ok(4));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn can_be_spawned_with_everything_that_can_be_set() {
        static BUDGET: Budget = Budget::standard();
        const QUICK: Policy = built(POLICY.to_builder().delay(Duration::from_millis(1)));
        const RETRY: Retry<'static, io::Error> = Retry::new(&QUICK)
            .name("spawned")
            .when(&|_| true)
            .unless(&|_| false)
            .hint(&|_| None)
            .budget(&BUDGET)
            .timeout(Duration::from_mins(1))
            .on_retry(&|_| ())
            .on_give_up(&|_| ());
        let service = Arc::new(Service::failing(3));
        let call = tokio::spawn(RETRY.run(async move || {
            yield_now().await;
            service.call().map_err(io::Error::other)
        }));
        assert_eq!(call.await.unwrap().unwrap(), 4);
    }

    /// Any error that can be printed: there need be no `Error`.
    #[tokio::test(start_paused = true)]
    async fn may_fail_with_a_text() {
        let mut calls = 0;
        let call = retry(&POLICY, async || {
            calls += 1;
            if calls < 3 { Err("busy".to_owned()) } else { Ok(calls) }
        });
        assert_eq!(call.await, Ok(3));
    }
}

mod a_plain_closure {
    use super::*;

    #[test]
    fn says_once_that_no_timeout_can_end_it() {
        let recorder = Recorder::start();
        for _ in 0..2 {
            let answer = Retry::new(&Policy::DEFAULT)
                .timeout(Duration::from_secs(1))
                .run_blocking(|| Ok::<_, io::Error>(42));
            assert_eq!(answer.expect("a success"), 42);
        }
        let [warning] = recorder.events().try_into().expect("one event");
        assert_eq!(warning.level, tracing::Level::WARN);
        assert!(warning.message.starts_with("a timeout cannot end"), "{}", warning.message);
    }

    #[test]
    fn is_called_until_it_succeeds_plain() {
        let (service, clock) = (Service::failing(3), ManualClock::install());
        assert_eq!(retry_blocking(&POLICY, || service.call()), Ok(4));
        assert_eq!(clock.pauses(), [100 * MS, 200 * MS, 400 * MS]);
    }

    #[test]
    fn is_called_as_often_as_the_policy_says_and_its_last_error_comes_back_plain() {
        let (service, _clock) = (Service::down(), ManualClock::install());
        assert_eq!(retry_blocking(&POLICY, || service.call()), Err(Busy { call: 4 }));
    }

    #[test]
    fn may_borrow_mutably_plain() {
        let (_clock, mut calls) = (ManualClock::install(), Vec::new());
        let call = retry_blocking(&POLICY, || {
            calls.push(calls.len());
            if calls.len() < 3 { Err("busy") } else { Ok(()) }
        });
        assert_eq!(call, Ok(()));
        assert_eq!(calls, [0, 1, 2]);
    }

    /// Unlike a loop around it would.
    #[test]
    fn keeps_its_question_marks_to_itself_plain() {
        fn fetch(service: &Service) -> Result<u32, Busy> {
            let call = retry_blocking(&POLICY, || {
                let call = service.call()?;
                Ok::<_, Busy>(call)
            })?;
            Ok(call * 10)
        }

        let _clock = ManualClock::install();
        assert_eq!(fetch(&Service::failing(1)), Ok(20));
    }
}

mod the_policy {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn can_have_a_deadline_that_counts_from_the_first_attempt() {
        const LIMITED: Policy = built(POLICY.to_builder().deadline(Duration::from_millis(300)));
        let (service, start) = (Service::down(), Instant::now());
        let call = retry(&LIMITED, async || service.call());
        sleep(60_000 * MS).await;
        assert_eq!(call.await, Err(Busy { call: 3 }));
        assert_eq!(start.elapsed(), 60_300 * MS);
    }

    #[test]
    fn can_have_a_deadline_plain() {
        const LIMITED: Policy = built(POLICY.to_builder().deadline(Duration::from_millis(300)));
        let (service, _clock) = (Service::down(), ManualClock::install());
        assert_eq!(retry_blocking(&LIMITED, || service.call()), Err(Busy { call: 3 }));
    }

    #[test]
    fn can_share_a_budget_plain() {
        static BUDGET: Budget = Budget::standard();
        const SHARED: Policy = built(Policy::builder().budget(&BUDGET));
        let (service, _clock) = (Service::down(), ManualClock::install());
        retry_blocking(&SHARED, || service.call()).unwrap_err();
        assert_eq!(BUDGET.available(), 490);
    }

    #[test]
    fn can_be_made_at_run_time_and_dropped_plain() {
        let (service, _clock) = (Service::down(), ManualClock::install());
        for max in 1..5 {
            let policy = Policy::builder().max(max).build().unwrap();
            let calls = service.calls();
            retry_blocking(&policy, || service.call()).unwrap_err();
            assert_eq!(service.calls() - calls, max);
        }
    }

    /// For a loop of one's own.
    #[test]
    fn gives_out_its_pauses() {
        assert_eq!(POLICY.pauses().collect::<Vec<_>>(), [100 * MS, 200 * MS, 400 * MS]);
        assert_eq!(POLICY.pauses().len(), 3);
        assert_eq!(built(Policy::builder().max(1)).pauses().next(), None);
    }
}

/// The place of the call, unless it has a name.
mod the_site {
    use super::*;

    fn sites(recorder: &Recorder) -> Vec<String> {
        let site = |event: &LogEvent| event.field("site").unwrap().to_owned();
        recorder.events().iter().map(site).collect()
    }

    /// The beginning of what stands in this file, on this line.
    fn place(line: u32) -> String {
        format!("{}:{line}:", file!())
    }

    #[tokio::test(start_paused = true)]
    async fn is_the_place_of_the_call() {
        let (recorder, service) = (Recorder::start(), Service::failing(1));
        let (call, line) = (retry(&POLICY, async || service.call()), line!());
        call.await.unwrap();
        let sites = sites(&recorder);
        assert!(sites[0].starts_with(&place(line)), "{sites:?}");
        assert_eq!(sites, vec![sites[0].clone(); 2]);
    }

    #[test]
    fn is_the_place_of_the_call_plain() {
        let (recorder, _clock) = (Recorder::start(), ManualClock::install());
        let service = Service::failing(1);
        let (call, line) = (retry_blocking(&POLICY, || service.call()), line!());
        call.unwrap();
        let sites = sites(&recorder);
        assert!(sites[0].starts_with(&place(line)), "{sites:?}");
    }

    #[test]
    fn is_the_place_of_new_in_a_chain_plain() {
        let (recorder, _clock) = (Recorder::start(), ManualClock::install());
        let service = Service::failing(1);
        let (line, retry) = (line!(), Retry::new(&POLICY));
        retry.when(&|_| true).run_blocking(|| service.call()).unwrap();
        let sites = sites(&recorder);
        assert!(sites[0].starts_with(&place(line)), "{sites:?}");
    }

    #[test]
    fn can_have_a_name_plain() {
        let (recorder, _clock) = (Recorder::start(), ManualClock::install());
        let service = Service::failing(1);
        Retry::new(&POLICY).name("orders.fetch").run_blocking(|| service.call()).unwrap();
        assert_eq!(sites(&recorder), ["orders.fetch"; 2]);
    }

    /// The caller's, of a function that passes it on.
    #[test]
    fn is_that_of_the_caller_where_a_function_says_so_plain() {
        #[track_caller]
        fn patiently(service: &Service) -> Result<u32, Busy> {
            retry_blocking(&POLICY, || service.call())
        }

        let (recorder, _clock) = (Recorder::start(), ManualClock::install());
        let (call, line) = (patiently(&Service::failing(1)), line!());
        call.unwrap();
        let sites = sites(&recorder);
        assert!(sites[0].starts_with(&place(line)), "{sites:?}");
    }
}

mod events {
    use super::*;

    const GAVE_UP: [&str; 4] = [
        r#"WARN site="fetch" attempt=1 max=4 error.type="_" error="busy, call 1" pause=0.1 elapsed=0.0"#,
        r#"WARN site="fetch" attempt=2 max=4 error.type="_" error="busy, call 2" pause=0.2 elapsed=0.1"#,
        r#"WARN site="fetch" attempt=3 max=4 error.type="_" error="busy, call 3" pause=0.4 elapsed=0.3"#,
        r#"ERROR site="fetch" attempt=4 max=4 error.type="_" error="busy, call 4" reason="max_attempts" elapsed=0.7"#,
    ];

    #[tokio::test(start_paused = true)]
    async fn are_those_of_a_function() {
        let (recorder, service) = (Recorder::start(), Service::down());
        let call = Retry::new(&POLICY).name("fetch").run(async || service.call());
        call.await.unwrap_err();
        assert_eq!(recorder.lines(), GAVE_UP);
    }

    #[test]
    fn are_those_of_a_function_plain() {
        let (recorder, _clock) = (Recorder::start(), ManualClock::install());
        let service = Service::down();
        Retry::new(&POLICY).name("fetch").run_blocking(|| service.call()).unwrap_err();
        assert_eq!(recorder.lines(), GAVE_UP);
    }

    #[test]
    fn tell_of_success_after_a_retry_and_not_of_success_at_once_plain() {
        let (recorder, _clock) = (Recorder::start(), ManualClock::install());
        for failures in [0, 1] {
            let service = Service::failing(failures);
            Retry::new(&POLICY).name("fetch").run_blocking(|| service.call()).unwrap();
        }
        assert_eq!(recorder.lines()[1], r#"INFO site="fetch" attempt=2 max=4 elapsed=0.1"#);
        assert_eq!(recorder.lines().len(), 2);
    }
}

/// As an annotated function has one.
mod the_budget_of_a_place {
    use super::*;

    const ANY: Policy = built(Policy::builder().max(2));

    /// The only place that these tests share.
    fn here(service: &Service, name: Option<&'static str>) -> Result<u32, Busy> {
        let retry = Retry::new(&ANY);
        match name {
            Some(name) => retry.name(name).run_blocking(|| service.call()),
            None => retry.run_blocking(|| service.call()),
        }
    }

    fn calls(call: impl Fn(&Service) -> Result<u32, Busy>) -> u32 {
        let (service, _clock) = (Service::down(), ManualClock::install());
        for _ in 0..300 {
            call(&service).unwrap_err();
        }
        service.calls()
    }

    #[test]
    fn is_the_same_in_every_call_plain() {
        assert_eq!(calls(|service| here(service, None)), 300 + 100);
        assert_eq!(calls(|service| here(service, None)), 300);
    }

    #[test]
    fn is_another_under_another_name_plain() {
        assert_eq!(calls(|service| here(service, Some("one"))), 300 + 100);
        assert_eq!(calls(|service| here(service, Some("other"))), 300 + 100);
        assert_eq!(calls(|service| here(service, Some("one"))), 300);
    }

    #[test]
    fn is_another_in_another_place_plain() {
        assert_eq!(calls(|service| retry_blocking(&ANY, || service.call())), 300 + 100);
        assert_eq!(calls(|service| retry_blocking(&ANY, || service.call())), 300 + 100);
    }

    #[test]
    fn is_filled_by_success_plain() {
        let there = |service: &Service| retry_blocking(&ANY, || service.call());
        assert_eq!(calls(there), 300 + 100);
        for _ in 0..5 {
            there(&Service::failing(0)).unwrap();
        }
        let _clock = ManualClock::install();
        assert_eq!(there(&Service::down()), Err(Busy { call: 2 }));
        assert_eq!(there(&Service::down()), Err(Busy { call: 1 }));
    }

    #[tokio::test(start_paused = true)]
    async fn is_the_same_in_every_call() {
        let service = Service::down();
        for _ in 0..300 {
            retry(&ANY, async || service.call()).await.unwrap_err();
        }
        assert_eq!(service.calls(), 300 + 100);
    }

    #[test]
    fn can_be_replaced_plain() {
        let (budget, service) = (Budget::tokens(5, 5, 5).unwrap(), Service::down());
        let _clock = ManualClock::install();
        let call = || Retry::new(&ANY).budget(&budget).run_blocking(|| service.call());
        assert_eq!(call(), Err(Busy { call: 2 }));
        assert_eq!(call(), Err(Busy { call: 3 }));
        assert_eq!(budget.available(), 0);
    }
}

mod selects {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn every_error_unless_told_otherwise() {
        let service = Service::failing(2);
        assert_eq!(retry(&POLICY, async || service.call()).await, Ok(3));
    }

    #[tokio::test(start_paused = true)]
    async fn by_when() {
        let service = Service::down();
        let call = Retry::new(&POLICY).when(&|busy: &Busy| busy.call < 2);
        assert_eq!(call.run(async || service.call()).await, Err(Busy { call: 2 }));
    }

    #[test]
    fn by_when_plain() {
        let (service, _clock) = (Service::down(), ManualClock::install());
        let call = Retry::new(&POLICY).when(&|busy: &Busy| busy.call < 2);
        assert_eq!(call.run_blocking(|| service.call()), Err(Busy { call: 2 }));
    }

    #[test]
    fn by_unless_which_always_wins_plain() {
        let (service, _clock) = (Service::down(), ManualClock::install());
        let call = Retry::new(&POLICY).when(&|_| true).unless(&|busy: &Busy| busy.call == 2);
        assert_eq!(call.run_blocking(|| service.call()), Err(Busy { call: 2 }));
    }

    #[test]
    fn and_tells_in_events_by_what_plain() {
        let (recorder, _clock) = (Recorder::start(), ManualClock::install());
        let service = Service::down();
        let call = Retry::new(&POLICY).when(&|busy: &Busy| busy.call < 2);
        call.run_blocking(|| service.call()).unwrap_err();
        let events = recorder.events();
        assert_eq!(events[0].field("error.type"), Some("when"));
        assert_eq!(events[1].field("error.type"), Some("_OTHER"));
        assert_eq!(events[1].field("reason"), Some("not_retryable"));
    }
}

mod a_hint {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn lengthens_the_pause() {
        let (service, start) = (Service::failing(1), Instant::now());
        let call = Retry::new(&POLICY).hint(&|_| Some(3000 * MS));
        call.run(async || service.call()).await.unwrap();
        assert_eq!(start.elapsed(), 3000 * MS);
    }

    #[test]
    fn lengthens_the_pause_by_five_seconds_at_most_plain() {
        let (service, clock) = (Service::failing(1), ManualClock::install());
        let call = Retry::new(&POLICY).hint(&|_| Some(Duration::MAX));
        call.run_blocking(|| service.call()).unwrap();
        assert_eq!(clock.pauses(), [5100 * MS]);
    }
}

mod a_timeout {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn cuts_an_attempt_which_is_retried() {
        let (service, start) = (Service::failing(2), Instant::now());
        let call = Retry::new(&POLICY).timeout(LIMIT).run(async || match service.call() {
            Ok(call) => Ok::<_, io::Error>(call),
            Err(_) => pending().await,
        });
        assert_eq!(call.await.unwrap(), 3);
        assert_eq!(start.elapsed(), (1000 + 100 + 1000 + 200) * MS);
    }

    #[tokio::test(start_paused = true)]
    async fn is_retried_although_when_does_not_select_it() {
        let recorder = Recorder::start();
        let call = Retry::new(&POLICY).timeout(LIMIT).when(&|_| false).name("fetch");
        let error = call.run(async || pending::<Result<(), TimedOut>>().await).await.unwrap_err();
        assert_eq!((error.site(), error.attempt(), error.limit()), ("fetch", 4, LIMIT));
        assert_eq!(recorder.events()[0].field("error.type"), Some("timeout"));
    }

    #[tokio::test(start_paused = true)]
    async fn is_not_retried_where_unless_says_so() {
        let call = Retry::new(&POLICY).timeout(LIMIT).unless(&|_| true);
        let error = call.run(async || pending::<Result<(), TimedOut>>().await).await.unwrap_err();
        assert_eq!(error.attempt(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn is_shortened_to_what_the_deadline_leaves() {
        const LIMITED: Policy = built(POLICY.to_builder().deadline(Duration::from_millis(1500)));
        let start = Instant::now();
        let call = Retry::new(&LIMITED).timeout(LIMIT);
        let error = call.run(async || pending::<Result<(), TimedOut>>().await).await.unwrap_err();
        assert_eq!((error.attempt(), error.limit()), (2, 400 * MS));
        assert_eq!(start.elapsed(), 1500 * MS);
    }

    #[tokio::test(start_paused = true)]
    async fn costs_ten_tokens() {
        let budget = Budget::standard();
        let call = Retry::new(&POLICY).timeout(LIMIT).budget(&budget);
        call.run(async || pending::<Result<(), TimedOut>>().await).await.unwrap_err();
        assert_eq!(budget.available(), 500 - 3 * 10);
    }

    #[tokio::test(start_paused = true)]
    async fn throws_nothing_away_that_is_ready_in_time() {
        let call = Retry::new(&POLICY).timeout(LIMIT);
        let call = call.run(async || {
            sleep(LIMIT).await;
            Ok::<_, TimedOut>(7)
        });
        assert_eq!(call.await, Ok(7));
    }
}

mod hooks {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn are_told_of_retries_and_of_the_end() {
        let (service, log) = (Service::down(), std::sync::Mutex::new(Vec::new()));
        let on_retry = |retry: &Retrying<'_, Busy>| {
            let told = (retry.attempt(), retry.error().unwrap().call, retry.pause().as_millis());
            log.lock().unwrap().push(told);
        };
        let on_give_up = |end: &GaveUp<'_, Busy>| {
            assert_eq!(end.reason(), Reason::MaxAttempts);
            log.lock().unwrap().push((end.attempt(), end.error().unwrap().call, 0));
        };
        let call = Retry::new(&POLICY).on_retry(&on_retry).on_give_up(&on_give_up);
        call.run(async || service.call()).await.unwrap_err();
        assert_eq!(log.into_inner().unwrap(), [(1, 1, 100), (2, 2, 200), (3, 3, 400), (4, 4, 0)]);
    }

    #[test]
    fn are_told_of_retries_and_of_the_end_plain() {
        let (service, _clock) = (Service::down(), ManualClock::install());
        let log = std::sync::Mutex::new(Vec::new());
        let on_retry = |retry: &Retrying<'_, Busy>| log.lock().unwrap().push(retry.attempt());
        let on_give_up = |end: &GaveUp<'_, Busy>| log.lock().unwrap().push(10 * end.attempt());
        let call = Retry::new(&POLICY).on_retry(&on_retry).on_give_up(&on_give_up);
        call.run_blocking(|| service.call()).unwrap_err();
        assert_eq!(log.into_inner().unwrap(), [1, 2, 3, 40]);
    }

    #[test]
    fn are_not_told_of_an_error_that_is_not_retried_plain() {
        let call = Retry::new(&POLICY)
            .when(&|_| false)
            .on_retry(&|_| unreachable!("there is none"))
            .on_give_up(&|_| unreachable!("no limit ended it"));
        let service = Service::down();
        call.run_blocking(|| service.call()).unwrap_err();
    }
}

#[test]
fn codes_make_throttling_the_cheaper_error_plain() {
    #[derive(Debug, thiserror::Error)]
    #[error("rejected")]
    struct Rejected;

    impl ErrorCode for Rejected {
        fn code(&self) -> Option<&str> {
            Some("SlowDown")
        }
    }

    let (_clock, budget) = (ManualClock::install(), Budget::standard_2_1());
    let call = Retry::new(&POLICY).budget(&budget);
    call.run_blocking(|| Err::<(), _>(Rejected)).unwrap_err();
    assert_eq!(budget.available(), 500 - 3 * 14);
    call.codes().run_blocking(|| Err::<(), _>(Rejected)).unwrap_err();
    assert_eq!(budget.available(), 500 - 3 * 14 - 3 * 5);
}

mod an_own_timer {
    use super::*;

    #[test]
    fn is_called_with_each_pause_and_needs_no_tokio() {
        let (service, pauses) = (Service::down(), RefCell::new(Vec::new()));
        let timer = |pause| {
            pauses.borrow_mut().push(pause);
            async {}
        };
        let call = Retry::new(&POLICY).run_on(timer, async || service.call());
        assert_eq!(block_on(call), Err(Busy { call: 4 }));
        assert_eq!(*pauses.borrow(), [100 * MS, 200 * MS, 400 * MS]);
    }

    #[test]
    fn bounds_attempts_too() {
        const TWICE: Policy = built(POLICY.to_builder().max(2));
        let timers = RefCell::new(Vec::new());
        let timer = |pause| {
            timers.borrow_mut().push(pause);
            yield_now()
        };
        let call = Retry::new(&TWICE).timeout(Duration::from_secs(1));
        let call = call.run_on(timer, async || pending::<Result<(), TimedOut>>().await);
        assert_eq!(block_on(call).unwrap_err().attempt(), 2);
        assert_eq!(*timers.borrow(), [1000 * MS, 100 * MS, 1000 * MS]);
    }

    #[tokio::test(start_paused = true)]
    async fn takes_the_place_of_tokios() {
        let (service, start) = (Service::failing(1), Instant::now());
        let call = Retry::new(&POLICY).run_on(|pause| sleep(10 * pause), async || service.call());
        call.await.unwrap();
        assert_eq!(start.elapsed(), 1000 * MS);
    }

    #[tokio::test(start_paused = true)]
    async fn that_is_late_starts_no_attempt_after_the_deadline() {
        const LIMITED: Policy = built(POLICY.to_builder().deadline(Duration::from_secs(1)));
        let service = Service::failing(1);
        let call = Retry::new(&LIMITED).run_on(|pause| sleep(20 * pause), async || service.call());
        assert_eq!(call.await, Err(Busy { call: 1 }));
        assert_eq!(service.calls(), 1);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn can_be_used_in_a_task() {
        let service = Arc::new(Service::failing(2));
        let timer = |_| tokio::task::yield_now();
        let call = Retry::new(&POLICY).run_on(timer, async move || service.call());
        assert_eq!(tokio::spawn(call).await.unwrap(), Ok(3));
    }
}

mod what_a_retry_is_made_of {
    use super::*;

    #[test]
    fn can_be_used_again_plain() {
        let (retry, _clock) = (Retry::new(&POLICY).when(&|_| true), ManualClock::install());
        for _ in 0..3 {
            let service = Service::failing(2);
            assert_eq!(retry.run_blocking(|| service.call()), Ok(3));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn serves_several_calls_at_once() {
        let retry = Retry::new(&POLICY);
        let (one, other) = (Service::failing(2), Service::down());
        let start = Instant::now();
        let (one, other) =
            tokio::join!(retry.run(async || one.call()), retry.run(async || other.call()));
        assert_eq!((one, other), (Ok(3), Err(Busy { call: 4 })));
        assert_eq!(start.elapsed(), 700 * MS);
    }

    #[test]
    fn can_look_at_what_is_around_it_plain() {
        let (wanted, asked) = (2, std::sync::atomic::AtomicU32::new(0));
        let when = |busy: &Busy| {
            asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            busy.call < wanted
        };
        let (service, _clock) = (Service::down(), ManualClock::install());
        let call = Retry::new(&POLICY).when(&when).run_blocking(|| service.call());
        assert_eq!(call, Err(Busy { call: 2 }));
        assert_eq!(asked.into_inner(), 2);
    }
}

mod in_a_scope_of_a_test {
    use super::*;

    #[tokio::test]
    async fn pauses_pass_at_once() {
        let (scope, service) = (Scope::new(), Service::failing(2));
        let call = retry(&POLICY, async || service.call());
        assert_eq!(scope.run(call).await, Ok(3));
        assert_eq!(scope.pauses(), [100 * MS, 200 * MS]);
    }

    #[test]
    fn fewer_attempts_are_made_plain() {
        let (scope, service) = (Scope::new().max(2), Service::down());
        let call = scope.run_blocking(|| retry_blocking(&POLICY, || service.call()));
        assert_eq!(call, Err(Busy { call: 2 }));
    }
}

/// A pause that passes at once still lets others have a turn.
#[tokio::test]
async fn a_pause_of_no_length_lets_other_tasks_run() {
    const IMMEDIATE: Policy = built(Policy::builder().max(5).delay(Duration::ZERO));
    let turns = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let other = Arc::clone(&turns);
    tokio::spawn(async move {
        loop {
            other.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            yield_now().await;
        }
    });
    let (service, mut seen) = (Service::failing(4), HashSet::new());
    let call = retry(&IMMEDIATE, async || {
        seen.insert(turns.load(std::sync::atomic::Ordering::Relaxed));
        service.call()
    });
    assert_eq!(call.await, Ok(5));
    assert_eq!(seen.len(), 5, "no progress between attempts");
}

#[test]
fn a_closure_can_call_an_annotated_function_plain() {
    #[retry_runtime::retry_on(Busy, max = 2, delay = "0ms", nested = "allow")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (service, _clock, calls) = (Service::down(), ManualClock::install(), Cell::new(0));
    let call = retry_blocking(&POLICY, || {
        calls.set(calls.get() + 1);
        fetch(&service)
    });
    assert_eq!((call, calls.get()), (Err(Busy { call: 8 }), 4));
}
