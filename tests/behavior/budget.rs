//! What many failing calls share, so that retries never become the load that keeps a service down.

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

    static EMPTY: Budget = match Budget::tokens(10, 10, 10) {
        Ok(budget) => budget,
        Err(_) => panic!("refused"),
    };

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
        static BUDGET: Budget = Budget::standard();

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
            Client { budget: Budget::tokens(10, 5, 5).unwrap() },
            Client { budget: Budget::standard() },
        );
        assert_eq!(one.fetch(&Service::down()).await, Err(Busy { call: 3 }));
        assert_eq!(one.fetch(&Service::down()).await, Err(Busy { call: 1 }));
        assert_eq!(other.fetch(&Service::down()).await, Err(Busy { call: 3 }));
        assert_eq!((one.budget.available(), other.budget.available()), (0, 490));
    }

    #[test]
    fn can_be_a_field_plain() {
        let client = Client { budget: Budget::tokens(10, 5, 5).unwrap() };
        let _clock = ManualClock::install();
        assert_eq!(client.fetch_plain(&Service::down()), Err(Busy { call: 3 }));
        assert_eq!(client.fetch_plain(&Service::down()), Err(Busy { call: 1 }));
    }

    #[test]
    fn can_be_a_shared_pointer_plain() {
        let budget = Arc::new(Budget::tokens(10, 5, 5).unwrap());
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

        let budget = Budget::standard();
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
            fetch(&service, &Budget::standard()).unwrap_err();
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
        let budget = Budget::standard();
        fetch_plain(&Service::down(), &budget).unwrap_err();
        assert_eq!(budget.available(), 500 - 3 * 5);
        budget
    }

    #[tokio::test(start_paused = true)]
    async fn gives_back_what_its_retry_took() {
        let budget = Budget::standard();
        fetch(&Service::failing(1), &budget).await.unwrap();
        assert_eq!(budget.available(), 500);
        fetch(&Service::failing(3), &budget).await.unwrap();
        assert_eq!(budget.available(), 500 - 2 * 5, "the two retries that failed are lost");
    }

    #[test]
    fn gives_back_what_its_retry_took_plain() {
        let (_clock, budget) = (ManualClock::install(), Budget::standard());
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
        let (_clock, budget) =
            (ManualClock::install(), Budget::share_of_calls(0.2, 0, WINDOW).unwrap());
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
        let budget = Budget::share_of_calls(0.2, 0, WINDOW).unwrap();
        for _ in 0..9 {
            fetch_async(&Service::failing(0), &budget).await.unwrap();
        }
        assert_eq!(fetch_async(&Service::down(), &budget).await, Err(Busy { call: 3 }));
        assert_eq!(fetch_async(&Service::down(), &budget).await, Err(Busy { call: 1 }));
    }

    #[test]
    fn grants_some_however_few_calls_there_are_plain() {
        let (_clock, budget) = (ManualClock::install(), Budget::ratio());
        assert_eq!(budget.available(), 100);
        assert_eq!(fetch(&Service::down(), &budget), Err(Busy { call: 9 }));
        assert_eq!(budget.available(), 100 - 8);
    }

    #[test]
    fn forgets_what_is_longer_ago_than_its_window_plain() {
        let (clock, budget) =
            (ManualClock::install(), Budget::share_of_calls(1.0, 0, WINDOW).unwrap());
        for _ in 0..5 {
            fetch(&Service::failing(0), &budget).unwrap();
        }
        assert_eq!(budget.available(), 5);
        clock.advance(2 * WINDOW);
        assert_eq!(budget.available(), 0);
    }

    #[test]
    fn takes_nothing_back_for_a_success_plain() {
        let (_clock, budget) = (ManualClock::install(), Budget::ratio());
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

        let (_clock, budget) = (ManualClock::install(), Budget::standard());
        fetch(&Service::down(), &budget).unwrap_err();
        assert_eq!(budget.available(), 495);
    }

    #[test]
    fn where_no_selector_matches_plain() {
        #[retry_on(Busy { call: 1 }, budget = budget)]
        fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
            service.call()
        }

        let (_clock, budget) = (ManualClock::install(), Budget::standard());
        assert_eq!(fetch(&Service::down(), &budget), Err(Busy { call: 2 }));
        assert_eq!(budget.available(), 495);
    }

    #[test]
    fn where_the_deadline_ends_the_call_plain() {
        #[retry_on(Busy, jitter = none, deadline = "100ms", budget = budget)]
        fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
            service.call()
        }

        let (_clock, budget) = (ManualClock::install(), Budget::standard());
        assert_eq!(fetch(&Service::down(), &budget), Err(Busy { call: 2 }));
        assert_eq!(budget.available(), 495);
    }

    #[test]
    fn where_a_stop_was_requested_plain() {
        #[retry_on(Busy, budget = budget)]
        fn fetch(service: &Service, budget: &Budget) -> Result<u32, Busy> {
            service.call()
        }

        let (stop, budget) = (retry_runtime::Stop::new(), Budget::standard());
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

    let (service, budget) = (Service::down(), Budget::standard());
    let call = fetch(&service, &budget);
    tokio::time::timeout(50 * MS, call).await.unwrap_err();
    assert_eq!(budget.available(), 495);
}
