//! Ten thousand concurrent calls, before, during and after an outage, with and without a budget.
//!
//! ```text
//! cargo run -p retry-examples --example outage
//! ```
//!
//! Retries multiply the load of a service that is already failing: with three attempts, each call
//! makes three requests in an outage. A budget that all calls share limits that. After the outage,
//! successes fill it again, and transient failures are retried as before. The ratio of the calls is
//! counted over the last ten seconds, so the calls of the healthy phase pay for retries in the outage.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use retry_runtime::{Budget, retry_on};

const CALLS: u64 = 10_000;

#[derive(Debug, thiserror::Error)]
#[error("unavailable")]
struct Unavailable;

/// A service that is up, or fails every request, or every so many.
#[derive(Default)]
struct Service {
    requests: AtomicU64,
    /// 0 for none, 1 for every request.
    fails_every: AtomicU64,
}

impl Service {
    async fn answer(&self) -> Result<(), Unavailable> {
        tokio::time::sleep(Duration::from_millis(1)).await;
        let request = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        match self.fails_every.load(Ordering::Relaxed) {
            0 => Ok(()),
            every if request.is_multiple_of(every) => Err(Unavailable),
            _ => Ok(()),
        }
    }
}

#[retry_on(Unavailable, max = 3, delay = "5ms", budget = budget)]
async fn with_budget(service: &Service, budget: &Budget) -> Result<(), Unavailable> {
    service.answer().await
}

#[retry_on(Unavailable, max = 3, delay = "5ms", budget = none)]
async fn without_budget(service: &Service) -> Result<(), Unavailable> {
    service.answer().await
}

/// One phase of the simulation, counted.
struct Phase {
    requests: u64,
    succeeded: u64,
}

impl Phase {
    /// Requests per call.
    #[expect(clippy::cast_precision_loss, reason = "a few thousand requests")]
    fn amplification(&self) -> f64 {
        self.requests as f64 / CALLS as f64
    }
}

/// Makes all calls of a phase at once.
async fn phase(service: &Arc<Service>, budget: Option<&'static Budget>, fails_every: u64) -> Phase {
    service.fails_every.store(fails_every, Ordering::Relaxed);
    let before = service.requests.load(Ordering::Relaxed);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..CALLS {
        let service = Arc::clone(service);
        calls.spawn(async move {
            match budget {
                Some(budget) => with_budget(&service, budget).await,
                None => without_budget(&service).await,
            }
        });
    }
    let succeeded =
        calls.join_all().await.into_iter().map(|result| u64::from(result.is_ok())).sum();
    Phase { requests: service.requests.load(Ordering::Relaxed) - before, succeeded }
}

/// The phases, and how many requests of each fail.
const PHASES: [(&str, u64); 4] =
    [("healthy", 0), ("outage", 1), ("recovered", 0), ("one in 100 fails", 100)];

/// Before, during and after an outage.
async fn simulated(budget: Option<&'static Budget>) -> Vec<Phase> {
    let service = Arc::new(Service::default());
    let mut phases = Vec::new();
    for (_, fails_every) in PHASES {
        phases.push(phase(&service, budget, fails_every).await);
    }
    phases
}

#[tokio::main(flavor = "multi_thread", worker_threads = 4)]
async fn main() -> io::Result<()> {
    // The promise of each budget for the outage: how many retries it grants at most.
    static TOKENS: Budget = Budget::new();
    static RATIO: Budget = Budget::ratio(0.2, 10, Duration::from_secs(10));
    let budgets = [
        ("no budget", None, 2 * CALLS),
        ("500 tokens", Some(&TOKENS), 500 / 5),
        ("a fifth of the calls", Some(&RATIO), 2 * CALLS / 5 + 100),
    ];
    println!("{CALLS} calls at once in each phase: requests per call, calls that succeeded\n");
    print!("{:<22}", "");
    for (name, _) in PHASES {
        print!("{name:>22}");
    }
    println!();
    for (name, budget, retries) in budgets {
        let phases = simulated(budget).await;
        print!("{name:<22}");
        for phase in &phases {
            print!("{:>11.2} {:>10}", phase.amplification(), phase.succeeded);
        }
        println!();
        let (outage, last) = (&phases[1], &phases[3]);
        // A call whose three requests all happen to be a hundredth one fails.
        let unlucky = CALLS / 1_000;
        if outage.requests > CALLS + retries || last.succeeded + unlucky < CALLS {
            return Err(io::Error::other(format!("{name}: the budget broke its promise")));
        }
    }
    Ok(())
}
