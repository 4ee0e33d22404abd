//! What many failing calls share, so that retries never become the load that keeps a service down.

use std::pin::pin;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use retry_runtime::testing::ManualClock;
use retry_runtime::{Budget, retry_on};
use retry_tests::{Busy, MS, Recorder, Service};

/// How many retries a full budget of its own pays for.
const RETRIES: u32 = 500 / 5;

mod of_its_own {
    use super::*;

    /// Calls the function a hundred times in vain: the service's calls after each.
    macro_rules! calls_after_each {
        ($service:ident, $call:expr) => {{
            let _clock = ManualClock::install();
            let $service = Service::down();
            let mut calls = Vec::new();
            for _ in 0..100 {
                assert!($call.is_err());
                calls.push($service.calls());
            }
            calls
        }};
    }

    /// Three attempts each while there are tokens, and one each after that.
    fn assert_ends_with_the_tokens(calls: &[u32]) {
        for (index, calls) in calls.iter().enumerate() {
            let made = u32::try_from(index).unwrap() + 1;
            assert_eq!(*calls, made + RETRIES.min(2 * made), "after {made} calls");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn every_function_has_one_of_500_tokens() {
        #[retry_on(Busy)]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        assert_ends_with_the_tokens(&calls_after_each!(service, fetch(&service).await));
    }

    #[test]
    fn every_function_has_one_of_500_tokens_plain() {
        #[retry_on(Busy)]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        assert_ends_with_the_tokens(&calls_after_each!(service, fetch(&service)));
    }

    /// Also where the rest is known at run time only.
    #[test]
    fn functions_with_run_time_values_have_one_too_plain() {
        #[retry_on(_, max = max)]
        fn fetch(service: &Service, max: u32) -> Result<u32, Box<dyn std::error::Error>> {
            Ok(service.call()?)
        }

        assert_ends_with_the_tokens(&calls_after_each!(service, fetch(&service, 3)));
    }

    #[test]
    fn functions_with_a_policy_have_one_too_plain() {
        use retry_runtime::Policy;

        #[retry_on(Busy, policy = policy)]
        fn fetch(service: &Service, policy: &Policy) -> Result<u32, Busy> {
            service.call()
        }

        let policy = Policy::DEFAULT;
        assert_ends_with_the_tokens(&calls_after_each!(service, fetch(&service, &policy)));
    }

    #[test]
    fn two_functions_do_not_share_it_plain() {
        #[retry_on(Busy)]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(Busy)]
        fn store(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        assert_ends_with_the_tokens(&calls_after_each!(service, fetch(&service)));
        assert_ends_with_the_tokens(&calls_after_each!(service, store(&service)));
    }

    #[test]
    fn all_clients_and_threads_share_it_plain() {
        struct Client;

        impl Client {
            #[retry_on(Busy, delay = "0ms")]
            fn fetch(&self, service: &Service) -> Result<u32, Busy> {
                let Self = self;
                service.call()
            }
        }

        let service = Service::down();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        Client.fetch(&service).unwrap_err();
                    }
                });
            }
        });
        assert_eq!(service.calls(), 400 + RETRIES);
    }
}

mod that_is_empty {
    use super::*;

    static EMPTY: Budget = Budget::builder().capacity(10).retry_cost(10).timeout_cost(10).build();

    const GAVE_UP: &str = r#"ERROR site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" reason="budget" elapsed=0.0"#;

    /// Takes all that is left.
    #[retry_on(Busy, max = 2, budget = &EMPTY)]
    fn drain() -> Result<(), Busy> {
        Err(Busy { call: 0 })
    }

    #[retry_on(Busy, budget = &EMPTY, name = "fetch")]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, budget = &EMPTY, name = "fetch")]
    fn fetch_plain(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[tokio::test(start_paused = true)]
    async fn ends_a_call_with_its_own_error_and_the_reason_budget() {
        let (service, _clock) = (Service::down(), ManualClock::install());
        drain().unwrap_err();
        let recorder = Recorder::start();
        assert_eq!(fetch(&service).await, Err(Busy { call: 1 }));
        assert_eq!(service.calls(), 1);
        assert_eq!(recorder.lines(), [GAVE_UP]);
    }

    #[test]
    fn ends_a_call_with_its_own_error_and_the_reason_budget_plain() {
        let (service, clock) = (Service::down(), ManualClock::install());
        drain().unwrap_err();
        let (recorder, pauses) = (Recorder::start(), clock.pauses().len());
        assert_eq!(fetch_plain(&service), Err(Busy { call: 1 }));
        assert_eq!(service.calls(), 1);
        assert_eq!(recorder.lines(), [GAVE_UP]);
        assert_eq!(clock.pauses().len(), pauses, "it paused before it gave up");
    }

    #[test]
    fn keeps_no_first_attempt_from_being_made_plain() {
        let _clock = ManualClock::install();
        drain().unwrap_err();
        assert_eq!(fetch_plain(&Service::failing(0)), Ok(1));
    }
}

mod that_is_shared {
    use super::*;

