//! What people write with nothing but the documentation of a type at hand compiles as written.

use std::collections::BTreeMap;
use std::sync::mpsc;
use std::thread;

use retry_runtime::observe::{self, EventKind, LogLevel, OwnedEvent};
use retry_runtime::testing::Scope;
use retry_runtime::{EndReason, IdempotencyKey, Policy, Retry, Stop, retry_on, sites};
use retry_tests::{Busy, Recorder, Service};

#[retry_on(Busy, delay = "0ms", name = "tried first")]
fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[test]
fn an_observer_is_a_closure_and_an_event_goes_through_a_channel_to_a_thread_plain() {
    #[retry_on(Busy, delay = "0ms", name = "sent to a thread")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (sender, events) = mpsc::channel();
    let observer = observe::on_event(move |event| {
        if event.site() == "sent to a thread" {
            let _ = sender.send(OwnedEvent::from(event));
        }
    });
    let told = thread::spawn(move || events.iter().take(3).collect::<Vec<OwnedEvent>>());
    Scope::new().run_blocking(|| fetch(&Service::down())).unwrap_err();
    let told = told.join().unwrap();
    observer.remove();
    let ends: Vec<_> = told.iter().map(OwnedEvent::reason).collect();
    assert_eq!(ends, [None, None, Some(EndReason::MaxAttempts)]);
    assert_eq!(told[0], told[0].clone());
    assert_ne!(told[0], told[1]);
}

#[test]
fn an_event_is_json_plain() {
    let scope = Scope::new();
    scope.run_blocking(|| fetch(&Service::down())).unwrap_err();
    assert_eq!(
        serde_json::to_value(&scope.events()[2]).unwrap(),
        serde_json::json!({
            "kind": "gave_up",
            "site": "tried first",
            "attempt": 3,
            "max": 3,
            "elapsed_seconds": null,
            "since_first_failure_seconds": 0.0,
            "pause_seconds": null,
            "reason": "max_attempts",
            "error_type": "Busy",
            "requests": 0,
            "hint_seconds": null,
            "error": "busy, call 3",
            "code": null,
            "request_id": null,
        })
    );
}

