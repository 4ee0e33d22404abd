//! How long the server asked to wait.

use std::collections::HashSet;
use std::time::Duration;

use retry_runtime::testing::Scope;
use retry_runtime::{Budget, EndReason, Hint, Policy, Retry, retry_on};
use retry_tests::{MS, Recorder, SECOND, Service};
use tokio::time::Instant;

#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("too many requests")]
struct Throttled {
    retry_after: Option<Duration>,
}

impl Throttled {
    fn after(retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after) }
    }

    fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

#[retry_on(Throttled, jitter = none, hint = Throttled::retry_after)]
async fn fetch(error: Throttled) -> Result<(), Throttled> {
    Err(error)
}

#[retry_on(Throttled, jitter = none, hint = Throttled::retry_after)]
fn fetch_plain(error: Throttled) -> Result<(), Throttled> {
    Err(error)
}

async fn waited(error: Throttled) -> Duration {
    let start = Instant::now();
    assert_eq!(fetch(error).await, Err(error));
    start.elapsed()
}

fn pauses(error: Throttled) -> Vec<Duration> {
    let clock = Scope::new().enter();
    assert_eq!(fetch_plain(error), Err(error));
    clock.pauses()
}

mod a_hint {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn that_is_longer_than_the_pause_is_followed() {
        assert_eq!(waited(Throttled::after(3 * SECOND)).await, 6 * SECOND);
    }

    #[test]
    fn that_is_longer_than_the_pause_is_followed_plain() {
        assert_eq!(pauses(Throttled::after(3 * SECOND)), [3 * SECOND; 2]);
    }

    #[tokio::test(start_paused = true)]
    async fn that_is_shorter_shortens_nothing() {
        assert_eq!(waited(Throttled::after(1 * MS)).await, 300 * MS);
        assert_eq!(waited(Throttled::after(Duration::ZERO)).await, 300 * MS);
    }

    #[test]
    fn that_is_shorter_shortens_nothing_plain() {
        assert_eq!(pauses(Throttled::after(150 * MS)), [150 * MS, 200 * MS]);
        assert_eq!(pauses(Throttled::after(Duration::ZERO)), [100 * MS, 200 * MS]);
    }

    #[tokio::test(start_paused = true)]
    async fn is_followed_in_full_whatever_max_delay_is() {
        #[retry_on(_, jitter = none, max_delay = "200ms", hint = Throttled::retry_after)]
        async fn fetch(error: Throttled) -> Result<(), Throttled> {
            Err(error)
        }

        let start = Instant::now();
        fetch(Throttled::after(60 * SECOND)).await.unwrap_err();
        assert_eq!(start.elapsed(), 120 * SECOND);
    }

    #[test]
    fn is_followed_in_full_whatever_max_delay_is_plain() {
        #[retry_on(_, jitter = none, max_delay = "200ms", hint = Throttled::retry_after)]
        fn fetch(error: Throttled) -> Result<(), Throttled> {
            Err(error)
        }

        let clock = Scope::new().enter();
        fetch(Throttled::after(60 * SECOND)).unwrap_err();
        assert_eq!(clock.pauses(), [60 * SECOND; 2]);
    }

