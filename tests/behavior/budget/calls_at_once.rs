//! How many calls the budget of a function carries at once.

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
    static EMPTY: Budget = Budget::builder().capacity(10).retry_cost(10).timeout_cost(10).build();

    #[retry_on(Busy, budget = &EMPTY)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (_clock, recorder) = (Scope::new().enter(), Recorder::start());
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
