//! What gave up on the lowest level is not started again on any.

use super::*;

#[retry_on(Busy, delay = "0ms", budget = none, nested = "inner", name = "top")]
fn top(service: &Service) -> Result<u32, Busy> {
    outer(service)
}

#[retry_on(Busy, delay = "0ms", budget = none, nested = "inner", name = "top")]
async fn top_async(service: &Service) -> Result<u32, Busy> {
    outer_async(service).await
}

#[test]
fn only_the_innermost_retries_plain() {
    assert_eq!(top(&Service::down()), Err(Busy { call: 3 }));
}

#[tokio::test(start_paused = true)]
async fn only_the_innermost_retries() {
    assert_eq!(top_async(&Service::down()).await, Err(Busy { call: 3 }));
}

/// That one in between does not select the error makes no difference.
#[test]
fn nor_is_it_where_one_in_between_does_not_retry_the_error_plain() {
    #[retry_on(std::io::Error, nested = "inner")]
    fn middle(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
    fn top(service: &Service) -> Result<u32, Busy> {
        middle(service)
    }

    assert_eq!(top(&Service::down()), Err(Busy { call: 3 }));
}

#[test]
fn one_in_between_that_warns_gives_up_for_itself_plain() {
    #[retry_on(Busy, delay = "0ms", budget = none)]
    fn middle(service: &Service) -> Result<u32, Busy> {
        inner(service)
    }

    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
    fn top(service: &Service) -> Result<u32, Busy> {
        middle(service)
    }

    assert_eq!(top(&Service::down()), Err(Busy { call: 9 }));
}