    /// A server that opens after a minute and says so, in whole seconds and one more: the call waits for it.
    #[tokio::test(start_paused = true)]
    async fn of_a_minute_leads_to_success() {
        #[retry_on(Throttled, max = 5, max_hint = "5min", hint = Throttled::retry_after)]
        async fn fetch(opens: Instant, calls: &mut u32) -> Result<(), Throttled> {
            *calls += 1;
            let left = opens.saturating_duration_since(Instant::now());
            if left.is_zero() {
                Ok(())
            } else {
                Err(Throttled::after(Duration::from_secs(left.as_secs() + 1)))
            }
        }

        let mut calls = 0;
        assert_eq!(fetch(Instant::now() + 60 * SECOND, &mut calls).await, Ok(()));
        assert_eq!(calls, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn that_is_longer_than_max_hint_ends_the_call_at_once() {
        let recorder = Recorder::start();
        assert_eq!(waited(Throttled::after(90 * SECOND)).await, Duration::ZERO);
        let event = &recorder.events()[0];
        assert_eq!((event.field("attempt"), event.field("reason")), (Some("1"), Some("hint")));
        assert_eq!(event.field("hint"), Some("90.0"));
        assert_eq!(
            event.message,
            "gave up after attempt 1: the server asked to wait 90s, longer than `max_hint` (60s) (at \
             most 3 calls: 1 + 2 retries; pauses of 100 ms, 200 ms; longer where a hint asks for it)"
        );
    }

    #[test]
    fn that_is_longer_than_max_hint_ends_the_call_at_once_plain() {
        for long in [60 * SECOND + Duration::from_nanos(1), 3600 * SECOND, Duration::MAX] {
            assert!(pauses(Throttled::after(long)).is_empty(), "{long:?}");
        }
        assert_eq!(pauses(Throttled::after(60 * SECOND)), [60 * SECOND; 2]);
    }

    #[tokio::test(start_paused = true)]
    async fn that_may_extend_the_pause_by_a_limited_time_is_cut_and_not_ended() {
        #[retry_on(_, jitter = none, hint = |error| error.retry_after.map(limited))]
        async fn fetch(error: Throttled) -> Result<(), Throttled> {
            Err(error)
        }

        let start = Instant::now();
        fetch(Throttled::after(3600 * SECOND)).await.unwrap_err();
        assert_eq!(start.elapsed(), 10 * SECOND + 300 * MS);
    }

    #[test]
    fn that_may_extend_the_pause_by_a_limited_time_is_cut_and_not_ended_plain() {
        #[retry_on(_, jitter = none, hint = |error| error.retry_after.map(limited))]
        fn fetch(error: Throttled) -> Result<(), Throttled> {
            Err(error)
        }

        for (hint, cut) in [(Duration::MAX, 5 * SECOND), (SECOND, 900 * MS), (MS, Duration::ZERO)] {
            let clock = Scope::new().enter();
            fetch(Throttled::after(hint)).unwrap_err();
            assert_eq!(clock.pauses()[0], 100 * MS + cut, "{hint:?}");
        }
    }

    fn limited(wait: Duration) -> Hint {
        Hint::from(wait).extends_pause_by_at_most(5 * SECOND)
    }

    #[test]
    fn that_is_absurd_is_harmless_plain() {
        for absurd in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::from_nanos(u64::MAX)]
        {
            assert!(pauses(Throttled::after(absurd)).is_empty(), "{absurd:?}");
        }
        assert_eq!(pauses(Throttled::after(Duration::from_nanos(1))), [100 * MS, 200 * MS]);
    }

    #[tokio::test(start_paused = true)]
    async fn that_is_absurd_is_harmless() {
        assert_eq!(waited(Throttled::after(Duration::MAX)).await, Duration::ZERO);
    }

    #[test]
    fn that_is_not_there_changes_nothing_plain() {
        assert_eq!(pauses(Throttled { retry_after: None }), [100 * MS, 200 * MS]);
    }

    /// The timer of tokio counts in milliseconds.
    #[tokio::test(start_paused = true)]
    async fn is_never_undercut_by_the_timer() {
        #[retry_on(_, max = 2, hint = |_| Some(hint))]
        async fn fetch(hint: Duration) -> Result<(), &'static str> {
            Err("busy")
        }

        for micros in [100_001, 123_456, 1_000_999] {
            let hint = Duration::from_micros(micros);
            let start = Instant::now();
            fetch(hint).await.unwrap_err();
            assert!(start.elapsed() >= hint, "{:?} for {hint:?}", start.elapsed());
        }
    }