    struct Client {
        budget: Budget,
    }

    impl Client {
        #[retry_on(Busy, budget = &self.budget)]
        async fn fetch(&self, service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(Busy, budget = &self.budget)]
        fn fetch_plain(&self, service: &Service) -> Result<u32, Busy> {
            service.call()
        }
    }

    struct Shop {
        budget: Arc<Budget>,
    }

    impl Shop {
        #[retry_on(Busy, budget = &self.budget)]
        fn order(&self, service: &Service) -> Result<u32, Busy> {
            service.call()
        }
    }

    #[test]
    fn pays_for_the_retries_of_two_functions_together_plain() {
        static BUDGET: Budget = Budget::standard_2_0();

        #[retry_on(Busy, budget = &BUDGET)]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(Busy, budget = &BUDGET)]
        fn store(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (service, _clock) = (Service::down(), ManualClock::install());
        for _ in 0..100 {
            fetch(&service).unwrap_err();
        }
        assert_eq!(service.calls(), 100 + RETRIES);
        assert_eq!(store(&Service::failing(1)), Err(Busy { call: 1 }));
    }

    #[tokio::test(start_paused = true)]
    async fn can_be_a_field() {
        let (one, other) = (
            Client { budget: Budget::builder().capacity(10).retry_cost(5).timeout_cost(5).build() },
            Client { budget: Budget::standard_2_0() },
        );
        assert_eq!(one.fetch(&Service::down()).await, Err(Busy { call: 3 }));
        assert_eq!(one.fetch(&Service::down()).await, Err(Busy { call: 1 }));
        assert_eq!(other.fetch(&Service::down()).await, Err(Busy { call: 3 }));
        assert_eq!((one.budget.available(), other.budget.available()), (0, 490));
    }

    #[test]
    fn can_be_a_field_plain() {
        let client =
            Client { budget: Budget::builder().capacity(10).retry_cost(5).timeout_cost(5).build() };
        let _clock = ManualClock::install();
        assert_eq!(client.fetch_plain(&Service::down()), Err(Busy { call: 3 }));
        assert_eq!(client.fetch_plain(&Service::down()), Err(Busy { call: 1 }));
    }

    #[test]
    fn can_be_a_shared_pointer_plain() {
        let budget = Arc::new(Budget::builder().capacity(10).retry_cost(5).timeout_cost(5).build());
        let (one, other) = (Shop { budget: Arc::clone(&budget) }, Shop { budget });
        let _clock = ManualClock::install();
        assert_eq!(one.order(&Service::down()), Err(Busy { call: 3 }));
        assert_eq!(other.order(&Service::down()), Err(Busy { call: 1 }));
    }

    #[tokio::test(start_paused = true)]
    async fn can_be_an_argument() {
        #[retry_on(Busy, budget = budget)]
        async fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
            service.call()
        }

        let budget = Budget::standard_2_0();
        fetch(&Service::down(), &budget).await.unwrap_err();
        assert_eq!(budget.available(), 490);
    }

    #[test]
    fn leaves_the_own_budget_of_the_function_alone_plain() {
        #[retry_on(Busy, budget = budget)]
        fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
            service.call()
        }

        let (service, _clock) = (Service::down(), ManualClock::install());
        for _ in 0..100 {
            fetch(&service, &Budget::standard_2_0()).unwrap_err();
        }
        assert_eq!(service.calls(), 300);
    }
}

#[tokio::test(start_paused = true)]
async fn without_one_every_call_has_all_its_attempts() {
    #[retry_on(Busy, delay = "0ms", budget = none)]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let service = Service::down();
    for _ in 0..1000 {
        fetch(&service).await.unwrap_err();
    }
    assert_eq!(service.calls(), 3000);
}

#[test]
fn without_one_every_call_has_all_its_attempts_plain() {
    #[retry_on(Busy, delay = "0ms", budget = none)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let service = Service::down();
    for _ in 0..1000 {
        fetch(&service).unwrap_err();
    }
    assert_eq!(service.calls(), 3000);
}

