//! What a budget costs when threads fight over it, beside a plain counter:
//! `cargo bench -p retry-benches --bench contention`.
//!
//! Each thread takes tokens and gives them back, as calls do that fail once and then succeed.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use budget::{Budget, Cause};
use budgets::Budgets;

/// The very source file, since a call does more than ask its budget.
#[path = "../retry-runtime/src/decide/budget.rs"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "a part of it is measured")]
mod budget;

#[path = "../retry-runtime/src/decide/budgets.rs"]
#[allow(dead_code, unreachable_pub, reason = "a part of it is measured")]
mod budgets;

mod atomic {
    pub(crate) use core::sync::atomic::{AtomicU64, AtomicU64 as AtomicTokens, Ordering};
}

mod clock {
    pub(crate) fn since_start() -> u64 {
        0
    }
}

const ROUNDS: u32 = 2_000_000;

fn main() {
    println!("{:<34} {:>10} {:>10} {:>7}", "nanoseconds per step", "budget", "counter", "ratio");
    for threads in [1, 2] {
        let budget = Budget::standard_2_0();
        let taken = measured(threads, || {
            let taken = budget.bucket().take(Cause::Error, || 0);
            budget.succeeded(black_box(taken), || 0);
        });
        let counter = AtomicU32::new(0);
        let by_hand = measured(threads, || {
            counter.fetch_add(black_box(5), Ordering::Relaxed);
            counter.fetch_sub(black_box(5), Ordering::Relaxed);
        });
        row("take and give back", threads, taken, by_hand);
        let healthy = Budget::standard_2_0();
        let looked = measured(threads, || {
            black_box(healthy.listens());
        });
        row("success of a healthy function", threads, looked, by_hand);
        let share = Budget::ratio(0.2, 10, Duration::from_secs(10));
        let asked = measured(threads, || {
            black_box(share.bucket().take(Cause::Error, || 0));
        });
        row("ask for a share of the calls", threads, asked, by_hand);
        let hosts: Budgets = Budgets::new(1_000);
        let found = measured(threads, || {
            black_box(hosts.of(black_box("eu.example.com")));
        });
        row("find the budget of a host", threads, found, by_hand);
    }
}

fn row(what: &str, threads: u32, budget: f64, counter: f64) {
    let what = format!("{what}, {threads} thread{}", if threads == 1 { "" } else { "s" });
    println!("{what:<42} {budget:>6.1} {counter:>6.1} {:>7.2}", budget / counter);
}

/// Nanoseconds per round, the best of five.
fn measured(threads: u32, step: impl Fn() + Sync) -> f64 {
    let round = || {
        let start = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| (0..ROUNDS).for_each(|_| step()));
            }
        });
        start.elapsed()
    };
    let best = (0..5).map(|_| round()).min().unwrap_or(Duration::ZERO);
    best.as_secs_f64() * 1e9 / f64::from(ROUNDS)
}
