//! How long the server asked to wait.

use std::collections::HashSet;
use std::time::Duration;

use retry_runtime::testing::{ManualClock, Scope, seed};
use retry_runtime::{Budget, EndReason, retry_on};
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
    let clock = ManualClock::install();
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
    async fn is_followed_for_five_seconds_more_than_the_pause_and_no_longer() {
        assert_eq!(waited(Throttled::after(3600 * SECOND)).await, 10 * SECOND + 300 * MS);
    }

    #[test]
    fn is_followed_for_five_seconds_more_than_the_pause_and_no_longer_plain() {
        let cut = [5 * SECOND + 100 * MS, 5 * SECOND + 200 * MS];
        assert_eq!(pauses(Throttled::after(3600 * SECOND)), cut);
        assert_eq!(
            pauses(Throttled::after(5 * SECOND + 150 * MS)),
            [cut[0], 5 * SECOND + 150 * MS]
        );
    }

    #[test]
    fn that_is_absurd_is_harmless_plain() {
        let cut = [5 * SECOND + 100 * MS, 5 * SECOND + 200 * MS];
        for absurd in [Duration::MAX, Duration::from_secs(u64::MAX), Duration::from_nanos(u64::MAX)]
        {
            assert_eq!(pauses(Throttled::after(absurd)), cut, "{absurd:?}");
        }
        assert_eq!(pauses(Throttled::after(Duration::from_nanos(1))), [100 * MS, 200 * MS]);
    }

    #[tokio::test(start_paused = true)]
    async fn that_is_absurd_is_harmless() {
        assert_eq!(waited(Throttled::after(Duration::MAX)).await, 10 * SECOND + 300 * MS);
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

        let clock = ManualClock::install();
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

        let clock = ManualClock::install();
        Client { asked: 2 * SECOND }.fetch().unwrap_err();
        assert_eq!(clock.pauses(), [2 * SECOND]);
    }

    #[tokio::test(start_paused = true)]
    async fn stands_in_the_event_as_the_pause_that_it_made() {
        let recorder = Recorder::start();
        fetch(Throttled::after(3 * SECOND)).await.unwrap_err();
        assert_eq!(recorder.events()[0].field("pause"), Some("3.0"));
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
            let scope = Scope::new().seed(client).without_budgets();
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
        for client in 0..CLIENTS {
            seed(client);
            let start = Instant::now();
            fetch().await.unwrap_err();
            instants.insert(start.elapsed());
        }
        // The timer of tokio counts in milliseconds, of which there are a hundred.
        assert!(instants.len() > 40, "{} different instants", instants.len());
    }
}

mod other_limits {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_hint_past_the_deadline_is_not_waited_for() {
        #[retry_on(_, max = 9, jitter = none, deadline = "1s", hint = Throttled::retry_after)]
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

        let (clock, mut reasons) = (ManualClock::install(), Vec::new());
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
            ManualClock::install(),
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

        let clock = ManualClock::install();
        fetch().unwrap_err();
        assert_eq!(clock.pauses(), [SECOND]);
    }
}