mod success {
    use super::*;

    #[retry_on(Busy, max = 4, budget = budget)]
    async fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, max = 4, budget = budget)]
    fn fetch_plain(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    /// A budget of which one call has taken 15 tokens.
    fn used(_: &ManualClock) -> Budget {
        let budget = Budget::standard_2_0();
        fetch_plain(&Service::down(), &budget).unwrap_err();
        assert_eq!(budget.available(), 500 - 3 * 5);
        budget
    }

    #[tokio::test(start_paused = true)]
    async fn gives_back_what_its_retry_took() {
        let budget = Budget::standard_2_0();
        fetch(&Service::failing(1), &budget).await.unwrap();
        assert_eq!(budget.available(), 500);
        fetch(&Service::failing(3), &budget).await.unwrap();
        assert_eq!(budget.available(), 500 - 2 * 5, "the two retries that failed are lost");
    }

    #[test]
    fn gives_back_what_its_retry_took_plain() {
        let (_clock, budget) = (ManualClock::install(), Budget::standard_2_0());
        fetch_plain(&Service::failing(1), &budget).unwrap();
        assert_eq!(budget.available(), 500);
        fetch_plain(&Service::failing(3), &budget).unwrap();
        assert_eq!(budget.available(), 500 - 2 * 5, "the two retries that failed are lost");
    }

    #[tokio::test(start_paused = true)]
    async fn at_once_gives_back_one() {
        let budget = used(&ManualClock::install());
        fetch(&Service::failing(0), &budget).await.unwrap();
        assert_eq!(budget.available(), 485 + 1);
    }

    #[test]
    fn at_once_gives_back_one_plain() {
        let budget = used(&ManualClock::install());
        fetch_plain(&Service::failing(0), &budget).unwrap();
        assert_eq!(budget.available(), 485 + 1);
    }

    #[test]
    fn never_fills_it_above_its_capacity_plain() {
        let budget = used(&ManualClock::install());
        for _ in 0..100 {
            fetch_plain(&Service::failing(0), &budget).unwrap();
        }
        assert_eq!(budget.available(), 500);
    }

    /// Without the key, the budget cannot be read.
    #[test]
    fn fills_the_own_budget_of_a_function_plain() {
        #[retry_on(Busy, max = 2)]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let _clock = ManualClock::install();
        for _ in 0..RETRIES {
            assert_eq!(fetch(&Service::down()), Err(Busy { call: 2 }));
        }
        for _ in 0..4 {
            fetch(&Service::failing(0)).unwrap();
        }
        assert_eq!(fetch(&Service::down()), Err(Busy { call: 1 }), "4 tokens are too few");
        fetch(&Service::failing(0)).unwrap();
        assert_eq!(fetch(&Service::down()), Err(Busy { call: 2 }));
        assert_eq!(fetch(&Service::down()), Err(Busy { call: 1 }));
    }
}

/// Retries are a share of the calls.
mod ratio {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(10);

    #[retry_on(Busy, max = 9, delay = "1ms", budget = budget)]
    fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, max = 9, delay = "1ms", budget = budget)]
    async fn fetch_async(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    #[test]
    fn grants_retries_for_a_share_of_the_calls_and_no_more_plain() {
        let (_clock, budget) = (ManualClock::install(), Budget::try_ratio(0.2, 0, WINDOW).unwrap());
        for _ in 0..9 {
            fetch(&Service::failing(0), &budget).unwrap();
        }
        assert_eq!(budget.available(), 1);
        // This is the tenth.
        assert_eq!(fetch(&Service::down(), &budget), Err(Busy { call: 3 }));
        assert_eq!(fetch(&Service::down(), &budget), Err(Busy { call: 1 }));
    }

    #[tokio::test(start_paused = true)]
    async fn grants_retries_for_a_share_of_the_calls_and_no_more() {
        let budget = Budget::try_ratio(0.2, 0, WINDOW).unwrap();
        for _ in 0..9 {
            fetch_async(&Service::failing(0), &budget).await.unwrap();
        }
        assert_eq!(fetch_async(&Service::down(), &budget).await, Err(Busy { call: 3 }));
        assert_eq!(fetch_async(&Service::down(), &budget).await, Err(Busy { call: 1 }));
    }

    #[test]
    fn grants_some_however_few_calls_there_are_plain() {
        let (_clock, budget) =
            (ManualClock::install(), Budget::ratio(0.2, 10, Duration::from_secs(10)));
        assert_eq!(budget.available(), 100);
        assert_eq!(fetch(&Service::down(), &budget), Err(Busy { call: 9 }));
        assert_eq!(budget.available(), 100 - 8);
    }

    #[test]
    fn forgets_what_is_longer_ago_than_its_window_plain() {
        let (clock, budget) = (ManualClock::install(), Budget::try_ratio(1.0, 0, WINDOW).unwrap());
        for _ in 0..5 {
            fetch(&Service::failing(0), &budget).unwrap();
        }
        assert_eq!(budget.available(), 5);
        clock.advance(2 * WINDOW);
        assert_eq!(budget.available(), 0);
    }

    #[test]
    fn takes_nothing_back_for_a_success_plain() {
        let (_clock, budget) =
            (ManualClock::install(), Budget::ratio(0.2, 10, Duration::from_secs(10)));
        fetch(&Service::failing(8), &budget).unwrap();
        assert_eq!(budget.available(), 100 - 8);
    }
}

