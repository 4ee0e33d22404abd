//! A budget for each host: one that is down does not take the retries of the others.

use super::*;
use retry_runtime::{Budgets, Policy, Retry};

/// Calls to hosts: of those to the host that is down, all attempts fail; of the others, one in 20.
struct Hosts {
    random: fastrand::Rng,
    down: u32,
    calls: u32,
    succeeded: u32,
}

impl Hosts {
    fn new(percent_down: u32) -> Self {
        Self { random: fastrand::Rng::with_seed(1), down: percent_down, calls: 0, succeeded: 0 }
    }

    /// Makes this many calls, and returns how many in 10,000 of those to hosts that are up succeed.
    fn call(mut self, calls: u32, get: impl Fn(&str, &mut fastrand::Rng) -> bool) -> u32 {
        for _ in 0..calls {
            if self.random.u32(..100) < self.down {
                assert!(!get("down", &mut self.random));
            } else {
                let host = ["a", "b", "c", "d"][self.random.usize(..4)];
                self.calls += 1;
                self.succeeded += u32::from(get(host, &mut self.random));
            }
        }
        self.succeeded * 10_000 / self.calls
    }
}

fn answer(host: &str, random: &mut fastrand::Rng) -> Result<(), Busy> {
    if host == "down" || random.u32(..20) == 0 { Err(Busy { call: 1 }) } else { Ok(()) }
}

/// How many in 10,000 calls to hosts that are up succeed, with one budget and with one for each.
fn share(percent_down: u32) -> (u32, u32) {
    const CALLS: u32 = 50_000;

    #[retry_on(Busy, delay = "0ms", budget = one)]
    fn with_one(host: &str, random: &mut fastrand::Rng, one: &Budget) -> Result<(), Busy> {
        answer(host, random)
    }
    #[retry_on(Busy, delay = "0ms", budget = each.of(host))]
    fn with_each(host: &str, random: &mut fastrand::Rng, each: &Budgets) -> Result<(), Busy> {
        answer(host, random)
    }

    let (one, each) = (Budget::new(), Budgets::<String>::new(10));
    // Time stands still but for the pauses, so that little comes back with it.
    let _scope = Scope::new().enter();
    (
        Hosts::new(percent_down).call(CALLS, |host, random| with_one(host, random, &one).is_ok()),
        Hosts::new(percent_down).call(CALLS, |host, random| with_each(host, random, &each).is_ok()),
    )
}

#[test]
fn keeps_the_retries_of_those_that_are_up_plain() {
    // The figures in the documentation of `Budgets`.
    let (one, each) = share(5);
    assert!(one >= 9_997 && each >= 9_997, "{one} {each}");
    let (one, each) = share(20);
    assert!((9_740..=9_780).contains(&one) && each >= 9_997, "{one} {each}");
}

#[tokio::test(start_paused = true)]
async fn lives_as_long_as_the_call() {
    static HOSTS: Budgets = Budgets::new(1);

    #[retry_on(Busy, max = 2, jitter = none, budget = HOSTS.of(host))]
    async fn get(host: &str) -> Result<u32, Busy> {
        // Its budget makes room while the call is under way.
        let _ = HOSTS.of("another");
        Err(Busy { call: 1 })
    }

    let one = HOSTS.of("one");
    get("one").await.unwrap_err();
    assert_eq!(one.available(), 495);
    assert_eq!(HOSTS.of("one").available(), 500, "a new one");
}

#[test]
fn is_one_of_a_closure_too_plain() {
    static HOSTS: Budgets = Budgets::new(10);
    let _scope = Scope::new().enter();
    let policy = Policy::DEFAULT;
    for host in ["one", "one", "two"] {
        let failed: Result<(), &str> =
            Retry::new(&policy).budget(&HOSTS.of(host)).run_blocking(|| Err("busy"));
        failed.unwrap_err();
    }
    assert_eq!(["one", "two", "three"].map(|host| HOSTS.of(host).available()), [480, 490, 500]);
}
