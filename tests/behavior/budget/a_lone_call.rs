//! A call is ended by its own limits, as long as it is the only one that fails.

use retry_runtime::{Policy, Retry};
use tokio::time::Instant;

use super::*;

/// Field case: up to 400 attempts in 5 minutes, and the service starts after 3.
#[tokio::test(start_paused = true)]
async fn has_all_its_attempts_however_many() {
    #[retry_on(_, max = 400, delay = "1s", factor = 1, jitter = none, deadline = "5min", timeout = none)]
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

    let _clock = Scope::new().enter();
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

    let _clock = Scope::new().enter();
    for max in [101, 150] {
        let policy = Policy::builder().max(max).delay(MS).build();
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

    let _clock = Scope::new().enter();
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

    let (_clock, recorder) = (Scope::new().enter(), Recorder::start());
    fetch(&Service::down()).unwrap_err();
    let sites = retry_runtime::sites();
    let site = sites.get("patient, without a budget").unwrap();
    assert!(site.policy().ends_with("; more than 100 retries: no budget of its own"));
    assert_eq!(site.budget().to_string(), "none");
    let last = recorder.events().pop().unwrap();
    assert!(last.message.contains("no budget of its own"), "{}", last.message);
}