/// It is asked last, so that no token is spent on a retry that is not made.
mod is_not_asked {
    use super::*;

    #[test]
    fn where_max_ends_the_call_plain() {
        #[retry_on(Busy, max = 2, budget = budget)]
        fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
            service.call()
        }

        let (_clock, budget) = (ManualClock::install(), Budget::standard_2_0());
        fetch(&Service::down(), &budget).unwrap_err();
        assert_eq!(budget.available(), 495);
    }

    #[test]
    fn where_no_selector_matches_plain() {
        #[retry_on(Busy { call: 1 }, budget = budget)]
        fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
            service.call()
        }

        let (_clock, budget) = (ManualClock::install(), Budget::standard_2_0());
        assert_eq!(fetch(&Service::down(), &budget), Err(Busy { call: 2 }));
        assert_eq!(budget.available(), 495);
    }

    #[test]
    fn where_the_deadline_ends_the_call_plain() {
        #[retry_on(Busy, jitter = none, deadline = "100ms", budget = budget)]
        fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
            service.call()
        }

        let (_clock, budget) = (ManualClock::install(), Budget::standard_2_0());
        assert_eq!(fetch(&Service::down(), &budget), Err(Busy { call: 2 }));
        assert_eq!(budget.available(), 495);
    }

    #[test]
    fn where_a_stop_was_requested_plain() {
        #[retry_on(Busy, budget = budget)]
        fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
            service.call()
        }

        let (stop, budget) = (retry_runtime::Stop::new(), Budget::standard_2_0());
        stop.request();
        stop.scope_blocking(|| fetch(&Service::down(), &budget)).unwrap_err();
        assert_eq!(budget.available(), 500);
    }
}

/// A pause is paid for before it begins, so that a thousand callers do not wait for one token.
#[tokio::test(start_paused = true)]
async fn is_paid_before_the_pause() {
    #[retry_on(Busy, jitter = none, budget = budget)]
    async fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    let (service, budget) = (Service::down(), Budget::new());
    let mut call = pin!(fetch(&service, &budget));
    tokio::time::timeout(50 * MS, call.as_mut()).await.unwrap_err();
    assert_eq!(budget.available(), 495);
}

/// What comes back with time.
mod refill {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Two functions for each test, with a budget of their own.
    macro_rules! functions {
        () => {
            #[retry_on(Busy, max = 2, delay = "0ms")]
            async fn fetch(service: &Service) -> Result<u32, Busy> {
                service.call()
            }

            #[retry_on(Busy, max = 2, delay = "0ms")]
            fn fetch_plain(service: &Service) -> Result<u32, Busy> {
                service.call()
            }

            // Each test uses one of them.
            let _ = (fetch, fetch_plain);
        };
    }

    /// How many of these calls were retried.
    macro_rules! retried {
        ($calls:expr, $service:ident, $call:expr) => {{
            let $service = Service::down();
            for _ in 0..$calls {
                assert!($call.is_err());
            }
            $service.calls() - $calls
        }};
    }

    #[tokio::test(start_paused = true)]
    async fn grants_one_retry_every_30_seconds_while_all_calls_fail() {
        functions!();
        assert_eq!(retried!(200, service, fetch(&service).await), RETRIES);
        for _ in 0..10 {
            tokio::time::sleep(30 * SECOND).await;
            assert_eq!(retried!(5, service, fetch(&service).await), 1);
        }
    }

