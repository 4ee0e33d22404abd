//! Before the call, or while an attempt runs.

use super::*;

const LINE: &str = r#"ERROR site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" reason="stopped" since_first_failure=0.0"#;

#[tokio::test(start_paused = true)]
async fn it_lets_no_retry_start_and_the_error_comes_back() {
    let (service, start) = (Service::failing(1), Instant::now());
    assert_eq!(requested().scope(fetch(&service)).await, Err(Busy { call: 1 }));
    assert_eq!((service.calls(), start.elapsed()), (1, Duration::ZERO));
}

#[test]
fn it_lets_no_retry_start_and_the_error_comes_back_plain() {
    let (service, clock) = (Service::failing(1), Scope::new().enter());
    let call = requested().scope_blocking(|| fetch_plain(&service));
    assert_eq!(call, Err(Busy { call: 1 }));
    assert_eq!((service.calls(), clock.pauses().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn it_is_the_reason_in_the_event() {
    let recorder = Recorder::start();
    requested().scope(fetch(&Service::down())).await.unwrap_err();
    assert_eq!(recorder.lines(), [LINE]);
}

#[test]
fn it_is_the_reason_in_the_event_plain() {
    let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
    requested().scope_blocking(|| fetch_plain(&Service::down())).unwrap_err();
    assert_eq!(recorder.lines(), [LINE]);
}

/// A call that has not begun makes its first attempt, because its caller waits for an answer.
#[tokio::test(start_paused = true)]
async fn it_keeps_no_first_attempt_from_being_made() {
    assert_eq!(requested().scope(fetch(&Service::failing(0))).await, Ok(1));
}

#[test]
fn it_keeps_no_first_attempt_from_being_made_plain() {
    assert_eq!(requested().scope_blocking(|| fetch_plain(&Service::failing(0))), Ok(1));
}

#[tokio::test(start_paused = true)]
async fn it_does_not_cut_an_attempt() {
    #[retry_on(Busy)]
    async fn slow(service: &Service) -> Result<u32, Busy> {
        sleep(1000 * MS).await;
        service.call()
    }

    let (stop, service, start) = (Stop::new(), Service::failing(0), Instant::now());
    let (call, ()) = tokio::join!(stop.scope(slow(&service)), request_after(&stop, 500 * MS));
    assert_eq!((call, start.elapsed()), (Ok(1), 1000 * MS));
}

#[tokio::test(start_paused = true)]
async fn it_ends_the_call_when_the_attempt_that_runs_has_failed() {
    #[retry_on(Busy)]
    async fn slow(service: &Service) -> Result<u32, Busy> {
        sleep(1000 * MS).await;
        service.call()
    }

    let (stop, service, start) = (Stop::new(), Service::failing(1), Instant::now());
    let (call, ()) = tokio::join!(stop.scope(slow(&service)), request_after(&stop, 500 * MS));
    assert_eq!((call, start.elapsed()), (Err(Busy { call: 1 }), 1000 * MS));
}

/// The order of the limits.
#[test]
fn it_is_not_the_reason_where_no_retry_was_left_plain() {
    #[retry_on(Busy, max = 1)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let recorder = Recorder::start();
    requested().scope_blocking(|| fetch(&Service::down())).unwrap_err();
    assert_eq!(recorder.events()[0].field("reason"), Some("max_attempts"));
}
