//! What the body dealt with is over.

use super::*;

/// Gives up inside, and succeeds.
#[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
fn forgiving() -> Result<u32, Busy> {
    Ok(inner(&Service::down()).unwrap_or(0))
}

#[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
async fn forgiving_async() -> Result<u32, Busy> {
    yield_now().await;
    Ok(inner_async(&Service::down()).await.unwrap_or(0))
}

fn assert_clean() {
    assert_eq!(another(&Service::down()), Err(Busy { call: 3 }), "not retried");
}

async fn assert_clean_async() {
    let call = another_async(&Service::down()).await;
    assert_eq!(call, Err(Busy { call: 3 }), "not retried");
}

#[test]
fn by_a_call_that_succeeded_all_the_same_plain() {
    assert_eq!(forgiving(), Ok(0));
    assert_clean();
}

#[tokio::test(start_paused = true)]
async fn by_a_call_that_succeeded_all_the_same() {
    assert_eq!(forgiving_async().await, Ok(0));
    assert_clean_async().await;
    forgiving().unwrap();
    assert_clean_async().await;
    forgiving_async().await.unwrap();
    assert_clean();
}

#[test]
fn by_the_same_function_plain() {
    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
    fn outer(service: &Service, is_forgiving: bool) -> Result<u32, Busy> {
        if is_forgiving { Ok(inner(&Service::down()).unwrap_or(0)) } else { service.call() }
    }

    assert_eq!(outer(&Service::down(), true), Ok(0));
    assert_eq!(outer(&Service::down(), false), Err(Busy { call: 3 }));
}

#[test]
fn by_the_attempt_before_plain() {
    #[retry_on(Busy, max = 4, delay = "0ms", when_ok = |_| true, nested = "inner")]
    fn poll(service: &Service) -> Result<u32, Busy> {
        if service.count_call() == 1 { Ok(inner(&Service::failing(2))?) } else { Ok(0) }
    }

    let service = Service::down();
    assert_eq!(poll(&service), Ok(0));
    assert_eq!(service.calls(), 4);
}

#[test]
fn around_a_call_inside_that_dealt_with_it_plain() {
    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        forgiving()?;
        service.call()
    }

    assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
}

#[tokio::test(start_paused = true)]
async fn around_a_call_inside_that_dealt_with_it() {
    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
    async fn outer(service: &Service) -> Result<u32, Busy> {
        forgiving_async().await?;
        service.call()
    }

    assert_eq!(outer(&Service::down()).await, Err(Busy { call: 3 }));
}

#[test]
fn by_a_call_that_returned_the_inner_error_plain() {
    outer(&Service::down()).unwrap_err();
    assert_clean();
}

/// The outer one does not ask for it, so nothing is kept.
#[test]
fn by_a_call_that_only_warns_plain() {
    #[retry_on(Busy, max = 1)]
    fn warned() -> Result<u32, Busy> {
        inner(&Service::down())
    }

    #[retry_on(std::io::Error)]
    fn unselected() -> Result<u32, Busy> {
        inner(&Service::down())
    }

    warned().unwrap_err();
    assert_clean();
    unselected().unwrap_err();
    assert_clean();
}

#[test]
fn by_a_panic_plain() {
    #[retry_on(Busy, nested = "inner")]
    fn panicking() -> Result<u32, Busy> {
        let _ = inner(&Service::down());
        panic!("in an attempt");
    }

    catch_unwind(panicking).unwrap_err();
    assert_clean();
}

#[test]
fn by_a_panic_after_a_call_inside_that_dealt_with_it_plain() {
    #[retry_on(Busy, nested = "inner")]
    fn panicking() -> Result<u32, Busy> {
        forgiving()?;
        panic!("in an attempt");
    }

    catch_unwind(panicking).unwrap_err();
    assert_clean();
}

#[tokio::test(start_paused = true)]
async fn by_a_panic() {
    #[retry_on(Busy, nested = "inner")]
    async fn panicking() -> Result<u32, Busy> {
        let _ = inner_async(&Service::down()).await;
        panic!("in an attempt");
    }

    tokio::spawn(panicking()).await.unwrap_err();
    assert_clean_async().await;
}

#[tokio::test(start_paused = true)]
async fn by_a_panic_after_a_call_inside_that_dealt_with_it() {
    #[retry_on(Busy, nested = "inner")]
    async fn panicking() -> Result<u32, Busy> {
        forgiving_async().await?;
        panic!("in an attempt");
    }

    tokio::spawn(panicking()).await.unwrap_err();
    assert_clean_async().await;
}

/// The attempts around it are counted as before.
#[test]
fn of_a_panic_that_the_body_caught_plain() {
    #[retry_on(Busy)]
    fn panicking() -> Result<u32, Busy> {
        panic!("in an attempt");
    }

    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        catch_unwind(panicking).unwrap_err();
        inner(service)
    }

    assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
    assert_clean();
}

#[test]
fn of_a_panic_and_nothing_is_lost_that_was_there_before_it_plain() {
    #[retry_on(Busy)]
    fn panicking() -> Result<u32, Busy> {
        panic!("in an attempt");
    }

    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner")]
    fn outer(service: &Service) -> Result<u32, Busy> {
        let call = inner(service);
        catch_unwind(panicking).unwrap_err();
        call
    }

    assert_eq!(outer(&Service::down()), Err(Busy { call: 3 }));
}

#[tokio::test(start_paused = true)]
async fn by_a_call_that_was_dropped() {
    #[retry_on(Busy, nested = "inner")]
    async fn stuck() -> Result<u32, Busy> {
        let _ = inner_async(&Service::down()).await;
        pending().await
    }

    tokio::time::timeout(1000 * MS, stuck()).await.unwrap_err();
    assert_clean_async().await;
    assert_clean();
}

#[tokio::test(start_paused = true)]
async fn by_an_attempt_that_took_too_long() {
    #[derive(Debug, thiserror::Error)]
    #[error("too late")]
    struct TooLate(#[from] retry_runtime::TimedOut);

    #[retry_on(_, max = 2, timeout = "1s", nested = "inner")]
    async fn stuck() -> Result<u32, TooLate> {
        let _ = inner_async(&Service::down()).await;
        pending().await
    }

    assert_eq!(stuck().await.unwrap_err().0.attempt(), 2);
    assert_clean_async().await;
}

#[test]
fn on_other_threads_plain() {
    forgiving().unwrap();
    thread::spawn(assert_clean).join().unwrap();
}