    #[test]
    fn grants_one_retry_every_30_seconds_while_all_calls_fail_plain() {
        functions!();
        let clock = ManualClock::install();
        assert_eq!(retried!(200, service, fetch_plain(&service)), RETRIES);
        for _ in 0..10 {
            clock.advance(30 * SECOND);
            assert_eq!(retried!(5, service, fetch_plain(&service)), 1);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn fills_the_budget_within_an_hour_of_an_outage() {
        functions!();
        assert_eq!(retried!(200, service, fetch(&service).await), RETRIES);
        tokio::time::sleep(3600 * SECOND).await;
        assert_eq!(retried!(200, service, fetch(&service).await), RETRIES);
    }

    #[test]
    fn fills_the_budget_within_an_hour_of_an_outage_plain() {
        functions!();
        let clock = ManualClock::install();
        assert_eq!(retried!(200, service, fetch_plain(&service)), RETRIES);
        clock.advance(3600 * SECOND);
        assert_eq!(retried!(200, service, fetch_plain(&service)), RETRIES);
    }

    #[test]
    fn lets_a_function_retry_a_week_after_an_outage_plain() {
        functions!();
        let clock = ManualClock::install();
        assert_eq!(retried!(200, service, fetch_plain(&service)), RETRIES);
        clock.advance(7 * 24 * 3600 * SECOND);
        assert_eq!(fetch_plain(&Service::failing(1)), Ok(2));
    }

    #[test]
    fn fills_a_shared_budget_at_the_rate_that_it_names_plain() {
        static DATABASE: Budget = Budget::builder().capacity(10).refill_per_second(0.5).build();

        #[retry_on(Busy, max = 3, delay = "0ms", budget = &DATABASE)]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let clock = ManualClock::install();
        assert_eq!(fetch(&Service::down()), Err(Busy { call: 3 }));
        assert_eq!(fetch(&Service::down()), Err(Busy { call: 1 }));
        clock.advance(10 * SECOND);
        assert_eq!(DATABASE.available(), 5);
        assert_eq!(fetch(&Service::down()), Err(Busy { call: 2 }));
    }
}

/// A call is ended by its own limits, as long as it is the only one that fails.
mod a_lone_call {
    use retry_runtime::{Policy, Retry};
    use tokio::time::Instant;

    use super::*;

    /// Field case: up to 400 attempts in 5 minutes, and the service starts after 3.
    #[tokio::test(start_paused = true)]
    async fn has_all_its_attempts_however_many() {
        #[retry_on(_, max = 400, delay = "1s", factor = 1, jitter = none, deadline = "5min")]
        async fn connect(opens: Instant, tries: &mut u32) -> Result<(), &'static str> {
            *tries += 1;
            if Instant::now() >= opens { Ok(()) } else { Err("refused") }
        }

        let mut tries = 0;
        let opens = Instant::now() + Duration::from_mins(3);
        assert_eq!(connect(opens, &mut tries).await, Ok(()));
        assert_eq!(tries, 181);
    }

    #[test]
    fn has_all_its_attempts_however_many_plain() {
        #[retry_on(Busy, max = 400, delay = "1s", factor = 1, jitter = none, deadline = "7min")]
        fn connect(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let _clock = ManualClock::install();
        assert_eq!(connect(&Service::failing(399)), Ok(400));
        assert_eq!(connect(&Service::down()), Err(Busy { call: 400 }));
    }

    /// A hundred retries, each after a timeout, which takes the most.
    #[tokio::test(start_paused = true)]
    async fn has_all_its_attempts_though_each_times_out() {
        #[derive(Debug, PartialEq)]
        struct TooSlow;

        impl From<retry_runtime::TimedOut> for TooSlow {
            fn from(_: retry_runtime::TimedOut) -> Self {
                Self
            }
        }

        #[retry_on(max = 101, delay = "0ms", timeout = "10ms")]
        async fn fetch(tries: &mut u32) -> Result<(), TooSlow> {
            *tries += 1;
            std::future::pending().await
        }

        let mut tries = 0;
        assert_eq!(fetch(&mut tries).await, Err(TooSlow));
        assert_eq!(tries, 101);
    }

    #[test]
    fn has_all_its_attempts_by_a_policy_of_its_own_plain() {
        #[retry_on(Busy, policy = policy)]
        fn fetch(service: &Service, policy: &Policy) -> Result<u32, Busy> {
            service.call()
        }

        let _clock = ManualClock::install();
        for max in [101, 150] {
            let policy = Policy::builder().max(max).delay(MS).build().unwrap();
            assert_eq!(fetch(&Service::down(), &policy), Err(Busy { call: max }));
            assert_eq!(
                Retry::new(&policy).run_blocking(|| Err::<(), _>(Busy { call: max })),
                Err(Busy { call: max })
            );
        }
    }

    /// Others at the same function may be refused; those of a patient policy have more to take.
    #[test]
    fn shares_what_is_left_with_the_other_calls_of_its_function_plain() {
        #[retry_on(Busy, max = max, delay = "0ms")]
        fn fetch(service: &Service, max: u32) -> Result<u32, Box<dyn std::error::Error>> {
            Ok(service.call()?)
        }

        let _clock = ManualClock::install();
        let service = Service::down();
        for _ in 0..100 {
            fetch(&service, 2).unwrap_err();
        }
        assert_eq!(service.calls(), 200);
        let service = Service::down();
        fetch(&service, 2).unwrap_err();
        assert_eq!(service.calls(), 1, "500 tokens are taken");
        let service = Service::down();
        fetch(&service, 101).unwrap_err();
        assert_eq!(service.calls(), 101, "and 500 more are there for a call that can take them");
    }

    #[test]
    fn says_in_its_plan_that_there_is_no_budget_plain() {
        #[retry_on(Busy, max = 150, delay = "0ms", name = "patient, without a budget")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (_clock, recorder) = (ManualClock::install(), Recorder::start());
        fetch(&Service::down()).unwrap_err();
        let sites = retry_runtime::sites();
        let site = sites.iter().find(|site| site.name() == "patient, without a budget").unwrap();
        assert!(site.policy().ends_with("; more than 100 retries: no budget of its own"));
        assert_eq!(site.budget(), retry_runtime::BudgetReport::None);
        let last = recorder.events().pop().unwrap();
        assert!(last.message.contains("no budget of its own"), "{}", last.message);
    }
}

/// How many calls the budget of a function carries at once.
mod calls_at_once {
    use tokio::task::JoinSet;

    use super::*;

    /// How many of so many calls at once, each of which fails once, return their error.
    async fn lost<F>(calls: usize, call: impl Fn(Service) -> F) -> usize
    where
        F: Future<Output = Result<u32, Busy>> + Send + 'static,
    {
        let calls: JoinSet<_> = (0..calls).map(|_| call(Service::failing(1))).collect();
        calls.join_all().await.iter().filter(|result| result.is_err()).count()
    }

    #[tokio::test(start_paused = true)]
    async fn are_a_hundred_by_default() {
        #[retry_on(Busy, max = 5, delay = "10ms")]
        async fn describe(service: Service) -> Result<u32, Busy> {
            service.call()
        }

        assert_eq!(lost(100, describe).await, 0);
        assert_eq!(lost(300, describe).await, 200);
        assert_eq!(lost(100, describe).await, 0, "those that recovered gave all of it back");
    }

    #[tokio::test(start_paused = true)]
    async fn are_as_many_as_a_larger_budget_says() {
        static LARGE: Budget = Budget::builder().capacity(1500).build();

        #[retry_on(Busy, max = 5, delay = "10ms", budget = &LARGE)]
        async fn describe(service: Service) -> Result<u32, Busy> {
            service.call()
        }

        assert_eq!(lost(300, describe).await, 0);
    }

    #[test]
    fn that_are_too_many_are_told_what_to_write_plain() {
        static EMPTY: Budget =
            Budget::builder().capacity(10).retry_cost(10).timeout_cost(10).build();

        #[retry_on(Busy, budget = &EMPTY)]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let (_clock, recorder) = (ManualClock::install(), Recorder::start());
        fetch(&Service::down()).unwrap_err();
        let last = recorder.events().pop().unwrap();
        assert!(
            last.message.contains(
                ": retry budget exhausted: share a larger one with `budget = &BUDGET`, or do \
                 without with `budget = none`"
            ),
            "{}",
            last.message
        );
    }
}

/// No retry was made, so nothing is lost.
mod what_a_pause_took {
    use std::rc::Rc;

    use retry_runtime::{BudgetReport, Policy, Retry, Stop};

    use super::*;

    fn own(name: &str) -> BudgetReport {
        let sites = retry_runtime::sites();
        sites.iter().find(|site| site.name() == name).unwrap().budget()
    }

    const FULL: BudgetReport = BudgetReport::Own { available: 500, capacity: 500 };

    #[retry_on(Busy, delay = "1h", max_delay = "1h", jitter = none, budget = budget)]
    async fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
        service.call()
    }

    #[tokio::test(start_paused = true)]
    async fn comes_back_where_the_future_is_dropped_in_it() {
        for budget in [Budget::new(), Budget::standard(), Budget::ratio(0.0, 1, 60 * 1000 * MS)] {
            let before = budget.available();
            let service = Service::down();
            let call = fetch(&service, &budget);
            tokio::time::timeout(50 * MS, call).await.unwrap_err();
            assert_eq!((service.calls(), budget.available()), (1, before));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn comes_back_to_the_own_budget_of_the_function_too() {
        #[retry_on(Busy, delay = "1h", max_delay = "1h", jitter = none, name = "dropped in a pause")]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let service = Service::down();
        for _ in 0..1000 {
            tokio::time::timeout(MS, fetch(&service)).await.unwrap_err();
        }
        assert_eq!(own("dropped in a pause"), FULL);
    }

    #[tokio::test(start_paused = true)]
    async fn comes_back_with_a_timer_of_the_users_own_and_an_error_that_cannot_be_sent() {
        #[retry_on(_, delay = "1h", max_delay = "1h", jitter = none, budget = budget,
            sleep = tokio::time::sleep)]
        async fn fetch(service: &Service, budget: &Budget) -> Result<u32, Rc<Busy>> {
            service.call().map_err(Rc::new)
        }

        let (service, budget) = (Service::down(), Budget::new());
        tokio::time::timeout(MS, fetch(&service, &budget)).await.unwrap_err();
        assert_eq!((service.calls(), budget.available()), (1, 500));
    }

    #[tokio::test(start_paused = true)]
    async fn comes_back_where_a_closure_is_retried() {
        let (service, budget) = (Service::down(), Budget::new());
        let policy = Policy::builder().delay(1000 * MS).build().unwrap();
        let call = Retry::new(&policy).budget(&budget).run(async || service.call());
        // Full jitter: not at once, for sure.
        tokio::time::timeout(Duration::from_nanos(1), call).await.unwrap_err();
        assert_eq!((service.calls(), budget.available()), (1, 500));
    }

    #[tokio::test(start_paused = true)]
    async fn is_gone_where_the_future_is_dropped_in_the_attempt_after_it() {
        #[retry_on(Busy, delay = "10ms", jitter = none, budget = budget)]
        async fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
            if service.calls() == 1 {
                std::future::pending::<()>().await;
            }
            service.call()
        }

        let (service, budget) = (Service::down(), Budget::new());
        tokio::time::timeout(50 * MS, fetch(&service, &budget)).await.unwrap_err();
        assert_eq!((service.calls(), budget.available()), (1, 495));
    }

