//! Observers: what they are told and when, and that they change nothing.

use std::any::Any;
use std::io;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use retry_runtime::testing::{ManualClock, Scope};
use retry_runtime::{
    ErrorCode, Event, EventKind, Observer, Policy, Reason, Registered, Stop, TimedOut,
    add_observer, observer_panics, retry_on,
};
use retry_tests::{Busy, Recorder, SECOND, Service};
use retry_tests_operations::Measured;

/// What is written down, in the order of the events.
type Seen = Arc<Mutex<Vec<String>>>;

/// Observes one function, for tests run in parallel and observers are told of all.
struct Watch<F> {
    site: &'static str,
    then: F,
}

impl<F: Fn(&Event<'_>) + Send + Sync> Observer for Watch<F> {
    fn observe(&self, event: &Event<'_>) {
        if event.site() == self.site {
            (self.then)(event);
        }
    }
}

fn watch(
    site: &'static str,
    then: impl Fn(&Event<'_>) + Send + Sync + 'static,
) -> Watch<impl Fn(&Event<'_>) + Send + Sync> {
    Watch { site, then }
}

/// Writes down this word for each event of this thread.
fn says(site: &'static str, word: &'static str, seen: &Seen) -> impl Observer + 'static {
    let (seen, test) = (Arc::clone(seen), thread::current().id());
    watch(site, move |event| {
        if thread::current().id() != test {
            return;
        }
        let kind = match event.kind() {
            EventKind::Retry { .. } => "retry",
            EventKind::GaveUp { .. } => "gave up",
            EventKind::Recovered => "recovered",
            _ => "new",
        };
        seen.lock().unwrap().push(format!("{word}: {kind}"));
    })
}

fn taken(seen: &Seen) -> Vec<String> {
    std::mem::take(&mut seen.lock().unwrap())
}

/// A policy with an observer of its own, for ever.
fn observed(observer: impl Observer + 'static) -> Policy {
    Policy::builder()
        .delay(Duration::ZERO)
        .without_budget()
        .observer(Box::leak(Box::new(observer)))
        .build()
        .unwrap()
}

#[retry_on(Busy, policy = policy, name = "own")]
fn own(policy: &Policy, service: &Service) -> Result<u32, Busy> {
    service.call()
}

