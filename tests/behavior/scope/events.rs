use super::*;

#[derive(Debug, thiserror::Error)]
#[error("rejected")]
struct Rejected(#[source] Busy);

impl ErrorCode for Rejected {
    fn code(&self) -> Option<&str> {
        Some("SlowDown")
    }

    fn request_id(&self) -> Option<&str> {
        Some("4711")
    }
}

#[test]
fn tell_what_is_logged_plain() {
    #[retry_on(Busy, max = 2, jitter = none, name = "store")]
    fn store(service: &Service) -> Result<u32, Rejected> {
        service.call().map_err(Rejected)
    }

    let scope = Scope::new();
    scope.run_blocking(|| store(&Service::down())).unwrap_err();
    let events = scope.events();
    assert_eq!(events.len(), 2);
    let (retry, end) = (&events[0], &events[1]);
    assert!(matches!(retry.kind(), EventKind::Retry { .. }));
    assert!(matches!(end.kind(), EventKind::GaveUp { .. }));
    assert_eq!((retry.pause(), end.pause()), (Some(1000 * MS), None));
    assert_eq!((retry.reason(), end.reason()), (None, Some(EndReason::MaxAttempts)));
    assert_eq!((retry.attempt(), end.attempt()), (1, 2));
    for event in &events {
        assert_eq!((event.site(), event.max()), ("store", Some(2)));
        assert_eq!(event.error_type(), Some("Busy"));
        assert_eq!((event.code(), event.request_id()), (Some("SlowDown"), Some("4711")));
    }
    assert_eq!(end.error(), Some("rejected: busy, call 2"));
}

#[tokio::test]
async fn tell_of_a_recovery() {
    let scope = Scope::new();
    scope.run(fetch(&Service::failing(1))).await.unwrap();
    let last = &scope.events()[1];
    assert_eq!(last.kind(), EventKind::Recovered);
    assert_eq!((last.attempt(), last.error_type(), last.error()), (2, None, None));
}

#[test]
fn tell_of_an_error_that_is_not_retried_and_of_no_success_at_once_plain() {
    #[retry_on(io::Error)]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let scope = Scope::new();
    scope.run_blocking(|| fetch(&Service::failing(0))).unwrap();
    assert!(scope.events().is_empty());
    scope.run_blocking(|| fetch(&Service::down())).unwrap_err();
    assert_eq!(scope.events()[0].reason(), Some(EndReason::NotRetryable));
    assert_eq!(scope.events()[0].error_type(), Some("_OTHER"));
}

#[test]
fn of_several_functions_are_told_apart_plain() {
    #[retry_on(Busy, max = 2)]
    fn store(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let scope = Scope::new();
    scope.run_blocking(|| {
        store(&Service::down()).unwrap_err();
        fetch_plain(&Service::failing(1)).unwrap();
    });
    let events = scope.events();
    let sites: Vec<&str> =
        events.iter().map(|event| event.site().rsplit("::").next().unwrap()).collect();
    assert_eq!(sites, ["store", "store", "fetch", "fetch"]);
}