    #[tokio::test(start_paused = true)]
    async fn is_gone_where_the_attempt_after_it_is_made() {
        #[retry_on(Busy, max = 4, delay = "10ms", jitter = none, budget = budget)]
        async fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
            service.call()
        }

        let budget = Budget::new();
        fetch(&Service::down(), &budget).await.unwrap_err();
        assert_eq!(budget.available(), 485);
        fetch(&Service::failing(3), &budget).await.unwrap();
        assert_eq!(budget.available(), 475, "the last retry gave back what it took");
    }

    #[tokio::test(start_paused = true)]
    async fn comes_back_where_a_stop_ends_it() {
        let (stop, service, budget) = (Stop::new(), Service::down(), Budget::new());
        let call = stop.scope(fetch(&service, &budget));
        let stopping = async {
            tokio::time::sleep(50 * MS).await;
            assert_eq!(budget.available(), 495);
            stop.request();
        };
        let (result, ()) = tokio::join!(call, stopping);
        assert_eq!((result, budget.available()), (Err(Busy { call: 1 }), 500));
    }

    #[test]
    fn comes_back_where_a_stop_ends_it_plain() {
        static BUDGET: Budget = Budget::new();

        #[retry_on(Busy, delay = "1h", max_delay = "1h", jitter = none, budget = &BUDGET)]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let stop = Stop::new();
        thread::scope(|scope| {
            let call = scope.spawn(|| stop.scope_blocking(|| fetch(&Service::down())));
            while BUDGET.available() == 500 {
                thread::yield_now();
            }
            stop.request();
            assert_eq!(call.join().unwrap(), Err(Busy { call: 1 }));
        });
        assert_eq!(BUDGET.available(), 500);
    }

    /// The pause took longer than it was to be.
    #[tokio::test(start_paused = true)]
    async fn comes_back_where_the_deadline_passed_in_it() {
        async fn oversleeps(pause: Duration) {
            tokio::time::sleep(pause + 1000 * MS).await;
        }

        #[retry_on(Busy, delay = "10ms", jitter = none, deadline = "100ms", budget = budget,
            sleep = oversleeps)]
        async fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
            service.call()
        }

        let budget = Budget::new();
        assert_eq!(fetch(&Service::down(), &budget).await, Err(Busy { call: 1 }));
        assert_eq!(budget.available(), 500);
    }

    #[test]
    fn comes_back_where_the_deadline_passed_in_it_plain() {
        #[retry_on(Busy, jitter = none, deadline = "1s", budget = budget,
            on_retry = |_| clock.advance(1900 * MS))]
        fn fetch(service: &Service, clock: &ManualClock, budget: &Budget) -> Result<u32, Busy> {
            service.call()
        }

        let (clock, budget) = (ManualClock::install(), Budget::new());
        assert_eq!(fetch(&Service::down(), &clock, &budget), Err(Busy { call: 1 }));
        assert_eq!(budget.available(), 500);
    }
}