mod an_observer {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("rejected")]
    struct Rejected {
        source: io::Error,
    }

    impl ErrorCode for Rejected {
        fn code(&self) -> Option<&str> {
            Some("SlowDown")
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
            event.max(),
            event.error_type(),
            event.error().map(ToString::to_string),
            event.code(),
            event.request_id(),
            event.pause(),
            event.reason(),
            event.elapsed(),
        )
    }

    const TOLD: [&str; 5] = [
        r#"Retry { pause: 100ms } 1 of 3, Some("Rejected") Some("rejected: full\\n") Some("SlowDown") Some("4711"), Some(100ms) None after 1s"#,
        r#"Retry { pause: 200ms } 2 of 3, Some("Rejected") Some("rejected: full\\n") Some("SlowDown") Some("4711"), Some(200ms) None after 2.1s"#,
        r#"GaveUp { reason: MaxAttempts } 3 of 3, Some("Rejected") Some("rejected: full\\n") Some("SlowDown") Some("4711"), None Some(MaxAttempts) after 3.3s"#,
        r#"Retry { pause: 100ms } 1 of 3, Some("Rejected") Some("rejected: full\\n") Some("SlowDown") Some("4711"), Some(100ms) None after 1s"#,
        "Recovered 2 of 3, None None None None, None None after 2.1s",
    ];

    #[tokio::test(start_paused = true)]
    async fn is_told_what_is_logged() {
        #[retry_on(Rejected, jitter = none, deadline = "1min", name = "told")]
        async fn store(service: &Service) -> Result<(), Rejected> {
            tokio::time::sleep(SECOND).await;
            service.call().map(drop).map_err(|_| rejected())
        }

        let seen = Seen::default();
        let observer = add_observer(watch("told", {
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
        #[retry_on(Rejected, jitter = none, deadline = "1min", name = "told plain")]
        fn store(service: &Service, clock: &ManualClock) -> Result<(), Rejected> {
            clock.advance(SECOND);
            service.call().map(drop).map_err(|_| rejected())
        }

        let (seen, clock) = (Seen::default(), ManualClock::install());
        let observer = add_observer(watch("told plain", {
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
        let observer = add_observer(watch("unselected", {
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
        let global = add_observer(says("own", "global", &seen));
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
        let policy = observed(watch("own", {
            let thread = thread::current().id();
            move |_| assert_eq!(thread::current().id(), thread)
        }));
        let panics = observer_panics();
        own(&policy, &Service::failing(2)).unwrap();
        // Others may panic meanwhile, but not this one.
        assert!(observer_panics() >= panics);
    }
}

mod several {
    use super::*;

    /// Global ones in the order in which they were added, then that of the policy.
    #[test]
    fn are_told_in_order_plain() {
        let seen = Seen::default();
        let one = add_observer(says("own", "one", &seen));
        let two = add_observer(says("own", "two", &seen));
        own(&observed(says("own", "policy's", &seen)), &Service::failing(1)).unwrap();
        let order = |kind: &str| ["one", "two", "policy's"].map(|word| format!("{word}: {kind}"));
        one.remove();
        two.remove();
        assert_eq!(taken(&seen), [order("retry"), order("recovered")].concat());
    }

    #[test]
    fn can_be_removed_one_by_one_plain() {
        #[retry_on(Busy, max = 1, name = "removed")]
        fn fetch() -> Result<(), Busy> {
            Err(Busy { call: 1 })
        }

        let seen = Seen::default();
        let add = |word| add_observer(says("removed", word, &seen));
        let (one, two, three) = (add("one"), add("two"), add("three"));
        two.remove();
        fetch().unwrap_err();
        assert_eq!(taken(&seen), ["one: gave up", "three: gave up"]);
        one.remove();
        fetch().unwrap_err();
        assert_eq!(taken(&seen), ["three: gave up"]);
        three.remove();
        fetch().unwrap_err();
        assert_eq!(taken(&seen), [""; 0]);
    }

    /// Dropping the value that can remove it removes nothing.
    #[test]
    fn stay_where_nobody_removes_them_plain() {
        #[retry_on(Busy, max = 1, name = "stays")]
        fn fetch() -> Result<(), Busy> {
            Err(Busy { call: 1 })
        }

        let seen = Seen::default();
        add_observer(says("stays", "one", &seen));
        fetch().unwrap_err();
        assert_eq!(taken(&seen), ["one: gave up"]);
    }
}

/// Whatever an observer does, the call goes on as if it had not.
mod nothing_is_changed {
    use super::*;

    /// A panic that the panic hook is not told of.
    fn panics(payload: impl Any + Send) {
        resume_unwind(Box::new(payload));
    }

    #[test]
    fn by_a_panic_which_is_counted_and_logged_plain() {
        let (log, metrics, seen) = (Recorder::start(), Measured::start(), Seen::default());
        let policy = observed(watch("own", |_| panics("from an observer")));
        let global = add_observer(says("own", "after it", &seen));
        let before = observer_panics();
        let service = Service::failing(1);
        assert_eq!(own(&policy, &service), Ok(2));
        global.remove();
        // Others may panic meanwhile.
        assert!(observer_panics() >= before + 2);
        assert_eq!(taken(&seen), ["after it: retry", "after it: recovered"]);
        let panicked = r#"ERROR site="own""#;
        let levels: Vec<_> = log.events().iter().map(|event| event.level.to_string()).collect();
        assert_eq!(levels, ["WARN", "ERROR", "INFO", "ERROR"]);
        assert_eq!((&*log.lines()[1], &*log.lines()[3]), (panicked, panicked));
        assert_eq!(
            log.events()[1].message,
            "an observer panicked; the call goes on as if it had not"
        );
        assert!(metrics.lines().contains(&"retry_observer_panics_total{} 2".to_owned()));
    }

    #[test]
    fn by_a_panic_of_the_first_of_several_plain() {
        #[retry_on(Busy, max = 1, name = "first panics")]
        fn fetch() -> Result<(), Busy> {
            Err(Busy { call: 7 })
        }

        let seen = Seen::default();
        let bad = add_observer(watch("first panics", |_| panics("from an observer")));
        let good = add_observer(says("first panics", "good", &seen));
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
        let policy = slow.to_builder().deadline(SECOND).build().unwrap();
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
            on_retry = |retry| seen.lock().unwrap().push(format!("hook {:?}", retry.elapsed())),
            on_give_up = |end| seen.lock().unwrap().push(format!("hook {:?}", end.elapsed())),
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
                seen.lock().unwrap().push(format!("event {:?}", event.elapsed()));
                scope.advance(1000 * SECOND);
            }
        }));
        let policy = slow.to_builder().deadline(60 * SECOND).build().unwrap();
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
        let policy = slow.to_builder().deadline(SECOND).build().unwrap();
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
        let global = add_observer(says("send", "told of its own", &seen));
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
}

/// The list that is being told stays as it is.
mod inside_an_observer {
    use super::*;

    #[test]
    fn others_can_be_added_and_removed_plain() {
        #[retry_on(Busy, max = 3, delay = "0ms", budget = none, name = "changing")]
        fn fetch() -> Result<(), Busy> {
            Err(Busy { call: 1 })
        }

        let seen = Seen::default();
        let handle: Arc<Mutex<Option<Registered>>> = Arc::default();
        let changes = add_observer(watch("changing", {
            let (seen, handle) = (Arc::clone(&seen), Arc::clone(&handle));
            move |event| {
                let mut handle = handle.lock().unwrap();
                match handle.take() {
                    None => *handle = Some(add_observer(says("changing", "added", &seen))),
                    Some(added) => added.remove(),
                }
                seen.lock().unwrap().push(format!("changed in attempt {}", event.attempt()));
            }
        }));
        fetch().unwrap_err();
        changes.remove();
        assert_eq!(
            taken(&seen),
            [
                "changed in attempt 1",
                "changed in attempt 2",
                // It was there when the event began.
                "added: retry",
                "changed in attempt 3",
            ]
        );
        fetch().unwrap_err();
        assert_eq!(taken(&seen), ["added: retry", "added: retry", "added: gave up"]);
        handle.lock().unwrap().take().unwrap().remove();
    }

    #[test]
    fn it_can_remove_itself_plain() {
        #[retry_on(Busy, max = 3, delay = "0ms", budget = none, name = "leaving")]
        fn fetch() -> Result<(), Busy> {
            Err(Busy { call: 1 })
        }

        /// Says when it goes.
        struct Leaves {
            itself: Arc<Mutex<Option<Registered>>>,
            seen: Seen,
        }

        impl Observer for Leaves {
            fn observe(&self, event: &Event<'_>) {
                if event.site() == "leaving" {
                    self.seen.lock().unwrap().push("told".into());
                    self.itself.lock().unwrap().take().unwrap().remove();
                }
            }
        }

        impl Drop for Leaves {
            fn drop(&mut self) {
                self.seen.lock().unwrap().push("gone".into());
                // What goes may do anything.
                add_observer(watch("nothing", |_| {})).remove();
            }
        }

        let (seen, itself) = (Seen::default(), Arc::<Mutex<_>>::default());
        let leaves = Leaves { itself: Arc::clone(&itself), seen: Arc::clone(&seen) };
        *itself.lock().unwrap() = Some(add_observer(leaves));
        fetch().unwrap_err();
        assert_eq!(taken(&seen), ["told", "gone"]);
    }

    /// An observer behind an `Arc` is told as one without.
    #[test]
    fn it_can_be_shared_plain() {
        struct Counts(AtomicU32);

        impl Observer for Counts {
            fn observe(&self, event: &Event<'_>) {
                if event.site() == "shared" {
                    self.0.fetch_add(1, Ordering::Relaxed);
                }
            }
        }

        #[retry_on(Busy, max = 3, delay = "0ms", name = "shared")]
        fn fetch() -> Result<(), Busy> {
            Err(Busy { call: 1 })
        }

        let counts = Arc::new(Counts(AtomicU32::new(0)));
        let observer = add_observer(Arc::clone(&counts));
        fetch().unwrap_err();
        observer.remove();
        assert_eq!(counts.0.load(Ordering::Relaxed), 3);
        // Another test may be telling all observers at this very moment.
        let is_gone = (0..1_000_000).any(|_| {
            thread::yield_now();
            Arc::strong_count(&counts) == 1
        });
        assert!(is_gone);
    }
}

mod on_many_threads {
    use super::*;

    #[test]
    fn each_event_is_told_once_plain() {
        #[retry_on(Busy, delay = "0ms", budget = none, name = "threads")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let kinds: Arc<[AtomicU32; 3]> = Arc::default();
        let observer = add_observer(watch("threads", {
            let kinds = Arc::clone(&kinds);
            move |event| {
                let kind = match event.kind() {
                    EventKind::Retry { .. } => 0,
                    EventKind::Recovered => 1,
                    EventKind::GaveUp { reason } => {
                        assert_eq!(reason, Reason::MaxAttempts);
                        2
                    }
                    _ => return,
                };
                kinds[kind].fetch_add(1, Ordering::Relaxed);
            }
        }));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..250 {
                        fetch(&Service::failing(1)).unwrap();
                        fetch(&Service::down()).unwrap_err();
                        // Others come and go meanwhile.
                        add_observer(watch("nobody", |_| {})).remove();
                    }
                });
            }
        });
        observer.remove();
        let kinds = [0, 1, 2].map(|kind| kinds[kind].load(Ordering::Relaxed));
        assert_eq!(kinds, [2000 * 3, 2000, 2000]);
    }
}
