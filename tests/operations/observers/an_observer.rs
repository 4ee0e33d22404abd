use super::*;

#[derive(Debug, thiserror::Error)]
#[error("rejected")]
struct Rejected {
    source: io::Error,
}

impl ErrorCode for Rejected {
    fn code(&self) -> Option<&str> {
        Some("InternalError")
    }

    fn request_id(&self) -> Option<&str> {
        Some("4711")
    }
}

fn rejected() -> Rejected {
    Rejected { source: io::Error::other("full\n") }
}

/// All that an event tells.
fn told(event: &Event<'_>) -> String {
    format!(
        "{:?} {} of {}, {:?} {:?} {:?} {:?}, {:?} {:?} after {:?}",
        event.kind(),
        event.attempt(),
        event.max().unwrap_or_default(),
        event.error_type(),
        event.error().map(ToString::to_string),
        event.code(),
        event.request_id(),
        event.pause(),
        event.reason(),
        event.elapsed().unwrap_or_default(),
    )
}

const TOLD: [&str; 5] = [
    r#"Retry { pause: 100ms } 1 of 3, Some("Rejected") Some("rejected: full\\n") Some("InternalError") Some("4711"), Some(100ms) None after 1s"#,
    r#"Retry { pause: 200ms } 2 of 3, Some("Rejected") Some("rejected: full\\n") Some("InternalError") Some("4711"), Some(200ms) None after 2.1s"#,
    r#"GaveUp { reason: MaxAttempts } 3 of 3, Some("Rejected") Some("rejected: full\\n") Some("InternalError") Some("4711"), None Some(MaxAttempts) after 3.3s"#,
    r#"Retry { pause: 100ms } 1 of 3, Some("Rejected") Some("rejected: full\\n") Some("InternalError") Some("4711"), Some(100ms) None after 1s"#,
    "Recovered 2 of 3, None None None None, None None after 2.1s",
];

#[tokio::test(start_paused = true)]
async fn is_told_what_is_logged() {
    #[retry_on(Rejected, max = 3, jitter = none, deadline = "1min", timeout = none, name = "told")]
    async fn store(service: &Service) -> Result<(), Rejected> {
        tokio::time::sleep(SECOND).await;
        service.call().map(drop).map_err(|_| rejected())
    }

    let seen = Seen::default();
    let observer = observe::add(watch("told", {
        let seen = Arc::clone(&seen);
        move |event| seen.lock().unwrap().push(told(event))
    }));
    store(&Service::down()).await.unwrap_err();
    store(&Service::failing(1)).await.unwrap();
    observer.remove();
    assert_eq!(taken(&seen), TOLD);
}

#[test]
fn is_told_what_is_logged_plain() {
    #[retry_on(Rejected, max = 3, jitter = none, deadline = "1min", name = "told plain")]
    fn store(service: &Service, clock: &Scope) -> Result<(), Rejected> {
        clock.advance(SECOND);
        service.call().map(drop).map_err(|_| rejected())
    }

    let (seen, clock) = (Seen::default(), Scope::new().enter());
    let observer = observe::add(watch("told plain", {
        let seen = Arc::clone(&seen);
        move |event| seen.lock().unwrap().push(told(event))
    }));
    store(&Service::down(), &clock).unwrap_err();
    store(&Service::failing(1), &clock).unwrap();
    observer.remove();
    assert_eq!(taken(&seen), TOLD);
}

#[test]
fn is_told_of_an_error_that_is_not_retryable_plain() {
    #[retry_on(io::Error, name = "unselected")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let seen = Seen::default();
    let observer = observe::add(watch("unselected", {
        let seen = Arc::clone(&seen);
        move |event| {
            let told = format!("{:?} {:?}", event.reason(), event.error_type());
            seen.lock().unwrap().push(told);
        }
    }));
    fetch(&Service::down()).unwrap_err();
    observer.remove();
    assert_eq!(taken(&seen), [r#"Some(NotRetryable) Some("_OTHER")"#]);
}

#[test]
fn is_told_nothing_of_success_at_the_first_try_plain() {
    let seen = Seen::default();
    let global = observe::add(says("own", "global", &seen));
    own(&observed(says("own", "policy's", &seen)), &Service::failing(0)).unwrap();
    global.remove();
    assert_eq!(taken(&seen), [""; 0]);
}

#[test]
fn is_told_the_policy_of_the_call_plain() {
    let seen = Seen::default();
    let policy = observed(watch("own", {
        let seen = Arc::clone(&seen);
        move |event| seen.lock().unwrap().push(event.policy().to_string())
    }));
    own(&policy, &Service::failing(1)).unwrap();
    assert_eq!(taken(&seen), vec![policy.to_string(); 2]);
}

/// It sees the call only while it is told of it, so it takes the case with it.
#[test]
fn can_write_a_support_case_at_the_end_plain() {
    let seen = Seen::default();
    let policy = observed(watch("own", {
        let seen = Arc::clone(&seen);
        move |event| seen.lock().unwrap().push(format!("{}", event.support_case().is_some()))
    }));
    own(&policy, &Service::down()).unwrap_err();
    assert_eq!(taken(&seen), ["false", "false", "true"]);
}

#[test]
fn is_told_on_the_thread_of_the_call_plain() {
    let threads = Arc::new(Mutex::new(Vec::new()));
    let policy = observed(watch("own", {
        let threads = Arc::clone(&threads);
        move |_| threads.lock().unwrap().push(thread::current().id())
    }));
    own(&policy, &Service::failing(2)).unwrap();
    assert_eq!(*threads.lock().unwrap(), [thread::current().id(); 3]);
}
