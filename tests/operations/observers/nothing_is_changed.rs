//! Whatever an observer does, the call behaves as without it.

use super::*;

/// A panic that the panic hook is not told of.
fn panics(payload: impl Any + Send) {
    resume_unwind(Box::new(payload));
}

#[test]
fn by_a_panic_which_is_counted_and_logged_plain() {
    let (log, metrics, seen) = (Recorder::start(), Measured::start(), Seen::default());
    let policy = observed(watch("own", |_| panics("from an observer")));
    let global = observe::add(says("own", "after it", &seen));
    let service = Service::failing(1);
    assert_eq!(own(&policy, &service), Ok(2));
    global.remove();
    assert_eq!(taken(&seen), ["after it: retry", "after it: recovered"]);
    let panicked = r#"ERROR site="own""#;
    let levels: Vec<_> = log.events().iter().map(|event| event.level.to_string()).collect();
    assert_eq!(levels, ["WARN", "ERROR", "INFO", "ERROR"]);
    assert_eq!((&*log.lines()[1], &*log.lines()[3]), (panicked, panicked));
    assert_eq!(log.events()[1].message, "an observer panicked; the call is not affected");
    assert!(metrics.lines().contains(&"retry_observer_panics_total{} 2".to_owned()));
}

#[test]
fn by_a_panic_of_the_first_of_several_plain() {
    #[retry_on(Busy, max = 1, name = "first panics")]
    fn fetch() -> Result<(), Busy> {
        Err(Busy { call: 7 })
    }

    let seen = Seen::default();
    let bad = observe::add(watch("first panics", |_| panics("from an observer")));
    let good = observe::add(says("first panics", "good", &seen));
    assert_eq!(fetch(), Err(Busy { call: 7 }));
    bad.remove();
    good.remove();
    assert_eq!(taken(&seen), ["good: gave up"]);
}

#[tokio::test(start_paused = true)]
async fn by_a_panic() {
    #[retry_on(Busy, policy = policy, name = "own")]
    async fn fetch(policy: &Policy, service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let policy = observed(watch("own", |_| panics("from an observer")));
    assert_eq!(fetch(&policy, &Service::failing(2)).await, Ok(3));
    assert_eq!(fetch(&policy, &Service::down()).await, Err(Busy { call: 3 }));
}

/// Its payload panics when it is dropped, and so does what it panics with.
#[test]
fn by_a_payload_that_panics_plain() {
    struct Bomb(u32);

    impl Drop for Bomb {
        fn drop(&mut self) {
            if let Some(left) = self.0.checked_sub(1) {
                panics(Bomb(left));
            }
        }
    }

    for fuse in [1, 2, 3] {
        let policy = observed(watch("own", move |_| panics(Bomb(fuse))));
        assert_eq!(own(&policy, &Service::failing(1)), Ok(2));
    }
}

/// After it, observers are told as ever.
#[test]
fn by_a_panic_nor_for_the_next_call_plain() {
    let seen = Seen::default();
    let policy = observed(watch("own", |_| panics("from an observer")));
    own(&policy, &Service::failing(1)).unwrap();
    own(&observed(says("own", "next", &seen)), &Service::failing(1)).unwrap();
    assert_eq!(taken(&seen), ["next: retry", "next: recovered"]);
}

#[test]
fn by_the_time_it_takes_plain() {
    let scope = Scope::new();
    let slow = observed(watch("own", {
        let scope = scope.clone();
        move |_| scope.advance(1000 * SECOND)
    }));
    let policy = slow.to_builder().deadline(SECOND).build();
    let call = scope.run_blocking(|| own(&policy, &Service::failing(2)));
    assert_eq!(call, Ok(3));
}

/// All that tells how long the call took tells the same.
#[test]
fn by_the_time_it_takes_wherever_that_is_told_plain() {
    #[retry_on(
        Busy,
        policy = policy,
        name = "timed",
        attempt = attempt,
        on_retry = |retry| seen.lock().unwrap().push(format!("hook {:?}", retry.elapsed().unwrap())),
        on_give_up = |end| seen.lock().unwrap().push(format!("hook {:?}", end.elapsed().unwrap())),
    )]
    fn timed(policy: &Policy, seen: &Seen, scope: &Scope) -> Result<u32, Busy> {
        seen.lock().unwrap().push(format!("attempt {:?}", attempt.elapsed()));
        scope.advance(SECOND);
        Err(Busy { call: attempt.number() })
    }

    let (scope, seen) = (Scope::new(), Seen::default());
    let slow = observed(watch("timed", {
        let (scope, seen) = (scope.clone(), Arc::clone(&seen));
        move |event| {
            seen.lock().unwrap().push(format!("event {:?}", event.elapsed().unwrap()));
            scope.advance(1000 * SECOND);
        }
    }));
    let policy = slow.to_builder().max(3).deadline(60 * SECOND).build();
    let _ = scope.run_blocking(|| timed(&policy, &seen, &scope));
    assert_eq!(
        taken(&seen),
        [
            "attempt 0ns",
            "event 1s",
            "hook 1s",
            "attempt 1s",
            "event 2s",
            "hook 2s",
            "attempt 2s",
            "event 3s",
            "hook 3s",
        ]
    );
}

