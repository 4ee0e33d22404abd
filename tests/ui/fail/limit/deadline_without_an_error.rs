// Did not say what an attempt returns that is still running at the deadline.
use std::time::Duration;

use retry_runtime::{PolicyError, retry_on};

#[derive(Debug)]
struct Busy;

impl From<PolicyError> for Busy {
    fn from(_: PolicyError) -> Self {
        Self
    }
}

type Answer = Result<(), Busy>;

#[retry_on(Busy, deadline = "10s")]
async fn read() -> Result<(), Busy> {
    Err(Busy)
}

#[retry_on(Busy, policy = &retry_runtime::Policy::DEFAULT, deadline = patience)]
async fn read_by_alias(patience: Duration) -> Answer {
    Err(Busy)
}

#[retry_on(_, deadline = "10s")]
async fn read_generic<E>(call: impl Fn() -> Result<(), E>) -> Result<(), E> {
    call()
}

// Each of these is right.
#[retry_on(Busy, deadline = "10s", timeout = none)]
async fn read_to_the_end() -> Result<(), Busy> {
    Err(Busy)
}

#[retry_on(Busy, deadline = "10s", timed_out = |_| Busy)]
async fn read_in_time() -> Result<(), Busy> {
    Err(Busy)
}

#[retry_on(Busy, deadline = "10s")]
fn read_plain() -> Result<(), Busy> {
    Err(Busy)
}

fn main() {}
