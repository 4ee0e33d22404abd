//! The settings change from another thread while calls fail: each decision is ruled by one version of
//! them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use retry_runtime::observe::{Event, EventKind, Observer};
use retry_runtime::overrides;
use retry_runtime::testing::Scope;
use retry_runtime::{OnGiveUp, OnRetry, Policy, retry_on};
use retry_tests::Busy;

/// One version of the settings: the attempts, and the first delay in milliseconds.
type Version = (u32, u64);

const VERSIONS: [Version; 2] = [(5, 7), (9, 11)];

/// What a decision said of its version, from each place that it was told at.
#[derive(Debug, PartialEq)]
enum Decision {
    Retry { max: u32, first_delay: u128, pause: u128, attempt: u32 },
    GaveUp { max: u32, first_delay: u128, attempt: u32 },
}

static OBSERVED: Mutex<Vec<Decision>> = Mutex::new(Vec::new());

struct Decisions;

impl Observer for Decisions {
    fn observe(&self, event: &Event<'_>) {
        let (max, attempt) = (event.max().unwrap_or_default(), event.attempt());
        let first_delay = event.policy().delay().as_millis();
        OBSERVED.lock().unwrap().push(match event.kind() {
            EventKind::Retry { pause, .. } => {
                Decision::Retry { max, first_delay, pause: pause.as_millis(), attempt }
            }
            _ => Decision::GaveUp { max, first_delay, attempt },
        });
    }
}

const OBSERVED_POLICY: Policy =
    Policy::builder().jitter(retry_runtime::Jitter::None).observer(&Decisions).build();

#[derive(Default)]
struct Hooks(Mutex<Vec<(u32, u32, Option<u128>)>>);

impl Hooks {
    fn retry(&self, retry: &OnRetry<'_, Busy>) {
        let pause = Some(retry.pause().as_millis());
        self.0.lock().unwrap().push((retry.max().unwrap_or_default(), retry.attempt(), pause));
    }

    fn gave_up(&self, gave_up: &OnGiveUp<'_, Busy>) {
        self.0.lock().unwrap().push((gave_up.max().unwrap_or_default(), gave_up.attempt(), None));
    }
}

#[retry_on(
    Busy,
    policy = &OBSERVED_POLICY,
    name = "till::pay",
    on_retry = |retry| hooks.retry(retry),
    on_give_up = |gave_up| hooks.gave_up(gave_up),
)]
fn pay(hooks: &Hooks) -> Result<(), Busy> {
    Err(Busy { call: 1 })
}

fn set((max, delay): Version) {
    let settings =
        format!("[\"till::pay\"]\nmax = {max}\ndelay = \"{delay}ms\"\nbudget = \"none\"\n");
    overrides::load_toml(&settings, "retries.toml").unwrap();
}

/// The pause that this version makes after an attempt.
fn pause(delay: u64, attempt: u32) -> u128 {
    Duration::from_millis(delay << (attempt - 1)).as_millis()
}

#[test]
fn no_decision_mixes_two_versions_of_the_settings() {
    const ENOUGH_MIXED_CALLS: usize = 20;
    const MOST_CALLS: usize = 200_000;
    set(VERSIONS[0]);
    let is_over = AtomicBool::new(false);
    // Also where an assertion fails: the other thread would go on for ever.
    let end = SetWhenDropped(&is_over);
    let mut mixed_calls = 0;
    thread::scope(|threads| {
        threads.spawn(|| {
            for version in VERSIONS.iter().rev().cycle() {
                set(*version);
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
            }
        });
        for _ in 0..MOST_CALLS {
            let hooks = Hooks::default();
            Scope::new().run_blocking(|| pay(&hooks)).unwrap_err();
            let observed = std::mem::take(&mut *OBSERVED.lock().unwrap());
            let hooks = hooks.0.into_inner().unwrap();
            assert_eq!(observed.len(), hooks.len());
            let versions: Vec<Version> = observed
                .iter()
                .zip(hooks)
                .map(|(decision, hook)| version(decision, hook))
                .collect();
            let is_mixed = versions.iter().any(|version| *version != versions[0]);
            mixed_calls += usize::from(is_mixed);
            if mixed_calls == ENOUGH_MIXED_CALLS {
                break;
            }
        }
        drop(end);
    });
    assert_eq!(mixed_calls, ENOUGH_MIXED_CALLS, "the settings never changed within a call");
}

struct SetWhenDropped<'a>(&'a AtomicBool);

impl Drop for SetWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The one version that all of the decision is made by.
fn version(decision: &Decision, hook: (u32, u32, Option<u128>)) -> Version {
    let is_of = |(max, delay): &Version| match *decision {
        Decision::Retry { max: said, first_delay, pause: paused, attempt } => {
            said == *max
                && first_delay == u128::from(*delay)
                && paused == pause(*delay, attempt)
                && attempt < *max
                && hook == (*max, attempt, Some(paused))
        }
        Decision::GaveUp { max: said, first_delay, attempt } => {
            said == *max
                && first_delay == u128::from(*delay)
                // One version may have allowed more attempts than the next one.
                && attempt >= *max
                && hook == (*max, attempt, None)
        }
    };
    let found: Vec<&Version> = VERSIONS.iter().filter(|version| is_of(version)).collect();
    assert_eq!(found.len(), 1, "{decision:?}, the hook was told {hook:?}");
    *found[0]
}