/// The timeout of an attempt is shortened to what the deadline leaves, and no further.
#[tokio::test]
async fn by_the_time_it_takes_for_a_timeout_either() {
    #[derive(Debug, thiserror::Error)]
    enum Failed {
        #[error(transparent)]
        Busy(#[from] Busy),
        #[error(transparent)]
        TimedOut(#[from] TimedOut),
    }

    #[retry_on(Failed, policy = policy, timeout = "800ms", name = "bounded")]
    async fn bounded(policy: &Policy, service: &Service, scope: &Scope) -> Result<u32, Failed> {
        scope.advance(Duration::from_millis(100));
        tokio::task::yield_now().await;
        Ok(service.call()?)
    }

    let scope = Scope::new();
    let slow = observed(watch("bounded", {
        let scope = scope.clone();
        move |_| scope.advance(1000 * SECOND)
    }));
    let policy = slow.to_builder().deadline(SECOND).build();
    let call = scope.run(bounded(&policy, &Service::failing(2), &scope)).await;
    assert_eq!(call.unwrap(), 3);
}

/// Calls that it makes are not told to observers, or there would be no end.
#[test]
fn by_calls_that_fail_inside_it_plain() {
    #[retry_on(Busy, delay = "0ms", budget = none, name = "send")]
    fn send(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    static SENT: Service = Service::down();
    let seen = Seen::default();
    let global = observe::add(says("send", "told of its own", &seen));
    let policy = observed(watch("own", |_| {
        send(&SENT).unwrap_err();
    }));
    assert_eq!(own(&policy, &Service::failing(2)), Ok(3));
    assert_eq!(SENT.calls(), 3 * 3);
    assert_eq!(taken(&seen), [""; 0]);
    // Elsewhere it is told.
    send(&Service::failing(1)).unwrap();
    global.remove();
    assert_eq!(taken(&seen), ["told of its own: retry", "told of its own: recovered"]);
}

/// They are no retries inside the attempt that is running around the call.
#[test]
fn for_the_attempt_around_by_calls_that_fail_inside_it_plain() {
    #[retry_on(Busy, delay = "0ms", budget = none, name = "send nested")]
    fn send() -> Result<u32, Busy> {
        Err(Busy { call: 0 })
    }

    #[retry_on(Busy, delay = "0ms", budget = none, nested = "inner", name = "outer")]
    fn outer(policy: &Policy, service: &Service) -> Result<u32, Busy> {
        own(policy, &Service::failing(1))?;
        service.call()
    }

    let log = Recorder::start();
    let policy = observed(watch("own", |_| {
        send().unwrap_err();
    }));
    // What retried inside has recovered, so that the outer one retries.
    assert_eq!(outer(&policy, &Service::failing(2)), Ok(3));
    let lines = log.lines();
    assert!(!lines.iter().any(|line| line.contains(r#"inner="send nested""#)), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains(r#"inner="own""#)), "{lines:?}");
}

#[test]
fn by_a_stop_that_it_requests_before_the_pause_is_asked_plain() {
    let stop = Stop::new();
    let policy = observed(watch("own", {
        let stop = stop.clone();
        move |_| stop.request()
    }));
    let call = stop.scope_blocking(|| own(&policy, &Service::down()));
    // It is asked to, as anybody may.
    assert_eq!(call, Err(Busy { call: 1 }));
}
