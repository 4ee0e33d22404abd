//! The time that a whole call may take: every attempt starts and every pause ends before it. `cut` tests
//! how it ends a running attempt; here `timeout = none` lets it finish.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use retry_runtime::testing::Scope;
use retry_runtime::{Jitter, Policy, retry_on};
use retry_tests::{Busy, MS, Recorder, Service};
use tokio::time::{Instant, sleep};

/// Pauses of 100, 200, 400 and 800 ms lie between the attempts.
#[retry_on(Busy, max = 9, jitter = none, deadline = "1s", timeout = none, name = "fetch")]
async fn fetch(service: &Service, takes: Duration) -> Result<u32, Busy> {
    sleep(takes).await;
    service.call()
}

#[retry_on(Busy, max = 9, jitter = none, deadline = "1s", name = "fetch")]
fn fetch_plain(service: &Service, clock: &Scope, takes: Duration) -> Result<u32, Busy> {
    clock.advance(takes);
    service.call()
}

mod counts {
    use super::*;

    /// How many calls there were, each of which takes this long, and how long all took.
    async fn calls(takes: Duration) -> (u32, Duration) {
        let start = Instant::now();
        let error = fetch(&Service::down(), takes).await.unwrap_err();
        (error.call, start.elapsed())
    }

    fn calls_plain(takes: Duration) -> (u32, Duration) {
        let clock = Scope::new().enter();
        let error = fetch_plain(&Service::down(), &clock, takes).unwrap_err();
        (error.call, takes * error.call + clock.pauses().iter().sum::<Duration>())
    }

    #[tokio::test(start_paused = true)]
    async fn the_pauses() {
        assert_eq!(calls(Duration::ZERO).await, (4, 700 * MS));
    }

    #[test]
    fn the_pauses_plain() {
        assert_eq!(calls_plain(Duration::ZERO), (4, 700 * MS));
    }

    /// From its end, the second would end at 700 ms, and there would be a third.
    #[tokio::test(start_paused = true)]
    async fn the_first_attempt_from_its_start() {
        assert_eq!(calls(600 * MS).await, (2, 1300 * MS));
    }

    #[test]
    fn the_first_attempt_from_its_start_plain() {
        assert_eq!(calls_plain(600 * MS), (2, 1300 * MS));
    }

    #[tokio::test(start_paused = true)]
    async fn the_attempts_between_the_pauses() {
        assert_eq!(calls(101 * MS).await, (3, (3 * 101 + 300) * MS));
    }

    #[test]
    fn the_attempts_between_the_pauses_plain() {
        assert_eq!(calls_plain(101 * MS), (3, (3 * 101 + 300) * MS));
    }