    #[test]
    fn is_asked_of_each_error_anew_plain() {
        #[retry_on(_, max = 4, jitter = none, hint = |error: &Throttled| error.retry_after)]
        fn fetch(service: &Service) -> Result<(), Throttled> {
            match service.count_call() {
                2 => Err(Throttled::after(2 * SECOND)),
                _ => Err(Throttled { retry_after: None }),
            }
        }

        let clock = Scope::new().enter();
        fetch(&Service::down()).unwrap_err();
        assert_eq!(clock.pauses(), [100 * MS, 2 * SECOND, 400 * MS]);
    }

    #[tokio::test(start_paused = true)]
    async fn can_come_from_a_closure_that_uses_arguments() {
        #[retry_on(_, max = 2, jitter = none, hint = |error| error.retry_after.map(|it| it * times))]
        async fn fetch(error: Throttled, times: u32) -> Result<(), Throttled> {
            Err(error)
        }

        let start = Instant::now();
        fetch(Throttled::after(SECOND), 3).await.unwrap_err();
        assert_eq!(start.elapsed(), 3 * SECOND);
    }

    #[test]
    fn can_come_from_a_closure_that_uses_self_plain() {
        struct Client {
            asked: Duration,
        }

        impl Client {
            #[retry_on(_, max = 2, jitter = none, hint = |_| Some(self.asked))]
            fn fetch(&self) -> Result<(), &'static str> {
                Err("busy")
            }
        }

        let clock = Scope::new().enter();
        Client { asked: 2 * SECOND }.fetch().unwrap_err();
        assert_eq!(clock.pauses(), [2 * SECOND]);
    }

    #[tokio::test(start_paused = true)]
    async fn stands_in_the_event_beside_the_pause_that_it_made() {
        let recorder = Recorder::start();
        fetch(Throttled::after(3 * SECOND)).await.unwrap_err();
        fetch(Throttled::after(25 * MS)).await.unwrap_err();
        fetch(Throttled { retry_after: None }).await.unwrap_err();
        let events = recorder.events();
        let told =
            [0, 3, 6].map(|event| (events[event].field("hint"), events[event].field("pause")));
        assert_eq!(
            told,
            [(Some("3.0"), Some("3.0")), (Some("0.025"), Some("0.1")), (None, Some("0.1"))]
        );
        assert_eq!(events[2].field("hint"), Some("3.0"), "also where the call gives up");
    }

    #[test]
    fn is_told_to_hooks_plain() {
        #[retry_on(
            _,
            max = 2,
            hint = Throttled::retry_after,
            on_retry = |retry| told.push(retry.hint()),
            on_give_up = |gave_up| told.push(gave_up.hint())
        )]
        fn fetch(error: Throttled, told: &mut Vec<Option<Duration>>) -> Result<(), Throttled> {
            Err(error)
        }

        let _clock = Scope::new().enter();
        let mut told = vec![];
        fetch(Throttled::after(SECOND), &mut told).unwrap_err();
        fetch(Throttled { retry_after: None }, &mut told).unwrap_err();
        assert_eq!(told, [Some(SECOND), Some(SECOND), None, None]);
    }
}

mod clients_with_the_same_hint {
    use super::*;

    const CLIENTS: u64 = 100;