/// The examples of the documentation that concern budgets, each called a thousand times.
///
/// What is written here is also looked for in the documentation, so that neither changes alone.
mod the_examples_of_the_documentation {
    use std::io;

    use retry_runtime::BudgetError;

    use super::*;

    /// Without the marks of comments and hidden lines, comments and white space.
    fn code(documentation: &str) -> String {
        let line = |line: &str| {
            let line = line.trim_start();
            let line = line.strip_prefix("///").unwrap_or(line).trim_start();
            let line = line.strip_prefix("# ").unwrap_or(line);
            line.split("//").next().unwrap_or("").split_whitespace().collect::<String>()
        };
        documentation.lines().map(line).collect()
    }

    /// The code, and a function that makes sure that it is in this file of the documentation.
    macro_rules! documented {
        ($file:literal: $($code:tt)*) => {
            $($code)*

            fn assert_documented() {
                let page = include_str!(concat!("../../retry-runtime/src/", $file));
                let written = code(stringify!($($code)*));
                assert!(code(page).contains(&written), "{written} is not in {}", $file);
            }
        };
    }

    #[test]
    fn that_share_one_never_end_a_call_of_a_service_that_is_up_plain() {
        documented! { "retry_on.md":
            static DATABASE: Budget = Budget::builder().capacity(1000).build();

            #[retry_on(io::Error, budget = &DATABASE)]
            fn read(key: u32) -> io::Result<Vec<u8>> {
                Ok(key.to_le_bytes().to_vec())
            }

            #[retry_on(io::Error, budget = &DATABASE, max = 5)]
            fn write(key: u32, value: &[u8]) -> io::Result<()> {
                let _ = (key, value); Ok(())
            }
        }
        assert_documented();
        for key in 0..1000 {
            let value = read(key).unwrap();
            write(key, &value).unwrap();
        }
        assert_eq!(DATABASE.available(), 1000);
    }