    #[tokio::test(start_paused = true)]
    async fn for_each_call_anew() {
        for _ in 0..3 {
            assert_eq!(calls(Duration::ZERO).await, (4, 700 * MS));
            sleep(60_000 * MS).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn from_the_first_poll_and_not_from_when_the_future_was_made() {
        let service = Service::down();
        let call = fetch(&service, Duration::ZERO);
        sleep(60_000 * MS).await;
        assert_eq!(call.await, Err(Busy { call: 4 }));
    }
}

mod no_attempt_starts_after_it {
    use super::*;

    #[retry_on(_, max = 100, deadline = "1s", timeout = none, budget = none)]
    async fn started(starts: &mut Vec<Instant>, takes: Duration) -> Result<(), Busy> {
        starts.push(Instant::now());
        sleep(takes).await;
        Err(Busy { call: 0 })
    }

    #[retry_on(_, max = 100, deadline = "1s", budget = none)]
    fn started_plain(
        starts: &mut Vec<Duration>,
        clock: &Scope,
        takes: Duration,
    ) -> Result<(), Busy> {
        let pauses: Duration = clock.pauses().iter().sum();
        starts.push(pauses + takes * u32::try_from(starts.len()).unwrap());
        clock.advance(takes);
        Err(Busy { call: 0 })
    }

    #[tokio::test(start_paused = true)]
    async fn whatever_the_jitter_says() {
        for number in 0..100 {
            let (start, mut starts) = (Instant::now(), Vec::new());
            let takes = u32::try_from(number * 5).unwrap() * MS;
            started(&mut starts, takes).await.unwrap_err();
            let last = *starts.last().unwrap() - start;
            assert!(last < 1000 * MS, "{takes:?}: {last:?}");
            assert!(start.elapsed() <= last + takes, "{takes:?}: a pause at the end");
        }
    }

    #[test]
    fn whatever_the_jitter_says_plain() {
        for number in 0..100 {
            let (clock, mut starts) = (Scope::new().seed(number).enter(), Vec::new());
            let takes = u32::try_from(number * 5).unwrap() * MS;
            started_plain(&mut starts, &clock, takes).unwrap_err();
            let last = *starts.last().unwrap();
            assert!(last < 1000 * MS, "seed {number}: {last:?}");
            assert_eq!(clock.pauses().len(), starts.len() - 1, "seed {number}: a pause at the end");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nor_at_that_very_instant() {
        #[retry_on(Busy, max = 9, jitter = none, deadline = "300ms", timeout = none)]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let start = Instant::now();
        assert_eq!(fetch(&Service::failing(1)).await, Ok(2));
        assert_eq!(fetch(&Service::down()).await, Err(Busy { call: 2 }));
        assert_eq!(start.elapsed(), 200 * MS, "a pause at the end");
    }

    #[test]
    fn nor_at_that_very_instant_plain() {
        #[retry_on(Busy, max = 9, jitter = none, deadline = "300ms")]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let clock = Scope::new().enter();
        assert_eq!(fetch(&Service::failing(1)), Ok(2));
        assert_eq!(fetch(&Service::down()), Err(Busy { call: 2 }));
        assert_eq!(clock.pauses(), [100 * MS; 2], "a pause at the end");
    }
}

mod gives_up {
    use super::*;

    const LAST: &str = r#"ERROR site="fetch" attempt=4 max=9 error.type="Busy" error="busy, call 4" reason="deadline" elapsed=0.7"#;

    #[tokio::test(start_paused = true)]
    async fn with_the_reason_in_the_last_event() {
        let recorder = Recorder::start();
        fetch(&Service::down(), Duration::ZERO).await.unwrap_err();
        assert_eq!(recorder.lines().last().unwrap(), LAST);
        assert_eq!(recorder.lines().len(), 4);
    }

    #[test]
    fn with_the_reason_in_the_last_event_plain() {
        let (recorder, clock) = (Recorder::start(), Scope::new().enter());
        fetch_plain(&Service::down(), &clock, Duration::ZERO).unwrap_err();
        assert_eq!(recorder.lines().last().unwrap(), LAST);
        assert_eq!(recorder.lines().len(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn without_the_pause_that_would_end_after_it() {
        let start = Instant::now();
        fetch(&Service::down(), Duration::ZERO).await.unwrap_err();
        assert_eq!(start.elapsed(), (100 + 200 + 400) * MS);
    }

    #[test]
    fn without_the_pause_that_would_end_after_it_plain() {
        let clock = Scope::new().enter();
        fetch_plain(&Service::down(), &clock, Duration::ZERO).unwrap_err();
        assert_eq!(clock.pauses(), [100 * MS, 200 * MS, 400 * MS]);
    }

    #[tokio::test(start_paused = true)]
    async fn after_the_first_attempt_where_that_took_too_long() {
        let start = Instant::now();
        assert_eq!(fetch(&Service::down(), 1001 * MS).await, Err(Busy { call: 1 }));
        assert_eq!(start.elapsed(), 1001 * MS);
    }

    #[test]
    fn after_the_first_attempt_where_that_took_too_long_plain() {
        let clock = Scope::new().enter();
        let error = fetch_plain(&Service::down(), &clock, 1001 * MS);
        assert_eq!(error, Err(Busy { call: 1 }));
        assert!(clock.pauses().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn with_max_attempts_where_that_comes_first() {
        #[retry_on(Busy, max = 2, jitter = none, deadline = "101ms", timeout = none)]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let recorder = Recorder::start();
        fetch(&Service::down()).await.unwrap_err();
        assert_eq!(recorder.events()[1].field("reason"), Some("max_attempts"));
    }
}

mod cuts_no_attempt_with_timeout_none {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn that_succeeds_late() {
        let start = Instant::now();
        assert_eq!(fetch(&Service::failing(0), 60_000 * MS).await, Ok(1));
        assert_eq!(start.elapsed(), 60_000 * MS);
    }

    #[test]
    fn that_succeeds_late_plain() {
        let clock = Scope::new().enter();
        assert_eq!(fetch_plain(&Service::failing(0), &clock, 60_000 * MS), Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn that_succeeds_late_as_a_retry() {
        assert_eq!(fetch(&Service::failing(1), 800 * MS).await, Ok(2));
    }

    #[test]
    fn that_succeeds_late_as_a_retry_plain() {
        let clock = Scope::new().enter();
        assert_eq!(fetch_plain(&Service::failing(1), &clock, 800 * MS), Ok(2));
    }
}

/// What a timer says is one thing, what the clock says another.
mod a_pause_that_takes_longer {
    use super::*;

    #[retry_on(
        Busy,
        jitter = none,
        max = 3,
        deadline = "1s",
        timeout = none,
        name = "fetch",
        sleep = |pause| sleep(20 * pause)
    )]
    async fn late(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(
        Busy,
        jitter = none,
        max = 3,
        deadline = "1s",
        name = "fetch",
        on_retry = |_| clock.advance(1900 * MS)
    )]
    fn late_plain(service: &Service, clock: &Scope) -> Result<u32, Busy> {
        service.call()
    }

    const EVENTS: [&str; 2] = [
        r#"WARN site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" pause=0.1 elapsed=0.0"#,
        r#"ERROR site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" reason="deadline" elapsed=2.0"#,
    ];

    #[tokio::test(start_paused = true)]
    async fn starts_no_attempt_and_the_last_error_comes_back() {
        let service = Service::failing(1);
        assert_eq!(late(&service).await, Err(Busy { call: 1 }));
        assert_eq!(service.calls(), 1);
    }

    #[test]
    fn starts_no_attempt_and_the_last_error_comes_back_plain() {
        let (service, clock) = (Service::failing(1), Scope::new().enter());
        assert_eq!(late_plain(&service, &clock), Err(Busy { call: 1 }));
        assert_eq!(service.calls(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn tells_of_the_error_as_ever() {
        let recorder = Recorder::start();
        late(&Service::down()).await.unwrap_err();
        assert_eq!(recorder.lines(), EVENTS);
    }

    #[test]
    fn tells_of_the_error_as_ever_plain() {
        let (recorder, clock) = (Recorder::start(), Scope::new().enter());
        late_plain(&Service::down(), &clock).unwrap_err();
        assert_eq!(recorder.lines(), EVENTS);
    }

    /// Else the future would not be `Send` either.
    #[tokio::test(start_paused = true)]
    async fn is_followed_by_one_more_attempt_where_the_error_cannot_be_kept() {
        #[retry_on(_, jitter = none, deadline = "1s", timeout = none, sleep = |pause| sleep(20 * pause))]
        async fn late(service: &Service) -> Result<u32, Rc<Busy>> {
            service.call().map_err(Rc::new)
        }

        assert_eq!(late(&Service::down()).await, Err(Rc::new(Busy { call: 2 })));
    }
}

mod can_be {
    use super::*;

    const DEADLINE: Duration = Duration::from_millis(301);

    struct Client {
        deadline: Duration,
    }

    impl Client {
        const DEADLINE: Duration = DEADLINE;

        #[retry_on(Busy, max = 9, jitter = none, deadline = self.deadline, timeout = none)]
        async fn field(&self, service: &Service) -> Result<u32, Refused> {
            Ok(service.call()?)
        }

        #[retry_on(Busy, max = 9, jitter = none, deadline = self.deadline)]
        fn field_plain(&self, service: &Service) -> Result<u32, Refused> {
            Ok(service.call()?)
        }

        #[retry_on(Busy, max = 9, jitter = none, deadline = Self::DEADLINE)]
        fn own_constant(service: &Service) -> Result<u32, Refused> {
            Ok(service.call()?)
        }
    }

    #[derive(Debug, PartialEq, thiserror::Error)]
    enum Refused {
        #[error("{0}")]
        Busy(#[from] Busy),
        #[error("{0}")]
        Policy(#[from] retry_runtime::PolicyError),
    }

    const GAVE_UP: Result<u32, Refused> = Err(Refused::Busy(Busy { call: 3 }));

    #[tokio::test(start_paused = true)]
    async fn a_constant() {
        #[retry_on(Busy, max = 9, jitter = none, deadline = DEADLINE, timeout = none)]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        assert_eq!(fetch(&Service::down()).await, Err(Busy { call: 3 }));
    }

    #[test]
    fn a_constant_plain() {
        #[retry_on(Busy, max = 9, jitter = none, deadline = DEADLINE)]
        fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let _clock = Scope::new().enter();
        assert_eq!(fetch(&Service::down()), Err(Busy { call: 3 }));
    }

    #[test]
    fn a_constant_of_the_type_plain() {
        let _clock = Scope::new().enter();
        assert_eq!(Client::own_constant(&Service::down()), GAVE_UP);
    }

    #[tokio::test(start_paused = true)]
    async fn a_field() {
        let client = Client { deadline: DEADLINE };
        assert_eq!(client.field(&Service::down()).await, GAVE_UP);
        let client = Client { deadline: 101 * MS };
        assert_eq!(client.field(&Service::down()).await, Err(Busy { call: 2 }.into()));
    }

    #[test]
    fn a_field_plain() {
        let _clock = Scope::new().enter();
        let client = Client { deadline: DEADLINE };
        assert_eq!(client.field_plain(&Service::down()), GAVE_UP);
        let client = Client { deadline: 101 * MS };
        assert_eq!(client.field_plain(&Service::down()), Err(Busy { call: 2 }.into()));
    }

    #[test]
    fn an_argument_plain() {
        #[retry_on(Busy, max = 9, jitter = none, deadline = patience / 2)]
        fn fetch(service: &Service, patience: Duration) -> Result<u32, Refused> {
            Ok(service.call()?)
        }

        let _clock = Scope::new().enter();
        assert_eq!(fetch(&Service::down(), 2 * DEADLINE), GAVE_UP);
    }
}

/// A policy is data: it is built once and lasts as long as the process.
mod does_not_start_when_the_policy_is_built {
    use super::*;

    static POLICY: Policy =
        Policy::builder().max(9).jitter(Jitter::None).deadline(Duration::from_millis(301)).build();

    #[retry_on(Busy, policy = &POLICY)]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, policy = policy)]
    fn fetch_plain(service: &Service, policy: &Policy) -> Result<u32, Busy> {
        service.call()
    }

    #[tokio::test(start_paused = true)]
    async fn in_a_static() {
        for _ in 0..2 {
            assert_eq!(fetch(&Service::down()).await, Err(Busy { call: 3 }));
            sleep(3_600_000 * MS).await;
        }
    }

    #[test]
    fn at_run_time_plain() {
        let clock = Scope::new().enter();
        let policy = POLICY.to_builder().build();
        for _ in 0..2 {
            clock.advance(3_600_000 * MS);
            assert_eq!(fetch_plain(&Service::down(), &policy), Err(Busy { call: 3 }));
        }
    }
}

/// The clock that a test can pause and move, and no other: so it is not the wall clock.
#[tokio::test(start_paused = true)]
async fn is_read_from_the_clock_that_pauses_are_slept_on() {
    #[retry_on(Busy, max = 1000, delay = "1h", factor = 1, jitter = none, max_delay = "1h", deadline = "100h", timeout = none)]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let before = std::time::Instant::now();
    assert_eq!(fetch(&Service::down()).await, Err(Busy { call: 100 }));
    assert!(before.elapsed() < Duration::from_hours(1));
}

#[tokio::test(start_paused = true)]
async fn an_unselected_error_comes_back_at_once_however_much_time_is_left() {
    #[retry_on(Busy { call: 1 }, jitter = none, deadline = "1h", timeout = none)]
    async fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let start = Instant::now();
    assert_eq!(fetch(&Service::down()).await, Err(Busy { call: 2 }));
    assert_eq!(start.elapsed(), 100 * MS);
}

/// It may be needed after the pause, and is, at any rate, gone before the next attempt.
#[test]
fn the_error_that_is_kept_over_the_pause_is_dropped_before_the_next_attempt_plain() {
    #[derive(Debug)]
    struct Witness<'a>(u32, &'a RefCell<Vec<String>>);

    impl Drop for Witness<'_> {
        fn drop(&mut self) {
            self.1.borrow_mut().push(format!("drop {}", self.0));
        }
    }

    #[retry_on(_, max = 3, deadline = "1h")]
    fn fetch<'a>(service: &Service, log: &'a RefCell<Vec<String>>) -> Result<(), Witness<'a>> {
        let call = service.count_call();
        log.borrow_mut().push(format!("call {call}"));
        Err(Witness(call, log))
    }

    let (_clock, log) = (Scope::new().enter(), RefCell::default());
    let last = fetch(&Service::down(), &log).unwrap_err();
    assert_eq!(*log.borrow(), ["call 1", "drop 1", "call 2", "drop 2", "call 3"]);
    drop(last);
}