    #[retry_on(_, max = 2, hint = |_| Some(hint))]
    fn full(hint: Duration) -> Result<(), &'static str> {
        Err("busy")
    }

    #[retry_on(_, max = 2, jitter = equal, hint = |_| Some(hint))]
    fn equal(hint: Duration) -> Result<(), &'static str> {
        Err("busy")
    }

    #[retry_on(_, max = 2, jitter = decorrelated, hint = |_| Some(hint))]
    fn decorrelated(hint: Duration) -> Result<(), &'static str> {
        Err("busy")
    }

    type Fetch = fn(Duration) -> Result<(), &'static str>;

    const ALL: [Fetch; 3] = [full, equal, decorrelated];

    /// The pauses of clients that differ in their random numbers only.
    fn pauses(fetch: Fetch, hint: Duration) -> Vec<Duration> {
        let pause = |client| {
            let scope = Scope::new().seed(client).without_budget();
            scope.run_blocking(|| fetch(hint)).unwrap_err();
            scope.pauses()[0]
        };
        (0..CLIENTS).map(pause).collect()
    }

    #[test]
    fn do_not_come_back_at_one_instant_plain() {
        for fetch in ALL {
            for hint in [10 * MS, SECOND, 60 * SECOND] {
                let different: HashSet<_> = pauses(fetch, hint).into_iter().collect();
                assert!(different.len() > 80, "{} different pauses for {hint:?}", different.len());
            }
        }
    }

    #[test]
    fn do_not_come_back_before_it_plain() {
        for fetch in ALL {
            assert!(pauses(fetch, SECOND).into_iter().all(|pause| pause >= SECOND));
        }
    }

    #[test]
    fn come_back_soon_after_it_plain() {
        for fetch in ALL {
            assert!(pauses(fetch, SECOND).into_iter().all(|pause| pause <= SECOND + 200 * MS));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn do_not_come_back_at_one_instant() {
        #[retry_on(_, max = 2, hint = |_| Some(SECOND), budget = none)]
        async fn fetch() -> Result<(), &'static str> {
            Err("busy")
        }

        let mut instants = HashSet::new();
        for _ in 0..CLIENTS {
            let start = Instant::now();
            fetch().await.unwrap_err();
            instants.insert(start.elapsed());
        }
        // The timer of tokio counts in milliseconds, of which there are a hundred.
        assert!(instants.len() > 40, "{} different instants", instants.len());
    }
}

mod max_hint {
    use super::*;

    const EXACT: Policy = Policy::builder().jitter(retry_runtime::Jitter::None).build();

    #[tokio::test(start_paused = true)]
    async fn says_how_long_a_server_can_make_a_call_wait() {
        #[retry_on(_, max = 2, jitter = none, max_hint = "2h", hint = Throttled::retry_after)]
        async fn fetch(error: Throttled) -> Result<(), Throttled> {
            Err(error)
        }

        let start = Instant::now();
        fetch(Throttled::after(3600 * SECOND)).await.unwrap_err();
        assert_eq!(start.elapsed(), 3600 * SECOND);
        fetch(Throttled::after(7201 * SECOND)).await.unwrap_err();
        assert_eq!(start.elapsed(), 3600 * SECOND);
    }

    #[test]
    fn says_how_long_a_server_can_make_a_call_wait_plain() {
        #[retry_on(_, policy = &EXACT, max_hint = longest, hint = Throttled::retry_after)]
        fn fetch(error: Throttled, longest: Duration) -> Result<(), Throttled> {
            Err(error)
        }

        let clock = Scope::new().enter();
        fetch(Throttled::after(5 * SECOND), 5 * SECOND).unwrap_err();
        fetch(Throttled::after(5 * SECOND), 4999 * MS).unwrap_err();
        // Then no hint is followed.
        fetch(Throttled::after(MS), Duration::ZERO).unwrap_err();
        assert_eq!(clock.pauses(), [5 * SECOND; 2]);
    }

    #[test]
    fn beside_a_policy_replaces_what_the_policy_says_plain() {
        #[retry_on(_, policy = policy, max_hint = "1s", hint = Throttled::retry_after)]
        fn fetch(error: Throttled, policy: &Policy) -> Result<(), Throttled> {
            Err(error)
        }

        let clock = Scope::new().enter();
        let policy = Policy::builder().max_hint(60 * SECOND).build();
        assert_eq!(policy.max_hint(), 60 * SECOND);
        assert_eq!(policy.to_builder().build(), policy);
        fetch(Throttled::after(2 * SECOND), &policy).unwrap_err();
        assert!(clock.pauses().is_empty());
    }