    #[test]
    fn whose_service_is_down_retry_as_often_as_the_budget_says_plain() {
        documented! { "decide/budget.rs":
            static DATABASE: Budget = Budget::new();

            #[retry_on(_, budget = &DATABASE, delay = "0ms")]
            fn query() -> Result<(), &'static str> {
                Err("busy")
            }
        }
        assert_documented();
        let clock = ManualClock::install();
        query().unwrap_err();
        assert_eq!(DATABASE.available(), 500 - 2 * 5);
        for _ in 1..1000 {
            query().unwrap_err();
        }
        assert_eq!(DATABASE.available(), 0);
        clock.advance(Duration::from_hours(1));
        assert_eq!(DATABASE.available(), 500);
    }

    #[test]
    fn that_make_a_budget_make_it_a_thousand_times_plain() {
        for _ in 0..1000 {
            let database = Budget::builder()
                .capacity(200)
                .retry_cost(5)
                .timeout_cost(10)
                .throttled_cost(2)
                .refill_per_second(0.2)
                .build();
            assert_eq!(database.available(), 200);
            let ratio = Budget::try_ratio(0.1, 1, Duration::from_secs(10)).unwrap();
            assert_eq!(ratio.available(), 10);
            let too_small = Budget::builder().capacity(4).try_build();
            assert!(matches!(too_small, Err(BudgetError::TooSmall { .. })));
        }
    }
}
