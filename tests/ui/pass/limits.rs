// Every limit, on async and on plain functions, alone and together with all others.
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use retry_runtime::{Budget, NestedRetries, Policy, PolicyError, TimedOut, retry_on};

static BUDGET: Budget = Budget::new();
const POLICY: Policy = Policy::DEFAULT;
const DEADLINE: Duration = Duration::from_secs(10);

#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("wrong policy")]
    Policy(#[from] PolicyError),
    #[error("took too long")]
    TimedOut(#[from] TimedOut),
}

#[retry_on(_, deadline = "10s")]
fn deadline() -> io::Result<()> {
    Ok(())
}

#[retry_on(_, deadline = DEADLINE)]
async fn deadline_constant() -> io::Result<()> {
    Ok(())
}

#[retry_on(_, timeout = "1s")]
async fn timeout() -> io::Result<()> {
    Ok(())
}

#[retry_on(_, budget = &BUDGET)]
fn budget() -> io::Result<()> {
    Ok(())
}

#[retry_on(_, budget = none)]
async fn no_budget() -> io::Result<()> {
    Ok(())
}

#[retry_on(_, policy = &POLICY)]
fn policy() -> io::Result<()> {
    Ok(())
}

#[retry_on(_, policy = &POLICY, max = 5, deadline = DEADLINE)]
async fn policy_with_changes() -> io::Result<()> {
    Ok(())
}

#[retry_on(_, nested = "inner")]
fn nested() -> io::Result<()> {
    Ok(())
}

#[retry_on(_, nested = inner)]
async fn nested_without_quotes() -> io::Result<()> {
    Ok(())
}

#[retry_on(_, nested = NestedRetries::Allow)]
fn nested_constant() -> io::Result<()> {
    Ok(())
}

#[retry_on(_, max = limit, timeout = "1s")]
fn boxed(limit: u32) -> Pin<Box<dyn Future<Output = Result<(), ReadError>>>> {
    Box::pin(async move { Ok(()) })
}

struct Client {
    max: u32,
    delay: Duration,
    policy: Policy,
    budget: Budget,
}

impl Client {
    const MAX: u32 = 2;

    #[retry_on(_, max = self.max, delay = self.delay)]
    fn values(&self) -> Result<(), ReadError> {
        Ok(())
    }

    #[retry_on(_, max = Self::MAX, timeout = self.delay, deadline = within)]
    async fn more_values(&self, within: Duration) -> Result<(), ReadError> {
        Ok(())
    }

    #[retry_on(_, policy = &self.policy, budget = &self.budget)]
    fn own(&self) -> io::Result<()> {
        Ok(())
    }

    #[retry_on(_, policy = policy, budget = budget, max = self.max)]
    async fn handed_in(&self, policy: &Policy, budget: &Budget) -> Result<(), ReadError> {
        Ok(())
    }
}

fn main() {
    let client =
        Client { max: 2, delay: Duration::ZERO, policy: POLICY, budget: Budget::new() };
    deadline().unwrap();
    budget().unwrap();
    policy().unwrap();
    nested().unwrap();
    nested_constant().unwrap();
    client.values().unwrap();
    client.own().unwrap();
    drop((deadline_constant(), timeout(), no_budget(), policy_with_changes()));
    drop((nested_without_quotes(), client.more_values(DEADLINE), boxed(2)));
    drop(client.handed_in(&POLICY, &BUDGET));
}