    #[test]
    fn of_a_closure_is_that_of_its_policy_plain() {
        let clock = Scope::new().enter();
        let policy = Policy::builder().max(2).jitter(retry_runtime::Jitter::None);
        let policy = policy.max_hint(10 * SECOND).build();
        let mut reasons = vec![];
        for (hint, is_cut) in [(10, false), (11, false), (11, true)] {
            let reason = std::sync::Mutex::new(None);
            Retry::new(&policy)
                .hint(move |error: &Throttled| {
                    let hint = Hint::from(error.retry_after?);
                    Some(if is_cut { hint.extends_pause_by_at_most(SECOND) } else { hint })
                })
                .on_give_up(|gave_up| *reason.lock().unwrap() = Some(gave_up.reason()))
                .run_blocking(|| Err::<(), _>(Throttled::after(hint * SECOND)))
                .unwrap_err();
            reasons.extend(reason.into_inner().unwrap());
        }
        assert_eq!(reasons, [EndReason::MaxAttempts, EndReason::Hint, EndReason::MaxAttempts]);
        assert_eq!(clock.pauses(), [10 * SECOND, SECOND + 100 * MS]);
    }
}

mod other_limits {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_hint_past_the_deadline_is_not_waited_for() {
        #[retry_on(_, max = 9, jitter = none, deadline = "1s", timeout = none, hint = Throttled::retry_after)]
        async fn fetch(service: &Service) -> Result<u32, Throttled> {
            service.call().map_err(|_| Throttled::after(2 * SECOND))
        }

        let (service, start) = (Service::failing(1), Instant::now());
        let recorder = Recorder::start();
        fetch(&service).await.unwrap_err();
        assert_eq!((service.calls(), start.elapsed()), (1, Duration::ZERO));
        assert_eq!(recorder.events()[0].field("reason"), Some("deadline"));
    }

    #[test]
    fn a_hint_does_not_lead_past_max_plain() {
        #[retry_on(
            _,
            max = 2,
            hint = |_| Some(SECOND),
            on_give_up = |gave_up| reasons.push(gave_up.reason())
        )]
        fn fetch(reasons: &mut Vec<EndReason>) -> Result<(), &'static str> {
            Err("busy")
        }

        let (clock, mut reasons) = (Scope::new().enter(), Vec::new());
        fetch(&mut reasons).unwrap_err();
        assert_eq!(clock.pauses().len(), 1);
        assert_eq!(reasons, [EndReason::MaxAttempts]);
    }

    #[test]
    fn a_hint_does_not_lead_past_an_empty_budget_plain() {
        #[retry_on(_, hint = |_| Some(SECOND), budget = budget)]
        fn fetch(service: &Service, budget: &Budget) -> Result<u32, Throttled> {
            service.call().map_err(|_| Throttled::after(SECOND))
        }

        let (clock, budget) = (
            Scope::new().enter(),
            Budget::builder().capacity(5).retry_cost(5).timeout_cost(5).build(),
        );
        let service = Service::down();
        fetch(&service, &budget).unwrap_err();
        assert_eq!((service.calls(), clock.pauses().len()), (2, 1));
    }

    #[test]
    fn a_hint_does_not_select_an_error_plain() {
        #[retry_on(std::io::Error, hint = |_| Some(SECOND))]
        fn fetch(service: &Service) -> Result<u32, Throttled> {
            service.call().map_err(|_| Throttled::after(SECOND))
        }

        let service = Service::down();
        fetch(&service).unwrap_err();
        assert_eq!(service.calls(), 1);
    }

    #[test]
    fn a_hint_can_lead_past_the_cap_of_the_own_delay_plain() {
        #[retry_on(_, max = 2, jitter = none, max_delay = "100ms", delay = "100ms", hint = |_| Some(SECOND))]
        fn fetch() -> Result<(), &'static str> {
            Err("busy")
        }

        let clock = Scope::new().enter();
        fetch().unwrap_err();
        assert_eq!(clock.pauses(), [SECOND]);
    }
}