#[test]
fn a_limit_and_an_error_that_is_never_retried_are_two_kinds_plain() {
    #[retry_on(std::io::Error, name = "never retried")]
    fn other(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let kind = |call: &dyn Fn() -> Result<u32, Busy>| {
        let scope = Scope::new();
        scope.run_blocking(call).unwrap_err();
        scope.events().last().unwrap().kind()
    };
    assert!(matches!(kind(&|| fetch(&Service::down())), EventKind::GaveUp { .. }));
    let reason = EndReason::NotRetryable;
    let never = kind(&|| other(&Service::down()));
    assert!(matches!(never, EventKind::NotRetried { reason: of, .. } if of == reason));
}

#[test]
fn ends_are_counted_by_reason_in_a_map_that_is_json_plain() {
    let mut ends: BTreeMap<EndReason, u32> = BTreeMap::new();
    let scope = Scope::new();
    scope.run_blocking(|| fetch(&Service::down())).unwrap_err();
    for reason in scope.events().iter().filter_map(OwnedEvent::reason) {
        *ends.entry(reason).or_default() += 1;
    }
    let json = serde_json::to_string(&ends).unwrap();
    assert_eq!(json, r#"{"max_attempts":1}"#);
    assert_eq!(serde_json::from_str::<BTreeMap<EndReason, u32>>(&json).unwrap(), ends);
}

#[test]
fn one_site_is_found_by_its_name_plain() {
    #[retry_on(Busy, delay = "0ms", name = "found by name")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    Scope::new().run_blocking(|| fetch(&Service::down())).unwrap_err();
    let sites = sites();
    let site = sites.get("found by name").unwrap();
    assert_eq!((site.site(), site.gave_up()), ("found by name", 1));
    assert!(sites.get("never called").is_none());
    assert!(retry_runtime::sites::Sites::default().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_around_a_task() {
    #[retry_on(Busy, delay = "1h")]
    async fn work() -> Result<u32, Busy> {
        Err(Busy { call: 1 })
    }

    let stop = Stop::new();
    let task = tokio::spawn(stop.scope(work()));
    tokio::task::yield_now().await;
    stop.request();
    assert_eq!(task.await.unwrap(), Err(Busy { call: 1 }));
}

#[tokio::test(start_paused = true)]
async fn a_key_is_used_in_a_task() {
    #[retry_on(Busy, attempt = tries)]
    async fn order() -> Result<IdempotencyKey, Busy> {
        Ok(tokio::spawn(async move { tries.idempotency_key() }).await.unwrap())
    }

    let key = order().await.unwrap();
    assert_eq!(key.to_string().parse(), Ok(key));
}

#[test]
fn a_retry_is_kept_in_a_variable_with_what_its_closures_capture_plain() {
    let policy = Policy::builder().max(2).build();
    let transient = 1;
    let retry = Retry::new(&policy).when(|error: &Busy| error.call == transient);
    let service = Service::down();
    let call = || retry.clone().run_blocking(|| service.call());
    assert_eq!(Scope::new().run_blocking(call), Err(Busy { call: 2 }));
}

mod the_level_of_a_give_up {
    use super::*;

    #[retry_on(Busy, policy = policy, name = "quiet")]
    fn quiet(policy: &Policy) -> Result<u32, Busy> {
        Err(Busy { call: 1 })
    }

    fn levels(policy: &Policy) -> Vec<String> {
        let recorder = Recorder::start();
        Scope::new().run_blocking(|| quiet(policy)).unwrap_err();
        recorder.events().iter().map(|event| event.level.to_string()).collect()
    }

    #[test]
    fn is_what_the_policy_says_plain() {
        let at = |level| levels(&Policy::builder().max(2).give_up_level(level).build());
        assert_eq!(levels(&Policy::builder().max(2).build()), ["WARN", "ERROR"]);
        assert_eq!(at(LogLevel::Error), ["WARN", "ERROR"]);
        assert_eq!(at(LogLevel::Warn), ["WARN", "WARN"]);
        assert_eq!(at(LogLevel::Info), ["WARN", "INFO"]);
        assert_eq!(at(LogLevel::Debug), ["WARN", "DEBUG"]);
        assert_eq!(at(LogLevel::Off), ["WARN"]);
    }
}

mod the_list_shows {
    use super::*;

    fn policy_of(name: &str) -> String {
        sites().get(name).unwrap().policy().to_owned()
    }

    #[test]
    fn the_policy_that_the_last_call_had_plain() {
        #[retry_on(Busy, policy = policy, name = "set per call")]
        fn fetch(policy: &Policy, service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let scope = Scope::new().enter();
        fetch(&Policy::DEFAULT, &Service::failing(0)).unwrap();
        assert_eq!(policy_of("set per call"), "set per call");
        for max in [2, 5] {
            let policy = Policy::builder().max(max).build();
            fetch(&policy, &Service::down()).unwrap_err();
            assert_eq!(policy_of("set per call"), format!("set per call, last: {policy}"));
        }
        drop(scope);
    }

    #[test]
    fn no_time_that_a_hint_can_make_longer_plain() {
        #[retry_on(Busy, max = 2, hint = |_| None::<std::time::Duration>, name = "hinted")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let recorder = Recorder::start();
        Scope::new().run_blocking(|| fetch(&Service::down())).unwrap_err();
        let plan =
            "at most 2 calls: 1 + 1 retry; pauses up to 100 ms; longer where a hint asks for it";
        assert_eq!(policy_of("hinted"), plan);
        assert_eq!(recorder.events()[1].message, format!("gave up after attempt 2 ({plan})"));
    }
}
